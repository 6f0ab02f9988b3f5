//! Requests on their way to S3: freed of signature and wrapping, which S3 itself need not know of.

use super::answer;
use super::aws_chunked;
use super::body::Body;
use super::call::Incoming;
use super::route::header;
use super::xml;
use crate::api::{Fault, Trailers};
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response, Uri};

/// S3's answer to a refused signature.
pub(super) fn refuse(fault: &Fault, incoming: &Incoming<'_>) -> Response<Body> {
    let key = incoming.caller.access_key.as_deref().unwrap_or_default();
    let details = [("AWSAccessKeyId", key), ("RequestId", &incoming.caller.request_id)];
    let details = if key.is_empty() { &details[1..] } else { &details };
    answer::respond(fault.status, "application/xml", xml::s3_error(fault, details))
}

/// The request without its signature and without `aws-chunked` wrapping; the caller is among its extensions.
pub(super) fn unsigned(incoming: Incoming<'_>, mut body: Body) -> Request<Body> {
    let Incoming { mut parts, caller, .. } = incoming;
    parts.headers.remove(AUTHORIZATION);
    parts.headers.remove("x-amz-security-token");
    if let Some(uri) = without_signature(&parts.uri) {
        parts.uri = uri;
    }
    if is_chunked(&parts) {
        let trailers = Trailers::default();
        parts.extensions.insert(trailers.clone());
        body = aws_chunked::unwrap(body, Box::new(move |read| trailers.fill(read)));
        unwrap_headers(&mut parts.headers);
    }
    parts.extensions.insert(caller);
    Request::from_parts(parts, body)
}

fn is_chunked(parts: &Parts) -> bool {
    header(&parts.headers, "x-amz-content-sha256").is_some_and(|hash| hash.starts_with("STREAMING-"))
        || header(&parts.headers, "content-encoding")
            .is_some_and(|encoding| encoding.split(',').any(|e| e.trim() == "aws-chunked"))
}

fn unwrap_headers(headers: &mut HeaderMap) {
    headers.remove("x-amz-content-sha256");
    let encodings = header(headers, "content-encoding").unwrap_or_default();
    let kept: Vec<&str> = encodings.split(',').map(str::trim).filter(|e| !e.is_empty() && *e != "aws-chunked").collect();
    let kept = (!kept.is_empty()).then(|| kept.join(","));
    headers.remove(CONTENT_ENCODING);
    if let Some(kept) = kept.and_then(|kept| HeaderValue::from_str(&kept).ok()) {
        headers.insert(CONTENT_ENCODING, kept);
    }
    headers.remove(CONTENT_LENGTH);
    if let Some(length) = headers.remove("x-amz-decoded-content-length") {
        headers.insert(CONTENT_LENGTH, length);
    }
}

/// The parameters that presign a URL; the last three are those of Signature Version 2, which aws-cli 1 still makes.
const PRESIGNING: [&str; 10] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
    "AWSAccessKeyId",
    "Expires",
    "Signature",
];

/// The URI without what presigns it; `None` when nothing does.
fn without_signature(uri: &Uri) -> Option<Uri> {
    let query = uri.query().filter(|query| query.contains("X-Amz-") || query.contains("AWSAccessKeyId="))?;
    let kept: Vec<&str> =
        query.split('&').filter(|pair| !PRESIGNING.contains(&pair.split('=').next().unwrap_or_default())).collect();
    let path = uri.path();
    let path_and_query = if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query.parse().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_presigned_url_keeps_its_other_parameters() {
        let uri = |text: &str| text.parse::<Uri>().unwrap();
        let presigned = uri("/b/k?partNumber=1&X-Amz-Algorithm=a&X-Amz-Signature=b&versionId=2");
        assert_eq!(without_signature(&presigned), Some(uri("/b/k?partNumber=1&versionId=2")));
        assert_eq!(without_signature(&uri("http://h/b?X-Amz-Date=1")), Some(uri("http://h/b")));
        assert_eq!(without_signature(&uri("/b/k?AWSAccessKeyId=a&Signature=b&Expires=1")), Some(uri("/b/k")));
        assert_eq!(without_signature(&uri("/b/k?x=1")), None);
    }

    #[test]
    fn the_headers_speak_of_the_body_as_it_is() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
            ("content-encoding", "aws-chunked,gzip"),
            ("content-length", "99"),
            ("x-amz-decoded-content-length", "5"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        unwrap_headers(&mut headers);
        assert_eq!(header(&headers, "content-encoding"), Some("gzip"));
        assert_eq!(header(&headers, "content-length"), Some("5"));
        assert_eq!(headers.len(), 2);
    }
}
