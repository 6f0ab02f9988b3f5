//! How far it is, for the person at the terminal.

use super::run::Notes;
use crate::base::clock::{Clock, Millis};
use crate::services::analytics::output::format::DateText;
use std::io::{IsTerminal, Write, stderr};

/// How often the line is written, in ms.
const INTERVAL_MS: Millis = 500;
/// Bytes in a megabyte.
const MEGABYTE: u64 = 1_000_000;

/// A line on standard error, written over and over on a terminal.
pub(super) struct Progress {
    clock: Clock,
    shown: bool,
    terminal: bool,
    start: Millis,
    next: Millis,
    total_bytes: Option<u64>,
    /// Bytes, rows and virtual time told last.
    last: (u64, u64, Millis),
}

impl Progress {
    /// Progress through so many bytes, where that is known.
    pub(super) fn new(notes: Notes, total_bytes: Option<u64>) -> Self {
        let clock = Clock::real();
        let start = clock.now_ms();
        let terminal = stderr().is_terminal();
        let shown = match notes {
            Notes::None => false,
            Notes::StandardError { progress } => progress || terminal,
        };
        Self { clock, shown, terminal, start, next: start + INTERVAL_MS, total_bytes, last: (0, 0, 0) }
    }

    /// Says how much is done: bytes and rows read, and the virtual time.
    pub(super) fn update(&mut self, bytes: u64, rows: u64, virtual_ms: Millis) {
        if !self.shown {
            return;
        }
        self.last = (bytes, rows, virtual_ms);
        let now = self.clock.now_ms();
        if now >= self.next {
            self.next = now + INTERVAL_MS;
            let line = self.line(now);
            // A terminal that went away is no reason to stop.
            let _ = if self.terminal { write!(stderr(), "\r{line} ") } else { writeln!(stderr(), "millpond: {line}") };
        }
    }

    fn line(&self, now: Millis) -> String {
        let (bytes, rows, virtual_ms) = self.last;
        line(bytes, self.total_bytes, rows, now - self.start, virtual_ms)
    }

    /// Wipes the line; where there is no terminal, says how it ended.
    pub(super) fn end(&self) {
        if self.shown {
            let _ = if self.terminal {
                write!(stderr(), "\r{:100}\r", "")
            } else {
                writeln!(stderr(), "millpond: {}", self.line(self.clock.now_ms()))
            };
        }
    }
}

/// ` 42 %  420 of 1000 MB  4200000 rows  1000000 rows/s  2017-04-05 12:00:00.000`.
fn line(bytes: u64, total: Option<u64>, rows: u64, spent_ms: Millis, virtual_ms: Millis) -> String {
    let read = match total {
        Some(total) => format!("{:3} %  {} of {} MB", 100 * bytes / total.max(1), bytes / MEGABYTE, total / MEGABYTE),
        None => format!("{} MB", bytes / MEGABYTE),
    };
    let rate = 1000 * rows / spent_ms.max(1).unsigned_abs();
    let mut time = Vec::new();
    DateText::default().timestamp(virtual_ms, &mut time);
    format!("{read}  {rows} rows  {rate} rows/s  {}", String::from_utf8_lossy(&time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_bytes_rows_and_time() {
        assert_eq!(
            line(420_000_000, Some(1_000_000_000), 4_200, 2_000, 1_500),
            " 42 %  420 of 1000 MB  4200 rows  2100 rows/s  1970-01-01 00:00:01.500"
        );
        assert_eq!(line(1_500_000, None, 7, 0, 0), "1 MB  7 rows  7000 rows/s  1970-01-01 00:00:00.000");
    }
}
