//! One log event.

use crate::base::clock::Millis;
use crate::store::{LogId, Ordinal, Record};

/// A stored event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it happened, as its producer says.
    pub at_ms: Millis,
    /// When it was put.
    pub ingested_ms: Millis,
    /// What happened.
    pub message: String,
    /// Its place in its stream's log.
    pub(super) ordinal: Ordinal,
}

impl Event {
    pub(super) fn of(record: &Record) -> Self {
        Self {
            at_ms: Self::time_of(record),
            ingested_ms: record.arrival_ms,
            message: String::from_utf8_lossy(&record.data).into_owned(),
            ordinal: record.ordinal,
        }
    }

    /// When the event of a record happened.
    pub(super) fn time_of(record: &Record) -> Millis {
        record.partition_key().parse().unwrap_or(record.arrival_ms)
    }

    /// Bytes it counts for in an answer: the message and 26 more (API reference, PutLogEvents).
    pub(super) fn size(&self) -> usize {
        self.message.len() + EVENT_OVERHEAD
    }

    /// A text unique among all events of the store, of 56 digits as AWS's are.
    pub(super) fn id(&self, log: LogId) -> String {
        let log: u64 = log.to_string().bytes().filter(u8::is_ascii_digit).fold(0, |id, digit| id * 10 + u64::from(digit - b'0'));
        format!("{:016}{log:020}{:020}", self.at_ms.max(0), self.ordinal)
    }
}

/// Bytes that CloudWatch Logs adds to each message when it counts.
pub(super) const EVENT_OVERHEAD: usize = 26;
