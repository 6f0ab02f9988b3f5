"""Inputs of applications, end to end: several in-application streams, system columns, reference tables and schemas found in S3 objects."""
import datetime
import json

import pytest

from support.millpond import ACCOUNT, REGION, Millpond, wait_until
from support.readings import put_all, read_all

ROLE = f"arn:aws:iam::{ACCOUNT}:role/analytics"
SHARDS = 4

SCHEMA = {
    "RecordFormat": {"RecordFormatType": "JSON", "MappingParameters": {"JSONMappingParameters": {"RecordRowPath": "$"}}},
    "RecordEncoding": "UTF-8",
    "RecordColumns": [
        {"Name": "number", "SqlType": "INTEGER", "Mapping": "$.number"},
        {"Name": "ticker", "SqlType": "VARCHAR(8)", "Mapping": "$.ticker"},
    ],
}

# Each pump says which in-application stream it reads, so that the test can see how the shards were shared out.
PARALLEL = """
CREATE OR REPLACE STREAM "OUT" ("number" INTEGER, "input" INTEGER, "shard" VARCHAR(20), "sequence" VARCHAR(64), "key" VARCHAR(32), "arrived" TIMESTAMP);
CREATE OR REPLACE PUMP "FIRST" AS INSERT INTO "OUT"
SELECT STREAM "number", 1, SHARD_ID, SEQUENCE_NUMBER, PARTITION_KEY, s.APPROXIMATE_ARRIVAL_TIME FROM "IN_001" AS s;
CREATE OR REPLACE PUMP "SECOND" AS INSERT INTO "OUT"
SELECT STREAM "number", 2, SHARD_ID, SEQUENCE_NUMBER, PARTITION_KEY, s.APPROXIMATE_ARRIVAL_TIME FROM "IN_002" AS s;
"""

JOINED = """
CREATE OR REPLACE STREAM "OUT" ("number" INTEGER, "company" VARCHAR(32));
CREATE OR REPLACE PUMP "P" AS INSERT INTO "OUT"
SELECT STREAM s."number", c."Company" FROM "IN_001" AS s LEFT JOIN "CompanyName" AS c ON s."ticker" = c."Ticker";
"""

COMPANIES = {
    "RecordFormat": {"RecordFormatType": "CSV",
                     "MappingParameters": {"CSVMappingParameters": {"RecordRowDelimiter": "\n", "RecordColumnDelimiter": ","}}},
    "RecordEncoding": "UTF-8",
    "RecordColumns": [{"Name": "Ticker", "SqlType": "VARCHAR(8)"}, {"Name": "Company", "SqlType": "VARCHAR(32)"}],
}


class Application:
    """An application between the streams `in` and `out` of one server."""

    def __init__(self, millpond, code, parallelism=1, shards=1, source=None):
        self.millpond, self.name = millpond, "application"
        self.kinesis, self.api, self.s3 = (millpond.client(name) for name in ("kinesis", "kinesisanalytics", "s3"))
        for stream, count in (("in", shards), ("out", 1)):
            self.kinesis.create_stream(StreamName=stream, ShardCount=count)
            self.kinesis.get_waiter("stream_exists").wait(StreamName=stream, WaiterConfig={"Delay": 1})
        self.api.create_application(
            ApplicationName=self.name, ApplicationCode=code,
            Inputs=[{"NamePrefix": "IN", "InputSchema": SCHEMA, "InputParallelism": {"Count": parallelism},
                     **(source or {"KinesisStreamsInput": {"ResourceARN": self.arn("in"), "RoleARN": ROLE}})}],
            Outputs=[{"Name": "OUT", "DestinationSchema": {"RecordFormatType": "JSON"},
                      "KinesisStreamsOutput": {"ResourceARN": self.arn("out"), "RoleARN": ROLE}}])

    @staticmethod
    def arn(stream):
        return f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{stream}"

    def describe(self):
        return self.api.describe_application(ApplicationName=self.name)["ApplicationDetail"]

    def start(self, position="TRIM_HORIZON"):
        self.api.start_application(ApplicationName=self.name, InputConfigurations=[
            {"Id": "1.1", "InputStartingPositionConfiguration": {"InputStartingPosition": position}}])
        self.running()

    def stop(self):
        self.api.stop_application(ApplicationName=self.name)
        wait_until(lambda: self.describe()["ApplicationStatus"] == "READY", 30, "the application has stopped")

    def running(self):
        wait_until(lambda: self.describe()["ApplicationStatus"] == "RUNNING", 30, "the application runs")

    def put(self, rows):
        return put_all(self.kinesis, "in", [{"Data": json.dumps(row).encode(), "PartitionKey": f"key-{row['number']}"} for row in rows])

    def rows(self, count):
        """The rows that came out, once there are so many."""
        def enough():
            found = [json.loads(record["Data"]) for records in read_all(self.kinesis, "out").values() for record in records]
            return found if len(found) >= count else None
        return wait_until(enough, 30, f"{count} rows came out", every=0.5)


@pytest.fixture
def millpond():
    with Millpond() as server:
        yield server


def test_shards_are_shared_out_over_the_in_application_streams_with_their_system_columns(millpond):
    application = Application(millpond, PARALLEL, parallelism=2, shards=SHARDS)
    assert application.describe()["InputDescriptions"][0]["InAppStreamNames"] == ["IN_001", "IN_002"]
    places = application.put([{"number": number, "ticker": "AMZN"} for number in range(400)])
    application.start()
    rows = application.rows(400)

    assert sorted(row["number"] for row in rows) == list(range(400)), "each record once"
    inputs = {}
    for row in rows:
        assert (row["shard"], row["sequence"]) == places[row["number"]], row
        assert row["key"] == f"key-{row['number']}"
        inputs.setdefault(row["input"], set()).add(row["shard"])
    assert sorted(len(shards) for shards in inputs.values()) == [SHARDS // 2, SHARDS // 2], inputs
    assert not inputs[1] & inputs[2], "a shard feeds one in-application stream"

    shard = places[0][0]
    iterator = application.kinesis.get_shard_iterator(
        StreamName="in", ShardId=shard, ShardIteratorType="AT_SEQUENCE_NUMBER", StartingSequenceNumber=places[0][1])["ShardIterator"]
    record = application.kinesis.get_records(ShardIterator=iterator, Limit=1)["Records"][0]
    arrived = record["ApproximateArrivalTimestamp"].astimezone(datetime.timezone.utc)
    assert next(row["arrived"] for row in rows if row["number"] == 0) == arrived.strftime("%Y-%m-%d %H:%M:%S.") + f"{arrived.microsecond // 1000:03}"


def test_a_split_shard_goes_on_feeding_the_application(millpond):
    application = Application(millpond, PARALLEL, parallelism=2, shards=1)
    application.start()
    application.put([{"number": number, "ticker": "A"} for number in range(50)])
    application.kinesis.split_shard(StreamName="in", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(1 << 127))
    application.kinesis.get_waiter("stream_exists").wait(StreamName="in", WaiterConfig={"Delay": 1})
    application.put([{"number": number, "ticker": "A"} for number in range(50, 150)])
    rows = application.rows(150)
    assert sorted(row["number"] for row in rows) == list(range(150))
    assert {row["shard"] for row in rows} == {f"shardId-00000000000{n}" for n in range(3)}


def test_a_reference_table_is_joined_and_loaded_anew_by_an_update(millpond):
    application = Application(millpond, 'CREATE STREAM "OUT" ("number" INTEGER, "company" VARCHAR(32));')
    application.s3.create_bucket(Bucket="reference", CreateBucketConfiguration={"LocationConstraint": REGION})
    application.s3.put_object(Bucket="reference", Key="companies.csv", Body=b"AMZN,Amazon\nWMT,Walmart\n")
    version = application.describe()["ApplicationVersionId"]
    application.api.add_application_reference_data_source(
        ApplicationName="application", CurrentApplicationVersionId=version,
        ReferenceDataSource={"TableName": "CompanyName", "ReferenceSchema": COMPANIES,
                             "S3ReferenceDataSource": {"BucketARN": "arn:aws:s3:::reference", "FileKey": "companies.csv", "ReferenceRoleARN": ROLE}})
    application.api.update_application(ApplicationName="application", CurrentApplicationVersionId=version + 1,
                                       ApplicationUpdate={"ApplicationCodeUpdate": JOINED})
    reference = application.describe()["ReferenceDataSourceDescriptions"][0]
    assert (reference["ReferenceId"], reference["TableName"]) == ("2.1", "CompanyName"), reference
    application.start()
    application.put([{"number": 1, "ticker": "AMZN"}, {"number": 2, "ticker": "NONE"}, {"number": 3, "ticker": "WMT"}])
    companies = {row["number"]: row["company"] for row in application.rows(3)}
    assert companies == {1: "Amazon", 2: None, 3: "Walmart"}

    # The object alone changes nothing; an update that names it loads it.
    application.s3.put_object(Bucket="reference", Key="companies.csv", Body=b"AMZN,Amazon\nNONE,Nobody\n")
    application.put([{"number": 4, "ticker": "NONE"}])
    assert {row["number"]: row["company"] for row in application.rows(4)}[4] is None
    application.api.update_application(
        ApplicationName="application", CurrentApplicationVersionId=version + 2,
        ApplicationUpdate={"ReferenceDataSourceUpdates": [{"ReferenceId": "2.1", "S3ReferenceDataSourceUpdate": {"FileKeyUpdate": "companies.csv"}}]})
    application.running()
    application.put([{"number": 5, "ticker": "NONE"}])
    assert {row["number"]: row["company"] for row in application.rows(5)}[5] == "Nobody"


def test_a_schema_is_found_in_s3_objects(millpond):
    s3, api = millpond.client("s3"), millpond.client("kinesisanalytics")
    s3.create_bucket(Bucket="sample", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="sample", Key="coal.csv", Body=b"year,state,commodity,amount\r\n2001,AK,Coal,1500\r\n2002,WY,ShortTons,370000\r\n")
    s3.put_object(Bucket="sample", Key="rows.json", Body=b'{"ticker":"AMZN","price":10.25}\n{"ticker":"WMT","price":3.5}\n')

    def found(key):
        return api.discover_input_schema(S3Configuration={"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::sample", "FileKey": key})

    csv = found("coal.csv")
    assert csv["InputSchema"]["RecordFormat"] == {
        "RecordFormatType": "CSV",
        "MappingParameters": {"CSVMappingParameters": {"RecordRowDelimiter": "\r\n", "RecordColumnDelimiter": ","}}}
    columns = [(column["Name"], column["SqlType"]) for column in csv["InputSchema"]["RecordColumns"]]
    assert columns == [("COL_year", "INTEGER"), ("state", "VARCHAR(4)"), ("commodity", "VARCHAR(16)"), ("amount", "INTEGER")]
    assert len(csv["RawInputRecords"]) == 1, "the whole file is one record"
    # The header is kept as a row, with nulls where it does not fit the column (the developer guide's example).
    assert csv["ParsedInputRecords"][:2] == [[None, "state", "commodity", None], ["2001", "AK", "Coal", "1500"]]

    rows = found("rows.json")
    assert [(c["Name"], c["Mapping"]) for c in rows["InputSchema"]["RecordColumns"]] == [("ticker", "$.ticker"), ("price", "$.price")]
    assert len(rows["ParsedInputRecords"]) == 2

    with pytest.raises(api.exceptions.InvalidArgumentException):
        found("missing.json")
    s3.put_object(Bucket="sample", Key="noise.bin", Body=bytes(range(256)))
    with pytest.raises(api.exceptions.UnableToDetectSchemaException) as refused:
        found("noise.bin")
    assert refused.value.response["RawInputRecords"], refused.value.response


def test_an_application_reads_a_delivery_stream_and_loses_nothing_that_was_delivered_meanwhile(millpond):
    firehose, s3 = millpond.client("firehose"), millpond.client("s3")
    s3.create_bucket(Bucket="raw", CreateBucketConfiguration={"LocationConstraint": REGION})
    arn = firehose.create_delivery_stream(
        DeliveryStreamName="source", DeliveryStreamType="DirectPut",
        ExtendedS3DestinationConfiguration={"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::raw",
                                            "BufferingHints": {"IntervalInSeconds": 0, "SizeInMBs": 1}})["DeliveryStreamARN"]
    wait_until(lambda: firehose.describe_delivery_stream(DeliveryStreamName="source")["DeliveryStreamDescription"]["DeliveryStreamStatus"]
               == "ACTIVE", 30, "the delivery stream is ACTIVE")

    def put(number):
        firehose.put_record(DeliveryStreamName="source", Record={"Data": json.dumps({"number": number, "ticker": "A"}).encode()})

    def delivered():
        return sum(s3.get_object(Bucket="raw", Key=item["Key"])["Body"].read().count(b"number")
                   for item in s3.list_objects_v2(Bucket="raw").get("Contents", []))

    code = """CREATE STREAM "OUT" ("number" INTEGER, "arrived" TIMESTAMP);
    CREATE PUMP "P" AS INSERT INTO "OUT" SELECT STREAM "number", s.APPROXIMATE_ARRIVAL_TIME FROM "IN_001" AS s;"""
    application = Application(millpond, code, source={"KinesisFirehoseInput": {"ResourceARN": arn, "RoleARN": ROLE}})
    with pytest.raises(application.api.exceptions.InvalidArgumentException):
        application.start("TRIM_HORIZON")
    application.start("NOW")
    for number in range(10):
        put(number)
    assert sorted(row["number"] for row in application.rows(10)) == list(range(10))
    assert all(row["arrived"] for row in application.rows(10))

    application.stop()
    for number in range(10, 20):
        put(number)
    wait_until(lambda: delivered() == 20, 30, "all records are in the bucket")
    millpond.kill()
    millpond.start()
    put(20)
    wait_until(lambda: delivered() == 21, 30, "the last record is in the bucket")
    application.start("LAST_STOPPED_POINT")
    assert {row["number"] for row in application.rows(21)} == set(range(21))

    found = application.api.discover_input_schema(ResourceARN=arn, RoleARN=ROLE,
                                                  InputStartingPositionConfiguration={"InputStartingPosition": "NOW"})
    assert [column["Name"] for column in found["InputSchema"]["RecordColumns"]] == ["number", "ticker"]
