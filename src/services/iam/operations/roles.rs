//! Roles themselves.

use super::{encoded, page, some_tags, tag_map};
use crate::api::iam::{
    AttachedPermissionsBoundary, CreateRoleRequest, CreateRoleResponse, DeleteRolePermissionsBoundaryRequest, DeleteRoleRequest,
    GetRoleRequest, GetRoleResponse, ListRolesRequest, ListRolesResponse, PermissionsBoundaryAttachmentType,
    PutRolePermissionsBoundaryRequest, Role, RoleLastUsed, UpdateAssumeRolePolicyRequest, UpdateRoleDescriptionRequest,
    UpdateRoleDescriptionResponse, UpdateRoleRequest, UpdateRoleResponse,
};
use crate::api::{Caller, Empty, Fault, Timestamp};
use crate::base::account::Scope;
use crate::base::credential::unique_id;
use crate::services::iam::Iam;
use crate::services::iam::policy::check_document;
use crate::services::iam::role::RoleRecord;
use std::collections::BTreeMap;

/// The longest session where the role does not say, in seconds (API reference, CreateRole).
pub(super) const DEFAULT_SESSION_SECONDS: i32 = 3600;

/// A role as lists show it.
pub(super) fn listed(scope: &Scope, role: &RoleRecord) -> Role {
    Role {
        arn: role.arn(scope),
        assume_role_policy_document: Some(encoded(&role.trust)),
        create_date: Timestamp(role.created_ms),
        description: role.description.clone(),
        max_session_duration: Some(role.max_session_seconds),
        path: role.path.clone(),
        role_id: role.id.clone(),
        role_name: role.name.clone(),
        ..Role::default()
    }
}

/// A role as a single answer shows it.
pub(super) fn shown(scope: &Scope, role: RoleRecord) -> Role {
    let boundary = |arn: &String| AttachedPermissionsBoundary {
        permissions_boundary_arn: Some(arn.clone()),
        permissions_boundary_type: Some(PermissionsBoundaryAttachmentType::PermissionsBoundaryPolicy),
    };
    Role {
        permissions_boundary: role.boundary.as_ref().map(boundary),
        tags: some_tags(role.tags.clone()),
        ..listed(scope, &role)
    }
}

pub(crate) async fn create(iam: Iam, caller: Caller, input: CreateRoleRequest) -> Result<CreateRoleResponse, Fault> {
    check_document(&input.assume_role_policy_document)?;
    let role = RoleRecord {
        name: input.role_name,
        path: input.path.unwrap_or_else(|| "/".into()),
        id: unique_id("AROA"),
        created_ms: iam.now_ms(),
        trust: input.assume_role_policy_document,
        description: input.description.filter(|text| !text.is_empty()),
        max_session_seconds: input.max_session_duration.unwrap_or(DEFAULT_SESSION_SECONDS),
        boundary: input.permissions_boundary,
        tags: tag_map(input.tags)?,
        inline: BTreeMap::new(),
        attached: Vec::new(),
    };
    iam.create_role(&caller.scope, role.clone()).await?;
    Ok(CreateRoleResponse { role: shown(&caller.scope, role) })
}

pub(crate) async fn get(iam: Iam, caller: Caller, input: GetRoleRequest) -> Result<GetRoleResponse, Fault> {
    let role = iam.role(&caller.scope, &input.role_name).await?;
    let role = Role { role_last_used: Some(RoleLastUsed::default()), ..shown(&caller.scope, role) };
    Ok(GetRoleResponse { role })
}

pub(crate) async fn list(iam: Iam, caller: Caller, input: ListRolesRequest) -> Result<ListRolesResponse, Fault> {
    let mut roles = iam.roles(&caller.scope).await?;
    let prefix = input.path_prefix.unwrap_or_else(|| "/".into());
    roles.retain(|role| role.path.starts_with(&prefix));
    let page = page(roles, |role| &role.name, input.marker.as_ref(), input.max_items);
    let roles = page.items.iter().map(|role| listed(&caller.scope, role)).collect();
    Ok(ListRolesResponse { roles, is_truncated: page.is_truncated, marker: page.marker })
}

pub(crate) async fn update(iam: Iam, caller: Caller, input: UpdateRoleRequest) -> Result<UpdateRoleResponse, Fault> {
    let change = move |role: &mut RoleRecord| {
        role.description = input.description.or(role.description.take()).filter(|text| !text.is_empty());
        role.max_session_seconds = input.max_session_duration.unwrap_or(role.max_session_seconds);
        Ok(())
    };
    iam.change_role(&caller.scope, &input.role_name, change).await?;
    Ok(UpdateRoleResponse::default())
}

pub(crate) async fn update_trust(iam: Iam, caller: Caller, input: UpdateAssumeRolePolicyRequest) -> Result<Empty, Fault> {
    check_document(&input.policy_document)?;
    let change = move |role: &mut RoleRecord| {
        role.trust = input.policy_document;
        Ok(())
    };
    iam.modify_role(&caller.scope, &input.role_name, change).await?;
    Ok(Empty)
}

pub(crate) async fn delete(iam: Iam, caller: Caller, input: DeleteRoleRequest) -> Result<Empty, Fault> {
    iam.delete_role(&caller.scope, &input.role_name).await?;
    Ok(Empty)
}

pub(crate) async fn update_description(
    iam: Iam,
    caller: Caller,
    input: UpdateRoleDescriptionRequest,
) -> Result<UpdateRoleDescriptionResponse, Fault> {
    let change = move |role: &mut RoleRecord| {
        role.description = Some(input.description).filter(|text| !text.is_empty());
        Ok(role.clone())
    };
    let role = iam.change_role(&caller.scope, &input.role_name, change).await?;
    Ok(UpdateRoleDescriptionResponse { role: Some(shown(&caller.scope, role)) })
}

pub(crate) async fn put_boundary(iam: Iam, caller: Caller, input: PutRolePermissionsBoundaryRequest) -> Result<Empty, Fault> {
    set_boundary(iam, caller, input.role_name, Some(input.permissions_boundary)).await
}

pub(crate) async fn delete_boundary(
    iam: Iam,
    caller: Caller,
    input: DeleteRolePermissionsBoundaryRequest,
) -> Result<Empty, Fault> {
    set_boundary(iam, caller, input.role_name, None).await
}

async fn set_boundary(iam: Iam, caller: Caller, role: String, boundary: Option<String>) -> Result<Empty, Fault> {
    let change = move |role: &mut RoleRecord| {
        role.boundary = boundary;
        Ok(())
    };
    iam.modify_role(&caller.scope, &role, change).await?;
    Ok(Empty)
}
