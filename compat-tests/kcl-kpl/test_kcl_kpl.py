"""The Kinesis Producer Library puts, the Kinesis Client Library reads: by polling and by enhanced fan-out, over a reshard and from worker to worker.

The libraries are AWS's own for Java, unchanged (Producer.java and Consumer.java drive them). The leases that the client library keeps in DynamoDB are kept by
moto's server here: Millpond has no DynamoDB. All of it is one story, told by the fixtures; the tests look at what the workers have printed.
"""
import base64
import collections
import contextlib
import json
import pathlib
import re
import subprocess
import sys
import urllib.request

import pytest
from aws_kinesis_agg.deaggregator import deaggregate_records

from support import folders
from support.millpond import ACCOUNT, REGION, ROOT, Millpond, free_port, wait_until
from support.projects import built, missing
from support.readings import put_all, read_all

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = {"javac": "apt-get install openjdk-17-jdk-headless", "mvn": "apt-get install maven"}
STREAM, BUCKET, MODES = "records", "unpacked", ("polling", "fan-out")
LAST_HASH = str((1 << 128) - 1)
MAGIC = b"\xf3\x89\x9a\xc2"
LARGE = 60_000  # more than the library packs
ROUND = 500  # records that are put before the next ones are
BY_BOTO3 = range(6000, 6500)
PATIENCE_SECONDS = 120


def row(n):
    """Partition key, explicit hash key and data of record n."""
    if n < 0:
        return "scout", str(-n), json.dumps({"n": n})
    if n % 1000 == 999:
        return "large", "", json.dumps({"n": n, "filler": "x" * LARGE})
    if n % 1000 == 500:
        return "placed", LAST_HASH, json.dumps({"n": n})
    return f"key-{n % 17}", "", json.dumps({"n": n})


def number(data):
    return json.loads(data)["n"]


def in_order(numbers):
    """Whether the records of one key are in the order in which they were put. Within a round the producer library's threads overtake each other."""
    rank = [n if n in BY_BOTO3 else n // ROUND * ROUND for n in numbers]
    return rank == sorted(rank)


class Producer:
    """Records put by the Kinesis Producer Library."""

    def __init__(self, world):
        authority = world.folder / "ca.pem"
        with urllib.request.urlopen(f"{world.millpond.url}/ca.pem") as answer:
            authority.write_bytes(answer.read())
        self.log = world.folder / "producer.log"
        self.process = world.java("Producer", STREAM, str(world.millpond.port), str(authority), log=self.log, stdout=subprocess.PIPE)

    def learn(self, hash_key):
        """Lets the library find out that this hash key's shard is closed: by a record of its own, which it sends again when the answer names another shard.
        Else it would pack records for a shard that is gone; then it sends some of a pack again, and the client library drops packs with strays as a whole."""
        [(*_, attempts)] = self.put([-hash_key])
        assert attempts == 2, "the record has gone to a child"

    def put(self, numbers):
        """(shard, sequence number, attempts) of each."""
        results = []
        for at in range(0, len(numbers), ROUND):
            text = "".join("\t".join(row(n)) + "\n" for n in numbers[at:at + ROUND])
            self.process.stdin.write(text.encode() + b"\n")
            self.process.stdin.flush()
            while line := self.process.stdout.readline().decode().rstrip("\n"):
                shard, sequence, attempts = line.split("\t")
                results.append((shard, sequence, int(attempts)))
        assert len(results) == len(numbers), self.log.read_text()[-6000:]
        return results


class Worker:
    """A worker of the Kinesis Client Library, and what it has printed."""

    def __init__(self, world, mode, name):
        self.mode, self.name = mode, name
        self.out, self.log = (world.folder / f"{mode}-{name}.{kind}" for kind in ("out", "log"))
        self.process = world.java("Consumer", STREAM, f"application-{mode}", name, mode, log=self.log, stdout=open(self.out, "wb"))

    def events(self):
        """(what, shard, more words); only whole lines."""
        lines = self.out.read_bytes().split(b"\n")[:-1]
        return [tuple(line.decode().split("\t")) for line in lines]

    def records(self):
        return [event for event in self.events() if event[0] == "record" and event[4] != "scout"]

    def has_read(self, count):
        """Waits for so many records, the last of them kept as the place to go on from."""
        def enough():
            assert self.process.poll() is None, self.tail()
            last = {}
            for event in self.events():
                if event[0] in ("record", "checkpoint"):
                    last[event[1]] = event[0]
            return len(self.records()) >= count and set(last.values()) == {"checkpoint"}
        try:
            wait_until(enough, PATIENCE_SECONDS, f"{self.name} has read {count} records by {self.mode}", every=0.3)
        except AssertionError as late:
            raise AssertionError(f"{late}; it has {len(self.records())}\n{self.tail()}") from None

    def tail(self):
        return self.log.read_text()[-6000:]

    def stop(self):
        self.process.stdin.close()
        assert self.process.wait(PATIENCE_SECONDS) == 0, self.tail()

    def kill(self):
        self.process.kill()
        self.process.wait()


class World:
    """Millpond, a server for the leases, and the programs that are run against them."""

    def __init__(self, stack):
        self.home = built(HERE, "kcl-kpl", [["mvn", "-q", "-B", "clean", "package"]])
        self.folder = folders.make("kcl-kpl-")
        self.stack, self.millpond = stack, stack.enter_context(Millpond())
        self.kinesis, self.firehose, self.s3, self.analytics = (self.millpond.client(name) for name in ("kinesis", "firehose", "s3", "kinesisanalytics"))
        self.leases = f"http://127.0.0.1:{free_port()}"
        self.run([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", self.leases.rsplit(":")[-1]], log=self.folder / "leases.log", stdout=subprocess.DEVNULL)
        wait_until(lambda: urllib.request.urlopen(f"{self.leases}/moto-api/data.json").status == 200, 30, "the server for the leases answers")

    def run(self, command, log, stdout):
        env = {**self.millpond.cli_env(), "AWS_REGION": REGION, "AWS_ENDPOINT_URL_DYNAMODB": self.leases}
        process = folders.watch(subprocess.Popen(command, cwd=self.home, env=env, stdin=subprocess.PIPE, stdout=stdout, stderr=open(log, "wb")))
        self.stack.callback(self.end, process)
        return process

    def java(self, *arguments, log, stdout):
        # Started quickly rather than fast in the long run: several of them share the machine.
        flags = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
        # The producer library unpacks its daemon there.
        return self.run(["java", *flags, f"-Djava.io.tmpdir={self.folder}", "-cp", "target/classes:target/libraries/*", *arguments], log, stdout)

    @staticmethod
    def end(process):
        process.kill()
        process.wait()

    def active(self):
        self.kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1})


def deliver(world):
    """A delivery stream that takes the stream's records to S3."""
    world.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    role = f"arn:aws:iam::{ACCOUNT}:role/delivery"
    world.firehose.create_delivery_stream(
        DeliveryStreamName="unpack", DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={"KinesisStreamARN": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{STREAM}", "RoleARN": role},
        ExtendedS3DestinationConfiguration={"RoleARN": role, "BucketARN": f"arn:aws:s3:::{BUCKET}", "BufferingHints": {"IntervalInSeconds": 1, "SizeInMBs": 1}})
    described = lambda: world.firehose.describe_delivery_stream(DeliveryStreamName="unpack")["DeliveryStreamDescription"]
    wait_until(lambda: described()["DeliveryStreamStatus"] == "ACTIVE", 30, "the delivery stream is ACTIVE")


def analyse(world, name, source):
    """An application that takes the number of each record; its rows go to the stream `rows-NAME`, what it cannot read to `errors-NAME`."""
    role = f"arn:aws:iam::{ACCOUNT}:role/analysis"
    outputs = []
    for stream, rows in ((f"rows-{name}", "NUMBERS"), (f"errors-{name}", "error_stream")):
        world.kinesis.create_stream(StreamName=stream, ShardCount=1)
        world.kinesis.get_waiter("stream_exists").wait(StreamName=stream, WaiterConfig={"Delay": 1})
        outputs.append({"Name": rows, "DestinationSchema": {"RecordFormatType": "JSON"},
                        "KinesisStreamsOutput": {"ResourceARN": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{stream}", "RoleARN": role}})
    schema = {"RecordFormat": {"RecordFormatType": "JSON", "MappingParameters": {"JSONMappingParameters": {"RecordRowPath": "$"}}},
              "RecordColumns": [{"Name": "n", "SqlType": "INTEGER", "Mapping": "$.n"}]}
    world.analytics.create_application(
        ApplicationName=name, Outputs=outputs,
        ApplicationCode='CREATE STREAM NUMBERS ("n" INTEGER); CREATE PUMP P AS INSERT INTO NUMBERS SELECT STREAM "n" FROM "IN_001";',
        Inputs=[{"NamePrefix": "IN", "InputSchema": schema, source[0]: {"ResourceARN": source[1], "RoleARN": role}}])
    world.analytics.start_application(
        ApplicationName=name, InputConfigurations=[{"Id": "1.1", "InputStartingPositionConfiguration": {"InputStartingPosition": "NOW"}}])
    described = lambda: world.analytics.describe_application(ApplicationName=name)["ApplicationDetail"]
    wait_until(lambda: described()["ApplicationStatus"] == "RUNNING", 30, "the application runs")


@pytest.fixture(scope="module")
def world():
    if lacking := missing(TOOLS):
        pytest.skip(lacking)
    with contextlib.ExitStack() as stack:
        world = World(stack)
        world.kinesis.create_stream(StreamName=STREAM, ShardCount=2)
        world.active()
        deliver(world)
        analyse(world, "unpacked", ("KinesisFirehoseInput", f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/unpack"))
        analyse(world, "packed", ("KinesisStreamsInput", f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{STREAM}"))
        # A worker that finds no leases waits for up to 30 s, in case another makes them: begun before the rest.
        world.first = {mode: Worker(world, mode, "first") for mode in MODES}
        world.producer = Producer(world)
        # Before it knows the shards the library packs nothing.
        world.put = world.producer.put(range(1)) + world.producer.put(range(1, ROUND)) + world.producer.put(range(ROUND, 4000))
        world.stored = read_all(world.kinesis, STREAM)
        yield world


@pytest.fixture(scope="module")
def story(world):
    """Records before, between and after a split and a merge; then other workers. The last numbers of each part."""
    for worker in world.first.values():
        worker.has_read(4000)
    # The libraries live through the end of a server.
    world.millpond.kill()
    world.millpond.start()
    world.kinesis.split_shard(StreamName=STREAM, ShardToSplit="shardId-000000000000", NewStartingHashKey=str(1 << 126))
    world.active()
    world.producer.learn(1)
    world.producer.put(range(4000, 5000))
    world.kinesis.merge_shards(StreamName=STREAM, ShardToMerge="shardId-000000000003", AdjacentShardToMerge="shardId-000000000001")
    world.active()
    world.producer.learn((1 << 128) - 1)
    world.producer.put(range(5000, 6000))
    for worker in world.first.values():
        worker.has_read(6000)
    world.first["polling"].stop()
    world.first["fan-out"].kill()
    entries = [{"PartitionKey": key, "Data": data.encode(), **({"ExplicitHashKey": place} if place else {})} for key, place, data in map(row, BY_BOTO3)]
    put_all(world.kinesis, STREAM, entries)
    world.second = {mode: Worker(world, mode, "second") for mode in MODES}
    for worker in world.second.values():
        worker.has_read(500)
    world.producer.put(range(6500, 7000))
    for worker in world.second.values():
        worker.has_read(1000)
        worker.stop()
    return world


def unpacked(records):
    """User records by a library that is neither Millpond's nor Java's."""
    same = {"kinesisSchemaVersion": "1.0", "approximateArrivalTimestamp": 0}
    around = dict.fromkeys(("eventVersion", "eventName", "eventSource", "eventSourceARN", "eventID", "invokeIdentityArn", "awsRegion"), "")
    return deaggregate_records([
        {**around, "kinesis": {**same, "data": base64.b64encode(record["Data"]).decode(), "partitionKey": record["PartitionKey"], "sequenceNumber": record["SequenceNumber"]}}
        for record in records])


def test_the_kpl_puts_every_record_once_in_order_where_it_says(world):
    found, order = {}, collections.defaultdict(list)
    for shard, records in world.stored.items():
        for user_record in unpacked(records):
            user_record = user_record["kinesis"]
            n = number(base64.b64decode(user_record["data"]))
            assert n not in found, f"{n} twice"
            found[n] = shard, user_record["sequenceNumber"].split("-")[0]
            order[user_record["partitionKey"]].append(n)
    assert [found.get(n) for n in range(4000)] == [(shard, sequence) for shard, sequence, _ in world.put]
    assert {attempts for *_, attempts in world.put} == {1}
    for key, numbers in order.items():
        assert in_order(numbers), key
    assert {found[n][0] for n in range(500, 4000, 1000)} == {"shardId-000000000001"}, "explicit hash keys"
    raw = [record["Data"] for records in world.stored.values() for record in records]
    packed = [data for data in raw if data.startswith(MAGIC)]
    assert packed and len(raw) < 100, "4000 user records are in a few records"
    assert sum(len(data) > LARGE for data in raw) == 4, "large ones go alone"


def test_firehose_unpacks_what_the_kpl_has_packed(world):
    def numbers():
        keys = [entry["Key"] for entry in world.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        text = "".join(world.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys)
        found = [number(document) for document in text.replace("}{", "}\n{").splitlines()]
        return found if len(found) >= 4000 else None
    assert sorted(wait_until(numbers, 30, "all user records are in S3", every=0.5)) == list(range(4000))


def test_an_application_takes_them_from_a_delivery_stream_only(world):
    def rows(stream, count):
        def enough():
            found = [json.loads(record["Data"]) for records in read_all(world.kinesis, stream).values() for record in records]
            return found if len(found) >= count else None
        return wait_until(enough, 30, f"{count} rows in {stream}", every=0.5)
    assert sorted(found["n"] for found in rows("rows-unpacked", 4000)) == list(range(4000))
    assert not any(read_all(world.kinesis, "errors-unpacked").values())
    raw = [record["Data"] for records in world.stored.values() for record in records]
    packed = sum(data.startswith(MAGIC) for data in raw)
    assert len(rows("rows-packed", len(raw) - packed)) == len(raw) - packed
    assert len(rows("errors-packed", packed)) == packed


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", page, re.S)


def test_the_page_shows_code_that_runs_here():
    lines = {line.strip() for program in HERE.rglob("*.java") for line in program.read_text().splitlines()}
    shown = blocks((ROOT / "docs/kcl-kpl.md").read_text(), "java")
    assert len(shown) == 3 and not {line.strip() for block in shown for line in block.splitlines()} - lines


@pytest.mark.parametrize("mode", MODES)
def test_the_kcl_reads_every_record_once_and_each_key_in_order(story, mode):
    read = story.first[mode].records() + story.second[mode].records()
    assert collections.Counter(number(event[5]) for event in read) == collections.Counter(range(7000))
    order = collections.defaultdict(list)
    for event in read:
        order[event[4]].append(number(event[5]))
    for key, numbers in order.items():
        assert in_order(numbers), key


@pytest.mark.parametrize("mode", MODES)
def test_the_kcl_begins_a_shard_when_its_parents_are_finished(story, mode):
    shards = {shard["ShardId"]: shard for shard in story.kinesis.list_shards(StreamName=STREAM)["Shards"]}
    events = story.first[mode].events()
    assert {event[1] for event in events if event[0] == "begin"} == set(shards)
    ended = {f"shardId-00000000000{n}" for n in (0, 1, 3)}
    assert {event[1] for event in events if event[0] == "end"} == ended
    for shard in shards.values():
        parents = {shard[parent] for parent in ("ParentShardId", "AdjacentParentShardId") if parent in shard}
        begun = [event[:2] for event in events].index(("begin", shard["ShardId"]))
        assert parents <= {event[1] for event in events[:begun] if event[0] == "end"}, shard["ShardId"]
    assert shards["shardId-000000000004"]["AdjacentParentShardId"], "two parents"


@pytest.mark.parametrize("mode", MODES)
def test_the_next_worker_goes_on_from_the_checkpoints(story, mode):
    checkpoints = {}
    for event in story.first[mode].events():
        if event[0] == "checkpoint":
            checkpoints[event[1]] = event[2]
    begun = {event[1]: event[2] for event in story.second[mode].events() if event[0] == "begin"}
    assert set(begun) == {"shardId-000000000002", "shardId-000000000004"}
    for shard, place in begun.items():
        assert checkpoints[shard] in place, (shard, place)
    stopped = [event[0] for event in story.first[mode].events()].count("stop")
    assert stopped == (2 if mode == "polling" else 0), "one was asked to stop, the other was killed"
