//! PutRecord and PutRecords.

use super::super::put::Outcome;
use super::super::sequence_number::SequenceNumber;
use super::super::stream::Stream;
use super::super::{Kinesis, KinesisError, StreamHandle};
use crate::api::kinesis::{PutRecordInput, PutRecordOutput, PutRecordsInput, PutRecordsOutput, PutRecordsRequestEntry};
use crate::api::{Caller, Fault};
use crate::base::clock::Millis;

pub(super) async fn put_record(kinesis: Kinesis, caller: Caller, input: PutRecordInput) -> Result<PutRecordOutput, Fault> {
    let stream = kinesis.find(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    if let Some(number) = &input.sequence_number_for_ordering {
        check_ordering(&stream, number, kinesis.0.clock.now_ms())?;
    }
    let record = PutRecordsRequestEntry {
        data: input.data,
        explicit_hash_key: input.explicit_hash_key,
        partition_key: input.partition_key,
    };
    let outcome = kinesis.put(&stream, &[record], |_| "data".into()).await?.pop();
    match outcome {
        Some(Outcome::Stored { shard, sequence_number }) => {
            let encryption_type = stream.snapshot().document.record_encryption();
            Ok(PutRecordOutput { encryption_type, sequence_number, shard_id: shard })
        }
        Some(Outcome::Throttled { shard }) => Err(stream.key.shard_throttled(shard).into()),
        Some(Outcome::Failed(error)) => Err(KinesisError::Store(error).into()),
        None => Err(Fault::internal("a put of one record had no outcome")),
    }
}

/// The number need only be one of this service's and not of the future: records of a shard are in order anyway.
fn check_ordering(stream: &Stream, number: &str, now_ms: Millis) -> Result<(), KinesisError> {
    match number.parse::<SequenceNumber>() {
        Ok(parsed) if i64::try_from(parsed.arrival_s).is_ok_and(|s| s.saturating_mul(1000) <= now_ms) => Ok(()),
        _ => Err(stream.key.bad_ordering_number(number)),
    }
}

pub(super) async fn put_records(kinesis: Kinesis, caller: Caller, input: PutRecordsInput) -> Result<PutRecordsOutput, Fault> {
    let stream = kinesis.find(&caller.scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    Ok(StreamHandle::new(kinesis, stream).put_records(&input.records).await?)
}
