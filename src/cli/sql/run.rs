//! The run itself: inputs, merged by ROWTIME → program → outputs.

use super::flags::SqlFlags;
use super::input::{self, Input, Rows};
use super::job::{Job, Records};
use super::output::{Choice, StreamOutput, Target};
use super::progress::Progress;
use super::source::{self, Source, describe};
use super::{CliError, ScriptErrors, Verdict, diagnostics, follow, output, reference};
use crate::base::clock::{Clock, Millis};
use crate::services::analytics::error_stream;
use crate::services::analytics::mapping::{Decoder, Rejected};
use crate::sql::analysis::{self, Catalog};
use crate::sql::plan::Plan;
use crate::sql::program::{Options, Program};
use crate::sql::types::Block;
use std::path::Path;

/// Runs the script over the inputs and says on standard error what was rejected.
pub(super) fn run(flags: &SqlFlags) -> Result<Verdict, CliError> {
    let job = Job::of(flags)?;
    let target = if flags.output.output == "-" { Target::Standard } else { Target::Folder(flags.output.output.clone().into()) };
    let choice = Choice {
        streams: flags.output.stream.clone(),
        all: flags.output.all,
        format: flags.output.format,
        with_rowtime: flags.output.with_rowtime,
        target,
    };
    let notes = if flags.quiet { Notes::None } else { Notes::StandardError { progress: flags.progress } };
    let done = execute(&job, &choice, notes)?;
    if !flags.quiet {
        done.findings.report();
    }
    Ok(if flags.strict && !done.findings.none() { Verdict::Bad } else { Verdict::Good })
}

/// Whether a person is told what goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Notes {
    None,
    StandardError {
        /// Also where that is no terminal.
        progress: bool,
    },
}

/// A run that is over.
pub(super) struct Done {
    /// The outputs, with what they hold where they were kept in memory.
    pub(super) outputs: Vec<StreamOutput>,
    pub(super) findings: Findings,
}

/// Runs a job.
pub(super) fn execute(job: &Job, choice: &Choice, notes: Notes) -> Result<Done, CliError> {
    let code = source::read_text(&job.script)?;
    let opened = Opened::of(job)?;
    if notes != Notes::None {
        opened.describe(job);
    }
    let plan = plan(&job.script, &code, &opened.catalog)?;
    let outputs = output::open(&plan, choice)?;
    let mut inputs = Vec::new();
    for (records, (source, decoder)) in job.inputs.iter().zip(opened.inputs) {
        inputs.push(Input::new(records, job, source, decoder, &plan)?);
    }
    let start_ms = if job.follow { Clock::real().now_ms() } else { first_rowtime(&mut inputs)?.unwrap_or(job.arrival.start) };
    let taps = outputs.iter().filter_map(|output| output.index).collect();
    let program = Program::new(plan, Options { seed: job.seed, start_ms, taps, tables: opened.tables });
    let mut run = Run {
        program,
        outputs,
        // Where every followed input says its own time, the clock is theirs.
        now: if job.follow && inputs.iter().all(|input| input.rows.timeline.follows_rows()) { 0 } else { start_ms },
        part: Block::default(),
        rejected: Vec::new(),
        errors: Block::new(error_stream::columns().len()),
        findings: Findings::default(),
    };
    let mut progress = Progress::new(notes, inputs.iter().map(|input| input.length).sum());
    let timelines = if job.follow {
        follow::follow(&mut run, inputs, job.until, &mut progress)?
    } else {
        run.merge(&mut inputs, &mut progress)?;
        run.end(job.until)?;
        inputs.into_iter().map(|input| input.rows).collect()
    };
    progress.end();
    for rows in &timelines {
        run.findings.late += rows.timeline.late;
        run.findings.untimed += rows.timeline.untimed;
    }
    Ok(Done { outputs: run.outputs, findings: run.findings })
}

/// The ROWTIME of the first row of all inputs.
fn first_rowtime(inputs: &mut [Input]) -> std::io::Result<Option<Millis>> {
    for input in &mut *inputs {
        while !input.ended && input.rows.is_empty() && input.rows.rejected.is_empty() {
            input.fill()?;
        }
    }
    Ok(inputs.iter().filter_map(|input| input.rows.next()).min())
}

/// What a script reads, opened.
pub(super) struct Opened {
    inputs: Vec<(Source, Decoder)>,
    pub(super) catalog: Catalog,
    tables: Vec<Block>,
}

impl Opened {
    pub(super) fn of(job: &Job) -> Result<Self, CliError> {
        let mut opened = Self { inputs: Vec::new(), catalog: Catalog::default(), tables: Vec::new() };
        for records in &job.inputs {
            let source = source::open(records, job.follow)?;
            let decoder = Decoder::compile(&source.schema).map_err(|error| format!("{}: schema: {error}", records.origin))?;
            opened.catalog.inputs.push(input::stream(&records.name, &decoder));
            opened.inputs.push((source, decoder));
        }
        for records in &job.references {
            let (table, rows) = reference::load(records)?;
            opened.catalog.tables.push(table);
            opened.tables.push(rows);
        }
        Ok(opened)
    }

    /// Shows the schemas that were discovered.
    #[expect(clippy::print_stderr, reason = "what was found, to the person at the terminal")]
    fn describe(&self, job: &Job) {
        for (Records { name, origin, .. }, (source, decoder)) in job.inputs.iter().zip(&self.inputs) {
            if source.discovered {
                eprintln!("millpond: discovered in {origin}: {}", describe(name, decoder.columns()));
            }
        }
        for (Records { origin, schema, .. }, table) in job.references.iter().zip(&self.catalog.tables) {
            if schema.is_none() {
                eprintln!("millpond: discovered in {origin}: {}", describe(&table.name, &table.columns));
            }
        }
    }
}

/// The plan of a script, or its errors in their places.
pub(super) fn plan(script: &Path, code: &str, catalog: &Catalog) -> Result<Plan, CliError> {
    analysis::compile(code, catalog).map_err(|wrong| {
        let text = diagnostics::render(&script.display().to_string(), code, &wrong);
        let count = if wrong.len() == 1 { "1 error".to_owned() } else { format!("{} errors", wrong.len()) };
        ScriptErrors(format!("the script has {count}\n{}", text.trim_end())).into()
    })
}

/// A program with the outputs behind it.
pub(super) struct Run {
    program: Program,
    outputs: Vec<StreamOutput>,
    /// The clock.
    pub(super) now: Millis,
    /// Rows of a block that are given before the others.
    part: Block,
    rejected: Vec<Rejected>,
    errors: Block,
    findings: Findings,
}

impl Run {
    /// All rows of the inputs in the order of their ROWTIME; of equal ones the input named first is first.
    fn merge(&mut self, inputs: &mut [Input], progress: &mut Progress) -> Result<(), CliError> {
        let mut rows = 0;
        loop {
            for input in &mut *inputs {
                input.fill()?;
                self.rejected.append(&mut input.rows.rejected);
            }
            if inputs.iter().any(|input| !input.ended && input.rows.is_empty()) {
                // Lines without a row.
                self.drain()?;
                continue;
            }
            let Some((time, first)) = inputs.iter().enumerate().filter_map(|(at, input)| Some((input.rows.next()?, at))).min()
            else {
                return self.drain().map_err(Into::into);
            };
            let others = inputs.iter().enumerate().filter(|(at, _)| *at != first);
            // Until another input has a row before; as late as that one's for the inputs after this.
            let limit = others.filter_map(|(at, input)| Some((input.rows.next()?, at))).min();
            let before = |rowtime: Millis| limit.is_none_or(|(other, at)| (rowtime, first) < (other, at));
            let from = inputs[first].rows.given;
            let block = &inputs[first].rows.block;
            let count = match limit {
                None => block.len() - from,
                Some(_) => (from..block.len()).take_while(|row| before(block.rowtime(*row))).count(),
            };
            self.now = self.now.max(time);
            self.give(&mut inputs[first].rows, count);
            self.drain()?;
            rows += count as u64;
            progress.update(inputs.iter().map(|input| input.bytes).sum(), rows, self.now);
        }
    }

    /// Gives the next rows of an input to the program.
    pub(super) fn give(&mut self, rows: &mut Rows, count: usize) {
        let to = rows.given + count;
        if count == 0 {
            return;
        }
        self.now = self.now.max(rows.block.rowtime(to - 1));
        if count == rows.block.len() {
            self.program.push(rows.stream, &rows.block, self.now);
        } else {
            if self.part.width() != rows.block.width() {
                self.part = Block::new(rows.block.width());
            }
            self.part.clear();
            (rows.given..to).for_each(|row| self.part.push_row(rows.block.rowtime(row), rows.block.cells(row)));
            self.program.push(rows.stream, &self.part, self.now);
        }
        rows.given = to;
        self.program.advance(self.now);
    }

    /// Takes what an input could not read.
    pub(super) fn take_rejected(&mut self, rejected: &mut Vec<Rejected>) {
        self.rejected.append(rejected);
    }

    /// Lets the clock go on without rows.
    pub(super) fn advance(&mut self, now: Millis) -> Result<(), CliError> {
        self.now = self.now.max(now);
        self.program.advance(self.now);
        self.drain().map_err(Into::into)
    }

    /// The end: at a time, or of all time, which closes every window.
    pub(super) fn end(&mut self, until: Option<Millis>) -> Result<(), CliError> {
        match until {
            Some(until) => self.advance(until)?,
            None => {
                self.program.finish();
                self.drain()?;
            }
        }
        self.flush().map_err(Into::into)
    }

    /// Writes what was gathered.
    pub(super) fn flush(&mut self) -> std::io::Result<()> {
        self.outputs.iter_mut().try_for_each(StreamOutput::flush)
    }

    /// Hands the outputs what the streams have given since the last time.
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
        self.errors.clear();
        for rejected in self.rejected.drain(..) {
            error_stream::push_rejected(&mut self.errors, self.now, &rejected);
            self.findings.error(&rejected.message);
        }
        for row in self.program.drain_errors() {
            error_stream::push_failed(&mut self.errors, self.now, &row);
            self.findings.error(&row.message);
        }
    }
}

/// What did not go as it should.
#[derive(Default)]
pub(super) struct Findings {
    errors: u64,
    first: Option<String>,
    late: u64,
    untimed: u64,
}

impl Findings {
    fn error(&mut self, message: &str) {
        self.errors += 1;
        self.first.get_or_insert_with(|| message.to_owned());
    }

    fn none(&self) -> bool {
        self.errors + self.late + self.untimed == 0
    }

    #[expect(clippy::print_stderr, reason = "what did not go through, to the person at the terminal")]
    fn report(&self) {
        if let Some(first) = &self.first {
            eprintln!("millpond: error rows: {} (--stream error_stream shows them), the first: {first}", self.errors);
        }
        if self.late > 0 {
            eprintln!("millpond: late rows: {}, older than one before them; their ROWTIME was raised", self.late);
        }
        if self.untimed > 0 {
            eprintln!(
                "millpond: rows without a time that can be read: {}; they have the ROWTIME of the row before",
                self.untimed
            );
        }
    }
}
