//! Retention period, capacity mode and record size of a stream.

use super::super::stream::{Change, Changes, Status, Stream, StreamDocument};
use super::super::{Kinesis, KinesisError, Mode};
use crate::api::kinesis::{
    DecreaseStreamRetentionPeriodInput, IncreaseStreamRetentionPeriodInput, UpdateMaxRecordSizeInput, UpdateStreamModeInput,
    UpdateStreamWarmThroughputInput, UpdateStreamWarmThroughputOutput, WarmThroughputObject,
};
use crate::api::{Caller, Empty, Fault};
use std::sync::Arc;

/// Bounds of the retention period (model).
const LEAST_HOURS: i32 = 24;
const MOST_HOURS: i32 = 8_760;

pub(super) async fn increase_retention(
    kinesis: Kinesis,
    caller: Caller,
    input: IncreaseStreamRetentionPeriodInput,
) -> Result<Empty, Fault> {
    let hours = retention(input.retention_period_hours)?;
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    kinesis.set_retention(&stream, hours, move |now| (hours < now).then_some(("shorter", "Decrease"))).await
}

pub(super) async fn decrease_retention(
    kinesis: Kinesis,
    caller: Caller,
    input: DecreaseStreamRetentionPeriodInput,
) -> Result<Empty, Fault> {
    let hours = retention(input.retention_period_hours)?;
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    kinesis.set_retention(&stream, hours, move |now| (hours > now).then_some(("longer", "Increase"))).await
}

/// Texts: moto `kinesis/exceptions.py`.
fn retention(hours: i32) -> Result<u32, KinesisError> {
    if hours < LEAST_HOURS {
        return Err(KinesisError::InvalidArgument(format!(
            "Minimum allowed retention period is {LEAST_HOURS} hours. Requested retention period ({hours} hours) is too short."
        )));
    }
    if hours > MOST_HOURS {
        return Err(KinesisError::InvalidArgument(format!(
            "Maximum allowed retention period is {MOST_HOURS} hours. Requested retention period ({hours} hours) is too long."
        )));
    }
    Ok(hours.unsigned_abs())
}

pub(super) async fn update_stream_mode(kinesis: Kinesis, caller: Caller, input: UpdateStreamModeInput) -> Result<Empty, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, None, Some(&input.stream_arn))?;
    let mode = Mode::from(&input.stream_mode_details);
    let warm = input.warm_throughput_mibps.map(i32::unsigned_abs);
    let (key, most, now_ms) = (stream.key.clone(), kinesis.0.limits.mode_updates_per_day, kinesis.0.clock.now_ms());
    kinesis
        .set(&stream, move |document| {
            if document.mode != mode && !Changes::admit(&mut document.changes.mode_ms, most, now_ms) {
                return Err(key.changed_too_often(most));
            }
            document.mode = mode;
            document.warm_throughput_mib = if mode == Mode::OnDemand { warm.or(document.warm_throughput_mib) } else { None };
            Ok(())
        })
        .await?;
    Ok(Empty)
}

pub(super) async fn update_warm_throughput(
    kinesis: Kinesis,
    caller: Caller,
    input: UpdateStreamWarmThroughputInput,
) -> Result<UpdateStreamWarmThroughputOutput, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    let mib = input.warm_throughput_mibps;
    let set = move |document: &mut StreamDocument| {
        if document.mode == Mode::Provisioned {
            let text = "WarmThroughputMiBps can only be given for a stream in ON_DEMAND mode.";
            return Err(KinesisError::InvalidArgument(text.into()));
        }
        document.warm_throughput_mib = Some(mib.unsigned_abs());
        Ok(())
    };
    kinesis.set(&stream, set).await?;
    Ok(UpdateStreamWarmThroughputOutput {
        stream_arn: Some(stream.arn.clone()),
        stream_name: Some(stream.key.name.clone()),
        warm_throughput: Some(WarmThroughputObject { target_mibps: Some(mib), current_mibps: Some(mib) }),
    })
}

pub(super) async fn update_max_record_size(
    kinesis: Kinesis,
    caller: Caller,
    input: UpdateMaxRecordSizeInput,
) -> Result<Empty, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, None, input.stream_arn.as_deref())?;
    let kib = input.max_record_size_in_kib.unsigned_abs();
    kinesis
        .set(&stream, move |document| {
            document.max_record_kib = kib;
            Ok(())
        })
        .await?;
    Ok(Empty)
}

impl Kinesis {
    /// Sets the retention period, unless `other_way`, given the present one, says what is wrong with this one and which call is for it.
    async fn set_retention<F>(&self, stream: &Arc<Stream>, hours: u32, other_way: F) -> Result<Empty, Fault>
    where
        F: FnOnce(u32) -> Option<(&'static str, &'static str)> + Send + 'static,
    {
        let name = stream.key.name.clone();
        let set = move |document: &mut StreamDocument| {
            let now = document.retention_hours;
            if let Some((wrong, call)) = other_way(now) {
                return Err(KinesisError::InvalidArgument(format!(
                    "Requested retention period ({hours} hours) for stream {name} can not be {wrong} than existing retention period \
                     ({now} hours). Use {call}RetentionPeriod API."
                )));
            }
            document.retention_hours = hours;
            Ok(())
        };
        self.set(stream, set).await?;
        Ok(Empty)
    }

    /// Changes a setting of an ACTIVE stream at once; the stream is UPDATING for a while after, where changes take time.
    pub(super) async fn set<F>(&self, stream: &Arc<Stream>, set: F) -> Result<(), KinesisError>
    where
        F: FnOnce(&mut StreamDocument) -> Result<(), KinesisError> + Send + 'static,
    {
        let (kinesis, key) = (self.clone(), stream.key.clone());
        self.edit(stream, move |document, _| {
            if document.status != Status::Active {
                return Err(key.not_active(document.status));
            }
            let before = document.clone();
            set(document)?;
            if *document != before {
                kinesis.begin_unless_instant(document, Status::Updating, Change::Settle);
            }
            Ok(())
        })
        .await?;
        self.schedule(stream);
        Ok(())
    }
}
