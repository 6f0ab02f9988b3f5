//! What one transaction of the writer holds, and the view of it that a service's closure gets.

use super::catalog::{self, Collection, Key, Listing};
use super::checkpoint::{self, Checkpoint};
use super::log::LogTable;
use super::record_log;
use super::segment::{MAX_LOG_ID, MAX_ORDINAL, SEGMENT_BYTES, Segment};
use super::{Append, LogId, LogState, Ordinal, StoreError};
use crate::base::clock::Millis;
use rusqlite::{Connection, params};
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::rc::Rc;
use std::sync::Arc;

/// Why an append was not made although the store is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The log takes no more records: its shard was split or merged since the caller chose it. Choose again.
    Sealed,
    /// The log was deleted, or never was.
    NoSuchLog,
    /// The log has reached the last ordinal.
    Full,
}

/// Where the records of an append are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The ordinal of the first record; the others follow it.
    pub first: Ordinal,
    /// The arrival time they were given, all the same.
    pub arrival_ms: Millis,
}

/// Segments of one group that have not been written to the table yet, oldest first.
type Pending = Vec<(LogId, Ordinal, Segment)>;

/// The uncommitted changes of one SQLite transaction, in which the jobs of a group take part one after the other.
pub(super) struct Group {
    connection: Rc<Connection>,
    logs: Arc<LogTable>,
    /// Logs that differ from the committed state; `None` is deleted.
    changed: FxHashMap<LogId, Option<LogState>>,
    pending: Pending,
    /// Where in `pending` the open segment of each log stands.
    open: FxHashMap<LogId, usize>,
    /// Bytes of segments written, to tell how the write-ahead log grows.
    pub(super) written: usize,
    /// Whether a log was deleted, whose segments are to be swept away.
    pub(super) dropped: bool,
    /// What to go back to when the present piece of work fails.
    before: Option<(FxHashMap<LogId, Option<LogState>>, bool)>,
}

impl Group {
    pub(super) fn new(connection: Rc<Connection>, logs: Arc<LogTable>) -> Self {
        let (changed, open) = (FxHashMap::default(), FxHashMap::default());
        Self { connection, logs, changed, pending: Vec::new(), open, written: 0, dropped: false, before: None }
    }

    fn state(&self, log: LogId) -> Option<LogState> {
        self.changed.get(&log).copied().unwrap_or_else(|| self.logs.get(log))
    }

    /// Gives the records of `append` their ordinals.
    pub(super) fn append(&mut self, append: Append) -> Result<Placement, Refusal> {
        let log = append.log;
        let mut state = self.state(log).ok_or(Refusal::NoSuchLog)?;
        let count = append.count();
        if state.sealed {
            return Err(Refusal::Sealed);
        }
        if state.next_ordinal + count > MAX_ORDINAL {
            return Err(Refusal::Full);
        }
        let first = state.next_ordinal;
        let (chunks, arrival_ms) = append.into_chunks(state.last_arrival_ms);
        for chunk in chunks {
            let at = state.next_ordinal;
            state.next_ordinal += u64::from(chunk.count);
            self.add(log, at, chunk);
        }
        state.last_arrival_ms = arrival_ms;
        self.changed.insert(log, Some(state));
        Ok(Placement { first, arrival_ms })
    }

    /// Joins `chunk` to the log's open segment, or makes it the open one.
    fn add(&mut self, log: LogId, first: Ordinal, chunk: Segment) {
        if let Some((_, _, segment)) = self.open.get(&log).and_then(|at| self.pending.get_mut(*at))
            && segment.bytes.len() + chunk.bytes.len() <= SEGMENT_BYTES
        {
            segment.join(&chunk);
            return;
        }
        self.open.insert(log, self.pending.len());
        self.pending.push((log, first, chunk));
    }

    /// Writes pending segments to the table.
    pub(super) fn flush(&mut self) -> Result<(), StoreError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut statement = record_log::insert(&self.connection)?;
        for (log, first, segment) in self.pending.drain(..) {
            record_log::insert_segment(&mut statement, log, first, &segment)?;
            self.written += segment.bytes.len();
        }
        self.open.clear();
        Ok(())
    }

    /// Begins a piece of work of which either all changes stay or none.
    pub(super) fn begin_work(&mut self) -> Result<(), StoreError> {
        self.flush()?;
        self.connection.execute_batch("SAVEPOINT work")?;
        self.before = Some((self.changed.clone(), self.dropped));
        Ok(())
    }

    /// Ends it, keeping its changes or undoing them.
    pub(super) fn end_work(&mut self, keep: bool) -> Result<(), StoreError> {
        let before = self.before.take();
        if keep {
            self.flush()?;
        } else {
            self.pending.clear();
            self.open.clear();
            (self.changed, self.dropped) = before.unwrap_or_default();
            self.connection.execute_batch("ROLLBACK TO work")?;
        }
        self.connection.execute_batch("RELEASE work")?;
        Ok(())
    }

    /// Makes the changes what everyone sees. Called after the commit.
    pub(super) fn publish(self) {
        for (log, state) in self.changed {
            self.logs.publish(log, state);
        }
    }
}

/// Several changes that become durable and visible together or not at all; see [`Store::transaction`](super::Store::transaction).
///
/// It reads its own changes. It runs on the writer's thread, beside which no other write happens, so keep it short.
pub struct Transaction<'g>(pub(super) &'g mut Group);

impl Transaction<'_> {
    pub(super) fn connection(&self) -> &Connection {
        &self.0.connection
    }

    /// The document under `key`.
    ///
    /// # Errors
    /// [`StoreError::Document`] when its JSON does not fit `T`; every method also passes on failures of the database.
    pub fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        catalog::get(self.connection(), key)
    }

    /// Writes the document under `key`, over an older one.
    ///
    /// # Errors
    /// [`StoreError::Document`] when it does not serialize.
    pub fn put<T: Serialize>(&mut self, key: &Key, document: &T) -> Result<(), StoreError> {
        catalog::put(self.connection(), key, document)
    }

    /// Deletes the document under `key`; whether there was one.
    ///
    /// # Errors
    /// Failures of the database.
    pub fn delete(&mut self, key: &Key) -> Result<bool, StoreError> {
        catalog::delete(self.connection(), key)
    }

    /// Names and documents of a collection, by name.
    ///
    /// # Errors
    /// [`StoreError::Document`] when one does not fit `T`.
    pub fn list<T: DeserializeOwned>(&self, of: &Collection, listing: &Listing) -> Result<Vec<(String, T)>, StoreError> {
        catalog::list(self.connection(), of, listing)
    }

    /// Makes an empty log.
    ///
    /// # Errors
    /// [`StoreError::Exhausted`] after eight million logs.
    pub fn create_log(&mut self) -> Result<LogId, StoreError> {
        self.connection().prepare_cached("INSERT INTO log DEFAULT VALUES")?.execute([])?;
        let id = u32::try_from(self.connection().last_insert_rowid()).unwrap_or(u32::MAX);
        if id > MAX_LOG_ID {
            return Err(StoreError::Exhausted(LogId(id)));
        }
        self.0.changed.insert(LogId(id), Some(LogState::EMPTY));
        Ok(LogId(id))
    }

    /// How far `log` reaches, with the appends made earlier in this group.
    ///
    /// # Errors
    /// [`StoreError::NoSuchLog`].
    pub fn log_state(&self, log: LogId) -> Result<LogState, StoreError> {
        self.0.state(log).ok_or(StoreError::NoSuchLog(log))
    }

    /// Closes `log` to appends for good and wakes its tails; its state as it will stay.
    ///
    /// # Errors
    /// [`StoreError::NoSuchLog`].
    pub fn seal_log(&mut self, log: LogId) -> Result<LogState, StoreError> {
        let state = LogState { sealed: true, ..self.log_state(log)? };
        self.connection().prepare_cached("UPDATE log SET sealed = 1 WHERE id = ?1")?.execute([log.0])?;
        self.0.changed.insert(log, Some(state));
        Ok(state)
    }

    /// Deletes `log`, its records and all positions in it. Its space is given back little by little afterwards.
    ///
    /// # Errors
    /// [`StoreError::NoSuchLog`].
    pub fn delete_log(&mut self, log: LogId) -> Result<(), StoreError> {
        self.log_state(log)?;
        self.0.flush()?;
        self.connection().prepare_cached("DELETE FROM log WHERE id = ?1")?.execute([log.0])?;
        self.connection().prepare_cached("INSERT INTO dropped_log (id) VALUES (?1)")?.execute([log.0])?;
        checkpoint::forget_log(self.connection(), log)?;
        self.0.changed.insert(log, None);
        self.0.dropped = true;
        Ok(())
    }

    /// Appends records as part of this transaction; where they will be.
    ///
    /// # Errors
    /// [`StoreError::NoSuchLog`], also for a sealed log, or [`StoreError::Exhausted`].
    pub fn append(&mut self, append: Append) -> Result<Placement, StoreError> {
        let log = append.log;
        self.0.append(append).map_err(|refusal| match refusal {
            Refusal::Full => StoreError::Exhausted(log),
            Refusal::Sealed | Refusal::NoSuchLog => StoreError::NoSuchLog(log),
        })
    }

    /// Writes `checkpoint` of `consumer`; positions in logs it does not name and a state it does not give stay as they are.
    ///
    /// # Errors
    /// Failures of the database.
    pub fn save_checkpoint(&mut self, consumer: &str, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        checkpoint::save(self.connection(), consumer, checkpoint)
    }

    /// Forgets `consumer`'s positions and state.
    ///
    /// # Errors
    /// Failures of the database.
    pub fn delete_checkpoint(&mut self, consumer: &str) -> Result<(), StoreError> {
        checkpoint::delete(self.connection(), consumer)
    }

    /// Deletes at most `most` segments of `log` that begin before `before`; whether all of them are gone.
    pub(super) fn trim_step(&mut self, log: LogId, before: Ordinal, most: u32) -> Result<bool, StoreError> {
        let state = self.log_state(log)?;
        let before = before.min(state.next_ordinal);
        let deleted = record_log::delete_segments(self.connection(), log, before, most)?;
        let done = deleted < most;
        let first_ordinal = match record_log::first_stored(self.connection(), log)? {
            Some(first) => first.max(state.first_ordinal),
            None => state.next_ordinal,
        };
        self.connection()
            .prepare_cached("UPDATE log SET first_ordinal = ?2 WHERE id = ?1")?
            .execute(params![log.0, first_ordinal.cast_signed()])?;
        self.0.changed.insert(log, Some(LogState { first_ordinal, ..state }));
        Ok(done)
    }
}
