//! SubscribeToShard: the records of a shard, pushed as they are committed.

use super::super::error::KinesisError;
use super::super::shard::parse_shard_id;
use super::super::subscription::Subscription;
use super::super::{Kinesis, Status, shard_id};
use super::get_shard_iterator::Start;
use crate::api::kinesis::{ConsumerStatus, SubscribeToShardEventStream, SubscribeToShardInput};
use crate::api::{Caller, Fault};
use futures_util::{Stream, stream};

pub(super) async fn subscribe_to_shard(
    kinesis: Kinesis,
    caller: Caller,
    input: SubscribeToShardInput,
) -> Result<impl Stream<Item = Result<SubscribeToShardEventStream, Fault>> + use<>, Fault> {
    let (stream, consumer) = kinesis.find_consumer_for_data(&caller.scope, &input.consumer_arn)?;
    let status = consumer.status(kinesis.0.clock.now_ms());
    if status != ConsumerStatus::Active {
        return Err(stream.key.consumer_not_active(&consumer.name, status.as_str()).into());
    }
    let index = parse_shard_id(&input.shard_id).ok_or_else(|| stream.key.no_such_shard(&input.shard_id))?;
    let snapshot = stream.snapshot();
    let shard = snapshot.document.shard(index).filter(|_| snapshot.document.status != Status::Creating);
    let shard = shard.ok_or_else(|| stream.key.shard_does_not_exist(&shard_id(index)))?;
    let from = &input.starting_position;
    let start = Start {
        call: "SubscribeToShard",
        kind: from.r#type,
        number: from.sequence_number.as_deref(),
        timestamp_ms: from.timestamp.map(|timestamp| timestamp.0),
    };
    let next = kinesis.starting_ordinal(&stream, shard, &start).await?;
    let subscription = Subscription::start(&kinesis, &stream, consumer, shard, next).map_err(Fault::from)?;
    Ok(stream::unfold(subscription, |mut subscription| async {
        let event = subscription.next().await?;
        let event = event.map(|subscribe_to_shard_event| SubscribeToShardEventStream { subscribe_to_shard_event });
        Some((event.map_err(KinesisError::into), subscription))
    }))
}
