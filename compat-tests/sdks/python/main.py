"""The walk by boto3. The endpoint, the region and the credentials come from the environment; nothing else is set."""
import datetime
import os
import sys
import time
import traceback

import boto3
from botocore.config import Config

STREAM, OUTPUT, BUCKET, DELIVERY, APPLICATION = "walk-python", "walk-python-rows", "walk-python", "walk-python", "walk-python"
ROLE = "arn:aws:iam::000000000000:role/walk"
SHARD = "shardId-000000000000"
SQL = """
CREATE OR REPLACE STREAM "TWICE" ("N" INTEGER, "DOUBLED" INTEGER);
CREATE OR REPLACE PUMP "PUMP" AS INSERT INTO "TWICE" SELECT STREAM "N", "N" * 2 FROM "SOURCE_SQL_STREAM_001" WHERE "N" > 1;
"""
# Every byte, so that nothing on the way may take data for text.
PAYLOADS = [bytes(range(256)) + str(i).encode() for i in range(501)]

kinesis, firehose, s3 = boto3.client("kinesis"), boto3.client("firehose"), boto3.client("s3")
analytics, analytics_v2 = boto3.client("kinesisanalytics"), boto3.client("kinesisanalyticsv2")
places = []  # of what was put: its sequence number
steps = []


def step(function):
    steps.append((function.__name__.replace("_", "-"), function))
    return function


def until(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} s: {what}")


def iterator(stream=STREAM, shard=SHARD, **where):
    return kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, **where)["ShardIterator"]


def read(at, count):
    """At least `count` records from an iterator on."""
    records = []
    while at and len(records) < count:
        page = kinesis.get_records(ShardIterator=at, Limit=400)
        records, at = records + page["Records"], page.get("NextShardIterator")
        assert page["Records"] or page["MillisBehindLatest"] > 0 or len(records) >= count, f"{len(records)} records of {count}"
    return records


def open_shards():
    shards = [s for page in kinesis.get_paginator("list_shards").paginate(StreamName=STREAM) for s in page["Shards"]]
    return [s for s in shards if "EndingSequenceNumber" not in s["SequenceNumberRange"]]


def settled():
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1})


@step
def create_and_wait():
    kinesis.create_stream(StreamName=STREAM, ShardCount=1)
    settled()


@step
def describe():
    summary = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]
    assert (summary["StreamStatus"], summary["OpenShardCount"], summary["RetentionPeriodHours"]) == ("ACTIVE", 1, 24), summary
    assert kinesis.describe_stream(StreamARN=summary["StreamARN"])["StreamDescription"]["Shards"][0]["ShardId"] == SHARD


@step
def put_record():
    answer = kinesis.put_record(StreamName=STREAM, PartitionKey="key", Data=PAYLOADS[0])
    assert answer["ShardId"] == SHARD
    places.append(answer["SequenceNumber"])


@step
def put_500_records():
    answer = kinesis.put_records(StreamName=STREAM, Records=[{"PartitionKey": "key", "Data": data} for data in PAYLOADS[1:]])
    assert answer["FailedRecordCount"] == 0
    places.extend(entry["SequenceNumber"] for entry in answer["Records"])
    assert [int(p) for p in places] == sorted({int(p) for p in places})


@step
def read_trim_horizon():
    records = read(iterator(ShardIteratorType="TRIM_HORIZON"), 501)
    assert [r["Data"] for r in records] == PAYLOADS
    assert [r["SequenceNumber"] for r in records] == places


@step
def read_at_sequence_number():
    records = read(iterator(ShardIteratorType="AT_SEQUENCE_NUMBER", StartingSequenceNumber=places[200]), 301)
    assert [r["Data"] for r in records] == PAYLOADS[200:]


@step
def read_after_sequence_number():
    records = read(iterator(ShardIteratorType="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=places[200]), 300)
    assert [r["Data"] for r in records] == PAYLOADS[201:]


@step
def read_at_timestamp():
    arrival = read(iterator(ShardIteratorType="TRIM_HORIZON"), 1)[0]["ApproximateArrivalTimestamp"]
    assert abs((datetime.datetime.now(datetime.timezone.utc) - arrival).total_seconds()) < 300
    records = read(iterator(ShardIteratorType="AT_TIMESTAMP", Timestamp=arrival), 501)
    assert [r["Data"] for r in records] == PAYLOADS


@step
def read_latest():
    at = iterator(ShardIteratorType="LATEST")
    kinesis.put_record(StreamName=STREAM, PartitionKey="key", Data=b"latest")
    assert [r["Data"] for r in read(at, 1)] == [b"latest"]


@step
def fan_out():
    arn = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamARN"]
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="walk")["Consumer"]["ConsumerARN"]
    until(lambda: kinesis.describe_stream_consumer(ConsumerARN=consumer)["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE", "the consumer is ACTIVE")
    answer = kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId=SHARD, StartingPosition={"Type": "AT_SEQUENCE_NUMBER", "SequenceNumber": places[0]})
    found = []
    for event in answer["EventStream"]:
        event = event["SubscribeToShardEvent"]
        assert event["ContinuationSequenceNumber"]
        found += [r["Data"] for r in event["Records"]]
        if len(found) >= 502:
            break
    answer["EventStream"].close()
    assert found == [*PAYLOADS, b"latest"]
    kinesis.deregister_stream_consumer(ConsumerARN=consumer)


@step
def split():
    kinesis.split_shard(StreamName=STREAM, ShardToSplit=SHARD, NewStartingHashKey=str(2**127))
    settled()
    assert [(s["ShardId"], s["ParentShardId"]) for s in open_shards()] == [("shardId-000000000001", SHARD), ("shardId-000000000002", SHARD)]


@step
def merge():
    kinesis.merge_shards(StreamName=STREAM, ShardToMerge="shardId-000000000001", AdjacentShardToMerge="shardId-000000000002")
    settled()
    merged, = open_shards()
    assert (merged["ParentShardId"], merged["AdjacentParentShardId"]) == ("shardId-000000000001", "shardId-000000000002")


@step
def scale():
    assert kinesis.update_shard_count(StreamName=STREAM, TargetShardCount=2, ScalingType="UNIFORM_SCALING")["TargetShardCount"] == 2
    settled()
    ranges = [s["HashKeyRange"] for s in open_shards()]
    assert [r["StartingHashKey"] for r in ranges] == ["0", str(2**127)]


@step
def read_over_the_reshard():
    """From the first shard into its children, as a consumer goes: the old shard ends and names them."""
    at, records = iterator(ShardIteratorType="TRIM_HORIZON"), 0
    while at:
        page = kinesis.get_records(ShardIterator=at)
        records, at = records + len(page["Records"]), page.get("NextShardIterator")
    assert records == 502
    assert [c["ShardId"] for c in page["ChildShards"]] == ["shardId-000000000001", "shardId-000000000002"]


@step
def paginate():
    kinesis.create_stream(StreamName=OUTPUT, ShardCount=1)
    pages = list(kinesis.get_paginator("describe_stream").paginate(StreamName=STREAM, PaginationConfig={"PageSize": 4}))
    assert [len(page["StreamDescription"]["Shards"]) for page in pages] == [4, 2], pages
    names = [n for page in kinesis.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 1}) for n in page["StreamNames"]]
    assert {STREAM, OUTPUT} <= set(names)


@step
def firehose_to_s3():
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    firehose.create_delivery_stream(DeliveryStreamName=DELIVERY, ExtendedS3DestinationConfiguration={
        "RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{BUCKET}", "Prefix": "walk/", "BufferingHints": {"IntervalInSeconds": 1, "SizeInMBs": 1}})
    until(lambda: firehose.describe_delivery_stream(DeliveryStreamName=DELIVERY)["DeliveryStreamDescription"]["DeliveryStreamStatus"] == "ACTIVE",
          "the delivery stream is ACTIVE")
    firehose.put_record(DeliveryStreamName=DELIVERY, Record={"Data": b"one\n"})
    answer = firehose.put_record_batch(DeliveryStreamName=DELIVERY, Records=[{"Data": b"two\n"}, {"Data": b"three\n"}])
    assert answer["FailedPutCount"] == 0 and len(answer["RequestResponses"]) == 2

    def delivered():
        keys = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="walk/") for o in page.get("Contents", [])]
        return b"".join(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys) == b"one\ntwo\nthree\n"
    until(delivered, "the three records are in S3")
    firehose.delete_delivery_stream(DeliveryStreamName=DELIVERY)


SCHEMA = {"RecordFormat": {"RecordFormatType": "JSON", "MappingParameters": {"JSONMappingParameters": {"RecordRowPath": "$"}}},
          "RecordColumns": [{"Name": "N", "Mapping": "$.n", "SqlType": "INTEGER"}]}


def rows_of_output():
    at, rows = iterator(OUTPUT, ShardIteratorType="TRIM_HORIZON"), []
    while True:
        page = kinesis.get_records(ShardIterator=at)
        rows, at = rows + [r["Data"] for r in page["Records"]], page["NextShardIterator"]
        if not page["Records"]:
            return rows


@step
def sql_application():
    arns = [kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"] for name in (STREAM, OUTPUT)]
    analytics.create_application(
        ApplicationName=APPLICATION, ApplicationCode=SQL,
        Inputs=[{"NamePrefix": "SOURCE_SQL_STREAM", "InputSchema": SCHEMA, "KinesisStreamsInput": {"ResourceARN": arns[0], "RoleARN": ROLE}}],
        Outputs=[{"Name": "TWICE", "DestinationSchema": {"RecordFormatType": "JSON"}, "KinesisStreamsOutput": {"ResourceARN": arns[1], "RoleARN": ROLE}}])
    detail = analytics.describe_application(ApplicationName=APPLICATION)["ApplicationDetail"]
    analytics.start_application(ApplicationName=APPLICATION, InputConfigurations=[
        {"Id": detail["InputDescriptions"][0]["InputId"], "InputStartingPositionConfiguration": {"InputStartingPosition": "NOW"}}])
    until(lambda: analytics.describe_application(ApplicationName=APPLICATION)["ApplicationDetail"]["ApplicationStatus"] == "RUNNING", "it is RUNNING")
    kinesis.put_records(StreamName=STREAM, Records=[{"PartitionKey": "key", "Data": b'{"n": %d}' % n} for n in (1, 2, 3)])
    rows = until(lambda: len(rows_of_output()) >= 2 and rows_of_output(), "two rows in the output stream")
    assert [row.replace(b" ", b"").strip() for row in rows] == [b'{"N":2,"DOUBLED":4}', b'{"N":3,"DOUBLED":6}'], rows
    # The same application by the second API.
    assert analytics_v2.describe_application(ApplicationName=APPLICATION)["ApplicationDetail"]["RuntimeEnvironment"] == "SQL-1_0"
    analytics.stop_application(ApplicationName=APPLICATION)
    until(lambda: analytics.describe_application(ApplicationName=APPLICATION)["ApplicationDetail"]["ApplicationStatus"] == "READY", "it has stopped")
    analytics.delete_application(ApplicationName=APPLICATION, CreateTimestamp=detail["CreateTimestamp"])


def refused(error, call, **arguments):
    try:
        call(**arguments)
    except error as refusal:
        return refusal.response["Error"]
    raise AssertionError(f"{call} succeeded with {arguments}")


@step
def typed_errors():
    errors = kinesis.exceptions
    assert "not found" in refused(errors.ResourceNotFoundException, kinesis.describe_stream, StreamName="nowhere")["Message"]
    refused(errors.ResourceInUseException, kinesis.create_stream, StreamName=STREAM, ShardCount=1)
    refused(errors.InvalidArgumentException, kinesis.get_records, ShardIterator="no iterator")
    assert "validation error" in refused(errors.ClientError, kinesis.create_stream, StreamName="not a name", ShardCount=1)["Message"]
    refused(firehose.exceptions.ResourceNotFoundException, firehose.describe_delivery_stream, DeliveryStreamName="nowhere")
    refused(analytics.exceptions.ResourceNotFoundException, analytics.describe_application, ApplicationName="nowhere")


@step
def retries():
    """More reads than the shard gives in a second: the refusal itself, and then a client that hides it."""
    at, attempts = iterator(ShardIteratorType="LATEST", shard="shardId-000000000003"), 0
    hasty = boto3.client("kinesis", config=Config(retries={"total_max_attempts": 1}))
    try:
        for _ in range(60):
            hasty.get_records(ShardIterator=at)
        raise AssertionError("nothing was refused")
    except hasty.exceptions.ProvisionedThroughputExceededException as refusal:
        assert "Rate exceeded for shard" in str(refusal), refusal
    for _ in range(60):
        page = kinesis.get_records(ShardIterator=at)
        attempts += page["ResponseMetadata"]["RetryAttempts"]
    assert attempts > 0, "nothing was refused"


@step
def delete_and_wait():
    for name in (STREAM, OUTPUT):
        kinesis.delete_stream(StreamName=name)
        kinesis.get_waiter("stream_not_exists").wait(StreamName=name, WaiterConfig={"Delay": 1})


without = os.environ.get("WALK_WITHOUT", "").split()
failed = False
for name, run in steps:
    if name in without:
        continue
    try:
        run()
        print(f"ok {name}", flush=True)
    except Exception:  # noqa: BLE001 - each step is reported, the next is tried
        failed = True
        print(f"failed {name}: {traceback.format_exc()}", flush=True)
sys.exit(failed)
