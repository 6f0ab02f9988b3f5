//! `millpond sql schema`: the schema found in a file, as the API takes it.

use super::flags::InputFormat;
use super::job::Records;
use super::source::{self, Origin};
use super::{CliError, INPUT_STREAM, Verdict, say, schema_file};

#[derive(Debug, clap::Args)]
pub(super) struct SchemaFlags {
    /// The records; - is standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// What they are, where the file's extension does not say it
    #[arg(long, value_name = "FORMAT")]
    input_format: Option<InputFormat>,
}

/// Discovers and prints.
pub(super) fn schema(flags: &SchemaFlags) -> Result<Verdict, CliError> {
    let records = Records {
        name: INPUT_STREAM.to_owned(),
        origin: Origin::of(&flags.file),
        schema: None,
        format: flags.input_format,
        rowtime: None,
    };
    say(&schema_file::print(&source::open(&records, false)?.schema)?);
    Ok(Verdict::Good)
}
