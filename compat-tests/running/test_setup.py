"""`--resources` and `--init`: what is declared is there once the server says that it is ready, and not before."""
import json
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest
from support.millpond import ACCOUNT, BINARY, REGION, Millpond, wait_until

RESOURCES = f"""
region = "{REGION}"

[[buckets]]
Bucket = "archive"

[[roles]]
RoleName = "delivery"
AssumeRolePolicyDocument = '{{"Version":"2012-10-17","Statement":[]}}'

[[streams]]
StreamName = "orders"
ShardCount = 2
Tags = {{ team = "a" }}

[[streams]]
StreamName = "large"
ShardCount = 1

[[delivery-streams]]
DeliveryStreamName = "to-archive"
[delivery-streams.ExtendedS3DestinationConfiguration]
RoleARN = "arn:aws:iam::{ACCOUNT}:role/delivery"
BucketARN = "arn:aws:s3:::archive"

[[stacks]]
StackName = "more"
TemplateBodyFile = "stack.yaml"

[[applications]]
ApplicationName = "filter"
ApplicationCodeFile = "filter.sql"
start = "TRIM_HORIZON"
[[applications.Inputs]]
NamePrefix = "SOURCE"
KinesisStreamsInput = {{ ResourceARN = "arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/orders", RoleARN = "arn:aws:iam::{ACCOUNT}:role/delivery" }}
[applications.Inputs.InputSchema]
RecordFormat = {{ RecordFormatType = "JSON", MappingParameters = {{ JSONMappingParameters = {{ RecordRowPath = "$" }} }} }}
RecordColumns = [{{ Name = "n", SqlType = "INTEGER", Mapping = "$.n" }}]
[[applications.Outputs]]
Name = "BIG"
KinesisStreamsOutput = {{ ResourceARN = "arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/large", RoleARN = "arn:aws:iam::{ACCOUNT}:role/delivery" }}
DestinationSchema = {{ RecordFormatType = "JSON" }}
"""
FILTER = 'CREATE OR REPLACE STREAM BIG (N INTEGER); CREATE OR REPLACE PUMP P AS INSERT INTO BIG SELECT STREAM "n" FROM SOURCE_001 WHERE "n" > 10;'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "resources.toml").write_text(RESOURCES)
    (tmp_path / "filter.sql").write_text(FILTER)
    (tmp_path / "stack.yaml").write_text("Resources:\n  More:\n    Type: AWS::Kinesis::Stream\n    Properties: {Name: of-a-stack, ShardCount: 1}\n")
    return tmp_path


def health(m):
    try:
        with urllib.request.urlopen(m.url + "/_millpond/health", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as e:
        return e.code, json.load(e)


def test_what_a_file_declares_is_there_and_works_and_a_restart_leaves_it_alone(folder):
    m = Millpond("--resources", str(folder / "resources.toml")).start()
    try:
        kinesis, analytics = m.client("kinesis"), m.client("kinesisanalytics")
        assert kinesis.list_streams()["StreamNames"] == ["large", "of-a-stack", "orders"]
        assert kinesis.list_tags_for_stream(StreamName="orders")["Tags"] == [{"Key": "team", "Value": "a"}]
        assert m.client("firehose").list_delivery_streams()["DeliveryStreamNames"] == ["to-archive"]
        assert m.client("s3").head_bucket(Bucket="archive")
        assert m.client("iam").get_role(RoleName="delivery")
        kinesis.put_records(StreamName="orders", Records=[{"Data": b'{"n":%d}' % n, "PartitionKey": "a"} for n in (5, 50)])

        def large():
            iterator = kinesis.get_shard_iterator(StreamName="large", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            return [json.loads(record["Data"]) for record in kinesis.get_records(ShardIterator=iterator)["Records"]]
        assert wait_until(large, 20, "the application delivers") == [{"N": 50}]
        created = kinesis.describe_stream_summary(StreamName="orders")["StreamDescriptionSummary"]["StreamCreationTimestamp"]
        m.stop()
        m.start()
        assert kinesis.describe_stream_summary(StreamName="orders")["StreamDescriptionSummary"]["StreamCreationTimestamp"] == created
        assert analytics.describe_application(ApplicationName="filter")["ApplicationDetail"]["ApplicationStatus"] == "RUNNING"
        assert large() == [{"N": 50}]
    finally:
        m.stop()


@pytest.mark.parametrize("toml, place, said", [
    ('[[streams]]\nStreamName = "s"\nShardcount = 1', ":3:", "there is no Shardcount here; ShardCount is meant"),
    ('[[streams]]\nStreamName = "s"\nShardCount = "1"', ":3:", "ShardCount is a whole number, not text"),
    ('[[streams]]\nShardCount = 1\nStreamName = "a b"', ":3:", "streams a b: ValidationException: 1 validation error detected: Value 'a b' at 'streamName'"),
    ('[[streams]]\nShardCount = 1', ":1:", "StreamName is missing"),
    ('[[stream]]\nStreamName = "s"', ":1:", "there is no stream; there are region, account, buckets, "),
    ('[[buckets]]\nBucket = "B"', ":2:", "buckets B: "),
    ('[[streams]\n', ":1:", ""),
])
def test_a_mistake_ends_the_start_and_names_file_line_and_key(tmp_path, toml, place, said):
    file = tmp_path / "r.toml"
    file.write_text(toml)
    ended = subprocess.run([BINARY, "serve", "--listen", "127.0.0.1:0", "--ephemeral", "--resources", str(file)], capture_output=True, text=True, timeout=30)
    complaint = ended.stderr.splitlines()[-1]
    assert ended.returncode == 1
    assert complaint.startswith(f"millpond: {file}{place} ") and said in complaint, complaint


def test_files_are_done_in_order_and_health_says_503_until_then(folder, tmp_path_factory):
    init = tmp_path_factory.mktemp("init.d")
    gate = init / "gate"
    (init / "10-streams.json").write_text(json.dumps({"region": REGION, "streams": [{"StreamName": "first", "ShardCount": 1}]}))
    (init / "20-wait.sh").write_text(f"while [ ! -e {gate} ]; do sleep 0.05; done\necho opened\n")
    (init / "30-stream.sh").write_text(f"aws kinesis create-stream --region {REGION} --stream-name second --shard-count 1\n")
    (init / "notes.txt").write_text("not to be run")
    m = Millpond("--init", str(init))
    starting = threading.Thread(target=m.start)
    starting.start()
    try:
        waiting = wait_until(lambda: (seen := health(m))[1].get("waiting_for") == "20-wait.sh" and seen, 10, "the second file is run", every=0.02)
        assert waiting[0] == 503 and waiting[1]["status"] == "starting"
        asked = subprocess.run([BINARY, "health", "--endpoint", m.url], capture_output=True, text=True)
        assert asked.returncode == 1 and "starting" in asked.stderr
        assert m.client("kinesis").list_streams()["StreamNames"] == ["first"]
        with urllib.request.urlopen(m.url + "/_millpond/init") as answer:
            shown = json.load(answer)
        assert not shown["completed"]
        assert [(s["name"], s["state"]) for s in shown["scripts"]] == [("10-streams.json", "SUCCESSFUL"), ("20-wait.sh", "RUNNING"), ("30-stream.sh", "WAITING")]
        gate.write_text("")
        asked = subprocess.run([BINARY, "health", "--wait", "20"], env={"MILLPOND_LISTEN": f"0.0.0.0:{m.port}"}, capture_output=True, text=True)
        assert asked.returncode == 0 and '"status":"ready"' in asked.stdout, asked
        assert m.client("kinesis").list_streams()["StreamNames"] == ["first", "second"]
        starting.join()
        assert "opened" in open(m.log).read()
    finally:
        gate.write_text("")
        starting.join()
        m.stop()


def test_a_file_that_fails_is_named_and_the_server_stays_up_but_not_ready(tmp_path):
    (tmp_path / "10-fails.sh").write_text("echo there is no such table >&2\nexit 3\n")
    (tmp_path / "20-after.sh").write_text("touch ran\n")
    m = Millpond("--init", str(tmp_path))
    try:
        m._ready = lambda: health(m)[0] > 0
        m.start()
        code, said = wait_until(lambda: (seen := health(m))[1]["status"] == "failed" and seen, 10, "the failure is told")
        assert code == 503 and said["error"] == "10-fails.sh: exit status: 3: there is no such table"
        assert m.client("kinesis").list_streams()["StreamNames"] == []
        time.sleep(0.2)
        assert not (tmp_path / "ran").exists()
    finally:
        m.stop()


def test_a_stop_does_not_wait_for_a_script(tmp_path):
    (tmp_path / "sleeps.sh").write_text("exec sleep 600\n")
    m = Millpond("--init", str(tmp_path))
    m._ready = lambda: health(m)[1].get("waiting_for") == "sleeps.sh"
    m.start()
    began = time.time()
    m.stop()
    assert time.time() - began < 10


def test_log_lines_are_text_or_json(tmp_path):
    (tmp_path / "hello.sh").write_text("echo hello\n")
    for form in ("text", "json"):
        with Millpond("--init", str(tmp_path), "--log-format", form) as m:
            wait_until(lambda: "init is done" in open(m.log).read(), 10, "the log says so")
            lines = [line for line in open(m.log).read().splitlines() if "hello" in line]
            if form == "json":
                assert [json.loads(line)["fields"] for line in lines if "file" in line][1] == {"message": "hello", "file": "hello.sh"}
            else:
                assert any("INFO" in line and line.rstrip().endswith('hello file="hello.sh"') for line in lines), lines
