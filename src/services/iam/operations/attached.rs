//! Managed policies on roles, seen from either side.

use super::page;
use crate::api::iam::{
    AttachRolePolicyRequest, AttachedPolicy, DetachRolePolicyRequest, EntityType, ListAttachedRolePoliciesRequest,
    ListAttachedRolePoliciesResponse, ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse, PolicyRole, PolicyUsageType,
};
use crate::api::{Caller, Empty, Fault};
use crate::services::iam::Iam;
use crate::services::iam::error::IamError;
use crate::services::iam::policy::{is_of_aws, name_of, path_of};
use crate::services::iam::role::RoleRecord;

pub(crate) async fn attach(iam: Iam, caller: Caller, input: AttachRolePolicyRequest) -> Result<Empty, Fault> {
    iam.attach(&caller.scope, &input.role_name, &input.policy_arn).await?;
    Ok(Empty)
}

pub(crate) async fn detach(iam: Iam, caller: Caller, input: DetachRolePolicyRequest) -> Result<Empty, Fault> {
    let change = move |role: &mut RoleRecord| {
        let before = role.attached.len();
        role.attached.retain(|arn| *arn != input.policy_arn);
        if role.attached.len() == before { Err(IamError::NoSuchPolicy(input.policy_arn)) } else { Ok(()) }
    };
    iam.modify_role(&caller.scope, &input.role_name, change).await?;
    Ok(Empty)
}

pub(crate) async fn list(
    iam: Iam,
    caller: Caller,
    input: ListAttachedRolePoliciesRequest,
) -> Result<ListAttachedRolePoliciesResponse, Fault> {
    let mut arns = iam.role(&caller.scope, &input.role_name).await?.attached;
    let prefix = input.path_prefix.unwrap_or_else(|| "/".into());
    arns.retain(|arn| path_of(arn).starts_with(&prefix));
    arns.sort();
    let page = page(arns, |arn| arn, input.marker.as_ref(), input.max_items);
    let attached =
        page.items.into_iter().map(|arn| AttachedPolicy { policy_name: Some(name_of(&arn).to_owned()), policy_arn: Some(arn) });
    let attached_policies = Some(attached.collect());
    Ok(ListAttachedRolePoliciesResponse { attached_policies, is_truncated: page.is_truncated, marker: page.marker })
}

/// Who has a policy attached, or as a permissions boundary: roles, since there are no users and groups.
pub(crate) async fn entities(
    iam: Iam,
    caller: Caller,
    input: ListEntitiesForPolicyRequest,
) -> Result<ListEntitiesForPolicyResponse, Fault> {
    let arn = &input.policy_arn;
    if !is_of_aws(arn) {
        iam.policy(&caller.scope, arn).await?;
    }
    let mut roles = match input.entity_filter {
        None | Some(EntityType::Role) => iam.roles(&caller.scope).await?,
        Some(_) => Vec::new(),
    };
    let prefix = input.path_prefix.unwrap_or_else(|| "/".into());
    let uses = |role: &RoleRecord| match input.policy_usage_filter {
        None | Some(PolicyUsageType::PermissionsPolicy) => role.attached.contains(arn),
        Some(_) => role.boundary.as_ref() == Some(arn),
    };
    roles.retain(|role| role.path.starts_with(&prefix) && uses(role));
    let page = page(roles, |role| &role.name, input.marker.as_ref(), input.max_items);
    let shown = |role: RoleRecord| PolicyRole { role_name: Some(role.name), role_id: Some(role.id) };
    Ok(ListEntitiesForPolicyResponse {
        policy_groups: Some(Vec::new()),
        policy_users: Some(Vec::new()),
        policy_roles: Some(page.items.into_iter().map(shown).collect()),
        is_truncated: page.is_truncated,
        marker: page.marker,
    })
}
