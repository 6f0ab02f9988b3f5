"""`/_millpond/metrics`, read by Prometheus's own parser, says what was done."""
import re
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families
from support.millpond import ACCOUNT, REGION, Millpond, wait_until


def scrape(m):
    with urllib.request.urlopen(m.url + "/_millpond/metrics", timeout=5) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return {family.name: family for family in text_string_to_metric_families(answer.read().decode())}


def value(families, sample, **labels):
    """The value of the one sample with this name and at least these labels."""
    found = [s.value for family in families.values() for s in family.samples if s.name == sample and labels.items() <= s.labels.items()]
    assert len(found) == 1, f"{sample}{labels}: {found}"
    return found[0]


@pytest.fixture(scope="module")
def m():
    with Millpond("--limit", "kinesis.shard_write_records_per_second=20") as m:
        yield m


def test_requests_are_counted_by_operation_and_status_with_their_latency(m):
    kinesis, s3 = m.client("kinesis"), m.client("s3")
    for _ in range(3):
        kinesis.list_streams()
    with pytest.raises(kinesis.exceptions.ResourceNotFoundException):
        kinesis.describe_stream(StreamName="none")
    m.client("iam").list_roles()
    m.client("opensearch").list_domain_names()
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    families = scrape(m)
    requests = lambda **labels: value(families, "millpond_requests_total", **labels)
    assert requests(service="kinesis", operation="ListStreams", status="200") == 3
    assert requests(service="kinesis", operation="DescribeStream", status="400") == 1
    assert requests(service="iam", operation="ListRoles", status="200") == 1
    assert requests(service="opensearch", operation="ListDomainNames", status="200") == 1
    assert requests(service="s3", operation="PUT", status="200") == 1
    duration = "millpond_request_duration_seconds"
    listing = {"service": "kinesis", "operation": "ListStreams"}
    assert value(families, f"{duration}_count", **listing) == value(families, f"{duration}_bucket", le="+Inf", **listing) == 3
    assert 0 < value(families, f"{duration}_sum", **listing) < 5
    classes = [s.value for s in families[duration].samples if s.name.endswith("_bucket") and listing.items() <= s.labels.items()]
    assert classes == sorted(classes) and len(classes) == 15


def test_records_and_bytes_of_a_stream(m):
    kinesis = m.client("kinesis", retries=0)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    stream = {"account": ACCOUNT, "region": REGION, "stream": "s"}
    put = kinesis.put_records(StreamName="s", Records=[{"Data": b"12345678", "PartitionKey": "ab"}] * 25)
    assert put["FailedRecordCount"] == 5
    iterator = kinesis.get_shard_iterator(StreamName="s", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    assert len(kinesis.get_records(ShardIterator=iterator, Limit=5)["Records"]) == 5
    families = scrape(m)
    of = lambda name: value(families, f"millpond_kinesis_{name}", **stream)
    assert (of("incoming_records_total"), of("incoming_bytes_total"), of("write_throttled_records_total")) == (20, 200, 5)
    assert (of("outgoing_records_total"), of("outgoing_bytes_total"), of("open_shards")) == (5, 50, 1)
    assert of("iterator_age_seconds") > 0
    kinesis.delete_stream(StreamName="s")
    assert not [s for s in scrape(m)["millpond_kinesis_incoming_records"].samples if s.labels["stream"] == "s"]


def test_what_is_pushed_to_a_consumer(m):
    kinesis = m.client("kinesis")
    kinesis.create_stream(StreamName="p", ShardCount=1)
    arn = kinesis.describe_stream_summary(StreamName="p")["StreamDescriptionSummary"]["StreamARN"]
    register = lambda: kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
    consumer = {"account": ACCOUNT, "region": REGION, "stream": "p", "consumer": "c"}
    kinesis.put_records(StreamName="p", Records=[{"Data": b"12345678", "PartitionKey": "ab"}] * 3)
    events = kinesis.subscribe_to_shard(ConsumerARN=register(), ShardId="shardId-000000000000", StartingPosition={"Type": "TRIM_HORIZON"})["EventStream"]
    pushed = 0
    for event in events:
        pushed += len(event["SubscribeToShardEvent"]["Records"])
        if pushed == 3:
            break
    of = lambda name: value(scrape(m), f"millpond_kinesis_{name}", **consumer)
    assert (of("pushed_records_total"), of("pushed_bytes_total"), of("subscription_behind_seconds")) == (3, 30, 0)
    assert value(scrape(m), "millpond_kinesis_outgoing_records_total", stream="p") == 0, "GetRecords is counted by itself"
    events.close()
    kinesis.deregister_stream_consumer(StreamARN=arn, ConsumerName="c")
    assert not [s for s in scrape(m)["millpond_kinesis_pushed_records"].samples if s.labels["stream"] == "p"]


def test_a_delivery_stream_tells_its_backlog_and_how_old_it_is(m):
    firehose, s3 = m.client("firehose"), m.client("s3")
    s3.create_bucket(Bucket="delivered", CreateBucketConfiguration={"LocationConstraint": REGION})
    destination = {"RoleARN": f"arn:aws:iam::{ACCOUNT}:role/r", "BucketARN": "arn:aws:s3:::delivered", "BufferingHints": {"IntervalInSeconds": 2, "SizeInMBs": 1}}
    firehose.create_delivery_stream(DeliveryStreamName="d", ExtendedS3DestinationConfiguration=destination)
    firehose.put_record_batch(DeliveryStreamName="d", Records=[{"Data": b"123\n"}] * 7)
    of = lambda name, **more: value(scrape(m), f"millpond_firehose_{name}", delivery_stream="d", **more)
    assert (of("incoming_records_total"), of("incoming_bytes_total")) == (7, 28)
    assert of("backlog_records", to="destination") == 7
    wait_until(lambda: of("data_freshness_seconds", to="destination") > 0.5, 2, "the backlog grows old", every=0.02)
    wait_until(lambda: of("delivered_records_total", to="destination") == 7, 20, "the records are delivered")
    assert (of("delivered_bytes_total", to="destination"), of("backlog_records", to="destination"), of("data_freshness_seconds", to="destination")) == (28, 0, 0)


def test_an_application_tells_what_it_reads_and_delivers(m):
    kinesis, analytics = m.client("kinesis"), m.client("kinesisanalytics")
    for name in ("in", "out"):
        kinesis.create_stream(StreamName=name, ShardCount=1)
    arn = lambda name: f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{name}"
    role = f"arn:aws:iam::{ACCOUNT}:role/r"
    columns = [{"Name": "N", "SqlType": "INTEGER", "Mapping": "$.n"}]
    analytics.create_application(
        ApplicationName="a",
        ApplicationCode='CREATE OR REPLACE STREAM "BIG" (N INTEGER); CREATE OR REPLACE PUMP "P" AS INSERT INTO "BIG" SELECT STREAM "N" FROM "SOURCE_001" WHERE "N" > 1;',
        Inputs=[{"NamePrefix": "SOURCE", "KinesisStreamsInput": {"ResourceARN": arn("in"), "RoleARN": role},
                 "InputSchema": {"RecordFormat": {"RecordFormatType": "JSON", "MappingParameters": {"JSONMappingParameters": {"RecordRowPath": "$"}}}, "RecordColumns": columns}}],
        Outputs=[{"Name": "BIG", "KinesisStreamsOutput": {"ResourceARN": arn("out"), "RoleARN": role}, "DestinationSchema": {"RecordFormatType": "JSON"}}])
    ids = analytics.describe_application(ApplicationName="a")["ApplicationDetail"]["InputDescriptions"][0]["InputId"]
    analytics.start_application(ApplicationName="a", InputConfigurations=[{"Id": ids, "InputStartingPositionConfiguration": {"InputStartingPosition": "TRIM_HORIZON"}}])
    kinesis.put_records(StreamName="in", Records=[{"Data": b'{"n":%d}' % n, "PartitionKey": "a"} for n in range(4)] + [{"Data": b"no json", "PartitionKey": "a"}])
    of = lambda name: value(scrape(m), f"millpond_analytics_{name}", application="a")
    wait_until(lambda: of("output_records_total") == 2, 20, "two rows come out")
    assert (of("input_records_total"), of("input_bytes_total"), of("error_rows_total"), of("behind_latest_seconds")) == (5, 4 * 7 + 7, 1, 0)


def test_names_and_types_are_prometheus_s(m):
    families = scrape(m)
    with urllib.request.urlopen(m.url + "/_millpond/metrics") as answer:
        text = answer.read().decode()
    for name, family in families.items():
        assert family.documentation and family.type in ("counter", "gauge", "histogram"), name
        assert re.fullmatch(r"(millpond|process)_[a-z_]+", name), name
        assert family.type != "counter" or all(s.name.endswith("_total") for s in family.samples), name
    assert len(re.findall(r"^# TYPE (\S+)", text, re.M)) == len(set(re.findall(r"^# TYPE (\S+)", text, re.M))), "each family stands once"
    assert value(families, "process_resident_memory_bytes") > 1 << 20
    assert 0 < value(families, "process_start_time_seconds")
    assert value(families, "process_open_fds") > 3 and value(families, "process_cpu_seconds_total") >= 0
