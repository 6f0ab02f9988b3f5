"""The Kinesis Data Generator's way through the browser: SRP login, credentials, regions, lists, records; led here in three ways.

A: the page lies somewhere else and has Millpond's address set: every call crosses origins, with preflights.
C: `--kdg DIR`: one address, no TLS, no preflight.
G: the page is public and unchanged; AWS's own host names lead here by /proxy.pac, CONNECT and the authority of /ca.pem.

Signatures are verified throughout, so the keys that the identity pool gives must be good ones.
"""
import json
import urllib.parse
import urllib.request

import pytest

from chromium import Chromium, Pages
from support.millpond import REGION, Millpond, wait_until
from support.readings import read_all

USER, PASSWORD, STREAM, DELIVERY, BUCKET = "myname", "secret1", "workshop-stream", "to-objects", "generated"
TEMPLATE_URL = "https://aws-kdg-tools.s3.us-west-2.amazonaws.com/cognito-setup.yaml"
TEMPLATE = """{
    "sensorId": {{random.number(20)}},
    "eventTimeStamp": "{{date.utc}}",
    "currentTemperature": {{random.number(
        {
            "min":10,
            "max":150
        }
    )}},
    "status": "{{random.arrayElement(
        ["OK","FAIL ","WARN"]
    )}}"
}"""
RATE = 7
LOGIN = ["AWSCognitoIdentityProviderService.InitiateAuth", "AWSCognitoIdentityProviderService.RespondToAuthChallenge",
         "AWSCognitoIdentityService.GetId", "AWSCognitoIdentityService.GetCredentialsForIdentity", "Action=DescribeRegions&Version=2016-09-15"]
LISTS = ["Firehose_20150804.ListDeliveryStreams", "Kinesis_20131202.ListStreams"]


def set_up(m):
    """The user by the stack of the guide's step 1-B, and something to send to; the query string that the stack's output gives the page."""
    stacks, name = m.client("cloudformation"), "Kinesis-Data-Generator-Cognito-User"
    stacks.create_stack(StackName=name, TemplateURL=TEMPLATE_URL, Capabilities=["CAPABILITY_IAM"], Parameters=[
        {"ParameterKey": "Username", "ParameterValue": USER}, {"ParameterKey": "Password", "ParameterValue": PASSWORD}])
    stacks.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stacks.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]}
    local, query = outputs["KinesisDataGeneratorLocalUrl"].split("?")
    assert local == f"{m.url}/kdg/producer.html" and outputs["KinesisDataGeneratorUrl"].endswith(f"/web/producer.html?{query}"), outputs
    role = m.client("iam").create_role(RoleName="delivery", AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":[]}')["Role"]["Arn"]
    m.client("kinesis").create_stream(StreamName=STREAM, ShardCount=1)
    m.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    m.client("firehose").create_delivery_stream(DeliveryStreamName=DELIVERY, S3DestinationConfiguration={
        "RoleARN": role, "BucketARN": f"arn:aws:s3:::{BUCKET}", "BufferingHints": {"IntervalInSeconds": 1, "SizeInMBs": 1}})
    return query


@pytest.fixture
def millpond(folder):
    with Millpond("--verify-signatures", "--kdg", str(folder)) as m:
        m.page = set_up(m)
        yield m


def named(call):
    """A call by its operation."""
    return next((value for name, value in call["headers"].items() if name.lower() == "x-amz-target"), call["body"])


def sent_records(calls, operation):
    return sum(len(json.loads(call["body"])["Records"]) for call in calls if named(call) == operation)


def walk(browser, millpond, url, picture, preflights):
    """Login with a wrong and with the right password, regions, lists, three seconds of records; every record is in the stream."""
    browser("open", url=f"{url}?{millpond.page}")
    assert browser("logIn", user=USER, password="wrong1")["alerts"] == ["NotAuthorizedException: Incorrect username or password."]
    assert browser("logIn", user=USER, password=PASSWORD)["alerts"] == []
    found = browser("choices")
    wait_until(lambda: {STREAM, DELIVERY} <= set(browser("choices")["streams"]), 10, "both lists")
    assert found["regions"][0] == found["region"] == REGION, "the region of the call is preselected"
    log = browser("calls")["calls"]
    posts = [call for call in log if call["method"] == "POST"]
    operations = [named(call) for call in posts]
    assert operations[:7] == LOGIN[:2] + LOGIN and sorted(operations[7:]) == LISTS, operations
    asked = [call["url"] for call in log if call["method"] == "OPTIONS"]
    assert len(asked) in preflights, asked
    if path := picture("signed-in"):
        browser("picture", path=path)
    done = browser("send", to=STREAM, rate=RATE, template=TEMPLATE, seconds=3, picture=picture("sending"))
    assert done["alerts"] == []
    calls = browser("calls")["calls"]
    count = sent_records(calls, "Kinesis_20131202.PutRecords")
    assert count >= 3 * RATE
    records = wait_until(lambda: (got := sum(read_all(millpond.client("kinesis"), STREAM).values(), [])) and len(got) >= count and got, 10, "the records")
    assert len(records) == count
    for record in records:
        assert record["PartitionKey"].isdigit() and record["Data"].startswith(b'{    "sensorId": ') and record["Data"].endswith(b"\n")
        assert set(json.loads(record["Data"])) == {"sensorId", "eventTimeStamp", "currentTemperature", "status"}
    return posts


def test_a_page_from_elsewhere_with_the_endpoint_set(millpond, folder, picture):
    with Pages(folder, endpoint=millpond.url) as pages, Chromium() as browser:
        # One for each new set of headers: Cognito's, EC2's, and that of Kinesis and Firehose, which are asked at once; then the browser remembers.
        posts = walk(browser, millpond, pages.url, picture, preflights=(3, 4))
        assert all(call["url"] == f"{millpond.url}/" for call in posts)


def test_one_address_and_a_restart_between_two_logins(millpond, picture):
    with Chromium() as browser:
        posts = walk(browser, millpond, f"{millpond.url}/kdg/producer.html", picture, preflights=(0,))
        assert all(call["url"] == f"{millpond.url}/" for call in posts)
        millpond.kill()
        millpond.start()
        browser("logOut")
        browser("calls")
        assert browser("logIn", user=USER, password=PASSWORD)["alerts"] == []
        wait_until(lambda: DELIVERY in browser("choices")["streams"], 10, "the lists")
        operations = [named(call) for call in browser("calls")["calls"]]
        assert operations[:4] == [*LOGIN[:2], *LOGIN[3:]], "the browser kept its identity id, and it is good still"
        done = browser("send", to=DELIVERY, rate=RATE, template=TEMPLATE, seconds=2)
        assert done["alerts"] == []
        count = sent_records(browser("calls")["calls"], "Firehose_20150804.PutRecordBatch")
        s3 = millpond.client("s3")

        def lines():
            keys = [o["Key"] for o in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
            return b"".join(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys).splitlines()
        assert count >= 2 * RATE
        wait_until(lambda: len(lines()) == count, 90, f"{count} records in S3")
        # Another region has other streams: its lists are empty and signed for that region.
        browser("region", to="us-east-1")
        calls = wait_until(lambda: browser("calls")["calls"], 10, "the lists of the other region")
        assert {named(call) for call in calls} <= set(LISTS) and all("/us-east-1/" in call["headers"]["Authorization"] for call in calls), calls


def test_the_public_page_by_the_proxy(millpond, folder, picture):
    authority = urllib.request.urlopen(f"{millpond.url}/ca.pem", timeout=5).read()
    with Pages(folder) as pages:
        public = f"--ip-address-space-overrides={pages.host}=public"
        with Chromium(f"--proxy-pac-url={millpond.url}/proxy.pac", public, authority=authority) as browser:
            posts = walk(browser, millpond, pages.url, picture, preflights=(5,))
            hosts = [urllib.parse.urlparse(call["url"]).netloc for call in posts]
            assert set(hosts) == {f"{service}.{REGION}.amazonaws.com" for service in ("cognito-idp", "cognito-identity", "ec2", "kinesis", "firehose")}
        with Chromium(f"--proxy-pac-url={millpond.url}/proxy.pac", public) as browser:
            browser("open", url=f"{pages.url}?{millpond.page}")
            (refused,) = browser("logIn", user=USER, password=PASSWORD)["alerts"]
            assert "Network" in refused, "without the authority there is no way"
