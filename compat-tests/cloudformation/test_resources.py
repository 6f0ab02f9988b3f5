"""Stacks of real resources: the guide's section 1-B, the workshop's pipe in one command, a template of the CDK, applications of the newer API."""
import json
import pathlib
import subprocess
import urllib.parse

import pytest

from support.millpond import ACCOUNT, REGION, Millpond, wait_until
from support.readings import Readings, put_all, read_all
from support.servers import Server, call
from workshop import steps

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 120


@pytest.fixture(scope="module")
def server():
    with Server() as s:
        yield s


@pytest.fixture(scope="module")
def millpond(server):
    with Millpond("--elasticsearch", server.url) as m:
        yield m


@pytest.fixture
def aws(millpond):
    def run(*words, fails=False):
        done = subprocess.run(["aws", *map(str, words)], env=millpond.cli_env(), capture_output=True, text=True, timeout=SECONDS)
        assert (done.returncode != 0) == fails, f"aws {' '.join(map(str, words))}: {done.stdout}{done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip().startswith(("{", "[")) else done.stdout + done.stderr
    return run


def everything(millpond):
    """All that the account has, in every service that stacks make things in."""
    def c(service):
        return millpond.client(service)

    iam = c("iam")
    found = {
        "streams": c("kinesis").list_streams()["StreamNames"],
        "delivery streams": c("firehose").list_delivery_streams()["DeliveryStreamNames"],
        "applications": [a["ApplicationName"] for a in c("kinesisanalyticsv2").list_applications()["ApplicationSummaries"]],
        "buckets": [b["Name"] for b in c("s3").list_buckets()["Buckets"]],
        "roles": [r["RoleName"] for r in iam.list_roles()["Roles"]],
        "policies": [p["PolicyName"] for p in iam.list_policies(Scope="Local")["Policies"]],
        "instance profiles": [p["InstanceProfileName"] for p in iam.list_instance_profiles()["InstanceProfiles"]],
        "log groups": [g["logGroupName"] for g in c("logs").describe_log_groups()["logGroups"]],
        "domains": [d["DomainName"] for d in c("opensearch").list_domain_names()["DomainNames"]],
        "user pools": [p["Id"] for p in c("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]],
        "identity pools": [p["IdentityPoolId"] for p in c("cognito-identity").list_identity_pools(MaxResults=60)["IdentityPools"]],
    }
    return {kind: names for kind, names in found.items() if names}


@pytest.fixture(autouse=True)
def nothing_is_left(millpond):
    assert everything(millpond) == {}
    yield
    assert everything(millpond) == {}


def change(millpond, stack, template, ends="UPDATE_COMPLETE", **more):
    """An update, looked at more often than aws-cli's waiter does."""
    cloudformation = millpond.client("cloudformation")
    cloudformation.update_stack(StackName=stack, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"], **more)

    def ended():
        status = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        return None if status.endswith("_IN_PROGRESS") else status
    assert wait_until(ended, SECONDS, "the update ends") == ends


def outputs(aws, stack):
    (found,) = aws("cloudformation", "describe-stacks", "--stack-name", stack)["Stacks"]
    assert found["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), found
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def delete(aws, stack):
    aws("cloudformation", "delete-stack", "--stack-name", stack)
    aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", stack)


def log_in(millpond, query, password):
    """What the page does with its parameters, but for the arithmetic of the password: the administrator's way in."""
    idp = millpond.client("cognito-idp")
    idp.update_user_pool_client(UserPoolId=query["upid"], ClientId=query["cid"], ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    answer = idp.admin_initiate_auth(UserPoolId=query["upid"], ClientId=query["cid"], AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                                     AuthParameters={"USERNAME": "myname", "PASSWORD": password})
    return answer["AuthenticationResult"]["IdToken"]


@pytest.mark.parametrize("source", ["body", "url"])
def test_1b_the_generators_user(millpond, aws, source):
    stack = "Kinesis-Data-Generator-Cognito-User"
    # The guide's address of the template stands for Millpond's own; nothing is fetched.
    template = {"body": ["--template-body", f"file://{HERE / 'kdg-user.yaml'}"],
                "url": ["--template-url", "https://s3-us-west-2.amazonaws.com/kinesis-helpers/cognito-setup.json"]}[source]
    summary = aws("cloudformation", "get-template-summary", *template)
    assert summary["Capabilities"] == ["CAPABILITY_IAM"]
    secret = {p["ParameterKey"]: p["NoEcho"] for p in summary["Parameters"]}
    assert secret.pop("PermissionsBoundaryArn", False) is False and secret == {"Username": False, "Password": True}

    def create(password, *more, **how):
        return aws("cloudformation", "create-stack", "--stack-name", stack, *template, "--parameters",
                   "ParameterKey=Username,ParameterValue=myname", f"ParameterKey=Password,ParameterValue={password}", *more, **how)

    assert "InsufficientCapabilitiesException" in create("passw0rd", fails=True)
    assert "ValidationError" in create("letters", "--capabilities", "CAPABILITY_IAM", fails=True), "the pattern looks ahead for a digit"
    create("passw0rd", "--capabilities", "CAPABILITY_IAM")
    aws("cloudformation", "wait", "stack-create-complete", "--stack-name", stack)
    urls = outputs(aws, stack)
    hosted, local = (urllib.parse.urlsplit(urls[name]) for name in ("KinesisDataGeneratorUrl", "KinesisDataGeneratorLocalUrl"))
    assert (hosted.hostname, local.path, local.query) == ("awslabs.github.io", "/kdg/producer.html", hosted.query)
    assert f"{local.scheme}://{local.netloc}" == millpond.url
    query = dict(urllib.parse.parse_qsl(hosted.query))
    assert set(query) == {"upid", "ipid", "cid", "r"} and query["r"] == REGION
    token = log_in(millpond, query, "passw0rd")
    identities = millpond.client("cognito-identity")
    logins = {f"cognito-idp.{REGION}.amazonaws.com/{query['upid']}": token}
    identity = identities.get_id(IdentityPoolId=query["ipid"], Logins=logins)["IdentityId"]
    keys = identities.get_credentials_for_identity(IdentityId=identity, Logins=logins)["Credentials"]
    assert keys["AccessKeyId"].startswith("ASIA")
    (role,) = [r for r in millpond.client("iam").list_roles()["Roles"] if "-Authenticated" in r["RoleName"]]
    condition = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    assert condition["StringEquals"] == {"cognito-identity.amazonaws.com:aud": query["ipid"]}
    delete(aws, stack)


def trust(service):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def role(service, *statements):
    policies = [{"PolicyName": "workshop", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}]
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust(service), "Policies": policies}}


def arn(name):
    return {"Fn::GetAtt": [name, "Arn"]}


SCHEMA = {"RecordFormat": {"RecordFormatType": "JSON", "MappingParameters": {"JSONMappingParameters": {"RecordRowPath": "$"}}},
          "RecordColumns": [{"Name": name, "SqlType": type, "Mapping": f"$.{name}"} for name, type in
                            [("sensorId", "INTEGER"), ("eventTimeStamp", "VARCHAR(64)"), ("currentTemperature", "INTEGER"), ("status", "VARCHAR(16)")]]}


def pipe():
    """The workshop's pipe: stream, streaming SQL, delivery stream, Elasticsearch."""
    logging = {"Enabled": True, "LogGroupName": {"Ref": "Logs"}, "LogStreamName": {"Ref": "DeliveryLog"}}
    delivery = {"DomainARN": {"Fn::GetAtt": ["Domain", "DomainArn"]}, "IndexName": steps.INDEX, "TypeName": steps.TYPE, "IndexRotationPeriod": "NoRotation",
                "RoleARN": arn("DeliveryRole"), "BufferingHints": {"IntervalInSeconds": 1, "SizeInMBs": 5}, "RetryOptions": {"DurationInSeconds": 300},
                "S3BackupMode": "FailedDocumentsOnly", "CloudWatchLoggingOptions": logging,
                "S3Configuration": {"BucketARN": arn("Failed"), "RoleARN": arn("DeliveryRole"), "CompressionFormat": "UNCOMPRESSED",
                                    "BufferingHints": {"IntervalInSeconds": 1, "SizeInMBs": 5}}}
    resources = {
        "Readings": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1}},
        "Domain": {"Type": "AWS::Elasticsearch::Domain", "Properties": {
            "ElasticsearchVersion": "5.6", "ElasticsearchClusterConfig": {"InstanceType": "m4.large.elasticsearch", "InstanceCount": "1"},
            "EBSOptions": {"EBSEnabled": True, "VolumeType": "gp2", "VolumeSize": 10},
            "AccessPolicies": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": {"Ref": "AWS::AccountId"}}, "Action": "es:*", "Resource": "*"}]}}},
        "Failed": {"Type": "AWS::S3::Bucket"},
        "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}},
        "DeliveryLog": {"Type": "AWS::Logs::LogStream", "Properties": {"LogGroupName": {"Ref": "Logs"}, "LogStreamName": "ElasticsearchDelivery"}},
        "DeliveryRole": role("firehose", {"Effect": "Allow", "Action": ["es:*", "s3:*", "logs:PutLogEvents"], "Resource": "*"}),
        "AnalyticsRole": role("kinesisanalytics", {"Effect": "Allow", "Action": "kinesis:*", "Resource": arn("Readings")}),
        "Scores": {"Type": "AWS::KinesisFirehose::DeliveryStream", "Properties": {
            "DeliveryStreamType": "DirectPut", "ElasticsearchDestinationConfiguration": delivery}},
        "Application": {"Type": "AWS::KinesisAnalytics::Application", "Properties": {
            "ApplicationCode": steps.sql("2b-deduplicate", "2f-anomalies"),
            "Inputs": [{"NamePrefix": "SOURCE_SQL_STREAM", "InputSchema": SCHEMA,
                        "KinesisStreamsInput": {"ResourceARN": arn("Readings"), "RoleARN": arn("AnalyticsRole")}}]}},
        "ToElasticsearch": {"Type": "AWS::KinesisAnalytics::ApplicationOutput", "Properties": {"ApplicationName": {"Ref": "Application"}, "Output": {
            "Name": "ANOMALY_STREAM", "DestinationSchema": {"RecordFormatType": "JSON"},
            "KinesisFirehoseOutput": {"ResourceARN": arn("Scores"), "RoleARN": arn("AnalyticsRole")}}}},
        "Starter": {"Type": "AWS::Lambda::Function", "Properties": {
            "Role": arn("AnalyticsRole"), "Runtime": "python3.12", "Handler": "index.handler", "Code": {"ZipFile": "# calls StartApplication"}}},
        "Running": {"Type": "Custom::StartKinesisAnalyticsApplication", "DependsOn": "ToElasticsearch", "Properties": {
            "ServiceToken": arn("Starter"), "ApplicationName": {"Ref": "Application"}, "InputStartingPosition": "TRIM_HORIZON"}},
    }
    shown = {"Stream": {"Ref": "Readings"}, "Endpoint": {"Fn::GetAtt": ["Domain", "DomainEndpoint"]}, "Application": {"Ref": "Application"}, "Bucket": {"Ref": "Failed"}}
    return {"Resources": resources, "Outputs": {name: {"Value": value} for name, value in shown.items()}}


def test_the_workshops_pipe_comes_up_in_one_command(millpond, aws, server, tmp_path):
    (tmp_path / "pipe.json").write_text(json.dumps(pipe()))
    assert call(server.url, "PUT", f"/{steps.INDEX}", steps.mapping(server.version)).get("acknowledged")
    aws("cloudformation", "deploy", "--stack-name", "pipe", "--template-file", tmp_path / "pipe.json", "--capabilities", "CAPABILITY_IAM")
    made = outputs(aws, "pipe")
    assert made["Stream"].startswith("pipe-Readings-") and made["Bucket"] == made["Bucket"].lower()
    kinesis = millpond.client("kinesis")
    put_all(kinesis, made["Stream"], Readings(duplicates=0).entries(50))

    def indexed():
        call(server.url, "POST", f"/{steps.INDEX}/_refresh")
        return call(f"http://{made['Endpoint']}", "GET", f"/{steps.INDEX}/_count").get("count", 0)

    wait_until(lambda: indexed() >= 45, 90, "the readings are in Elasticsearch with their scores")
    found = call(server.url, "POST", f"/{steps.INDEX}/_search", {"size": 1})["hits"]["hits"][0]
    assert found["_type"] == steps.TYPE and set(found["_source"]) >= {"SENSOR_ID", "ANOMALY_SCORE"}
    # The application's code is exchanged in place.
    changed = pipe()
    changed["Resources"]["Application"]["Properties"]["ApplicationCode"] += "\n-- changed"
    change(millpond, "pipe", changed)
    detail = millpond.client("kinesisanalytics").describe_application(ApplicationName=made["Application"])["ApplicationDetail"]
    assert detail["ApplicationCode"].endswith("-- changed") and detail["ApplicationStatus"] in ("RUNNING", "UPDATING")
    delete(aws, "pipe")


def test_a_stack_of_the_cdk(millpond, aws):
    template = HERE / "cdk/Pipeline.template.json"
    aws("cloudformation", "deploy", "--stack-name", "Pipeline", "--template-file", template, "--capabilities", "CAPABILITY_IAM")
    made = outputs(aws, "Pipeline")
    kinesis, s3 = millpond.client("kinesis"), millpond.client("s3")
    summary = kinesis.describe_stream_summary(StreamName=made["ReadingsName"])["StreamDescriptionSummary"]
    assert (summary["RetentionPeriodHours"], summary["EncryptionType"]) == (48, "KMS")
    # As on AWS, a stack makes an application and does not start it.
    analytics = millpond.client("kinesisanalytics")
    detail = analytics.describe_application(ApplicationName=made["ApplicationName"])["ApplicationDetail"]
    assert detail["ApplicationStatus"] == "READY"
    start = {"Id": detail["InputDescriptions"][0]["InputId"], "InputStartingPositionConfiguration": {"InputStartingPosition": "TRIM_HORIZON"}}
    analytics.start_application(ApplicationName=made["ApplicationName"], InputConfigurations=[start])
    put_all(kinesis, made["ReadingsName"], Readings().entries(100))

    def averages():
        return [json.loads(record["Data"]) for records in read_all(kinesis, made["AveragesName"]).values() for record in records]

    wait_until(lambda: {row["STATUS"] for row in averages()} >= {"OK", "FAIL", "WARN"}, 60, "the averages of each status arrive")
    keys = wait_until(lambda: [o["Key"] for o in s3.list_objects_v2(Bucket=made["BucketName"], Prefix="readings/").get("Contents", [])],
                      60, "the delivery stream writes objects")
    # A bucket with objects stays, and the stack says why.
    aws("cloudformation", "delete-stack", "--stack-name", "Pipeline")
    aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", "Pipeline", fails=True)
    (stack,) = aws("cloudformation", "describe-stacks", "--stack-name", "Pipeline")["Stacks"]
    assert stack["StackStatus"] == "DELETE_FAILED" and "Archive" in stack["StackStatusReason"]
    keys = [o["Key"] for o in s3.list_objects_v2(Bucket=made["BucketName"])["Contents"]]
    s3.delete_objects(Bucket=made["BucketName"], Delete={"Objects": [{"Key": key} for key in keys]})
    delete(aws, "Pipeline")


def newer(table="readings", role_name="Old", engine="Elasticsearch_5.6", action="kinesis:Get*"):
    code = 'CREATE OR REPLACE STREAM "OUT" ("status" VARCHAR(16)); CREATE OR REPLACE PUMP "P" AS INSERT INTO "OUT" SELECT STREAM "status" FROM "SOURCE_001";'
    lookup = {"TableName": table, "ReferenceSchema": {**SCHEMA, "RecordColumns": SCHEMA["RecordColumns"][:1]},
              "S3ReferenceDataSource": {"BucketARN": arn("Bucket"), "FileKey": "sensors.json"}}
    return {"Resources": {
        "Old": role("kinesisanalytics"), "New": role("kinesisanalytics"),
        "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "newer", "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}},
        "Consumer": {"Type": "AWS::Kinesis::StreamConsumer", "Properties": {"ConsumerName": "reader", "StreamARN": arn("Stream")}},
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "newer-tables"}},
        "Open": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Version": "2012-10-17", "Statement": []}}},
        "Read": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"Roles": [{"Ref": "Old"}], "PolicyDocument": {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}}},
        "Host": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": role_name}]}},
        "Logs": {"Type": "AWS::Logs::LogGroup"}, "Log": {"Type": "AWS::Logs::LogStream", "Properties": {"LogGroupName": {"Ref": "Logs"}}},
        "Domain": {"Type": "AWS::OpenSearchService::Domain", "Properties": {"DomainName": "newer", "EngineVersion": engine}},
        "Application": {"Type": "AWS::KinesisAnalyticsV2::Application", "Properties": {
            "RuntimeEnvironment": "SQL-1_0", "ServiceExecutionRole": arn(role_name), "Tags": [{"Key": "role", "Value": role_name}],
            "ApplicationConfiguration": {
                "ApplicationCodeConfiguration": {"CodeContentType": "PLAINTEXT", "CodeContent": {"TextContent": f"{code} -- {role_name}"}},
                "SqlApplicationConfiguration": {"Inputs": [{"NamePrefix": "SOURCE", "InputSchema": SCHEMA, "KinesisStreamsInput": {"ResourceARN": arn("Stream")}}]}}}},
        "Output": {"Type": "AWS::KinesisAnalyticsV2::ApplicationOutput", "Properties": {"ApplicationName": {"Ref": "Application"}, "Output": {
            "Name": "OUT", "DestinationSchema": {"RecordFormatType": "JSON"}, "KinesisStreamsOutput": {"ResourceARN": arn("Stream")}}}},
        "Table": {"Type": "AWS::KinesisAnalyticsV2::ApplicationReferenceDataSource", "Properties": {
            "ApplicationName": {"Ref": "Application"}, "ReferenceDataSource": lookup}},
        "Log4App": {"Type": "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption", "Properties": {
            "ApplicationName": {"Ref": "Application"}, "CloudWatchLoggingOption": {"LogStreamARN": {"Fn::Sub":
                "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Logs}:log-stream:${Log}"}}}},
    }, "Outputs": {"Application": {"Value": {"Ref": "Application"}}, "Consumer": {"Value": {"Fn::GetAtt": ["Consumer", "ConsumerStatus"]}},
                   "Domain": {"Value": {"Fn::GetAtt": ["Domain", "Arn"]}}, "Policy": {"Value": {"Ref": "Read"}}}}


def test_applications_of_the_newer_api_and_their_parts_change_in_place(millpond, aws, tmp_path):
    def detail(made):
        found = millpond.client("kinesisanalyticsv2").describe_application(ApplicationName=made["Application"])["ApplicationDetail"]
        sql = found["ApplicationConfigurationDescription"]["SqlApplicationConfigurationDescription"]
        return found, sql["OutputDescriptions"], sql["ReferenceDataSourceDescriptions"]

    (tmp_path / "newer.json").write_text(json.dumps(newer()))
    aws("cloudformation", "deploy", "--stack-name", "newer", "--template-file", tmp_path / "newer.json", "--capabilities", "CAPABILITY_IAM")
    made = outputs(aws, "newer")
    assert (made["Consumer"], made["Domain"]) == ("ACTIVE", f"arn:aws:es:{REGION}:{ACCOUNT}:domain/newer")
    found, (output,), (table,) = detail(made)
    assert (output["Name"], table["TableName"], len(found["CloudWatchLoggingOptionDescriptions"])) == ("OUT", "readings", 1)
    # The stack's own tags come and go with it.
    for tag in ["first", "second"]:
        tags = [{"Key": tag, "Value": "x"}]
        change(millpond, "newer", newer(table="sensors", role_name="New", action="kinesis:*"), Tags=tags)
        assert millpond.client("opensearch").list_tags(ARN=made["Domain"])["TagList"] == tags
    assert outputs(aws, "newer") == made, "nothing was replaced"
    found, (output,), (table,) = detail(made)
    assert "-New-" in found["ServiceExecutionRole"] and table["TableName"] == "sensors"
    policy = millpond.client("iam").get_policy(PolicyArn=made["Policy"])["Policy"]
    assert (policy["DefaultVersionId"], policy["AttachmentCount"]) == ("v2", 1)
    # A domain of another version is another domain, whose name is taken: the update fails and goes back.
    change(millpond, "newer", newer(table="sensors", role_name="New", action="kinesis:*", engine="OpenSearch_2.19"), "UPDATE_ROLLBACK_COMPLETE")
    assert detail(made)[2][0]["TableName"] == "sensors"
    delete(aws, "newer")


def test_types_that_are_not_known_say_what_is(aws):
    body = json.dumps({"Resources": {"Job": {"Type": "Custom::Job", "Properties": {"ServiceToken": "arn:aws:lambda:us-west-2:000000000000:function:f"}}}})
    aws("cloudformation", "create-stack", "--stack-name", "unknown", "--template-body", body)
    aws("cloudformation", "wait", "stack-create-complete", "--stack-name", "unknown", fails=True)
    events = aws("cloudformation", "describe-stack-events", "--stack-name", "unknown")["StackEvents"]
    (reason,) = [e["ResourceStatusReason"] for e in events if e["LogicalResourceId"] == "Job" and e["ResourceStatus"] == "CREATE_FAILED"]
    assert "Custom::Job is not supported" in reason and "AWS::Kinesis::Stream" in reason
    delete(aws, "unknown")
