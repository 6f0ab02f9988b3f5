//! The line that says how it goes, and the one that says how it went.

use super::statistics::Statistics;
use std::io::{IsTerminal, Write, stderr};
use std::time::Duration;
use tokio::time::Instant;

/// How often the line is written.
const INTERVAL: Duration = Duration::from_secs(1);

/// A line on standard error that is written over and over when that is a terminal, and a summary at the end.
#[derive(Debug)]
pub(super) struct Progress {
    quiet: bool,
    terminal: bool,
    next: Option<Instant>,
    seen: u64,
}

impl Progress {
    /// No line yet.
    pub(super) fn new(quiet: bool) -> Self {
        Self { quiet, terminal: stderr().is_terminal(), next: None, seen: 0 }
    }

    /// Returns when the line is due.
    pub(super) async fn tick(&mut self) {
        let next = *self.next.get_or_insert_with(|| Instant::now() + INTERVAL);
        tokio::time::sleep_until(next).await;
    }

    /// Writes the line: rate of the last second, lag, retries and failures.
    pub(super) fn show(&mut self, statistics: &Statistics) {
        self.next = Some(Instant::now() + INTERVAL);
        let sent = statistics.total_sent();
        if self.terminal && !self.quiet {
            // A terminal that went away is no reason to stop.
            let _ = write!(stderr(), "\r{:78}", line(sent, sent - self.seen, statistics));
        }
        self.seen = sent;
    }

    /// Writes the summary.
    pub(super) fn end(&self, statistics: &Statistics, elapsed: Duration, what: &str) {
        if !self.quiet {
            let wipe = if self.terminal { format!("\r{:78}\r", "") } else { String::new() };
            let _ = writeln!(stderr(), "{wipe}millpond: {}", summary(statistics, elapsed, what));
        }
    }
}

fn line(sent: u64, last_second: u64, statistics: &Statistics) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    let lag = statistics.lag_ms() as f64 / 1000.0;
    let (retried, failed) = (statistics.total_retried(), statistics.total_failed());
    format!("{sent} records  {last_second}/s  lag {lag:.1} s  {retried} retried  {failed} failed")
}

fn summary(statistics: &Statistics, elapsed: Duration, what: &str) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = statistics.total_sent() as f64 / elapsed.as_secs_f64().max(0.001);
    let (sent, bytes) = (statistics.total_sent(), statistics.total_bytes());
    let mut text = format!("{sent} records {what} ({bytes} bytes) in {:.1} s, {rate:.0} a second", elapsed.as_secs_f64());
    let (retried, failed) = (statistics.total_retried(), statistics.total_failed());
    if retried + failed > 0 {
        text += &format!(", {retried} retried, {failed} failed");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_tell_what_was_counted() {
        let statistics = Statistics::default();
        statistics.sent(500, 1000);
        statistics.retried(7);
        statistics.failed(2);
        statistics.made(1500);
        assert_eq!(line(500, 40, &statistics), "500 records  40/s  lag 1.5 s  7 retried  2 failed");
        let text = summary(&statistics, Duration::from_secs(2), "sent");
        assert_eq!(text, "500 records sent (1000 bytes) in 2.0 s, 250 a second, 7 retried, 2 failed");
    }
}
