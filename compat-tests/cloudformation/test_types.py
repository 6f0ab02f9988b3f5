"""Every type of the services that have more than a name, from end to end: made, changed in place, replaced, deleted; seen by the service's own API.

One stack has them all. Each entry says what of it differs between three versions of the template (made; changed in place; replaced) and how the service shows it.
"""
import json

import pytest

from support.millpond import ACCOUNT, REGION, Millpond
from support.stacks import body, create, delete, state, until

SCOPE = f"{REGION}:{ACCOUNT}"


@pytest.fixture(scope="module")
def millpond():
    with Millpond() as started:
        yield started


def document(action):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": action, "Resource": "*"}]}


def permissions(action):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def trust(service):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}


def tags(version):
    """One tag that stays, one whose value changes, one that goes."""
    own = [{"Key": "stays", "Value": "1"}, {"Key": "changes", "Value": str(version)}]
    return own + ([{"Key": "goes", "Value": "1"}] if version == 1 else [])


def arn(id):
    return {"Fn::GetAtt": [id, "Arn"]}


def ref(id):
    return {"Ref": id}


def template(v):
    """Version 1 makes, version 2 changes in place, version 3 replaces what can be replaced."""
    changed, replaced = (1 if v == 1 else 2), (3 if v == 3 else 1)
    bucket = {"BucketARN": arn("Target"), "RoleARN": arn("Fixed"), "Prefix": f"p{changed}/"}
    search = {"Name": "n", "Mutable": True, "AttributeDataType": "String"}
    resources = {
        "Fixed": ("AWS::IAM::Role", {"AssumeRolePolicyDocument": trust("firehose.amazonaws.com")}),
        "Target": ("AWS::S3::Bucket", {}),
        "Stream": ("AWS::Kinesis::Stream", {"Name": f"types-{replaced}", "ShardCount": changed, "RetentionPeriodHours": 24 * changed, "Tags": tags(changed),
                                            "DesiredShardLevelMetrics": ["IncomingBytes"] if changed == 1 else ["OutgoingBytes"]}),
        "Consumer": ("AWS::Kinesis::StreamConsumer", {"ConsumerName": f"reader-{replaced}", "StreamARN": arn("Stream"), "Tags": tags(changed)}),
        "StreamPolicy": ("AWS::Kinesis::ResourcePolicy", {"ResourceArn": arn("Stream"), "ResourcePolicy": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kinesis:PutRecord" if changed == 1 else "kinesis:GetRecords", "Resource": arn("Stream")}]}}),
        "Delivery": ("AWS::KinesisFirehose::DeliveryStream", {"DeliveryStreamName": f"types-{replaced}", "DeliveryStreamType": "DirectPut",
                                                              "ExtendedS3DestinationConfiguration": bucket, "Tags": tags(changed)}),
        "Users": ("AWS::Cognito::UserPool", {"UserPoolName": f"users-{changed}", "UserPoolTags": {tag["Key"]: tag["Value"] for tag in tags(changed)},
                                             "UsernameAttributes": ["email"] if replaced == 3 else [], "Schema": [search],
                                             "Policies": {"PasswordPolicy": {"MinimumLength": 6 + changed}}}),
        "Client": ("AWS::Cognito::UserPoolClient", {"UserPoolId": ref("Users"), "ClientName": f"client-{changed}", "GenerateSecret": replaced == 3,
                                                    "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}),
        "User": ("AWS::Cognito::UserPoolUser", {"UserPoolId": ref("Users"), "Username": f"u{replaced}@example.com", "MessageAction": "SUPPRESS"}),
        "Identities": ("AWS::Cognito::IdentityPool", {"IdentityPoolName": f"identities {changed}", "AllowUnauthenticatedIdentities": changed == 2, "IdentityPoolTags": tags(changed)}),
        "Others": ("AWS::Cognito::IdentityPool", {"IdentityPoolName": "others", "AllowUnauthenticatedIdentities": False}),
        "Roles": ("AWS::Cognito::IdentityPoolRoleAttachment", {"IdentityPoolId": ref("Others" if replaced == 3 else "Identities"),
                                                               "Roles": {"authenticated": arn("Fixed") if changed == 1 else arn("Role")}}),
        "Group": ("AWS::Logs::LogGroup", {"LogGroupName": f"/types/{replaced}", "RetentionInDays": 7 * changed, "Tags": tags(changed)}),
        "Log": ("AWS::Logs::LogStream", {"LogGroupName": ref("Group"), "LogStreamName": f"log-{replaced}"}),
        "Bucket": ("AWS::S3::Bucket", {"BucketName": f"types-bucket-{replaced}", "Tags": tags(changed)}),
        "BucketPolicy": ("AWS::S3::BucketPolicy", {"Bucket": ref("Bucket"), "PolicyDocument": document("s3:Get*" if changed == 1 else "s3:Put*")}),
        "Role": ("AWS::IAM::Role", {"RoleName": f"types-role-{replaced}", "AssumeRolePolicyDocument": trust(f"s{changed}.amazonaws.com"), "Description": f"d{changed}",
                                    "MaxSessionDuration": 3600 * changed, "Tags": tags(changed), "ManagedPolicyArns": [ref("Managed")] if changed == 1 else [],
                                    "Policies": [{"PolicyName": f"inline-{changed}", "PolicyDocument": permissions("kinesis:*")}]}),
        "Managed": ("AWS::IAM::ManagedPolicy", {"ManagedPolicyName": f"types-managed-{replaced}", "PolicyDocument": permissions("s3:Get*" if changed == 1 else "s3:*")}),
        "Policy": ("AWS::IAM::Policy", {"PolicyName": f"policy-{changed}", "Roles": [ref("Fixed")], "PolicyDocument": permissions("s3:*")}),
        "RolePolicy": ("AWS::IAM::RolePolicy", {"PolicyName": f"single-{replaced}", "RoleName": ref("Target2"), "PolicyDocument": permissions("s3:Get*" if changed == 1 else "s3:*")}),
        "Target2": ("AWS::IAM::Role", {"AssumeRolePolicyDocument": trust("firehose.amazonaws.com")}),
        "Emptied": ("Custom::S3AutoDeleteObjects", {"ServiceToken": arn("Function"), "BucketName": ref("Target")}),
        "Function": ("AWS::Lambda::Function", {"Role": arn("Fixed"), "Code": {"ZipFile": "#"}, "Description": f"d{changed}", "FunctionName": f"types-{replaced}"}),
        "Profile": ("AWS::IAM::InstanceProfile", {"InstanceProfileName": f"types-profile-{replaced}", "Roles": [ref("Fixed" if changed == 1 else "Role")]}),
        "Linked": ("AWS::IAM::ServiceLinkedRole", {"AWSServiceName": "kinesis.amazonaws.com" if replaced == 1 else "es.amazonaws.com", "Description": f"d{changed}"}),
    }
    code = f'CREATE OR REPLACE STREAM "OUT" ("status" VARCHAR(16)); -- {changed}'
    source = {"NamePrefix": "SOURCE", "KinesisStreamsInput": {"ResourceARN": arn("Stream"), "RoleARN": arn("Fixed")}, "InputSchema": {
        "RecordFormat": {"RecordFormatType": "JSON", "MappingParameters": {"JSONMappingParameters": {"RecordRowPath": "$"}}},
        "RecordColumns": [{"Name": "status", "SqlType": "VARCHAR(16)", "Mapping": "$.status"}]}}
    newer = {**source, "KinesisStreamsInput": {"ResourceARN": arn("Stream")}}
    resources |= {
        "Application": ("AWS::KinesisAnalytics::Application", {"ApplicationName": f"types-{replaced}", "ApplicationCode": code, "Inputs": [source]}),
        "Newer": ("AWS::KinesisAnalyticsV2::Application", {
            "ApplicationName": f"types-newer-{replaced}", "RuntimeEnvironment": "SQL-1_0", "ServiceExecutionRole": arn("Fixed"), "Tags": tags(changed),
            "ApplicationConfiguration": {"ApplicationCodeConfiguration": {"CodeContentType": "PLAINTEXT", "CodeContent": {"TextContent": code}},
                                         "SqlApplicationConfiguration": {"Inputs": [newer]}}}),
    }
    columns = [{"Name": "id", "SqlType": "INTEGER", "Mapping": "$.id"}]
    table = {"TableName": f"table{changed}", "ReferenceSchema": {**source["InputSchema"], "RecordColumns": columns}}
    place = {"BucketARN": arn("Target"), "FileKey": f"{changed}.json"}
    output = {"Name": f"OUT{changed}", "DestinationSchema": {"RecordFormatType": "JSON"}}
    resources |= {
        "Output": ("AWS::KinesisAnalytics::ApplicationOutput", {"ApplicationName": ref("Application"), "Output": {
            **output, "KinesisStreamsOutput": {"ResourceARN": arn("Stream"), "RoleARN": arn("Fixed")}}}),
        "Table": ("AWS::KinesisAnalytics::ApplicationReferenceDataSource", {"ApplicationName": ref("Application"), "ReferenceDataSource": {
            **table, "S3ReferenceDataSource": {**place, "ReferenceRoleARN": arn("Fixed")}}}),
        "NewerOutput": ("AWS::KinesisAnalyticsV2::ApplicationOutput", {"ApplicationName": ref("Newer"), "Output": {
            **output, "KinesisStreamsOutput": {"ResourceARN": arn("Stream")}}}),
        "NewerTable": ("AWS::KinesisAnalyticsV2::ApplicationReferenceDataSource", {"ApplicationName": ref("Newer"), "ReferenceDataSource": {
            **table, "S3ReferenceDataSource": place}}),
        "NewerLog": ("AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption", {"ApplicationName": ref("Newer"), "CloudWatchLoggingOption": {
            "LogStreamARN": {"Fn::Sub": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}:log-stream:${Log}"}}}),
    }
    return body({id: {"Type": kind, "Properties": properties} for id, (kind, properties) in resources.items()})


# Of these a change of any property that can be changed leaves the same resource.
NEVER_REPLACED = {"Target2", "Emptied", "Fixed", "Target", "Policy", "Identities", "Others"}
# Of these nothing can be changed in place.
NEVER_CHANGED = {"NewerLog", "Target2", "Emptied", "Fixed", "Target", "User", "Log", "Others"}


def shown(millpond, id, physical):
    """What the service shows of a resource: the part that the versions differ in. Fails when the resource is not there."""
    c = millpond.client

    def pairs(found, key="Key", value="Value"):
        return {tag[key]: tag[value] for tag in found}

    def policy(text):
        return (json.loads(text) if isinstance(text, str) else text)["Statement"][0]["Action"]

    def stream():
        k = c("kinesis")
        summary = k.describe_stream_summary(StreamName=physical)["StreamDescriptionSummary"]
        return (summary["OpenShardCount"], summary["RetentionPeriodHours"], summary["EnhancedMonitoring"][0]["ShardLevelMetrics"],
                pairs(k.list_tags_for_stream(StreamName=physical)["Tags"]))

    def consumer():
        k = c("kinesis")
        return k.describe_stream_consumer(ConsumerARN=physical)["ConsumerDescription"]["ConsumerStatus"], pairs(k.list_tags_for_resource(ResourceARN=physical)["Tags"])

    def delivery():
        f = c("firehose")
        destination = f.describe_delivery_stream(DeliveryStreamName=physical)["DeliveryStreamDescription"]["Destinations"][0]
        return destination["ExtendedS3DestinationDescription"]["Prefix"], pairs(f.list_tags_for_delivery_stream(DeliveryStreamName=physical)["Tags"])

    def users():
        pool = c("cognito-idp").describe_user_pool(UserPoolId=physical)["UserPool"]
        return pool["Name"], pool["Policies"]["PasswordPolicy"]["MinimumLength"], pool["UserPoolTags"]

    def in_pool(call, **named):
        pool = [r["PhysicalResourceId"] for r in c("cloudformation").describe_stack_resources(StackName="types")["StackResources"] if r["LogicalResourceId"] == "Users"]
        return getattr(c("cognito-idp"), call)(UserPoolId=pool[0], **named)

    def identities():
        pool = c("cognito-identity").describe_identity_pool(IdentityPoolId=physical)
        return pool["IdentityPoolName"], pool["AllowUnauthenticatedIdentities"], pool.get("IdentityPoolTags", {})

    def roles():
        pools = [r["PhysicalResourceId"] for r in c("cloudformation").describe_stack_resources(StackName="types")["StackResources"] if r["LogicalResourceId"] in ("Identities", "Others")]
        return [c("cognito-identity").get_identity_pool_roles(IdentityPoolId=pool).get("Roles", {}).get("authenticated", "").split("role/")[-1][:10] for pool in sorted(pools)]

    def group():
        found = [g for g in c("logs").describe_log_groups(logGroupNamePrefix=physical)["logGroups"] if g["logGroupName"] == physical]
        return found[0]["retentionInDays"], c("logs").list_tags_for_resource(resourceArn=found[0]["arn"].removesuffix(":*"))["tags"]

    def log():
        return [s["logStreamName"] for g in c("logs").describe_log_groups(logGroupNamePrefix="/types/")["logGroups"]
                for s in c("logs").describe_log_streams(logGroupName=g["logGroupName"])["logStreams"] if s["logStreamName"] == physical][0]

    def role():
        i = c("iam")
        found = i.get_role(RoleName=physical)["Role"]
        return (found["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"], found["Description"], found["MaxSessionDuration"], pairs(found["Tags"]),
                i.list_role_policies(RoleName=physical)["PolicyNames"], [p["PolicyName"] for p in i.list_attached_role_policies(RoleName=physical)["AttachedPolicies"]])

    def managed():
        version = c("iam").get_policy(PolicyArn=physical)["Policy"]["DefaultVersionId"]
        return policy(c("iam").get_policy_version(PolicyArn=physical, VersionId=version)["PolicyVersion"]["Document"])

    def fixed():
        name = [r["RoleName"] for r in c("iam").list_roles()["Roles"] if r["RoleName"].startswith("types-Fixed-")][0]
        return c("iam").list_role_policies(RoleName=name)["PolicyNames"]

    def recorded(id):
        """What only the stack knows."""
        return c("cloudformation").describe_stack_resource(StackName="types", LogicalResourceId=id)["StackResourceDetail"]["ResourceType"]

    def application():
        a = c("kinesisanalytics")
        detail = a.describe_application(ApplicationName=physical)["ApplicationDetail"]
        return detail["ApplicationCode"][-1], pairs(a.list_tags_for_resource(ResourceARN=detail["ApplicationARN"])["Tags"])

    def newer():
        a = c("kinesisanalyticsv2")
        detail = a.describe_application(ApplicationName=physical)["ApplicationDetail"]
        code = detail["ApplicationConfigurationDescription"]["ApplicationCodeConfigurationDescription"]["CodeContentDescription"]["TextContent"]
        return code[-1], pairs(a.list_tags_for_resource(ResourceARN=detail["ApplicationARN"])["Tags"])

    def parts():
        detail = c("kinesisanalytics").describe_application(ApplicationName=of_stack("Application"))["ApplicationDetail"]
        return detail["OutputDescriptions"], detail["ReferenceDataSourceDescriptions"]

    def newer_parts():
        detail = c("kinesisanalyticsv2").describe_application(ApplicationName=of_stack("Newer"))["ApplicationDetail"]
        sql = detail["ApplicationConfigurationDescription"]["SqlApplicationConfigurationDescription"]
        return sql["OutputDescriptions"], sql["ReferenceDataSourceDescriptions"], detail["CloudWatchLoggingOptionDescriptions"]

    def of_stack(id):
        return c("cloudformation").describe_stack_resource(StackName="types", LogicalResourceId=id)["StackResourceDetail"]["PhysicalResourceId"]

    looks = {
        "Output": lambda: [output["Name"] for output in parts()[0]],
        "Table": lambda: [(table["TableName"], table["S3ReferenceDataSourceDescription"]["FileKey"]) for table in parts()[1]],
        "NewerOutput": lambda: [output["Name"] for output in newer_parts()[0]],
        "NewerTable": lambda: [(table["TableName"], table["S3ReferenceDataSourceDescription"]["FileKey"]) for table in newer_parts()[1]],
        "NewerLog": lambda: [option["LogStreamARN"].split(":log-group:")[1] for option in newer_parts()[2]],
        "Application": application, "Newer": newer,
        "RolePolicy": lambda: policy(c("iam").get_role_policy(PolicyName=physical.split("|")[0], RoleName=physical.split("|")[1])["PolicyDocument"]),
        "Target2": lambda: c("iam").get_role(RoleName=physical)["Role"]["Path"],
        "Emptied": lambda: c("s3").list_objects_v2(Bucket=physical.split("/")[0])["KeyCount"],
        "Function": lambda: recorded("Function"),
        "Stream": stream, "Consumer": consumer, "Delivery": delivery, "Users": users, "Identities": identities, "Roles": roles, "Group": group, "Log": log,
        "StreamPolicy": lambda: policy(c("kinesis").get_resource_policy(ResourceARN=physical)["Policy"]),
        "Client": lambda: in_pool("describe_user_pool_client", ClientId=physical)["UserPoolClient"]["ClientName"],
        "User": lambda: in_pool("admin_get_user", Username=physical)["UserStatus"],
        "Others": lambda: c("cognito-identity").describe_identity_pool(IdentityPoolId=physical)["IdentityPoolName"],
        "Bucket": lambda: pairs(c("s3").get_bucket_tagging(Bucket=physical)["TagSet"]),
        "Target": lambda: c("s3").head_bucket(Bucket=physical)["ResponseMetadata"]["HTTPStatusCode"],
        "BucketPolicy": lambda: policy(c("s3").get_bucket_policy(Bucket=physical)["Policy"]),
        "Role": role, "Managed": managed, "Policy": fixed,
        "Fixed": lambda: c("iam").get_role(RoleName=physical)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"],
        "Profile": lambda: c("iam").get_instance_profile(InstanceProfileName=physical)["InstanceProfile"]["Roles"][0]["RoleName"][:10],
        "Linked": lambda: c("iam").get_role(RoleName=physical)["Role"]["Description"],
    }
    return looks[id]()


def expected(v):
    changed = 1 if v == 1 else 2
    all_tags = {"of": "stack", **({"old": "1"} if v == 1 else {"new": "2"}), **{tag["Key"]: tag["Value"] for tag in tags(changed)}}
    action = {1: "s3:Get*", 2: "s3:Put*"}[changed]
    role = "types-role" if changed == 2 else "types-Fixe"
    of_the_stack = {"of": "stack", **({"old": "1"} if v == 1 else {"new": "2"})}
    return {
        "RolePolicy": "s3:Get*" if changed == 1 else "s3:*", "Target2": "/", "Emptied": 0, "Function": "AWS::Lambda::Function",
        "Output": [f"OUT{changed}"], "Table": [(f"table{changed}", f"{changed}.json")], "NewerOutput": [f"OUT{changed}"],
        "NewerTable": [(f"table{changed}", f"{changed}.json")], "NewerLog": ["/types/3:log-stream:log-3" if v == 3 else "/types/1:log-stream:log-1"],
        "Application": (str(changed), of_the_stack), "Newer": (str(changed), all_tags),
        "Stream": (changed, 24 * changed, ["IncomingBytes"] if changed == 1 else ["OutgoingBytes"], all_tags),
        "Consumer": ("ACTIVE", all_tags), "Delivery": (f"p{changed}/", all_tags), "Users": (f"users-{changed}", 6 + changed, all_tags),
        "Identities": (f"identities {changed}", changed == 2, all_tags), "Roles": sorted([role, ""]), "Group": (7 * changed, all_tags), "Log": f"log-{3 if v == 3 else 1}",
        "StreamPolicy": "kinesis:PutRecord" if changed == 1 else "kinesis:GetRecords", "Client": f"client-{changed}", "User": "FORCE_CHANGE_PASSWORD",
        "Others": "others", "Bucket": all_tags, "Target": 200, "BucketPolicy": action,
        "Role": (f"s{changed}.amazonaws.com", f"d{changed}", 3600 * changed, all_tags, [f"inline-{changed}"], ["types-managed-1"] if changed == 1 else []),
        "Managed": "s3:Get*" if changed == 1 else "s3:*", "Policy": [f"policy-{changed}"], "Fixed": "firehose.amazonaws.com", "Profile": role, "Linked": f"d{changed}",
    }


def physical_ids(client):
    found = client.describe_stack_resources(StackName="types")["StackResources"]
    assert all(r["ResourceStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE") for r in found), found
    return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in found}


def test_every_type_is_made_changed_replaced_and_deleted(millpond):
    client = millpond.client("cloudformation")
    stack_tags = {1: [{"Key": "of", "Value": "stack"}, {"Key": "old", "Value": "1"}], 2: [{"Key": "of", "Value": "stack"}, {"Key": "new", "Value": "2"}]}
    named = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}

    def check(v, ids):
        found = {id: shown(millpond, id, physical) for id, physical in ids.items()}
        found["Roles"] = sorted(found["Roles"])
        wrong = {id: (found[id], wanted) for id, wanted in expected(v).items() if found[id] != wanted}
        assert not wrong and set(found) == set(expected(v))

    create(client, "types", template(1), Tags=stack_tags[1], **named)
    made = physical_ids(client)
    check(1, made)
    client.update_stack(StackName="types", TemplateBody=template(2), Tags=stack_tags[2], **named)
    until(client, "types", "UPDATE_COMPLETE")
    assert physical_ids(client) == made, "nothing was replaced"
    check(2, made)
    client.update_stack(StackName="types", TemplateBody=template(3), **named)
    until(client, "types", "UPDATE_COMPLETE")
    replaced = physical_ids(client)
    assert {id for id in made if made[id] == replaced[id]} == NEVER_REPLACED
    check(3, replaced)
    events = client.get_paginator("describe_stack_events").paginate(StackName="types").search("StackEvents[]")
    done = [(e["LogicalResourceId"], e["ResourceStatus"], e["PhysicalResourceId"]) for e in events]
    assert {id for id, status, physical in done if status == "UPDATE_COMPLETE" and physical == made[id if id in made else "Stream"]} | NEVER_CHANGED == set(made)
    arn_of_stack = state(client, "types")["StackId"]
    millpond.client("s3").put_object(Bucket=replaced["Target"], Key="k", Body=b"goes with the bucket")
    gone = {id: [made[id], replaced[id]] for id in made}
    delete(client, "types")
    remaining = client.describe_stack_resources(StackName=arn_of_stack)["StackResources"]
    assert {r["ResourceStatus"] for r in remaining} == {"DELETE_COMPLETE"}
    for id, physicals in gone.items():
        for physical in physicals:
            with pytest.raises(Exception, match="(?i)not ?found|does not exist|no ?such|404|list index"):
                shown(millpond, id, physical)
