//! Calls in each protocol.

use super::*;

#[tokio::test]
async fn json_in_and_out() {
    let answer =
        send(&gateway(), kinesis_call("PutRecord", JSON, r#"{"StreamName":"s","PartitionKey":"k","Data":"aGk="}"#)).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, JSON));
    assert_eq!(answer.text(), r#"{"SequenceNumber":"000000000000/us-east-1/2","ShardId":"k"}"#);
    let answer = send(&gateway(), kinesis_call("GetRecords", JSON, r#"{"ShardIterator":"a"}"#)).await;
    assert_eq!(
        answer.text(),
        r#"{"MillisBehindLatest":0,"Records":[{"ApproximateArrivalTimestamp":1700000000.123,"Data":"aGk=","PartitionKey":"k","SequenceNumber":"1"}]}"#
    );
    let answer = send(&gateway(), kinesis_call("CreateStream", JSON, r#"{"StreamName":"s"}"#)).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
}

#[tokio::test]
async fn account_and_region_come_from_the_credential_scope() {
    let authorization =
        "AWS4-HMAC-SHA256 Credential=123456789012/20260101/eu-west-1/kinesis/aws4_request, SignedHeaders=host, Signature=a";
    let headers = [
        ("x-amz-target", "Kinesis_20131202.PutRecord"),
        ("content-type", JSON),
        ("authorization", authorization),
        ("x-amz-date", "d"),
    ];
    let answer = send(&gateway(), post(&headers, r#"{"StreamName":"s","PartitionKey":"k","Data":"aGk="}"#)).await;
    assert_eq!(answer.text(), r#"{"SequenceNumber":"123456789012/eu-west-1/2","ShardId":"k"}"#);
}

#[tokio::test]
async fn cbor_times_are_milliseconds_both_ways() {
    // {"ShardId": "s", "ShardIteratorType": "AT_TIMESTAMP", "StreamName": "s", "Timestamp": 1(1700000000123)}
    let mut body = b"\xa4\x67ShardId\x61s\x71ShardIteratorType\x6cAT_TIMESTAMP\x6aStreamName\x61s\x69Timestamp\xc1\x1b".to_vec();
    body.extend_from_slice(&1_700_000_000_123u64.to_be_bytes());
    let answer = send(&gateway(), kinesis_call("GetShardIterator", CBOR, body)).await;
    assert_eq!(answer.header("content-type"), CBOR);
    assert_eq!(&answer.body[..], b"\xa1\x6dShardIterator\x6d1700000000123");
    let answer = send(&gateway(), kinesis_call("GetRecords", CBOR, &b"\xa1\x6dShardIterator\x61a"[..])).await;
    let contains = |wanted: &[u8]| answer.body.windows(wanted.len()).any(|window| window == wanted);
    assert!(contains(b"\x64Data\x42hi"), "a byte string");
    assert!(contains(b"\xc1\x1b\x00\x00\x01\x8b\xcf\xe5\x68\x7b"), "tag 1 with milliseconds");
}

#[tokio::test]
async fn cbor_requests_get_cbor_errors() {
    let body = &b"\xa3\x67ShardId\x61s\x71ShardIteratorType\x66LATEST\x6aStreamName\x61s"[..];
    let answer = send(&gateway(), kinesis_call("GetShardIterator", CBOR, body)).await;
    assert_eq!(answer.status, 400);
    assert_eq!(&answer.body[..], b"\xa2\x66__type\x78\x19ResourceNotFoundException\x67message\x67no time");
}

fn form(body: &'static str) -> Request<Body> {
    post(&[("content-type", "application/x-www-form-urlencoded; charset=utf-8")], body)
}

#[tokio::test]
async fn query_forms_get_xml() {
    let answer = send(&gateway(), form("Action=GetCallerIdentity&Version=2011-06-15")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/xml"));
    let id = answer.header("x-amzn-requestid");
    assert_eq!(
        answer.text(),
        format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
             <Account>000000000000</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata>\
             </GetCallerIdentityResponse>"
        )
    );
    let request = Request::get("/?Action=GetCallerIdentity&Version=2011-06-15").body(Body::empty()).unwrap();
    assert_eq!(send(&gateway(), request).await.status, 200);
}

#[tokio::test]
async fn query_errors_name_their_sender() {
    let answer = send(&gateway(), form("Action=GetRole&Version=2010-05-08&RoleName=a")).await;
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("<Type>Sender</Type><Code>NoSuchEntity</Code><Message>The role with name a &amp; co cannot"));
    let answer = send(&gateway(), form("Action=Nothing&Version=2010-05-08")).await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.text().contains("<Code>InvalidAction</Code><Message>Could not find operation Nothing for version 2010-05-08<")
    );
}

#[tokio::test]
async fn rest_paths_carry_members() {
    let request = |name: &str| Request::get(format!("/2015-01-01/es/domain/{name}")).body(Body::empty()).unwrap();
    let answer = send(&gateway(), request("logs")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert!(answer.text().contains(r#""DomainName":"logs""#), "{}", answer.text());
    let answer = send(&gateway(), request("none")).await;
    assert_eq!((answer.status, answer.header("x-amzn-errortype")), (409, "ResourceNotFoundException"));
    assert_eq!(answer.text(), r#"{"message":"Domain not found: none"}"#);
}

#[tokio::test]
async fn what_no_table_claims_goes_to_the_fallback() {
    let echo = |request: Request<Body>| -> crate::api::BoxFuture<http::Response<Body>> {
        let scope = request.extensions().get::<Caller>().unwrap().scope.to_string();
        let signed = request.headers().contains_key("authorization");
        Box::pin(async move { http::Response::new(Body::from(format!("{} {scope} {signed}", request.uri()))) })
    };
    let gateway = gateway().with_fallback(std::sync::Arc::new(echo));
    let authorization = "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=a";
    let request = Request::put("/2015-01-01/es/domain/x").header("authorization", authorization).header("x-amz-date", "d");
    let answer = send(&gateway, request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.text(), "/2015-01-01/es/domain/x 000000000000/eu-west-1 false");
    let answer = send(&gateway, Request::get("/bucket/key?list-type=2").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.text(), "/bucket/key?list-type=2 000000000000/us-east-1 false");
}
