"""The workshop by boto3, from the domain to the clean-up, against Elasticsearch 5.6.16 that Millpond starts itself."""
import json
import time

import pytest
from botocore.exceptions import ClientError

from support.millpond import Millpond, wait_until
from support.readings import Readings
from support.servers import distribution
from workshop import steps

TRAINING = 256  # the forest scores 0 so long


@pytest.fixture(scope="module")
def workshop():
    with Millpond("--elasticsearch-home", str(distribution())) as m:
        w = steps.Workshop(m)
        w.create_domain()
        yield w


@pytest.fixture(scope="module")
def readings():
    return Readings(seed=7)


# The steps build on each other, in the order of the file.


def test_1_a_stream_takes_records_and_gives_them_back(workshop, readings):
    workshop.create_stream()
    places = workshop.send(readings, 60)
    assert {shard for shard, _ in places} == {"shardId-000000000000"}
    numbers = [int(number) for _, number in places]
    assert numbers == sorted(set(numbers)), "sequence numbers grow"
    description = workshop.kinesis.describe_stream(StreamName=steps.STREAM)["StreamDescription"]
    assert description["Shards"][0]["HashKeyRange"] == {"StartingHashKey": "0", "EndingHashKey": str(2**128 - 1)}


def test_2a_the_schema_is_discovered(workshop):
    workshop.create_roles()
    found = workshop.discover_schema()
    columns = {c["Name"]: c for c in found["InputSchema"]["RecordColumns"]}
    assert found["InputSchema"]["RecordFormat"]["RecordFormatType"] == "JSON"
    assert set(columns) == {"sensorId", "eventTimeStamp", "currentTemperature", "status"}
    assert columns["sensorId"]["SqlType"] == "INTEGER" and columns["sensorId"]["Mapping"] == "$.sensorId"
    assert columns["eventTimeStamp"]["SqlType"].startswith("VARCHAR(")
    assert len(found["RawInputRecords"]) > 0 and len(found["ParsedInputRecords"][0]) == 4


def test_2a_the_application_starts(workshop):
    workshop.create_application()
    assert workshop.application()["ApplicationVersionId"] == 1
    workshop.start_application()
    with pytest.raises(ClientError) as refused:
        workshop.start_application()
    assert refused.value.response["Error"]["Code"] == "ResourceInUseException"


def test_2b_to_2f_the_queries_run(workshop, readings):
    workshop.run_sql(*steps.ACTIVITIES)
    workshop.send_in_background(readings, 40)
    clean = wait_until(lambda: workshop.rows("CLEAN_IOT_STREAM"), 20, "rows in CLEAN_IOT_STREAM")
    assert set(clean[0]) >= {"SENSOR_ID", "EVENT_TIMESTAMP", "CURRENT_TEMP", "STATUS", "DEDUP_WINDOW"}
    failing = wait_until(lambda: workshop.rows("FILTERED_FAIL_STREAM"), 20, "rows in FILTERED_FAIL_STREAM")
    assert {row["STATUS"] for row in failing} == {"FAIL"}, "the trailing blank is cut off by VARCHAR(4)"
    averages = wait_until(lambda: workshop.rows("AGGREGATE_STREAM"), 30, "rows in AGGREGATE_STREAM")
    assert {row["STATUS"] for row in averages} <= {"OK", "FAIL", "WARN"}
    wait_until(lambda: workshop.rows("AGGREGATE_EVENT_TIME_STREAM"), 30, "rows in AGGREGATE_EVENT_TIME_STREAM")
    wait_until(lambda: workshop.rows("ANOMALY_STREAM"), 30, "rows in ANOMALY_STREAM")


def test_2b_duplicates_within_a_second_are_removed(workshop):
    rows = [tuple(sorted(row.items())) for row in workshop.rows("CLEAN_IOT_STREAM")]
    keys = [tuple((k, v) for k, v in row if k != "ROWTIME") for row in rows]
    assert len(keys) == len(set(keys))


def test_bad_code_is_refused_with_its_place_and_changes_nothing(workshop):
    before = workshop.application()
    broken = steps.sql("2b-deduplicate", "2f-anomalies").replace("clean_iot_stream)));", "clean_iot_stream))));")
    line = next(i for i, text in enumerate(broken.splitlines(), 1) if "))))" in text)
    with pytest.raises(ClientError) as refused:
        workshop.kinesisanalytics.update_application(
            ApplicationName=steps.APPLICATION, CurrentApplicationVersionId=before["ApplicationVersionId"],
            ApplicationUpdate={"ApplicationCodeUpdate": broken})
    error = refused.value.response["Error"]
    assert error["Code"] == "CodeValidationException"
    assert f"line {line}" in error["Message"], error
    assert workshop.application()["ApplicationVersionId"] == before["ApplicationVersionId"]
    with pytest.raises(ClientError) as refused:
        workshop.kinesisanalytics.update_application(ApplicationName=steps.APPLICATION, CurrentApplicationVersionId=1,
                                                     ApplicationUpdate={"ApplicationCodeUpdate": "-- nothing"})
    assert refused.value.response["Error"]["Code"] == "ConcurrentModificationException"


def test_2g_the_code_is_cleaned_up(workshop):
    workshop.run_sql("2b-deduplicate", "2f-anomalies")
    assert workshop.application()["ApplicationStatus"] == "RUNNING"


def test_3_scores_reach_elasticsearch(workshop):
    workshop.create_delivery_stream(interval=2)
    workshop.create_index("5.6.16")
    workshop.connect_destination()
    workshop.send(Readings(seed=11, duplicates=0, outliers=0), 2 * TRAINING)
    wait_until(lambda: workshop.indexed() > TRAINING, 60, "documents in the index")
    workshop.send(Readings(seed=12, duplicates=0, outliers=1), 3)
    best = wait_until(lambda: [r for r in workshop.highest_scores(3) if r["CURRENT_TEMP"] >= 900], 60, "outliers score highest")
    assert best[0]["ANOMALY_SCORE"] > 1.5, best
    assert set(best[0]) == {"SENSOR_ID", "EVENT_TIMESTAMP", "CURRENT_TEMP", "STATUS", "ANOMALY_SCORE"}
    assert workshop.failed_documents() == []


def test_a_document_that_does_not_fit_ends_in_s3(workshop):
    good = {"SENSOR_ID": 99, "EVENT_TIMESTAMP": "2017-11-28 01:02:03.000", "CURRENT_TEMP": 1, "STATUS": "OK", "ANOMALY_SCORE": 0.5}
    bad = {**good, "EVENT_TIMESTAMP": "2017-11-28T01:02:03Z"}
    records = [{"Data": json.dumps(d).encode()} for d in (good, bad, {**good, "SENSOR_ID": 98})]
    answer = workshop.firehose.put_record_batch(DeliveryStreamName=steps.DELIVERY, Records=records)
    assert answer["FailedPutCount"] == 0
    failed = [json.loads(line) for line in wait_until(workshop.failed_documents, 60, "a failed document in S3")]
    assert len(failed) == 1
    assert {"attemptsMade", "arrivalTimestamp", "errorCode", "errorMessage", "attemptEndingTimestamp", "rawData", "esDocumentId", "esIndexName",
            "esTypeName"} <= set(failed[0])
    assert failed[0]["errorCode"] == "400" and failed[0]["esIndexName"] == steps.INDEX

    def neighbours():
        found = workshop.elasticsearch("POST", f"/{steps.INDEX}/_search", {"query": {"terms": {"SENSOR_ID": [98, 99]}}})
        return found["hits"]["total"] == 2
    wait_until(neighbours, 30, "the neighbours of the bad document are indexed")
    events = workshop.logs.filter_log_events(logGroupName=steps.LOG_GROUP)["events"]
    assert any("MapperParsingException" in e["message"] or "mapper_parsing_exception" in e["message"] for e in events), events


def test_3f_clean_up(workshop):
    workshop.stop_sending()
    time.sleep(1)
    workshop.clean_up()
    assert workshop.kinesis.list_streams()["StreamNames"] == []
    assert workshop.firehose.list_delivery_streams()["DeliveryStreamNames"] == []
    assert workshop.kinesisanalytics.list_applications()["ApplicationSummaries"] == []
