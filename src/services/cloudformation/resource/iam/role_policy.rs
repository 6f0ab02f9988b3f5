//! AWS::IAM::RolePolicy: one inline policy of one role.

use super::super::calls::unless_missing;
use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use super::delete_inline;
use crate::api::iam::{GetRolePolicyRequest, PutRolePolicyRequest, op};
use async_trait::async_trait;

/// The type.
pub(in super::super) static ROLE_POLICY: ResourceType = ResourceType {
    name: "AWS::IAM::RolePolicy",
    properties: &[
        Property::changeable("PolicyDocument"),
        Property::fixed("PolicyName").required(),
        Property::fixed("RoleName").required(),
    ],
    attributes: &[],
    handler: &RolePolicy,
};

struct RolePolicy;

#[async_trait]
impl Handler for RolePolicy {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let id = put(calls, desired).await?;
        calls.initiated(&id).await;
        Ok(Made::new(id))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let (id, role_name, policy_name) = names(desired);
        let found = unless_missing(calls.run(op::GetRolePolicy, GetRolePolicyRequest { role_name, policy_name }).await)?;
        Ok(found.map(|_| id).into_iter().collect())
    }

    async fn update(&self, calls: &Calls, _: &str, _: &Properties, desired: &Properties) -> Result<Made, Failure> {
        Ok(Made::new(put(calls, desired).await?))
    }

    async fn delete(&self, calls: &Calls, _: &str, properties: &Properties) -> Result<(), Failure> {
        let (_, role, policy) = names(properties);
        delete_inline(calls, &role, &policy).await
    }
}

/// The physical id, the role's name and the policy's.
fn names(properties: &Properties) -> (String, String, String) {
    let (role, policy) = (properties.text("RoleName").unwrap_or_default(), properties.text("PolicyName").unwrap_or_default());
    (format!("{policy}|{role}"), role, policy)
}

async fn put(calls: &Calls, desired: &Properties) -> Result<String, Failure> {
    let policy: PutRolePolicyRequest = desired.input(op::PutRolePolicy)?;
    calls.run(op::PutRolePolicy, policy).await?;
    Ok(names(desired).0)
}
