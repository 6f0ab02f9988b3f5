//! The ids that every answer carries.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha512};
use std::sync::Arc;
use uuid::Uuid;

/// The ids of one request.
#[derive(Clone, Debug)]
pub(super) struct RequestId {
    id: Uuid,
    text: Arc<str>,
}

impl RequestId {
    /// A fresh one.
    pub(super) fn new() -> Self {
        let id = Uuid::new_v4();
        Self { id, text: id.to_string().into() }
    }

    /// `x-amzn-RequestId`.
    pub(super) fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// `x-amz-id-2`: 72 opaque bytes, which the Java SDK shows as "extended request id". They are made from the request id, so
    /// that one leads to the other.
    pub(super) fn extended(&self) -> String {
        let mut bytes = Sha512::digest(self.id.as_bytes()).to_vec();
        bytes.extend_from_slice(&self.id.as_bytes()[..8]);
        STANDARD.encode(bytes)
    }

    /// Writes both ids to an answer's headers; ids that are there already stay.
    pub(super) fn stamp(&self, headers: &mut HeaderMap) {
        insert(headers, "x-amzn-requestid", &self.text);
        insert(headers, "x-amz-id-2", &self.extended());
    }

    /// Writes the id to the headers of an answer of S3, where its clients look for it.
    pub(super) fn stamp_s3(&self, headers: &mut HeaderMap) {
        insert(headers, "x-amz-request-id", &self.text);
    }
}

fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.entry(name).or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extended_id_has_the_recorded_length() {
        assert_eq!(RequestId::new().extended().len(), 96);
        assert_ne!(RequestId::new().text(), RequestId::new().text());
    }
}
