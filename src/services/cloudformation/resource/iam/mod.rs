//! The types of IAM: roles, their policies, instance profiles.

pub(super) mod instance_profile;
pub(super) mod managed_policy;
pub(super) mod policy;
pub(super) mod role;
pub(super) mod role_policy;
pub(super) mod service_linked_role;

use super::calls::unless_missing;
use super::{Calls, Failure, Properties};
use crate::api::iam::{AttachRolePolicyRequest, DeleteRolePolicyRequest, DetachRolePolicyRequest, Tag, op};
use std::collections::BTreeMap;

/// Longest name of a role (API reference, CreateRole).
const LONGEST_ROLE: usize = 64;

/// Longest name of a policy or an instance profile.
const LONGEST_NAME: usize = 128;

fn tag_list(tags: BTreeMap<String, String>) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key, value }).collect()
}

/// Users and groups that a policy is to go to: there are none.
fn check_only_roles(desired: &Properties) -> Result<(), Failure> {
    for property in ["Groups", "Users"] {
        if !desired.texts(property)?.is_empty() {
            let text = "IAM users and groups are not supported; roles are";
            return Err(Failure::property(&format!("#/{property}"), text));
        }
    }
    Ok(())
}

async fn attach(calls: &Calls, role: &str, policy: &str) -> Result<(), Failure> {
    let input = AttachRolePolicyRequest { role_name: role.to_owned(), policy_arn: policy.to_owned() };
    calls.run(op::AttachRolePolicy, input).await.map(drop)
}

/// Takes a managed policy from a role; one that it has not, or a role that is gone, is fine.
async fn detach(calls: &Calls, role: &str, policy: &str) -> Result<(), Failure> {
    let input = DetachRolePolicyRequest { role_name: role.to_owned(), policy_arn: policy.to_owned() };
    unless_missing(calls.run(op::DetachRolePolicy, input).await).map(drop)
}

/// Takes an inline policy from a role, if it is there.
async fn delete_inline(calls: &Calls, role: &str, policy: &str) -> Result<(), Failure> {
    let input = DeleteRolePolicyRequest { role_name: role.to_owned(), policy_name: policy.to_owned() };
    unless_missing(calls.run(op::DeleteRolePolicy, input).await).map(drop)
}
