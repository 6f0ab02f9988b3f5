//! Tags of roles, policies and instance profiles.

use super::{add_tags, page, tag_list};
use crate::api::iam::{
    ListInstanceProfileTagsRequest, ListInstanceProfileTagsResponse, ListPolicyTagsRequest, ListPolicyTagsResponse,
    ListRoleTagsRequest, ListRoleTagsResponse, TagInstanceProfileRequest, TagPolicyRequest, TagRoleRequest,
    UntagInstanceProfileRequest, UntagPolicyRequest, UntagRoleRequest,
};
use crate::api::{Caller, Empty, Fault};
use crate::services::iam::Iam;
use crate::services::iam::policy::PolicyRecord;
use crate::services::iam::profile::ProfileRecord;
use crate::services::iam::role::RoleRecord;

pub(crate) async fn tag_role(iam: Iam, caller: Caller, input: TagRoleRequest) -> Result<Empty, Fault> {
    let tag = move |role: &mut RoleRecord| add_tags(&mut role.tags, input.tags);
    iam.change_role(&caller.scope, &input.role_name, tag).await?;
    Ok(Empty)
}

pub(crate) async fn untag_role(iam: Iam, caller: Caller, input: UntagRoleRequest) -> Result<Empty, Fault> {
    let untag = move |role: &mut RoleRecord| {
        role.tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    };
    iam.change_role(&caller.scope, &input.role_name, untag).await?;
    Ok(Empty)
}

pub(crate) async fn of_role(iam: Iam, caller: Caller, input: ListRoleTagsRequest) -> Result<ListRoleTagsResponse, Fault> {
    let tags = tag_list(iam.role(&caller.scope, &input.role_name).await?.tags);
    let page = page(tags, |tag| &tag.key, input.marker.as_ref(), input.max_items);
    Ok(ListRoleTagsResponse { tags: page.items, is_truncated: page.is_truncated, marker: page.marker })
}

pub(crate) async fn tag_policy(iam: Iam, caller: Caller, input: TagPolicyRequest) -> Result<Empty, Fault> {
    let tag = move |policy: &mut PolicyRecord| add_tags(&mut policy.tags, input.tags);
    iam.change_policy(&caller.scope, &input.policy_arn, tag).await?;
    Ok(Empty)
}

pub(crate) async fn untag_policy(iam: Iam, caller: Caller, input: UntagPolicyRequest) -> Result<Empty, Fault> {
    let untag = move |policy: &mut PolicyRecord| {
        policy.tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    };
    iam.change_policy(&caller.scope, &input.policy_arn, untag).await?;
    Ok(Empty)
}

pub(crate) async fn of_policy(iam: Iam, caller: Caller, input: ListPolicyTagsRequest) -> Result<ListPolicyTagsResponse, Fault> {
    let tags = tag_list(iam.policy(&caller.scope, &input.policy_arn).await?.tags);
    let page = page(tags, |tag| &tag.key, input.marker.as_ref(), input.max_items);
    Ok(ListPolicyTagsResponse { tags: page.items, is_truncated: page.is_truncated, marker: page.marker })
}

pub(crate) async fn tag_profile(iam: Iam, caller: Caller, input: TagInstanceProfileRequest) -> Result<Empty, Fault> {
    let tag = move |profile: &mut ProfileRecord| add_tags(&mut profile.tags, input.tags);
    iam.change_profile(&caller.scope, &input.instance_profile_name, tag).await?;
    Ok(Empty)
}

pub(crate) async fn untag_profile(iam: Iam, caller: Caller, input: UntagInstanceProfileRequest) -> Result<Empty, Fault> {
    let untag = move |profile: &mut ProfileRecord| {
        profile.tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    };
    iam.change_profile(&caller.scope, &input.instance_profile_name, untag).await?;
    Ok(Empty)
}

pub(crate) async fn of_profile(
    iam: Iam,
    caller: Caller,
    input: ListInstanceProfileTagsRequest,
) -> Result<ListInstanceProfileTagsResponse, Fault> {
    let tags = tag_list(iam.profile(&caller.scope, &input.instance_profile_name).await?.tags);
    let page = page(tags, |tag| &tag.key, input.marker.as_ref(), input.max_items);
    Ok(ListInstanceProfileTagsResponse { tags: page.items, is_truncated: page.is_truncated, marker: page.marker })
}
