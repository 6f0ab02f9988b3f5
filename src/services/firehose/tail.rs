//! A delivery stream's records for another service in this process: what an application reads whose input is a delivery stream
//! (Analytics API: KinesisFirehoseInput).

use super::aggregation::user_records;
use super::delivery_stream::Source;
use super::{Firehose, Refused};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::services::kinesis::{KinesisError, StartingPosition, StreamBatch, StreamTail};
use crate::store::{LogId, Ordinal, ReadLimit, Record, Store, StoreError, Tail};
use bytes::Bytes;

/// Where the records of a delivery stream are read.
pub enum DeliveryStreamTail {
    /// Producers put them.
    Puts(PutTail),
    /// They are those of the Kinesis stream that the delivery stream reads.
    Stream(SourceTail),
}

/// Why a delivery stream cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TailError {
    /// There is no such delivery stream.
    #[error(transparent)]
    DeliveryStream(#[from] Refused),
    /// Its source cannot be read.
    #[error(transparent)]
    Source(#[from] KinesisError),
}

impl Firehose {
    /// Reads on after `positions` (the last processed record by log), or else what arrived at `start_ms` and later.
    ///
    /// Records of producers are kept until every reader that has saved a position has come past them, though not for longer than
    /// [`super::RECORDS_KEPT_MS`].
    ///
    /// # Errors
    /// [`TailError`].
    pub async fn follow(
        &self,
        scope: &Scope,
        name: &str,
        positions: &[(LogId, Ordinal)],
        start_ms: Millis,
    ) -> Result<DeliveryStreamTail, TailError> {
        let stream = self.find(scope, name).ok_or_else(|| Refused::NotFound(name.to_owned()))?.stream();
        match &stream.source {
            Source::KinesisStream { stream_arn, .. } => {
                let source = self.0.parts.kinesis.stream(scope, stream_arn)?;
                let start = StartingPosition::AtTimestamp(start_ms);
                Ok(DeliveryStreamTail::Stream(SourceTail(source.follow_after(positions, start).await?)))
            }
            Source::DirectPut { .. } => {
                let tail = PutTail::start(self.store().clone(), stream.log, positions, start_ms).await;
                Ok(DeliveryStreamTail::Puts(tail.map_err(KinesisError::from)?))
            }
        }
    }
}

/// Follows the Kinesis stream behind a delivery stream; records that the producer library has packed come out unpacked, as they are delivered.
pub struct SourceTail(StreamTail);

impl SourceTail {
    /// The last record handed out of each shard's log.
    pub fn positions(&self) -> Vec<(LogId, Ordinal)> {
        self.0.positions()
    }

    /// Whether every record that there is was handed out.
    pub fn is_at_tip(&self) -> bool {
        self.0.is_at_tip()
    }

    /// The next records; waits for them. Those of one packed record have its ordinal all. Cancel-safe: what was not returned comes again.
    ///
    /// # Errors
    /// As [`StreamTail::next`].
    pub async fn next(&mut self, limit: ReadLimit) -> Result<StreamBatch, KinesisError> {
        let mut batch = self.0.next(limit).await?;
        let packed: Vec<_> = batch.records.iter().map(|record| user_records(&record.data)).collect();
        if packed.iter().any(Option::is_some) {
            batch.records = std::mem::take(&mut batch.records).into_iter().zip(packed).flat_map(unpacked).collect();
        }
        Ok(batch)
    }
}

/// The records that are packed in a record, or itself.
fn unpacked((record, packed): (Record, Option<Vec<Bytes>>)) -> Vec<Record> {
    match packed {
        Some(packed) => packed.into_iter().map(|data| Record { data, ..record.clone() }).collect(),
        None => vec![record],
    }
}

/// Follows the log of what producers put.
pub struct PutTail {
    store: Store,
    tail: Tail,
    next: Ordinal,
}

impl PutTail {
    async fn start(store: Store, log: LogId, positions: &[(LogId, Ordinal)], start_ms: Millis) -> Result<Self, StoreError> {
        let tail = store.tail(log)?;
        let next = match positions.iter().find(|(of, _)| *of == log) {
            Some((_, last)) => last + 1,
            None => store.find_by_time(log, start_ms).await?,
        };
        Ok(Self { store, tail, next })
    }

    /// The log, under which its position is saved.
    pub fn log(&self) -> LogId {
        self.tail.log()
    }

    /// The last record handed out; 0 for none.
    pub fn position(&self) -> Ordinal {
        self.next.saturating_sub(1)
    }

    /// Whether every record that there is was handed out.
    pub fn is_at_tip(&self) -> bool {
        self.tail.state().last_ordinal() < self.next
    }

    /// The next records; waits for them. Cancel-safe: what was not returned comes again.
    ///
    /// # Errors
    /// [`StoreError::NoSuchLog`] once the delivery stream is deleted; failures to read.
    pub async fn next(&mut self, limit: ReadLimit) -> Result<Vec<Record>, StoreError> {
        loop {
            self.tail.beyond(self.position()).await?;
            let records = self.store.read(self.log(), self.next, limit).await?;
            if let Some(last) = records.last() {
                self.next = last.ordinal + 1;
                return Ok(records);
            }
            // What was there has been given up meanwhile.
            self.next = self.next.max(self.store.log_state(self.log())?.next_ordinal);
        }
    }
}
