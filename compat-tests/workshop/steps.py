"""The workshop's steps as functions over boto3 clients: what the demo shows and what the tests assert."""
import pathlib
import threading
import time

from support.millpond import ACCOUNT, REGION, wait_until
from support.readings import put_all
from support.servers import call

HERE = pathlib.Path(__file__).parent
STREAM, APPLICATION, DELIVERY, DOMAIN = "workshop-stream", "workshop-application", "processed-sensor-data", "kinesis-workshop"
INDEX, TYPE, BUCKET = "sensor-data", "sensor-w-anomaly-score", "kinesis-workshop-sensor-data-failed"
LOG_GROUP, LOG_STREAM = f"/aws/kinesisfirehose/{DELIVERY}", "ElasticsearchDelivery"
ACTIVITIES = ("2b-deduplicate", "2c-filter", "2d-aggregate", "2e-event-time", "2f-anomalies")
FIELDS = {
    "CURRENT_TEMP": {"type": "integer"},
    "EVENT_TIMESTAMP": {"type": "date", "format": "yyyy-MM-dd HH:mm:ss.SSS"},
    "SENSOR_ID": {"type": "integer"},
    "STATUS": {"type": "string", "index": "not_analyzed"},
    "ANOMALY_SCORE": {"type": "float"},
}


def sql(*activities):
    """The application's code: these activities, one after the other."""
    return "\n".join((HERE / "sql" / f"{name}.sql").read_text() for name in activities)


def mapping(version):
    """The index of step 3-C, as a server of this version takes it (the guide's own body up to 5.x)."""
    major = int(version.split(".")[0])
    fields = dict(FIELDS) if major < 6 else {**FIELDS, "STATUS": {"type": "keyword"}}
    return {"mappings": {TYPE: {"properties": fields}} if major < 7 else {"properties": fields}}


def trust(service):
    return ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"%s.amazonaws.com"},"Action":"sts:AssumeRole"}]}' % service)


class Workshop:
    """All steps against one Millpond; `say` hears what happens."""

    def __init__(self, millpond, say=lambda text: None, type_name=TYPE, es_version="5.1", family="es"):
        self.say, self.millpond, self.type_name, self.es_version = say, millpond, type_name, es_version
        for service in ("kinesis", "kinesisanalytics", "firehose", "s3", "es", "iam", "sts", "logs"):
            setattr(self, service, millpond.client(service))
        self.endpoint = None
        self.sent = 0
        self._stop = threading.Event()

    # Preparation

    def create_domain(self):
        policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["%s"]},"Action":["es:*"],"Resource":"*"}]}'
        account = self.sts.get_caller_identity()["Account"]
        status = self.es.create_elasticsearch_domain(
            DomainName=DOMAIN, ElasticsearchVersion=self.es_version, AccessPolicies=policy % account,
            ElasticsearchClusterConfig={"InstanceType": "m4.large.elasticsearch", "InstanceCount": 1},
            EBSOptions={"EBSEnabled": True, "VolumeType": "gp2", "VolumeSize": 10})["DomainStatus"]
        assert status["ARN"] == f"arn:aws:es:{REGION}:{account}:domain/{DOMAIN}", status
        return self.wait_for_domain()

    def wait_for_domain(self):
        def ready():
            status = self.es.describe_elasticsearch_domain(DomainName=DOMAIN)["DomainStatus"]
            return not status["Processing"] and status.get("Endpoint")
        self.endpoint = "http://" + wait_until(ready, 120, "the domain has an endpoint", every=0.5)
        self.say(f"domain {DOMAIN}: {self.endpoint}")
        return self.endpoint

    def elasticsearch(self, method, path, body=None):
        return call(self.endpoint, method, path, body)

    # Activity 1

    def create_stream(self):
        self.kinesis.create_stream(StreamName=STREAM, ShardCount=1)
        self.kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        summary = self.kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]
        assert (summary["OpenShardCount"], summary["StreamStatus"]) == (1, "ACTIVE"), summary
        assert STREAM in self.kinesis.list_streams()["StreamNames"]
        self.stream_arn = summary["StreamARN"]
        self.say(f"stream {STREAM}: {self.stream_arn}")

    def send(self, readings, count):
        places = put_all(self.kinesis, STREAM, readings.entries(count))
        self.sent += len(places)
        return places

    def send_in_background(self, readings, per_second):
        def run():
            while not self._stop.wait(1.0):
                self.send(readings, per_second)
        self._sender = threading.Thread(target=run, daemon=True)
        self._sender.start()

    def stop_sending(self):
        self._stop.set()
        self._sender.join()

    # Activity 2

    def create_roles(self):
        self.roles = {}
        for name, service in (("kinesis-analytics-role", "kinesisanalytics"), ("kinesis_workshop_firehose_delivery_role", "firehose")):
            role = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(service))["Role"]
            self.iam.put_role_policy(RoleName=name, PolicyName="workshop", PolicyDocument='{"Version":"2012-10-17","Statement":[]}')
            assert self.iam.get_role(RoleName=name)["Role"]["Arn"] == role["Arn"]
            self.roles[service] = role["Arn"]

    def discover_schema(self):
        """2-A: the schema that the service finds in the live stream."""
        found = self.kinesisanalytics.discover_input_schema(
            ResourceARN=self.stream_arn, RoleARN=self.roles["kinesisanalytics"],
            InputStartingPositionConfiguration={"InputStartingPosition": "TRIM_HORIZON"})
        self.schema = found["InputSchema"]
        for column in self.schema["RecordColumns"]:
            self.say(f"  discovered {column['Name']}: {column['SqlType']} from {column['Mapping']}")
        return found

    def create_application(self):
        summary = self.kinesisanalytics.create_application(
            ApplicationName=APPLICATION,
            Inputs=[{"NamePrefix": "SOURCE_SQL_STREAM", "InputSchema": self.schema,
                     "KinesisStreamsInput": {"ResourceARN": self.stream_arn, "RoleARN": self.roles["kinesisanalytics"]}}])["ApplicationSummary"]
        assert summary["ApplicationStatus"] == "READY", summary
        detail = self.application()
        assert detail["InputDescriptions"][0]["InAppStreamNames"] == ["SOURCE_SQL_STREAM_001"], detail

    def application(self):
        return self.kinesisanalytics.describe_application(ApplicationName=APPLICATION)["ApplicationDetail"]

    def start_application(self, position="NOW"):
        input_id = self.application()["InputDescriptions"][0]["InputId"]
        self.kinesisanalytics.start_application(
            ApplicationName=APPLICATION,
            InputConfigurations=[{"Id": input_id, "InputStartingPositionConfiguration": {"InputStartingPosition": position}}])
        self.wait_running()

    def wait_running(self):
        wait_until(lambda: self.application()["ApplicationStatus"] == "RUNNING", 60, "the application runs")

    def run_sql(self, *activities):
        """2-B to 2-G: replaces the code of the running application."""
        before = self.application()["ApplicationVersionId"]
        self.kinesisanalytics.update_application(ApplicationName=APPLICATION, CurrentApplicationVersionId=before,
                                                 ApplicationUpdate={"ApplicationCodeUpdate": sql(*activities)})
        self.wait_running()
        after = self.application()
        assert after["ApplicationVersionId"] == before + 1, after
        assert after["ApplicationCode"] == sql(*activities)

    def rows(self, stream, limit=1000):
        """The latest rows of an in-application stream (AWS's console has no public API for this; Millpond's is its own)."""
        return self.millpond.get(f"/_millpond/analytics/{APPLICATION}/streams/{stream}?limit={limit}&region={REGION}&account={ACCOUNT}")["rows"]

    # Activity 3

    def create_delivery_stream(self, interval=60, size=5, retry=300, backup="FailedDocumentsOnly"):
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.logs.create_log_group(logGroupName=LOG_GROUP)
        self.logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=LOG_STREAM)
        role, bucket = self.roles["firehose"], f"arn:aws:s3:::{BUCKET}"
        logging = {"Enabled": True, "LogGroupName": LOG_GROUP, "LogStreamName": LOG_STREAM}
        self.firehose.create_delivery_stream(
            DeliveryStreamName=DELIVERY, DeliveryStreamType="DirectPut",
            ElasticsearchDestinationConfiguration={
                "RoleARN": role, "DomainARN": f"arn:aws:es:{REGION}:{ACCOUNT}:domain/{DOMAIN}", "IndexName": INDEX, "TypeName": self.type_name,
                "IndexRotationPeriod": "NoRotation", "BufferingHints": {"IntervalInSeconds": interval, "SizeInMBs": size},
                "RetryOptions": {"DurationInSeconds": retry}, "S3BackupMode": backup,
                "S3Configuration": {"RoleARN": role, "BucketARN": bucket, "Prefix": "", "CompressionFormat": "UNCOMPRESSED",
                                    "BufferingHints": {"IntervalInSeconds": interval, "SizeInMBs": size}},
                "CloudWatchLoggingOptions": logging})
        self.delivery_arn = wait_until(self._active_delivery, 60, "the delivery stream is ACTIVE")["DeliveryStreamARN"]

    def _active_delivery(self):
        description = self.firehose.describe_delivery_stream(DeliveryStreamName=DELIVERY)["DeliveryStreamDescription"]
        return description if description["DeliveryStreamStatus"] == "ACTIVE" else None

    def create_index(self, version):
        answer = self.elasticsearch("PUT", f"/{INDEX}", mapping(version))
        assert answer.get("acknowledged"), answer

    def connect_destination(self):
        """3-D: the rows of ANOMALY_STREAM go to the delivery stream."""
        self.kinesisanalytics.add_application_output(
            ApplicationName=APPLICATION, CurrentApplicationVersionId=self.application()["ApplicationVersionId"],
            Output={"Name": "ANOMALY_STREAM", "DestinationSchema": {"RecordFormatType": "JSON"},
                    "KinesisFirehoseOutput": {"ResourceARN": self.delivery_arn, "RoleARN": self.roles["kinesisanalytics"]}})
        self.wait_running()

    def indexed(self):
        self.elasticsearch("POST", f"/{INDEX}/_refresh")
        return self.elasticsearch("GET", f"/{INDEX}/_count").get("count", 0)

    def highest_scores(self, count=5):
        answer = self.elasticsearch("POST", f"/{INDEX}/_search", {"size": count, "sort": [{"ANOMALY_SCORE": "desc"}]})
        return [hit["_source"] for hit in answer["hits"]["hits"]]

    def failed_documents(self):
        """The lines of all objects under the error folder of the backup bucket."""
        keys = [o["Key"] for o in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", []) if "failed" in o["Key"]]
        bodies = [self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys]
        return [line for body in bodies for line in body.splitlines()]

    # 3-F

    def clean_up(self):
        self.kinesisanalytics.stop_application(ApplicationName=APPLICATION)
        wait_until(lambda: self.application()["ApplicationStatus"] == "READY", 60, "the application has stopped")
        self.kinesisanalytics.delete_application(ApplicationName=APPLICATION, CreateTimestamp=self.application()["CreateTimestamp"])
        self.kinesis.delete_stream(StreamName=STREAM)
        self.firehose.delete_delivery_stream(DeliveryStreamName=DELIVERY)
        self.es.delete_elasticsearch_domain(DomainName=DOMAIN)
        for item in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
            self.s3.delete_object(Bucket=BUCKET, Key=item["Key"])
        self.s3.delete_bucket(Bucket=BUCKET)
        wait_until(lambda: STREAM not in self.kinesis.list_streams()["StreamNames"], 60, "the stream is gone")


def now():
    return time.strftime("%H:%M:%S")
