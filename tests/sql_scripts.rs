//! SQL scripts on the virtual clock: every file of `tests/sql/scripts` is a test with timed input and expected rows.
//!
//! A file has sections, each begun by a line `== NAME …`:
//! - `== input STREAM`: an input stream; a column a line, `name TYPE`, mapped from the JSON member of that name;
//! - `== sql`: the script; `== include PATH` takes it from a file of the project;
//! - `== rows`: what happens, in order: `TIME {json}` is a record inserted at that time, `TIME` alone lets the clock reach it;
//! - `== expect STREAM`: the rows of an in-application stream, `ROWTIME {json}`, all of them, in order
//!   (`== expect STREAM in any order` where the order within one instant is not the dialect's business);
//! - `== errors`: the rows of error_stream, `ROWTIME ERROR_NAME: MESSAGE`.
//!
//! Times are `HH:MM:SS[.mmm]` on 2017-04-05, or have a date before them.

use crate::support::checkout;
use millpond::services::analytics::mapping::{Decoder, RecordColumn, RecordFormat, RecordSchema, Sink};
use millpond::services::analytics::output::format::{DateText, OutputFormat, RowFormatter};
use millpond::sql::analysis::{Catalog, compile};
use millpond::sql::plan::{Plan, Stream};
use millpond::sql::program::{Options, Program};
use millpond::sql::types::Block;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const DAY: &str = "2017-04-05";
const SCRIPTS: usize = 13;

#[test]
fn scripts_give_their_expected_rows() {
    let root = &checkout();
    let mut files: Vec<PathBuf> = root.join("tests/sql/scripts").read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let failures: Vec<String> = files.iter().filter_map(|file| failure(root, file)).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    assert!(files.len() >= SCRIPTS, "{} scripts found, {SCRIPTS} there were", files.len());
}

/// What differs, readable; none when all is as expected.
fn failure(root: &Path, file: &Path) -> Option<String> {
    let script = Script::read(root, file);
    let got = script.run();
    let mut out = String::new();
    for (stream, expected) in &script.expected {
        let mut actual = got.iter().find(|(name, _)| name == stream).map(|(_, rows)| rows.clone()).unwrap_or_default();
        let mut expected = expected.clone();
        if script.unordered.contains(stream) {
            actual.sort();
            expected.sort();
        }
        if actual != expected {
            writeln!(
                out,
                "{}: {stream}\n  expected:\n    {}\n  got:\n    {}",
                file.display(),
                expected.join("\n    "),
                actual.join("\n    ")
            )
            .unwrap();
        }
    }
    (!out.is_empty()).then_some(out)
}

#[derive(Default)]
struct Script {
    inputs: Vec<(String, Vec<RecordColumn>)>,
    sql: String,
    events: Vec<(i64, Option<String>)>,
    expected: Vec<(String, Vec<String>)>,
    unordered: Vec<String>,
}

impl Script {
    fn read(root: &Path, file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap();
        let mut script = Self::default();
        for section in text.split("\n== ").map(|s| s.trim_start_matches("== ")) {
            let (head, body) = section.split_once('\n').unwrap_or((section, ""));
            let lines = body.lines().map(str::trim_end).filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
            match head.split_whitespace().collect::<Vec<_>>()[..] {
                ["input", name] => script.inputs.push((name.into(), lines.map(column).collect())),
                ["sql"] => script.sql.push_str(body),
                ["include", path] => script.sql.push_str(&std::fs::read_to_string(root.join(path)).unwrap()),
                ["rows"] => script.events = lines.map(event).collect(),
                ["errors"] => script.expected.push(("errors".into(), lines.map(str::to_owned).collect())),
                ["expect", name, ref order @ ..] => {
                    script.expected.push((name.into(), lines.map(str::to_owned).collect()));
                    if !order.is_empty() {
                        script.unordered.push(name.into());
                    }
                }
                _ if head.starts_with('#') => {}
                _ => panic!("{}: what is \"== {head}\"?", file.display()),
            }
        }
        assert!(!script.expected.is_empty(), "{}: nothing is expected", file.display());
        script
    }

    fn run(&self) -> Vec<(String, Vec<String>)> {
        let mut decoders: Vec<Decoder> = self.inputs.iter().map(|(_, columns)| decoder(columns)).collect();
        let inputs = self.inputs.iter().zip(&decoders).map(|((name, _), decoder)| Stream {
            name: name.clone(),
            columns: decoder.columns().to_vec(),
            declared: decoder.columns().len(),
            input: true,
        });
        let catalog = Catalog { inputs: inputs.collect(), tables: Vec::new() };
        let plan = compile(&self.sql, &catalog).unwrap_or_else(|errors| panic!("{errors:#?}"));
        let taps = (0..plan.streams.len()).collect();
        let start_ms = self.events.first().map_or(0, |(at, _)| *at);
        let mut program = Program::new(plan, Options { seed: 1, start_ms, taps, ..Options::default() });
        let mut got = Vec::new();
        for (at, record) in &self.events {
            if let Some(record) = record {
                let mut block = Block::new(decoders[0].columns().len());
                let mut rejected = Vec::new();
                decoders[0].decode(
                    record.as_bytes(),
                    &mut Sink { block: &mut block, rowtime: *at, system: &[], rejected: &mut rejected },
                );
                program.push(0, &block, *at);
            }
            program.advance(*at);
            collect(&mut program, &mut got);
        }
        got
    }
}

fn collect(program: &mut Program, got: &mut Vec<(String, Vec<String>)>) {
    let plan: Plan = program.plan().clone();
    for (index, stream) in plan.streams.iter().enumerate() {
        let block = program.drain(index);
        let mut format = RowFormatter::new(OutputFormat::Json, &stream.columns[..stream.declared]);
        for (rowtime, cells) in block.rows() {
            let mut line = Vec::from(time_text(rowtime).as_bytes());
            line.push(b' ');
            format.write(cells, &mut line);
            add(got, &stream.name, String::from_utf8(line).unwrap());
        }
    }
    for error in program.drain_errors() {
        add(got, "errors", format!("{} {}: {}", time_text(error.rowtime), error.name, error.message));
    }
}

fn add(got: &mut Vec<(String, Vec<String>)>, stream: &str, line: String) {
    match got.iter_mut().find(|(name, _)| name == stream) {
        Some((_, lines)) => lines.push(line),
        None => got.push((stream.to_owned(), vec![line])),
    }
}

fn decoder(columns: &[RecordColumn]) -> Decoder {
    let format = RecordFormat::Json { row_path: "$".into() };
    Decoder::compile(&RecordSchema { format, columns: columns.to_vec(), encoding: None }).unwrap()
}

fn column(line: &str) -> RecordColumn {
    let (name, sql_type) = line.trim().split_once(' ').unwrap();
    RecordColumn { name: name.into(), sql_type: sql_type.into(), mapping: Some(format!("$.{name}")) }
}

fn event(line: &str) -> (i64, Option<String>) {
    let (time, record) = match line.find('{') {
        Some(at) => (line[..at].trim(), Some(line[at..].to_owned())),
        None => (line.trim(), None),
    };
    let time = if time.contains(' ') { time.replace(' ', "T") } else { format!("{DAY}T{time}") };
    (format!("{time}Z").parse::<jiff::Timestamp>().unwrap().as_millisecond(), record)
}

/// The time of day, with its date where that is not the usual one.
fn time_text(ms: i64) -> String {
    let mut text = Vec::new();
    DateText::default().timestamp(ms, &mut text);
    let text = String::from_utf8(text).unwrap();
    text.strip_prefix(DAY).map_or(text.clone(), |time| time.trim_start().to_owned())
}
