"""The embedded S3 by boto3 and aws-cli as they come: unusual keys, ranges, conditions, parts, checksums, sync."""
import filecmp
import hashlib
import io
import os
import subprocess
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

from support.millpond import Millpond

BUCKET = "bucket-under-test"
KEYS = ["plain", "with space", "a=b+c&d", "ünïcode/日本語", "../up/../x", "./dot", "a//b", "//lead", "/lead", "trail/", "%41", "q?x", "h#y", "emoji😀",
        "quote'\"<>", "back\\slash", "a" * 1024, "year=2026/month=01/f-1.gz"]


@pytest.fixture(scope="module")
def millpond():
    with Millpond() as m:
        yield m


@pytest.fixture
def s3(millpond):
    client = millpond.client("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    yield client
    keys = [o["Key"] for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET) for o in page.get("Contents", [])]
    if keys:
        client.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": k} for k in keys]})
    client.delete_bucket(Bucket=BUCKET)


def code(call, **arguments):
    with pytest.raises(ClientError) as e:
        call(**arguments)
    return e.value.response["Error"]["Code"]


def test_any_key_comes_back_with_its_metadata(s3):
    for key in KEYS:
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode(), Metadata={"color": "dark blue"}, ContentType="text/plain", ContentEncoding="gzip")
        got = s3.get_object(Bucket=BUCKET, Key=key)
        assert (got["Body"].read(), got["Metadata"], got["ContentType"], got["ContentEncoding"]) == (key.encode(), {"color": "dark blue"}, "text/plain", "gzip")
        assert got["ETag"].strip('"') == hashlib.md5(key.encode()).hexdigest()
    for version in ("list_objects", "list_objects_v2"):
        pages = s3.get_paginator(version).paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 3})
        assert [o["Key"] for page in pages for o in page["Contents"]] == sorted(KEYS, key=str.encode)
    folders = s3.list_objects_v2(Bucket=BUCKET, Delimiter="/")["CommonPrefixes"]
    assert [f["Prefix"] for f in folders] == ["../", "./", "/", "a/", "trail/", "year=2026/", "ünïcode/"]


def test_an_error_names_its_request_in_header_and_body(s3, millpond):
    with pytest.raises(ClientError) as e:
        s3.get_object(Bucket=BUCKET, Key="none")
    of_header = e.value.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-request-id"]
    with pytest.raises(urllib.error.HTTPError) as e:
        urllib.request.urlopen(s3.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": "none"}))
    body = e.value.read().decode()
    assert f"<RequestId>{e.value.headers['x-amz-request-id']}</RequestId>" in body, body
    assert of_header and of_header not in body


def test_ranges_and_conditions(s3):
    etag = s3.put_object(Bucket=BUCKET, Key="k", Body=b"0123456789")["ETag"]
    got = s3.get_object(Bucket=BUCKET, Key="k", Range="bytes=2-4")
    assert (got["Body"].read(), got["ContentRange"]) == (b"234", "bytes 2-4/10")
    assert s3.get_object(Bucket=BUCKET, Key="k", Range="bytes=-2")["Body"].read() == b"89"
    assert code(s3.get_object, Bucket=BUCKET, Key="k", Range="bytes=10-") == "InvalidRange"
    assert code(s3.get_object, Bucket=BUCKET, Key="k", IfNoneMatch=etag) == "304"
    assert code(s3.get_object, Bucket=BUCKET, Key="k", IfMatch='"0"') == "PreconditionFailed"
    assert code(s3.put_object, Bucket=BUCKET, Key="k", Body=b"", IfNoneMatch="*") == "PreconditionFailed"
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"after an error on the same connection")
    assert code(s3.get_object, Bucket=BUCKET, Key="none") == "NoSuchKey"
    assert code(s3.get_object, Bucket="no-such-bucket-here", Key="k") == "NoSuchBucket"
    assert code(s3.delete_bucket, Bucket=BUCKET) == "BucketNotEmpty"


def test_large_objects_go_in_parts_and_are_copied(s3):
    body = os.urandom(20 * 1024 * 1024 + 7)
    s3.upload_fileobj(io.BytesIO(body), BUCKET, "big", ExtraArgs={"Metadata": {"a": "b"}})
    head = s3.head_object(Bucket=BUCKET, Key="big", ChecksumMode="ENABLED")
    assert (head["ETag"].endswith('-3"'), head["ContentLength"], head["Metadata"]) == (True, len(body), {"a": "b"})
    assert head["ChecksumCRC32"].endswith("-3") and head["ChecksumType"] == "COMPOSITE"
    s3.copy({"Bucket": BUCKET, "Key": "big"}, BUCKET, "copy of ü")
    assert s3.get_object(Bucket=BUCKET, Key="copy of ü")["Body"].read() == body
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="small")["UploadId"]
    parts = [{"PartNumber": n, "ETag": s3.upload_part(Bucket=BUCKET, Key="small", UploadId=upload, PartNumber=n, Body=b"x")["ETag"]} for n in (1, 2)]
    assert code(s3.complete_multipart_upload, Bucket=BUCKET, Key="small", UploadId=upload, MultipartUpload={"Parts": parts}) == "EntityTooSmall"
    s3.abort_multipart_upload(Bucket=BUCKET, Key="small", UploadId=upload)
    assert code(s3.list_parts, Bucket=BUCKET, Key="small", UploadId=upload) == "NoSuchUpload"


def test_acknowledged_objects_survive_kill_9(millpond, s3):
    for n in range(20):
        s3.put_object(Bucket=BUCKET, Key="same", Body=str(n).encode())
    millpond.kill()
    files = [f for _, _, names in os.walk(os.path.join(millpond.folder, "data", "s3")) for f in names]
    millpond.start()
    assert s3.get_object(Bucket=BUCKET, Key="same")["Body"].read() == b"19"
    assert len(files) == 1, "replaced objects leave no files"


def test_aws_cli_copies_and_syncs(millpond, tmp_path):
    def aws(*arguments):
        done = subprocess.run(["aws", "s3", *arguments], env=millpond.cli_env(), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    source, target = tmp_path / "source", tmp_path / "target"
    (source / "sub").mkdir(parents=True)
    (source / "one").write_bytes(b"x")
    (source / "sub" / "sp ace=+ü.txt").write_text("hi")
    (source / "big").write_bytes(os.urandom(20_000_000))
    aws("mb", "s3://cli-bucket")
    assert "cli-bucket" in aws("ls")
    aws("cp", str(source / "one"), "s3://cli-bucket/one")
    assert aws("cp", "s3://cli-bucket/one", "-") == "x"
    aws("sync", str(source), "s3://cli-bucket/sync")
    assert aws("sync", str(source), "s3://cli-bucket/sync") == "", "nothing is sent twice"
    aws("sync", "s3://cli-bucket/sync", str(target))
    for name in ("one", "big", "sub/sp ace=+ü.txt"):
        assert filecmp.cmp(source / name, target / name, shallow=False)
    aws("rm", "s3://cli-bucket", "--recursive")
    aws("rb", "s3://cli-bucket")


def test_errors_have_aws_s_texts_in_aws_cli(millpond, tmp_path):
    def refused(*arguments):
        done = subprocess.run(["aws", *arguments], env=millpond.cli_env(), capture_output=True, text=True)
        assert done.returncode != 0 and "Unknown" not in done.stderr, done.stderr
        return done.stderr.strip()

    subprocess.run(["aws", "s3", "mb", "s3://errors-bucket"], env=millpond.cli_env(), check=True, capture_output=True)
    (tmp_path / "one").write_bytes(b"x")
    subprocess.run(["aws", "s3", "cp", str(tmp_path / "one"), "s3://errors-bucket/one"], env=millpond.cli_env(), check=True, capture_output=True)
    api = lambda operation, *more: refused("s3api", operation, "--bucket", "errors-bucket", *more)
    assert refused("s3", "mb", "s3://b") == (
        "make_bucket failed: s3://b An error occurred (InvalidBucketName) when calling the CreateBucket operation: The specified bucket is not valid.")
    assert "(InvalidBucketName) when calling the ListObjectsV2 operation: The specified bucket is not valid." in refused("s3", "ls", "s3://b")
    assert "(BucketAlreadyOwnedByYou) when calling the CreateBucket operation: Your previous request to create the named bucket succeeded and you already own it." in refused(
        "s3", "mb", "s3://errors-bucket")
    assert "(NoSuchBucket) when calling the ListObjectsV2 operation: The specified bucket does not exist" in refused("s3", "ls", "s3://no-such-bucket")
    assert "(NoSuchKey) when calling the GetObject operation: The specified key does not exist." in api("get-object", "--key", "none", str(tmp_path / "got"))
    assert "(BucketNotEmpty) when calling the DeleteBucket operation: The bucket you tried to delete is not empty" in refused("s3", "rb", "s3://errors-bucket")
    assert "(KeyTooLongError) when calling the PutObject operation: Your key is too long" in api("put-object", "--key", "k" * 1025, "--body", str(tmp_path / "one"))
    assert "(NoSuchUpload) when calling the ListParts operation: The specified upload does not exist." in api("list-parts", "--key", "one", "--upload-id", "none")
    assert "(InvalidRange) when calling the GetObject operation: The requested range is not satisfiable" in api("get-object", "--key", "one", "--range", "bytes=9-", str(tmp_path / "got"))
    assert "(NoSuchBucketPolicy) when calling the GetBucketPolicy operation: The bucket policy does not exist" in api("get-bucket-policy")
    assert "(NoSuchTagSet)" in api("get-bucket-tagging")
