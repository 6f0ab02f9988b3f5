//! `millpond sql check`: validates a script and says which streams it makes.

use super::flags::{InputFlags, TimeFlags};
use super::job::{self, Job};
use super::run::{self, Opened};
use super::source::{self, describe};
use super::{CliError, Verdict, say};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct CheckFlags {
    /// The script
    #[arg(value_name = "APP.SQL")]
    app: PathBuf,
    #[command(flatten)]
    inputs: InputFlags,
}

/// Validates the script.
pub(super) fn check(flags: &CheckFlags) -> Result<Verdict, CliError> {
    let (inputs, references) = job::records(&flags.inputs, &[])?;
    let job = Job::new(flags.app.clone(), inputs, references, &TimeFlags::default(), 0)?;
    let code = source::read_text(&job.script)?;
    let plan = run::plan(&job.script, &code, &Opened::of(&job)?.catalog)?;
    let made: Vec<_> = plan.streams.iter().filter(|stream| !stream.input).collect();
    say(&format!("{}: valid, {} streams, {} pumps", flags.app.display(), made.len(), plan.pumps.len()));
    for stream in &plan.streams {
        let kind = if stream.input { "input " } else { "stream" };
        say(&format!("  {kind} {}", describe(&stream.name, &stream.columns[..stream.declared])));
    }
    Ok(Verdict::Good)
}
