"""SIGTERM: what was acknowledged is there, what was under way is finished, and the process ends by itself."""
import threading
import time

from support.millpond import ACCOUNT, REGION, Millpond, wait_until
from support.readings import read_all


def put_until_refused(m, stream, acknowledged):
    """Puts batches until the server is gone; notes every record that was acknowledged."""
    kinesis = m.client("kinesis", retries=0)
    for batch in range(100_000):
        names = [f"{threading.get_ident()}-{batch}-{n}" for n in range(100)]
        try:
            answer = kinesis.put_records(StreamName=stream, Records=[{"Data": name.encode(), "PartitionKey": name} for name in names])
        except Exception:  # noqa: BLE001 - the server is going down
            return
        acknowledged += [name for name, record in zip(names, answer["Records"]) if "SequenceNumber" in record]


def test_a_stop_in_the_middle_of_puts_and_deliveries_loses_nothing():
    m = Millpond().start()
    try:
        kinesis, firehose, s3 = m.client("kinesis"), m.client("firehose"), m.client("s3")
        kinesis.create_stream(StreamName="s", ShardCount=2)
        s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
        role = f"arn:aws:iam::{ACCOUNT}:role/r"
        firehose.create_delivery_stream(
            DeliveryStreamName="d", DeliveryStreamType="KinesisStreamAsSource",
            KinesisStreamSourceConfiguration={"KinesisStreamARN": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/s", "RoleARN": role},
            ExtendedS3DestinationConfiguration={"RoleARN": role, "BucketARN": "arn:aws:s3:::bucket", "BufferingHints": {"IntervalInSeconds": 1, "SizeInMBs": 1},
                                                "ProcessingConfiguration": {"Enabled": True, "Processors": [{"Type": "AppendDelimiterToRecord", "Parameters": [{"ParameterName": "Delimiter", "ParameterValue": "\\n"}]}]}})
        lists = [[] for _ in range(4)]
        writers = [threading.Thread(target=put_until_refused, args=(m, "s", acknowledged)) for acknowledged in lists]
        for writer in writers:
            writer.start()
        wait_until(lambda: s3.list_objects_v2(Bucket="bucket").get("KeyCount", 0) >= 2, 30, "deliveries are under way")
        began = time.time()
        m.stop()
        took = time.time() - began
        assert m.process.returncode == 0 and took < 10, f"ended with {m.process.returncode} after {took:.1f} s"
        for writer in writers:
            writer.join(30)
        acknowledged = {name for names in lists for name in names}
        assert len(acknowledged) > 1_000
        m.start()
        stored = [record["Data"].decode() for records in read_all(m.client("kinesis"), "s").values() for record in records]
        assert acknowledged <= set(stored)
        assert len(stored) == len(set(stored)), "no record is there twice"
        delivered = wait_until(lambda: (found := objects(m)) and set(stored) <= set(found) and found, 30, "all that is stored is delivered")
        # A position is written after its delivery; between them lies at most what was under way when the process was told to stop.
        assert set(delivered) == set(stored)
    finally:
        m.stop()


def objects(m):
    s3 = m.client("s3")
    keys = [key for page in s3.get_paginator("list_objects_v2").paginate(Bucket="bucket") for key in page.get("Contents", [])]
    return [line for key in keys for line in s3.get_object(Bucket="bucket", Key=key["Key"])["Body"].read().decode().splitlines()]
