"""What tests of stacks have in common: templates, states, events, refusals."""
import json

import pytest
from botocore.exceptions import ClientError

from support.millpond import wait_until

STREAM = {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1}}


def body(resources, **sections):
    return json.dumps({"Resources": resources, **sections})


def state(client, name):
    return client.describe_stacks(StackName=name)["Stacks"][0]


def until(client, name, status):
    wait_until(lambda: state(client, name)["StackStatus"] == status, 30, f"{name} becomes {status}")
    return state(client, name)


def create(client, name, template, **options):
    client.create_stack(StackName=name, TemplateBody=template, **options)
    return until(client, name, "CREATE_COMPLETE")


def delete(client, name):
    arn = state(client, name)["StackId"]
    client.delete_stack(StackName=name)
    return until(client, arn, "DELETE_COMPLETE")


def events(client, name):
    """Oldest first: logical id and status."""
    found = client.get_paginator("describe_stack_events").paginate(StackName=name).search("StackEvents[]")
    return [(event["LogicalResourceId"], event["ResourceStatus"], event.get("ResourceStatusReason", "")) for event in found][::-1]


def refusal(call, **arguments):
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def streams(millpond):
    return set(millpond.client("kinesis").list_streams()["StreamNames"])
