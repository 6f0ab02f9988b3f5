//! Operations on buckets themselves.

use super::conversion::timestamp;
use super::{Answer, ok, scope_of};
use crate::services::s3::S3;
use s3s::S3Request;
use s3s::dto::*;

pub(super) async fn create(s3: &S3, request: S3Request<CreateBucketInput>) -> Answer<CreateBucketOutput> {
    let scope = scope_of(&request);
    let configuration = request.input.create_bucket_configuration;
    let location = configuration.and_then(|configuration| configuration.location_constraint);
    s3.create_bucket(&scope, &request.input.bucket, location.as_ref().map(BucketLocationConstraint::as_str)).await?;
    ok(CreateBucketOutput { location: Some(format!("/{}", request.input.bucket)) })
}

pub(super) async fn delete(s3: &S3, request: S3Request<DeleteBucketInput>) -> Answer<DeleteBucketOutput> {
    s3.delete_bucket(&request.input.bucket).await?;
    Ok(s3s::S3Response::with_status(DeleteBucketOutput::default(), http::StatusCode::NO_CONTENT))
}

pub(super) async fn head(s3: &S3, request: S3Request<HeadBucketInput>) -> Answer<HeadBucketOutput> {
    let bucket = s3.bucket(&request.input.bucket).await?;
    ok(HeadBucketOutput { bucket_region: Some(bucket.region), ..HeadBucketOutput::default() })
}

pub(super) async fn location(s3: &S3, request: S3Request<GetBucketLocationInput>) -> Answer<GetBucketLocationOutput> {
    let region = s3.bucket(&request.input.bucket).await?.region;
    // The first region has an empty constraint.
    let location_constraint = (region != "us-east-1").then(|| BucketLocationConstraint::from(region));
    ok(GetBucketLocationOutput { location_constraint })
}

pub(super) async fn list(s3: &S3, request: S3Request<ListBucketsInput>) -> Answer<ListBucketsOutput> {
    let scope = scope_of(&request);
    let input = request.input;
    let prefix = input.prefix.clone().unwrap_or_default();
    let after = input.continuation_token.unwrap_or_default();
    let wanted = |name: &str, region: &str| {
        name.starts_with(&prefix) && name > after.as_str() && input.bucket_region.as_ref().is_none_or(|wanted| wanted == region)
    };
    let mut buckets: Vec<_> = s3.list_buckets(scope.account()).await?;
    buckets.retain(|(name, bucket)| wanted(name, &bucket.region));
    let most = input.max_buckets.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
    let more = buckets.len() > most;
    buckets.truncate(most);
    let continuation_token = buckets.last().filter(|_| more).map(|(name, _)| name.clone());
    let paged = input.max_buckets.is_some() || input.bucket_region.is_some();
    let buckets = buckets.into_iter().map(|(name, bucket)| Bucket {
        bucket_region: paged.then_some(bucket.region),
        creation_date: Some(timestamp(bucket.created_ms)),
        name: Some(name),
    });
    let buckets = Some(buckets.collect());
    ok(ListBucketsOutput { buckets, continuation_token, owner: Some(owner(scope.account())), prefix: input.prefix })
}

/// The canonical user of an account. AWS's is a random text of 64 hexadecimal digits; ours tells the account.
pub(super) fn owner(account: &str) -> Owner {
    Owner { display_name: None, id: Some(format!("{account:0>64}")) }
}
