"""How stacks get out of what goes wrong: updates called off, rolled back, gone on with; deletions that fail; a kill anywhere in between."""
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.millpond import Millpond, wait_until
from support.stacks import STREAM, body, create, delete, events, refusal, state, streams, until

# Long enough to call something off in the middle of it.
SLOW_MS = 1500
BAD = {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 0}}


@pytest.fixture(scope="module")
def millpond():
    with Millpond("--limit", f"kinesis.transition_ms={SLOW_MS}") as started:
        yield started


@pytest.fixture
def cloudformation(millpond):
    return millpond.client("cloudformation")


def stream(name, after=None, **properties):
    made = {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": name, "ShardCount": 1, **properties}}
    return {**made, "DependsOn": after} if after else made


def tags(millpond, name):
    return {tag["Key"]: tag["Value"] for tag in millpond.client("kinesis").list_tags_for_stream(StreamName=name)["Tags"]}


def tagged(value):
    return [{"Key": "of", "Value": value}]


def statuses(client, name, id):
    return [status for logical, status, _ in events(client, name) if logical == id]


def test_an_update_is_called_off(millpond, cloudformation):
    create(cloudformation, "called-off", body({"A": stream("off-a", Tags=tagged("before")), "Z": stream("off-z")}))
    # DisableRollback is for updates that fail: one that is called off is rolled back.
    cloudformation.update_stack(StackName="called-off", DisableRollback=True,
                                TemplateBody=body({"A": stream("off-a", Tags=tagged("after")), "B": stream("off-b", "A"), "C": stream("off-c", "B")}))
    wait_until(lambda: "off-b" in streams(millpond), 10, "the update is in the middle", every=0.02)
    cloudformation.cancel_update_stack(StackName="called-off")
    until(cloudformation, "called-off", "UPDATE_ROLLBACK_COMPLETE")
    assert {"off-a", "off-z"} <= streams(millpond) and not {"off-b", "off-c"} & streams(millpond)
    assert tags(millpond, "off-a") == {"of": "before"}
    told = events(cloudformation, "called-off")
    assert ("called-off", "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated") in told
    assert ("B", "CREATE_FAILED", "Resource creation cancelled") in told and not statuses(cloudformation, "called-off", "C")
    refused = refusal(cloudformation.cancel_update_stack, StackName="called-off")
    assert refused == ("ValidationError", "CancelUpdateStack cannot be called from current stack status")
    delete(cloudformation, "called-off")


def fail_roll_back(millpond, client, name):
    """An update whose roll-back fails, because a stream was deleted behind the stack's back."""
    create(client, name, body({"A": stream(f"{name}-a", Tags=tagged("before"))}))
    client.update_stack(StackName=name, TemplateBody=body(
        {"A": stream(f"{name}-a", Tags=tagged("after")), "B": stream(f"{name}-b", "A"), "Bad": {**BAD, "DependsOn": "B"}}))
    wait_until(lambda: f"{name}-b" in streams(millpond), 10, "the update is in the middle", every=0.02)
    millpond.client("kinesis").delete_stream(StreamName=f"{name}-a")
    failed = until(client, name, "UPDATE_ROLLBACK_FAILED")
    assert failed["StackStatusReason"].strip() == "The following resource(s) failed to update: [A]."


def test_a_roll_back_goes_on_when_its_cause_is_mended(millpond, cloudformation):
    fail_roll_back(millpond, cloudformation, "mended")
    refused = refusal(cloudformation.update_stack, StackName="mended", TemplateBody=body({"A": STREAM}))
    assert refused[1].endswith("is in UPDATE_ROLLBACK_FAILED state and can not be updated.")
    wait_until(lambda: "mended-a" not in streams(millpond), 10, "the stream is gone")
    cloudformation.continue_update_rollback(StackName="mended")
    until(cloudformation, "mended", "UPDATE_ROLLBACK_FAILED")
    millpond.client("kinesis").create_stream(StreamName="mended-a", ShardCount=1)
    cloudformation.continue_update_rollback(StackName="mended")
    until(cloudformation, "mended", "UPDATE_ROLLBACK_COMPLETE")
    assert tags(millpond, "mended-a") == {"of": "before"} and "mended-b" not in streams(millpond)
    refused = refusal(cloudformation.continue_update_rollback, StackName="mended")
    assert "is in UPDATE_ROLLBACK_COMPLETE state and can not continue rolling back an update" in refused[1]
    delete(cloudformation, "mended")


def test_a_roll_back_goes_on_without_a_resource(millpond, cloudformation):
    fail_roll_back(millpond, cloudformation, "skipping")
    refused = refusal(cloudformation.continue_update_rollback, StackName="skipping", ResourcesToSkip=["A", "None"])
    assert refused == ("ValidationError", "The following resource(s) cannot be skipped, as they are not in the UPDATE_FAILED state: [None]")
    cloudformation.continue_update_rollback(StackName="skipping", ResourcesToSkip=["A"])
    until(cloudformation, "skipping", "UPDATE_ROLLBACK_COMPLETE")
    (only,) = cloudformation.describe_stack_resources(StackName="skipping")["StackResources"]
    assert (only["LogicalResourceId"], only["ResourceStatus"]) == ("A", "UPDATE_COMPLETE")
    assert not {"skipping-a", "skipping-b"} & streams(millpond)
    delete(cloudformation, "skipping")


def test_a_stack_left_as_it_failed_is_rolled_back_on_demand(millpond, cloudformation):
    create_failed = {"TemplateBody": body({"A": stream("left-a"), "Bad": {**BAD, "DependsOn": "A"}}), "DisableRollback": True}
    cloudformation.create_stack(StackName="left", **create_failed)
    until(cloudformation, "left", "CREATE_FAILED")
    assert "left-a" in streams(millpond)
    cloudformation.rollback_stack(StackName="left")
    rolled_back = until(cloudformation, "left", "ROLLBACK_COMPLETE")
    assert "left-a" not in streams(millpond)
    refused = refusal(cloudformation.rollback_stack, StackName="left")
    assert refused == ("ValidationError", f"Stack:{rolled_back['StackId']} is in ROLLBACK_COMPLETE state and can not be rolled back.")
    delete(cloudformation, "left")

    create(cloudformation, "left", body({"A": stream("left-a")}))
    # What an update makes and takes back stays where its policy says so.
    kept = {**stream("left-kept"), "DeletionPolicy": "Retain"}
    only_on_create = {**stream("left-except"), "DeletionPolicy": "RetainExceptOnCreate"}
    cloudformation.update_stack(StackName="left", DisableRollback=True, TemplateBody=body(
        {"A": stream("left-b"), "K": kept, "E": only_on_create, "Bad": {**BAD, "DependsOn": ["A", "K", "E"]}}))
    until(cloudformation, "left", "UPDATE_FAILED")
    assert {"left-a", "left-b", "left-kept", "left-except"} <= streams(millpond)
    cloudformation.rollback_stack(StackName="left")
    until(cloudformation, "left", "UPDATE_ROLLBACK_COMPLETE")
    assert {name for name in streams(millpond) if name.startswith("left-")} == {"left-a", "left-kept"}
    assert statuses(cloudformation, "left", "K")[-1] == "DELETE_SKIPPED"
    millpond.client("kinesis").delete_stream(StreamName="left-kept")
    delete(cloudformation, "left")


def test_a_deletion_that_fails_is_helped_on(millpond, cloudformation):
    s3 = millpond.client("s3")
    template = body({"Full": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "full"}}, "Group": {"Type": "AWS::Logs::LogGroup"}})
    for help in [{"RetainResources": ["Full"]}, {"DeletionMode": "FORCE_DELETE_STACK"}]:
        arn = create(cloudformation, "stuck", template)["StackId"]
        s3.put_object(Bucket="full", Key="k", Body=b"")
        too_early = refusal(cloudformation.delete_stack, StackName="stuck", **help)
        assert too_early[0] == "ValidationError" and too_early[1].startswith(f"Invalid operation on stack [{arn}]. You can ")
        assert too_early[1].endswith("only when the stack is in the DELETE_FAILED state.")
        cloudformation.delete_stack(StackName="stuck")
        failed = until(cloudformation, "stuck", "DELETE_FAILED")
        assert failed["StackStatusReason"].strip() == "The following resource(s) failed to delete: [Full]."
        if "RetainResources" in help:
            wrong = refusal(cloudformation.delete_stack, StackName="stuck", RetainResources=["Group"])
            assert wrong[1] == ("The specified resources to retain must be in a valid state. "
                                "Do not specify resources that are in the DELETE_COMPLETE state.")
            assert "[Other]" in refusal(cloudformation.delete_stack, StackName="stuck", RetainResources=["Other"])[1]
        cloudformation.delete_stack(StackName="stuck", **help)
        until(cloudformation, arn, "DELETE_COMPLETE")
        last = {"RetainResources": "DELETE_SKIPPED", "DeletionMode": "DELETE_FAILED"}[next(iter(help))]
        assert statuses(cloudformation, arn, "Full")[-1] == last
        assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["full"], "what could not be deleted stays"
        s3.delete_object(Bucket="full", Key="k")
        s3.delete_bucket(Bucket="full")


def test_a_stack_is_deleted_while_it_is_made(millpond, cloudformation):
    cloudformation.create_stack(StackName="unwanted", TemplateBody=body({"A": stream("unwanted-a"), "B": stream("unwanted-b", "A")}))
    arn = state(cloudformation, "unwanted")["StackId"]
    cloudformation.delete_stack(StackName="unwanted")
    until(cloudformation, arn, "DELETE_COMPLETE")
    assert not any(name.startswith("unwanted-") for name in streams(millpond))


def inventory(millpond):
    """What there is, by type."""
    c = millpond.client
    return {
        "AWS::Kinesis::Stream": set(c("kinesis").list_streams()["StreamNames"]),
        "AWS::IAM::Role": {role["RoleName"] for role in c("iam").list_roles()["Roles"]},
        "AWS::S3::Bucket": {bucket["Name"] for bucket in c("s3").list_buckets()["Buckets"]},
        "AWS::Logs::LogGroup": {group["logGroupName"] for group in c("logs").describe_log_groups()["logGroups"]},
        "AWS::Cognito::UserPool": {pool["Id"] for pool in c("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]},
        "AWS::Cognito::IdentityPool": {pool["IdentityPoolId"] for pool in c("cognito-identity").list_identity_pools(MaxResults=60)["IdentityPools"]},
    }


def known(client, stack):
    """What a stack says that there is, by type."""
    found = {}
    for resource in client.describe_stack_resources(StackName=stack)["StackResources"]:
        assert resource["ResourceStatus"].endswith("_COMPLETE"), resource
        found.setdefault(resource["ResourceType"], set()).add(resource["PhysicalResourceId"])
    return found


def many(name, hours, extra):
    """Resources with names given and made up, with ids that only their service knows, each waiting for the one before."""
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "firehose.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    kinds = [("Stream", "AWS::Kinesis::Stream", {"Name": f"{name}-stream", "ShardCount": 1, "RetentionPeriodHours": hours}),
             ("Other", "AWS::Kinesis::Stream", {"ShardCount": 1, "Tags": tagged(str(hours))}),
             ("Role", "AWS::IAM::Role", {"RoleName": f"{name}-role", "AssumeRolePolicyDocument": trust, "Description": str(hours)}),
             ("Bucket", "AWS::S3::Bucket", {"BucketName": f"{name}-bucket", "Tags": tagged(str(hours))}),
             ("Group", "AWS::Logs::LogGroup", {"LogGroupName": f"/{name}", "Tags": tagged(str(hours))}),
             ("Users", "AWS::Cognito::UserPool", {"UserPoolName": "the same for all", "UserPoolTags": {"of": str(hours)}}),
             ("Identities", "AWS::Cognito::IdentityPool", {"IdentityPoolName": "the same", "AllowUnauthenticatedIdentities": hours > 24})]
    kinds += [(extra, kind, properties) for _, kind, properties in [
        ("", "AWS::Kinesis::Stream", {"Name": f"{extra.lower()}-stream", "ShardCount": 1})]] if extra else []
    made = {id: {"Type": kind, "Properties": properties} for id, kind, properties in kinds}
    for earlier, later in zip(list(made), list(made)[1:]):
        made[later]["DependsOn"] = earlier
    return made


def kill_often(millpond, client, stack, wish, chance):
    """Kills and restarts until the operation has ended; the status that it ended with, and how often it was killed."""
    kills = 0
    while True:
        time.sleep(chance.uniform(0, 0.12))
        status = state(client, stack)["StackStatus"]
        if not status.endswith("_IN_PROGRESS"):
            return status, kills
        if kills < wish:
            millpond.kill()
            millpond.start()
            kills += 1


def test_a_kill_anywhere_leaves_no_resource_that_the_stack_does_not_know():
    chance = random.Random(20261125)
    with Millpond("--limit", "kinesis.transition_ms=120") as millpond, ThreadPoolExecutor(1) as calls:
        client, total = millpond.client("cloudformation"), 0
        somebody = millpond.client("cognito-idp").create_user_pool(PoolName="the same for all")["UserPool"]["Id"]

        def run(call, stack, ends, **arguments):
            # The call itself may be cut off by the kill: the operation has begun all the same.
            calls.submit(call, StackName=stack, **arguments)
            wait_until(lambda: state(client, stack)["StackStatus"].endswith("_IN_PROGRESS"), 10, "the operation has begun", every=0.005)
            status, kills = kill_often(millpond, client, stack, 6, chance)
            assert status == ends, events(client, stack)[-20:]
            return kills

        def check(stack):
            there = inventory(millpond)
            there["AWS::Cognito::UserPool"].remove(somebody)
            assert there == {kind: known(client, stack).get(kind, set()) for kind in there}

        capabilities = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}
        total += run(client.create_stack, "many", "CREATE_COMPLETE", TemplateBody=body(many("one", 24, "First")), **capabilities)
        check("many")
        total += run(client.update_stack, "many", "UPDATE_COMPLETE", TemplateBody=body(many("two", 48, "Second")), **capabilities)
        check("many")
        stream = millpond.client("kinesis").describe_stream_summary(StreamName="two-stream")["StreamDescriptionSummary"]
        assert stream["RetentionPeriodHours"] == 48 and {"two-role"} == inventory(millpond)["AWS::IAM::Role"]
        failing = {**many("three", 72, "Third"), "Bad": {**BAD, "DependsOn": "Third"}}
        total += run(client.update_stack, "many", "UPDATE_ROLLBACK_COMPLETE", TemplateBody=body(failing), **capabilities)
        check("many")
        stream = millpond.client("kinesis").describe_stream_summary(StreamName="two-stream")["StreamDescriptionSummary"]
        assert stream["RetentionPeriodHours"] == 48 and json.loads(json.dumps(tags(millpond, stream["StreamName"]))) == {}
        told = [(id, status) for id, status, _ in events(client, "many")]
        assert told[-1] == ("many", "UPDATE_ROLLBACK_COMPLETE") and told.count(("many", "UPDATE_COMPLETE")) == 1
        arn = state(client, "many")["StackId"]
        total += run(client.delete_stack, arn, "DELETE_COMPLETE")
        assert inventory(millpond) == {**{kind: set() for kind in inventory(millpond)}, "AWS::Cognito::UserPool": {somebody}}
        assert total >= 8, "the test kills in the middle"
