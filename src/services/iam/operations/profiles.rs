//! Instance profiles.

use super::roles::listed;
use super::{page, some_tags, tag_map};
use crate::api::iam::{
    AddRoleToInstanceProfileRequest, CreateInstanceProfileRequest, CreateInstanceProfileResponse, DeleteInstanceProfileRequest,
    GetInstanceProfileRequest, GetInstanceProfileResponse, InstanceProfile, ListInstanceProfilesForRoleRequest,
    ListInstanceProfilesForRoleResponse, ListInstanceProfilesRequest, ListInstanceProfilesResponse,
    RemoveRoleFromInstanceProfileRequest,
};
use crate::api::{Caller, Empty, Fault, Timestamp};
use crate::base::account::Scope;
use crate::base::credential::unique_id;
use crate::services::iam::Iam;
use crate::services::iam::error::IamError;
use crate::services::iam::profile::ProfileRecord;
use crate::services::iam::role::RoleRecord;

/// A profile with its role, which is one of `roles`.
fn shown<'r>(scope: &Scope, profile: ProfileRecord, mut roles: impl Iterator<Item = &'r RoleRecord>) -> InstanceProfile {
    let role = profile.role.as_ref().and_then(|name| roles.find(|role| role.name == *name));
    InstanceProfile {
        arn: profile.arn(scope),
        create_date: Timestamp(profile.created_ms),
        instance_profile_id: profile.id,
        instance_profile_name: profile.name,
        path: profile.path,
        roles: role.map(|role| listed(scope, role)).into_iter().collect(),
        tags: some_tags(profile.tags),
    }
}

pub(crate) async fn create(
    iam: Iam,
    caller: Caller,
    input: CreateInstanceProfileRequest,
) -> Result<CreateInstanceProfileResponse, Fault> {
    let profile = ProfileRecord {
        name: input.instance_profile_name,
        path: input.path.unwrap_or_else(|| "/".into()),
        id: unique_id("AIPA"),
        created_ms: iam.now_ms(),
        tags: tag_map(input.tags)?,
        role: None,
    };
    iam.create_profile(&caller.scope, profile.clone()).await?;
    Ok(CreateInstanceProfileResponse { instance_profile: shown(&caller.scope, profile, std::iter::empty()) })
}

pub(crate) async fn get(iam: Iam, caller: Caller, input: GetInstanceProfileRequest) -> Result<GetInstanceProfileResponse, Fault> {
    let profile = iam.profile(&caller.scope, &input.instance_profile_name).await?;
    let role = match &profile.role {
        Some(role) => Some(iam.role(&caller.scope, role).await?),
        None => None,
    };
    Ok(GetInstanceProfileResponse { instance_profile: shown(&caller.scope, profile, role.iter()) })
}

pub(crate) async fn list(
    iam: Iam,
    caller: Caller,
    input: ListInstanceProfilesRequest,
) -> Result<ListInstanceProfilesResponse, Fault> {
    let mut profiles = iam.profiles(&caller.scope).await?;
    let prefix = input.path_prefix.unwrap_or_else(|| "/".into());
    profiles.retain(|profile| profile.path.starts_with(&prefix));
    let roles = iam.roles(&caller.scope).await?;
    let page = page(profiles, |profile| &profile.name, input.marker.as_ref(), input.max_items);
    // Lists have no tags.
    let listed = |profile| InstanceProfile { tags: None, ..shown(&caller.scope, profile, roles.iter()) };
    let instance_profiles = page.items.into_iter().map(listed).collect();
    Ok(ListInstanceProfilesResponse { instance_profiles, is_truncated: page.is_truncated, marker: page.marker })
}

pub(crate) async fn list_for_role(
    iam: Iam,
    caller: Caller,
    input: ListInstanceProfilesForRoleRequest,
) -> Result<ListInstanceProfilesForRoleResponse, Fault> {
    let role = iam.role(&caller.scope, &input.role_name).await?;
    let mut profiles = iam.profiles(&caller.scope).await?;
    profiles.retain(|profile| profile.role.as_ref() == Some(&role.name));
    let page = page(profiles, |profile| &profile.name, input.marker.as_ref(), input.max_items);
    let shown = |profile| InstanceProfile { tags: None, ..shown(&caller.scope, profile, std::iter::once(&role)) };
    let instance_profiles = page.items.into_iter().map(shown).collect();
    Ok(ListInstanceProfilesForRoleResponse { instance_profiles, is_truncated: page.is_truncated, marker: page.marker })
}

pub(crate) async fn add_role(iam: Iam, caller: Caller, input: AddRoleToInstanceProfileRequest) -> Result<Empty, Fault> {
    iam.add_role(&caller.scope, &input.instance_profile_name, &input.role_name).await?;
    Ok(Empty)
}

pub(crate) async fn remove_role(iam: Iam, caller: Caller, input: RemoveRoleFromInstanceProfileRequest) -> Result<Empty, Fault> {
    let remove = move |profile: &mut ProfileRecord| {
        let removed = profile.role.take_if(|role| *role == input.role_name);
        removed.map(drop).ok_or(IamError::NoSuchRole(input.role_name))
    };
    iam.change_profile(&caller.scope, &input.instance_profile_name, remove).await?;
    Ok(Empty)
}

pub(crate) async fn delete(iam: Iam, caller: Caller, input: DeleteInstanceProfileRequest) -> Result<Empty, Fault> {
    iam.delete_profile(&caller.scope, &input.instance_profile_name).await?;
    Ok(Empty)
}
