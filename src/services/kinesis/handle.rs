//! A stream for the other services: to look at, to follow and to write to, in process.

use super::error::{self, KinesisError};
use super::put::Outcome;
use super::sequence_number::SequenceNumber;
use super::stream::{Snapshot, Stream};
use super::tail::{StartingPosition, StreamTail, read_unexpired};
use super::{Kinesis, StreamKey};
use crate::api::kinesis as api;
use crate::store::{LogId, Ordinal, ReadLimit, Record};
use std::sync::Arc;

/// How many shards [`StreamHandle::latest`] looks into, the youngest: more than a local stream has, and each costs a read.
const LATEST_SHARDS: usize = 64;

/// Bytes that [`StreamHandle::latest`] reads of a shard: several of the largest records.
const LATEST_BYTES: usize = 32 << 20;

/// A record as those see it who look at a stream without reading it.
#[derive(Clone, Debug)]
pub struct LatestRecord {
    /// `shardId-000000000000`.
    pub shard_id: String,
    /// Its sequence number.
    pub sequence_number: SequenceNumber,
    /// The record.
    pub record: Record,
}

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

    /// The last `limit` records of the stream by arrival, the newest last. It counts against no limit and moves nothing.
    ///
    /// # Errors
    /// [`KinesisError::NotFound`] when the stream is deleted meanwhile; failures of the store.
    pub async fn latest(&self, limit: usize) -> Result<Vec<LatestRecord>, KinesisError> {
        let (snapshot, store) = (self.stream.snapshot(), &self.kinesis.0.store);
        let horizon_ms = snapshot.document.trim_horizon_ms(self.kinesis.0.clock.now_ms());
        let bounds = ReadLimit { records: limit, bytes: LATEST_BYTES };
        let mut found = Vec::new();
        for shard in snapshot.document.shards.iter().rev().take(LATEST_SHARDS) {
            let state = store.log_state(shard.log)?;
            let from = (state.last_ordinal() + 1).saturating_sub(limit as Ordinal).max(1);
            let (records, _) = read_unexpired(store, shard.log, from, bounds, horizon_ms).await?;
            found.extend(records.into_iter().map(|record| LatestRecord {
                shard_id: shard.id(),
                sequence_number: SequenceNumber::of_record(shard.index, shard.created_s, record.ordinal, record.arrival_ms),
                record,
            }));
        }
        found.sort_by_key(|latest| latest.record.arrival_ms);
        Ok(found.split_off(found.len().saturating_sub(limit)))
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
