//! The operations, each a function of the handle, the caller and the input.

mod attached;
mod inline;
mod policies;
mod roles;
mod tags;

use super::Iam;
use crate::api::iam::{SERVICE, Tag, op};
use crate::api::{Routes, ServiceTable};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeMap;

/// Entries of a page where the caller does not say.
const DEFAULT_PAGE: usize = 100;

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
        .on(op::ListInstanceProfilesForRole, roles::list_instance_profiles)
        .on(op::PutRolePolicy, inline::put)
        .on(op::GetRolePolicy, inline::get)
        .on(op::ListRolePolicies, inline::list)
        .on(op::DeleteRolePolicy, inline::delete)
        .on(op::AttachRolePolicy, attached::attach)
        .on(op::DetachRolePolicy, attached::detach)
        .on(op::ListAttachedRolePolicies, attached::list)
        .on(op::CreatePolicy, policies::create)
        .on(op::GetPolicy, policies::get)
        .on(op::GetPolicyVersion, policies::get_version)
        .on(op::ListPolicyVersions, policies::list_versions)
        .on(op::DeletePolicy, policies::delete)
        .on(op::TagRole, tags::tag)
        .on(op::UntagRole, tags::untag)
        .on(op::ListRoleTags, tags::list)
        .finish()
}

/// A policy document as answers carry it.
fn encoded(document: &str) -> String {
    utf8_percent_encode(document, UNRESERVED).to_string()
}

fn tag_map(tags: Option<Vec<Tag>>) -> BTreeMap<String, String> {
    tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect()
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
