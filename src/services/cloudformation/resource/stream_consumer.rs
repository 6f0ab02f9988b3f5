//! AWS::Kinesis::StreamConsumer.

use super::calls::unless_missing;
use super::tags::TagChange;
use super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use crate::api::kinesis::{
    ConsumerDescription, ConsumerStatus, DeregisterStreamConsumerInput, DescribeStreamConsumerInput, TagResourceInput,
    UntagResourceInput, op,
};
use async_trait::async_trait;

/// The type.
pub(super) static STREAM_CONSUMER: ResourceType = ResourceType {
    name: "AWS::Kinesis::StreamConsumer",
    properties: &[
        Property::fixed("ConsumerName").required(),
        Property::fixed("StreamARN").required(),
        Property::changeable("Tags"),
    ],
    attributes: &["ConsumerARN", "ConsumerCreationTimestamp", "ConsumerName", "ConsumerStatus", "StreamARN"],
    handler: &StreamConsumer,
};

struct StreamConsumer;

#[async_trait]
impl Handler for StreamConsumer {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let mut input = desired.input(op::RegisterStreamConsumer)?;
        input.tags = Some(calls.tags(desired)?).filter(|tags| !tags.is_empty());
        let arn = calls.run(op::RegisterStreamConsumer, input).await?.consumer.consumer_arn;
        calls.initiated(&arn).await;
        active(calls, &arn).await
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let (consumer_name, stream_arn) = (desired.text("ConsumerName"), desired.text("StreamARN"));
        let input = DescribeStreamConsumerInput { consumer_name, stream_arn, ..Default::default() };
        let found = unless_missing(calls.run(op::DescribeStreamConsumer, input).await)?;
        Ok(found.map(|found| found.consumer_description.consumer_arn).into_iter().collect())
    }

    async fn update(&self, calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<Made, Failure> {
        let TagChange { wanted, gone } = TagChange::between(calls, previous, desired)?;
        if !gone.is_empty() {
            let input = UntagResourceInput { resource_arn: id.to_owned(), tag_keys: gone, ..Default::default() };
            calls.run(op::UntagResource, input).await?;
        }
        if !wanted.is_empty() {
            let input = TagResourceInput { resource_arn: id.to_owned(), tags: wanted, ..Default::default() };
            calls.run(op::TagResource, input).await?;
        }
        active(calls, id).await
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        let input = DeregisterStreamConsumerInput { consumer_arn: Some(id.to_owned()), ..Default::default() };
        let delete = || calls.run(op::DeregisterStreamConsumer, input.clone());
        calls.deleted("the consumer to be deregistered", delete, || describe(calls, id)).await
    }
}

async fn describe(calls: &Calls, arn: &str) -> Result<ConsumerDescription, Failure> {
    let input = DescribeStreamConsumerInput { consumer_arn: Some(arn.to_owned()), ..Default::default() };
    Ok(calls.run(op::DescribeStreamConsumer, input).await?.consumer_description)
}

async fn active(calls: &Calls, arn: &str) -> Result<Made, Failure> {
    let look = || async {
        let consumer = describe(calls, arn).await?;
        Ok((consumer.consumer_status == ConsumerStatus::Active).then_some(consumer))
    };
    let consumer = calls.until("the consumer to become ACTIVE", look).await?;
    // In seconds, as the API tells times.
    let created = consumer.consumer_creation_timestamp.0 / 1000;
    Ok(Made::new(arn)
        .with("ConsumerARN", arn)
        .with("ConsumerCreationTimestamp", created.to_string())
        .with("ConsumerName", consumer.consumer_name)
        .with("ConsumerStatus", consumer.consumer_status.as_str())
        .with("StreamARN", consumer.stream_arn))
}
