//! The one loop that makes records and hands them on.

use super::schedule::{Schedule, Step};
use super::statistics::Statistics;
use super::{CliError, Template};
use crate::generate::Context;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::time::Duration;

/// The longest sleep: so often is looked whether to stop.
const NAP_MAX: Duration = Duration::from_millis(100);

/// Takes the records.
pub(super) trait Sink {
    /// Takes a record; says whether it wants more.
    fn take(&mut self, record: &[u8], context: &mut Context) -> Result<bool, CliError>;
    /// Nothing comes for a while: what was gathered may go.
    fn pause(&mut self) -> Result<(), CliError>;
    /// Nothing comes any more.
    fn end(&mut self) -> Result<(), CliError>;
}

/// Template, chance and schedule.
pub(super) struct Producer {
    pub(super) template: Template,
    pub(super) context: Context,
    pub(super) schedule: Schedule,
    pub(super) gzip: bool,
    pub(super) newline: bool,
}

impl Producer {
    /// Makes records until the schedule ends, the sink wants no more, or a stop is asked for.
    pub(super) fn run(&mut self, statistics: &Statistics, sink: &mut impl Sink) -> Result<(), CliError> {
        let mut record = String::new();
        while !statistics.is_stopping() {
            match self.schedule.next(&mut self.context.chance) {
                Step::End => break,
                Step::Wait(wait) => {
                    sink.pause()?;
                    statistics.set_lag(0);
                    std::thread::sleep(wait.min(NAP_MAX));
                }
                Step::Record { at_ms, lag_ms } => {
                    self.context.set_time(at_ms);
                    record.clear();
                    self.template.render(&mut self.context, &mut record)?;
                    if self.newline {
                        record.push('\n');
                    }
                    statistics.made(lag_ms);
                    let wanted = match self.gzip {
                        true => sink.take(&compressed(record.as_bytes())?, &mut self.context)?,
                        false => sink.take(record.as_bytes(), &mut self.context)?,
                    };
                    if !wanted {
                        break;
                    }
                }
            }
        }
        sink.end()
    }
}

fn compressed(record: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(record.len()), Compression::default());
    encoder.write_all(record)?;
    encoder.finish()
}
