//! AWS::IAM::Policy: one inline policy put into several roles.

use super::super::calls::unless_missing;
use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use super::{LONGEST_NAME, check_only_roles, delete_inline};
use crate::api::iam::{GetRolePolicyRequest, PutRolePolicyRequest, op};
use async_trait::async_trait;

/// The type.
pub(in super::super) static POLICY: ResourceType = ResourceType {
    name: "AWS::IAM::Policy",
    properties: &[
        Property::changeable("Groups"),
        Property::changeable("PolicyDocument").required(),
        Property::changeable("PolicyName").required(),
        Property::changeable("Roles"),
        Property::changeable("Users"),
    ],
    attributes: &["Id"],
    handler: &Policy,
};

struct Policy;

#[async_trait]
impl Handler for Policy {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let id = calls.generated_name(LONGEST_NAME);
        for (n, input) in inputs(desired)?.into_iter().enumerate() {
            calls.run(op::PutRolePolicy, input).await?;
            if n == 0 {
                calls.initiated(&id).await;
            }
        }
        Ok(made(&id))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        for PutRolePolicyRequest { role_name, policy_name, .. } in inputs(desired)? {
            let input = GetRolePolicyRequest { role_name, policy_name };
            if unless_missing(calls.run(op::GetRolePolicy, input).await)?.is_some() {
                return Ok(vec![calls.generated_name(LONGEST_NAME)]);
            }
        }
        Ok(Vec::new())
    }

    async fn update(&self, calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<Made, Failure> {
        let wanted = inputs(desired)?;
        let same = |one: &PutRolePolicyRequest, other: &PutRolePolicyRequest| {
            (&one.role_name, &one.policy_name) == (&other.role_name, &other.policy_name)
        };
        for input in inputs(previous)?.iter().filter(|input| !wanted.iter().any(|kept| same(kept, input))) {
            delete_inline(calls, &input.role_name, &input.policy_name).await?;
        }
        for input in wanted {
            calls.run(op::PutRolePolicy, input).await?;
        }
        Ok(made(id))
    }

    async fn delete(&self, calls: &Calls, _: &str, properties: &Properties) -> Result<(), Failure> {
        for input in inputs(properties)? {
            delete_inline(calls, &input.role_name, &input.policy_name).await?;
        }
        Ok(())
    }
}

fn made(id: &str) -> Made {
    Made::new(id).with("Id", id)
}

/// One call for each role.
fn inputs(properties: &Properties) -> Result<Vec<PutRolePolicyRequest>, Failure> {
    check_only_roles(properties)?;
    let policy: PutRolePolicyRequest = properties.input(op::PutRolePolicy)?;
    let roles = properties.texts("Roles")?;
    if roles.is_empty() {
        return Err(Failure::new("InvalidRequest", "At least one of [Groups,Roles,Users] must be non-empty."));
    }
    Ok(roles.into_iter().map(|role_name| PutRolePolicyRequest { role_name, ..policy.clone() }).collect())
}
