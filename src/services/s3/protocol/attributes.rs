//! What is kept of an object beside its bytes and headers: tags, attributes, access control list.

use super::buckets::owner;
use super::conversion::{checksum_type, http_seconds, set_checksum, signed, tag_set, tags_in};
use super::subresources::full_control;
use super::{Answer, ok};
use crate::services::s3::S3;
use s3s::dto::*;
use s3s::{S3Request, S3Response};
use std::collections::BTreeMap;

pub(super) async fn get_tagging(s3: &S3, request: S3Request<GetObjectTaggingInput>) -> Answer<GetObjectTaggingOutput> {
    let record = s3.record(&request.input.bucket, &request.input.key).await?;
    ok(GetObjectTaggingOutput { tag_set: tag_set(record.tags), version_id: None })
}

pub(super) async fn put_tagging(s3: &S3, request: S3Request<PutObjectTaggingInput>) -> Answer<PutObjectTaggingOutput> {
    let tags = tags_in(request.input.tagging.tag_set);
    s3.change_object(&request.input.bucket, &request.input.key, |record| record.tags = tags).await?;
    ok(PutObjectTaggingOutput::default())
}

pub(super) async fn delete_tagging(s3: &S3, request: S3Request<DeleteObjectTaggingInput>) -> Answer<DeleteObjectTaggingOutput> {
    s3.change_object(&request.input.bucket, &request.input.key, |record| record.tags = BTreeMap::new()).await?;
    Ok(S3Response::with_status(DeleteObjectTaggingOutput::default(), http::StatusCode::NO_CONTENT))
}

pub(super) async fn get_acl(s3: &S3, request: S3Request<GetObjectAclInput>) -> Answer<GetObjectAclOutput> {
    s3.record(&request.input.bucket, &request.input.key).await?;
    let account = s3.bucket(&request.input.bucket).await?.account;
    let grants = Some(vec![full_control(&account)]);
    ok(GetObjectAclOutput { grants, owner: Some(owner(&account)), request_charged: None })
}

pub(super) async fn get_attributes(s3: &S3, request: S3Request<GetObjectAttributesInput>) -> Answer<GetObjectAttributesOutput> {
    let input = request.input;
    let record = s3.record(&input.bucket, &input.key).await?;
    // SDKs send one header with commas, or one header an attribute.
    let wants = |name: &str| input.object_attributes.iter().any(|wanted| wanted.as_str().split(',').any(|w| w.trim() == name));
    let mut output = GetObjectAttributesOutput {
        last_modified: Some(http_seconds(record.modified_ms)),
        e_tag: wants(ObjectAttributes::ETAG).then(|| ETag::Strong(record.etag.clone())),
        object_size: wants(ObjectAttributes::OBJECT_SIZE).then(|| signed(record.size)),
        ..GetObjectAttributesOutput::default()
    };
    if wants(ObjectAttributes::STORAGE_CLASS) {
        let class = record.meta.storage_class.clone().unwrap_or_else(|| StorageClass::STANDARD.into());
        output.storage_class = Some(StorageClass::from(class));
    }
    if let Some(found) = record.checksum.filter(|_| wants(ObjectAttributes::CHECKSUM)) {
        let mut checksum = Checksum { checksum_type: Some(checksum_type(&found)), ..Checksum::default() };
        set_checksum!(checksum, Some(found));
        output.checksum = Some(checksum);
    }
    if wants(ObjectAttributes::OBJECT_PARTS) && !record.parts.is_empty() {
        let total_parts_count = i32::try_from(record.parts.len()).ok();
        output.object_parts = Some(GetObjectAttributesParts { total_parts_count, ..GetObjectAttributesParts::default() });
    }
    ok(output)
}
