//! AWS::S3::BucketPolicy.

use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use async_trait::async_trait;

/// The type.
pub(in super::super) static BUCKET_POLICY: ResourceType = ResourceType {
    name: "AWS::S3::BucketPolicy",
    properties: &[Property::fixed("Bucket").required(), Property::changeable("PolicyDocument").required()],
    attributes: &[],
    handler: &BucketPolicy,
};

struct BucketPolicy;

#[async_trait]
impl Handler for BucketPolicy {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let bucket = desired.text("Bucket").unwrap_or_default();
        calls.s3().set_bucket_policy(&bucket, desired.text("PolicyDocument")).await?;
        calls.initiated(&bucket).await;
        Ok(Made::new(bucket))
    }

    async fn update(&self, calls: &Calls, id: &str, _: &Properties, desired: &Properties) -> Result<Made, Failure> {
        calls.s3().set_bucket_policy(id, desired.text("PolicyDocument")).await?;
        Ok(Made::new(id))
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        Ok(calls.s3().set_bucket_policy(id, None).await?)
    }
}
