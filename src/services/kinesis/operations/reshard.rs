//! SplitShard and MergeShards.

use super::super::hash_key::HashKey;
use super::super::shard::parse_shard_id;
use super::super::stream::{Change, Stream, StreamDocument};
use super::super::{Kinesis, KinesisError, Mode, Shard, shard_id};
use crate::api::kinesis::{MergeShardsInput, SplitShardInput};
use crate::api::{Caller, Empty, Fault};

pub(super) async fn split_shard(kinesis: Kinesis, caller: Caller, input: SplitShardInput) -> Result<Empty, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    let shard = shard_index(&stream, &input.shard_to_split)?;
    let given = input.new_starting_hash_key;
    // A number of 39 digits may be too large for a hash key, which then lies in no shard.
    let at = HashKey::parse(&given).unwrap_or(HashKey::MAX);
    kinesis.check_shard_quota(&stream.key, 1)?;
    let key = stream.key.clone();
    let check = move |document: &mut StreamDocument| {
        let range = open_shard(&key, document, shard)?.range;
        range.split(at).map(drop).ok_or_else(|| key.bad_split(&given, shard, &range))
    };
    kinesis.change(&stream, Change::Split { shard, at }, check).await?;
    Ok(Empty)
}

pub(super) async fn merge_shards(kinesis: Kinesis, caller: Caller, input: MergeShardsInput) -> Result<Empty, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    let shard = shard_index(&stream, &input.shard_to_merge)?;
    let adjacent = shard_index(&stream, &input.adjacent_shard_to_merge)?;
    let key = stream.key.clone();
    let check = move |document: &mut StreamDocument| {
        let (first, second) = (open_shard(&key, document, shard)?, open_shard(&key, document, adjacent)?);
        first.range.merge(&second.range).map(drop).ok_or_else(|| key.not_adjacent(shard, adjacent))
    };
    kinesis.change(&stream, Change::Merge { shard, adjacent }, check).await?;
    Ok(Empty)
}

fn shard_index(stream: &Stream, id: &str) -> Result<u32, KinesisError> {
    parse_shard_id(id).ok_or_else(|| stream.key.no_such_shard(id))
}

fn open_shard<'d>(key: &super::super::StreamKey, document: &'d StreamDocument, index: u32) -> Result<&'d Shard, KinesisError> {
    // Shards of an on-demand stream are the service's business (model: ValidationException).
    if document.mode == Mode::OnDemand {
        return Err(key.on_demand());
    }
    let shard = document.shard(index).ok_or_else(|| key.no_such_shard(&shard_id(index)))?;
    if shard.is_open() { Ok(shard) } else { Err(key.already_resharded(index)) }
}
