//! A running script: rows in, time in, rows out.

use super::plan::{Plan, StreamIndex};
use super::types::Block;
use crate::base::clock::Millis;

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
#[derive(Debug)]
pub struct Program {
    plan: Plan,
}

impl Program {
    /// A program that has seen nothing yet.
    pub fn new(plan: Plan, options: Options) -> Self {
        let _ = options;
        Self { plan }
    }

    /// The plan it runs.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Rows of an input stream, in non-decreasing ROWTIME; `now_ms` is the clock (CURRENT_ROW_TIMESTAMP). A row older than one before it becomes
    /// an error row.
    pub fn push(&mut self, stream: StreamIndex, block: &Block, now_ms: Millis) {
        let _ = (stream, block, now_ms);
    }

    /// A rowtime bound for all inputs: no later row has a smaller ROWTIME. Closes windows.
    pub fn advance(&mut self, now_ms: Millis) {
        let _ = now_ms;
    }

    /// The end of all input: closes every window and drains what waits to be sorted.
    pub fn finish(&mut self) {}

    /// The rows of a tapped stream since the last drain. Give the block back with [`Program::recycle`] to spare an allocation.
    pub fn drain(&mut self, stream: StreamIndex) -> Block {
        Block::new(self.plan.streams.get(stream).map_or(0, |stream| stream.columns.len()))
    }

    /// Takes back a block that [`Program::drain`] gave, for its memory.
    pub fn recycle(&mut self, stream: StreamIndex, block: Block) {
        let _ = (stream, block);
    }

    /// The rows of error_stream since the last call.
    pub fn drain_errors(&mut self) -> Vec<ErrorRow> {
        Vec::new()
    }

    /// Everything the program remembers, to be given to [`Program::restore`]. Rows not drained yet are not in it: drain first.
    pub fn snapshot(&self) -> Vec<u8> {
        Vec::new()
    }

    /// A program that goes on where the snapshot was taken.
    pub fn restore(plan: Plan, options: Options, snapshot: &[u8]) -> Result<Self, SnapshotMismatch> {
        let _ = snapshot;
        Ok(Self::new(plan, options))
    }
}
