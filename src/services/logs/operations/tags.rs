//! Tags of log groups.

use crate::api::logs::{ListTagsForResourceRequest, ListTagsForResourceResponse, TagResourceRequest, UntagResourceRequest};
use crate::api::{Caller, Empty, Fault};
use crate::services::logs::Logs;
use crate::services::logs::group::group_of_identifier;

pub(crate) async fn tag(logs: Logs, caller: Caller, input: TagResourceRequest) -> Result<Empty, Fault> {
    let group = group_of_identifier(&input.resource_arn)?;
    logs.change_group(&caller.scope, group, move |group| group.tags.extend(input.tags)).await?;
    Ok(Empty)
}

pub(crate) async fn untag(logs: Logs, caller: Caller, input: UntagResourceRequest) -> Result<Empty, Fault> {
    let group = group_of_identifier(&input.resource_arn)?.to_owned();
    logs.change_group(&caller.scope, &group, move |group| group.tags.retain(|key, _| !input.tag_keys.contains(key))).await?;
    Ok(Empty)
}

pub(crate) async fn list(
    logs: Logs,
    caller: Caller,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, Fault> {
    let group = logs.group(&caller.scope, group_of_identifier(&input.resource_arn)?).await?;
    Ok(ListTagsForResourceResponse { tags: Some(group.tags) })
}
