//! The flags of `millpond sql`.

use super::rate::Rate;
use super::{INPUT_STREAM, cases, check, discover};
use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

/// When the first row arrives, where nothing says it.
const START: &str = "2000-01-01 00:00:00";

const EXAMPLES: &str = "\
Examples:
  millpond sql app.sql --input readings.jsonl
      run a script over a file of JSON documents; the schema is discovered and shown
  millpond sql app.sql --input readings.jsonl --rowtime eventTimeStamp --format table
      windows follow the readings' own time; print tables
  gunzip -c readings.jsonl.gz | millpond sql app.sql --input - --stream ALARMS --rate 100/s
      from standard input, 100 rows a second of virtual time, one stream
  millpond sql app.sql --input ORDERS_001=orders.csv --input SHIPMENTS_001=shipments.csv --reference PRODUCTS=products.csv
      two inputs, merged by ROWTIME, and a reference table
  tail -f app.log | millpond sql app.sql --input - --follow
      in real time
  millpond sql schema readings.jsonl > schema.json
      the schema as the API takes it (InputSchema), to be changed and given by --schema
  millpond sql check app.sql --input readings.jsonl
      validate only
  millpond sql test tests/
      run cases kept as plain files

Exit codes: 0 all well; 1 the script has errors, a case failed, or (--strict) a row was rejected or late; 2 a flag, a file or a schema is wrong.";

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, after_help = EXAMPLES)]
pub(in crate::cli) struct SqlFlags {
    #[command(subcommand)]
    pub(super) command: Option<SqlCommand>,
    /// The script
    #[arg(value_name = "APP.SQL", required_unless_present = "script", conflicts_with = "script")]
    pub(super) app: Option<PathBuf>,
    /// The script, by name
    #[arg(long, value_name = "APP.SQL")]
    pub(super) script: Option<PathBuf>,
    #[command(flatten)]
    pub(super) inputs: InputFlags,
    #[command(flatten)]
    pub(super) time: TimeFlags,
    #[command(flatten)]
    pub(super) output: OutputFlags,
    /// Where the chance of RANDOM_CUT_FOREST starts: the same seed and rows give the same scores
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(super) seed: u64,
    /// Exit with 1 when a row went to error_stream or was late
    #[arg(long)]
    pub(super) strict: bool,
    /// Show the progress although standard error is no terminal
    #[arg(long, conflicts_with = "quiet")]
    pub(super) progress: bool,
    /// Show neither progress nor discovered schemas nor what was rejected
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// What the script reads.
#[derive(Debug, clap::Args)]
pub(super) struct InputFlags {
    /// Records, a JSON document or CSV row each (a JSON array too); - is standard input. NAME is the in-application stream they go to;
    /// may be given more than once
    #[arg(long, value_name = "[NAME=]FILE", required_unless_present = "schema")]
    pub(super) input: Vec<Named>,
    /// The schema of an input or reference table as the API writes it (InputSchema, JSON); without it, it is discovered in the first records
    #[arg(long, value_name = "[NAME=]FILE")]
    pub(super) schema: Vec<Named>,
    /// What the inputs are, where neither a schema nor the file's extension (.csv, .tsv, .json, .jsonl, .ndjson) says it
    #[arg(long, value_name = "FORMAT")]
    pub(super) input_format: Option<InputFormat>,
    /// A reference table and the file of its rows, JSON or CSV
    #[arg(long, value_name = "NAME=FILE")]
    pub(super) reference: Vec<Named>,
    /// The in-application stream of an input without a name
    #[arg(long, value_name = "NAME", default_value = INPUT_STREAM)]
    pub(super) input_stream: String,
}

/// Where ROWTIME comes from.
#[derive(Debug, clap::Args)]
pub(super) struct TimeFlags {
    /// The column that is ROWTIME: a TIMESTAMP, a text that holds one (ISO 8601 too), BIGINT milliseconds, or INTEGER or DOUBLE seconds
    /// since 1970; where it goes back, ROWTIME stays
    #[arg(long, value_name = "[NAME=]COLUMN")]
    pub(super) rowtime: Vec<Named>,
    /// Without --rowtime: how many rows arrive, 100 or 100/s, 600/m, 50/h
    #[arg(long, value_name = "ROWS", default_value = "1000/s")]
    pub(super) rate: Rate,
    /// Without --rowtime: when the first row arrives
    #[arg(long, value_name = "TIME", default_value = START)]
    pub(super) start: String,
    /// Stop the clock at this time: later rows are not read, and windows that are open then stay so
    #[arg(long, value_name = "TIME")]
    pub(super) until: Option<String>,
    /// In real time: wait for more at the end of a file; rows without --rowtime arrive when they are read
    #[arg(long, conflicts_with_all = ["rate", "start"])]
    pub(super) follow: bool,
}

impl Default for TimeFlags {
    fn default() -> Self {
        Self { rowtime: Vec::new(), rate: Rate::default(), start: START.into(), until: None, follow: false }
    }
}

/// What is written, and how.
#[derive(Debug, clap::Args)]
pub(super) struct OutputFlags {
    /// A folder that gets a file for each stream; - prints to standard output
    #[arg(long, value_name = "FOLDER", default_value = "-")]
    pub(super) output: String,
    /// A stream to write, as stored, error_stream too; may be given more than once. Without it, those that no pump reads are written
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(super) stream: Vec<String>,
    /// Write every stream the script makes, and error_stream
    #[arg(long, conflicts_with = "stream")]
    pub(super) all: bool,
    /// How rows are written
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    pub(super) format: Format,
    /// Write ROWTIME before the columns, as tables do always
    #[arg(long)]
    pub(super) with_rowtime: bool,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum SqlCommand {
    /// Validate a script, run nothing
    Check(check::CheckFlags),
    /// Run the cases of a folder: a script, its input and the rows expected, as files
    Test(cases::TestFlags),
    /// Discover the schema of a file and print it as the API writes it (InputSchema)
    Schema(discover::SchemaFlags),
}

/// What records are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum InputFormat {
    /// JSON documents
    Json,
    /// Delimited text
    Csv,
}

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// A JSON object a line
    Json,
    /// A line of names, then a line a row
    Csv,
    /// Aligned columns for people
    Table,
}

/// A value that may have a name before it: `NAME=VALUE`. A path with `=` in it is written `./a=b`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: Option<String>,
    pub(super) value: String,
}

impl FromStr for Named {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | ' '));
        Ok(match text.split_once('=') {
            Some((name, value)) if is_name(name) => Self { name: Some(name.to_owned()), value: value.to_owned() },
            _ => Self { name: None, value: text.to_owned() },
        })
    }
}
