"""`millpond generate` into a running server: as many records arrive as were sent, and they are what the template says."""
import json
import pathlib
import re
import signal
import subprocess

import pytest

from support.millpond import ACCOUNT, BINARY, REGION, ROOT, Millpond, wait_until
from support.readings import read_all

TEMPLATE = str(pathlib.Path(ROOT, "tests/generate/workshop.template"))
STREAM, DELIVERY_STREAM, BUCKET = "generated", "generated-delivery", "generated-bucket"
COUNT = 20_000


@pytest.fixture(scope="module")
def millpond():
    with Millpond() as m:
        yield m


def generate(millpond, *arguments, check=True):
    done = subprocess.run([BINARY, "generate", *arguments], env=millpond.cli_env(), capture_output=True, text=True, timeout=120)
    assert not check or done.returncode == 0, done.stderr
    return done


def check_readings(lines):
    assert len(lines) == COUNT
    readings = [json.loads(line) for line in lines]
    assert {r["status"] for r in readings} == {"OK", "FAIL ", "WARN"}
    assert {r["sensorId"] for r in readings} == set(range(21))
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", r["eventTimeStamp"]) for r in readings)
    anomalies = sum(r["currentTemperature"] == 900 for r in readings)
    assert COUNT * 0.01 < anomalies < COUNT * 0.03, "two in a hundred"


def test_every_record_is_in_the_stream(millpond):
    kinesis = millpond.client("kinesis")
    kinesis.create_stream(StreamName=STREAM, ShardCount=4)
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM)
    done = generate(millpond, "--template", TEMPLATE, "--to", STREAM, "--count", str(COUNT), "--rate", "max")
    assert f"{COUNT} records sent" in done.stderr and "failed" not in done.stderr
    shards = read_all(kinesis, STREAM)
    assert len(shards) == 4 and all(shards.values()), "random partition keys reach every shard"
    records = [r for shard in shards.values() for r in shard]
    assert all(int(r["PartitionKey"]) < 10**10 and r["Data"].endswith(b"}\n") for r in records)
    check_readings([r["Data"] for r in records])


def test_every_record_is_delivered_from_the_delivery_stream(millpond):
    s3, firehose = millpond.client("s3"), millpond.client("firehose")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    arn = firehose.create_delivery_stream(
        DeliveryStreamName=DELIVERY_STREAM,
        S3DestinationConfiguration={"RoleARN": f"arn:aws:iam::{ACCOUNT}:role/r", "BucketARN": f"arn:aws:s3:::{BUCKET}",
                                    "BufferingHints": {"IntervalInSeconds": 1, "SizeInMBs": 1}})["DeliveryStreamARN"]
    generate(millpond, "--template", TEMPLATE, "--to", arn, "--count", str(COUNT), "--rate", "max", "--seed", "1")

    def lines():
        keys = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET) for o in page.get("Contents", [])]
        found = b"".join(s3.get_object(Bucket=BUCKET, Key=k)["Body"].read() for k in keys).splitlines()
        return found if len(found) >= COUNT else None

    check_readings(wait_until(lines, 60, f"{COUNT} lines in {BUCKET}", every=0.5))


def test_a_seed_and_a_start_repeat_the_records(millpond):
    arguments = ["{{random.uuid}} {{date.utc}} {{date.past}} {{name.findName}}", "--count", "100", "--rate", "10", "--start", "2026-01-01", "--quiet"]
    one, same = (generate(millpond, *arguments, "--seed", "7").stdout for _ in range(2))
    other = generate(millpond, *arguments, "--seed", "8").stdout
    assert one == same != other
    assert len(one.splitlines()) == 100 and one.splitlines()[99].split(" ")[1] == "2026-01-01T00:00:09Z"


def test_errors_are_told_and_end_with_1(millpond):
    missing = generate(millpond, "x", "--to", "no-such-stream", "--count", "1", check=False)
    assert missing.returncode == 1 and "ResourceNotFoundException" in missing.stderr
    wrong = generate(millpond, "a\n{{random.nubmer}}", check=False)
    assert wrong.returncode == 1 and "template:2:1: there is no function random.nubmer; did you mean random.number?" in wrong.stderr
    noted = generate(millpond, "{{random.number()}}", "--check")
    assert "the Kinesis Data Generator would refuse it" in noted.stdout


def test_ctrl_c_ends_with_a_summary_and_nothing_lost(millpond):
    kinesis = millpond.client("kinesis")
    kinesis.create_stream(StreamName="interrupted", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="interrupted")
    command = [BINARY, "generate", "{{random.uuid}}", "--to", "interrupted", "--rate", "500"]
    process = subprocess.Popen(command, env=millpond.cli_env(), stderr=subprocess.PIPE, text=True)
    records = lambda: [r["Data"] for shard in read_all(kinesis, "interrupted").values() for r in shard]  # noqa: E731
    wait_until(records, 30, "records arrive")
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 0, told
    sent = int(re.search(r"(\d+) records sent", told)[1])
    arrived = records()
    assert len(arrived) == len(set(arrived)) == sent > 0


def test_output_may_be_cut_off(millpond):
    done = subprocess.run(f"{BINARY} generate x | head -3", shell=True, capture_output=True, text=True, timeout=30)
    assert done.stdout == "x\nx\nx\n" and "error" not in done.stderr.lower()
