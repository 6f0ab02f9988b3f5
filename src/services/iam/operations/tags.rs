//! Tags of roles.

use super::{page, tag_list};
use crate::api::iam::{ListRoleTagsRequest, ListRoleTagsResponse, TagRoleRequest, UntagRoleRequest};
use crate::api::{Caller, Empty, Fault};
use crate::services::iam::Iam;
use crate::services::iam::role::RoleRecord;

pub(crate) async fn tag(iam: Iam, caller: Caller, input: TagRoleRequest) -> Result<Empty, Fault> {
    let change = move |role: &mut RoleRecord| {
        role.tags.extend(input.tags.into_iter().map(|tag| (tag.key, tag.value)));
        Ok(())
    };
    iam.change_role(&caller.scope, &input.role_name, change).await?;
    Ok(Empty)
}

pub(crate) async fn untag(iam: Iam, caller: Caller, input: UntagRoleRequest) -> Result<Empty, Fault> {
    let change = move |role: &mut RoleRecord| {
        role.tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    };
    iam.change_role(&caller.scope, &input.role_name, change).await?;
    Ok(Empty)
}

pub(crate) async fn list(iam: Iam, caller: Caller, input: ListRoleTagsRequest) -> Result<ListRoleTagsResponse, Fault> {
    let tags = tag_list(iam.role(&caller.scope, &input.role_name).await?.tags);
    let page = page(tags, |tag| &tag.key, input.marker.as_ref(), input.max_items);
    Ok(ListRoleTagsResponse { tags: page.items, is_truncated: page.is_truncated, marker: page.marker })
}
