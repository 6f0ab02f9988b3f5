"""A disk without room: writes are refused so that clients try again, what was acknowledged stays, reads go on, and with room again all goes on."""
import json
import pathlib
import sys
import time

import pytest
from botocore.exceptions import ClientError

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from full_disk import FileSizeLimit, SmallFileSystem  # noqa: E402
from support.millpond import wait_until  # noqa: E402
from support.readings import read_all  # noqa: E402

ROLE = "arn:aws:iam::000000000000:role/r"
SQL = 'CREATE STREAM "OUT" ("n" INTEGER); CREATE PUMP "P" AS INSERT INTO "OUT" SELECT STREAM "n" FROM "SOURCE_SQL_STREAM_001";'


@pytest.fixture(params=[SmallFileSystem, FileSizeLimit])
def disk(request):
    disk = request.param()
    try:
        if disk.reason:
            pytest.skip(disk.reason)
        disk.m.start()
        yield disk
    finally:
        disk.close()


class Producer:
    """Puts numbered records of 8 KiB, never again what failed, and remembers what was acknowledged."""

    def __init__(self, m):
        self.kinesis, self.sent, self.acknowledged = m.client("kinesis", retries=0), 0, set()

    def put(self):
        numbers = range(self.sent, self.sent + 50)
        self.sent += 50
        records = [{"Data": json.dumps({"n": n, "pad": "x" * 8000}), "PartitionKey": str(n)} for n in numbers]
        answer = self.kinesis.put_records(StreamName="s", Records=records)
        results = answer["Records"]
        self.acknowledged.update(n for n, result in zip(numbers, results) if "SequenceNumber" in result)
        assert answer["FailedRecordCount"] == sum("ErrorCode" in r for r in results)
        return results


def numbers(records):
    return {json.loads(r["Data"])["n"] for shard in records.values() for r in shard}


def in_bucket(s3):
    found = set()
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket="full"):
        for listed in page.get("Contents", []):
            body = s3.get_object(Bucket="full", Key=listed["Key"])["Body"].read().decode()
            found.update(json.loads(line)["n"] for line in body.splitlines())
    return found


def make_pipe(m):
    kinesis, firehose, analytics = m.client("kinesis"), m.client("firehose"), m.client("kinesisanalytics")
    kinesis.create_stream(StreamName="s", ShardCount=2)
    kinesis.create_stream(StreamName="out", ShardCount=1)
    m.client("s3").create_bucket(Bucket="full", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    firehose.create_delivery_stream(DeliveryStreamName="d", S3DestinationConfiguration={
        "RoleARN": ROLE, "BucketARN": "arn:aws:s3:::full", "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 1}})
    source, out = (kinesis.describe_stream(StreamName=name)["StreamDescription"]["StreamARN"] for name in ("s", "out"))
    analytics.create_application(
        ApplicationName="a", ApplicationCode=SQL,
        Inputs=[{"NamePrefix": "SOURCE_SQL_STREAM", "KinesisStreamsInput": {"ResourceARN": source, "RoleARN": ROLE},
                 "InputSchema": {"RecordFormat": {"RecordFormatType": "JSON", "MappingParameters": {"JSONMappingParameters": {"RecordRowPath": "$"}}},
                                 "RecordColumns": [{"Name": "n", "Mapping": "$.n", "SqlType": "INTEGER"}]}}],
        Outputs=[{"Name": "OUT", "DestinationSchema": {"RecordFormatType": "JSON"}, "KinesisStreamsOutput": {"ResourceARN": out, "RoleARN": ROLE}}])
    analytics.start_application(ApplicationName="a", InputConfigurations=[
        {"Id": "1.1", "InputStartingPositionConfiguration": {"InputStartingPosition": "TRIM_HORIZON"}}])


def status(call):
    with pytest.raises(ClientError) as refused:
        call()
    return refused.value.response["ResponseMetadata"]["HTTPStatusCode"], refused.value.response["Error"]["Code"]


def test_everything_goes_on_when_there_is_room_again(disk):
    m = disk.m
    make_pipe(m)
    producer, firehose, delivered = Producer(m), m.client("firehose", retries=0), set()

    def put_to_firehose():
        n = len(delivered)
        firehose.put_record(DeliveryStreamName="d", Record={"Data": json.dumps({"n": n, "pad": "x" * 500_000}) + "\n"})
        delivered.add(n)

    for _ in range(3):
        producer.put()
        put_to_firehose()
    assert len(producer.acknowledged) == 150
    disk.fill()
    results = wait_until(lambda: [r for r in producer.put() if "ErrorCode" in r], 60, "records are refused")
    assert {r["ErrorCode"] for r in results} == {"InternalFailure"} and results[0]["ErrorMessage"].startswith("Internal service failure")
    # 500 and 503 are what every SDK tries again.
    large = {"StreamName": "s", "PartitionKey": "k", "Data": "x" * 1_000_000}
    assert status(lambda: producer.kinesis.put_record(**large)) == (500, "InternalFailure")

    def fill_firehose():
        for _ in range(60):
            put_to_firehose()
    assert status(fill_firehose)[0] in (500, 503)
    for _ in range(40):
        producer.put()
        with pytest.raises(ClientError):
            producer.kinesis.put_record(**large)
    time.sleep(2)  # deliveries and checkpoints fail meanwhile, too
    assert m.get("/_millpond/health")["status"]
    assert producer.acknowledged <= numbers(read_all(m.client("kinesis"), "s"))
    log = pathlib.Path(m.log).read_text()
    assert log.count(disk.begins) == 1, log[-4000:]
    assert log.count("ERROR") < 10, log[-4000:]

    disk.free()
    wait_until(lambda: all("SequenceNumber" in r for r in producer.put()), 10, "records are taken again")
    put_to_firehose()
    assert producer.acknowledged <= numbers(read_all(m.client("kinesis"), "s"))
    wait_until(lambda: delivered <= in_bucket(m.client("s3")), 60, "all that Firehose acknowledged is in the bucket")
    wait_until(lambda: producer.acknowledged <= numbers(read_all(m.client("kinesis"), "out")), 60, "all rows are in the output", every=1)
    wait_until(lambda: producer.put() and "takes writes again" in pathlib.Path(m.log).read_text(), 20, "the log says that it is over", every=0.5)


def test_a_kill_on_a_full_disk_loses_nothing(disk):
    m = disk.m
    m.client("kinesis").create_stream(StreamName="s", ShardCount=2)
    producer = Producer(m)
    producer.put()
    disk.fill()
    wait_until(lambda: [r for r in producer.put() if "ErrorCode" in r], 60, "records are refused")
    m.kill()
    if isinstance(disk, SmallFileSystem):
        # Either it serves what it has, or it says why not.
        try:
            m.start()
            assert producer.acknowledged <= numbers(read_all(m.client("kinesis"), "s"))
            m.kill()
        except SystemExit as ended:
            assert "full" in str(ended)
        disk.free()
    m.start()
    assert producer.acknowledged <= numbers(read_all(m.client("kinesis"), "s"))
    assert all("SequenceNumber" in r for r in producer.put())
