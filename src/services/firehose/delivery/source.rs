//! The records of a delivery stream in their order, with the position up to which they are delivered: what producers put, or a Kinesis stream.

use super::super::Parts;
use super::super::delivery_stream::{self, DeliveryStream};
use super::super::destination::Hints;
use super::super::entry::Role;
use super::buffer::Buffer;
use super::put_source::PutSource;
use super::stream_source::StreamSource;
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::base::meter::Traffic;
use crate::services::kinesis::{KinesisError, SequenceNumber};
use crate::store::{Ordinal, StoreError};
use bytes::Bytes;

/// Which number a record has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// Its place in the log of what producers put.
    Put(Ordinal),
    /// Its sequence number in the Kinesis stream.
    Stream(SequenceNumber),
}

/// A record to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Incoming {
    /// Its number.
    pub(super) number: Number,
    /// Its place in a record that a producer had packed several into.
    pub(in super::super) subsequence: u32,
    /// When it arrived.
    pub(in super::super) arrival_ms: Millis,
    /// What the producer put.
    pub(in super::super) data: Bytes,
}

/// Some records that follow each other.
pub(in super::super) struct Chunk {
    /// The records.
    pub(in super::super) records: Vec<Incoming>,
}

/// How far a delivery has come that is not acknowledged yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Cursor {
    /// Which of several pieces is being read, for sources that have them.
    pub(super) piece: usize,
    /// The record that was read last, by ordinal or by its place in the piece.
    pub(super) read: u64,
    /// Its arrival time.
    pub(super) arrival_ms: Millis,
    /// Records read and not committed yet.
    records: usize,
    /// Bytes of their data.
    bytes: usize,
}

impl Cursor {
    /// Before the record that comes after `read`, of the first piece.
    pub(super) fn after(read: u64) -> Self {
        Self { piece: 0, read, arrival_ms: Millis::MIN, records: 0, bytes: 0 }
    }

    /// Counts what was read as delivered.
    pub(super) fn settle(&mut self, delivered: &Traffic) {
        delivered.add(std::mem::take(&mut self.records), std::mem::take(&mut self.bytes));
    }
}

/// Why a source gives no records.
#[derive(Debug, thiserror::Error)]
pub(super) enum SourceError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The Kinesis stream cannot be read.
    #[error(transparent)]
    Stream(#[from] KinesisError),
}

/// Where the records come from.
pub(in super::super) enum Source {
    /// The log of what producers put.
    Put(PutSource),
    /// A Kinesis stream.
    Stream(StreamSource),
}

impl Source {
    /// Goes on where `consumer` stopped.
    pub(super) async fn open(
        parts: &Parts,
        scope: &Scope,
        consumer: String,
        stream: &DeliveryStream,
        role: Role,
    ) -> Result<Self, SourceError> {
        Ok(match &stream.source {
            delivery_stream::Source::DirectPut { .. } => Self::Put(PutSource::open(&parts.store, consumer, stream, role).await?),
            delivery_stream::Source::KinesisStream { stream_arn, start_ms, .. } => {
                // A backup that is switched on later begins then.
                let start_ms = if role == Role::Backup { stream.updated_ms.unwrap_or(*start_ms) } else { *start_ms };
                Self::Stream(StreamSource::open(parts, scope, consumer, stream_arn, start_ms).await?)
            }
        })
    }

    /// Returns when there are records that were not counted. May be cut off.
    pub(super) async fn grown(&mut self) -> Result<(), SourceError> {
        match self {
            Self::Put(source) => Ok(source.grown().await?),
            Self::Stream(source) => Ok(source.grown().await?),
        }
    }

    /// Counts records that have arrived, as far as they fit; whether there were any.
    pub(super) async fn count(&mut self, buffer: &mut Buffer, hints: Hints) -> Result<bool, SourceError> {
        match self {
            Self::Put(source) => Ok(source.count(buffer, hints).await?),
            Self::Stream(source) => Ok(source.count(buffer, hints).await?),
        }
    }

    /// The beginning of what was counted.
    pub(in super::super) fn cursor(&self) -> Cursor {
        match self {
            Self::Put(source) => source.cursor(),
            Self::Stream(_) => StreamSource::cursor(),
        }
    }

    /// The next counted records, `bytes` of them at most but one at least; moves the cursor behind them. `None` at the end.
    pub(in super::super) async fn next(&self, cursor: &mut Cursor, bytes: usize) -> Result<Option<Chunk>, StoreError> {
        let chunk = match self {
            Self::Put(source) => source.next(cursor, bytes).await?,
            Self::Stream(source) => source.next(cursor, bytes),
        };
        if let Some(chunk) = &chunk {
            cursor.records += chunk.records.len();
            cursor.bytes += chunk.records.iter().map(|record| record.data.len()).sum::<usize>();
        }
        Ok(chunk)
    }

    /// Prints the sequence number of a record.
    pub(in super::super) fn write_sequence_number(&self, record: &Incoming, out: &mut String) {
        match (self, record.number) {
            (Self::Put(source), Number::Put(ordinal)) => source.ids().write_sequence_number(ordinal, out),
            (_, Number::Stream(number)) => out.push_str(&number.to_string()),
            // A stream's records have stream numbers.
            (Self::Stream(_), Number::Put(_)) => {}
        }
    }

    /// Everything up to the cursor was acknowledged.
    pub(super) async fn commit(&mut self, cursor: &Cursor) -> Result<(), StoreError> {
        match self {
            Self::Put(source) => source.commit(cursor).await,
            Self::Stream(source) => source.commit(cursor).await,
        }
    }

    /// All that was counted is delivered. Gives back the space of records that arrived before `before_ms`, which every delivery has done
    /// with, but for those that another reader still needs.
    pub(super) async fn finish(&mut self, before_ms: Millis, now_ms: Millis) -> Result<(), StoreError> {
        match self {
            Self::Put(source) => source.trim(before_ms, now_ms).await,
            Self::Stream(source) => {
                source.forget();
                Ok(())
            }
        }
    }
}
