//! Managed policies on roles.

use super::page;
use crate::api::iam::{
    AttachRolePolicyRequest, AttachedPolicy, DetachRolePolicyRequest, ListAttachedRolePoliciesRequest,
    ListAttachedRolePoliciesResponse,
};
use crate::api::{Caller, Empty, Fault};
use crate::services::iam::Iam;
use crate::services::iam::error::IamError;
use crate::services::iam::policy::name_of;
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
    iam.change_role(&caller.scope, &input.role_name, change).await?;
    Ok(Empty)
}

pub(crate) async fn list(
    iam: Iam,
    caller: Caller,
    input: ListAttachedRolePoliciesRequest,
) -> Result<ListAttachedRolePoliciesResponse, Fault> {
    let mut arns = iam.role(&caller.scope, &input.role_name).await?.attached;
    arns.sort();
    let page = page(arns, |arn| arn, input.marker.as_ref(), input.max_items);
    let attached =
        page.items.into_iter().map(|arn| AttachedPolicy { policy_name: Some(name_of(&arn).to_owned()), policy_arn: Some(arn) });
    let attached_policies = Some(attached.collect());
    Ok(ListAttachedRolePoliciesResponse { attached_policies, is_truncated: page.is_truncated, marker: page.marker })
}
