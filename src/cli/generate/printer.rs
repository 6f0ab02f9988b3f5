//! Records to standard output.

use super::producer::{Producer, Sink};
use super::progress::Progress;
use super::signals::Signals;
use super::statistics::Statistics;
use super::{CliError, GenerateFlags};
use crate::base::clock::Stopwatch;
use crate::generate::Context;
use std::io::{ErrorKind, Write};
use std::sync::Arc;

/// How much is written at once.
const BUFFER_BYTES: usize = 64 << 10;

struct Printer<W> {
    buffer: Vec<u8>,
    records: u64,
    statistics: Arc<Statistics>,
    target: W,
}

impl<W: Write> Sink for Printer<W> {
    fn take(&mut self, record: &[u8], _: &mut Context) -> Result<bool, CliError> {
        self.buffer.extend_from_slice(record);
        self.records += 1;
        if self.buffer.len() < BUFFER_BYTES { Ok(true) } else { self.flush() }
    }

    fn pause(&mut self) -> Result<(), CliError> {
        self.flush().map(|_| ())
    }

    fn end(&mut self) -> Result<(), CliError> {
        self.pause()
    }
}

impl<W: Write> Printer<W> {
    /// Writes what was gathered; false when nobody reads any more, as behind `| head`.
    fn flush(&mut self) -> Result<bool, CliError> {
        let written = self.target.write_all(&self.buffer).and_then(|()| self.target.flush());
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(false),
            other => other?,
        }
        self.statistics.sent(self.records, self.buffer.len() as u64);
        self.records = 0;
        self.buffer.clear();
        Ok(true)
    }
}

/// Prints until the end of the schedule, of the reader, or Ctrl-C.
pub(super) fn run(flags: &GenerateFlags, mut producer: Producer) -> Result<(), CliError> {
    let statistics = Arc::new(Statistics::default());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let watch = Arc::clone(&statistics);
    let mut signals = {
        let _within = runtime.enter();
        Signals::listen()?
    };
    let mut progress = Progress::new(flags.quiet);
    let watcher = runtime.spawn(async move {
        loop {
            tokio::select! {
                () = signals.next() => {
                    watch.stop();
                }
                () = progress.tick() => progress.show(&watch),
            }
        }
    });
    let started = Stopwatch::start();
    let target = std::io::stdout().lock();
    let mut printer =
        Printer { buffer: Vec::with_capacity(2 * BUFFER_BYTES), records: 0, statistics: Arc::clone(&statistics), target };
    let result = producer.run(&statistics, &mut printer);
    watcher.abort();
    Progress::new(flags.quiet).end(&statistics, started.elapsed(), "printed");
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_went_away_is_the_end_and_no_error() {
        let mut printer = Printer { buffer: vec![0; BUFFER_BYTES], records: 0, statistics: Arc::default(), target: Closed };
        let mut context = Context::new(1, 0, jiff::tz::TimeZone::UTC);
        assert!(!printer.take(b"x", &mut context).unwrap());
        assert!(printer.pause().is_ok());
    }
}
