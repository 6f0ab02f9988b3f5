//! The rows of chosen in-application streams: a file each, standard output, or memory.

use super::CliError;
use super::flags::Format;
use super::table::Table;
use crate::services::analytics::error_stream;
use crate::services::analytics::output::format::{OutputFormat, RowFormatter, json_string};
use crate::sql::plan::{Plan, StreamIndex};
use crate::sql::types::{Block, Cell, Column, DataType};
use std::fs::File;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

/// How many bytes are gathered before they are written.
const BUFFER_BYTES: usize = 256 << 10;

/// What is written, how and where.
pub(super) struct Choice {
    /// The streams; those that no pump reads when there is none.
    pub(super) streams: Vec<String>,
    /// All that the script makes, and error_stream.
    pub(super) all: bool,
    pub(super) format: Format,
    /// ROWTIME before the columns; tables have it always.
    pub(super) with_rowtime: bool,
    pub(super) target: Target,
}

/// Where rows go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Standard,
    Folder(PathBuf),
    /// They are kept: `StreamOutput::kept`.
    Memory,
}

/// A stream that is written.
pub(super) struct StreamOutput {
    /// Its place in the plan; none for error_stream.
    pub(super) index: Option<StreamIndex>,
    /// Its name.
    pub(super) name: String,
    writer: Writer,
    buffer: Vec<u8>,
    /// None keeps everything in the buffer.
    target: Option<Box<dyn Write>>,
}

/// What makes text of rows.
enum Writer {
    Lines(Lines),
    Table(Table),
}

struct Lines {
    formatter: RowFormatter,
    /// JSON on standard output with other streams: `{"NAME":` before and `}` after each row.
    lead: Vec<u8>,
    tail: &'static [u8],
    /// The cells of a row with ROWTIME before them, where that is wanted.
    timed: Option<Vec<Cell>>,
}

impl StreamOutput {
    /// Takes rows.
    pub(super) fn write(&mut self, block: &Block) -> std::io::Result<()> {
        match &mut self.writer {
            Writer::Lines(lines) => block.rows().for_each(|(rowtime, cells)| lines.row(rowtime, cells, &mut self.buffer)),
            Writer::Table(table) => block.rows().for_each(|(rowtime, cells)| table.row(rowtime, cells, &mut self.buffer)),
        }
        if self.buffer.len() >= BUFFER_BYTES { self.hand_over() } else { Ok(()) }
    }

    /// Writes all that was gathered.
    pub(super) fn flush(&mut self) -> std::io::Result<()> {
        if let Writer::Table(table) = &mut self.writer {
            table.print(&mut self.buffer);
        }
        self.hand_over()
    }

    fn hand_over(&mut self) -> std::io::Result<()> {
        let Some(target) = &mut self.target else { return Ok(()) };
        if self.buffer.is_empty() {
            return Ok(());
        }
        target.write_all(&self.buffer)?;
        self.buffer.clear();
        target.flush()
    }

    /// What was kept in memory.
    pub(super) fn kept(&self) -> String {
        String::from_utf8_lossy(&self.buffer).into_owned()
    }
}

impl Lines {
    #[inline]
    fn row(&mut self, rowtime: i64, cells: &[Cell], out: &mut Vec<u8>) {
        out.extend_from_slice(&self.lead);
        match &mut self.timed {
            None => self.formatter.write(cells, out),
            Some(timed) => {
                timed.clear();
                timed.push(Cell::Int(rowtime));
                timed.extend_from_slice(cells);
                self.formatter.write(timed, out);
            }
        }
        out.extend_from_slice(self.tail);
    }
}

/// Opens the outputs.
pub(super) fn open(plan: &Plan, choice: &Choice) -> Result<Vec<StreamOutput>, CliError> {
    let chosen = if choice.all {
        made(plan).map(Some).chain([None]).collect()
    } else if choice.streams.is_empty() {
        unread(plan)
    } else {
        named(plan, &choice.streams)?
    };
    let alone = chosen.len() == 1 || choice.target != Target::Standard;
    if choice.format == Format::Csv && !alone {
        return Err("several streams as CSV need --output FOLDER, or --stream NAME for one of them".into());
    }
    if let Target::Folder(folder) = &choice.target {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let output = |(place, index)| stream_output(plan, index, choice, alone, place == 0);
    chosen.into_iter().enumerate().map(output).collect()
}

fn stream_output(
    plan: &Plan,
    index: Option<StreamIndex>,
    choice: &Choice,
    alone: bool,
    first: bool,
) -> Result<StreamOutput, CliError> {
    let (name, mut columns) = name_and_columns(plan, index);
    let timed = choice.with_rowtime || choice.format == Format::Table;
    if timed {
        columns.insert(0, Column { name: "ROWTIME".into(), data_type: DataType::Timestamp, nullable: false });
    }
    let mut buffer = Vec::new();
    let lines = |format, tail| Lines {
        formatter: RowFormatter::new(format, &columns),
        lead: Vec::new(),
        tail,
        timed: timed.then(Vec::new),
    };
    let writer = match choice.format {
        Format::Table => Writer::Table(Table::new((!alone).then(|| name.clone()), first, &columns)),
        Format::Csv => {
            let names: Vec<Cell> = columns.iter().map(|column| Cell::text(&column.name)).collect();
            RowFormatter::new(OutputFormat::Csv, &columns).write(&names, &mut buffer);
            Writer::Lines(lines(OutputFormat::Csv, b""))
        }
        Format::Json if alone => Writer::Lines(lines(OutputFormat::Json, b"\n")),
        Format::Json => {
            let mut lead = vec![b'{'];
            json_string(&name, &mut lead);
            lead.push(b':');
            Writer::Lines(Lines { lead, ..lines(OutputFormat::Json, b"}\n") })
        }
    };
    let target: Option<Box<dyn Write>> = match &choice.target {
        Target::Standard => Some(Box::new(stdout())),
        Target::Folder(folder) => Some(Box::new(create(folder, &name, choice.format)?)),
        Target::Memory => None,
    };
    Ok(StreamOutput { index, name, writer, buffer, target })
}

fn create(folder: &Path, name: &str, format: Format) -> Result<File, CliError> {
    let extension = match format {
        Format::Json => ".jsonl",
        Format::Csv => ".csv",
        Format::Table => ".txt",
    };
    let path = folder.join(file_stem(name) + extension);
    File::create(&path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// A stream's name as that of a file.
pub(super) fn file_stem(name: &str) -> String {
    name.chars().map(|c| if matches!(c, '/' | '\\' | '.' | ':') || c.is_control() { '_' } else { c }).collect()
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

/// The streams the script makes.
fn made(plan: &Plan) -> impl Iterator<Item = StreamIndex> + '_ {
    (0..plan.streams.len()).filter(|index| !plan.streams[*index].input)
}

/// The streams the script makes that no pump reads; all it makes when there are none.
fn unread(plan: &Plan) -> Vec<Option<StreamIndex>> {
    let read: Vec<StreamIndex> = plan.pumps.iter().flat_map(|pump| pump.query.streams()).collect();
    let ends: Vec<_> = made(plan).filter(|index| !read.contains(index)).map(Some).collect();
    if ends.is_empty() { made(plan).map(Some).collect() } else { ends }
}
