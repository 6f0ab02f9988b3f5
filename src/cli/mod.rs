//! The command line.

mod compatibility;
mod flags;
mod generate;
mod health;
mod serve;
mod sql;
mod stacks;

use clap::{Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;

/// Amazon Kinesis on your own machine: Data Streams, Firehose and Analytics SQL behind one port.
#[derive(Debug, Parser)]
#[command(name = "millpond", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve(Box<crate::config::ServeFlags>),
    /// Ask a running server whether it is ready
    Health(health::HealthFlags),
    /// Run an application's script on files, in virtual time; check it, test it
    Sql(Box<sql::SqlFlags>),
    /// Make records from a template of the Kinesis Data Generator and print or send them
    Generate(Box<generate::GenerateFlags>),
    /// Print docs/compatibility.md
    #[command(hide = true)]
    Compatibility,
    /// Print docs/cloudformation.md
    #[command(hide = true)]
    Cloudformation,
    /// Print docs/flags.md
    #[command(hide = true)]
    Flags,
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    // One cryptography provider for all of TLS, ours and reqwest's; a second call, as in tests, keeps the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let result = match Cli::parse().command {
        Command::Serve(flags) => serve::run(*flags),
        Command::Health(flags) => health::run(&flags),
        // It has exit codes of its own.
        Command::Sql(flags) => return sql::run(&flags),
        Command::Generate(flags) => generate::run(&flags),
        Command::Compatibility => compatibility::run(),
        Command::Cloudformation => stacks::run(),
        Command::Flags => flags::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&*error);
            ExitCode::FAILURE
        }
    }
}

/// Why a command failed.
type CliError = Box<dyn std::error::Error + Send + Sync>;

#[expect(clippy::print_stderr, reason = "what went wrong, to the person at the terminal")]
fn complain(error: &dyn std::error::Error) {
    eprintln!("millpond: {error}");
}

/// The answer of a command. A reader that went away is no reason to panic, as `println` would.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
