//! `millpond sql check`: validates a script and says which streams it makes.

use super::{CliError, INPUT_STREAM, run, say};
use crate::services::analytics::mapping::Decoder;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct CheckFlags {
    /// The script
    #[arg(value_name = "APP.SQL")]
    app: PathBuf,
    /// The input's schema as the API writes it (InputSchema, JSON)
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Records in which the schema is discovered when no --schema is given
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// The in-application stream that the records go to
    #[arg(long, value_name = "NAME", default_value = INPUT_STREAM)]
    input_stream: String,
}

/// Validates the script.
pub(super) fn check(flags: &CheckFlags) -> Result<(), CliError> {
    let code = run::read_text(&flags.app)?;
    let mut inputs = Vec::new();
    if let Some(file) = flags.input.as_deref().or(flags.schema.as_deref()) {
        let schema = run::schema(flags.schema.as_deref(), file)?;
        let decoder = Decoder::compile(&schema).map_err(|error| format!("schema: {error}"))?;
        inputs.push(run::input_stream(&flags.input_stream, &decoder));
    }
    let plan = run::plan(&flags.app, &code, inputs)?;
    let made = plan.streams.iter().filter(|stream| !stream.input).count();
    say(&format!("{}: valid, {made} streams, {} pumps", flags.app.display(), plan.pumps.len()));
    Ok(())
}
