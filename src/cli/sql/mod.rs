//! `millpond sql`: an application's script on files of records, in virtual time.
//!
//! Time is the rows': ROWTIME is taken from a column (`--rowtime`), or rows arrive at a steady rate (`--rate`) from `--start` on. Several
//! inputs are merged by ROWTIME. The clock stands at the ROWTIME of the last row read, and at the end of the input every window is closed.
//! The same files, script and seed therefore give the same rows, however fast the machine is. Only `--follow` lives in real time.
//!
//! Files: [`flags`] → [`job`] → [`source`] opens and discovers, [`input`] decodes and stamps, [`run`] merges and runs, [`output`] writes;
//! [`follow`] instead of the merge in real time; [`cases`], [`check`] and [`discover`] are the subcommands.

mod cases;
mod check;
mod diagnostics;
mod difference;
mod discover;
mod documents;
mod flags;
mod follow;
mod input;
mod job;
mod lines;
mod output;
mod progress;
mod rate;
mod reference;
mod run;
mod schema_file;
mod source;
mod table;
mod tail;
mod timeline;

use super::{CliError, complain, say};
pub(super) use flags::SqlFlags;
use std::process::ExitCode;

/// The in-application stream that a file feeds when it is given without a name, as the service names it for the usual prefix.
const INPUT_STREAM: &str = "SOURCE_SQL_STREAM_001";

/// Exit code: the script is wrong, a case failed, or with --strict a row went to error_stream or came late.
const FAILED: u8 = 1;
/// Exit code: nothing was tested, because a flag, a file or a schema is wrong. As clap's own.
const NOT_RUN: u8 = 2;

/// What a command found.
enum Verdict {
    Good,
    Bad,
}

/// The errors of a script, as text with their places.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct ScriptErrors(String);

/// Runs the script over the inputs, or the subcommand.
pub(super) fn run(flags: &SqlFlags) -> ExitCode {
    let result = match &flags.command {
        Some(flags::SqlCommand::Check(flags)) => check::check(flags),
        Some(flags::SqlCommand::Test(flags)) => cases::test(flags),
        Some(flags::SqlCommand::Schema(flags)) => discover::schema(flags),
        None => run::run(flags),
    };
    match result {
        Ok(Verdict::Good) => ExitCode::SUCCESS,
        Ok(Verdict::Bad) => ExitCode::from(FAILED),
        Err(error) if reader_went_away(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&*error);
            ExitCode::from(if error.is::<ScriptErrors>() { FAILED } else { NOT_RUN })
        }
    }
}

/// `millpond sql … | head` is no failure.
fn reader_went_away(error: &CliError) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests;
