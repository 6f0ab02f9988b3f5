//! The records of a delivery stream in their order, with the position up to which they are delivered.

use super::super::delivery_stream::DeliveryStream;
use super::super::destination::Hints;
use super::super::entry::Role;
use super::super::record_id::RecordIds;
use super::buffer::Buffer;
use crate::base::clock::Millis;
use crate::store::{Checkpoint, LogId, Ordinal, ReadLimit, Store, StoreError, Tail};
use bytes::Bytes;

/// Records read at once, whether to count or to deliver them.
const READ_RECORDS: usize = 20_000;

/// Bytes read at once to count them.
const COUNT_BYTES: usize = 4 << 20;

/// A record to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Incoming {
    /// Its place in its log.
    pub(in super::super) ordinal: Ordinal,
    /// When it arrived.
    pub(in super::super) arrival_ms: Millis,
    /// What the producer put.
    pub(in super::super) data: Bytes,
}

/// Some records of one log that follow each other.
pub(in super::super) struct Chunk {
    /// The records.
    pub(in super::super) records: Vec<Incoming>,
}

/// How far a delivery has come that is not acknowledged yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Cursor {
    ordinal: Ordinal,
    arrival_ms: Millis,
}

/// Follows the log of what producers put.
pub(in super::super) struct Source {
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

impl Source {
    /// Goes on where `consumer` stopped; a backup that is switched on later begins with what comes next.
    pub(super) async fn open(store: &Store, consumer: String, stream: &DeliveryStream, role: Role) -> Result<Self, StoreError> {
        let (store, log) = (store.clone(), stream.log);
        let delivered = match store.load_position(&consumer, log).await? {
            Some(position) => position,
            None if role == Role::Backup && stream.version > 1 => store.last_ordinal(log)?,
            None => 0,
        };
        let tail = store.tail(log)?;
        let mut source = Self { store, consumer, log, tail, ids: RecordIds::of(stream), delivered, counted: delivered };
        // Written down at once, so that a later start does not take this one's beginning for its own.
        source.save(delivered).await?;
        Ok(source)
    }

    /// Returns when there are records that were not counted.
    pub(super) async fn grown(&mut self) -> Result<(), StoreError> {
        self.tail.beyond(self.counted).await.map(drop)
    }

    /// Counts records that have arrived, as far as they fit; whether there were any.
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

    /// The beginning of what was counted.
    pub(in super::super) fn cursor(&self) -> Cursor {
        Cursor { ordinal: self.delivered, arrival_ms: Millis::MIN }
    }

    /// The next counted records, `bytes` of them at most but one at least; moves the cursor behind them. `None` at the end.
    pub(in super::super) async fn next(&self, cursor: &mut Cursor, bytes: usize) -> Result<Option<Chunk>, StoreError> {
        let left = usize::try_from(self.counted.saturating_sub(cursor.ordinal)).unwrap_or(usize::MAX);
        let limit = ReadLimit { records: left.min(READ_RECORDS), bytes };
        let records = self.store.read(self.log, cursor.ordinal + 1, limit).await?;
        let Some(last) = records.last() else { return Ok(None) };
        *cursor = Cursor { ordinal: last.ordinal, arrival_ms: last.arrival_ms };
        let incoming = |record: crate::store::Record| Incoming {
            ordinal: record.ordinal,
            arrival_ms: record.arrival_ms,
            data: record.data,
        };
        Ok(Some(Chunk { records: records.into_iter().map(incoming).collect() }))
    }

    /// Prints the sequence number of a record.
    pub(in super::super) fn write_sequence_number(&self, record: &Incoming, out: &mut String) {
        self.ids.write_sequence_number(record.ordinal, out);
    }

    /// Everything up to the cursor was acknowledged. Arrival time of the last record of it.
    pub(in super::super) async fn commit(&mut self, cursor: &Cursor) -> Result<Millis, StoreError> {
        if cursor.ordinal > self.delivered {
            self.save(cursor.ordinal).await?;
            self.delivered = cursor.ordinal;
        }
        Ok(cursor.arrival_ms)
    }

    /// Gives back the space of records that arrived before `before_ms`, which every delivery has done with.
    pub(super) async fn trim(&self, before_ms: Millis) -> Result<(), StoreError> {
        self.store.trim(self.log, before_ms).await.map(drop)
    }

    async fn save(&mut self, position: Ordinal) -> Result<(), StoreError> {
        let checkpoint = Checkpoint { positions: vec![(self.log, position)], state: None };
        self.store.save_checkpoint(&self.consumer, checkpoint).await
    }
}
