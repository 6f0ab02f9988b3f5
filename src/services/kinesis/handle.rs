//! A stream for the other services: to look at, to follow and to write to, in process.

use super::error::{self, KinesisError};
use super::put::Outcome;
use super::stream::{Snapshot, Stream};
use super::tail::{StartingPosition, StreamTail};
use super::{Kinesis, StreamKey};
use crate::api::kinesis as api;
use crate::store::{LogId, Ordinal};
use std::sync::Arc;

/// One stream. It stays that stream: once it is deleted, calls answer [`KinesisError::NotFound`] even if another has its name.
#[derive(Clone)]
pub struct StreamHandle {
    kinesis: Kinesis,
    stream: Arc<Stream>,
}

impl StreamHandle {
    pub(super) fn new(kinesis: Kinesis, stream: Arc<Stream>) -> Self {
        Self { kinesis, stream }
    }

    /// The stream's name, account and region.
    pub fn key(&self) -> &StreamKey {
        &self.stream.key
    }

    /// The stream's ARN.
    pub fn arn(&self) -> &str {
        &self.stream.arn
    }

    /// Status, mode, retention, shards as they are now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.stream.snapshot()
    }

    /// Follows all shards from `start`.
    ///
    /// # Errors
    /// [`KinesisError::NotFound`] when the stream is deleted or still CREATING; failures of the store.
    pub async fn follow(&self, start: StartingPosition) -> Result<StreamTail, KinesisError> {
        StreamTail::start(self.kinesis.0.store.clone(), self.kinesis.0.clock.clone(), Arc::clone(&self.stream), start).await
    }

    /// Follows on after `positions`, the last processed record of each shard's log as a checkpoint has them; from `otherwise` when it has none.
    ///
    /// # Errors
    /// As [`StreamHandle::follow`].
    pub async fn follow_after(
        &self,
        positions: &[(LogId, Ordinal)],
        otherwise: StartingPosition,
    ) -> Result<StreamTail, KinesisError> {
        let (store, clock) = (self.kinesis.0.store.clone(), self.kinesis.0.clock.clone());
        match StreamTail::resume(store, clock, Arc::clone(&self.stream), positions)? {
            Some(tail) => Ok(tail),
            None => self.follow(otherwise).await,
        }
    }

    /// PutRecords: durable when it returns; the answer has one entry a record, in their order, and tells which ones were throttled
    /// or not taken by the store.
    ///
    /// # Errors
    /// What PutRecords refuses as a whole: sizes, hash keys, a stream that is gone.
    pub async fn put_records(&self, records: &[api::PutRecordsRequestEntry]) -> Result<api::PutRecordsOutput, KinesisError> {
        let outcomes = self.kinesis.put(&self.stream, records, |at| format!("records.{}.member.data", at + 1)).await?;
        let failed = outcomes.iter().filter(|outcome| !matches!(outcome, Outcome::Stored { .. })).count();
        let key = &self.stream.key;
        let entry = |outcome| match outcome {
            Outcome::Stored { shard, sequence_number } => {
                api::PutRecordsResultEntry { shard_id: Some(shard), sequence_number: Some(sequence_number), ..Default::default() }
            }
            Outcome::Throttled { shard } => api::PutRecordsResultEntry {
                error_code: Some("ProvisionedThroughputExceededException".into()),
                error_message: Some(key.shard_throttled(shard).to_string()),
                ..Default::default()
            },
            Outcome::Failed(error) => api::PutRecordsResultEntry {
                error_code: Some("InternalFailure".into()),
                error_message: Some(error::internal_failure(&error)),
                ..Default::default()
            },
        };
        Ok(api::PutRecordsOutput {
            encryption_type: self.stream.snapshot().document.record_encryption(),
            failed_record_count: Some(i32::try_from(failed).unwrap_or(i32::MAX)),
            records: outcomes.into_iter().map(entry).collect(),
        })
    }
}
