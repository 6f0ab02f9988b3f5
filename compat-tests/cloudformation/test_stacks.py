"""Stacks by boto3: their states and events, updates in place and by replacement, roll-back, exports, floods, and a kill in the middle."""
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.millpond import Millpond, wait_until
from support.stacks import STREAM, body, create, delete, events, refusal, state, streams, until


@pytest.fixture(scope="module")
def millpond():
    with Millpond() as started:
        yield started


@pytest.fixture
def cloudformation(millpond):
    return millpond.client("cloudformation")


YAML = """
Parameters:
  Shards: {Type: Number, Default: 1, MinValue: 1}
  Password: {Type: String, NoEcho: true, AllowedPattern: '(?=.*[0-9])[a-z0-9]{6,}'}
Mappings:
  Hours: {us-west-2: {keep: 48}}
Conditions:
  Twice: !Equals [!Ref Shards, 2]
Resources:
  Audit:
    Type: AWS::Kinesis::Stream
    Properties: {Name: !Sub '${Orders}-audit', ShardCount: 1}
  Orders:
    Type: AWS::Kinesis::Stream
    Properties:
      ShardCount: !Ref Shards
      RetentionPeriodHours: !FindInMap [Hours, !Ref AWS::Region, keep]
      Tags: [{Key: kind, Value: !Sub 'secret-${Password}'}]
  Extra:
    Type: AWS::Kinesis::Stream
    Condition: Twice
    Properties: {ShardCount: 1}
Outputs:
  Arn: {Value: !GetAtt Orders.Arn, Export: {Name: !Sub '${AWS::StackName}-arn'}}
  Name: {Value: !Ref Audit, Description: the audit stream}
"""


def parameters(**values):
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]


def test_a_stack_lives_through_creation_update_and_deletion(millpond, cloudformation):
    kinesis = millpond.client("kinesis")
    secret = parameters(Password="abc123")
    made = create(cloudformation, "life", YAML, Parameters=secret, Tags=[{"Key": "team", "Value": "pond"}])
    outputs = {output["OutputKey"]: output for output in made["Outputs"]}
    audit = outputs["Name"]["OutputValue"]
    orders = audit.removesuffix("-audit")
    assert orders.startswith("life-Orders-") and outputs["Arn"]["ExportName"] == "life-arn"
    assert outputs["Arn"]["OutputValue"] == f"arn:aws:kinesis:us-west-2:000000000000:stream/{orders}"
    assert {p["ParameterKey"]: p["ParameterValue"] for p in made["Parameters"]} == {"Shards": "1", "Password": "****"}
    summary = kinesis.describe_stream_summary(StreamName=orders)["StreamDescriptionSummary"]
    assert (summary["OpenShardCount"], summary["RetentionPeriodHours"]) == (1, 48)
    tags = {tag["Key"]: tag["Value"] for tag in kinesis.list_tags_for_stream(StreamName=orders)["Tags"]}
    assert tags == {"kind": "secret-abc123", "team": "pond"}

    told = [(id, status) for id, status, _ in events(cloudformation, "life")]
    assert told[0] == ("life", "CREATE_IN_PROGRESS") and told[-1] == ("life", "CREATE_COMPLETE")
    assert told.index(("Orders", "CREATE_COMPLETE")) < told.index(("Audit", "CREATE_IN_PROGRESS")), "what is needed comes first"
    shown = cloudformation.describe_stack_events(StackName="life")["StackEvents"]
    assert not any("abc123" in event.get("ResourceProperties", "") for event in shown), "secrets stay out of events"

    kept = [{"ParameterKey": "Password", "UsePreviousValue": True}]
    same = refusal(cloudformation.update_stack, StackName="life", UsePreviousTemplate=True, Parameters=kept)
    assert same == ("ValidationError", "No updates are to be performed.")
    cloudformation.update_stack(StackName="life", UsePreviousTemplate=True, Parameters=kept + parameters(Shards="2"))
    until(cloudformation, "life", "UPDATE_COMPLETE")
    assert kinesis.describe_stream_summary(StreamName=orders)["StreamDescriptionSummary"]["OpenShardCount"] == 2
    resources = cloudformation.describe_stack_resources(StackName="life")["StackResources"]
    assert {r["LogicalResourceId"]: r["ResourceStatus"] for r in resources} == {
        "Orders": "UPDATE_COMPLETE", "Audit": "CREATE_COMPLETE", "Extra": "CREATE_COMPLETE"}

    gone = delete(cloudformation, "life")
    assert gone["DeletionTime"] and not {orders, audit} & streams(millpond)
    assert refusal(cloudformation.describe_stacks, StackName="life") == ("ValidationError", "Stack with id life does not exist")
    assert "life-arn" not in {export["Name"] for export in cloudformation.list_exports()["Exports"]}


def test_a_fixed_property_replaces_the_resource_and_those_who_name_it_follow(millpond, cloudformation):
    def template(name):
        other = {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": {"Fn::Sub": "${A}-b"}, "ShardCount": 1}}
        return body({"A": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": name, "ShardCount": 1}}, "B": other})

    create(cloudformation, "replace", template("first"))
    cloudformation.update_stack(StackName="replace", TemplateBody=template("second"))
    until(cloudformation, "replace", "UPDATE_COMPLETE")
    names = streams(millpond)
    assert {"second", "second-b"} <= names and not {"first", "first-b"} & names
    told = events(cloudformation, "replace")
    reason = "Requested update requires the creation of a new physical resource; hence creating one."
    assert ("A", "UPDATE_IN_PROGRESS", reason) in told
    statuses = [(id, status) for id, status, _ in told]
    assert statuses.index(("replace", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")) < statuses.index(("A", "DELETE_COMPLETE"))

    taken = body({"A": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "second-b", "ShardCount": 1}}, "B": STREAM})
    cloudformation.update_stack(StackName="replace", TemplateBody=taken)
    until(cloudformation, "replace", "UPDATE_ROLLBACK_COMPLETE")
    failed = [reason for id, status, reason in events(cloudformation, "replace") if (id, status) == ("A", "UPDATE_FAILED")]
    assert failed and "cannot update a stack when a custom-named resource requires replacing" in failed[0]
    assert {"second", "second-b"} <= streams(millpond)
    delete(cloudformation, "replace")


def test_a_failed_creation_is_rolled_back_and_a_failed_update_is_undone(millpond, cloudformation):
    bad = {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 0}, "DependsOn": "Good"}
    cloudformation.create_stack(StackName="failing", TemplateBody=body({"Good": STREAM, "Bad": bad}))
    failed = until(cloudformation, "failing", "ROLLBACK_COMPLETE")
    told = events(cloudformation, "failing")
    assert ("failing", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Bad]. Rollback requested by user.") in told
    assert any(id == "Bad" and "Resource handler returned message" in reason for id, _, reason in told)
    assert not any(name.startswith("failing-") for name in streams(millpond))
    refused = refusal(cloudformation.update_stack, StackName="failing", TemplateBody=body({"Good": STREAM}))
    assert refused[1] == f"Stack:{failed['StackId']} is in ROLLBACK_COMPLETE state and can not be updated."
    delete(cloudformation, "failing")

    cloudformation.create_stack(StackName="kept", TemplateBody=body({"Good": STREAM, "Bad": bad}), OnFailure="DO_NOTHING")
    until(cloudformation, "kept", "CREATE_FAILED")
    assert any(name.startswith("kept-Good-") for name in streams(millpond))
    delete(cloudformation, "kept")

    first = {"A": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1, "RetentionPeriodHours": 24}}}
    create(cloudformation, "undone", body(first))
    (name,) = [name for name in streams(millpond) if name.startswith("undone-A-")]
    first["A"]["Properties"]["RetentionPeriodHours"] = 48
    cloudformation.update_stack(StackName="undone", TemplateBody=body({**first, "Bad": {**bad, "DependsOn": "A"}}))
    until(cloudformation, "undone", "UPDATE_ROLLBACK_COMPLETE")
    summary = millpond.client("kinesis").describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    assert summary["RetentionPeriodHours"] == 24
    assert json.loads(json.dumps(cloudformation.get_template(StackName="undone")["TemplateBody"]))["Resources"].keys() == {"A"}
    delete(cloudformation, "undone")


def test_protection_policies_and_an_update_that_is_called_off(cloudformation):
    create(cloudformation, "steered", body({"A": STREAM}), EnableTerminationProtection=True)
    assert refusal(cloudformation.delete_stack, StackName="steered")[1] == "Stack [steered] cannot be deleted while TerminationProtection is enabled"
    cloudformation.update_termination_protection(StackName="steered", EnableTerminationProtection=False)
    assert state(cloudformation, "steered")["EnableTerminationProtection"] is False
    policy = json.dumps({"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]})
    cloudformation.set_stack_policy(StackName="steered", StackPolicyBody=policy)
    assert cloudformation.get_stack_policy(StackName="steered")["StackPolicyBody"] == policy
    wrong = refusal(cloudformation.set_stack_policy, StackName="steered", StackPolicyBody="{}")
    assert wrong == ("ValidationError", "Error validating stack policy: Invalid stack policy")
    called_off = refusal(cloudformation.cancel_update_stack, StackName="steered")[1]
    assert called_off == "CancelUpdateStack cannot be called from current stack status"
    delete(cloudformation, "steered")


def test_unknown_types_fail_the_stack_before_anything_is_made(millpond, cloudformation):
    for kind in ["Custom::Thing", "AWS::EC2::Instance"]:
        cloudformation.create_stack(StackName="unknown", TemplateBody=body({"A": STREAM, "X": {"Type": kind}}))
        until(cloudformation, "unknown", "ROLLBACK_COMPLETE")
        told = [reason for id, status, reason in events(cloudformation, "unknown") if (id, status) == ("X", "CREATE_FAILED")]
        assert told[0].startswith(f"Resource type {kind} is not supported. ") and "Supported types: " in told[0] and "AWS::Kinesis::Stream" in told[0]
        assert not any(name.startswith("unknown-") for name in streams(millpond))
        delete(cloudformation, "unknown")


def test_exports_are_unique_and_stay_while_they_are_used(cloudformation):
    def exporting(value="x"):
        return body({"A": STREAM}, Outputs={"O": {"Value": value, "Export": {"Name": "shared"}}})

    user = body({"B": {**STREAM, "Properties": {"ShardCount": 1, "Name": {"Fn::Sub": ["u-${v}", {"v": {"Fn::ImportValue": "shared"}}]}}}})
    cloudformation.create_stack(StackName="importing", TemplateBody=user)
    failed = until(cloudformation, "importing", "ROLLBACK_COMPLETE")
    assert any("No export named shared found" in reason for _, _, reason in events(cloudformation, "importing")), failed
    delete(cloudformation, "importing")
    create(cloudformation, "exporting", exporting())
    create(cloudformation, "importing", user)
    assert cloudformation.list_imports(ExportName="shared")["Imports"] == ["importing"]

    cloudformation.create_stack(StackName="second", TemplateBody=exporting())
    until(cloudformation, "second", "ROLLBACK_COMPLETE")
    assert any("Export with name shared is already exported by stack exporting" in reason for _, _, reason in events(cloudformation, "second"))
    delete(cloudformation, "second")

    cloudformation.delete_stack(StackName="exporting")
    kept = state(cloudformation, "exporting")
    assert kept["StackStatus"] == "CREATE_COMPLETE" and "Cannot delete export shared as it is in use by importing" in kept["StackStatusReason"]
    cloudformation.update_stack(StackName="exporting", TemplateBody=exporting("y"))
    undone = until(cloudformation, "exporting", "UPDATE_ROLLBACK_COMPLETE")
    assert undone["Outputs"][0]["OutputValue"] == "x"
    assert any("Export shared cannot be updated as it is in use by importing" in r for _, _, r in events(cloudformation, "exporting"))
    delete(cloudformation, "importing")
    delete(cloudformation, "exporting")


def test_policies_of_resources_and_protection_of_stacks(millpond, cloudformation):
    kept = {"Type": "AWS::Kinesis::Stream", "DeletionPolicy": "Retain", "Properties": {"Name": "retained", "ShardCount": 1}}
    create(cloudformation, "policies", body({"A": kept, "B": STREAM}))
    arn = state(cloudformation, "policies")["StackId"]
    delete(cloudformation, "policies")
    assert ("A", "DELETE_SKIPPED") in [(id, status) for id, status, _ in events(cloudformation, arn)]
    assert "retained" in streams(millpond)
    millpond.client("kinesis").delete_stream(StreamName="retained")
    statuses = [stack["StackStatus"] for stack in cloudformation.list_stacks()["StackSummaries"] if stack["StackId"] == arn]
    assert statuses == ["DELETE_COMPLETE"]


def test_calls_that_are_wrong_get_awss_words(cloudformation):
    create_stack, template = cloudformation.create_stack, body({"A": STREAM})
    create(cloudformation, "there", template, ClientRequestToken="t1")
    assert refusal(create_stack, StackName="there", TemplateBody=template) == ("AlreadyExistsException", "Stack [there] already exists")
    again = create_stack(StackName="there", TemplateBody=template, ClientRequestToken="t1")["StackId"]
    assert again == state(cloudformation, "there")["StackId"]
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}}
    assert refusal(create_stack, StackName="r", TemplateBody=body({"R": role})) == (
        "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]")
    assert refusal(create_stack, StackName="9", TemplateBody=template)[1].startswith("1 validation error detected: Value '9' at 'stackName'")
    assert refusal(create_stack, StackName="r", TemplateBody=body({"A": STREAM}, Parameters={"P": {"Type": "String"}})) == (
        "ValidationError", "Parameters: [P] must have values")
    attribute = body({"A": STREAM}, Outputs={"O": {"Value": {"Fn::GetAtt": ["A", "Nope"]}}})
    assert "does not support attribute type Nope" in refusal(create_stack, StackName="r", TemplateBody=attribute)[1]
    assert refusal(cloudformation.update_stack, StackName="none", TemplateBody=template) == ("ValidationError", "Stack [none] does not exist")
    assert refusal(cloudformation.describe_stack_events, StackName="none")[1] == "Stack [none] does not exist"
    assert refusal(cloudformation.describe_stack_resource, StackName="none", LogicalResourceId="A")[1] == "Stack 'none' does not exist"
    assert refusal(cloudformation.describe_stack_resource, StackName="there", LogicalResourceId="Z")[1] == "Resource Z does not exist for stack there"
    moved = refusal(cloudformation.update_stack, StackName="there", TemplateBody=body({"A": {"Type": "AWS::Logs::LogGroup"}}))[1]
    assert moved.startswith("Update of resource type is not permitted.") and moved.endswith("[A]")
    cloudformation.delete_stack(StackName="none")
    delete(cloudformation, "there")


def test_hostile_templates_are_refused_quickly(cloudformation):
    def refused(template):
        start = time.time()
        code, message = refusal(cloudformation.create_stack, StackName="hostile", TemplateBody=template)
        assert code == "ValidationError" and time.time() - start < 5
        return message

    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9))
    assert "YAML aliases are not allowed" in refused(bomb)
    assert "levels deep" in refused('{"Resources":' + "[" * 90 + "]" * 90 + "}")
    assert refused("a: " + "[" * 40_000).startswith("Template format error")
    circle = {name: {**STREAM, "DependsOn": other} for name, other in [("A", "B"), ("B", "C"), ("C", "A")]}
    assert refused(body(circle)) == "Circular dependency between resources: [A, B, C]"
    doubling = "x" * 1024
    for _ in range(17):
        doubling = {"Fn::Sub": ["${a}${a}", {"a": doubling}]}
    assert "bytes of text" in refused(body({"A": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": doubling}}}))
    greedy = {"P": {"Type": "String", "AllowedPattern": "(?=(a+)+$)(a|aa)+b", "Default": "a" * 200}}
    assert "must match pattern" in refused(body({"A": STREAM}, Parameters=greedy))


def test_a_kill_in_the_middle_goes_on_after_the_restart():
    with Millpond() as millpond:
        client = millpond.client("cloudformation")
        resources = {f"S{n}": {**STREAM, **({"DependsOn": f"S{n - 1}"} if n else {})} for n in range(20)}
        calls = ThreadPoolExecutor(1)
        calls.submit(client.create_stack, StackName="killed", TemplateBody=body(resources))
        wait_until(lambda: any(id == "S1" for id, _, _ in events(client, "killed")), 20, "the stack is in the middle", every=0.01)
        millpond.kill()
        millpond.start()
        until(client, "killed", "CREATE_COMPLETE")
        assert len([name for name in streams(millpond) if name.startswith("killed-")]) == 20
        arn = state(client, "killed")["StackId"]
        calls.submit(client.delete_stack, StackName="killed")
        wait_until(lambda: state(client, arn)["StackStatus"] == "DELETE_IN_PROGRESS", 20, "the deletion is in the middle", every=0.01)
        millpond.kill()
        millpond.start()
        until(client, arn, "DELETE_COMPLETE")
        assert not streams(millpond)
