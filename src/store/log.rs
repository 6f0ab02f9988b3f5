//! Logs by id, how far each reaches, and the wait for it to grow.

use super::StoreError;
use crate::base::clock::Millis;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::{PoisonError, RwLock};
use tokio::sync::watch;

/// A record's place in its log, counted from 1 without gaps. 0 means "before the first record".
pub type Ordinal = u64;

/// Names a log for as long as the store lives; an id is never used for a second log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LogId(pub(super) u32);

impl LogId {
    /// The id as a number, at most seven digits; for names derived from it.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "log {}", self.0)
    }
}

/// How far a log reaches, as of the last commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogState {
    /// The oldest record still there (the one after it was trimmed up to); equal to `next_ordinal` when there is none.
    pub first_ordinal: Ordinal,
    /// The ordinal that the next record will get.
    pub next_ordinal: Ordinal,
    /// Arrival time of the last record ever appended that is still stored; 0 if there is none.
    pub last_arrival_ms: Millis,
    /// Whether the log takes no more records (a closed shard).
    pub sealed: bool,
}

impl LogState {
    pub(super) const EMPTY: Self = Self { first_ordinal: 1, next_ordinal: 1, last_arrival_ms: 0, sealed: false };

    /// The last record's ordinal; 0 when none was ever appended.
    pub fn last_ordinal(&self) -> Ordinal {
        self.next_ordinal - 1
    }

    /// How many records are stored.
    pub fn count(&self) -> u64 {
        self.next_ordinal - self.first_ordinal
    }
}

/// Waits for a log to grow. Cheap to make and to clone; each sees every growth at least once, several at a time if it is slow.
#[derive(Clone, Debug)]
pub struct Tail {
    log: LogId,
    state: watch::Receiver<LogState>,
}

impl Tail {
    /// The log that is followed.
    pub fn log(&self) -> LogId {
        self.log
    }

    /// How far the log reaches now.
    pub fn state(&self) -> LogState {
        *self.state.borrow()
    }

    /// Returns once the log holds a record after `ordinal`, or is sealed. Cancel-safe.
    ///
    /// # Errors
    /// [`StoreError::NoSuchLog`] when the log is deleted, [`StoreError::Closed`] is reported the same way.
    pub async fn beyond(&mut self, ordinal: Ordinal) -> Result<LogState, StoreError> {
        let log = self.log;
        match self.state.wait_for(|state| state.last_ordinal() > ordinal || state.sealed).await {
            Ok(state) => Ok(*state),
            Err(_) => Err(StoreError::NoSuchLog(log)),
        }
    }
}

/// The committed state of every log, shared by the writer (which alone changes it), readers and tails.
#[derive(Debug, Default)]
pub(super) struct LogTable(RwLock<FxHashMap<LogId, watch::Sender<LogState>>>);

impl LogTable {
    pub(super) fn get(&self, log: LogId) -> Option<LogState> {
        self.read().get(&log).map(|state| *state.borrow())
    }

    pub(super) fn tail(&self, log: LogId) -> Result<Tail, StoreError> {
        let state = self.read().get(&log).map(watch::Sender::subscribe).ok_or(StoreError::NoSuchLog(log))?;
        Ok(Tail { log, state })
    }

    /// Makes `state` what everyone sees of `log` and wakes those who wait; `None` forgets the log.
    pub(super) fn publish(&self, log: LogId, state: Option<LogState>) {
        let Some(state) = state else {
            self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&log);
            return;
        };
        if let Some(known) = self.read().get(&log) {
            known.send_replace(state);
            return;
        }
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(log, watch::Sender::new(state));
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, FxHashMap<LogId, watch::Sender<LogState>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}
