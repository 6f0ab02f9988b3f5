//! The log of what producers put. Records are read twice: to be counted, and to be delivered; between, they are in the store only.

use super::super::RECORDS_KEPT_MS;
use super::super::delivery_stream::DeliveryStream;
use super::super::destination::Hints;
use super::super::entry::Role;
use super::super::record_id::RecordIds;
use super::buffer::Buffer;
use super::source::{Chunk, Cursor, Incoming, Number};
use crate::base::clock::Millis;
use crate::store::{Checkpoint, LogId, Ordinal, ReadLimit, Record, Store, StoreError, Tail};

/// Records read at once, whether to count or to deliver them.
const READ_RECORDS: usize = 20_000;

/// Bytes read at once to count them.
const COUNT_BYTES: usize = 4 << 20;

/// Follows the log.
pub(in super::super) struct PutSource {
    store: Store,
    consumer: String,
    log: LogId,
    tail: Tail,
    ids: RecordIds,
    /// Acknowledged by the destination.
    delivered: Ordinal,
    /// Counted by the buffer; to be delivered next.
    counted: Ordinal,
}

impl PutSource {
    /// Goes on where `consumer` stopped; a backup that is switched on later begins with what comes next.
    pub(super) async fn open(store: &Store, consumer: String, stream: &DeliveryStream, role: Role) -> Result<Self, StoreError> {
        let (store, log) = (store.clone(), stream.log);
        let delivered = match store.load_position(&consumer, log).await? {
            Some(position) => position,
            None if role == Role::Backup && stream.version > 1 => store.last_ordinal(log)?,
            None => 0,
        };
        let tail = store.tail(log)?;
        let source = Self { store, consumer, log, tail, ids: RecordIds::of(stream), delivered, counted: delivered };
        // Written down at once, so that a later start does not take this one's beginning for its own.
        source.save(delivered).await?;
        Ok(source)
    }

    pub(super) async fn grown(&mut self) -> Result<(), StoreError> {
        self.tail.beyond(self.counted).await.map(drop)
    }

    pub(super) async fn count(&mut self, buffer: &mut Buffer, hints: Hints) -> Result<bool, StoreError> {
        let room = usize::try_from(buffer.room(hints)).unwrap_or(usize::MAX);
        let limit = ReadLimit { records: READ_RECORDS, bytes: room.min(COUNT_BYTES) };
        let records = self.store.read(self.log, self.counted + 1, limit).await?;
        for record in &records {
            buffer.add(record.data.len(), record.arrival_ms);
            self.counted = record.ordinal;
        }
        Ok(!records.is_empty())
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor::after(self.delivered)
    }

    pub(super) async fn next(&self, cursor: &mut Cursor, bytes: usize) -> Result<Option<Chunk>, StoreError> {
        let left = usize::try_from(self.counted.saturating_sub(cursor.read)).unwrap_or(usize::MAX);
        let limit = ReadLimit { records: left.min(READ_RECORDS), bytes };
        let records = self.store.read(self.log, cursor.read + 1, limit).await?;
        let Some(last) = records.last() else { return Ok(None) };
        (cursor.read, cursor.arrival_ms) = (last.ordinal, last.arrival_ms);
        let incoming = |record: Record| Incoming {
            number: Number::Put(record.ordinal),
            subsequence: 0,
            arrival_ms: record.arrival_ms,
            data: record.data,
        };
        Ok(Some(Chunk { records: records.into_iter().map(incoming).collect() }))
    }

    /// Prints the numbers of its records.
    pub(super) fn ids(&self) -> &RecordIds {
        &self.ids
    }

    pub(super) async fn commit(&mut self, cursor: &Cursor) -> Result<(), StoreError> {
        if cursor.read > self.delivered {
            self.save(cursor.read).await?;
            self.delivered = cursor.read;
        }
        Ok(())
    }

    /// Gives back the space of records that arrived before `before_ms`, but for those that a reader still needs.
    pub(super) async fn trim(&self, before_ms: Millis, now_ms: Millis) -> Result<(), StoreError> {
        let unread_ms = self.unread_ms().await?.max(now_ms.saturating_sub(RECORDS_KEPT_MS));
        self.store.trim(self.log, before_ms.min(unread_ms)).await.map(drop)
    }

    /// When the first record arrived that some reader has not come to.
    async fn unread_ms(&self) -> Result<Millis, StoreError> {
        let slowest = self.store.slowest_position(self.log).await?.unwrap_or(self.delivered);
        if slowest >= self.delivered {
            return Ok(Millis::MAX);
        }
        let unread = self.store.read(self.log, slowest + 1, ReadLimit { records: 1, bytes: COUNT_BYTES }).await?;
        Ok(unread.first().map_or(Millis::MAX, |record| record.arrival_ms))
    }

    async fn save(&self, position: Ordinal) -> Result<(), StoreError> {
        let checkpoint = Checkpoint { positions: vec![(self.log, position)], state: None };
        self.store.save_checkpoint(&self.consumer, checkpoint).await
    }
}
