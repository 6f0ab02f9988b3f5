//! Inline policies of roles.

use super::{encoded, page};
use crate::api::iam::{
    DeleteRolePolicyRequest, GetRolePolicyRequest, GetRolePolicyResponse, ListRolePoliciesRequest, ListRolePoliciesResponse,
    PutRolePolicyRequest,
};
use crate::api::{Caller, Empty, Fault};
use crate::services::iam::Iam;
use crate::services::iam::error::IamError;
use crate::services::iam::policy::check_document;
use crate::services::iam::role::RoleRecord;

pub(crate) async fn put(iam: Iam, caller: Caller, input: PutRolePolicyRequest) -> Result<Empty, Fault> {
    check_document(&input.policy_document)?;
    let change = move |role: &mut RoleRecord| role.put_inline(input.policy_name, input.policy_document);
    iam.modify_role(&caller.scope, &input.role_name, change).await?;
    Ok(Empty)
}

pub(crate) async fn get(iam: Iam, caller: Caller, input: GetRolePolicyRequest) -> Result<GetRolePolicyResponse, Fault> {
    let role = iam.role(&caller.scope, &input.role_name).await?;
    let document = role.inline.get(&input.policy_name).ok_or_else(|| IamError::NoSuchRolePolicy(input.policy_name.clone()))?;
    Ok(GetRolePolicyResponse { policy_document: encoded(document), policy_name: input.policy_name, role_name: role.name })
}

pub(crate) async fn list(iam: Iam, caller: Caller, input: ListRolePoliciesRequest) -> Result<ListRolePoliciesResponse, Fault> {
    let names: Vec<String> = iam.role(&caller.scope, &input.role_name).await?.inline.into_keys().collect();
    let page = page(names, |name| name, input.marker.as_ref(), input.max_items);
    Ok(ListRolePoliciesResponse { policy_names: page.items, is_truncated: page.is_truncated, marker: page.marker })
}

pub(crate) async fn delete(iam: Iam, caller: Caller, input: DeleteRolePolicyRequest) -> Result<Empty, Fault> {
    let change = move |role: &mut RoleRecord| match role.inline.remove(&input.policy_name) {
        Some(_) => Ok(()),
        None => Err(IamError::NoSuchRolePolicy(input.policy_name)),
    };
    iam.modify_role(&caller.scope, &input.role_name, change).await?;
    Ok(Empty)
}
