//! DescribeStream, DescribeStreamSummary, DescribeLimits.

use super::super::shard::parse_shard_id;
use super::super::stream::Status;
use super::super::{Kinesis, Shard};
use super::monitoring::{shown_encryption, shown_metrics};
use crate::api::kinesis::{
    DescribeLimitsInput, DescribeLimitsOutput, DescribeStreamInput, DescribeStreamOutput, DescribeStreamSummaryInput,
    DescribeStreamSummaryOutput, StreamDescription, StreamDescriptionSummary, WarmThroughputObject,
};
use crate::api::{Caller, Fault, Timestamp};

/// Shards in one answer of DescribeStream unless asked otherwise (model).
const DEFAULT_SHARDS: usize = 100;

/// What DescribeLimits says where there is no limit: the quotas of the large regions.
const SHOWN_SHARD_LIMIT: u64 = 20_000;
const SHOWN_ON_DEMAND_LIMIT: u64 = 50;

pub(super) async fn describe_stream(
    kinesis: Kinesis,
    caller: Caller,
    input: DescribeStreamInput,
) -> Result<DescribeStreamOutput, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    let snapshot = stream.snapshot();
    let document = &snapshot.document;
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(DEFAULT_SHARDS);
    let after = match &input.exclusive_start_shard_id {
        None => None,
        Some(id) => Some(parse_shard_id(id).ok_or_else(|| stream.key.no_such_shard(id))?),
    };
    let visible = document.status != Status::Creating;
    let horizon_ms = document.trim_horizon_ms(kinesis.0.clock.now_ms());
    let mut rest = document
        .shards
        .iter()
        .filter(|shard| visible && after.is_none_or(|after| shard.index > after) && !is_expired(shard, horizon_ms));
    let shards = rest.by_ref().take(limit).map(Shard::to_api).collect();
    let description = StreamDescription {
        encryption_type: Some(shown_encryption(document)),
        enhanced_monitoring: shown_metrics(document),
        has_more_shards: rest.next().is_some(),
        key_id: document.encryption_key.clone(),
        retention_period_hours: document.retention_hours.cast_signed(),
        shards,
        stream_arn: stream.arn.clone(),
        stream_creation_timestamp: Timestamp(document.created_ms),
        stream_mode_details: Some(document.mode.into()),
        stream_name: stream.key.name.clone(),
        stream_status: document.status.into(),
    };
    Ok(DescribeStreamOutput { stream_description: description })
}

pub(super) async fn describe_stream_summary(
    kinesis: Kinesis,
    caller: Caller,
    input: DescribeStreamSummaryInput,
) -> Result<DescribeStreamSummaryOutput, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    let snapshot = stream.snapshot();
    let document = &snapshot.document;
    let open = if document.status == Status::Creating { 0 } else { snapshot.open.len() };
    let warm = document.warm_throughput_mib.map(|mib| {
        let mib = Some(mib.cast_signed());
        WarmThroughputObject { current_mibps: mib, target_mibps: mib }
    });
    let summary = StreamDescriptionSummary {
        consumer_count: Some(i32::try_from(document.consumers.len()).unwrap_or(i32::MAX)),
        encryption_type: Some(shown_encryption(document)),
        enhanced_monitoring: shown_metrics(document),
        key_id: document.encryption_key.clone(),
        max_record_size_in_kib: Some(document.max_record_kib.cast_signed()),
        open_shard_count: i32::try_from(open).unwrap_or(i32::MAX),
        retention_period_hours: document.retention_hours.cast_signed(),
        stream_arn: stream.arn.clone(),
        stream_creation_timestamp: Timestamp(document.created_ms),
        stream_id: Some(document.id.clone()),
        stream_mode_details: Some(document.mode.into()),
        stream_name: stream.key.name.clone(),
        stream_status: document.status.into(),
        warm_throughput: warm,
    };
    Ok(DescribeStreamSummaryOutput { stream_description_summary: summary })
}

pub(super) async fn describe_limits(
    kinesis: Kinesis,
    caller: Caller,
    _input: DescribeLimitsInput,
) -> Result<DescribeLimitsOutput, Fault> {
    let (limits, usage) = (&kinesis.0.limits, kinesis.0.streams.usage(&caller.scope));
    let shown = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
    Ok(DescribeLimitsOutput {
        on_demand_stream_count: shown(usage.on_demand_streams),
        on_demand_stream_count_limit: shown(limits.on_demand_streams.min(SHOWN_ON_DEMAND_LIMIT.max(usage.on_demand_streams))),
        open_shard_count: shown(usage.open_shards),
        shard_limit: shown(limits.shards.min(SHOWN_SHARD_LIMIT.max(usage.open_shards))),
    })
}

/// Whether a shard was closed so long ago that none of its records is served any more.
pub(super) fn is_expired(shard: &Shard, horizon_ms: i64) -> bool {
    shard.closed_ms.is_some_and(|closed_ms| closed_ms < horizon_ms)
}
