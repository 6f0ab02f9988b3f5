//! CreateStream and DeleteStream.

use super::super::change::NewStream;
use super::super::error::KinesisError;
use super::super::{Kinesis, Mode, StreamKey};
use super::tags::check_tags;
use crate::api::kinesis::{CreateStreamInput, DeleteStreamInput};
use crate::api::{Caller, Empty, Fault};

/// Shards of an on-demand stream at its birth: 4 MiB/s of writes (guide; recorded by LocalStack for a call without ShardCount).
const ON_DEMAND_SHARDS: u32 = 4;

/// The largest record unless asked otherwise, KiB (model).
const DEFAULT_MAX_RECORD_KIB: u32 = 1_024;

pub(super) async fn create_stream(kinesis: Kinesis, caller: Caller, input: CreateStreamInput) -> Result<Empty, Fault> {
    let key = StreamKey { scope: caller.scope, name: input.stream_name };
    // Without mode and count AWS makes four shards, which is what an on-demand stream has.
    let asked = input.stream_mode_details.as_ref().map(Mode::from);
    let mode = asked.unwrap_or(if input.shard_count.is_some() { Mode::Provisioned } else { Mode::OnDemand });
    let shard_count = match (mode, input.shard_count) {
        (Mode::Provisioned, Some(count)) => count.unsigned_abs(),
        (Mode::OnDemand, None) => ON_DEMAND_SHARDS,
        (Mode::Provisioned, None) => return Err(refused("ShardCount is required for a stream in PROVISIONED mode.")),
        (Mode::OnDemand, Some(_)) => return Err(refused("ShardCount cannot be given for a stream in ON_DEMAND mode.")),
    };
    if mode == Mode::Provisioned && input.warm_throughput_mibps.is_some() {
        return Err(refused("WarmThroughputMiBps can only be given for a stream in ON_DEMAND mode."));
    }
    let tags = input.tags.unwrap_or_default();
    check_tags(&key, tags.iter().flat_map(|(name, value)| [name, value]), tags.len())?;
    kinesis.check_quota(&key, mode, shard_count)?;
    let max_record_kib = input.max_record_size_in_kib.map_or(DEFAULT_MAX_RECORD_KIB, i32::unsigned_abs);
    let warm_throughput_mib = input.warm_throughput_mibps.map(i32::unsigned_abs);
    kinesis.create_stream(key, NewStream { mode, shard_count, max_record_kib, warm_throughput_mib, tags }).await?;
    Ok(Empty)
}

pub(super) async fn delete_stream(kinesis: Kinesis, caller: Caller, input: DeleteStreamInput) -> Result<Empty, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    kinesis.delete_stream(&stream, input.enforce_consumer_deletion.unwrap_or_default()).await?;
    Ok(Empty)
}

fn refused(text: &str) -> Fault {
    KinesisError::InvalidArgument(text.into()).into()
}

impl Kinesis {
    /// Whether the account may have this stream too.
    fn check_quota(&self, key: &StreamKey, mode: Mode, shards: u32) -> Result<(), KinesisError> {
        let (limits, usage) = (&self.0.limits, self.0.streams.usage(&key.scope));
        if usage.creating >= limits.creating_streams {
            return Err(key.calls_throttled());
        }
        match mode {
            Mode::Provisioned => self.check_shard_quota(key, shards),
            Mode::OnDemand if usage.on_demand_streams >= limits.on_demand_streams => Err(KinesisError::LimitExceeded(format!(
                "This request would exceed the limit of {} on-demand streams for the account {} in {}.",
                limits.on_demand_streams,
                key.scope.account(),
                key.scope.region()
            ))),
            Mode::OnDemand => Ok(()),
        }
    }

    /// Whether the account may have so many more open shards.
    pub(super) fn check_shard_quota(&self, key: &StreamKey, more: u32) -> Result<(), KinesisError> {
        let (limit, open) = (self.0.limits.shards, self.0.streams.usage(&key.scope).open_shards);
        if open.saturating_add(u64::from(more)) > limit { Err(key.too_many_shards(open, limit, u64::from(more))) } else { Ok(()) }
    }
}
