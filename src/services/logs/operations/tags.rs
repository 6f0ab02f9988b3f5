//! Tags of log groups.

use crate::api::logs::{ListTagsForResourceRequest, ListTagsForResourceResponse, TagResourceRequest, UntagResourceRequest};
use crate::api::{Caller, Empty, Fault};
use crate::services::logs::Logs;
use crate::services::logs::error::LogsError;
use crate::services::logs::group::{Group, group_of_identifier};

/// The most tags of a group (API reference, TagResource).
const MOST_TAGS: usize = 50;

pub(crate) async fn tag(logs: Logs, caller: Caller, input: TagResourceRequest) -> Result<Empty, Fault> {
    let group = group_of_identifier(&input.resource_arn)?;
    let change = move |group: &mut Group| {
        group.tags.extend(input.tags);
        if group.tags.len() > MOST_TAGS { Err(LogsError::TooManyTags(MOST_TAGS)) } else { Ok(()) }
    };
    logs.change_group(&caller.scope, group, change).await?;
    Ok(Empty)
}

pub(crate) async fn untag(logs: Logs, caller: Caller, input: UntagResourceRequest) -> Result<Empty, Fault> {
    let group = group_of_identifier(&input.resource_arn)?.to_owned();
    let change = move |group: &mut Group| {
        group.tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    };
    logs.change_group(&caller.scope, &group, change).await?;
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
