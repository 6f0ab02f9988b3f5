"""Firehose into real servers of several versions: the bad document in S3, its neighbours indexed; a dead server loses nothing."""
import json

import pytest

from support.millpond import Millpond, wait_until
from support.servers import call

INDEX, BUCKET, STREAM = "readings", "failed-documents", "to-elasticsearch"
ROLE = "arn:aws:iam::000000000000:role/delivery"


@pytest.fixture(scope="module")
def millpond(server):
    with Millpond("--elasticsearch", server.url) as m:
        m.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        field = {"EVENT_TIMESTAMP": {"type": "date", "format": "yyyy-MM-dd HH:mm:ss.SSS"}}
        typed = server.product == "elasticsearch" and server.major < 7
        body = {"mappings": {"reading": {"properties": field}} if typed else {"properties": field}}
        assert call(server.url, "PUT", f"/{INDEX}", body).get("acknowledged")
        m.client("firehose").create_delivery_stream(
            DeliveryStreamName=STREAM,
            **{"ElasticsearchDestinationConfiguration" if server.product == "elasticsearch" else "AmazonopensearchserviceDestinationConfiguration": {
                "RoleARN": ROLE, "ClusterEndpoint": server.url, "IndexName": INDEX,
                "TypeName": "reading" if typed else "", "IndexRotationPeriod": "NoRotation",
                "BufferingHints": {"IntervalInSeconds": 1, "SizeInMBs": 5}, "RetryOptions": {"DurationInSeconds": 300},
                "S3Configuration": {"RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{BUCKET}"}}})
        yield m


def put(millpond, documents):
    answer = millpond.client("firehose").put_record_batch(
        DeliveryStreamName=STREAM, Records=[{"Data": d if isinstance(d, bytes) else json.dumps(d).encode()} for d in documents])
    assert answer["FailedPutCount"] == 0


def documents(server, field, values):
    call(server.url, "POST", f"/{INDEX}/_refresh")
    found = call(server.url, "POST", f"/{INDEX}/_search", {"size": 1000, "query": {"terms": {field: values}}})
    return [hit["_source"] for hit in found["hits"]["hits"]]


def failed(millpond):
    s3 = millpond.client("s3")
    keys = [o["Key"] for o in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    assert all("failed/" in key for key in keys), keys
    return [json.loads(line) for key in keys for line in s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode().splitlines()]


def test_bad_documents_end_in_s3_and_their_neighbours_are_indexed(server, millpond):
    good = {"EVENT_TIMESTAMP": "2017-11-28 01:02:03.004"}
    put(millpond, [{**good, "n": 1}, {"EVENT_TIMESTAMP": "2017-11-28T01:02:03Z", "n": 2}, {**good, "n": 3}, b"not json", {**good, "n": 4}])
    wait_until(lambda: len(documents(server, "n", [1, 3, 4])) == 3, 60, "the good documents are indexed")
    lines = wait_until(lambda: len(failed(millpond)) >= 2 and failed(millpond), 60, "the bad documents are in S3")
    import base64
    assert sorted(base64.b64decode(line["rawData"]) for line in lines)[0] == b"not json"
    assert documents(server, "n", [2]) == []
    for line in lines:
        assert line["attemptsMade"] >= 1 and line["esIndexName"] == INDEX and line["errorCode"]


def test_a_server_that_is_gone_for_a_while_loses_nothing(server, millpond):
    numbers = list(range(1000, 1200))
    put(millpond, [{"n": n} for n in numbers[:100]])
    server.stop()
    put(millpond, [{"n": n} for n in numbers[100:]])
    server.start()
    wait_until(lambda: len(documents(server, "n", numbers)) == len(numbers), 120, "all documents are indexed")
    found = sorted(d["n"] for d in documents(server, "n", numbers))
    assert found == numbers, "nothing lost, and ids keep retries from counting twice"
