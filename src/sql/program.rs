//! A running script: rows in, time in, rows out.

use super::expressions::RowError;
use super::operators::{END_OF_TIME, Graph, Origin, Reader, Writer};
use super::plan::{Plan, StreamIndex};
use super::types::{Block, Cell, Column, DataType, write_cell};
use crate::base::clock::Millis;
use sha2::{Digest, Sha256};
use std::fmt;

/// The format of snapshots.
const SNAPSHOT_VERSION: u32 = 1;

/// The longest MESSAGE of error_stream, in characters.
const MESSAGE_MAX: usize = 4_096;

/// The longest DATA_ROW in bytes: two hex digits each make VARCHAR(49152).
const DATA_ROW_MAX: usize = 24_576;

/// What a program needs besides its plan.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Seed of the random cut forests: the same seed and rows give the same scores.
    pub seed: u64,
    /// The clock when the pumps start: CURRENT_TIMESTAMP.
    pub start_ms: Millis,
    /// The streams whose rows are wanted by [`Program::drain`].
    pub taps: Vec<StreamIndex>,
    /// The rows of the reference tables, in the order of [`Plan::tables`].
    pub tables: Vec<Block>,
}

/// A row of error_stream (developer guide, "Error Handling"): ERROR_TIME, ERROR_LEVEL, ERROR_NAME, MESSAGE, DATA_ROWTIME, DATA_ROW, PUMP_NAME.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorRow {
    /// ERROR_TIME: when it was found.
    pub time_ms: Millis,
    /// ERROR_LEVEL; always `WARNING`, the one level seen in public captures.
    pub level: &'static str,
    /// ERROR_NAME, at most 32 characters.
    pub name: &'static str,
    /// MESSAGE, at most 4,096 characters.
    pub message: String,
    /// DATA_ROWTIME: the row's ROWTIME.
    pub rowtime: Millis,
    /// DATA_ROW before it is written as hex: the row as JSON text.
    pub row: Vec<u8>,
    /// PUMP_NAME; `null` where no pump was at work.
    pub pump: String,
}

/// Why a snapshot cannot be restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotMismatch {
    /// It was taken of another script, or of another version of the same.
    #[error("the snapshot belongs to another program")]
    OtherProgram,
    /// It was written by a version of Millpond whose format this one does not read.
    #[error("the snapshot has format {0}, which is not known here")]
    Version(u32),
    /// It is cut short or damaged.
    #[error("the snapshot is damaged")]
    Damaged,
}

/// A script at work. Pure: it does nothing unless called, and the same calls give the same output.
pub struct Program {
    plan: Plan,
    graph: Graph,
}

impl Program {
    /// A program that has seen nothing yet.
    pub fn new(plan: Plan, options: Options) -> Self {
        let graph = Graph::new(&plan, &options);
        Self { plan, graph }
    }

    /// The plan it runs.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Rows of an input stream, in non-decreasing ROWTIME; `now_ms` is the clock (CURRENT_ROW_TIMESTAMP). A row older than one before it becomes
    /// an error row. Rows for a stream that is no input, or of another width than the stream's, are ignored.
    pub fn push(&mut self, stream: StreamIndex, block: &Block, now_ms: Millis) {
        self.graph.push(stream, block, now_ms);
    }

    /// A rowtime bound for all inputs: no later row has a smaller ROWTIME. Closes windows.
    pub fn advance(&mut self, now_ms: Millis) {
        self.graph.advance(now_ms);
    }

    /// The end of all input: closes every window and drains what waits to be sorted.
    pub fn finish(&mut self) {
        self.graph.advance(END_OF_TIME);
    }

    /// The rows of a tapped stream since the last drain. Give the block back with [`Program::recycle`] to spare an allocation.
    pub fn drain(&mut self, stream: StreamIndex) -> Block {
        self.graph.drain(stream).unwrap_or_default()
    }

    /// Takes back a block that [`Program::drain`] gave, for its memory.
    pub fn recycle(&mut self, stream: StreamIndex, block: Block) {
        self.graph.recycle(stream, block);
    }

    /// The rows of error_stream since the last call.
    pub fn drain_errors(&mut self) -> Vec<ErrorRow> {
        self.graph.drain_errors()
    }

    /// Everything the program remembers, to be given to [`Program::restore`]. Rows not drained yet are not in it: drain first.
    pub fn snapshot(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.u32(SNAPSHOT_VERSION);
        out.bytes(&fingerprint(&self.plan));
        self.graph.save(&mut out);
        out.finish()
    }

    /// A program that goes on where the snapshot was taken. CURRENT_TIMESTAMP is the new start's.
    pub fn restore(plan: Plan, options: Options, snapshot: &[u8]) -> Result<Self, SnapshotMismatch> {
        let mut from = Reader::new(snapshot);
        match from.u32()? {
            SNAPSHOT_VERSION => {}
            other => return Err(SnapshotMismatch::Version(other)),
        }
        if from.bytes()? != fingerprint(&plan) {
            return Err(SnapshotMismatch::OtherProgram);
        }
        let mut program = Self::new(plan, options);
        program.graph.restore(&mut from)?;
        from.end()?;
        Ok(program)
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program").field("plan", &self.plan).finish_non_exhaustive()
    }
}

/// What tells one plan from another.
fn fingerprint(plan: &Plan) -> [u8; 32] {
    Sha256::digest(format!("{plan:?}")).into()
}

impl ErrorRow {
    /// The error row of a row that failed.
    pub(crate) fn new(time_ms: Millis, rowtime: Millis, cells: &[Cell], origin: &Origin, error: &RowError) -> Self {
        Self {
            time_ms,
            level: "WARNING",
            name: error.kind().name(),
            message: error.message().chars().take(MESSAGE_MAX).collect(),
            rowtime,
            row: row_json(cells, &origin.columns),
            pump: if origin.pump.is_empty() { "null".to_owned() } else { origin.pump.clone() },
        }
    }
}

/// A row as a JSON object, cut where it is too long for DATA_ROW.
fn row_json(cells: &[Cell], columns: &[Column]) -> Vec<u8> {
    let mut json = String::from("{");
    for (place, (cell, column)) in cells.iter().zip(columns).enumerate() {
        if place > 0 {
            json.push(',');
        }
        // Text always has a JSON form.
        json.push_str(&serde_json::to_string(&column.name).unwrap_or_default());
        json.push(':');
        let mut text = String::new();
        write_cell(&mut text, cell, &column.data_type);
        let plain = cell.is_null() || column.data_type.is_numeric();
        match &column.data_type {
            DataType::Boolean => json.push_str(&text.to_lowercase()),
            _ if plain => json.push_str(&text),
            _ => json.push_str(&serde_json::to_string(&text).unwrap_or_default()),
        }
    }
    json.push('}');
    let mut row = json.into_bytes();
    row.truncate(DATA_ROW_MAX);
    row
}

#[cfg(test)]
mod tests;
