"""Stacks in stacks: made, changed, rolled back and deleted with the one that they are part of."""
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.millpond import Millpond, wait_until
from support.stacks import STREAM, body, create, delete, events, refusal, state, streams, until

INNER = {
    "Parameters": {"Name": {"Type": "String"}, "Hours": {"Type": "Number", "Default": 24}, "Shards": {"Type": "Number", "Default": 1}, "Zones": {"Type": "CommaDelimitedList", "Default": "a"}},
    "Resources": {"Inner": {"Type": "AWS::Kinesis::Stream", "Properties": {
        "Name": {"Ref": "Name"}, "ShardCount": {"Ref": "Shards"}, "RetentionPeriodHours": {"Ref": "Hours"}}}},
    "Outputs": {"Stream": {"Value": {"Ref": "Inner"}}, "Zone": {"Value": {"Fn::Select": [1, {"Ref": "Zones"}]}}},
}


@pytest.fixture(scope="module")
def millpond():
    with Millpond() as started:
        started.client("s3").create_bucket(Bucket="templates", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        put(started, "inner.json", INNER)
        yield started


@pytest.fixture
def cloudformation(millpond):
    return millpond.client("cloudformation")


def put(millpond, key, template):
    millpond.client("s3").put_object(Bucket="templates", Key=key, Body=template if isinstance(template, str) else json.dumps(template))


def nested(key="inner.json", **parameters):
    url = f"https://s3.us-west-2.amazonaws.com/templates/{key}"
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url, **({"Parameters": parameters} if parameters else {})}}


def outer(name, **parameters):
    return {"Nested": nested(Name=name, Zones=["x", "y"], **parameters),
            "After": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": {"Fn::Sub": "${Nested.Outputs.Stream}-${Nested.Outputs.Zone}"}, "ShardCount": 1}}}


def inner_of(client, stack):
    detail = client.describe_stack_resource(StackName=stack, LogicalResourceId="Nested")["StackResourceDetail"]
    return client.describe_stacks(StackName=detail["PhysicalResourceId"])["Stacks"][0]


def hours(millpond, name):
    return millpond.client("kinesis").describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["RetentionPeriodHours"]


def test_a_stack_in_a_stack_lives_with_it(millpond, cloudformation):
    made = create(cloudformation, "outer", body(outer("one"), Outputs={"S": {"Value": {"Fn::GetAtt": ["Nested", "Outputs.Stream"]}}}), Tags=[{"Key": "of", "Value": "outer"}])
    assert made["Outputs"][0]["OutputValue"] == "one" and {"one", "one-y"} <= streams(millpond)
    inner = inner_of(cloudformation, "outer")
    assert inner["StackName"].startswith("outer-Nested-") and inner["ParentId"] == inner["RootId"] == made["StackId"]
    assert inner["Tags"] == [{"Key": "of", "Value": "outer"}]
    cloudformation.update_stack(StackName="outer", TemplateBody=body(outer("one", Hours=48)))
    until(cloudformation, "outer", "UPDATE_COMPLETE")
    changed = inner_of(cloudformation, "outer")
    assert changed["StackId"] == inner["StackId"] and changed["StackStatus"] == "UPDATE_COMPLETE" and hours(millpond, "one") == 48

    # The inner update fails, and both go back.
    cloudformation.update_stack(StackName="outer", TemplateBody=body(outer("one", Hours=72, Shards=0)))
    until(cloudformation, "outer", "UPDATE_ROLLBACK_COMPLETE")
    (reason,) = [reason for id, status, reason in events(cloudformation, "outer") if (id, status) == ("Nested", "UPDATE_FAILED")]
    assert reason.startswith(f"Embedded stack {inner['StackId']} was not successfully updated. Currently in UPDATE_ROLLBACK_COMPLETE")
    assert hours(millpond, "one") == 48
    # The outer update fails after the inner one has succeeded.
    bad = {"Type": "AWS::Kinesis::Stream", "DependsOn": "Nested", "Properties": {"ShardCount": 0}}
    cloudformation.update_stack(StackName="outer", TemplateBody=body({**outer("one", Hours=96), "Bad": bad}))
    until(cloudformation, "outer", "UPDATE_ROLLBACK_COMPLETE")
    assert hours(millpond, "one") == 48 and inner_of(cloudformation, "outer")["StackStatus"] == "UPDATE_COMPLETE"
    delete(cloudformation, "outer")
    assert state(cloudformation, inner["StackId"])["StackStatus"] == "DELETE_COMPLETE" and not {"one", "one-y"} & streams(millpond)


def test_what_is_wrong_inside_is_told_outside(millpond, cloudformation):
    cloudformation.create_stack(StackName="wrong", TemplateBody=body(outer("two", Shards=0)))
    until(cloudformation, "wrong", "ROLLBACK_COMPLETE")
    (reason,) = [reason for id, status, reason in events(cloudformation, "wrong") if (id, status) == ("Nested", "CREATE_FAILED")]
    assert "was not successfully created. Currently in ROLLBACK_COMPLETE" in reason
    assert not [stack for stack in cloudformation.describe_stacks()["Stacks"] if stack["StackName"].startswith("wrong-")]
    delete(cloudformation, "wrong")
    cloudformation.create_stack(StackName="wrong", TemplateBody=body({"Nested": nested("none.json"), "B": STREAM}))
    until(cloudformation, "wrong", "ROLLBACK_COMPLETE")
    assert any("S3 error" in reason for _, _, reason in events(cloudformation, "wrong"))
    delete(cloudformation, "wrong")
    missing = refusal(cloudformation.create_stack, StackName="wrong", TemplateBody=body({"N": nested()}, Outputs={"O": {"Value": {"Fn::GetAtt": ["N", "Stream"]}}}))
    assert "does not support attribute type Stream" in missing[1]


def test_a_template_that_embeds_itself_comes_to_an_end(millpond, cloudformation):
    put(millpond, "self.json", body({"Nested": nested("self.json")}))
    cloudformation.create_stack(StackName="self", TemplateBody=body({"Nested": nested("self.json")}))
    until(cloudformation, "self", "ROLLBACK_COMPLETE")
    assert [stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]] == ["self"]
    delete(cloudformation, "self")


def test_many_stacks_with_stacks_at_once_do_not_wait_for_each_other(millpond, cloudformation):
    with ThreadPoolExecutor(20) as calls:
        for n in range(20):
            calls.submit(millpond.client("cloudformation").create_stack, StackName=f"many-{n}", TemplateBody=body({"Nested": nested(Name=f"many-{n}", Zones="a,b")}))
    for n in range(20):
        until(cloudformation, f"many-{n}", "CREATE_COMPLETE")
    assert {f"many-{n}" for n in range(20)} <= streams(millpond)
    for n in range(20):
        delete(cloudformation, f"many-{n}")


def test_a_kill_in_the_middle():
    with Millpond("--limit", "kinesis.transition_ms=250") as millpond, ThreadPoolExecutor(1) as calls:
        client = millpond.client("cloudformation")
        millpond.client("s3").create_bucket(Bucket="templates", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        put(millpond, "inner.json", INNER)
        calls.submit(client.create_stack, StackName="outer", TemplateBody=body(outer("one")))
        wait_until(lambda: "one" in streams(millpond), 10, "the inner stack is in the middle", every=0.01)
        for _ in range(2):
            millpond.kill()
            millpond.start()
        until(client, "outer", "CREATE_COMPLETE")
        calls.submit(client.update_stack, StackName="outer", TemplateBody=body(outer("two", Hours=48)))
        wait_until(lambda: "two" in streams(millpond), 10, "the inner update is in the middle", every=0.01)
        millpond.kill()
        millpond.start()
        until(client, "outer", "UPDATE_COMPLETE")
        assert streams(millpond) == {"two", "two-y"} and hours(millpond, "two") == 48
        assert len(client.describe_stacks()["Stacks"]) == 2
        arn = state(client, "outer")["StackId"]
        calls.submit(client.delete_stack, StackName="outer")
        wait_until(lambda: state(client, arn)["StackStatus"] == "DELETE_IN_PROGRESS", 10, "the deletion is in the middle", every=0.01)
        millpond.kill()
        millpond.start()
        until(client, arn, "DELETE_COMPLETE")
        assert not streams(millpond) and not client.describe_stacks()["Stacks"]
