//! Reading records, and the statements on the segment table.

use super::segment::{self, MAX_ORDINAL, Segment, SegmentReader};
use super::{LogId, LogState, Ordinal, Record, StoreError};
use crate::base::clock::Millis;
use bytes::Bytes;
use rusqlite::{CachedStatement, Connection, OptionalExtension, params};

/// How much one read returns. It returns at least one record if there is one, however large.
#[derive(Clone, Copy, Debug)]
pub struct ReadLimit {
    /// Most records.
    pub records: usize,
    /// Most bytes of data and keys together.
    pub bytes: usize,
}

/// A segment's row without its records.
struct Row {
    first: Ordinal,
    count: u64,
    last_arrival_ms: Millis,
}

impl Row {
    fn from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            first: segment::first_ordinal(row.get(0)?),
            count: row.get::<_, i64>(1)?.cast_unsigned(),
            last_arrival_ms: row.get(2)?,
        })
    }
}

/// The state of every log in the file, read once when it is opened.
pub(super) fn states(connection: &Connection) -> Result<Vec<(LogId, LogState)>, StoreError> {
    let mut statement = connection.prepare("SELECT id, first_ordinal, sealed FROM log")?;
    let mut rows = statement.query([])?;
    let mut states = Vec::new();
    while let Some(row) = rows.next()? {
        let log = LogId(row.get(0)?);
        let first_ordinal = row.get::<_, i64>(1)?.cast_unsigned();
        let last = row_at(connection, log, MAX_ORDINAL)?;
        let next_ordinal = last.as_ref().map_or(first_ordinal, |row| row.first + row.count);
        let last_arrival_ms = last.map_or(0, |row| row.last_arrival_ms);
        states.push((log, LogState { first_ordinal, next_ordinal, last_arrival_ms, sealed: row.get(2)? }));
    }
    Ok(states)
}

/// The records from `from` on, in order.
pub(super) fn read(connection: &Connection, log: LogId, from: Ordinal, limit: ReadLimit) -> Result<Vec<Record>, StoreError> {
    let start = row_at(connection, log, from)?.map_or(from, |row| row.first);
    let mut statement =
        connection.prepare_cached("SELECT key, count, records FROM segment WHERE key BETWEEN ?1 AND ?2 ORDER BY key")?;
    let mut rows = statement.query(params![segment::key(log, start), segment::key(log, MAX_ORDINAL)])?;
    let (mut records, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let count = usize::try_from(row.get::<_, i64>(1)?).unwrap_or_default();
        records.reserve(count.min(limit.records - records.len()));
        let mut reader = reader(row.get(0)?, row.get_ref(2)?)?;
        reader.skip_to(from)?;
        while let Some(record) = reader.next_record()? {
            bytes += record.size();
            if records.len() >= limit.records || (bytes > limit.bytes && !records.is_empty()) {
                return Ok(records);
            }
            records.push(record);
        }
    }
    Ok(records)
}

fn reader(key: i64, records: rusqlite::types::ValueRef<'_>) -> Result<SegmentReader, StoreError> {
    let bytes = records.as_blob().map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(SegmentReader::new(Bytes::copy_from_slice(bytes), segment::first_ordinal(key)))
}

/// The segment that holds `ordinal`, or else the last one before it.
fn row_at(connection: &Connection, log: LogId, ordinal: Ordinal) -> Result<Option<Row>, StoreError> {
    let sql = "SELECT key, count, last_arrival_ms FROM segment WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC LIMIT 1";
    let range = params![segment::key(log, 0), segment::key(log, ordinal)];
    Ok(connection.prepare_cached(sql)?.query_row(range, Row::from).optional()?)
}

/// The first segment of which some record arrived at `since_ms` or later. Arrival times never fall within a log, so halving finds it.
fn segment_since(connection: &Connection, log: LogId, state: LogState, since_ms: Millis) -> Result<Option<Row>, StoreError> {
    let (mut low, mut high, mut found) = (state.first_ordinal, state.next_ordinal, None);
    while low < high {
        let Some(row) = row_at(connection, log, low + (high - low) / 2)? else { break };
        if row.last_arrival_ms >= since_ms {
            high = row.first.max(low);
            let first_of_all = row.first <= low;
            found = Some(row);
            if first_of_all {
                break;
            }
        } else {
            low = row.first + row.count;
        }
    }
    Ok(found)
}

/// The first record that arrived at `since_ms` or later; the ordinal of the next one to come when there is none.
pub(super) fn find_by_time(
    connection: &Connection,
    log: LogId,
    state: LogState,
    since_ms: Millis,
) -> Result<Ordinal, StoreError> {
    let Some(row) = segment_since(connection, log, state, since_ms)? else { return Ok(state.next_ordinal) };
    let mut statement = connection.prepare_cached("SELECT key, records FROM segment WHERE key = ?1")?;
    let mut rows = statement.query([segment::key(log, row.first)])?;
    let Some(row) = rows.next()? else { return Ok(state.next_ordinal) };
    let mut reader = reader(row.get(0)?, row.get_ref(1)?)?;
    reader.skip_to(state.first_ordinal)?;
    while let Some(record) = reader.next_record()? {
        if record.arrival_ms >= since_ms {
            return Ok(record.ordinal);
        }
    }
    Ok(state.next_ordinal)
}

/// The ordinal up to which whole segments hold only records that arrived before `before_ms`.
pub(super) fn trim_point(connection: &Connection, log: LogId, state: LogState, before_ms: Millis) -> Result<Ordinal, StoreError> {
    Ok(segment_since(connection, log, state, before_ms)?.map_or(state.next_ordinal, |row| row.first).max(state.first_ordinal))
}

/// The statement that adds a segment, prepared.
pub(super) fn insert(connection: &Connection) -> Result<CachedStatement<'_>, StoreError> {
    Ok(connection.prepare_cached("INSERT INTO segment (key, count, last_arrival_ms, records) VALUES (?1, ?2, ?3, ?4)")?)
}

/// Adds a segment whose first record is `first`.
pub(super) fn insert_segment(
    statement: &mut CachedStatement<'_>,
    log: LogId,
    first: Ordinal,
    segment: &Segment,
) -> Result<(), StoreError> {
    statement.execute(params![segment::key(log, first), segment.count, segment.last_arrival_ms, segment.bytes])?;
    Ok(())
}

/// Deletes at most `most` segments of `log` that begin before `before`; how many they were.
pub(super) fn delete_segments(connection: &Connection, log: LogId, before: Ordinal, most: u32) -> Result<u32, StoreError> {
    let sql = "DELETE FROM segment WHERE key IN (SELECT key FROM segment WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3)";
    let range = params![segment::key(log, 0), segment::key(log, before), most];
    Ok(u32::try_from(connection.prepare_cached(sql)?.execute(range)?).unwrap_or(u32::MAX))
}

/// Segments deleted in one step when the space of a deleted log is given back (about 8 MiB of full ones).
const SWEEP_SEGMENTS: u32 = 64;

/// Deletes some segments of one deleted log; whether there may be more to delete.
pub(super) fn sweep(connection: &Connection) -> Result<bool, StoreError> {
    let dropped = connection.prepare_cached("SELECT id FROM dropped_log LIMIT 1")?.query_row([], |row| row.get(0)).optional()?;
    let Some(log) = dropped.map(LogId) else { return Ok(false) };
    if delete_segments(connection, log, MAX_ORDINAL, SWEEP_SEGMENTS)? < SWEEP_SEGMENTS {
        connection.prepare_cached("DELETE FROM dropped_log WHERE id = ?1")?.execute([log.0])?;
    }
    Ok(true)
}

/// The first ordinal still stored, by the table.
pub(super) fn first_stored(connection: &Connection, log: LogId) -> Result<Option<Ordinal>, StoreError> {
    let sql = "SELECT key FROM segment WHERE key BETWEEN ?1 AND ?2 ORDER BY key LIMIT 1";
    let range = params![segment::key(log, 0), segment::key(log, MAX_ORDINAL)];
    Ok(connection.prepare_cached(sql)?.query_row(range, |row| row.get(0)).optional()?.map(segment::first_ordinal))
}
