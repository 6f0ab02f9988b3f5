//! Shard-level metrics and server-side encryption: what is asked for is kept and shown. Millpond sends no metrics and encrypts nothing.

use super::super::stream::{Stream, StreamDocument};
use super::super::{Kinesis, KinesisError};
use crate::api::kinesis::{
    DisableEnhancedMonitoringInput, EnableEnhancedMonitoringInput, EncryptionType, EnhancedMetrics, EnhancedMonitoringOutput,
    MetricsName, StartStreamEncryptionInput, StopStreamEncryptionInput,
};
use crate::api::{Caller, Empty, Fault};
use std::sync::Arc;

/// The metrics that ALL stands for (model).
const METRICS: [MetricsName; 7] = [
    MetricsName::IncomingBytes,
    MetricsName::IncomingRecords,
    MetricsName::OutgoingBytes,
    MetricsName::OutgoingRecords,
    MetricsName::WriteProvisionedThroughputExceeded,
    MetricsName::ReadProvisionedThroughputExceeded,
    MetricsName::IteratorAgeMilliseconds,
];

pub(super) async fn enable_enhanced_monitoring(
    kinesis: Kinesis,
    caller: Caller,
    input: EnableEnhancedMonitoringInput,
) -> Result<EnhancedMonitoringOutput, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    Ok(kinesis.set_metrics(&stream, &input.shard_level_metrics, true).await?)
}

pub(super) async fn disable_enhanced_monitoring(
    kinesis: Kinesis,
    caller: Caller,
    input: DisableEnhancedMonitoringInput,
) -> Result<EnhancedMonitoringOutput, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    Ok(kinesis.set_metrics(&stream, &input.shard_level_metrics, false).await?)
}

pub(super) async fn start_stream_encryption(
    kinesis: Kinesis,
    caller: Caller,
    input: StartStreamEncryptionInput,
) -> Result<Empty, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    let key = (input.encryption_type == EncryptionType::Kms).then_some(input.key_id);
    kinesis.set_encryption(&stream, key).await
}

pub(super) async fn stop_stream_encryption(
    kinesis: Kinesis,
    caller: Caller,
    input: StopStreamEncryptionInput,
) -> Result<Empty, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    kinesis.set_encryption(&stream, None).await
}

impl Kinesis {
    /// Adds metrics to those shown, or takes them away; answers with those before and those after, as the service does.
    async fn set_metrics(
        &self,
        stream: &Arc<Stream>,
        named: &[MetricsName],
        on: bool,
    ) -> Result<EnhancedMonitoringOutput, KinesisError> {
        let is_named = |metric: &MetricsName| named.contains(metric) || named.contains(&MetricsName::All);
        let before = metrics(&stream.snapshot().document);
        let after: Vec<_> =
            METRICS.into_iter().filter(|metric| if is_named(metric) { on } else { before.contains(metric) }).collect();
        let kept: Vec<String> = after.iter().map(|metric| metric.as_str().to_owned()).collect();
        self.set(stream, move |document: &mut StreamDocument| {
            document.shard_level_metrics = kept;
            Ok(())
        })
        .await?;
        Ok(EnhancedMonitoringOutput {
            stream_name: Some(stream.key.name.clone()),
            stream_arn: Some(stream.arn.clone()),
            current_shard_level_metrics: Some(before),
            desired_shard_level_metrics: Some(after),
        })
    }

    async fn set_encryption(&self, stream: &Arc<Stream>, key: Option<String>) -> Result<Empty, Fault> {
        self.set(stream, move |document: &mut StreamDocument| {
            document.encryption_key = key;
            Ok(())
        })
        .await?;
        Ok(Empty)
    }
}

fn metrics(document: &StreamDocument) -> Vec<MetricsName> {
    METRICS.into_iter().filter(|metric| document.shard_level_metrics.iter().any(|kept| kept == metric.as_str())).collect()
}

/// One entry, with an empty list for a stream without shard-level metrics.
pub(super) fn shown_metrics(document: &StreamDocument) -> Vec<EnhancedMetrics> {
    vec![EnhancedMetrics { shard_level_metrics: Some(metrics(document)) }]
}

/// How DescribeStream and DescribeStreamSummary name a stream's encryption.
pub(super) fn shown_encryption(document: &StreamDocument) -> EncryptionType {
    document.record_encryption().unwrap_or(EncryptionType::None)
}
