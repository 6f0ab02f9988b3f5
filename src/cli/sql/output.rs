//! The rows of chosen in-application streams as JSON lines: a file each, or standard output.

use super::CliError;
use crate::services::analytics::error_stream;
use crate::services::analytics::output::format::{OutputFormat, RowFormatter, json_string};
use crate::sql::plan::{Plan, StreamIndex};
use crate::sql::types::{Block, Column};
use std::fs::File;
use std::io::{Write, stdout};
use std::path::Path;

/// How many bytes are gathered before they are written.
const BUFFER_BYTES: usize = 256 << 10;

/// A stream that is written.
pub(super) struct StreamOutput {
    /// Its place in the plan; none for error_stream.
    pub(super) index: Option<StreamIndex>,
    formatter: RowFormatter,
    /// On standard output with others: `{"NAME":` before and `}` after each row.
    lead: Vec<u8>,
    tail: &'static [u8],
    buffer: Vec<u8>,
    target: Box<dyn Write>,
}

impl StreamOutput {
    /// Writes the rows.
    pub(super) fn write(&mut self, block: &Block) -> std::io::Result<()> {
        for (_, cells) in block.rows() {
            self.buffer.extend_from_slice(&self.lead);
            self.formatter.write(cells, &mut self.buffer);
            self.buffer.extend_from_slice(self.tail);
        }
        if self.buffer.len() >= BUFFER_BYTES { self.flush() } else { Ok(()) }
    }

    /// Writes what was gathered.
    pub(super) fn flush(&mut self) -> std::io::Result<()> {
        self.target.write_all(&self.buffer)?;
        self.buffer.clear();
        self.target.flush()
    }
}

/// Opens the outputs of the streams named; of those that no pump reads when none is.
pub(super) fn open(plan: &Plan, names: &[String], output: &str) -> Result<Vec<StreamOutput>, CliError> {
    let chosen = if names.is_empty() { unread(plan) } else { named(plan, names)? };
    if output != "-" {
        std::fs::create_dir_all(output).map_err(|error| format!("{output}: {error}"))?;
    }
    let alone = chosen.len() == 1;
    chosen.into_iter().map(|index| stream_output(plan, index, output, alone)).collect()
}

fn stream_output(plan: &Plan, index: Option<StreamIndex>, output: &str, alone: bool) -> Result<StreamOutput, CliError> {
    let (name, columns) = name_and_columns(plan, index);
    let mut lead = Vec::new();
    if output == "-" && !alone {
        lead.push(b'{');
        json_string(&name, &mut lead);
        lead.push(b':');
    }
    let tail: &[u8] = if lead.is_empty() { b"\n" } else { b"}\n" };
    let target: Box<dyn Write> = if output == "-" { Box::new(stdout()) } else { Box::new(create(Path::new(output), &name)?) };
    Ok(StreamOutput { index, formatter: RowFormatter::new(OutputFormat::Json, &columns), lead, tail, buffer: Vec::new(), target })
}

fn create(folder: &Path, name: &str) -> Result<File, CliError> {
    let safe: String =
        name.chars().map(|c| if matches!(c, '/' | '\\' | '.' | ':') || c.is_control() { '_' } else { c }).collect();
    let path = folder.join(safe + ".jsonl");
    File::create(&path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn name_and_columns(plan: &Plan, index: Option<StreamIndex>) -> (String, Vec<Column>) {
    match index {
        Some(index) => (plan.streams[index].name.clone(), plan.streams[index].columns[..plan.streams[index].declared].to_vec()),
        None => (error_stream::NAME.to_owned(), error_stream::columns()),
    }
}

fn named(plan: &Plan, names: &[String]) -> Result<Vec<Option<StreamIndex>>, CliError> {
    let find = |name: &String| {
        let index = plan.streams.iter().position(|stream| stream.name == *name);
        if index.is_some() || name == error_stream::NAME {
            return Ok(index);
        }
        let known: Vec<&str> = plan.streams.iter().map(|stream| stream.name.as_str()).collect();
        Err(format!("--stream {name}: the script has no such stream; it has {}", known.join(", ")).into())
    };
    names.iter().map(find).collect()
}

/// The streams the script makes that no pump reads; all it makes when there are none.
fn unread(plan: &Plan) -> Vec<Option<StreamIndex>> {
    let read: Vec<StreamIndex> = plan.pumps.iter().flat_map(|pump| pump.query.streams()).collect();
    let made = || (0..plan.streams.len()).filter(|index| !plan.streams[*index].input);
    let ends: Vec<_> = made().filter(|index| !read.contains(index)).map(Some).collect();
    if ends.is_empty() { made().map(Some).collect() } else { ends }
}
