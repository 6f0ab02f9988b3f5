"""The page of `/_millpond/`: a person sees streams, applications and deliveries, what passes them, and the newest records and rows."""
import json
import urllib.error
import urllib.request

import pytest

from chromium import Chromium
from support.millpond import ACCOUNT, REGION, Millpond, wait_until

CODE = """CREATE OR REPLACE STREAM "HOT" ("sensor" VARCHAR(64), "celsius" INTEGER);
CREATE OR REPLACE PUMP "P" AS INSERT INTO "HOT" SELECT STREAM "sensor", "celsius" FROM "IN_001" WHERE "celsius" > 30;"""
# What a page must not take for its own markup.
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def millpond():
    with Millpond("--verify-signatures") as m:
        kinesis, firehose, analytics = (m.client(name) for name in ("kinesis", "firehose", "kinesisanalytics"))
        kinesis.create_stream(StreamName="readings", ShardCount=2)
        m.client("s3").create_bucket(Bucket="hot", CreateBucketConfiguration={"LocationConstraint": REGION})
        firehose.create_delivery_stream(DeliveryStreamName="to-objects", S3DestinationConfiguration={
            "RoleARN": f"arn:aws:iam::{ACCOUNT}:role/r", "BucketARN": "arn:aws:s3:::hot", "BufferingHints": {"IntervalInSeconds": 1, "SizeInMBs": 1}})
        columns = [{"Name": "sensor", "SqlType": "VARCHAR(64)", "Mapping": "$.sensor"}, {"Name": "celsius", "SqlType": "INTEGER", "Mapping": "$.celsius"}]
        arn = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/readings"
        analytics.create_application(
            ApplicationName="hot", ApplicationCode=CODE,
            Inputs=[{"NamePrefix": "IN", "KinesisStreamsInput": {"ResourceARN": arn, "RoleARN": "arn:aws:iam::000000000000:role/r"},
                     "InputSchema": {"RecordFormat": {"RecordFormatType": "JSON", "MappingParameters": {"JSONMappingParameters": {"RecordRowPath": "$"}}},
                                     "RecordColumns": columns}}],
            Outputs=[{"Name": "HOT", "KinesisFirehoseOutput": {"ResourceARN": f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/to-objects",
                                                              "RoleARN": "arn:aws:iam::000000000000:role/r"}, "DestinationSchema": {"RecordFormatType": "JSON"}}])
        detail = analytics.describe_application(ApplicationName="hot")["ApplicationDetail"]
        analytics.start_application(ApplicationName="hot", InputConfigurations=[{
            "Id": detail["InputDescriptions"][0]["InputId"], "InputStartingPositionConfiguration": {"InputStartingPosition": "TRIM_HORIZON"}}])
        m.kinesis = kinesis
        yield m


def put(m, celsius, sensor="a"):
    m.kinesis.put_record(StreamName="readings", PartitionKey=sensor, Data=json.dumps({"sensor": sensor, "celsius": celsius}).encode())


def test_a_person_sees_what_flows(millpond, picture):
    for celsius in (20, 31, 32):
        put(millpond, celsius)
    put(millpond, 33, HOSTILE)
    millpond.kinesis.put_record(StreamName="readings", PartitionKey="b", Data=b"\xff\x00no text")
    with Chromium() as browser:
        assert browser("open", url=millpond.url + "/_millpond")["title"] == "Millpond: what flows"
        stream, = browser("texts", of="#streams .card", until="· 5 ·")["texts"]
        assert "readings" in stream and "2 shards" in stream, stream
        application, = browser("texts", of="#applications .card", until="out")["texts"]
        assert "RUNNING" in application and "← readings" in application and "HOT → to-objects" in application, application
        # The record that is no JSON.
        browser("texts", of="#applications .fact.bad", until="rows of error_stream\n1")
        delivery, = browser("texts", of="#delivery_streams .card", until="· 3 ·")["texts"]
        assert "→ s3://hot/" in delivery, delivery
        browser("click", on="#streams .card")
        records = browser("texts", of="#rows tr", until="base64 /wBubyB0ZXh0")["texts"]
        assert len(records) == 5 and HOSTILE in "".join(records), records
        browser("click", on="#applications .card")
        rows = browser("texts", of="#rows tr", until=HOSTILE)["texts"]
        assert len(rows) == 3 and rows[0].split("\t")[1:] == [HOSTILE, "33"], rows
        put(millpond, 99, "late")
        browser("texts", of="#rows tr", until="late\t99")
        if path := picture("flow"):
            browser("picture", path=path)
        assert browser("calls") == {"calls": [], "console": []}
        millpond.kill()
        browser("texts", of="#state", until="no answer")


def test_pushed_records_stand_with_their_consumer(millpond):
    kinesis = millpond.kinesis
    arn = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/readings"
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="fan")["Consumer"]["ConsumerARN"]
    shard = kinesis.put_record(StreamName="readings", PartitionKey="a", Data=b"pushed")["ShardId"]
    wait_until(lambda: kinesis.describe_stream_consumer(ConsumerARN=consumer)["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE", 20, "a consumer")
    events = kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId=shard, StartingPosition={"Type": "TRIM_HORIZON"})["EventStream"]
    assert any(event["SubscribeToShardEvent"]["Records"] for event in events), "the first records arrive"
    events.close()
    with Chromium() as browser:
        browser("open", url=millpond.url + "/_millpond/")
        stream, = browser("texts", of="#streams .card", until="pushed to fan")["texts"]
        assert "· 1 · 7 B" in stream.split("pushed to fan")[1], stream


def test_what_the_page_asks_for(millpond):
    put(millpond, 31)
    flow = wait_until(lambda: (f := millpond.get("/_millpond/flow"))["delivery_streams"][0]["incoming"]["records"] and f, 20, "a row delivered")
    assert flow["streams"][0]["incoming"] == {"records": 1, "bytes": len('{"sensor": "a", "celsius": 31}') + 1}
    record, = millpond.get(f"/_millpond/kinesis/readings/records?region={REGION}&limit=1000000")["records"]
    assert flow["streams"][0]["consumers"] == []
    assert json.loads(record["text"]) == {"sensor": "a", "celsius": 31} and record["partition_key"] == "a"
    assert millpond.get(f"/_millpond/kinesis/readings/records?region={REGION}&limit=0") == {"records": []}
    with pytest.raises(urllib.error.HTTPError) as refused:
        millpond.get("/_millpond/kinesis/readings/records?region=eu-west-1")
    assert refused.value.code == 404
