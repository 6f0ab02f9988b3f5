//! Operations on objects.

use super::conversion::{
    Announced, checksum_in, checksum_type, describe, etag, meta_of, set_checksum, signed, tags_of_header, timestamp,
    write_condition,
};
use super::reading::{Slice, copy_condition, read_condition};
use super::{Answer, ok};
use crate::services::s3::blob::read_range;
use crate::services::s3::digest::{Algorithm, Digester};
use crate::services::s3::object::{Description, LARGEST_BODY, ObjectRecord, WriteCondition, check_key, receive};
use crate::services::s3::{S3, S3Error};
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result};

/// The most keys of one DeleteObjects (API reference).
const MOST_DELETES: usize = 1000;

/// AWS's text for a copy that would change nothing.
const COPY_ONTO_ITSELF: &str = "This copy request is illegal because it is trying to copy an object to itself without changing the \
     object's metadata, storage class, website redirect location or encryption attributes.";

pub(super) async fn put(s3: &S3, mut request: S3Request<PutObjectInput>) -> Answer<PutObjectOutput> {
    let body = request.input.body.take().unwrap_or_else(|| StreamingBlob::from(s3s::Body::empty()));
    let announced = Announced::of(&request, checksum_in!(request.input), request.input.content_md5.clone());
    let input = request.input;
    check_key(&input.key)?;
    if input.content_length.is_some_and(|length| length.unsigned_abs() > LARGEST_BODY) {
        return Err(S3Error::EntityTooLarge.into());
    }
    // Before the body is taken in, so that an upload to nowhere ends at once.
    s3.bucket(&input.bucket).await?;
    let received = receive(&s3.blobs, body, announced.digester(Some(Algorithm::Crc64Nvme))).await?;
    announced.verify(&received)?;
    let condition = write_condition(input.if_match.as_ref(), input.if_none_match.as_ref());
    let tags = tags_of_header(input.tagging.as_deref());
    let record = s3.commit(&input.bucket, &input.key, received, condition, Description { meta: meta_of!(input), tags }).await?;
    let mut output = PutObjectOutput {
        e_tag: Some(etag(&record.etag)),
        checksum_type: record.checksum.as_ref().map(checksum_type),
        server_side_encryption: record.meta.encryption.map(ServerSideEncryption::from),
        ssekms_key_id: record.meta.kms_key,
        ..PutObjectOutput::default()
    };
    set_checksum!(output, record.checksum);
    ok(output)
}

/// The answer of GetObject or HeadObject: the members that both have, and 206 for a part of the object.
macro_rules! read_answer {
    ($output:ident, $record:ident, $input:ident) => {{
        describe!($output, $record);
        if $input.checksum_mode.is_some() && $output.content_range.is_none() {
            $output.checksum_type = $record.checksum.as_ref().map(checksum_type);
            set_checksum!($output, $record.checksum);
        }
        let status = if $output.content_range.is_some() { http::StatusCode::PARTIAL_CONTENT } else { http::StatusCode::OK };
        Ok(S3Response::with_status($output, status))
    }};
}

pub(super) async fn get(s3: &S3, request: S3Request<GetObjectInput>) -> Answer<GetObjectOutput> {
    let input = request.input;
    let (record, file) = s3.open_object(&input.bucket, &input.key).await?;
    read_condition!(input).check(&record)?;
    let slice = Slice::of(&record, input.range.as_ref(), input.part_number)?;
    let length = slice.range.end - slice.range.start;
    let mut output = GetObjectOutput {
        body: Some(StreamingBlob::wrap(read_range(file, slice.range))),
        content_length: Some(signed(length)),
        content_range: slice.content_range,
        tag_count: i32::try_from(record.tags.len()).ok().filter(|count| *count > 0),
        parts_count: parts_count(&record, input.part_number),
        ..GetObjectOutput::default()
    };
    read_answer!(output, record, input)
}

pub(super) async fn head(s3: &S3, request: S3Request<HeadObjectInput>) -> Answer<HeadObjectOutput> {
    let input = request.input;
    let record = s3.record(&input.bucket, &input.key).await?;
    read_condition!(input).check(&record)?;
    let slice = Slice::of(&record, input.range.as_ref(), input.part_number)?;
    let mut output = HeadObjectOutput {
        content_length: Some(signed(slice.range.end - slice.range.start)),
        content_range: slice.content_range,
        parts_count: parts_count(&record, input.part_number),
        ..HeadObjectOutput::default()
    };
    read_answer!(output, record, input)
}

fn parts_count(record: &ObjectRecord, asked: Option<i32>) -> Option<i32> {
    asked.and_then(|_| i32::try_from(record.parts.len()).ok()).filter(|count| *count > 0)
}

pub(super) async fn copy(s3: &S3, request: S3Request<CopyObjectInput>) -> Answer<CopyObjectOutput> {
    let input = request.input;
    check_key(&input.key)?;
    let (bucket, key) = source(&input.copy_source)?;
    let (record, file) = s3.open_object(bucket, key).await?;
    copy_condition!(input).check_source(&record)?;
    if record.size > LARGEST_BODY {
        return refuse("The specified copy source is larger than the maximum allowable size for a copy source: 5368709120");
    }
    let replace_meta = input.metadata_directive.as_ref().is_some_and(|d| d.as_str() == MetadataDirective::REPLACE);
    let replace_tags = input.tagging_directive.as_ref().is_some_and(|d| d.as_str() == TaggingDirective::REPLACE);
    let onto_itself = bucket == input.bucket && key == input.key;
    if onto_itself && !replace_meta && input.storage_class.is_none() && input.server_side_encryption.is_none() {
        return refuse(COPY_ONTO_ITSELF);
    }
    let algorithm = input.checksum_algorithm.as_ref().and_then(|algorithm| Algorithm::parse(algorithm.as_str()));
    let algorithm = algorithm.or(record.checksum.as_ref().map(|checksum| checksum.algorithm)).or(Some(Algorithm::Crc64Nvme));
    let received = s3.duplicate(file, 0..record.size, Digester::new(algorithm, false)).await?;
    let description = Description {
        meta: if replace_meta { meta_of!(input) } else { record.meta },
        tags: if replace_tags { tags_of_header(input.tagging.as_deref()) } else { record.tags },
    };
    let copied = s3.commit(&input.bucket, &input.key, received, WriteCondition::default(), description).await?;
    let mut result = CopyObjectResult {
        e_tag: Some(etag(&copied.etag)),
        last_modified: Some(timestamp(copied.modified_ms)),
        checksum_type: copied.checksum.as_ref().map(checksum_type),
        ..CopyObjectResult::default()
    };
    set_checksum!(result, copied.checksum);
    ok(CopyObjectOutput { copy_object_result: Some(result), ..CopyObjectOutput::default() })
}

/// Bucket and key of a copy's source.
pub(super) fn source(source: &CopySource) -> Result<(&str, &str), S3Error> {
    match source {
        CopySource::Bucket { bucket, key, .. } => Ok((bucket, key)),
        _ => Err(S3Error::InvalidArgument("Copy sources are named by bucket and key; there are no access points here".into())),
    }
}

pub(super) async fn delete(s3: &S3, request: S3Request<DeleteObjectInput>) -> Answer<DeleteObjectOutput> {
    s3.delete_object(&request.input.bucket, &request.input.key).await?;
    Ok(S3Response::with_status(DeleteObjectOutput::default(), http::StatusCode::NO_CONTENT))
}

pub(super) async fn delete_many(s3: &S3, request: S3Request<DeleteObjectsInput>) -> Answer<DeleteObjectsOutput> {
    let Delete { objects, quiet } = request.input.delete;
    if objects.is_empty() || objects.len() > MOST_DELETES {
        return malformed_xml();
    }
    let keys: Vec<String> = objects.into_iter().map(|object| object.key).collect();
    s3.delete_objects(&request.input.bucket, keys.clone()).await?;
    let deleted = keys.into_iter().map(|key| DeletedObject { key: Some(key), ..DeletedObject::default() }).collect();
    let deleted = (quiet != Some(true)).then_some(deleted);
    ok(DeleteObjectsOutput { deleted, ..DeleteObjectsOutput::default() })
}

fn refuse<T>(why: &str) -> S3Result<T> {
    Err(S3Error::InvalidRequest(why.into()).into())
}

fn malformed_xml<T>() -> S3Result<T> {
    Err(s3s::S3Error::with_message(
        s3s::S3ErrorCode::MalformedXML,
        "The XML you provided was not well-formed or did not validate against our published schema",
    ))
}
