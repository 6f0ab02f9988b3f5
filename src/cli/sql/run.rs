//! The run itself: file → rows → program → files.

use super::lines::Lines;
use super::output::StreamOutput;
use super::progress::Progress;
use super::timeline::Timeline;
use super::{CliError, SqlFlags, diagnostics, output, schema_file};
use crate::services::analytics::discovery;
use crate::services::analytics::error_stream;
use crate::services::analytics::mapping::{Decoder, RecordSchema, Rejected, Sink};
use crate::sql::analysis::{self, Catalog};
use crate::sql::plan::{Plan, Stream};
use crate::sql::program::{Options, Program};
use crate::sql::types::Block;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// How much of the file the schema is discovered in.
const HEAD_BYTES: u64 = 256 << 10;

/// Runs the script over the file and says on standard error what was rejected.
pub(super) fn run(flags: &SqlFlags) -> Result<(), CliError> {
    let (failures, late) = execute(flags)?;
    failures.report(late);
    Ok(())
}

/// Runs the script over the file; what was rejected, and how many rows were late.
pub(super) fn execute(flags: &SqlFlags) -> Result<(Failures, u64), CliError> {
    let script = flags.app.as_ref().or(flags.script.as_ref()).ok_or("no script")?;
    let code = read_text(script)?;
    let file = flags.input.as_deref().ok_or("no input")?;
    let schema = schema(flags.schema.as_deref(), file)?;
    let decoder = Decoder::compile(&schema).map_err(|error| format!("schema: {error}"))?;
    let plan = plan(script, &code, vec![input_stream(&flags.input_stream, &decoder)])?;
    let input = plan.streams.iter().position(|stream| stream.input).ok_or("the script has no input stream")?;
    let outputs = output::open(&plan, &flags.stream, &flags.output)?;
    let timeline = Timeline::new(flags, decoder.columns())?;
    let taps = outputs.iter().filter_map(|o| o.index).collect();
    let start_ms = timeline.now.max(0);
    let program = Program::new(plan, Options { seed: flags.seed, start_ms, taps, tables: Vec::new() });
    let block = Block::new(program.plan().streams[input].columns.len());
    let mut run = Run {
        decoder,
        program,
        input,
        outputs,
        timeline,
        block,
        rejected: Vec::new(),
        errors: Block::new(error_stream::columns().len()),
        failures: Failures::default(),
    };
    run.file(file, flags.quiet)?;
    Ok((run.failures, run.timeline.late))
}

/// A file's text, or an error that names the file.
pub(super) fn read_text(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// The schema from its file, or from the first records.
pub(super) fn schema(schema: Option<&Path>, input: &Path) -> Result<RecordSchema, CliError> {
    if let Some(path) = schema {
        return schema_file::parse(&read_text(path)?).map_err(|error| format!("{}: {error}", path.display()).into());
    }
    let mut head = Vec::new();
    open(input)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    if head.len() as u64 == HEAD_BYTES {
        head.truncate(memchr::memrchr(b'\n', &head).map_or(head.len(), |feed| feed + 1));
    }
    Ok(discovery::discover(&[head]).map_err(|error| format!("{}: {error}", input.display()))?.schema)
}

fn open(path: &Path) -> Result<File, CliError> {
    File::open(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// The in-application stream that records of a schema feed.
pub(super) fn input_stream(name: &str, decoder: &Decoder) -> Stream {
    let columns = decoder.columns().to_vec();
    Stream { name: name.to_owned(), declared: columns.len(), columns, input: true }
}

/// The plan of a script, or its errors in their places.
pub(super) fn plan(script: &Path, code: &str, inputs: Vec<Stream>) -> Result<Plan, CliError> {
    let catalog = Catalog { inputs, tables: Vec::new() };
    analysis::compile(code, &catalog).map_err(|wrong| {
        let text = diagnostics::render(&script.display().to_string(), code, &wrong);
        format!("the script has {} error{}\n{text}", wrong.len(), if wrong.len() == 1 { "" } else { "s" }).into()
    })
}

/// A program with the file before it and the outputs behind it.
struct Run {
    decoder: Decoder,
    program: Program,
    input: usize,
    outputs: Vec<StreamOutput>,
    timeline: Timeline,
    block: Block,
    rejected: Vec<Rejected>,
    errors: Block,
    failures: Failures,
}

impl Run {
    fn file(&mut self, path: &Path, quiet: bool) -> Result<(), CliError> {
        let file = open(path)?;
        let mut progress = Progress::new(quiet, file.metadata()?.len());
        let (mut bytes, mut rows) = (0, 0);
        let mut lines = Lines::new(file);
        while let Some(block) = lines.next_block()? {
            bytes += block.len() as u64;
            rows += self.push(block) as u64;
            self.drain()?;
            progress.update(bytes, rows);
        }
        self.program.finish();
        self.drain()?;
        for output in &mut self.outputs {
            output.flush()?;
        }
        progress.end();
        Ok(())
    }

    /// Decodes lines and gives their rows to the program; says how many there were.
    fn push(&mut self, lines: &[u8]) -> usize {
        self.block.clear();
        let mut sink = Sink { rowtime: 0, system: &[], block: &mut self.block, rejected: &mut self.rejected };
        self.decoder.decode_lines(lines, &mut sink);
        self.timeline.stamp(&mut self.block);
        if !self.block.is_empty() {
            self.program.push(self.input, &self.block, self.timeline.now);
            self.program.advance(self.timeline.now);
        }
        self.block.len()
    }

    /// Writes what the streams have given since the last time.
    fn drain(&mut self) -> std::io::Result<()> {
        self.drain_errors();
        for output in &mut self.outputs {
            let Some(index) = output.index else {
                output.write(&self.errors)?;
                continue;
            };
            let block = self.program.drain(index);
            output.write(&block)?;
            self.program.recycle(index, block);
        }
        Ok(())
    }

    fn drain_errors(&mut self) {
        let now = self.timeline.now.max(0);
        self.errors.clear();
        for rejected in self.rejected.drain(..) {
            error_stream::push_rejected(&mut self.errors, now, &rejected);
            self.failures.count(&rejected.message);
        }
        for row in self.program.drain_errors() {
            error_stream::push_failed(&mut self.errors, now, &row);
            self.failures.count(&row.message);
        }
    }
}

/// How many error rows there were.
#[derive(Default)]
pub(super) struct Failures {
    count: u64,
    first: Option<String>,
}

impl Failures {
    fn count(&mut self, message: &str) {
        self.count += 1;
        self.first.get_or_insert_with(|| message.to_owned());
    }

    #[expect(clippy::print_stderr, reason = "what did not go through, to the person at the terminal")]
    fn report(&self, late: u64) {
        if let Some(first) = &self.first {
            eprintln!("millpond: {} error rows (--stream error_stream shows them), the first: {first}", self.count);
        }
        if late > 0 {
            eprintln!("millpond: {late} rows were older than one before them; their ROWTIME was raised");
        }
    }
}
