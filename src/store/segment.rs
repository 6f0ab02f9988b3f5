//! The packed form of records: what stands in one row of the segment table.
//!
//! A segment is one or more chunks; a chunk holds the records of one append that arrived together:
//!
//! ```text
//! chunk   = count u32 LE, length u32 LE (bytes of records), arrival i64 LE (ms since 1970), record*
//! record  = key length varint, data length varint, key, data
//! varint  = LEB128, at most 5 bytes
//! ```
//!
//! Chunks are packed by the caller of an append, on its own thread; the writer only stamps the arrival time, joins chunks and
//! inserts the row. A reader slices records out of the row's bytes without copying them.

use super::{LogId, Ordinal, StoreError};
use crate::base::clock::Millis;
use bytes::Bytes;

/// Bytes of a chunk's header.
const HEADER_LEN: usize = 16;

/// A segment is closed once it holds this many bytes: reading one record costs reading its segment, and the per-row cost of the
/// table is already negligible at this size.
pub(super) const SEGMENT_BYTES: usize = 128 * 1024;

/// Bits of a segment's key that hold the ordinal: 2⁴⁰ records a log, which is twelve days at a million a second.
const ORDINAL_BITS: u32 = 40;

/// The largest log id that fits beside an ordinal in a positive 64-bit key.
pub(super) const MAX_LOG_ID: u32 = (1 << (63 - ORDINAL_BITS)) - 1;

/// The largest ordinal.
pub(super) const MAX_ORDINAL: Ordinal = (1 << ORDINAL_BITS) - 1;

/// The key of the segment of `log` that begins with `ordinal`.
pub(super) fn key(log: LogId, ordinal: Ordinal) -> i64 {
    (i64::from(log.0) << ORDINAL_BITS) | ordinal.min(MAX_ORDINAL).cast_signed()
}

/// The first ordinal of the segment with `key`.
pub(super) fn first_ordinal(key: i64) -> Ordinal {
    key.cast_unsigned() & MAX_ORDINAL
}

/// One stored record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The record's place in its log; the first is 1, and no number is left out or used twice.
    pub ordinal: Ordinal,
    /// When it was appended; never smaller than that of the record before it.
    pub arrival_ms: Millis,
    /// The partition key's UTF-8 bytes (empty where the log has no keys); see [`Record::partition_key`].
    pub key: Bytes,
    /// What the producer put.
    pub data: Bytes,
}

impl Record {
    /// The partition key.
    pub fn partition_key(&self) -> &str {
        std::str::from_utf8(&self.key).unwrap_or_default()
    }

    /// Bytes of data and key together, which is how AWS counts a record's size.
    pub fn size(&self) -> usize {
        self.data.len() + self.key.len()
    }
}

/// Records of one append that stand in one row: a chunk under construction, then a whole segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Segment {
    /// How many records.
    pub(super) count: u32,
    /// Arrival time of the last one.
    pub(super) last_arrival_ms: Millis,
    /// Chunks.
    pub(super) bytes: Vec<u8>,
}

impl Segment {
    fn begin(capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(HEADER_LEN + capacity);
        bytes.resize(HEADER_LEN, 0);
        Self { count: 0, last_arrival_ms: 0, bytes }
    }

    fn push(&mut self, key: &[u8], data: &[u8]) {
        self.count += 1;
        write_varint(&mut self.bytes, key.len());
        write_varint(&mut self.bytes, data.len());
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(data);
    }

    /// Fills the header of the single chunk this segment is.
    fn stamp(&mut self, arrival_ms: Millis) {
        let length = u32::try_from(self.bytes.len() - HEADER_LEN).unwrap_or(u32::MAX);
        self.last_arrival_ms = arrival_ms;
        self.bytes[0..4].copy_from_slice(&self.count.to_le_bytes());
        self.bytes[4..8].copy_from_slice(&length.to_le_bytes());
        self.bytes[8..16].copy_from_slice(&arrival_ms.to_le_bytes());
    }

    /// Adds the chunks of `later` behind those of this segment.
    pub(super) fn join(&mut self, later: &Self) {
        self.count += later.count;
        self.last_arrival_ms = later.last_arrival_ms;
        self.bytes.extend_from_slice(&later.bytes);
    }
}

/// Records to append to one log, packed as they are pushed.
///
/// They arrive together: all get one arrival time, which the writer raises to that of the log's last record if that is later.
#[derive(Clone, Debug)]
pub struct Append {
    pub(super) log: LogId,
    arrival_ms: Millis,
    chunks: Vec<Segment>,
}

impl Append {
    /// An append to `log` of nothing yet.
    pub fn new(log: LogId, arrival_ms: Millis) -> Self {
        Self { log, arrival_ms, chunks: Vec::new() }
    }

    /// The same with room for `bytes` of records, so that pushing does not reallocate.
    pub fn with_capacity(log: LogId, arrival_ms: Millis, bytes: usize) -> Self {
        Self { log, arrival_ms, chunks: vec![Segment::begin(bytes.min(SEGMENT_BYTES))] }
    }

    /// The log.
    pub fn log(&self) -> LogId {
        self.log
    }

    /// Adds one record. `key` may be empty.
    pub fn push(&mut self, key: &str, data: &[u8]) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.bytes.len() < SEGMENT_BYTES => chunk.push(key.as_bytes(), data),
            _ => {
                let mut chunk = Segment::begin(key.len() + data.len() + 10);
                chunk.push(key.as_bytes(), data);
                self.chunks.push(chunk);
            }
        }
    }

    /// How many records were pushed.
    pub fn count(&self) -> u64 {
        self.chunks.iter().map(|chunk| u64::from(chunk.count)).sum()
    }

    /// Bytes the records take when packed.
    pub fn bytes(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.bytes.len()).sum()
    }

    /// The chunks with their headers filled, and the arrival time they were given.
    pub(super) fn into_chunks(mut self, not_before_ms: Millis) -> (Vec<Segment>, Millis) {
        let arrival_ms = self.arrival_ms.max(not_before_ms);
        self.chunks.retain(|chunk| chunk.count > 0);
        self.chunks.iter_mut().for_each(|chunk| chunk.stamp(arrival_ms));
        (self.chunks, arrival_ms)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "seven bits at a time")]
fn write_varint(bytes: &mut Vec<u8>, value: usize) {
    let mut rest = value;
    while rest >= 0x80 {
        bytes.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

/// Reads the records of one segment in order.
pub(super) struct SegmentReader {
    bytes: Bytes,
    at: usize,
    left_in_chunk: u32,
    arrival_ms: Millis,
    next: Ordinal,
}

impl SegmentReader {
    /// A reader of the segment that begins with ordinal `first`.
    pub(super) fn new(bytes: Bytes, first: Ordinal) -> Self {
        Self { bytes, at: 0, left_in_chunk: 0, arrival_ms: 0, next: first }
    }

    /// Moves on so that the next record is the first with `ordinal` or later; whole chunks are stepped over.
    pub(super) fn skip_to(&mut self, ordinal: Ordinal) -> Result<(), StoreError> {
        while self.next < ordinal && (self.left_in_chunk > 0 || self.at < self.bytes.len()) {
            if self.left_in_chunk == 0 {
                let (count, length) = self.header()?;
                if self.next + u64::from(count) <= ordinal {
                    self.next += u64::from(count);
                    self.at += length;
                    self.left_in_chunk = 0;
                }
            } else {
                self.bounds()?;
            }
        }
        Ok(())
    }

    /// The next record; `None` at the segment's end.
    pub(super) fn next_record(&mut self) -> Result<Option<Record>, StoreError> {
        while self.left_in_chunk == 0 {
            if self.at >= self.bytes.len() {
                return Ok(None);
            }
            self.header()?;
        }
        let ordinal = self.next;
        let (key_at, data_at, end) = self.bounds()?;
        Ok(Some(Record {
            ordinal,
            arrival_ms: self.arrival_ms,
            key: self.bytes.slice(key_at..data_at),
            data: self.bytes.slice(data_at..end),
        }))
    }

    /// Enters the chunk at the cursor; its record count and length in bytes.
    fn header(&mut self) -> Result<(u32, usize), StoreError> {
        let header = self.bytes.get(self.at..self.at + HEADER_LEN).ok_or_else(damaged)?;
        let count = u32::from_le_bytes(header[0..4].try_into().map_err(|_| damaged())?);
        let length = u32::from_le_bytes(header[4..8].try_into().map_err(|_| damaged())?);
        self.arrival_ms = Millis::from_le_bytes(header[8..16].try_into().map_err(|_| damaged())?);
        self.left_in_chunk = count;
        self.at += HEADER_LEN;
        Ok((count, length as usize))
    }

    /// Steps over one record; where its key, its data and its end stand.
    fn bounds(&mut self) -> Result<(usize, usize, usize), StoreError> {
        let key_len = self.varint()?;
        let data_len = self.varint()?;
        let key_at = self.at;
        let end = key_at.saturating_add(key_len).saturating_add(data_len);
        if end > self.bytes.len() {
            return Err(damaged());
        }
        self.at = end;
        self.left_in_chunk -= 1;
        self.next += 1;
        Ok((key_at, key_at + key_len, end))
    }

    fn varint(&mut self) -> Result<usize, StoreError> {
        let mut value = 0_usize;
        for shift in [0, 7, 14, 21, 28] {
            let byte = *self.bytes.get(self.at).ok_or_else(damaged)?;
            self.at += 1;
            value |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(damaged())
    }
}

fn damaged() -> StoreError {
    StoreError::Corrupt("a record segment ends too early".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read_all(mut reader: SegmentReader) -> Vec<Record> {
        std::iter::from_fn(|| reader.next_record().unwrap()).collect()
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_back_from_any_ordinal(
            appends in prop::collection::vec((0_i64..1_000_000, prop::collection::vec(("[a-zä]{0,40}", prop::collection::vec(any::<u8>(), 0..300)), 1..20)), 1..6),
            from in 0_u64..130,
        ) {
            let mut whole = Segment::default();
            let mut expected = Vec::new();
            for (arrival_ms, records) in &appends {
                let mut append = Append::new(LogId(7), *arrival_ms);
                for (key, data) in records {
                    append.push(key, data);
                }
                let (chunks, arrival_ms) = append.into_chunks(whole.last_arrival_ms);
                chunks.iter().for_each(|chunk| whole.join(chunk));
                for (key, data) in records {
                    expected.push((100 + expected.len() as u64, arrival_ms, key.clone(), data.clone()));
                }
            }
            prop_assert_eq!(u64::from(whole.count), expected.len() as u64);
            let mut reader = SegmentReader::new(whole.bytes.into(), 100);
            reader.skip_to(from).unwrap();
            let read: Vec<_> = read_all(reader).into_iter().map(|r| (r.ordinal, r.arrival_ms, r.partition_key().to_owned(), r.data.to_vec())).collect();
            let expected: Vec<_> = expected.into_iter().filter(|r| r.0 >= from).collect();
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn cut_bytes_are_an_error_never_a_panic(cut in 0_usize..400) {
            let mut append = Append::new(LogId(1), 5);
            append.push("key", &[7; 300]);
            append.push("", &[8; 60]);
            let (chunks, _) = append.into_chunks(0);
            let bytes = &chunks[0].bytes;
            let cut = cut % bytes.len();
            let mut reader = SegmentReader::new(Bytes::copy_from_slice(&bytes[..cut]), 1);
            let mut records = 0;
            let result = loop {
                match reader.next_record() {
                    Ok(Some(_)) => records += 1,
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error),
                }
            };
            prop_assert!(records < 2);
            prop_assert_eq!(result.is_ok(), cut == 0);
        }
    }

    #[test]
    fn a_large_append_is_cut_into_segments() {
        let mut append = Append::new(LogId(1), 5);
        (0..40).for_each(|_| append.push("k", &[1; 10_000]));
        assert_eq!(append.count(), 40);
        let (chunks, _) = append.into_chunks(0);
        assert!(chunks.len() > 2);
        assert!(chunks.iter().all(|chunk| chunk.bytes.len() < SEGMENT_BYTES + 10_100));
    }

    #[test]
    fn keys_order_by_log_then_ordinal() {
        assert!(key(LogId(1), MAX_ORDINAL) < key(LogId(2), 0));
        assert_eq!(first_ordinal(key(LogId(MAX_LOG_ID), 123)), 123);
        assert!(key(LogId(MAX_LOG_ID), MAX_ORDINAL) > 0);
    }
}
