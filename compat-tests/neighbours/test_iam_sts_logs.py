"""Roles, temporary credentials and log groups by boto3 as it comes."""
import json
import time

import boto3
import pytest
from botocore.exceptions import ClientError

from support.millpond import REGION, Millpond

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "firehose.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


@pytest.fixture(scope="module")
def millpond():
    with Millpond() as m:
        yield m


def test_a_role_and_its_policies(millpond):
    iam = millpond.client("iam")
    role = iam.create_role(RoleName="deliver", Path="/service/", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    assert role["Arn"] == "arn:aws:iam::000000000000:role/service/deliver" and role["RoleId"].startswith("AROA")
    assert iam.get_role(RoleName="deliver")["Role"]["AssumeRolePolicyDocument"] == TRUST
    iam.put_role_policy(RoleName="deliver", PolicyName="inline", PolicyDocument=json.dumps(TRUST))
    assert iam.get_role_policy(RoleName="deliver", PolicyName="inline")["PolicyDocument"] == TRUST
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException, match="Role with name deliver already exists"):
        iam.create_role(RoleName="deliver", AssumeRolePolicyDocument=json.dumps(TRUST))
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_role(RoleName="deliver")


def client_of(millpond, service, keys, **others):
    names = {"aws_access_key_id": keys["AccessKeyId"], "aws_secret_access_key": keys["SecretAccessKey"], "aws_session_token": keys["SessionToken"]}
    return boto3.client(service, endpoint_url=millpond.url, region_name=REGION, **{**names, **others})


def test_temporary_keys_act_in_their_account(millpond):
    keys = millpond.client("sts").assume_role(RoleArn="arn:aws:iam::123456789012:role/x", RoleSessionName="me")["Credentials"]
    assert client_of(millpond, "sts", keys).get_caller_identity()["Arn"] == "arn:aws:sts::123456789012:assumed-role/x/me"
    assert millpond.client("sts").get_caller_identity()["Account"] == "000000000000"


def test_signatures_of_temporary_keys_are_verified():
    with Millpond("--verify-signatures") as millpond:
        keys = millpond.client("sts").assume_role(RoleArn="arn:aws:iam::123456789012:role/x", RoleSessionName="me")["Credentials"]
        s3 = client_of(millpond, "s3", keys)
        s3.create_bucket(Bucket="verified", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket="verified", Key="a b", Body=b"x" * 100_000)
        assert s3.get_object(Bucket="verified", Key="a b")["ContentLength"] == 100_000
        millpond.kill()
        millpond.start()
        assert s3.list_buckets()["Buckets"], "the session survives a restart"
        for wrong in ({"aws_secret_access_key": "wrong"}, {"aws_session_token": "wrong"}):
            with pytest.raises(ClientError):
                client_of(millpond, "sts", keys, **wrong).get_caller_identity()


def test_events_are_read_and_searched(millpond):
    logs, group, now = millpond.client("logs"), "/aws/kinesisfirehose/x", int(time.time() * 1000)
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="S3Delivery")
    events = [{"timestamp": now + n, "message": f"ERROR {n}" if n % 2 else f"fine {n}"} for n in range(5)]
    logs.put_log_events(logGroupName=group, logStreamName="S3Delivery", logEvents=events)
    got = logs.get_log_events(logGroupName=group, logStreamName="S3Delivery", startFromHead=True)
    assert [e["message"] for e in got["events"]] == [e["message"] for e in events]
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, filterPattern="ERROR", PaginationConfig={"PageSize": 1})
    assert [e["message"] for page in pages for e in page["events"]] == ["ERROR 1", "ERROR 3"]
    with pytest.raises(logs.exceptions.ResourceNotFoundException, match="The specified log group does not exist"):
        logs.describe_log_streams(logGroupName="none")
