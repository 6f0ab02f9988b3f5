//! Tags: of streams by name or ARN, and of resources by ARN.

use super::super::consumer::Consumer;
use super::super::error::KinesisError;
use super::super::stream::Stream;
use super::super::{Kinesis, StreamKey};
use crate::api::kinesis::{
    AddTagsToStreamInput, ListTagsForResourceInput, ListTagsForResourceOutput, ListTagsForStreamInput, ListTagsForStreamOutput,
    RemoveTagsFromStreamInput, Tag, TagResourceInput, UntagResourceInput,
};
use crate::api::{Caller, Empty, Fault};
use std::collections::BTreeMap;

/// Tags of one resource (model).
const MOST_TAGS: usize = 50;

/// Tags in one answer of ListTagsForStream unless asked otherwise; more than a stream can have.
const DEFAULT_TAGS: usize = 100;

pub(super) async fn add_tags_to_stream(kinesis: Kinesis, caller: Caller, input: AddTagsToStreamInput) -> Result<Empty, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    kinesis.add_tags(&stream, None, input.tags).await?;
    Ok(Empty)
}

pub(super) async fn tag_resource(kinesis: Kinesis, caller: Caller, input: TagResourceInput) -> Result<Empty, Fault> {
    let (stream, consumer) = kinesis.find_resource(&caller.scope, &input.resource_arn)?;
    kinesis.add_tags(&stream, consumer, input.tags).await?;
    Ok(Empty)
}

pub(super) async fn remove_tags_from_stream(
    kinesis: Kinesis,
    caller: Caller,
    input: RemoveTagsFromStreamInput,
) -> Result<Empty, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    kinesis.remove_tags(&stream, None, input.tag_keys).await?;
    Ok(Empty)
}

pub(super) async fn untag_resource(kinesis: Kinesis, caller: Caller, input: UntagResourceInput) -> Result<Empty, Fault> {
    let (stream, consumer) = kinesis.find_resource(&caller.scope, &input.resource_arn)?;
    kinesis.remove_tags(&stream, consumer, input.tag_keys).await?;
    Ok(Empty)
}

pub(super) async fn list_tags_for_stream(
    kinesis: Kinesis,
    caller: Caller,
    input: ListTagsForStreamInput,
) -> Result<ListTagsForStreamOutput, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    let snapshot = stream.snapshot();
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(DEFAULT_TAGS);
    let after = input.exclusive_start_tag_key.unwrap_or_default();
    let mut rest = snapshot.document.tags.iter().filter(|(key, _)| **key > after);
    let tags = rest.by_ref().take(limit).map(to_api).collect();
    Ok(ListTagsForStreamOutput { tags, has_more_tags: rest.next().is_some() })
}

pub(super) async fn list_tags_for_resource(
    kinesis: Kinesis,
    caller: Caller,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, Fault> {
    let (stream, consumer) = kinesis.find_resource(&caller.scope, &input.resource_arn)?;
    let tags = consumer.map_or_else(|| stream.snapshot().document.tags.clone(), |consumer| consumer.tags);
    Ok(ListTagsForResourceOutput { tags: Some(tags.iter().map(to_api).collect()) })
}

fn to_api((key, value): (&String, &String)) -> Tag {
    Tag { key: key.clone(), value: Some(value.clone()) }
}

impl Kinesis {
    async fn add_tags(
        &self,
        stream: &Stream,
        consumer: Option<Consumer>,
        tags: BTreeMap<String, String>,
    ) -> Result<(), KinesisError> {
        check_tags(&stream.key, tags.iter().flat_map(|(name, value)| [name, value]), tags.len())?;
        let key = stream.key.clone();
        self.edit(stream, move |document, _| {
            let resource = document.resource(consumer.as_ref()).ok_or_else(|| key.not_found())?;
            resource.tags.extend(tags);
            if resource.tags.len() > MOST_TAGS { Err(key.too_many_tags(MOST_TAGS)) } else { Ok(()) }
        })
        .await
    }

    async fn remove_tags(&self, stream: &Stream, consumer: Option<Consumer>, names: Vec<String>) -> Result<(), KinesisError> {
        check_tags(&stream.key, names.iter(), 0)?;
        let key = stream.key.clone();
        self.edit(stream, move |document, _| {
            let resource = document.resource(consumer.as_ref()).ok_or_else(|| key.not_found())?;
            resource.tags.retain(|name, _| !names.contains(name));
            Ok(())
        })
        .await
    }
}

/// Whether tag texts have only characters that the service takes, and whether they are not too many.
pub(super) fn check_tags<'t>(key: &StreamKey, texts: impl Iterator<Item = &'t String>, count: usize) -> Result<(), KinesisError> {
    let allowed =
        |c: char| c.is_alphanumeric() || c.is_whitespace() || matches!(c, '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@');
    for text in texts {
        if !text.chars().all(allowed) {
            return Err(KinesisError::InvalidArgument(
                "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @."
                    .into(),
            ));
        }
    }
    if count > MOST_TAGS { Err(key.too_many_tags(MOST_TAGS)) } else { Ok(()) }
}
