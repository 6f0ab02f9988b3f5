//! The canonical form of a request, which both sides sign.

use super::authorization::{Place, Signed};
use http::request::Parts;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// RFC 3986 unreserved characters stay as they are.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const ENCODED_IN_PATHS: &AsciiSet = &ENCODED.remove(b'/');

/// The canonical request, from exactly the headers that the signature names.
pub(super) fn request(parts: &Parts, signed: &Signed, path: &str, payload_hash: &str) -> String {
    let mut headers = String::new();
    let mut names: Vec<String> = signed.signed_headers.iter().map(|name| name.to_ascii_lowercase()).collect();
    names.sort_unstable();
    for name in &names {
        headers += &format!("{name}:{}\n", header(parts, name));
    }
    format!(
        "{}\n{path}\n{}\n{headers}\n{}\n{payload_hash}",
        parts.method,
        query(parts.uri.query().unwrap_or_default(), signed.place),
        names.join(";")
    )
}

/// The canonical paths of a request. Most services encode the encoded path again. S3 signs the path encoded once, which some clients
/// take for the path as they send it (`=` and `+` as they are), others for what S3 makes of it; both are fine.
pub(super) fn paths(parts: &Parts, signed: &Signed) -> Vec<String> {
    let raw = parts.uri.path();
    let encoded = |text: &str| match utf8_percent_encode(text, ENCODED_IN_PATHS).to_string() {
        empty if empty.is_empty() => "/".to_owned(),
        path => path,
    };
    if signed.service != "s3" {
        return vec![encoded(raw)];
    }
    let mut paths = vec![encoded(&percent_decode_str(raw).decode_utf8_lossy()), raw.to_owned()];
    paths.dedup();
    paths
}

/// Pairs in the order of their encoded names and values; a presigned URL's own signature is left out.
fn query(raw: &str, place: Place) -> String {
    let encode = |text: &str| utf8_percent_encode(&percent_decode_str(text).decode_utf8_lossy(), ENCODED).to_string();
    let mut pairs: Vec<(String, String)> = raw
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(name, _)| place == Place::Header || *name != "X-Amz-Signature")
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    pairs.sort_unstable();
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// A header's values, trimmed, runs of blanks as one. HTTP/2 carries the host as the authority.
fn header(parts: &Parts, name: &str) -> String {
    let tidy = |value: &str| value.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    let values: Vec<String> =
        parts.headers.get_all(name).iter().map(|value| tidy(&String::from_utf8_lossy(value.as_bytes()))).collect();
    match parts.uri.authority() {
        Some(authority) if values.is_empty() && name == "host" => authority.to_string(),
        _ => values.join(","),
    }
}
