//! Listing objects, in both versions of the API.

use super::buckets::owner;
use super::conversion::{etag, signed, timestamp};
use super::{Answer, ok};
use crate::services::s3::digest::Checksum;
use crate::services::s3::listing::{MOST_KEYS, Page, Question};
use crate::services::s3::object::ObjectRecord;
use crate::services::s3::{S3, S3Error};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::S3Request;
use s3s::dto::*;

/// What `encoding-type=url` leaves as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/').remove(b'*');

/// Spells keys as the client asked for: percent-encoded or plain.
struct Spelling(bool);

impl Spelling {
    fn of(encoding: Option<&EncodingType>) -> Self {
        Self(encoding.is_some_and(|encoding| encoding.as_str() == EncodingType::URL))
    }

    fn spell(&self, text: &str) -> String {
        if self.0 { utf8_percent_encode(text, KEPT).to_string() } else { text.to_owned() }
    }

    fn maybe(&self, text: Option<&String>) -> Option<String> {
        text.map(|text| self.spell(text))
    }

    fn prefixes(&self, page: &Page) -> Option<CommonPrefixList> {
        let prefixes = page.prefixes.iter().map(|prefix| CommonPrefix { prefix: Some(self.spell(prefix)) });
        (!page.prefixes.is_empty()).then(|| prefixes.collect())
    }

    fn contents(&self, page: Page, owner: Option<&Owner>) -> Option<ObjectList> {
        let contents = page.objects.into_iter().map(|(key, record)| listed(self.spell(&key), record, owner.cloned()));
        Some(contents.collect()).filter(|contents: &ObjectList| !contents.is_empty())
    }
}

fn listed(key: String, record: ObjectRecord, owner: Option<Owner>) -> Object {
    let checksum_algorithm = |checksum: &Checksum| vec![ChecksumAlgorithm::from(checksum.algorithm.name().to_owned())];
    Object {
        checksum_algorithm: record.checksum.as_ref().map(checksum_algorithm),
        checksum_type: record.checksum.as_ref().map(super::conversion::checksum_type),
        e_tag: Some(etag(&record.etag)),
        key: Some(key),
        last_modified: Some(timestamp(record.modified_ms)),
        owner,
        restore_status: None,
        size: Some(signed(record.size)),
        storage_class: Some(ObjectStorageClass::from(record.meta.storage_class.unwrap_or_else(|| "STANDARD".into()))),
    }
}

/// How many entries a page may have.
fn limit(max_keys: Option<i32>) -> Result<usize, S3Error> {
    let max_keys = max_keys.unwrap_or(1000);
    let negative = |_| S3Error::InvalidArgument("Argument maxKeys must be an integer between 0 and 2147483647".into());
    Ok(usize::try_from(max_keys).map_err(negative)?.min(MOST_KEYS))
}

fn count(page: &Page) -> i32 {
    i32::try_from(page.objects.len() + page.prefixes.len()).unwrap_or(i32::MAX)
}

pub(super) async fn v2(s3: &S3, request: S3Request<ListObjectsV2Input>) -> Answer<ListObjectsV2Output> {
    let input = request.input;
    let invalid = || S3Error::InvalidArgument("The continuation token provided is incorrect".into());
    let after = match &input.continuation_token {
        Some(token) => {
            let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| invalid())?;
            String::from_utf8(bytes).map_err(|_| invalid())?
        }
        None => input.start_after.clone().unwrap_or_default(),
    };
    let question = Question {
        bucket: input.bucket.clone(),
        prefix: input.prefix.clone().unwrap_or_default(),
        delimiter: input.delimiter.clone(),
        after,
        limit: limit(input.max_keys)?,
    };
    let bucket_owner = input.fetch_owner.unwrap_or_default().then_some(s3.bucket(&input.bucket).await?);
    let page = s3.list_page(&question).await?;
    let spelling = Spelling::of(input.encoding_type.as_ref());
    ok(ListObjectsV2Output {
        prefix: Some(spelling.spell(&question.prefix)),
        max_keys: i32::try_from(question.limit).ok(),
        key_count: Some(count(&page)),
        continuation_token: input.continuation_token,
        is_truncated: Some(page.next.is_some()),
        next_continuation_token: page.next.as_ref().map(|next| URL_SAFE_NO_PAD.encode(next)),
        common_prefixes: spelling.prefixes(&page),
        contents: spelling.contents(page, bucket_owner.map(|bucket| owner(&bucket.account)).as_ref()),
        delimiter: spelling.maybe(input.delimiter.as_ref()),
        start_after: spelling.maybe(input.start_after.as_ref()),
        name: Some(input.bucket),
        encoding_type: input.encoding_type,
        request_charged: None,
    })
}

pub(super) async fn v1(s3: &S3, request: S3Request<ListObjectsInput>) -> Answer<ListObjectsOutput> {
    let input = request.input;
    let question = Question {
        bucket: input.bucket.clone(),
        prefix: input.prefix.clone().unwrap_or_default(),
        delimiter: input.delimiter.clone(),
        after: input.marker.clone().unwrap_or_default(),
        limit: limit(input.max_keys)?,
    };
    let bucket_owner = owner(&s3.bucket(&input.bucket).await?.account);
    let page = s3.list_page(&question).await?;
    let spelling = Spelling::of(input.encoding_type.as_ref());
    ok(ListObjectsOutput {
        prefix: Some(spelling.spell(&question.prefix)),
        marker: Some(spelling.spell(&question.after)),
        max_keys: i32::try_from(question.limit).ok(),
        is_truncated: Some(page.next.is_some()),
        // Without a delimiter the client takes the last key.
        next_marker: spelling.maybe(page.next.as_ref().filter(|_| question.delimiter.is_some())),
        common_prefixes: spelling.prefixes(&page),
        contents: spelling.contents(page, Some(&bucket_owner)),
        delimiter: spelling.maybe(input.delimiter.as_ref()),
        name: Some(input.bucket),
        encoding_type: input.encoding_type,
        request_charged: None,
    })
}

/// Every object is its own only version, whose id is `null`, as in a bucket without versioning.
pub(super) async fn versions(s3: &S3, request: S3Request<ListObjectVersionsInput>) -> Answer<ListObjectVersionsOutput> {
    let input = request.input;
    let question = Question {
        bucket: input.bucket.clone(),
        prefix: input.prefix.clone().unwrap_or_default(),
        delimiter: input.delimiter.clone(),
        after: input.key_marker.clone().unwrap_or_default(),
        limit: limit(input.max_keys)?,
    };
    let bucket_owner = owner(&s3.bucket(&input.bucket).await?.account);
    let page = s3.list_page(&question).await?;
    let spelling = Spelling::of(input.encoding_type.as_ref());
    let (next, common_prefixes) = (page.next.clone(), spelling.prefixes(&page));
    let versions = page.objects.into_iter().map(|(key, record)| ObjectVersion {
        e_tag: Some(etag(&record.etag)),
        is_latest: Some(true),
        key: Some(spelling.spell(&key)),
        last_modified: Some(timestamp(record.modified_ms)),
        owner: Some(bucket_owner.clone()),
        size: Some(signed(record.size)),
        storage_class: Some(ObjectVersionStorageClass::from_static(ObjectVersionStorageClass::STANDARD)),
        version_id: Some("null".into()),
        ..ObjectVersion::default()
    });
    ok(ListObjectVersionsOutput {
        versions: Some(versions.collect()),
        common_prefixes,
        is_truncated: Some(next.is_some()),
        next_version_id_marker: next.as_ref().map(|_| "null".into()),
        next_key_marker: spelling.maybe(next.as_ref()),
        key_marker: Some(spelling.spell(&question.after)),
        prefix: Some(spelling.spell(&question.prefix)),
        max_keys: i32::try_from(question.limit).ok(),
        delimiter: spelling.maybe(input.delimiter.as_ref()),
        name: Some(input.bucket),
        encoding_type: input.encoding_type,
        ..ListObjectVersionsOutput::default()
    })
}
