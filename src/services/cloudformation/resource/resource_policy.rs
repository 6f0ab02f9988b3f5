//! AWS::Kinesis::ResourcePolicy.

use super::calls::unless_missing;
use super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use crate::api::kinesis::{DeleteResourcePolicyInput, GetResourcePolicyInput, PutResourcePolicyInput, op};
use async_trait::async_trait;

/// The type.
pub(super) static RESOURCE_POLICY: ResourceType = ResourceType {
    name: "AWS::Kinesis::ResourcePolicy",
    properties: &[Property::fixed("ResourceArn").required(), Property::changeable("ResourcePolicy").required()],
    attributes: &[],
    handler: &ResourcePolicy,
};

struct ResourcePolicy;

#[async_trait]
impl Handler for ResourcePolicy {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let arn = put(calls, desired).await?;
        calls.initiated(&arn).await;
        Ok(Made::new(arn))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let resource_arn = desired.text("ResourceArn").unwrap_or_default();
        let input = GetResourcePolicyInput { resource_arn: resource_arn.clone(), ..Default::default() };
        let found = unless_missing(calls.run(op::GetResourcePolicy, input).await)?;
        // A stream without a policy has an empty one.
        Ok(found
            .filter(|found| found.policy.as_deref().is_some_and(|policy| policy.contains('{')))
            .map(|_| resource_arn)
            .into_iter()
            .collect())
    }

    async fn update(&self, calls: &Calls, _: &str, _: &Properties, desired: &Properties) -> Result<Made, Failure> {
        Ok(Made::new(put(calls, desired).await?))
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        let input = DeleteResourcePolicyInput { resource_arn: id.to_owned(), ..Default::default() };
        calls.run(op::DeleteResourcePolicy, input).await.map(drop)
    }
}

/// The policy belongs to a stream or consumer, whose ARN stands for it.
async fn put(calls: &Calls, desired: &Properties) -> Result<String, Failure> {
    let resource_arn = desired.text("ResourceArn").unwrap_or_default();
    let policy = desired.text("ResourcePolicy").unwrap_or_default();
    let input = PutResourcePolicyInput { resource_arn: resource_arn.clone(), policy, ..Default::default() };
    calls.run(op::PutResourcePolicy, input).await?;
    Ok(resource_arn)
}
