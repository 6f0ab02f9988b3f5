//! The table of the S3 operations that are answered; all others answer NotImplemented.

use super::{Answer, attributes, buckets, lists, objects, subresources, uploads};
use crate::api::Caller;
use crate::services::s3::S3;
use s3s::S3Request;
use s3s::dto::*;
use std::sync::Arc;

/// What `s3s` calls.
#[derive(Clone, Debug)]
pub(super) struct Frontend(pub(super) S3);

/// Implements the methods of `s3s::S3` by functions of the handle and the request.
macro_rules! operations {
    ($($method:ident: $input:ident -> $output:ident = $function:path;)*) => {
        #[async_trait::async_trait]
        impl s3s::S3 for Frontend {
            $(async fn $method(&self, request: S3Request<$input>) -> Answer<$output> {
                let id = request_id(&request);
                $function(&self.0, request).await.map_err(|error| with_id(error, id))
            })*

            async fn put_bucket_acl(&self, _: S3Request<PutBucketAclInput>) -> Answer<PutBucketAclOutput> {
                subresources::no_acls()
            }

            async fn put_object_acl(&self, _: S3Request<PutObjectAclInput>) -> Answer<PutObjectAclOutput> {
                subresources::no_acls()
            }
        }
    };
}

fn request_id<T>(request: &S3Request<T>) -> Option<Arc<str>> {
    request.extensions.get::<Caller>().map(|caller| caller.request_id.clone())
}

/// The error with the id of its request, which clients show with its text.
fn with_id(mut error: s3s::S3Error, id: Option<Arc<str>>) -> s3s::S3Error {
    if let Some(id) = id {
        error.set_request_id(&*id);
    }
    error
}

operations! {
    list_buckets: ListBucketsInput -> ListBucketsOutput = buckets::list;
    create_bucket: CreateBucketInput -> CreateBucketOutput = buckets::create;
    delete_bucket: DeleteBucketInput -> DeleteBucketOutput = buckets::delete;
    head_bucket: HeadBucketInput -> HeadBucketOutput = buckets::head;
    get_bucket_location: GetBucketLocationInput -> GetBucketLocationOutput = buckets::location;
    list_objects: ListObjectsInput -> ListObjectsOutput = lists::v1;
    list_objects_v2: ListObjectsV2Input -> ListObjectsV2Output = lists::v2;
    list_object_versions: ListObjectVersionsInput -> ListObjectVersionsOutput = lists::versions;
    put_object: PutObjectInput -> PutObjectOutput = objects::put;
    get_object: GetObjectInput -> GetObjectOutput = objects::get;
    head_object: HeadObjectInput -> HeadObjectOutput = objects::head;
    copy_object: CopyObjectInput -> CopyObjectOutput = objects::copy;
    delete_object: DeleteObjectInput -> DeleteObjectOutput = objects::delete;
    delete_objects: DeleteObjectsInput -> DeleteObjectsOutput = objects::delete_many;
    get_object_tagging: GetObjectTaggingInput -> GetObjectTaggingOutput = attributes::get_tagging;
    put_object_tagging: PutObjectTaggingInput -> PutObjectTaggingOutput = attributes::put_tagging;
    delete_object_tagging: DeleteObjectTaggingInput -> DeleteObjectTaggingOutput = attributes::delete_tagging;
    get_object_acl: GetObjectAclInput -> GetObjectAclOutput = attributes::get_acl;
    get_object_attributes: GetObjectAttributesInput -> GetObjectAttributesOutput = attributes::get_attributes;
    create_multipart_upload: CreateMultipartUploadInput -> CreateMultipartUploadOutput = uploads::create;
    upload_part: UploadPartInput -> UploadPartOutput = uploads::part;
    upload_part_copy: UploadPartCopyInput -> UploadPartCopyOutput = uploads::part_copy;
    complete_multipart_upload: CompleteMultipartUploadInput -> CompleteMultipartUploadOutput = uploads::complete;
    abort_multipart_upload: AbortMultipartUploadInput -> AbortMultipartUploadOutput = uploads::abort;
    list_parts: ListPartsInput -> ListPartsOutput = uploads::list_parts;
    list_multipart_uploads: ListMultipartUploadsInput -> ListMultipartUploadsOutput = uploads::list;
    get_bucket_tagging: GetBucketTaggingInput -> GetBucketTaggingOutput = subresources::get_tagging;
    put_bucket_tagging: PutBucketTaggingInput -> PutBucketTaggingOutput = subresources::put_tagging;
    delete_bucket_tagging: DeleteBucketTaggingInput -> DeleteBucketTaggingOutput = subresources::delete_tagging;
    get_bucket_policy: GetBucketPolicyInput -> GetBucketPolicyOutput = subresources::get_policy;
    put_bucket_policy: PutBucketPolicyInput -> PutBucketPolicyOutput = subresources::put_policy;
    delete_bucket_policy: DeleteBucketPolicyInput -> DeleteBucketPolicyOutput = subresources::delete_policy;
    get_bucket_policy_status: GetBucketPolicyStatusInput -> GetBucketPolicyStatusOutput = subresources::get_policy_status;
    get_public_access_block: GetPublicAccessBlockInput -> GetPublicAccessBlockOutput = subresources::get_access_block;
    put_public_access_block: PutPublicAccessBlockInput -> PutPublicAccessBlockOutput = subresources::put_access_block;
    delete_public_access_block: DeletePublicAccessBlockInput -> DeletePublicAccessBlockOutput = subresources::delete_access_block;
    get_bucket_ownership_controls: GetBucketOwnershipControlsInput -> GetBucketOwnershipControlsOutput = subresources::get_ownership;
    put_bucket_ownership_controls: PutBucketOwnershipControlsInput -> PutBucketOwnershipControlsOutput = subresources::put_ownership;
    delete_bucket_ownership_controls: DeleteBucketOwnershipControlsInput -> DeleteBucketOwnershipControlsOutput = subresources::delete_ownership;
    get_bucket_encryption: GetBucketEncryptionInput -> GetBucketEncryptionOutput = subresources::get_encryption;
    put_bucket_encryption: PutBucketEncryptionInput -> PutBucketEncryptionOutput = subresources::put_encryption;
    delete_bucket_encryption: DeleteBucketEncryptionInput -> DeleteBucketEncryptionOutput = subresources::delete_encryption;
    get_bucket_lifecycle_configuration: GetBucketLifecycleConfigurationInput -> GetBucketLifecycleConfigurationOutput = subresources::get_lifecycle;
    put_bucket_lifecycle_configuration: PutBucketLifecycleConfigurationInput -> PutBucketLifecycleConfigurationOutput = subresources::put_lifecycle;
    delete_bucket_lifecycle: DeleteBucketLifecycleInput -> DeleteBucketLifecycleOutput = subresources::delete_lifecycle;
    get_bucket_cors: GetBucketCorsInput -> GetBucketCorsOutput = subresources::get_cors;
    put_bucket_cors: PutBucketCorsInput -> PutBucketCorsOutput = subresources::put_cors;
    delete_bucket_cors: DeleteBucketCorsInput -> DeleteBucketCorsOutput = subresources::delete_cors;
    get_bucket_acl: GetBucketAclInput -> GetBucketAclOutput = subresources::get_acl;
    get_bucket_versioning: GetBucketVersioningInput -> GetBucketVersioningOutput = subresources::get_versioning;
    put_bucket_versioning: PutBucketVersioningInput -> PutBucketVersioningOutput = subresources::put_versioning;
    get_bucket_accelerate_configuration: GetBucketAccelerateConfigurationInput -> GetBucketAccelerateConfigurationOutput = subresources::get_accelerate;
    get_bucket_logging: GetBucketLoggingInput -> GetBucketLoggingOutput = subresources::get_logging;
    get_bucket_notification_configuration: GetBucketNotificationConfigurationInput -> GetBucketNotificationConfigurationOutput = subresources::get_notification;
    get_bucket_request_payment: GetBucketRequestPaymentInput -> GetBucketRequestPaymentOutput = subresources::get_request_payment;
    get_bucket_website: GetBucketWebsiteInput -> GetBucketWebsiteOutput = subresources::get_website;
    get_bucket_replication: GetBucketReplicationInput -> GetBucketReplicationOutput = subresources::get_replication;
    get_object_lock_configuration: GetObjectLockConfigurationInput -> GetObjectLockConfigurationOutput = subresources::get_object_lock;
}
