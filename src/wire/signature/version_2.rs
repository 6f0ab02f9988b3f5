//! Signature Version 2 in the query string, which aws-cli 1 and old SDKs still use to presign S3 URLs
//! (S3 developer guide, "Signing and authenticating REST requests").

use crate::base::clock::Millis;
use crate::wire::route::header;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::request::Parts;
use percent_encoding::percent_decode_str;
use sha1::Sha1;
use std::borrow::Cow;

/// Parameters that name a part of a resource and are signed.
const SIGNED_PARAMETERS: [&str; 27] = [
    "acl",
    "cors",
    "delete",
    "encryption",
    "lifecycle",
    "location",
    "logging",
    "notification",
    "partNumber",
    "policy",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
];

/// A presigned URL of version 2, not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::wire) struct Presigned {
    pub(in crate::wire) access_key: String,
    expires: String,
    signature: String,
}

impl Presigned {
    /// Reads one; `None` when the request is none.
    pub(in crate::wire) fn parse(parts: &Parts) -> Option<Self> {
        let query = parts.uri.query().filter(|query| query.contains("AWSAccessKeyId="))?;
        let value = |name: &str| {
            let found = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
            found.map(|(_, value)| value.into_owned())
        };
        Some(Self { access_key: value("AWSAccessKeyId")?, expires: value("Expires")?, signature: value("Signature")? })
    }

    /// Whether its time is over.
    pub(super) fn is_expired(&self, now_ms: Millis) -> bool {
        self.expires.parse::<Millis>().map_or(true, |seconds| seconds.saturating_mul(1000) < now_ms)
    }

    /// What is signed.
    pub(super) fn string_to_sign(&self, parts: &Parts) -> String {
        let text = |name| header(&parts.headers, name).unwrap_or_default();
        let mut amazon: Vec<String> = parts
            .headers
            .keys()
            .filter(|name| name.as_str().starts_with("x-amz-"))
            .map(|name| format!("{name}:{}\n", text(name.as_str()).trim()))
            .collect();
        amazon.sort_unstable();
        let (md5, kind) = (text("content-md5"), text("content-type"));
        format!("{}\n{md5}\n{kind}\n{}\n{}{}", parts.method, self.expires, amazon.concat(), resource(parts))
    }

    /// Whether the secret gives this signature for the text.
    pub(super) fn is_of(&self, secret: &str, string_to_sign: &str) -> bool {
        let given = STANDARD.decode(&self.signature).unwrap_or_default();
        Hmac::<Sha1>::new_from_slice(secret.as_bytes())
            .is_ok_and(|mac| mac.chain_update(string_to_sign.as_bytes()).verify_slice(&given).is_ok())
    }
}

/// The path, and the parameters that count.
fn resource(parts: &Parts) -> String {
    let query = parts.uri.query().unwrap_or_default();
    let mut signed: Vec<(&str, Option<Cow<'_, str>>)> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (name, Some(percent_decode_str(value).decode_utf8_lossy())),
            None => (pair, None),
        })
        .filter(|(name, _)| SIGNED_PARAMETERS.contains(name))
        .collect();
    signed.sort_unstable();
    let mut out = parts.uri.path().to_owned();
    for (at, (name, value)) in signed.iter().enumerate() {
        out.push(if at == 0 { '?' } else { '&' });
        out.push_str(name);
        if let Some(value) = value {
            out.push('=');
            out.push_str(value);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(uri: &str) -> Parts {
        http::Request::builder().uri(uri).body(()).unwrap().into_parts().0
    }

    /// The example of the guide ("Query string request authentication alternative").
    #[test]
    fn the_guides_example() {
        let parts = parts(
            "/johnsmith/photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D\
             &Expires=1175139620",
        );
        let presigned = Presigned::parse(&parts).unwrap();
        let text = presigned.string_to_sign(&parts);
        assert_eq!(text, "GET\n\n\n1175139620\n/johnsmith/photos/puppy.jpg");
        assert!(presigned.is_expired(1_175_139_621_000) && !presigned.is_expired(1_175_139_620_000));
        assert!(presigned.is_of("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", &text));
        assert!(!presigned.is_of("another secret", &text));
    }

    #[test]
    fn parameters_that_name_a_part_are_signed_in_order() {
        let parts = parts("/b/k?versionId=a%20b&x=1&acl&AWSAccessKeyId=k");
        assert_eq!(resource(&parts), "/b/k?acl&versionId=a b");
        assert_eq!(Presigned::parse(&parts), None);
    }

    #[test]
    fn the_secret_decides() {
        // RFC 2202, test case 2: HMAC-SHA1 of this text with the key "Jefe".
        let presigned =
            Presigned { access_key: "k".into(), expires: "1".into(), signature: "7/zfauXrL6LSdBbV8YTfnCWafHk=".into() };
        assert!(presigned.is_of("Jefe", "what do ya want for nothing?"));
        assert!(!presigned.is_of("Jeff", "what do ya want for nothing?"));
    }
}
