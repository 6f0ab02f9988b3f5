//! The relational operators, each with its state, and the graph they form.
//!
//! An operator takes blocks of rows in order of ROWTIME and rowtime bounds, and appends to its output block. It keeps exact time: what a row or a bound
//! closes is emitted before the row itself is looked at, stamped with the instant at which it was complete.

mod accumulator;
mod aggregate;
mod anomaly;
mod boundary;
mod build;
mod distinct;
pub mod forest;
mod graph;
mod join_side;
mod keys;
mod map;
mod merge;
mod optimise;
mod sort;
mod stagger;
mod state;
mod stream_join;
mod sum;
mod table_join;
mod time_sort;
mod window;
mod window_call;

use super::expressions::{RowError, Scope};
use super::program::{ErrorRow, SnapshotMismatch};
use super::types::{Block, Cell, Column};
use crate::base::clock::Millis;
pub(crate) use graph::Graph;
pub(crate) use keys::Keys;
pub(crate) use state::{Reader, Writer};

/// The bound of a stream whose rows have all come.
pub(crate) const END_OF_TIME: Millis = Millis::MAX;

/// One relational operator with its state.
pub(crate) trait Operator: Send {
    /// Takes rows of the input `port` (0 is the only or the left one), in order of ROWTIME.
    fn push(&mut self, port: usize, rows: &Block, step: &mut Step<'_>);

    /// As [`Operator::push`], of rows that nobody reads after: their cells may be moved out.
    fn take(&mut self, port: usize, rows: &mut Block, step: &mut Step<'_>) {
        self.push(port, rows, step);
    }

    /// No later row of input `port` is older than `bounds[port]`; [`END_OF_TIME`] says that there are none. Returns the bound of the output.
    fn advance(&mut self, bounds: &[Millis], step: &mut Step<'_>) -> Millis;

    /// Writes the state.
    fn save(&self, out: &mut Writer);

    /// Reads what [`Operator::save`] wrote, into an operator made from the same plan.
    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch>;
}

/// What an operator works with during one call.
pub(crate) struct Step<'a> {
    /// Where its rows go.
    pub out: &'a mut Block,
    /// The clock.
    pub now_ms: Millis,
    /// Where rows that fail go.
    pub errors: &'a mut Vec<ErrorRow>,
    /// Whose rows these are.
    pub origin: &'a Origin,
}

/// Names for error rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    /// The pump; empty for an input stream.
    pub pump: String,
    /// The columns of the operator's input rows.
    pub columns: Vec<Column>,
}

impl Step<'_> {
    /// What expressions see of a row.
    #[inline]
    pub(crate) fn scope<'r>(&self, rowtime: Millis, cells: &'r [Cell]) -> Scope<'r> {
        Scope { cells, rowtime, now_ms: self.now_ms }
    }

    /// Sends a row to error_stream.
    #[cold]
    pub(crate) fn fail(&mut self, rowtime: Millis, cells: &[Cell], error: &RowError) {
        self.errors.push(ErrorRow::new(self.now_ms, rowtime, cells, self.origin, error));
    }
}
