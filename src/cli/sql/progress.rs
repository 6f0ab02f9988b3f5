//! How far it is, on a terminal.

use crate::base::clock::{Clock, Millis};
use std::io::{IsTerminal, Write, stderr};

/// How often the line is written, in ms.
const INTERVAL_MS: Millis = 500;

/// A line on standard error that is written over and over; nothing when that is no terminal.
pub(super) struct Progress {
    clock: Clock,
    shown: bool,
    start: Millis,
    next: Millis,
    total_bytes: u64,
}

impl Progress {
    /// Progress through so many bytes.
    pub(super) fn new(quiet: bool, total_bytes: u64) -> Self {
        let clock = Clock::real();
        let start = clock.now_ms();
        Self { clock, shown: !quiet && stderr().is_terminal(), start, next: start + INTERVAL_MS, total_bytes }
    }

    /// Says how much is done.
    pub(super) fn update(&mut self, bytes: u64, rows: u64) {
        if !self.shown {
            return;
        }
        let now = self.clock.now_ms();
        if now >= self.next {
            self.next = now + INTERVAL_MS;
            let percent = 100 * bytes / self.total_bytes.max(1);
            let rate = 1000 * rows / (now - self.start).max(1).unsigned_abs();
            // A terminal that went away is no reason to stop.
            let _ = write!(stderr(), "\r{percent:3} %  {rows} rows  {rate} rows/s ");
        }
    }

    /// Wipes the line.
    pub(super) fn end(&self) {
        if self.shown {
            let _ = write!(stderr(), "\r{:60}\r", "");
        }
    }
}
