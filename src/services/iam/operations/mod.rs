//! The operations, each a function of the handle, the caller and the input.

mod attached;
mod inline;
mod policies;
mod profiles;
mod roles;
mod service_linked;
mod tags;
mod versions;

use super::Iam;
use super::error::IamError;
use crate::api::iam::{SERVICE, Tag, op};
use crate::api::{Routes, ServiceTable};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeMap;

/// Entries of a page where the caller does not say.
const DEFAULT_PAGE: usize = 100;

/// The most tags of one role, policy or instance profile (IAM user guide, quotas).
const MOST_TAGS: usize = 50;

/// What RFC 3986 leaves as it is, and so IAM does in policy documents.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The operations for the gateway.
pub fn routes(iam: Iam) -> ServiceTable {
    Routes::new(&SERVICE, iam)
        .on(op::CreateRole, roles::create)
        .on(op::GetRole, roles::get)
        .on(op::ListRoles, roles::list)
        .on(op::UpdateRole, roles::update)
        .on(op::UpdateAssumeRolePolicy, roles::update_trust)
        .on(op::DeleteRole, roles::delete)
        .on(op::UpdateRoleDescription, roles::update_description)
        .on(op::PutRolePermissionsBoundary, roles::put_boundary)
        .on(op::DeleteRolePermissionsBoundary, roles::delete_boundary)
        .on(op::CreateServiceLinkedRole, service_linked::create)
        .on(op::DeleteServiceLinkedRole, service_linked::delete)
        .on(op::GetServiceLinkedRoleDeletionStatus, service_linked::deletion_status)
        .on(op::PutRolePolicy, inline::put)
        .on(op::GetRolePolicy, inline::get)
        .on(op::ListRolePolicies, inline::list)
        .on(op::DeleteRolePolicy, inline::delete)
        .on(op::AttachRolePolicy, attached::attach)
        .on(op::DetachRolePolicy, attached::detach)
        .on(op::ListAttachedRolePolicies, attached::list)
        .on(op::CreatePolicy, policies::create)
        .on(op::GetPolicy, policies::get)
        .on(op::ListPolicies, policies::list)
        .on(op::ListEntitiesForPolicy, attached::entities)
        .on(op::DeletePolicy, policies::delete)
        .on(op::CreatePolicyVersion, versions::create)
        .on(op::GetPolicyVersion, versions::get)
        .on(op::ListPolicyVersions, versions::list)
        .on(op::SetDefaultPolicyVersion, versions::set_default)
        .on(op::DeletePolicyVersion, versions::delete)
        .on(op::CreateInstanceProfile, profiles::create)
        .on(op::GetInstanceProfile, profiles::get)
        .on(op::ListInstanceProfiles, profiles::list)
        .on(op::ListInstanceProfilesForRole, profiles::list_for_role)
        .on(op::AddRoleToInstanceProfile, profiles::add_role)
        .on(op::RemoveRoleFromInstanceProfile, profiles::remove_role)
        .on(op::DeleteInstanceProfile, profiles::delete)
        .on(op::TagRole, tags::tag_role)
        .on(op::UntagRole, tags::untag_role)
        .on(op::ListRoleTags, tags::of_role)
        .on(op::TagPolicy, tags::tag_policy)
        .on(op::UntagPolicy, tags::untag_policy)
        .on(op::ListPolicyTags, tags::of_policy)
        .on(op::TagInstanceProfile, tags::tag_profile)
        .on(op::UntagInstanceProfile, tags::untag_profile)
        .on(op::ListInstanceProfileTags, tags::of_profile)
        .finish()
}

/// A policy document as answers carry it.
fn encoded(document: &str) -> String {
    utf8_percent_encode(document, UNRESERVED).to_string()
}

/// The tags that something is made with.
fn tag_map(tags: Option<Vec<Tag>>) -> Result<BTreeMap<String, String>, IamError> {
    let mut map = BTreeMap::new();
    add_tags(&mut map, tags.unwrap_or_default())?;
    Ok(map)
}

/// Adds tags, in place of those with the same keys.
fn add_tags(map: &mut BTreeMap<String, String>, tags: Vec<Tag>) -> Result<(), IamError> {
    map.extend(tags.into_iter().map(|tag| (tag.key, tag.value)));
    if map.len() > MOST_TAGS { Err(IamError::TooManyTags) } else { Ok(()) }
}

fn tag_list(tags: BTreeMap<String, String>) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key, value }).collect()
}

/// The tags of an answer, which has none rather than an empty list.
fn some_tags(tags: BTreeMap<String, String>) -> Option<Vec<Tag>> {
    (!tags.is_empty()).then(|| tag_list(tags))
}

/// A page of a list.
struct Page<T> {
    items: Vec<T>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

/// The entries after `marker`, which is the name of the last entry of the page before.
fn page<T>(mut all: Vec<T>, name: impl Fn(&T) -> &str, marker: Option<&String>, most: Option<i32>) -> Page<T> {
    if let Some(marker) = marker {
        all.retain(|item| name(item) > marker.as_str());
    }
    let most = most.and_then(|most| usize::try_from(most).ok()).unwrap_or(DEFAULT_PAGE);
    let more = all.len() > most;
    all.truncate(most);
    let marker = all.last().filter(|_| more).map(|item| name(item).to_owned());
    Page { items: all, is_truncated: Some(more), marker }
}
