//! Between the values of `s3s` and ours.

use crate::api::Trailers;
use crate::base::clock::Millis;
use crate::services::s3::S3Error;
use crate::services::s3::digest::{Algorithm, Checksum, Digester, Digests, from_base64};
use crate::services::s3::object::{ObjectMeta, Received, WriteCondition};
use s3s::S3Request;
use s3s::dto::{ChecksumType, ETag, ETagCondition, Tag, Timestamp, TimestampFormat};
use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

pub(super) fn timestamp(ms: Millis) -> Timestamp {
    Timestamp::from(UNIX_EPOCH + Duration::from_millis(ms.max(0).unsigned_abs()))
}

/// The instant in whole seconds, as HTTP dates tell it.
pub(super) fn http_seconds(ms: Millis) -> Timestamp {
    timestamp(ms - ms.rem_euclid(1000))
}

pub(super) fn http_date(time: &Timestamp) -> Option<String> {
    let mut text = Vec::new();
    time.format(TimestampFormat::HttpDate, &mut text).ok()?;
    String::from_utf8(text).ok()
}

pub(super) fn parse_http_date(text: &str) -> Option<Timestamp> {
    Timestamp::parse(TimestampFormat::HttpDate, text).ok()
}

pub(super) fn etag(text: &str) -> ETag {
    ETag::Strong(text.to_owned())
}

pub(super) fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// `*` or the ETag without quotes.
pub(super) fn condition_text(condition: &ETagCondition) -> String {
    condition.as_etag().map_or("*", ETag::value).to_owned()
}

pub(super) fn write_condition(if_match: Option<&ETagCondition>, if_none_match: Option<&ETagCondition>) -> WriteCondition {
    WriteCondition { if_match: if_match.map(condition_text), if_none_match: if_none_match.map(condition_text) }
}

/// Builds an [`ObjectMeta`] from an input that has S3's system-defined metadata.
macro_rules! meta_of {
    ($input:expr) => {
        $crate::services::s3::object::ObjectMeta {
            content_type: $input.content_type.clone(),
            content_encoding: $input.content_encoding.clone(),
            content_disposition: $input.content_disposition.clone(),
            content_language: $input.content_language.clone(),
            cache_control: $input.cache_control.clone(),
            expires: $input.expires.as_ref().and_then($crate::services::s3::protocol::conversion::http_date),
            website_redirect: $input.website_redirect_location.clone(),
            storage_class: $input.storage_class.as_ref().map(|class| class.as_str().to_owned()),
            encryption: $input.server_side_encryption.as_ref().map(|encryption| encryption.as_str().to_owned()),
            kms_key: $input.ssekms_key_id.clone(),
            user: $input.metadata.clone().unwrap_or_default().into_iter().collect(),
        }
    };
}
pub(super) use meta_of;

/// Sets the fields of an output that describe an object.
macro_rules! describe {
    ($output:expr, $record:expr) => {{
        let meta = &$record.meta;
        $output.accept_ranges = Some("bytes".into());
        $output.e_tag = Some($crate::services::s3::protocol::conversion::etag(&$record.etag));
        $output.last_modified = Some($crate::services::s3::protocol::conversion::http_seconds($record.modified_ms));
        $output.content_type = Some($crate::services::s3::protocol::conversion::content_type(meta));
        $output.content_encoding = meta.content_encoding.clone();
        $output.content_disposition = meta.content_disposition.clone();
        $output.content_language = meta.content_language.clone();
        $output.cache_control = meta.cache_control.clone();
        $output.expires = meta.expires.as_deref().and_then($crate::services::s3::protocol::conversion::parse_http_date);
        $output.website_redirect_location = meta.website_redirect.clone();
        $output.storage_class = meta.storage_class.clone().filter(|class| class != "STANDARD").map(s3s::dto::StorageClass::from);
        $output.server_side_encryption = meta.encryption.clone().map(s3s::dto::ServerSideEncryption::from);
        $output.ssekms_key_id = meta.kms_key.clone();
        $output.metadata = (!meta.user.is_empty()).then(|| meta.user.clone().into_iter().collect());
    }};
}
pub(super) use describe;

/// Sets the fields of an output that carry a checksum.
macro_rules! set_checksum {
    ($output:expr, $checksum:expr) => {
        if let Some(checksum) = $checksum {
            use $crate::services::s3::digest::Algorithm;
            let value = Some(checksum.value.clone());
            match checksum.algorithm {
                Algorithm::Crc32 => $output.checksum_crc32 = value,
                Algorithm::Crc32c => $output.checksum_crc32c = value,
                Algorithm::Crc64Nvme => $output.checksum_crc64nvme = value,
                Algorithm::Sha1 => $output.checksum_sha1 = value,
                Algorithm::Sha256 => $output.checksum_sha256 = value,
            }
        }
    };
}
pub(super) use set_checksum;

/// The checksum that an input carries in its fields.
macro_rules! checksum_in {
    ($input:expr) => {{
        use $crate::services::s3::digest::{Algorithm, Checksum};
        [
            (Algorithm::Crc32, &$input.checksum_crc32),
            (Algorithm::Crc32c, &$input.checksum_crc32c),
            (Algorithm::Crc64Nvme, &$input.checksum_crc64nvme),
            (Algorithm::Sha1, &$input.checksum_sha1),
            (Algorithm::Sha256, &$input.checksum_sha256),
        ]
        .into_iter()
        .find_map(|(algorithm, value)| Some(Checksum { algorithm, value: value.clone()? }))
    }};
}
pub(super) use checksum_in;

pub(super) fn checksum_type(checksum: &Checksum) -> ChecksumType {
    ChecksumType::from_static(if checksum.is_composite() { ChecksumType::COMPOSITE } else { ChecksumType::FULL_OBJECT })
}

/// What a request says beforehand of its body.
pub(super) struct Announced {
    md5: Option<String>,
    sha256: Option<String>,
    length: Option<u64>,
    checksum: Option<Checksum>,
    algorithm: Option<Algorithm>,
    trailers: Option<Trailers>,
}

impl Announced {
    /// Reads the headers; `checksum` and `md5` are what `s3s` found in them already.
    pub(super) fn of<T>(request: &S3Request<T>, checksum: Option<Checksum>, md5: Option<String>) -> Self {
        let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
        // Other texts (UNSIGNED-PAYLOAD, STREAMING-…) are no hash.
        let is_hash = |text: &&str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let in_trailer = header("x-amz-trailer").and_then(|name| Algorithm::ALL.into_iter().find(|a| a.header() == name.trim()));
        let named = header("x-amz-sdk-checksum-algorithm").and_then(Algorithm::parse);
        Self {
            md5,
            sha256: header("x-amz-content-sha256").filter(is_hash).map(str::to_owned),
            length: header("content-length").and_then(|text| text.parse().ok()),
            algorithm: checksum.as_ref().map(|checksum| checksum.algorithm).or(in_trailer).or(named),
            checksum,
            trailers: request.extensions.get::<Trailers>().cloned(),
        }
    }

    /// What to compute while the body comes in; `default` where the client names no checksum.
    pub(super) fn digester(&self, default: Option<Algorithm>) -> Digester {
        Digester::new(self.algorithm.or(default), self.sha256.is_some())
    }

    /// Compares what came in with what was announced.
    pub(super) fn verify(&self, received: &Received) -> Result<(), S3Error> {
        let Digests { md5, sha256, checksum } = &received.digests;
        if self.length.is_some_and(|length| length != received.size) {
            return Err(S3Error::IncompleteBody);
        }
        if let Some(announced) = &self.md5
            && from_base64(announced)? != md5
        {
            return Err(S3Error::BadDigest);
        }
        if self.sha256 != *sha256 {
            return Err(S3Error::ContentSha256Mismatch);
        }
        let Some(computed) = checksum else { return Ok(()) };
        let trailing = || self.trailers.as_ref()?.get(computed.algorithm.header());
        let announced = self.checksum.as_ref().map(|checksum| checksum.value.as_str()).or_else(trailing);
        match announced {
            Some(announced) if announced != computed.value => Err(S3Error::BadChecksum(computed.algorithm.name())),
            _ => Ok(()),
        }
    }
}

/// Tags in the `x-amz-tagging` header: a query string.
pub(super) fn tags_of_header(header: Option<&str>) -> BTreeMap<String, String> {
    form_urlencoded::parse(header.unwrap_or_default().as_bytes()).into_owned().collect()
}

pub(super) fn tags_in(set: Vec<Tag>) -> BTreeMap<String, String> {
    set.into_iter().map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default())).collect()
}

pub(super) fn tag_set(tags: BTreeMap<String, String>) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key: Some(key), value: Some(value) }).collect()
}

/// The Content-Type of an object: AWS's default where none was given.
pub(super) fn content_type(meta: &ObjectMeta) -> String {
    meta.content_type.clone().unwrap_or_else(|| "binary/octet-stream".into())
}
