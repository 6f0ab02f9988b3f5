"""The workshop by aws-cli as it comes, each command with nothing but AWS_ENDPOINT_URL, a region and dummy credentials."""
import base64
import json
import subprocess
import time

import pytest

from support.millpond import ACCOUNT, REGION, Millpond, wait_until
from support.readings import Readings
from support.servers import call, distribution
from workshop import steps


@pytest.fixture(scope="module")
def millpond():
    with Millpond("--elasticsearch-home", str(distribution())) as m:
        yield m


@pytest.fixture(scope="module")
def aws(millpond):
    def run(*words, fails=False):
        done = subprocess.run(["aws", *map(str, words)], env=millpond.cli_env(), capture_output=True, text=True, timeout=60)
        if fails:
            assert done.returncode != 0, f"aws {' '.join(map(str, words))} succeeded: {done.stdout}"
            return done.stderr
        assert done.returncode == 0, f"aws {' '.join(map(str, words))}: {done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip().startswith(("{", "[")) else done.stdout
    return run


@pytest.fixture(scope="module")
def place():
    """What later steps need of earlier ones."""
    return {}


def test_prepare_the_domain(aws, place):
    account = aws("sts", "get-caller-identity")["Account"]
    assert account == ACCOUNT
    aws("es", "create-elasticsearch-domain", "--domain-name", steps.DOMAIN, "--elasticsearch-version", "5.1",
        "--elasticsearch-cluster-config", "InstanceType=m4.large.elasticsearch,InstanceCount=1",
        "--ebs-options", "EBSEnabled=true,VolumeType=gp2,VolumeSize=10")

    def ready():
        status = aws("es", "describe-elasticsearch-domain", "--domain-name", steps.DOMAIN)["DomainStatus"]
        return not status["Processing"] and status.get("Endpoint")
    place["elasticsearch"] = "http://" + wait_until(ready, 120, "the domain has an endpoint", every=1)
    names = [d["DomainName"] for d in aws("es", "list-domain-names")["DomainNames"]]
    assert names == [steps.DOMAIN]


def test_1a_create_the_stream(aws, place):
    aws("kinesis", "create-stream", "--stream-name", steps.STREAM, "--shard-count", 1)
    aws("kinesis", "wait", "stream-exists", "--stream-name", steps.STREAM)
    summary = aws("kinesis", "describe-stream-summary", "--stream-name", steps.STREAM)["StreamDescriptionSummary"]
    assert summary["StreamStatus"] == "ACTIVE" and summary["OpenShardCount"] == 1
    place["stream"] = summary["StreamARN"]
    again = aws("kinesis", "create-stream", "--stream-name", steps.STREAM, "--shard-count", 1, fails=True)
    assert "ResourceInUseException" in again and f"Stream {steps.STREAM} under account {ACCOUNT} already exists." in again


def test_1c_send_readings(aws, millpond, tmp_path):
    entries = Readings(seed=3).entries(100)
    body = [{"Data": e["Data"].decode(), "PartitionKey": e["PartitionKey"]} for e in entries]  # aws-cli 1 does the base64 itself
    (tmp_path / "records.json").write_text(json.dumps(body))
    answer = aws("kinesis", "put-records", "--stream-name", steps.STREAM, "--records", f"file://{tmp_path}/records.json")
    assert answer["FailedRecordCount"] == 0 and len(answer["Records"]) == 100
    iterator = aws("kinesis", "get-shard-iterator", "--stream-name", steps.STREAM, "--shard-id", "shardId-000000000000",
                   "--shard-iterator-type", "TRIM_HORIZON")["ShardIterator"]
    page = aws("kinesis", "get-records", "--shard-iterator", iterator)
    assert [base64.b64decode(r["Data"]) for r in page["Records"]] == [e["Data"] for e in entries]
    missing = aws("kinesis", "describe-stream", "--stream-name", "nowhere", fails=True)
    assert f"Stream nowhere under account {ACCOUNT} not found." in missing


def test_2a_discover_and_create(aws, place):
    role = aws("iam", "create-role", "--role-name", "kinesis-analytics-role", "--assume-role-policy-document", steps.trust("kinesisanalytics"))
    place["role"] = role["Role"]["Arn"]
    found = aws("kinesisanalytics", "discover-input-schema", "--resource-arn", place["stream"], "--role-arn", place["role"],
                "--input-starting-position-configuration", "InputStartingPosition=TRIM_HORIZON")
    assert [c["Name"] for c in found["InputSchema"]["RecordColumns"]] == ["sensorId", "eventTimeStamp", "currentTemperature", "status"]
    inputs = [{"NamePrefix": "SOURCE_SQL_STREAM", "InputSchema": found["InputSchema"],
               "KinesisStreamsInput": {"ResourceARN": place["stream"], "RoleARN": place["role"]}}]
    aws("kinesisanalytics", "create-application", "--application-name", steps.APPLICATION, "--inputs", json.dumps(inputs))
    detail = aws("kinesisanalytics", "describe-application", "--application-name", steps.APPLICATION)["ApplicationDetail"]
    assert (detail["ApplicationStatus"], detail["ApplicationVersionId"], detail["InputDescriptions"][0]["InputId"]) == ("READY", 1, "1.1")
    aws("kinesisanalytics", "start-application", "--application-name", steps.APPLICATION, "--input-configurations",
        json.dumps([{"Id": "1.1", "InputStartingPositionConfiguration": {"InputStartingPosition": "TRIM_HORIZON"}}]))
    assert [a["ApplicationName"] for a in aws("kinesisanalytics", "list-applications")["ApplicationSummaries"]] == [steps.APPLICATION]


def test_2b_2f_the_code(aws, tmp_path):
    (tmp_path / "update.json").write_text(json.dumps({"ApplicationCodeUpdate": steps.sql("2b-deduplicate", "2f-anomalies")}))
    aws("kinesisanalytics", "update-application", "--application-name", steps.APPLICATION, "--current-application-version-id", 1,
        "--application-update", f"file://{tmp_path}/update.json")
    detail = aws("kinesisanalytics", "describe-application", "--application-name", steps.APPLICATION)["ApplicationDetail"]
    assert detail["ApplicationVersionId"] == 2


def test_3a_the_delivery_stream(aws, place):
    role = aws("iam", "create-role", "--role-name", "delivery", "--assume-role-policy-document", steps.trust("firehose"))["Role"]["Arn"]
    aws("s3", "mb", f"s3://{steps.BUCKET}")
    assert steps.BUCKET in aws("s3", "ls")
    aws("logs", "create-log-group", "--log-group-name", steps.LOG_GROUP)
    aws("logs", "create-log-stream", "--log-group-name", steps.LOG_GROUP, "--log-stream-name", steps.LOG_STREAM)
    destination = {"RoleARN": role, "DomainARN": f"arn:aws:es:{REGION}:{ACCOUNT}:domain/{steps.DOMAIN}", "IndexName": steps.INDEX, "TypeName": steps.TYPE,
                   "IndexRotationPeriod": "NoRotation", "BufferingHints": {"IntervalInSeconds": 2, "SizeInMBs": 5},
                   "S3Configuration": {"RoleARN": role, "BucketARN": f"arn:aws:s3:::{steps.BUCKET}"}}
    aws("firehose", "create-delivery-stream", "--delivery-stream-name", steps.DELIVERY, "--elasticsearch-destination-configuration", json.dumps(destination))

    def active():
        d = aws("firehose", "describe-delivery-stream", "--delivery-stream-name", steps.DELIVERY)["DeliveryStreamDescription"]
        return d if d["DeliveryStreamStatus"] == "ACTIVE" else None
    description = wait_until(active, 30, "the delivery stream is ACTIVE")
    place["delivery"] = description["DeliveryStreamARN"]
    assert description["Destinations"][0]["DestinationId"] == "destinationId-000000000001"


def test_3c_3d_mapping_and_destination(aws, place):
    assert call(place["elasticsearch"], "PUT", f"/{steps.INDEX}", steps.mapping("5.6.16"))["acknowledged"]
    output = {"Name": "ANOMALY_STREAM", "DestinationSchema": {"RecordFormatType": "JSON"},
              "KinesisFirehoseOutput": {"ResourceARN": place["delivery"], "RoleARN": place["role"]}}
    aws("kinesisanalytics", "add-application-output", "--application-name", steps.APPLICATION, "--current-application-version-id", 2,
        "--application-output", json.dumps(output))
    stale = aws("kinesisanalytics", "add-application-output", "--application-name", steps.APPLICATION, "--current-application-version-id", 2,
                "--application-output", json.dumps(output), fails=True)
    assert "ConcurrentModificationException" in stale


def test_3e_scores_are_in_elasticsearch(aws, place, millpond):
    w = steps.Workshop(millpond)
    w.send(Readings(seed=5, duplicates=0), 400)

    def scored():
        call(place["elasticsearch"], "POST", f"/{steps.INDEX}/_refresh")
        found = call(place["elasticsearch"], "POST", f"/{steps.INDEX}/_search", {"size": 1, "sort": [{"ANOMALY_SCORE": "desc"}]})
        hits = found.get("hits", {}).get("hits")
        return hits and (hits[0]["_source"]["ANOMALY_SCORE"] or 0) > 0
    wait_until(scored, 60, "scores in Elasticsearch")


def test_3f_clean_up(aws, place):
    aws("kinesisanalytics", "stop-application", "--application-name", steps.APPLICATION)

    def ready():
        d = aws("kinesisanalytics", "describe-application", "--application-name", steps.APPLICATION)["ApplicationDetail"]
        return d if d["ApplicationStatus"] == "READY" else None
    detail = wait_until(ready, 30, "the application has stopped")
    aws("kinesisanalytics", "delete-application", "--application-name", steps.APPLICATION, "--create-timestamp", detail["CreateTimestamp"])
    aws("kinesis", "delete-stream", "--stream-name", steps.STREAM)
    aws("kinesis", "wait", "stream-not-exists", "--stream-name", steps.STREAM)
    aws("firehose", "delete-delivery-stream", "--delivery-stream-name", steps.DELIVERY)
    aws("es", "delete-elasticsearch-domain", "--domain-name", steps.DOMAIN)
    aws("s3", "rm", f"s3://{steps.BUCKET}", "--recursive")
    aws("s3", "rb", f"s3://{steps.BUCKET}")
    time.sleep(0.5)
    assert aws("firehose", "list-delivery-streams")["DeliveryStreamNames"] == []
