//! UpdateShardCount.

use super::super::stream::{Change, Changes, StreamDocument};
use super::super::{Kinesis, KinesisError, Mode};
use crate::api::kinesis::{UpdateShardCountInput, UpdateShardCountOutput};
use crate::api::{Caller, Fault};

pub(super) async fn update_shard_count(
    kinesis: Kinesis,
    caller: Caller,
    input: UpdateShardCountInput,
) -> Result<UpdateShardCountOutput, Fault> {
    let stream = kinesis.find_for_control(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    let target = input.target_shard_count.unsigned_abs();
    let current = u32::try_from(stream.snapshot().open.len()).unwrap_or(u32::MAX);
    kinesis.check_shard_quota(&stream.key, target.saturating_sub(current))?;
    let (key, most, now_ms) = (stream.key.clone(), kinesis.0.limits.shard_count_updates_per_day, kinesis.0.clock.now_ms());
    let check = move |document: &mut StreamDocument| {
        if document.mode == Mode::OnDemand {
            return Err(key.on_demand());
        }
        within_bounds(u32::try_from(document.open_shards().count()).unwrap_or(u32::MAX), target)?;
        if Changes::admit(&mut document.changes.shard_count_ms, most, now_ms) { Ok(()) } else { Err(key.changed_too_often(most)) }
    };
    kinesis.change(&stream, Change::Scale { target }, check).await?;
    Ok(UpdateShardCountOutput {
        stream_name: Some(stream.key.name.clone()),
        stream_arn: Some(stream.arn.clone()),
        current_shard_count: Some(current.cast_signed()),
        target_shard_count: Some(target.cast_signed()),
    })
}

/// Twice as many at most, half as many at least (the model's text on the operation); AWS's own sentence is not on record, this one is ours.
fn within_bounds(current: u32, target: u32) -> Result<(), KinesisError> {
    let refuse = |what: &str| {
        Err(KinesisError::InvalidArgument(format!(
            "UpdateShardCount cannot scale {what} your current open shard count. Current open shard count: {current} Target shard count: {target}"
        )))
    };
    match target {
        _ if u64::from(target) > 2 * u64::from(current) => refuse("up over double"),
        _ if 2 * u64::from(target) < u64::from(current) => refuse("down below half"),
        _ => Ok(()),
    }
}
