//! Consumers registered for enhanced fan-out.

use super::super::consumer::{Consumer, MOST_CONSUMERS, MOST_CONSUMERS_WITH_COMMITMENT};
use super::super::error::{KinesisError, expired_token, invalid_token};
use super::super::stream::{Status, Stream, StreamDocument};
use super::super::{Kinesis, token};
use super::account_settings::Commitment;
use super::list_streams::TOKEN_LIFE_MS;
use super::tags::check_tags;
use crate::api::kinesis::{
    ConsumerDescription, ConsumerStatus, DeregisterStreamConsumerInput, DescribeStreamConsumerInput,
    DescribeStreamConsumerOutput, ListStreamConsumersInput, ListStreamConsumersOutput, RegisterStreamConsumerInput,
    RegisterStreamConsumerOutput,
};
use crate::api::{Caller, Empty, Fault, Timestamp};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Consumers in one answer unless asked otherwise (model).
const DEFAULT_CONSUMERS: usize = 100;

pub(super) async fn register_stream_consumer(
    kinesis: Kinesis,
    caller: Caller,
    input: RegisterStreamConsumerInput,
) -> Result<RegisterStreamConsumerOutput, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, None, Some(&input.stream_arn))?;
    let tags = input.tags.unwrap_or_default();
    check_tags(&stream.key, tags.iter().flat_map(|(name, value)| [name, value]), tags.len())?;
    let created_ms = kinesis.0.clock.now_ms();
    let wait_ms = Millis::try_from(kinesis.0.limits.transition_ms).unwrap_or(Millis::MAX);
    let consumer =
        Consumer { name: input.consumer_name, created_ms, active_ms: created_ms.saturating_add(wait_ms), tags, policy: None };
    let shown = consumer.to_api(&stream.arn, created_ms);
    let key = stream.key.clone();
    let register = move |document: &mut StreamDocument, tx: &mut crate::store::Transaction<'_>| {
        if document.status != Status::Active && document.status != Status::Updating {
            return Err(key.not_active(document.status));
        }
        let Err(at) = document.find_consumer(&consumer.name) else { return Err(key.consumer_exists(&consumer.name)) };
        let committed = Commitment::read(tx, &key.scope)?.is_on(created_ms);
        let most = if committed { MOST_CONSUMERS_WITH_COMMITMENT } else { MOST_CONSUMERS };
        if document.consumers.len() >= most {
            return Err(key.too_many_consumers(most));
        }
        document.consumers.insert(at, consumer);
        Ok(())
    };
    kinesis.edit(&stream, register).await?;
    // The answer says CREATING, also where the next call says ACTIVE already: clients wait by DescribeStreamConsumer.
    Ok(RegisterStreamConsumerOutput {
        consumer: crate::api::kinesis::Consumer { consumer_status: ConsumerStatus::Creating, ..shown },
    })
}

pub(super) async fn describe_stream_consumer(
    kinesis: Kinesis,
    caller: Caller,
    input: DescribeStreamConsumerInput,
) -> Result<DescribeStreamConsumerOutput, Fault> {
    let (stream, consumer) = kinesis.find_consumer(
        &caller.scope,
        input.stream_arn.as_deref(),
        input.consumer_name.as_deref(),
        input.consumer_arn.as_deref(),
    )?;
    let consumer_description = ConsumerDescription {
        consumer_arn: consumer.arn(&stream.arn),
        consumer_status: consumer.status(kinesis.0.clock.now_ms()),
        consumer_creation_timestamp: Timestamp(consumer.created_ms),
        consumer_name: consumer.name,
        stream_arn: stream.arn.clone(),
    };
    Ok(DescribeStreamConsumerOutput { consumer_description })
}

pub(super) async fn deregister_stream_consumer(
    kinesis: Kinesis,
    caller: Caller,
    input: DeregisterStreamConsumerInput,
) -> Result<Empty, Fault> {
    let (stream, consumer) = kinesis.find_consumer(
        &caller.scope,
        input.stream_arn.as_deref(),
        input.consumer_name.as_deref(),
        input.consumer_arn.as_deref(),
    )?;
    let remove = move |document: &mut StreamDocument, _: &mut crate::store::Transaction<'_>| {
        document.consumers.retain(|other| other.name != consumer.name || other.created_ms != consumer.created_ms);
        Ok(())
    };
    kinesis.edit(&stream, remove).await?;
    Ok(Empty)
}

#[derive(Serialize, Deserialize)]
struct Position {
    issued_ms: Millis,
    stream: String,
    after: String,
}

pub(super) async fn list_stream_consumers(
    kinesis: Kinesis,
    caller: Caller,
    input: ListStreamConsumersInput,
) -> Result<ListStreamConsumersOutput, Fault> {
    let now_ms = kinesis.0.clock.now_ms();
    let stream = kinesis.find_for_control(&caller.scope, None, Some(&input.stream_arn))?;
    let after = input.next_token.map(|text| read_token(&text, &stream, now_ms)).transpose()?.unwrap_or_default();
    let limit = input.max_results.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(DEFAULT_CONSUMERS);
    let snapshot = stream.snapshot();
    let mut rest = snapshot.document.consumers.iter().filter(|consumer| consumer.name > after);
    let page: Vec<_> = rest.by_ref().take(limit).collect();
    let next_token = page.last().filter(|_| rest.next().is_some()).map(|last| {
        let position = Position { issued_ms: now_ms, stream: stream.arn.clone(), after: last.name.clone() };
        token::encode("ListStreamConsumers", &position)
    });
    let consumers = page.into_iter().map(|consumer| consumer.to_api(&stream.arn, now_ms)).collect();
    Ok(ListStreamConsumersOutput { consumers: Some(consumers), next_token })
}

fn read_token(text: &str, stream: &Stream, now_ms: Millis) -> Result<String, KinesisError> {
    let position: Position = token::decode("ListStreamConsumers", text).ok_or_else(invalid_token)?;
    if position.stream != stream.arn {
        return Err(invalid_token());
    }
    if now_ms - position.issued_ms > TOKEN_LIFE_MS {
        return Err(expired_token(position.issued_ms, now_ms, TOKEN_LIFE_MS));
    }
    Ok(position.after)
}

impl Kinesis {
    /// The consumer with an ARN, or with a name and its stream's ARN.
    fn find_consumer(
        &self,
        scope: &Scope,
        stream_arn: Option<&str>,
        name: Option<&str>,
        arn: Option<&str>,
    ) -> Result<(Arc<Stream>, Consumer), KinesisError> {
        let (stream_arn, name) = match (arn, stream_arn, name) {
            (Some(arn), ..) => parts_of(arn)?,
            (None, Some(stream), Some(name)) => (stream, name),
            _ => {
                let text = "Either ConsumerARN or both StreamARN and ConsumerName must be provided.";
                return Err(KinesisError::InvalidArgument(text.into()));
            }
        };
        let stream = self.find_for_control(scope, None, Some(stream_arn))?;
        let consumer = consumer_of(&stream, name, arn)?;
        Ok((stream, consumer))
    }

    /// The stream, or the stream and its consumer, that an ARN names.
    pub(super) fn find_resource(&self, scope: &Scope, arn: &str) -> Result<(Arc<Stream>, Option<Consumer>), KinesisError> {
        if arn.contains("/consumer/") {
            let (stream, consumer) = self.find_consumer(scope, None, None, Some(arn))?;
            return Ok((stream, Some(consumer)));
        }
        Ok((self.find_for_control(scope, None, Some(arn))?, None))
    }

    /// The consumer with an ARN, for a call that reads data: it is not counted among the control calls.
    pub(super) fn find_consumer_for_data(&self, scope: &Scope, arn: &str) -> Result<(Arc<Stream>, Consumer), KinesisError> {
        let (stream_arn, name) = parts_of(arn)?;
        let stream = self.find(scope, None, Some(stream_arn))?;
        let consumer = consumer_of(&stream, name, Some(arn))?;
        Ok((stream, consumer))
    }
}

/// A consumer's ARN parted into its stream's ARN and its name.
fn parts_of(arn: &str) -> Result<(&str, &str), KinesisError> {
    let (stream, rest) = arn.split_once("/consumer/").ok_or_else(|| no_such_consumer(arn))?;
    Ok((stream, rest.split_once(':').map_or(rest, |(name, _)| name)))
}

fn consumer_of(stream: &Stream, name: &str, arn: Option<&str>) -> Result<Consumer, KinesisError> {
    let snapshot = stream.snapshot();
    let found = snapshot.document.find_consumer(name).ok().and_then(|at| snapshot.document.consumers.get(at));
    // An ARN with another time is of an earlier consumer of that name.
    let found = found.filter(|consumer| arn.is_none_or(|arn| arn == consumer.arn(&stream.arn))).cloned();
    found.ok_or_else(|| no_such_consumer(arn.unwrap_or(name)))
}

fn no_such_consumer(named: &str) -> KinesisError {
    KinesisError::NotFound(format!("Consumer {named} not found."))
}
