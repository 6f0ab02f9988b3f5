//! The configurations of a bucket that clients such as Terraform read and write.
//!
//! Tags, policy, public access block, ownership controls, encryption, lifecycle and CORS are kept and given back, not enforced; what
//! Millpond has no use for answers as if it had never been configured.

use super::buckets::owner;
use super::conversion::{tag_set, tags_in};
use super::{Answer, ok};
use crate::services::s3::bucket::OWNERSHIP;
use crate::services::s3::{S3, S3Error};
use s3s::dto::*;
use s3s::xml::{Deserialize, Deserializer, Serialize, Serializer};
use s3s::{S3Error as Fault, S3ErrorCode as Code, S3Request, S3Response, S3Result};
use std::collections::BTreeMap;

fn no_content<T>(output: T) -> Answer<T> {
    Ok(S3Response::with_status(output, http::StatusCode::NO_CONTENT))
}

fn missing<T>(code: Code, text: &'static str) -> S3Result<T> {
    let mut fault = Fault::with_message(code, text);
    fault.set_status_code(http::StatusCode::NOT_FOUND);
    Err(fault)
}

/// Keeps a configuration, as the XML it came in.
async fn keep<T: Serialize>(s3: &S3, bucket: &str, subresource: &'static str, configuration: &T) -> Result<(), S3Error> {
    let mut xml = Vec::new();
    let written = configuration.serialize(&mut Serializer::new(&mut xml));
    let text = written.ok().and_then(|()| String::from_utf8(xml).ok());
    let text = text.ok_or_else(|| S3Error::InvalidRequest(format!("The {subresource} configuration cannot be kept")))?;
    s3.change_bucket(bucket, move |bucket| drop(bucket.configurations.insert(subresource.into(), text))).await
}

/// A configuration that was kept.
async fn kept<T: for<'x> Deserialize<'x>>(s3: &S3, bucket: &str, subresource: &str) -> Result<Option<T>, S3Error> {
    let bucket = s3.bucket(bucket).await?;
    Ok(bucket.configurations.get(subresource).and_then(|text| T::deserialize(&mut Deserializer::new(text.as_bytes())).ok()))
}

async fn forget(s3: &S3, bucket: &str, subresource: &'static str) -> Result<(), S3Error> {
    s3.change_bucket(bucket, move |bucket| drop(bucket.configurations.remove(subresource))).await
}

pub(super) async fn get_tagging(s3: &S3, request: S3Request<GetBucketTaggingInput>) -> Answer<GetBucketTaggingOutput> {
    let tags = s3.bucket(&request.input.bucket).await?.tags;
    if tags.is_empty() {
        return missing(Code::NoSuchTagSet, "The TagSet does not exist");
    }
    ok(GetBucketTaggingOutput { tag_set: tag_set(tags) })
}

pub(super) async fn put_tagging(s3: &S3, request: S3Request<PutBucketTaggingInput>) -> Answer<PutBucketTaggingOutput> {
    let tags = tags_in(request.input.tagging.tag_set);
    s3.set_bucket_tags(&request.input.bucket, tags).await?;
    no_content(PutBucketTaggingOutput::default())
}

pub(super) async fn delete_tagging(s3: &S3, request: S3Request<DeleteBucketTaggingInput>) -> Answer<DeleteBucketTaggingOutput> {
    s3.set_bucket_tags(&request.input.bucket, BTreeMap::new()).await?;
    no_content(DeleteBucketTaggingOutput::default())
}

pub(super) async fn get_policy(s3: &S3, request: S3Request<GetBucketPolicyInput>) -> Answer<GetBucketPolicyOutput> {
    match s3.bucket(&request.input.bucket).await?.policy {
        None => missing(Code::NoSuchBucketPolicy, "The bucket policy does not exist"),
        policy => ok(GetBucketPolicyOutput { policy }),
    }
}

pub(super) async fn put_policy(s3: &S3, request: S3Request<PutBucketPolicyInput>) -> Answer<PutBucketPolicyOutput> {
    let policy = request.input.policy;
    if serde_json::from_str::<serde::de::IgnoredAny>(&policy).is_err() {
        return Err(Fault::with_message(
            Code::Custom("MalformedPolicy".into()),
            "Policies must be valid JSON and the first byte must be '{'",
        ));
    }
    s3.set_bucket_policy(&request.input.bucket, Some(policy)).await?;
    no_content(PutBucketPolicyOutput::default())
}

pub(super) async fn delete_policy(s3: &S3, request: S3Request<DeleteBucketPolicyInput>) -> Answer<DeleteBucketPolicyOutput> {
    s3.set_bucket_policy(&request.input.bucket, None).await?;
    no_content(DeleteBucketPolicyOutput::default())
}

const PUBLIC_ACCESS_BLOCK: &str = "publicAccessBlock";

pub(super) async fn get_access_block(
    s3: &S3,
    request: S3Request<GetPublicAccessBlockInput>,
) -> Answer<GetPublicAccessBlockOutput> {
    match kept(s3, &request.input.bucket, PUBLIC_ACCESS_BLOCK).await? {
        None => missing(
            Code::Custom("NoSuchPublicAccessBlockConfiguration".into()),
            "The public access block configuration was not found",
        ),
        found => ok(GetPublicAccessBlockOutput { public_access_block_configuration: found }),
    }
}

pub(super) async fn put_access_block(
    s3: &S3,
    request: S3Request<PutPublicAccessBlockInput>,
) -> Answer<PutPublicAccessBlockOutput> {
    keep(s3, &request.input.bucket, PUBLIC_ACCESS_BLOCK, &request.input.public_access_block_configuration).await?;
    ok(PutPublicAccessBlockOutput::default())
}

pub(super) async fn delete_access_block(
    s3: &S3,
    request: S3Request<DeletePublicAccessBlockInput>,
) -> Answer<DeletePublicAccessBlockOutput> {
    forget(s3, &request.input.bucket, PUBLIC_ACCESS_BLOCK).await?;
    no_content(DeletePublicAccessBlockOutput::default())
}

pub(super) async fn get_ownership(
    s3: &S3,
    request: S3Request<GetBucketOwnershipControlsInput>,
) -> Answer<GetBucketOwnershipControlsOutput> {
    match kept(s3, &request.input.bucket, OWNERSHIP).await? {
        None => missing(Code::OwnershipControlsNotFoundError, "The bucket ownership controls were not found"),
        found => ok(GetBucketOwnershipControlsOutput { ownership_controls: found }),
    }
}

pub(super) async fn put_ownership(
    s3: &S3,
    request: S3Request<PutBucketOwnershipControlsInput>,
) -> Answer<PutBucketOwnershipControlsOutput> {
    keep(s3, &request.input.bucket, OWNERSHIP, &request.input.ownership_controls).await?;
    ok(PutBucketOwnershipControlsOutput::default())
}

pub(super) async fn delete_ownership(
    s3: &S3,
    request: S3Request<DeleteBucketOwnershipControlsInput>,
) -> Answer<DeleteBucketOwnershipControlsOutput> {
    forget(s3, &request.input.bucket, OWNERSHIP).await?;
    no_content(DeleteBucketOwnershipControlsOutput::default())
}

const ENCRYPTION: &str = "encryption";

pub(super) async fn get_encryption(s3: &S3, request: S3Request<GetBucketEncryptionInput>) -> Answer<GetBucketEncryptionOutput> {
    let found = kept(s3, &request.input.bucket, ENCRYPTION).await?;
    // What every bucket has since January 2023 unless it says otherwise.
    let managed = || ServerSideEncryptionConfiguration {
        rules: vec![ServerSideEncryptionRule {
            apply_server_side_encryption_by_default: Some(ServerSideEncryptionByDefault {
                kms_master_key_id: None,
                sse_algorithm: ServerSideEncryption::from_static(ServerSideEncryption::AES256),
            }),
            bucket_key_enabled: Some(false),
        }],
    };
    ok(GetBucketEncryptionOutput { server_side_encryption_configuration: Some(found.unwrap_or_else(managed)) })
}

pub(super) async fn put_encryption(s3: &S3, request: S3Request<PutBucketEncryptionInput>) -> Answer<PutBucketEncryptionOutput> {
    keep(s3, &request.input.bucket, ENCRYPTION, &request.input.server_side_encryption_configuration).await?;
    ok(PutBucketEncryptionOutput::default())
}

pub(super) async fn delete_encryption(
    s3: &S3,
    request: S3Request<DeleteBucketEncryptionInput>,
) -> Answer<DeleteBucketEncryptionOutput> {
    forget(s3, &request.input.bucket, ENCRYPTION).await?;
    no_content(DeleteBucketEncryptionOutput::default())
}

const LIFECYCLE: &str = "lifecycle";

pub(super) async fn get_lifecycle(
    s3: &S3,
    request: S3Request<GetBucketLifecycleConfigurationInput>,
) -> Answer<GetBucketLifecycleConfigurationOutput> {
    match kept::<BucketLifecycleConfiguration>(s3, &request.input.bucket, LIFECYCLE).await? {
        None => missing(Code::NoSuchLifecycleConfiguration, "The lifecycle configuration does not exist"),
        Some(found) => ok(GetBucketLifecycleConfigurationOutput { rules: Some(found.rules), ..Default::default() }),
    }
}

pub(super) async fn put_lifecycle(
    s3: &S3,
    request: S3Request<PutBucketLifecycleConfigurationInput>,
) -> Answer<PutBucketLifecycleConfigurationOutput> {
    if let Some(configuration) = &request.input.lifecycle_configuration {
        keep(s3, &request.input.bucket, LIFECYCLE, configuration).await?;
    }
    ok(PutBucketLifecycleConfigurationOutput::default())
}

pub(super) async fn delete_lifecycle(
    s3: &S3,
    request: S3Request<DeleteBucketLifecycleInput>,
) -> Answer<DeleteBucketLifecycleOutput> {
    forget(s3, &request.input.bucket, LIFECYCLE).await?;
    no_content(DeleteBucketLifecycleOutput::default())
}

const CORS: &str = "cors";

pub(super) async fn get_cors(s3: &S3, request: S3Request<GetBucketCorsInput>) -> Answer<GetBucketCorsOutput> {
    match kept::<CORSConfiguration>(s3, &request.input.bucket, CORS).await? {
        None => missing(Code::Custom("NoSuchCORSConfiguration".into()), "The CORS configuration does not exist"),
        Some(found) => ok(GetBucketCorsOutput { cors_rules: Some(found.cors_rules) }),
    }
}

pub(super) async fn put_cors(s3: &S3, request: S3Request<PutBucketCorsInput>) -> Answer<PutBucketCorsOutput> {
    keep(s3, &request.input.bucket, CORS, &request.input.cors_configuration).await?;
    ok(PutBucketCorsOutput::default())
}

pub(super) async fn delete_cors(s3: &S3, request: S3Request<DeleteBucketCorsInput>) -> Answer<DeleteBucketCorsOutput> {
    forget(s3, &request.input.bucket, CORS).await?;
    no_content(DeleteBucketCorsOutput::default())
}

pub(super) async fn get_acl(s3: &S3, request: S3Request<GetBucketAclInput>) -> Answer<GetBucketAclOutput> {
    let account = s3.bucket(&request.input.bucket).await?.account;
    ok(GetBucketAclOutput { grants: Some(vec![full_control(&account)]), owner: Some(owner(&account)) })
}

/// The grant that an owner has.
pub(super) fn full_control(account: &str) -> Grant {
    let Owner { display_name, id } = owner(account);
    let grantee = Grantee { display_name, email_address: None, id, type_: Type::from_static(Type::CANONICAL_USER), uri: None };
    Grant { grantee: Some(grantee), permission: Some(Permission::from_static(Permission::FULL_CONTROL)) }
}

/// Access control lists are off, as in every new bucket on AWS.
pub(super) fn no_acls<T>() -> S3Result<T> {
    Err(Fault::with_message(Code::AccessControlListNotSupported, "The bucket does not allow ACLs"))
}

pub(super) async fn get_versioning(s3: &S3, request: S3Request<GetBucketVersioningInput>) -> Answer<GetBucketVersioningOutput> {
    s3.bucket(&request.input.bucket).await?;
    ok(GetBucketVersioningOutput::default())
}

/// Versions are not kept, and whoever asks for them should know.
pub(super) async fn put_versioning(s3: &S3, request: S3Request<PutBucketVersioningInput>) -> Answer<PutBucketVersioningOutput> {
    s3.bucket(&request.input.bucket).await?;
    let status = request.input.versioning_configuration.status;
    if status.is_some_and(|status| status.as_str() == BucketVersioningStatus::ENABLED) {
        return Err(Fault::with_message(Code::NotImplemented, "Millpond keeps no versions of objects; leave versioning off"));
    }
    ok(PutBucketVersioningOutput::default())
}

/// Operations whose answer is that nothing is configured, once the bucket is there.
macro_rules! unconfigured {
    ($($name:ident: $input:ident -> $output:ident = $answer:expr;)*) => {
        $(pub(super) async fn $name(s3: &S3, request: S3Request<$input>) -> Answer<$output> {
            s3.bucket(&request.input.bucket).await?;
            $answer
        })*
    };
}

unconfigured! {
    get_accelerate: GetBucketAccelerateConfigurationInput -> GetBucketAccelerateConfigurationOutput = ok(Default::default());
    get_logging: GetBucketLoggingInput -> GetBucketLoggingOutput = ok(Default::default());
    get_notification: GetBucketNotificationConfigurationInput -> GetBucketNotificationConfigurationOutput = ok(Default::default());
    get_request_payment: GetBucketRequestPaymentInput -> GetBucketRequestPaymentOutput =
        ok(GetBucketRequestPaymentOutput { payer: Some(Payer::from_static(Payer::BUCKET_OWNER)) });
    get_website: GetBucketWebsiteInput -> GetBucketWebsiteOutput =
        missing(Code::NoSuchWebsiteConfiguration, "The specified bucket does not have a website configuration");
    get_replication: GetBucketReplicationInput -> GetBucketReplicationOutput =
        missing(Code::ReplicationConfigurationNotFoundError, "The replication configuration was not found");
    get_object_lock: GetObjectLockConfigurationInput -> GetObjectLockConfigurationOutput =
        missing(Code::ObjectLockConfigurationNotFoundError, "Object Lock configuration does not exist for this bucket");
    get_policy_status: GetBucketPolicyStatusInput -> GetBucketPolicyStatusOutput =
        ok(GetBucketPolicyStatusOutput { policy_status: Some(PolicyStatus { is_public: Some(false) }) });
}
