//! Tests of the handle and of the wire side together.

use super::listing::Question;
use super::*;
use crate::store::StoreOptions;
use bytes::Bytes;
use http_body_util::BodyExt;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn scope() -> Scope {
    Scope::new("123456789012", "us-west-2")
}

async fn s3() -> S3 {
    let s3 = S3::open(Store::open(&StoreOptions::default()).unwrap(), Clock::virtual_at(1_700_000_000_000)).await.unwrap();
    s3.create_bucket(&scope(), "photos", Some("us-west-2")).await.unwrap();
    s3
}

async fn put(s3: &S3, key: &str, body: &str) {
    s3.put_object(&scope(), "photos", key, Bytes::copy_from_slice(body.as_bytes()), ObjectMeta::default()).await.unwrap();
}

fn files(s3: &S3) -> usize {
    let folders = std::fs::read_dir(s3.store.folder().join(FOLDER)).unwrap();
    folders.map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap().count()).sum()
}

async fn call(s3: &S3, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, http::HeaderMap, String) {
    let mut request = http::Request::builder().method(method).uri(path).header("host", "127.0.0.1:4566");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.header("content-length", body.len()).body(s3s::Body::from(body.to_owned())).unwrap();
    let answer = http_service(s3.clone()).call(request).await.unwrap();
    let (head, body) = answer.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status.as_u16(), head.headers, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn objects_come_back_whole_and_old_files_go() {
    let s3 = s3().await;
    let meta = ObjectMeta { content_encoding: Some("gzip".into()), ..ObjectMeta::default() };
    for body in ["first", "second"] {
        s3.put_object(&scope(), "photos", "a/../b c=ü", Bytes::from(body), meta.clone()).await.unwrap();
    }
    let object = s3.get_object("photos", "a/../b c=ü").await.unwrap();
    assert_eq!((&object.body[..], object.meta), (&b"second"[..], meta));
    assert_eq!(object.etag, "a9f0e61a137d86aa9db53465e0801612");
    assert_eq!(files(&s3), 1);
    assert_eq!(s3.get_object("photos", "none").await, Err(S3Error::NoSuchKey));
    assert_eq!(s3.get_object("nowhere", "none").await, Err(S3Error::NoSuchBucket));
    let nowhere = s3.put_object(&scope(), "nowhere", "a", Bytes::new(), ObjectMeta::default()).await;
    assert_eq!(nowhere, Err(S3Error::NoSuchBucket));
    assert_eq!(s3.delete_bucket("photos").await, Err(S3Error::BucketNotEmpty));
    s3.delete_object("photos", "a/../b c=ü").await.unwrap();
    s3.delete_bucket("photos").await.unwrap();
    assert_eq!(files(&s3), 0);
}

#[tokio::test]
async fn buckets_are_one_namespace_and_know_their_region() {
    let s3 = s3().await;
    let again = s3.create_bucket(&scope(), "photos", Some("us-west-2")).await;
    assert_eq!(again, Err(S3Error::BucketAlreadyOwnedByYou));
    let other = Scope::new("000000000000", "us-west-2");
    assert_eq!(s3.create_bucket(&other, "photos", Some("us-west-2")).await, Err(S3Error::BucketAlreadyExists));
    assert!(matches!(s3.create_bucket(&scope(), "b-2", None).await, Err(S3Error::IllegalLocationConstraint(_))));
    assert!(matches!(s3.create_bucket(&scope(), "b-2", Some("eu-west-1")).await, Err(S3Error::IllegalLocationConstraint(_))));
    assert_eq!(s3.create_bucket(&scope(), "No_Good", Some("us-west-2")).await, Err(S3Error::InvalidBucketName));
    let first = Scope::new("000000000000", "us-east-1");
    s3.create_bucket(&first, "b-2", None).await.unwrap();
    s3.create_bucket(&first, "b-2", None).await.unwrap();
    assert_eq!(s3.bucket("b-2").await.unwrap().region, "us-east-1");
    assert_eq!(s3.list_buckets("000000000000").await.unwrap().len(), 1);
}

#[tokio::test]
async fn files_without_an_object_are_swept_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions { path: Some(folder.path().into()), ..StoreOptions::default() };
    let s3 = S3::open(Store::open(&options).unwrap(), Clock::real()).await.unwrap();
    s3.create_bucket(&scope(), "photos", Some("us-west-2")).await.unwrap();
    put(&s3, "kept", "x").await;
    // What a kill between file and catalog leaves.
    s3.blobs.create().unwrap().0.keep();
    assert_eq!(files(&s3), 2);
    drop(s3);
    let s3 = S3::open(Store::open(&options).unwrap(), Clock::real()).await.unwrap();
    assert_eq!(files(&s3), 1);
    assert_eq!(&s3.get_object("photos", "kept").await.unwrap().body[..], b"x");
}

#[tokio::test]
async fn a_failed_put_leaves_no_file() {
    let s3 = s3().await;
    let (status, _, body) = call(&s3, "PUT", "/photos/a", &[("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==")], "x").await;
    assert_eq!((status, body.contains("<Code>BadDigest</Code>")), (400, true), "{body}");
    let (status, _, body) = call(&s3, "PUT", "/photos/a", &[("x-amz-checksum-crc32", "AAAAAA==")], "x").await;
    assert_eq!((status, body.contains("The CRC32 you specified did not match")), (400, true), "{body}");
    let (status, ..) = call(&s3, "PUT", "/photos/a", &[("x-amz-content-sha256", &"0".repeat(64))], "x").await;
    assert_eq!(status, 400);
    assert_eq!(files(&s3), 0);
}

#[tokio::test]
async fn the_wire_speaks_ranges_conditions_and_metadata() {
    let s3 = s3().await;
    let headers = [("content-type", "text/plain"), ("x-amz-meta-color", "blue"), ("x-amz-checksum-crc32", "y/Q5Jg==")];
    let (status, answer, body) = call(&s3, "PUT", "/photos/a%20b%2Bc", &headers, "123456789").await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(answer["etag"], "\"25f9e794323b453885f5181f1b624d0b\"");
    let (status, answer, body) = call(&s3, "GET", "/photos/a%20b%2Bc", &[("range", "bytes=2-4")], "").await;
    assert_eq!((status, body.as_str()), (206, "345"));
    assert_eq!(answer["content-range"], "bytes 2-4/9");
    let (_, answer, _) = call(&s3, "HEAD", "/photos/a%20b%2Bc", &[("x-amz-checksum-mode", "ENABLED")], "").await;
    assert_eq!(
        (&answer["x-amz-meta-color"], &answer["content-type"]),
        (&"blue".parse().unwrap(), &"text/plain".parse().unwrap())
    );
    assert_eq!(
        (&answer["content-length"], &answer["x-amz-checksum-crc32"]),
        (&"9".parse().unwrap(), &"y/Q5Jg==".parse().unwrap())
    );
    let known = [("if-none-match", "\"25f9e794323b453885f5181f1b624d0b\"")];
    assert_eq!(call(&s3, "GET", "/photos/a%20b%2Bc", &known, "").await.0, 304);
    assert_eq!(call(&s3, "GET", "/photos/a%20b%2Bc", &[("if-match", "\"0\"")], "").await.0, 412);
    assert_eq!(call(&s3, "PUT", "/photos/a%20b%2Bc", &[("if-none-match", "*")], "x").await.0, 412);
    assert_eq!(call(&s3, "GET", "/photos/a%20b%2Bc", &[("range", "bytes=9-")], "").await.0, 416);
    let (status, _, body) = call(&s3, "GET", "/nowhere/a", &[], "").await;
    assert!(status == 404 && body.contains("<Code>NoSuchBucket</Code>"), "{body}");
    assert!(body.contains("<Message>The specified bucket does not exist</Message>"), "{body}");
}

#[tokio::test]
async fn an_upload_in_parts_becomes_one_object() {
    let s3 = s3().await;
    let (_, _, body) = call(&s3, "POST", "/photos/big?uploads", &[("x-amz-checksum-algorithm", "CRC32")], "").await;
    let id = body.split("<UploadId>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let first = "a".repeat(5 * 1024 * 1024);
    let mut etags = Vec::new();
    for (number, part) in [(1, first.as_str()), (2, "tail")] {
        let (status, answer, body) = call(&s3, "PUT", &format!("/photos/big?partNumber={number}&uploadId={id}"), &[], part).await;
        assert_eq!(status, 200, "{body}");
        etags.push(answer["etag"].to_str().unwrap().to_owned());
    }
    assert_eq!(s3.delete_bucket("photos").await, Err(S3Error::BucketNotEmpty));
    let part = |number: usize| format!("<Part><PartNumber>{number}</PartNumber><ETag>{}</ETag></Part>", etags[number - 1]);
    let path = format!("/photos/big?uploadId={id}");
    let wrong = format!("<CompleteMultipartUpload>{}{}</CompleteMultipartUpload>", part(2), part(1));
    assert!(call(&s3, "POST", &path, &[], &wrong).await.2.contains("InvalidPartOrder"));
    let right = format!("<CompleteMultipartUpload>{}{}</CompleteMultipartUpload>", part(1), part(2));
    let (status, _, body) = call(&s3, "POST", &path, &[], &right).await;
    assert!(status == 200 && body.contains("-2\"</ETag>") && body.contains("-2</ChecksumCRC32>"), "{body}");
    let object = s3.get_object("photos", "big").await.unwrap();
    assert_eq!((object.body.len(), &object.body[first.len()..]), (first.len() + 4, &b"tail"[..]));
    assert_eq!(files(&s3), 1);
    let (status, answer, body) = call(&s3, "GET", "/photos/big?partNumber=2", &[], "").await;
    assert_eq!((status, body.as_str(), &answer["x-amz-mp-parts-count"]), (206, "tail", &"2".parse().unwrap()));
    assert!(call(&s3, "POST", &path, &[], &right).await.2.contains("NoSuchUpload"));
}

#[tokio::test]
async fn lists_fold_common_prefixes_and_go_on_where_they_stopped() {
    let s3 = s3().await;
    for key in ["a", "b/1", "b/2", "b/\u{10FFFF}", "c/d/1", "z"] {
        put(&s3, key, "x").await;
    }
    let (_, _, body) = call(&s3, "GET", "/photos?list-type=2&delimiter=/&max-keys=2", &[], "").await;
    assert!(body.contains("<Key>a</Key>") && body.contains("<Prefix>b/</Prefix>") && !body.contains(">c/"), "{body}");
    let token = body.split("<NextContinuationToken>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let path = format!("/photos?list-type=2&delimiter=/&max-keys=2&continuation-token={token}");
    let (_, _, body) = call(&s3, "GET", &path, &[], "").await;
    assert!(body.contains("<Prefix>c/</Prefix>") && body.contains("<Key>z</Key>"), "{body}");
    assert!(!body.contains("<Prefix>b/") && body.contains("<IsTruncated>false<"), "{body}");
}

fn keys() -> impl Strategy<Value = BTreeSet<String>> {
    prop::collection::btree_set("[ab/é]{1,5}", 0..30)
}

/// What a listing must hold, computed plainly.
fn expected(keys: &BTreeSet<String>, prefix: &str) -> Vec<String> {
    let entries: BTreeSet<String> = keys
        .iter()
        .filter_map(|key| key.strip_prefix(prefix))
        .map(|rest| format!("{prefix}{}", rest.find('/').map_or(rest, |at| &rest[..=at])))
        .collect();
    entries.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn pages_together_are_the_whole_list(keys in keys(), prefix in "[ab/]{0,2}", limit in 1usize..4) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let s3 = s3().await;
            for key in &keys {
                put(&s3, key, "x").await;
            }
            let delimiter = Some("/".to_owned());
            let mut question = Question { bucket: "photos".into(), prefix: prefix.clone(), delimiter, limit, ..Question::default() };
            let mut found = Vec::new();
            loop {
                let page = s3.list_page(&question).await.unwrap();
                let mut entries: Vec<String> = page.prefixes;
                entries.extend(page.objects.into_iter().map(|(key, _)| key));
                entries.sort();
                assert!(entries.len() <= limit);
                found.extend(entries);
                match page.next {
                    Some(next) => question.after = next,
                    None => break,
                }
            }
            assert_eq!(found, expected(&keys, &prefix));
        });
    }
}
