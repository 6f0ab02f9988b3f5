//! A Kinesis stream as the source: all its shards, parents before children. What was read stays in memory until it is delivered, which the
//! buffer's size bounds; the stream keeps it, and the position moves only then.

use super::super::Parts;
use super::super::aggregation::user_records;
use super::super::destination::Hints;
use super::buffer::Buffer;
use super::source::{Chunk, Cursor, Incoming, Number};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::services::kinesis::{BATCH_LIMIT, KinesisError, StartingPosition, StreamBatch, StreamTail};
use crate::store::{Checkpoint, LogId, Ordinal, ReadLimit, Record, Store, StoreError};
use futures_util::FutureExt;
use std::collections::BTreeMap;
use std::time::Duration;

/// Records that are there are read within this time, unless they have just expired.
const READ_PATIENCE: Duration = Duration::from_secs(1);

/// Follows the stream.
pub(in super::super) struct StreamSource {
    store: Store,
    consumer: String,
    tail: StreamTail,
    /// Read, not counted.
    arrived: Option<StreamBatch>,
    /// Counted, not delivered.
    held: Vec<StreamBatch>,
    /// The last delivered record of each shard's log.
    delivered: BTreeMap<LogId, Ordinal>,
}

impl StreamSource {
    /// Goes on where `consumer` stopped, or begins at `start_ms`.
    pub(super) async fn open(
        parts: &Parts,
        scope: &Scope,
        consumer: String,
        stream_arn: &str,
        start_ms: Millis,
    ) -> Result<Self, KinesisError> {
        let store = parts.store.clone();
        let saved = store.load_checkpoint(&consumer).await?;
        let stream = parts.kinesis.stream(scope, stream_arn)?;
        let tail = stream.follow_after(&saved.positions, StartingPosition::AtTimestamp(start_ms)).await?;
        let delivered: BTreeMap<LogId, Ordinal> = tail.positions().into_iter().collect();
        let source = Self { store, consumer, tail, arrived: None, held: Vec::new(), delivered };
        source.save(source.delivered.clone()).await?;
        Ok(source)
    }

    /// Cancel-safe, as the tail is.
    pub(super) async fn grown(&mut self) -> Result<(), KinesisError> {
        if self.arrived.is_none() {
            self.arrived = Some(self.tail.next(BATCH_LIMIT).await?);
        }
        Ok(())
    }

    pub(super) async fn count(&mut self, buffer: &mut Buffer, hints: Hints) -> Result<bool, KinesisError> {
        if self.arrived.is_none() && self.has_records() {
            let room = usize::try_from(buffer.room(hints)).unwrap_or(usize::MAX);
            let limit = ReadLimit { bytes: room.min(BATCH_LIMIT.bytes), ..BATCH_LIMIT };
            if let Ok(batch) = tokio::time::timeout(READ_PATIENCE, self.tail.next(limit)).await {
                self.arrived = Some(batch?);
            }
        } else if self.arrived.is_none() {
            // The end of a shard, behind which its children's records wait, is there at once.
            self.arrived = self.tail.next(BATCH_LIMIT).now_or_never().transpose()?;
        }
        let Some(batch) = self.arrived.take() else { return Ok(false) };
        batch.records.iter().for_each(|record| buffer.add(record.data.len(), record.arrival_ms));
        self.held.push(batch);
        Ok(true)
    }

    /// Whether some shard has records that were not read.
    fn has_records(&self) -> bool {
        let unread = |(log, read): (LogId, Ordinal)| self.store.last_ordinal(log).is_ok_and(|last| last > read);
        self.tail.positions().into_iter().any(unread)
    }

    /// The beginning of what is held.
    pub(super) fn cursor() -> Cursor {
        Cursor::after(0)
    }

    pub(super) fn next(&self, cursor: &mut Cursor, bytes: usize) -> Option<Chunk> {
        let (mut records, mut size) = (Vec::new(), 0);
        while let Some(batch) = self.held.get(cursor.piece) {
            let read = usize::try_from(cursor.read).unwrap_or(usize::MAX);
            let Some(record) = batch.records.get(read) else {
                (cursor.piece, cursor.read) = (cursor.piece + 1, 0);
                continue;
            };
            size += record.data.len();
            if size > bytes && !records.is_empty() {
                break;
            }
            cursor.read += 1;
            cursor.arrival_ms = cursor.arrival_ms.max(record.arrival_ms);
            push(&mut records, batch, record);
        }
        (!records.is_empty()).then_some(Chunk { records })
    }

    pub(super) async fn commit(&mut self, cursor: &Cursor) -> Result<(), StoreError> {
        let (mut moved, mut ended) = (BTreeMap::new(), false);
        for (piece, batch) in self.held.iter().enumerate().take(cursor.piece + 1) {
            let read =
                if piece < cursor.piece { batch.records.len() } else { usize::try_from(cursor.read).unwrap_or(usize::MAX) };
            ended |= batch.ended && piece < cursor.piece;
            if let Some(last) = batch.records[..read.min(batch.records.len())].last() {
                moved.insert(batch.log, last.ordinal);
            }
        }
        self.delivered.extend(moved.iter().map(|(log, ordinal)| (*log, *ordinal)));
        if ended {
            // The children are written down with their beginning: their parents may be forgotten before they have records.
            for (log, _) in self.tail.positions() {
                self.delivered.entry(log).or_insert(0);
            }
            moved.clone_from(&self.delivered);
        }
        self.save(moved).await
    }

    /// All that is held is delivered.
    pub(super) fn forget(&mut self) {
        self.held.clear();
    }

    async fn save(&self, positions: BTreeMap<LogId, Ordinal>) -> Result<(), StoreError> {
        let checkpoint = Checkpoint { positions: positions.into_iter().collect(), state: None };
        self.store.save_checkpoint(&self.consumer, checkpoint).await
    }
}

/// Adds the record, or the records that are packed in it.
fn push(records: &mut Vec<Incoming>, batch: &StreamBatch, record: &Record) {
    let number = Number::Stream(batch.sequence_number(record));
    let incoming = |(subsequence, data)| Incoming { number, subsequence, arrival_ms: record.arrival_ms, data };
    match user_records(&record.data) {
        Some(packed) => records.extend((0..).zip(packed).map(incoming)),
        None => records.push(incoming((0, record.data.clone()))),
    }
}
