//! Operations of multipart uploads.

use super::buckets::owner;
use super::conversion::{
    Announced, checksum_in, checksum_type, etag, meta_of, set_checksum, signed, tags_of_header, timestamp, write_condition,
};
use super::objects::source;
use super::reading::copy_condition;
use super::{Answer, ok, scope_of};
use crate::services::s3::digest::{Algorithm, Digester};
use crate::services::s3::object::receive;
use crate::services::s3::upload::{NamedPart, PartRecord, UploadRecord, check_part_number};
use crate::services::s3::{S3, S3Error};
use s3s::dto::*;
use s3s::{S3Request, S3Response};

/// The most parts or uploads of one page.
const MOST_LISTED: usize = 1000;

fn type_of(full_object: bool) -> ChecksumType {
    ChecksumType::from_static(if full_object { ChecksumType::FULL_OBJECT } else { ChecksumType::COMPOSITE })
}

pub(super) async fn create(s3: &S3, request: S3Request<CreateMultipartUploadInput>) -> Answer<CreateMultipartUploadOutput> {
    let initiated_ms = s3.clock.now_ms();
    let input = request.input;
    let algorithm = input.checksum_algorithm.as_ref().and_then(|algorithm| Algorithm::parse(algorithm.as_str()));
    let full_object = match &input.checksum_type {
        Some(kind) => kind.as_str() == ChecksumType::FULL_OBJECT,
        // CRC64NVME has no composite form.
        None => algorithm == Some(Algorithm::Crc64Nvme),
    };
    let record = UploadRecord {
        key: input.key.clone(),
        initiated_ms,
        meta: meta_of!(input),
        tags: tags_of_header(input.tagging.as_deref()),
        algorithm,
        full_object,
    };
    let upload_id = s3.create_upload(&input.bucket, record).await?;
    ok(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(upload_id),
        checksum_type: algorithm.map(|_| type_of(full_object)),
        checksum_algorithm: input.checksum_algorithm,
        server_side_encryption: input.server_side_encryption,
        ..CreateMultipartUploadOutput::default()
    })
}

pub(super) async fn part(s3: &S3, mut request: S3Request<UploadPartInput>) -> Answer<UploadPartOutput> {
    let body = request.input.body.take().unwrap_or_else(|| StreamingBlob::from(s3s::Body::empty()));
    let announced = Announced::of(&request, checksum_in!(request.input), request.input.content_md5.clone());
    let input = request.input;
    check_part_number(input.part_number)?;
    let upload = s3.upload(&input.bucket, &input.key, &input.upload_id).await?;
    let received = receive(&s3.blobs, body, announced.digester(upload.algorithm)).await?;
    announced.verify(&received)?;
    let place = (input.bucket.as_str(), input.key.as_str(), input.upload_id.as_str());
    let part = s3.commit_part(place, input.part_number, received).await?;
    let mut output = UploadPartOutput { e_tag: Some(etag(&part.etag)), ..UploadPartOutput::default() };
    set_checksum!(output, part.checksum);
    ok(output)
}

pub(super) async fn part_copy(s3: &S3, request: S3Request<UploadPartCopyInput>) -> Answer<UploadPartCopyOutput> {
    let input = request.input;
    check_part_number(input.part_number)?;
    let upload = s3.upload(&input.bucket, &input.key, &input.upload_id).await?;
    let (bucket, key) = source(&input.copy_source)?;
    let (record, file) = s3.open_object(bucket, key).await?;
    copy_condition!(input).check_source(&record)?;
    let range = match &input.copy_source_range {
        Some(text) => {
            let range = Range::parse(text).map_err(|_| {
                S3Error::InvalidArgument("The x-amz-copy-source-range value must be of the form bytes=first-last".into())
            })?;
            range.check(record.size).map_err(|_| S3Error::InvalidRange)?
        }
        None => 0..record.size,
    };
    let received = s3.duplicate(file, range, Digester::new(upload.algorithm, false)).await?;
    let place = (input.bucket.as_str(), input.key.as_str(), input.upload_id.as_str());
    let part = s3.commit_part(place, input.part_number, received).await?;
    let mut result = CopyPartResult {
        e_tag: Some(etag(&part.etag)),
        last_modified: Some(timestamp(part.modified_ms)),
        ..CopyPartResult::default()
    };
    set_checksum!(result, part.checksum);
    ok(UploadPartCopyOutput { copy_part_result: Some(result), ..UploadPartCopyOutput::default() })
}

pub(super) async fn complete(s3: &S3, request: S3Request<CompleteMultipartUploadInput>) -> Answer<CompleteMultipartUploadOutput> {
    let input = request.input;
    let named = input.multipart_upload.as_ref().and_then(|upload| upload.parts.clone()).unwrap_or_default();
    let named = named.into_iter().map(|part| NamedPart {
        number: part.part_number.unwrap_or_default(),
        etag: part.e_tag.as_ref().map(|etag| etag.value().to_owned()),
        checksum: checksum_in!(part).map(|checksum| checksum.value),
    });
    let condition = write_condition(input.if_match.as_ref(), input.if_none_match.as_ref());
    let place = (input.bucket.as_str(), input.key.as_str(), input.upload_id.as_str());
    let record = s3.complete_upload(place, named.collect(), checksum_in!(input), condition).await?;
    let location = match request.extensions.get::<crate::api::Caller>() {
        Some(caller) => format!("{}/{}/{}", caller.endpoint, input.bucket, input.key),
        None => format!("/{}/{}", input.bucket, input.key),
    };
    let mut output = CompleteMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(etag(&record.etag)),
        location: Some(location),
        checksum_type: record.checksum.as_ref().map(checksum_type),
        ..CompleteMultipartUploadOutput::default()
    };
    set_checksum!(output, record.checksum);
    ok(output)
}

pub(super) async fn abort(s3: &S3, request: S3Request<AbortMultipartUploadInput>) -> Answer<AbortMultipartUploadOutput> {
    let input = request.input;
    s3.abort_upload(&input.bucket, &input.key, &input.upload_id).await?;
    Ok(S3Response::with_status(AbortMultipartUploadOutput::default(), http::StatusCode::NO_CONTENT))
}

fn listed_part(number: i32, part: PartRecord) -> Part {
    let mut listed = Part {
        e_tag: Some(etag(&part.etag)),
        last_modified: Some(timestamp(part.modified_ms)),
        part_number: Some(number),
        size: Some(signed(part.size)),
        ..Part::default()
    };
    set_checksum!(listed, part.checksum);
    listed
}

pub(super) async fn list_parts(s3: &S3, request: S3Request<ListPartsInput>) -> Answer<ListPartsOutput> {
    let account = scope_of(&request);
    let input = request.input;
    let upload = s3.upload(&input.bucket, &input.key, &input.upload_id).await?;
    let marker = input.part_number_marker.unwrap_or_default();
    let most = input.max_parts.and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST_LISTED).min(MOST_LISTED);
    let mut parts = s3.parts_of(&input.upload_id).await?;
    parts.retain(|(number, _)| *number > marker);
    let is_truncated = parts.len() > most;
    parts.truncate(most);
    ok(ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        part_number_marker: Some(marker),
        next_part_number_marker: parts.last().map(|(number, _)| *number),
        max_parts: i32::try_from(most).ok(),
        is_truncated: Some(is_truncated),
        parts: Some(parts.into_iter().map(|(number, part)| listed_part(number, part)).collect()),
        owner: Some(owner(account.account())),
        storage_class: Some(StorageClass::from_static(StorageClass::STANDARD)),
        checksum_algorithm: upload.algorithm.map(|algorithm| ChecksumAlgorithm::from(algorithm.name().to_owned())),
        checksum_type: upload.algorithm.map(|_| type_of(upload.full_object)),
        ..ListPartsOutput::default()
    })
}

pub(super) async fn list(s3: &S3, request: S3Request<ListMultipartUploadsInput>) -> Answer<ListMultipartUploadsOutput> {
    let input = request.input;
    let prefix = input.prefix.clone().unwrap_or_default();
    let after = (input.key_marker.clone().unwrap_or_default(), input.upload_id_marker.clone().unwrap_or_default());
    let most = input.max_uploads.and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST_LISTED).min(MOST_LISTED);
    let mut found = s3.uploads_of(&input.bucket).await?;
    found.retain(|(id, upload)| {
        // A key marker alone leaves out all uploads of that key.
        let behind = if after.1.is_empty() { upload.key > after.0 } else { (&upload.key, id) > (&after.0, &after.1) };
        upload.key.starts_with(&prefix) && behind
    });
    found.sort_by(|(a, left), (b, right)| (&left.key, a).cmp(&(&right.key, b)));
    let is_truncated = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| is_truncated).map(|(id, upload)| (upload.key.clone(), id.clone())).unzip();
    let uploads = found.into_iter().map(|(id, upload)| MultipartUpload {
        initiated: Some(timestamp(upload.initiated_ms)),
        key: Some(upload.key),
        storage_class: Some(StorageClass::from_static(StorageClass::STANDARD)),
        upload_id: Some(id),
        ..MultipartUpload::default()
    });
    ok(ListMultipartUploadsOutput {
        uploads: Some(uploads.collect()),
        bucket: Some(input.bucket),
        is_truncated: Some(is_truncated),
        key_marker: Some(after.0),
        upload_id_marker: Some(after.1),
        next_key_marker: next.0,
        next_upload_id_marker: next.1,
        max_uploads: i32::try_from(most).ok(),
        prefix: input.prefix,
        ..ListMultipartUploadsOutput::default()
    })
}
