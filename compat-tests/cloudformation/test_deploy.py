"""`aws cloudformation deploy` and change sets, as pipelines use them; a template as the CDK synthesizes it."""
import json
import pathlib
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

from support.millpond import REGION, Millpond

AWS = pathlib.Path(sys.executable).with_name("aws")

# As the CDK 2 writes it for a stream in a stack: what is not a resource of the user's is what matters.
CDK = {
    "Resources": {
        "Stream790BDEE4": {"Type": "AWS::Kinesis::Stream", "Properties": {"RetentionPeriodHours": 24, "ShardCount": 1},
                           "Metadata": {"aws:cdk:path": "Pond/Stream/Resource"}},
        "CDKMetadata": {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "v2:deflate64:H4sIAAA"},
                        "Metadata": {"aws:cdk:path": "Pond/CDKMetadata/Default"}, "Condition": "CDKMetadataAvailable"},
    },
    "Outputs": {"Name": {"Value": {"Ref": "Stream790BDEE4"}}},
    "Conditions": {"CDKMetadataAvailable": {"Fn::Or": [{"Fn::Equals": [{"Ref": "AWS::Region"}, region]} for region in [REGION, "eu-west-1"]]}},
    "Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version",
                                        "Description": "Version of the CDK Bootstrap resources in this environment [cdk:skip]"}},
    "Rules": {"CheckBootstrapVersion": {"Assertions": [{
        "Assert": {"Fn::Not": [{"Fn::Contains": [["1", "2", "3", "4", "5"], {"Ref": "BootstrapVersion"}]}]},
        "AssertDescription": "CDK bootstrap stack version 6 required. Please run 'cdk bootstrap' with a recent version of the CDK CLI."}]}},
}

TEMPLATE = """
Parameters: {Hours: {Type: Number, Default: 24}}
Resources:
  Orders: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1, RetentionPeriodHours: !Ref Hours}}
Outputs: {Name: {Value: !Ref Orders}}
"""


@pytest.fixture(scope="module")
def millpond():
    with Millpond() as started:
        yield started


def deploy(millpond, folder, name, template, *options):
    path = folder / f"{name}.template"
    path.write_text(template)
    command = [str(AWS), "cloudformation", "deploy", "--stack-name", name, "--template-file", str(path), *options]
    return subprocess.run(command, env=millpond.cli_env(), capture_output=True, text=True, timeout=120)


def test_deploy_creates_updates_and_sees_that_nothing_changes(millpond, tmp_path):
    client = millpond.client("cloudformation")
    first = deploy(millpond, tmp_path, "pipeline", TEMPLATE)
    assert first.returncode == 0 and "Successfully created/updated stack - pipeline" in first.stdout, first
    same = deploy(millpond, tmp_path, "pipeline", TEMPLATE, "--no-fail-on-empty-changeset")
    assert same.returncode == 0 and "No changes to deploy. Stack pipeline is up to date" in same.stdout, same
    changed = deploy(millpond, tmp_path, "pipeline", TEMPLATE, "--parameter-overrides", "Hours=36")
    assert changed.returncode == 0, changed
    stack = client.describe_stacks(StackName="pipeline")["Stacks"][0]
    assert stack["StackStatus"] == "UPDATE_COMPLETE" and ":changeSet/awscli-cloudformation-package-deploy-" in stack["ChangeSetId"]
    name = stack["Outputs"][0]["OutputValue"]
    summary = millpond.client("kinesis").describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    assert summary["RetentionPeriodHours"] == 36
    client.delete_stack(StackName="pipeline")
    client.get_waiter("stack_delete_complete").wait(StackName="pipeline", WaiterConfig={"Delay": 1, "MaxAttempts": 30})


def test_a_template_of_the_cdk_deploys(millpond, tmp_path):
    client = millpond.client("cloudformation")
    done = deploy(millpond, tmp_path, "Pond", json.dumps(CDK))
    assert done.returncode == 0, done
    resources = client.list_stack_resources(StackName="Pond")["StackResourceSummaries"]
    assert {r["LogicalResourceId"]: r["ResourceStatus"] for r in resources} == {
        "Stream790BDEE4": "CREATE_COMPLETE", "CDKMetadata": "CREATE_COMPLETE"}
    detail = client.describe_stack_resource(StackName="Pond", LogicalResourceId="Stream790BDEE4")["StackResourceDetail"]
    assert json.loads(detail["Metadata"]) == {"aws:cdk:path": "Pond/Stream/Resource"}
    client.delete_stack(StackName="Pond")
    client.get_waiter("stack_delete_complete").wait(StackName="Pond", WaiterConfig={"Delay": 1, "MaxAttempts": 30})


def change_set(client, stack, name, template, kind="UPDATE"):
    client.create_change_set(StackName=stack, ChangeSetName=name, ChangeSetType=kind, TemplateBody=template)
    return client.describe_change_set(StackName=stack, ChangeSetName=name)


def test_change_sets_tell_what_they_will_do_and_do_it_once(millpond):
    client = millpond.client("cloudformation")

    def template(name, hours):
        named = {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": name, "ShardCount": 1, "RetentionPeriodHours": hours}}
        return json.dumps({"Resources": {"A": named, "B": {"Type": "AWS::Kinesis::Stream",
                           "Properties": {"ShardCount": 1, "Tags": [{"Key": "of", "Value": {"Fn::GetAtt": ["A", "Arn"]}}]}}}})

    first = change_set(client, "sets", "first", template("set-one", 24), "CREATE")
    assert client.describe_stacks(StackName="sets")["Stacks"][0]["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert [(c["ResourceChange"]["Action"], c["ResourceChange"]["LogicalResourceId"]) for c in first["Changes"]] == [("Add", "A"), ("Add", "B")]
    client.execute_change_set(StackName="sets", ChangeSetName="first")
    client.get_waiter("stack_create_complete").wait(StackName="sets", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    with pytest.raises(ClientError) as again:
        client.execute_change_set(StackName="sets", ChangeSetName="first")
    assert again.value.response["Error"]["Code"] == "InvalidChangeSetStatus"

    none = change_set(client, "sets", "none", template("set-one", 24))
    assert (none["Status"], none["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert none["StatusReason"] == "The submitted information didn't contain changes. Submit different information to create a change set."
    small = change_set(client, "sets", "small", template("set-one", 48))["Changes"]
    assert [(c["ResourceChange"]["LogicalResourceId"], c["ResourceChange"]["Replacement"]) for c in small] == [("A", "False")]
    large = change_set(client, "sets", "large", template("set-two", 24))["Changes"]
    assert [(c["ResourceChange"]["LogicalResourceId"], c["ResourceChange"]["Replacement"]) for c in large] == [("A", "True"), ("B", "False")]
    (detail,) = large[1]["ResourceChange"]["Details"]
    assert (detail["Evaluation"], detail["CausingEntity"], detail["ChangeSource"]) == ("Dynamic", "A.Arn", "ResourceAttribute")
    client.execute_change_set(StackName="sets", ChangeSetName="large")
    client.get_waiter("stack_update_complete").wait(StackName="sets", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    assert {s["ChangeSetName"]: s["ExecutionStatus"] for s in client.list_change_sets(StackName="sets")["Summaries"]} == {
        "first": "EXECUTE_COMPLETE", "none": "UNAVAILABLE", "small": "OBSOLETE", "large": "EXECUTE_COMPLETE"}
    client.delete_change_set(StackName="sets", ChangeSetName="small")
    with pytest.raises(ClientError) as missing:
        client.describe_change_set(StackName="sets", ChangeSetName="small")
    assert missing.value.response["Error"]["Message"] == "ChangeSet [small] does not exist"
    client.delete_stack(StackName="sets")
    client.get_waiter("stack_delete_complete").wait(StackName="sets", WaiterConfig={"Delay": 1, "MaxAttempts": 30})


def test_a_change_set_that_is_done_with_gives_its_name_up(millpond):
    """aws-cli names its change sets by the second; two deployments within one second must not meet."""
    client = millpond.client("cloudformation")

    def change_set(kind, hours):
        client.create_change_set(StackName="quick", ChangeSetName="deploy-1", ChangeSetType=kind, TemplateBody=TEMPLATE,
                                 Parameters=[{"ParameterKey": "Hours", "ParameterValue": hours}])

    change_set("CREATE", "24")
    with pytest.raises(client.exceptions.AlreadyExistsException):
        change_set("CREATE", "36")
    client.execute_change_set(StackName="quick", ChangeSetName="deploy-1")
    client.get_waiter("stack_create_complete").wait(StackName="quick", WaiterConfig={"Delay": 1})
    change_set("UPDATE", "36")
    client.execute_change_set(StackName="quick", ChangeSetName="deploy-1")
    client.get_waiter("stack_update_complete").wait(StackName="quick", WaiterConfig={"Delay": 1})
    parameters = client.describe_stacks(StackName="quick")["Stacks"][0]["Parameters"]
    assert parameters == [{"ParameterKey": "Hours", "ParameterValue": "36"}]
    client.delete_stack(StackName="quick")
