//! How far a consumer has come, and the state that belongs to it.

use super::{LogId, Ordinal, StoreError};
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, params};

/// Positions and state of one consumer, always written and read together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last record of each log that has been processed, in the order of log ids.
    pub positions: Vec<(LogId, Ordinal)>,
    /// Whatever the consumer needs to go on from there.
    pub state: Option<Bytes>,
}

pub(super) fn save(connection: &Connection, consumer: &str, checkpoint: &Checkpoint) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO position (consumer, log, ordinal) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET ordinal = excluded.ordinal";
    let mut statement = connection.prepare_cached(sql)?;
    for (log, ordinal) in &checkpoint.positions {
        statement.execute(params![consumer, log.0, ordinal.cast_signed()])?;
    }
    if let Some(state) = &checkpoint.state {
        let sql = "INSERT INTO consumer_state (consumer, state) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET state = excluded.state";
        connection.prepare_cached(sql)?.execute(params![consumer, state.as_ref()])?;
    }
    Ok(())
}

pub(super) fn load(connection: &Connection, consumer: &str) -> Result<Checkpoint, StoreError> {
    // One statement, so that positions and state are of one commit.
    let sql = "SELECT log, ordinal, NULL FROM position WHERE consumer = ?1 UNION ALL SELECT NULL, NULL, state FROM consumer_state WHERE consumer = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([consumer])?;
    let mut checkpoint = Checkpoint::default();
    while let Some(row) = rows.next()? {
        match row.get::<_, Option<u32>>(0)? {
            Some(log) => checkpoint.positions.push((LogId(log), row.get::<_, i64>(1)?.cast_unsigned())),
            None => checkpoint.state = row.get::<_, Option<Vec<u8>>>(2)?.map(Bytes::from),
        }
    }
    checkpoint.positions.sort_unstable();
    Ok(checkpoint)
}

pub(super) fn position(connection: &Connection, consumer: &str, log: LogId) -> Result<Option<Ordinal>, StoreError> {
    let sql = "SELECT ordinal FROM position WHERE consumer = ?1 AND log = ?2";
    let found = connection.prepare_cached(sql)?.query_row(params![consumer, log.0], |row| row.get::<_, i64>(0)).optional()?;
    Ok(found.map(i64::cast_unsigned))
}

/// The position in `log` of the consumer that has come least far.
pub(super) fn slowest(connection: &Connection, log: LogId) -> Result<Option<Ordinal>, StoreError> {
    let sql = "SELECT MIN(ordinal) FROM position WHERE log = ?1";
    let found = connection.prepare_cached(sql)?.query_row([log.0], |row| row.get::<_, Option<i64>>(0))?;
    Ok(found.map(i64::cast_unsigned))
}

pub(super) fn delete(connection: &Connection, consumer: &str) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM position WHERE consumer = ?1")?.execute([consumer])?;
    connection.prepare_cached("DELETE FROM consumer_state WHERE consumer = ?1")?.execute([consumer])?;
    Ok(())
}

/// Forgets every consumer's position in a log that is deleted.
pub(super) fn forget_log(connection: &Connection, log: LogId) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM position WHERE log = ?1")?.execute([log.0])?;
    Ok(())
}
