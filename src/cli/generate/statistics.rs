//! What was made, sent, sent again and given up; shared by the threads.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Counters. They only inform, so that their order among each other does not matter.
#[derive(Debug, Default)]
pub(super) struct Statistics {
    made: AtomicU64,
    sent: AtomicU64,
    bytes: AtomicU64,
    retried: AtomicU64,
    failed: AtomicU64,
    lag_ms: AtomicU64,
    stopping: AtomicBool,
}

impl Statistics {
    /// A record was made, so late.
    pub(super) fn made(&self, lag_ms: u64) {
        self.made.fetch_add(1, Ordering::Relaxed);
        self.set_lag(lag_ms);
    }

    /// How far behind its schedule the generator is.
    pub(super) fn set_lag(&self, lag_ms: u64) {
        self.lag_ms.store(lag_ms, Ordering::Relaxed);
    }

    /// Records were taken, with their bytes.
    pub(super) fn sent(&self, records: u64, bytes: u64) {
        self.sent.fetch_add(records, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Records are sent once more.
    pub(super) fn retried(&self, records: u64) {
        self.retried.fetch_add(records, Ordering::Relaxed);
    }

    /// Records are given up.
    pub(super) fn failed(&self, records: u64) {
        self.failed.fetch_add(records, Ordering::Relaxed);
    }

    /// Asks for a stop; says whether that was done before.
    pub(super) fn stop(&self) -> bool {
        self.stopping.swap(true, Ordering::Relaxed)
    }

    /// Whether a stop was asked for.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Records made.
    pub(super) fn total_made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// Records taken.
    pub(super) fn total_sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Bytes of the records taken.
    pub(super) fn total_bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Records sent again, each time counted.
    pub(super) fn total_retried(&self) -> u64 {
        self.retried.load(Ordering::Relaxed)
    }

    /// Records given up.
    pub(super) fn total_failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Milliseconds behind the schedule.
    pub(super) fn lag_ms(&self) -> u64 {
        self.lag_ms.load(Ordering::Relaxed)
    }
}
