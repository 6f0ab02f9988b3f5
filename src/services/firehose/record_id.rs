//! Ids of records put to a delivery stream: 56 digits in the manner of sequence numbers, rising, and the same after every restart.

use super::delivery_stream::DeliveryStream;
use crate::store::Ordinal;
use std::fmt::Write;

/// Digits of the ordinal's part: what is left of 56 after the stream's part.
const ORDINAL_DIGITS: usize = 33;

/// Prints the ids of one delivery stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RecordIds {
    /// `49`, creation time in milliseconds (13 digits), number of the log (8 digits): no other delivery stream has the same three.
    stream: String,
}

impl RecordIds {
    /// The ids of `stream`.
    pub(super) fn of(stream: &DeliveryStream) -> Self {
        Self { stream: format!("49{:013}{:08}", stream.created_ms, stream.log.number()) }
    }

    /// The sequence number of the record at `ordinal`.
    pub(super) fn write_sequence_number(&self, ordinal: Ordinal, out: &mut String) {
        out.push_str(&self.stream);
        // Writing to a String cannot fail.
        let _ = write!(out, "{ordinal:0ORDINAL_DIGITS$}");
    }

    /// The RecordId that PutRecord answers.
    pub(super) fn record_id(&self, ordinal: Ordinal) -> String {
        let mut id = String::from("shardId-000000000000");
        self.write_sequence_number(ordinal, &mut id);
        id
    }
}
