//! AWS::S3::Bucket.

use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use async_trait::async_trait;

/// The type. Name and tags reach the bucket; what else a template says of it is checked by name and stays with the stack.
pub(in super::super) static BUCKET: ResourceType = ResourceType {
    name: "AWS::S3::Bucket",
    properties: &[
        Property::changeable("AbacStatus").kept(),
        Property::changeable("AccelerateConfiguration").kept(),
        Property::changeable("AccessControl").kept(),
        Property::changeable("AnalyticsConfigurations").kept(),
        Property::changeable("BucketEncryption").kept(),
        Property::fixed("BucketName"),
        Property::changeable("CorsConfiguration").kept(),
        Property::changeable("IntelligentTieringConfigurations").kept(),
        Property::changeable("InventoryConfigurations").kept(),
        Property::changeable("LifecycleConfiguration").kept(),
        Property::changeable("LoggingConfiguration").kept(),
        Property::changeable("MetadataConfiguration").kept(),
        Property::changeable("MetadataTableConfiguration").kept(),
        Property::changeable("MetricsConfigurations").kept(),
        Property::changeable("NotificationConfiguration").kept(),
        Property::changeable("ObjectLockConfiguration").kept(),
        Property::fixed("ObjectLockEnabled").kept(),
        Property::changeable("OwnershipControls").kept(),
        Property::changeable("PublicAccessBlockConfiguration").kept(),
        Property::changeable("ReplicationConfiguration").kept(),
        Property::changeable("Tags"),
        Property::changeable("VersioningConfiguration").kept(),
        Property::changeable("WebsiteConfiguration").kept(),
    ],
    attributes: &["Arn", "DomainName", "DualStackDomainName", "RegionalDomainName", "WebsiteURL"],
    handler: &Bucket,
};

/// Longest name of a bucket (user guide, bucket naming rules).
const LONGEST_NAME: usize = 63;

struct Bucket;

#[async_trait]
impl Handler for Bucket {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let name = bucket_name(calls, desired);
        let scope = &calls.at().caller.scope;
        if calls.s3().bucket_exists(&name).await? {
            return Err(Failure::new("AlreadyExists", format!("{name} already exists")));
        }
        // The call of the region that the bucket is for; only the first region knows no constraint.
        let location = Some(scope.region()).filter(|region| *region != "us-east-1");
        calls.s3().create_bucket(scope, &name, location).await?;
        calls.initiated(&name).await;
        calls.s3().set_bucket_tags(&name, calls.tags(desired)?).await?;
        Ok(made(&name, scope.region()))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let name = bucket_name(calls, desired);
        Ok(calls.s3().bucket_exists(&name).await?.then_some(name).into_iter().collect())
    }

    async fn update(&self, calls: &Calls, id: &str, _: &Properties, desired: &Properties) -> Result<Made, Failure> {
        calls.s3().set_bucket_tags(id, calls.tags(desired)?).await?;
        Ok(made(id, calls.at().caller.scope.region()))
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        Ok(calls.s3().delete_bucket(id).await?)
    }
}

/// The name given, or a generated one; names of buckets are of small letters.
fn bucket_name(calls: &Calls, desired: &Properties) -> String {
    desired.text("BucketName").unwrap_or_else(|| calls.generated_name(LONGEST_NAME).to_lowercase())
}

fn made(name: &str, region: &str) -> Made {
    Made::new(name)
        .with("Arn", format!("arn:aws:s3:::{name}"))
        .with("DomainName", format!("{name}.s3.amazonaws.com"))
        .with("DualStackDomainName", format!("{name}.s3.dualstack.{region}.amazonaws.com"))
        .with("RegionalDomainName", format!("{name}.s3.{region}.amazonaws.com"))
        .with("WebsiteURL", format!("http://{name}.s3-website-{region}.amazonaws.com"))
}
