//! TagDeliveryStream, UntagDeliveryStream and ListTagsForDeliveryStream.

use super::super::Firehose;
use crate::api::firehose::{
    ListTagsForDeliveryStreamInput, ListTagsForDeliveryStreamOutput, Tag, TagDeliveryStreamInput, TagDeliveryStreamOutput,
    UntagDeliveryStreamInput, UntagDeliveryStreamOutput, fault,
};
use crate::api::{Caller, Fault};
use std::collections::BTreeMap;

/// Most tags of a delivery stream (API model).
const MOST_TAGS: usize = 50;

/// The tags of a creation as a map.
pub(super) fn checked(tags: Vec<Tag>) -> Result<BTreeMap<String, String>, Fault> {
    let mut map = BTreeMap::new();
    for tag in tags {
        if tag.key.starts_with("aws:") {
            return Err(fault::invalid_argument(format!("Tag key {} cannot start with aws:.", tag.key)));
        }
        if let Some(first) = map.insert(tag.key.clone(), tag.value.unwrap_or_default()) {
            return Err(fault::invalid_argument(format!("Tag key {} is given twice, first with {first}.", tag.key)));
        }
    }
    Ok(map)
}

/// Adds tags or changes their values.
pub(super) async fn tag_delivery_stream(
    service: Firehose,
    caller: Caller,
    input: TagDeliveryStreamInput,
) -> Result<TagDeliveryStreamOutput, Fault> {
    let _turn = service.control().await;
    let entry = service.require(&caller.scope, &input.delivery_stream_name)?;
    let mut stream = (*entry.stream()).clone();
    stream.tags.append(&mut checked(input.tags)?);
    if stream.tags.len() > MOST_TAGS {
        return Err(fault::limit_exceeded(format!("A delivery stream can have up to {MOST_TAGS} tags.")));
    }
    service.change(&entry, stream).await.map_err(|refused| refused.fault(&caller.scope))?;
    Ok(TagDeliveryStreamOutput::default())
}

/// Removes tags; absent ones do not matter.
pub(super) async fn untag_delivery_stream(
    service: Firehose,
    caller: Caller,
    input: UntagDeliveryStreamInput,
) -> Result<UntagDeliveryStreamOutput, Fault> {
    let _turn = service.control().await;
    let entry = service.require(&caller.scope, &input.delivery_stream_name)?;
    let mut stream = (*entry.stream()).clone();
    stream.tags.retain(|key, _| !input.tag_keys.contains(key));
    service.change(&entry, stream).await.map_err(|refused| refused.fault(&caller.scope))?;
    Ok(UntagDeliveryStreamOutput::default())
}

/// The tags in the order of their keys.
pub(super) async fn list_tags_for_delivery_stream(
    service: Firehose,
    caller: Caller,
    input: ListTagsForDeliveryStreamInput,
) -> Result<ListTagsForDeliveryStreamOutput, Fault> {
    let stream = service.require(&caller.scope, &input.delivery_stream_name)?.stream();
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MOST_TAGS);
    let after = input.exclusive_start_tag_key.unwrap_or_default();
    let rest = stream.tags.iter().filter(|(key, _)| **key > after);
    let mut tags: Vec<Tag> = rest.map(|(key, value)| Tag { key: key.clone(), value: Some(value.clone()) }).collect();
    let has_more_tags = tags.len() > limit;
    tags.truncate(limit);
    Ok(ListTagsForDeliveryStreamOutput { has_more_tags, tags })
}
