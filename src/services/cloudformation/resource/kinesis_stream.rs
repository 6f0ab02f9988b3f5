//! AWS::Kinesis::Stream.

use super::calls::if_found;
use super::tags::TagChange;
use super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use crate::api::kinesis::{
    DecreaseStreamRetentionPeriodInput, DeleteStreamInput, DescribeStreamSummaryInput, DisableEnhancedMonitoringInput,
    EnableEnhancedMonitoringInput, EncryptionType, IncreaseStreamRetentionPeriodInput, MetricsName, ScalingType,
    StartStreamEncryptionInput, StopStreamEncryptionInput, StreamDescriptionSummary, StreamMode, StreamModeDetails, StreamStatus,
    TagResourceInput, UntagResourceInput, UpdateMaxRecordSizeInput, UpdateShardCountInput, UpdateStreamModeInput, op,
};
use async_trait::async_trait;

/// The type.
pub(super) static STREAM: ResourceType = ResourceType {
    name: "AWS::Kinesis::Stream",
    properties: &[
        Property::changeable("DesiredShardLevelMetrics"),
        Property::changeable("MaxRecordSizeInKiB"),
        Property::fixed("Name"),
        Property::changeable("RetentionPeriodHours"),
        Property::changeable("ShardCount"),
        Property::changeable("StreamEncryption"),
        Property::changeable("StreamModeDetails"),
        Property::changeable("Tags"),
    ],
    attributes: &["Arn"],
    handler: &Stream,
};

/// Longest name of a stream (API reference, CreateStream).
const LONGEST_NAME: usize = 128;

/// Hours that records are kept without RetentionPeriodHours (template guide).
const RETENTION_HOURS: i64 = 24;

struct Stream;

#[async_trait]
impl Handler for Stream {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let name = calls.name(desired, "Name", LONGEST_NAME);
        let mut input = desired.input(op::CreateStream)?;
        input.stream_name = name.clone();
        input.tags = Some(calls.tags(desired)?).filter(|tags| !tags.is_empty());
        if input.stream_mode_details.is_none() && input.shard_count.is_none() {
            input.shard_count = Some(1);
        }
        calls.run(op::CreateStream, input).await?;
        calls.initiated(&name).await;
        let mut stream = active(calls, &name).await?;
        set_retention(calls, &mut stream, desired).await?;
        set_encryption(calls, &name, desired).await?;
        set_metrics(calls, &mut stream, desired).await?;
        Ok(made(&stream))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let name = calls.name(desired, "Name", LONGEST_NAME);
        if_found(&name, describe(calls, &name).await)
    }

    async fn update(&self, calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<Made, Failure> {
        let mut stream = active(calls, id).await?;
        if desired.differs(previous, "StreamModeDetails") {
            set_mode(calls, &stream, desired).await?;
            stream = active(calls, id).await?;
        }
        if desired.differs(previous, "ShardCount") {
            set_shards(calls, &stream, desired).await?;
            stream = active(calls, id).await?;
        }
        if desired.differs(previous, "MaxRecordSizeInKiB")
            && let Some(size) = desired.number("MaxRecordSizeInKiB")?
        {
            let max_record_size_in_kib = i32::try_from(size).unwrap_or(i32::MAX);
            let stream_arn = stream.stream_arn.clone();
            let input = UpdateMaxRecordSizeInput { max_record_size_in_kib, stream_arn: Some(stream_arn), ..Default::default() };
            calls.run(op::UpdateMaxRecordSize, input).await?;
            stream = active(calls, id).await?;
        }
        set_retention(calls, &mut stream, desired).await?;
        if desired.differs(previous, "StreamEncryption") {
            set_encryption(calls, id, desired).await?;
        }
        set_metrics(calls, &mut stream, desired).await?;
        set_tags(calls, &stream, previous, desired).await?;
        Ok(made(&active(calls, id).await?))
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        let input =
            DeleteStreamInput { stream_name: Some(id.to_owned()), enforce_consumer_deletion: Some(true), ..Default::default() };
        let delete = || calls.run(op::DeleteStream, input.clone());
        calls.deleted("the stream to be deleted", delete, || describe(calls, id)).await
    }
}

fn made(stream: &StreamDescriptionSummary) -> Made {
    Made::new(&stream.stream_name).with("Arn", stream.stream_arn.as_str())
}

async fn describe(calls: &Calls, name: &str) -> Result<StreamDescriptionSummary, Failure> {
    let input = DescribeStreamSummaryInput { stream_name: Some(name.to_owned()), ..Default::default() };
    Ok(calls.run(op::DescribeStreamSummary, input).await?.stream_description_summary)
}

async fn active(calls: &Calls, name: &str) -> Result<StreamDescriptionSummary, Failure> {
    let look = || async {
        let stream = describe(calls, name).await?;
        Ok((stream.stream_status == StreamStatus::Active).then_some(stream))
    };
    calls.until("the stream to become ACTIVE", look).await
}

async fn set_retention(calls: &Calls, stream: &mut StreamDescriptionSummary, desired: &Properties) -> Result<(), Failure> {
    let hours = desired.number("RetentionPeriodHours")?.unwrap_or(RETENTION_HOURS);
    let hours = i32::try_from(hours).unwrap_or(i32::MAX);
    let stream_name = Some(stream.stream_name.clone());
    if hours > stream.retention_period_hours {
        let input = IncreaseStreamRetentionPeriodInput { stream_name, retention_period_hours: hours, ..Default::default() };
        calls.run(op::IncreaseStreamRetentionPeriod, input).await?;
    } else if hours < stream.retention_period_hours {
        let input = DecreaseStreamRetentionPeriodInput { stream_name, retention_period_hours: hours, ..Default::default() };
        calls.run(op::DecreaseStreamRetentionPeriod, input).await?;
    } else {
        return Ok(());
    }
    *stream = active(calls, &stream.stream_name).await?;
    Ok(())
}

async fn set_encryption(calls: &Calls, name: &str, desired: &Properties) -> Result<(), Failure> {
    let key = desired.get("StreamEncryption").and_then(|encryption| encryption.get("KeyId")?.as_str()).map(str::to_owned);
    let now = describe(calls, name).await?;
    let (stream_name, encryption_type) = (Some(name.to_owned()), EncryptionType::Kms);
    match (key, now.key_id) {
        (Some(key_id), _) => {
            let input = StartStreamEncryptionInput { encryption_type, key_id, stream_name, ..Default::default() };
            calls.run(op::StartStreamEncryption, input).await?;
        }
        (None, Some(key_id)) => {
            let input = StopStreamEncryptionInput { encryption_type, key_id, stream_name, ..Default::default() };
            calls.run(op::StopStreamEncryption, input).await?;
        }
        (None, None) => return Ok(()),
    }
    active(calls, name).await.map(drop)
}

async fn set_metrics(calls: &Calls, stream: &mut StreamDescriptionSummary, desired: &Properties) -> Result<(), Failure> {
    let wanted: Vec<MetricsName> =
        desired.texts("DesiredShardLevelMetrics")?.iter().filter_map(|name| MetricsName::parse(name)).collect();
    let now: Vec<MetricsName> =
        stream.enhanced_monitoring.iter().flat_map(|of| of.shard_level_metrics.iter().flatten()).copied().collect();
    let missing = |from: &[MetricsName], of: &[MetricsName]| -> Vec<MetricsName> {
        of.iter().filter(|metric| !from.contains(metric)).copied().collect()
    };
    let (added, removed) = (missing(&now, &wanted), missing(&wanted, &now));
    let stream_name = Some(stream.stream_name.clone());
    if !removed.is_empty() {
        let input = DisableEnhancedMonitoringInput {
            shard_level_metrics: removed,
            stream_name: stream_name.clone(),
            ..Default::default()
        };
        calls.run(op::DisableEnhancedMonitoring, input).await?;
        *stream = active(calls, &stream.stream_name).await?;
    }
    if !added.is_empty() {
        let input = EnableEnhancedMonitoringInput { shard_level_metrics: added, stream_name, ..Default::default() };
        calls.run(op::EnableEnhancedMonitoring, input).await?;
        *stream = active(calls, &stream.stream_name).await?;
    }
    Ok(())
}

async fn set_mode(calls: &Calls, stream: &StreamDescriptionSummary, desired: &Properties) -> Result<(), Failure> {
    let provisioned = StreamModeDetails { stream_mode: StreamMode::Provisioned };
    let wanted = desired.structure("StreamModeDetails", StreamModeDetails::SCHEMA)?.unwrap_or(provisioned);
    if stream.stream_mode_details.as_ref() == Some(&wanted) {
        return Ok(());
    }
    let stream_arn = stream.stream_arn.clone();
    let input = UpdateStreamModeInput { stream_arn, stream_mode_details: wanted, ..Default::default() };
    calls.run(op::UpdateStreamMode, input).await.map(drop)
}

async fn set_shards(calls: &Calls, stream: &StreamDescriptionSummary, desired: &Properties) -> Result<(), Failure> {
    let Some(count) = desired.number("ShardCount")? else { return Ok(()) };
    let target_shard_count = i32::try_from(count).unwrap_or(i32::MAX);
    if target_shard_count == stream.open_shard_count {
        return Ok(());
    }
    let input = UpdateShardCountInput {
        stream_name: Some(stream.stream_name.clone()),
        scaling_type: ScalingType::UniformScaling,
        target_shard_count,
        ..Default::default()
    };
    calls.run(op::UpdateShardCount, input).await.map(drop)
}

async fn set_tags(
    calls: &Calls,
    stream: &StreamDescriptionSummary,
    previous: &Properties,
    desired: &Properties,
) -> Result<(), Failure> {
    let TagChange { wanted, gone } = TagChange::between(calls, previous, desired)?;
    let resource_arn = stream.stream_arn.clone();
    if !gone.is_empty() {
        let input = UntagResourceInput { resource_arn: resource_arn.clone(), tag_keys: gone, ..Default::default() };
        calls.run(op::UntagResource, input).await?;
    }
    if !wanted.is_empty() {
        calls.run(op::TagResource, TagResourceInput { resource_arn, tags: wanted, ..Default::default() }).await?;
    }
    Ok(())
}
