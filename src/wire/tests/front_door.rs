//! The recorded answers of the front door (kinesalite `test/connection.js` and `index.js`).

use super::*;
use crate::wire::MAX_BODY_BYTES;

#[tokio::test]
async fn what_is_no_call_at_all_gets_xml() {
    let request = Request::get("/").body(Body::empty()).unwrap();
    let answer = send(&gateway(), request).await;
    assert_eq!(answer.status, 403);
    assert_eq!(
        answer.text(),
        "<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized</Message>\n</AccessDeniedException>\n"
    );
    assert_eq!((answer.header("x-amzn-requestid").len(), answer.header("x-amz-id-2").len()), (36, 96));
    let answer = send(&gateway(), kinesis_call("PutRecord", "text/plain", "{}")).await;
    assert_eq!((answer.status, answer.text()), (404, "<UnknownOperationException/>\n"));
}

#[tokio::test]
async fn an_empty_body_is_answered_in_cbor_unless_it_says_json() {
    let answer = send(&gateway(), kinesis_call("PutRecord", JSON, "")).await;
    assert_eq!((answer.status, answer.text()), (400, r#"{"__type":"SerializationException"}"#));
    let answer = send(&gateway(), kinesis_call("Nothing", "", "")).await;
    assert_eq!((answer.status, answer.header("content-type")), (400, CBOR));
    assert_eq!(&answer.body[..], b"\xa1\x66__type\x78\x19UnknownOperationException");
}

#[tokio::test]
async fn bodies_that_cannot_be_read_have_no_message() {
    for body in ["{", "null", "3", "\"a\"", &format!("{}{}", "[".repeat(70), "]".repeat(70))] {
        let answer = send(&gateway(), kinesis_call("PutRecord", JSON, body.to_owned())).await;
        assert_eq!((answer.status, answer.text()), (400, r#"{"__type":"SerializationException"}"#), "{body}");
    }
    let answer = send(&gateway(), kinesis_call("PutRecord", "application/json", "{}")).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.text(), r#"{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}"#);
}

#[tokio::test]
async fn unknown_operations_come_before_signatures_and_types() {
    for target in ["Kinesis_20131202.Nothing", "Kinesis_20131202.SplitShard", "Other.PutRecord", "x"] {
        let headers = [("x-amz-target", target), ("content-type", JSON), ("authorization", "X")];
        let answer = send(&gateway(), post(&headers, "{}")).await;
        assert_eq!((answer.status, answer.text()), (400, r#"{"__type":"UnknownOperationException"}"#), "{target}");
        assert_eq!(answer.header("x-amzn-errortype"), "UnknownOperationException");
    }
}

#[tokio::test]
async fn types_and_constraints_are_refused_with_their_own_spelling_of_message() {
    let answer = send(&gateway(), kinesis_call("PutRecord", JSON, r#"{"Data":true}"#)).await;
    assert_eq!(
        answer.text(),
        r#"{"__type":"SerializationException","Message":"class java.lang.Boolean can not be converted to a Blob"}"#
    );
    let answer = send(&gateway(), kinesis_call("PutRecord", JSON, r#"{"Data":""}"#)).await;
    assert_eq!((answer.status, answer.header("x-amzn-errortype")), (400, "ValidationException"));
    assert!(
        answer.text().starts_with(r#"{"__type":"ValidationException","message":"1 validation error detected: "#),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn a_malformed_signature_is_refused_without_verification_too() {
    let request = kinesis_call("PutRecord", JSON, "{}");
    let (mut parts, body) = request.into_parts();
    parts.headers.insert("authorization", "X".parse().unwrap());
    let answer = send(&gateway(), Request::from_parts(parts, body)).await;
    assert_eq!((answer.status, answer.header("x-amzn-errortype")), (400, "IncompleteSignatureException"));
    assert!(answer.text().ends_with("Authorization=X\"}"), "{}", answer.text());
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let answer = send(&gateway(), kinesis_call("PutRecord", JSON, vec![b' '; MAX_BODY_BYTES + 1])).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_bug_costs_its_caller_an_internal_failure() {
    let gateway = gateway();
    let answer = send(&gateway, kinesis_call("DescribeLimits", JSON, "{}")).await;
    assert_eq!((answer.status, answer.text()), (500, r#"{"__type":"InternalFailure"}"#));
    assert_eq!(send(&gateway, kinesis_call("GetRecords", JSON, r#"{"ShardIterator":"a"}"#)).await.status, 200);
}
