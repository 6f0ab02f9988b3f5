//! `millpond sql`: an application's script on a file of records, in virtual time.
//!
//! Time is the rows': ROWTIME is taken from a column (`--rowtime`), or rows arrive at a steady rate (`--rate`) from `--start` on. The clock
//! stands at the ROWTIME of the last row read, and at the end of the file every window is closed. The same file and script therefore give the
//! same rows, however fast the machine is.

mod cases;
mod check;
mod diagnostics;
mod lines;
mod output;
mod progress;
mod run;
mod schema_file;
mod timeline;

use super::{CliError, say};
use std::path::PathBuf;

/// The in-application stream that the file feeds, as the service names it for the usual prefix.
const INPUT_STREAM: &str = "SOURCE_SQL_STREAM_001";

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct SqlFlags {
    #[command(subcommand)]
    command: Option<SqlCommand>,
    /// The script
    #[arg(value_name = "APP.SQL", required_unless_present = "script", conflicts_with = "script")]
    app: Option<PathBuf>,
    /// The script, by name
    #[arg(long, value_name = "APP.SQL")]
    script: Option<PathBuf>,
    /// The records: JSON documents one a line, or CSV with a schema that says so
    #[arg(long, value_name = "FILE", required = true)]
    input: Option<PathBuf>,
    /// The input's schema as the API writes it (InputSchema, JSON); without it, it is discovered in the first records
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// The in-application stream that the records go to
    #[arg(long, value_name = "NAME", default_value = INPUT_STREAM)]
    input_stream: String,
    /// The column that is ROWTIME: a TIMESTAMP, or a BIGINT of milliseconds since 1970; where it goes back, ROWTIME stays
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["rate", "start"])]
    rowtime: Option<String>,
    /// Without --rowtime: how many rows arrive a second
    #[arg(long, value_name = "ROWS", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    rate: u32,
    /// Without --rowtime: when the first row arrives
    #[arg(long, value_name = "TIME", default_value = "2000-01-01 00:00:00")]
    start: String,
    /// A folder that gets a file of JSON lines for each stream; - prints to standard output
    #[arg(long, value_name = "FOLDER", default_value = "-")]
    output: String,
    /// The streams to write, as stored; those that no pump reads when not given; error_stream is one too
    #[arg(long, value_name = "NAME", num_args = 1..)]
    stream: Vec<String>,
    /// Where the chance of RANDOM_CUT_FOREST starts
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Debug, clap::Subcommand)]
enum SqlCommand {
    /// Validate a script, run nothing
    Check(check::CheckFlags),
    /// Run the cases of a folder: a script, its input and the rows expected, as files
    Test(cases::TestFlags),
}

/// Runs the script over the file, or the subcommand.
pub(super) fn run(flags: &SqlFlags) -> Result<(), CliError> {
    match &flags.command {
        Some(SqlCommand::Check(flags)) => check::check(flags),
        Some(SqlCommand::Test(flags)) => cases::test(flags),
        None => run::run(flags),
    }
}

#[cfg(test)]
mod tests;
