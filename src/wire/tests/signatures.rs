//! Requests signed by aws-sigv4, verified by us.

use super::*;
use crate::base::clock::Clock;
use crate::wire::signature::{Credential, Verifier};
use aws_sigv4::http_request::{
    PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

const NOW_MS: i64 = 1_790_000_000_000;

fn verifying() -> Gateway {
    let known = |secret: &str, token: Option<&str>| Credential { secret: secret.into(), session_token: token.map(Into::into) };
    let keys: HashMap<String, Credential> =
        [("test".into(), known("secret", None)), ("ASIA".into(), known("secret", Some("token")))].into();
    let echo = |_: Request<Body>| -> crate::api::BoxFuture<http::Response<Body>> {
        Box::pin(async { http::Response::new(Body::from("s3")) })
    };
    gateway().with_fallback(Arc::new(echo)).with_verifier(Verifier::new(Arc::new(keys), Clock::virtual_at(NOW_MS)))
}

/// How a test request is signed.
struct Signing {
    key: &'static str,
    secret: &'static str,
    token: Option<&'static str>,
    service: &'static str,
    at_ms: i64,
    location: SignatureLocation,
}

impl Default for Signing {
    fn default() -> Self {
        Self {
            key: "test",
            secret: "secret",
            token: None,
            service: "kinesis",
            at_ms: NOW_MS,
            location: SignatureLocation::Headers,
        }
    }
}

impl Signing {
    /// The request with the headers or the query that sign it.
    fn sign(&self, request: Request<&'static [u8]>) -> Request<Body> {
        let identity =
            aws_credential_types::Credentials::new(self.key, self.secret, self.token.map(Into::into), None, "test").into();
        let mut settings = SigningSettings::default();
        settings.signature_location = self.location;
        settings.expires_in = Some(Duration::from_secs(600));
        if self.service == "s3" {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        }
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name(self.service)
            .time(UNIX_EPOCH + Duration::from_millis(self.at_ms.unsigned_abs()))
            .settings(settings)
            .build()
            .unwrap();
        let (parts, body) = request.into_parts();
        let headers = parts.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
        let signable_body = if self.service == "s3" { SignableBody::UnsignedPayload } else { SignableBody::Bytes(body) };
        let uri = parts.uri.to_string();
        let signable = SignableRequest::new(parts.method.as_str(), uri, headers, signable_body).unwrap();
        let (instructions, _) = sign(signable, &params.into()).unwrap().into_parts();
        let mut request = Request::from_parts(parts, Body::from(body));
        instructions.apply_to_request_http1x(&mut request);
        request
    }
}

fn list(body: &'static [u8]) -> Request<&'static [u8]> {
    Request::post("http://localhost:4566/")
        .header("x-amz-target", "Kinesis_20131202.GetRecords")
        .header("content-type", JSON)
        .header("x-amz-meta", "  two   blanks ")
        .body(body)
        .unwrap()
}

const ITERATOR: &[u8] = br#"{"ShardIterator":"a"}"#;

async fn code(request: Request<Body>) -> (u16, String) {
    let answer = send(&verifying(), request).await;
    let code = answer.header("x-amzn-errortype").to_owned();
    (answer.status, code)
}

#[tokio::test]
async fn a_true_signature_is_accepted() {
    assert_eq!(code(Signing::default().sign(list(ITERATOR))).await, (200, String::new()));
    let temporary = Signing { key: "ASIA", token: Some("token"), ..Signing::default() };
    assert_eq!(code(temporary.sign(list(ITERATOR))).await, (200, String::new()));
}

#[tokio::test]
async fn whatever_was_changed_after_signing_is_noticed() {
    let signed = || Signing::default().sign(list(ITERATOR));
    let (parts, _) = signed().into_parts();
    let answer = send(&verifying(), Request::from_parts(parts, Body::from(r#"{"ShardIterator":"b"}"#))).await;
    assert_eq!((answer.status, answer.header("x-amzn-errortype")), (400, "InvalidSignatureException"));
    assert!(answer.text().contains("The Canonical String for this request should have been\\n'POST\\n/\\n\\ncontent-type:"));
    let (mut parts, body) = signed().into_parts();
    parts.headers.insert("x-amz-target", "Kinesis_20131202.DescribeLimits".parse().unwrap());
    assert_eq!(code(Request::from_parts(parts, body)).await.1, "InvalidSignatureException");
    let (mut parts, body) = signed().into_parts();
    parts.uri = "http://localhost:4566/?a=b".parse().unwrap();
    assert_eq!(code(Request::from_parts(parts, body)).await.1, "InvalidSignatureException");
}

#[tokio::test]
async fn wrong_keys_tokens_and_times_are_refused() {
    let refused = |signing: Signing| code(signing.sign(list(ITERATOR)));
    assert_eq!(refused(Signing { secret: "guess", ..Default::default() }).await.1, "InvalidSignatureException");
    assert_eq!(refused(Signing { key: "nobody", ..Default::default() }).await.1, "UnrecognizedClientException");
    assert_eq!(refused(Signing { key: "ASIA", ..Default::default() }).await.1, "UnrecognizedClientException");
    assert_eq!(refused(Signing { at_ms: NOW_MS - 301_000, ..Default::default() }).await.1, "InvalidSignatureException");
    assert_eq!(refused(Signing { at_ms: NOW_MS + 301_000, ..Default::default() }).await.1, "InvalidSignatureException");
    let (parts, body) = list(ITERATOR).into_parts();
    assert_eq!(code(Request::from_parts(parts, Body::from(body))).await.1, "MissingAuthenticationTokenException");
}

#[tokio::test]
async fn query_services_say_it_in_xml() {
    let form = || {
        Request::post("http://localhost:4566/")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(&b"Action=GetCallerIdentity&Version=2011-06-15"[..])
            .unwrap()
    };
    let sts = Signing { service: "sts", ..Signing::default() };
    assert_eq!(send(&verifying(), sts.sign(form())).await.status, 200);
    let answer = send(&verifying(), Signing { key: "nobody", ..sts }.sign(form())).await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("<Code>InvalidClientTokenId</Code>"), "{}", answer.text());
    let answer = send(&verifying(), Signing { service: "sts", secret: "guess", ..Signing::default() }.sign(form())).await;
    assert!(answer.text().contains("<Code>SignatureDoesNotMatch</Code>"), "{}", answer.text());
}

#[tokio::test]
async fn s3_urls_can_be_presigned() {
    let get = |path: &str| Request::get(format!("http://localhost:4566{path}")).body(&b""[..]).unwrap();
    let presigning = |at_ms| Signing { service: "s3", location: SignatureLocation::QueryParams, at_ms, ..Signing::default() };
    let key = "/bucket/a%20b/c%2Bd=e?versionId=1&x=%2F";
    assert_eq!(send(&verifying(), presigning(NOW_MS).sign(get(key))).await.text(), "s3");
    assert_eq!(send(&verifying(), presigning(NOW_MS - 599_000).sign(get(key))).await.status, 200);
    let expired = send(&verifying(), presigning(NOW_MS - 601_000).sign(get(key))).await;
    assert_eq!(expired.status, 403);
    assert!(expired.text().contains("<Code>AccessDenied</Code><Message>Request has expired</Message>"), "{}", expired.text());
    let (mut parts, body) = presigning(NOW_MS).sign(get(key)).into_parts();
    parts.uri = parts.uri.to_string().replace("bucket", "other").parse().unwrap();
    let refused = send(&verifying(), Request::from_parts(parts, body)).await;
    assert!(refused.text().contains("<Code>SignatureDoesNotMatch</Code>"), "{}", refused.text());
}

#[tokio::test]
async fn s3_headers_are_verified_with_what_they_say_of_the_payload() {
    let put = || Request::put("http://localhost:4566/bucket/key").body(&b"data"[..]).unwrap();
    let mut settings_header = Signing { service: "s3", ..Signing::default() }.sign(put());
    assert_eq!(settings_header.headers().get("x-amz-content-sha256"), None);
    settings_header.headers_mut().insert("x-amz-content-sha256", "UNSIGNED-PAYLOAD".parse().unwrap());
    assert_eq!(send(&verifying(), settings_header).await.text(), "s3");
    let unsigned = put().map(Body::from);
    let answer = send(&verifying(), unsigned).await;
    assert!(answer.text().contains("<Code>AccessDenied</Code>"), "{}", answer.text());
}
