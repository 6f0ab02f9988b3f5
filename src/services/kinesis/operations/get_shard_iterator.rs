//! GetShardIterator.

use super::super::error::{self, KinesisError};
use super::super::iterator::ShardIterator;
use super::super::sequence_number::SequenceNumber;
use super::super::shard::parse_shard_id;
use super::super::stream::{Status, Stream};
use super::super::{Kinesis, Shard, shard_id};
use crate::api::kinesis::{GetShardIteratorInput, GetShardIteratorOutput, ShardIteratorType};
use crate::api::{Caller, Fault};
use crate::base::clock::Millis;
use crate::store::Ordinal;

pub(super) async fn get_shard_iterator(
    kinesis: Kinesis,
    caller: Caller,
    input: GetShardIteratorInput,
) -> Result<GetShardIteratorOutput, Fault> {
    let stream = kinesis.find(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    let index = parse_shard_id(&input.shard_id).ok_or_else(|| stream.key.no_such_shard(&input.shard_id))?;
    let snapshot = stream.snapshot();
    let shard = snapshot.document.shard(index).filter(|_| snapshot.document.status != Status::Creating);
    let shard = shard.ok_or_else(|| stream.key.shard_does_not_exist(&shard_id(index)))?;
    let start = Start {
        call: "GetShardIterator",
        kind: input.shard_iterator_type,
        number: input.starting_sequence_number.as_deref(),
        timestamp_ms: input.timestamp.map(|timestamp| timestamp.0),
    };
    let next = kinesis.starting_ordinal(&stream, shard, &start).await?;
    let iterator = ShardIterator { stream: stream.key.clone(), shard: index, log: shard.log, next };
    Ok(GetShardIteratorOutput { shard_iterator: Some(iterator.encode(kinesis.0.clock.now_ms())) })
}

/// Where a reader asks to begin.
pub(super) struct Start<'i> {
    /// The operation, for its refusals.
    pub(super) call: &'static str,
    pub(super) kind: ShardIteratorType,
    pub(super) number: Option<&'i str>,
    pub(super) timestamp_ms: Option<Millis>,
}

impl Kinesis {
    /// The first record to read. An ordinal that was trimmed stands for the trim horizon.
    pub(super) async fn starting_ordinal(
        &self,
        stream: &Stream,
        shard: &Shard,
        start: &Start<'_>,
    ) -> Result<Ordinal, KinesisError> {
        match (start.kind, start.number) {
            (ShardIteratorType::TrimHorizon, None) => Ok(1),
            // Fixed now, not at the first read.
            (ShardIteratorType::Latest, None) => Ok(self.0.store.log_state(shard.log)?.next_ordinal),
            (ShardIteratorType::AtTimestamp, _) => {
                let timestamp_ms = start.timestamp_ms.ok_or_else(error::no_timestamp)?;
                let now_ms = self.0.clock.now_ms();
                if timestamp_ms > now_ms {
                    return Err(error::future_timestamp(timestamp_ms, now_ms));
                }
                Ok(self.0.store.find_by_time(shard.log, timestamp_ms).await?)
            }
            (ShardIteratorType::AtSequenceNumber, Some(text)) => Ok(position(start.call, stream, shard, text)?.ordinal),
            (ShardIteratorType::AfterSequenceNumber, Some(text)) => {
                let number = position(start.call, stream, shard, text)?;
                if number.is_end_of_shard() {
                    Err(stream.key.starting_number_at_end(start.call, text, shard.index))
                } else {
                    Ok(number.ordinal + 1)
                }
            }
            (kind, given) => Err(error::bad_iterator_parameters(kind.as_str(), given.is_some())),
        }
    }
}

/// Reads a sequence number, which need not be that of a record but must be of this shard.
fn position(call: &str, stream: &Stream, shard: &Shard, text: &str) -> Result<SequenceNumber, KinesisError> {
    let number: SequenceNumber = text.parse().map_err(|_| stream.key.bad_starting_number(call, text, shard.index))?;
    if number.shard != shard.index {
        return Err(error::number_of_other_shard(number.shard, shard.index));
    }
    if number.shard_created_s != shard.created_s {
        return Err(stream.key.foreign_starting_number(call, text, shard.index));
    }
    Ok(number)
}
