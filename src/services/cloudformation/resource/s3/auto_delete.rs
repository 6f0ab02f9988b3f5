//! Custom::S3AutoDeleteObjects, which the CDK adds to a bucket with `autoDeleteObjects`: what its function does, done natively. The bucket is
//! emptied before it is deleted.

use super::super::calls::unless_missing;
use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use async_trait::async_trait;

/// The type.
pub(in super::super) static AUTO_DELETE: ResourceType = ResourceType {
    name: "Custom::S3AutoDeleteObjects",
    properties: &[Property::fixed("BucketName").required(), Property::changeable("ServiceToken").required().kept()],
    attributes: &[],
    handler: &AutoDelete,
};

struct AutoDelete;

#[async_trait]
impl Handler for AutoDelete {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let id = format!("{}/objects", desired.text("BucketName").unwrap_or_default());
        calls.initiated(&id).await;
        Ok(Made::new(id))
    }

    async fn update(&self, _: &Calls, id: &str, _: &Properties, _: &Properties) -> Result<Made, Failure> {
        Ok(Made::new(id))
    }

    async fn delete(&self, calls: &Calls, _: &str, properties: &Properties) -> Result<(), Failure> {
        let bucket = properties.text("BucketName").unwrap_or_default();
        let listed = calls.s3().list_objects(&bucket, "").await.map_err(Failure::from);
        for object in unless_missing(listed)?.into_iter().flatten() {
            calls.s3().delete_object(&bucket, &object.key).await?;
        }
        Ok(())
    }
}
