//! Scripts with timed rows in and the rows expected out.

use super::*;
use crate::sql::analysis::{Catalog, compile};
use crate::sql::plan::{Stream, Table};
use crate::sql::types::{Column, parse};

mod errors;
mod joins;
mod published;
mod snapshots;
mod windows;

/// A script that runs. Rows are texts: `ROWTIME | cell | cell`, with `null` for NULL.
pub(super) struct Script {
    program: Program,
}

fn columns(text: &str) -> Vec<Column> {
    let pairs = text.split(", ").filter_map(|pair| pair.split_once(' '));
    pairs.map(|(name, of)| Column { name: name.to_owned(), data_type: DataType::parse(of).unwrap(), nullable: true }).collect()
}

pub(super) fn millis(text: &str) -> Millis {
    let (date, time) = text.split_once(' ').unwrap_or(("1970-01-01", text));
    let padded = if time.len() == 5 { format!("{time}:00") } else { time.to_owned() };
    parse::timestamp(format!("{date} {padded}").as_bytes()).unwrap_or_else(|| panic!("time {text}"))
}

fn cell(text: &str, data_type: &DataType) -> Cell {
    match data_type {
        _ if text == "null" => Cell::Null,
        DataType::VarChar(_) | DataType::Char(_) => Cell::text(text),
        DataType::Timestamp => Cell::Int(millis(text)),
        DataType::Real | DataType::Double => Cell::Double(text.parse().unwrap()),
        DataType::Boolean => Cell::Bool(text == "true"),
        DataType::Decimal { scale, .. } => Cell::Int(i64::try_from(parse::decimal(text.as_bytes(), *scale).unwrap()).unwrap()),
        _ => Cell::Int(text.parse().unwrap()),
    }
}

fn block(rows: &[&str], columns: &[Column]) -> Block {
    let mut block = Block::new(columns.len());
    for row in rows {
        let mut parts = row.split('|').map(str::trim);
        let rowtime = millis(parts.next().unwrap());
        let cells: Vec<_> = columns
            .iter()
            .zip(parts.chain(std::iter::repeat("null")))
            .map(|(column, text)| cell(text, &column.data_type))
            .collect();
        block.push(rowtime, cells);
    }
    block
}

impl Script {
    /// A script over inputs named and described as `IN a INTEGER, b …`.
    pub(super) fn with(code: &str, inputs: &[(&str, &str)], tables: &[(&str, &str, &[&str])]) -> Self {
        let (plan, options) = compiled(code, inputs, tables);
        Self { program: Program::new(plan, options) }
    }

    /// A script over one input, `S`.
    pub(super) fn new(input: &str, code: &str) -> Self {
        Self::with(code, &[("S", input)], &[])
    }

    fn stream(&self, name: &str) -> StreamIndex {
        let streams = &self.program.plan().streams;
        streams.iter().position(|stream| stream.name == name).unwrap_or_else(|| panic!("stream {name}"))
    }

    pub(super) fn push_to(&mut self, stream: &str, rows: &[&str]) -> &mut Self {
        let stream = self.stream(stream);
        let block = block(rows, &self.program.plan().streams[stream].columns.clone());
        let now = block.last_rowtime().unwrap_or_default();
        self.program.push(stream, &block, now);
        self
    }

    pub(super) fn push(&mut self, rows: &[&str]) -> &mut Self {
        self.push_to("S", rows)
    }

    pub(super) fn advance(&mut self, time: &str) -> &mut Self {
        self.program.advance(millis(time));
        self
    }

    pub(super) fn finish(&mut self) -> &mut Self {
        self.program.finish();
        self
    }

    /// The rows of a stream since the last call.
    pub(super) fn rows_of(&mut self, stream: &str) -> Vec<String> {
        let stream = self.stream(stream);
        let rows = self.program.drain(stream);
        let columns = &self.program.plan().streams[stream].columns;
        rows.rows().map(|(rowtime, cells)| show(rowtime, cells, columns)).collect()
    }

    /// The rows of `O` since the last call.
    pub(super) fn rows(&mut self) -> Vec<String> {
        self.rows_of("O")
    }

    /// The same without ROWTIME.
    pub(super) fn values(&mut self) -> Vec<String> {
        self.rows().iter().filter_map(|row| row.split_once(" | ")).map(|(_, values)| values.to_owned()).collect()
    }

    /// `ERROR_NAME: DATA_ROW` of the error rows since the last call.
    pub(super) fn errors(&mut self) -> Vec<String> {
        let errors = self.program.drain_errors();
        errors.iter().map(|error| format!("{} {} {}", error.pump, error.name, String::from_utf8_lossy(&error.row))).collect()
    }
}

pub(super) fn compiled(code: &str, inputs: &[(&str, &str)], tables: &[(&str, &str, &[&str])]) -> (Plan, Options) {
    let stream = |(name, text): &(&str, &str)| {
        let columns = columns(text);
        Stream { name: (*name).to_owned(), declared: columns.len(), columns, input: true }
    };
    let catalog = Catalog {
        inputs: inputs.iter().map(stream).collect(),
        tables: tables.iter().map(|(name, text, _)| Table { name: (*name).to_owned(), columns: columns(text) }).collect(),
    };
    let plan = compile(code, &catalog)
        .unwrap_or_else(|errors| panic!("{code}\n{}", errors.iter().map(|error| format!("{error}\n")).collect::<String>()));
    let tables = tables.iter().map(|(_, text, rows)| block(rows, &columns(text))).collect();
    let options = Options { seed: 1, start_ms: millis("2018-01-01 00:00:00"), taps: (0..plan.streams.len()).collect(), tables };
    (plan, options)
}

pub(super) fn show(rowtime: Millis, cells: &[Cell], columns: &[Column]) -> String {
    let mut text = String::new();
    write_cell(&mut text, &Cell::Int(rowtime), &DataType::Timestamp);
    if let Some(time) = text.strip_prefix("1970-01-01 ") {
        text = time.to_owned();
    }
    for (cell, column) in cells.iter().zip(columns) {
        text.push_str(" | ");
        let start = text.len();
        write_cell(&mut text, cell, &column.data_type);
        if let Some(time) = text[start..].strip_prefix("1970-01-01 ").map(str::to_owned) {
            text.truncate(start);
            text.push_str(&time);
        }
    }
    text
}
