//! AWS::S3::BucketPolicy.

use super::super::calls::unless_missing;
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

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let bucket = desired.text("Bucket").unwrap_or_default();
        let found = unless_missing(calls.s3().bucket(&bucket).await.map_err(Failure::from))?;
        Ok(found.and_then(|found| found.policy).map(|_| bucket).into_iter().collect())
    }

    async fn update(&self, calls: &Calls, id: &str, _: &Properties, desired: &Properties) -> Result<Made, Failure> {
        calls.s3().set_bucket_policy(id, desired.text("PolicyDocument")).await?;
        Ok(Made::new(id))
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        Ok(calls.s3().set_bucket_policy(id, None).await?)
    }
}
