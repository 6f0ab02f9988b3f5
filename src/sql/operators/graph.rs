//! The operators of a program, joined to a graph, and how rows and bounds run through it.

use super::map::out_of_order;
use super::{END_OF_TIME, Operator, Origin, Reader, Step, Writer};
use crate::base::clock::Millis;
use crate::sql::plan::StreamIndex;
use crate::sql::program::{ErrorRow, SnapshotMismatch};
use crate::sql::types::{Block, Column};

/// Operators in an order in which each comes after those it reads, so that one pass carries rows and bounds from the inputs to the outputs.
pub(crate) struct Graph {
    pub(super) nodes: Vec<Vertex>,
    /// Where the rows of each stream come out.
    pub(super) streams: Vec<usize>,
    pub(super) taps: Vec<Tap>,
    pub(super) errors: Vec<ErrorRow>,
    pub(super) now_ms: Millis,
}

/// An operator's place in the graph.
pub(super) struct Vertex {
    /// `None` for a stream whose rows come from outside.
    pub operator: Option<Box<dyn Operator>>,
    pub inputs: Vec<usize>,
    /// Whether this is the last to read the rows of each input.
    pub last: Vec<bool>,
    /// The inputs' bounds as the operator last saw them.
    pub bounds: Vec<Millis>,
    /// The rows of this pass.
    pub out: Block,
    /// No later row of the output is older.
    pub bound: Millis,
    /// Whether the bound follows the clock (or only the data).
    pub timed: bool,
    /// The output's columns.
    pub columns: Vec<Column>,
    pub origin: Origin,
}

/// A stream whose rows are wanted.
pub(super) struct Tap {
    pub stream: StreamIndex,
    pub rows: Block,
}

impl Graph {
    /// Finds out who reads the rows of each operator last; tapped rows are read once more after all.
    pub(super) fn find_last_readers(&mut self) {
        let mut read = vec![false; self.nodes.len()];
        for tap in &self.taps {
            read[self.streams[tap.stream]] = true;
        }
        for node in self.nodes.iter_mut().rev() {
            node.last = vec![false; node.inputs.len()];
            // An operator that reads one input twice reads it last at the last port.
            for port in (0..node.inputs.len()).rev() {
                node.last[port] = !std::mem::replace(&mut read[node.inputs[port]], true);
            }
        }
    }

    /// Rows of an input stream.
    pub(crate) fn push(&mut self, stream: StreamIndex, rows: &Block, now_ms: Millis) {
        let Some(place) = self.streams.get(stream).copied() else { return };
        self.now_ms = now_ms;
        let in_order = self.in_order(place, rows);
        let rows = in_order.as_ref().unwrap_or(rows);
        let Some(source) = self.nodes.get_mut(place).filter(|node| node.operator.is_none() && node.columns.len() == rows.width())
        else {
            return;
        };
        source.bound = source.bound.max(rows.last_rowtime().unwrap_or(Millis::MIN));
        self.run(Some((place, rows)));
    }

    /// A bound for all inputs.
    pub(crate) fn advance(&mut self, bound: Millis) {
        if bound != END_OF_TIME {
            self.now_ms = bound;
        }
        for source in self.nodes.iter_mut().filter(|node| node.operator.is_none()) {
            source.bound = source.bound.max(bound);
        }
        self.run(None);
    }

    /// The rows without those that are older than one before them, which go to error_stream; `None` when all are in order.
    fn in_order(&mut self, place: usize, rows: &Block) -> Option<Block> {
        let source = self.nodes.get_mut(place)?;
        let mut high_water = source.bound;
        let late = rows.rows().any(|(rowtime, _)| {
            let late = rowtime < high_water;
            high_water = rowtime;
            late
        });
        if !late {
            return None;
        }
        let (mut kept, mut high_water) = (Block::new(rows.width()), source.bound);
        for (rowtime, cells) in rows.rows() {
            if rowtime < high_water {
                self.errors.push(ErrorRow::new(self.now_ms, rowtime, cells, &source.origin, &out_of_order(rowtime, high_water)));
            } else {
                high_water = rowtime;
                kept.push_row(rowtime, cells);
            }
        }
        Some(kept)
    }

    /// One pass: each operator takes what came out of those before it.
    fn run(&mut self, pushed: Option<(usize, &Block)>) {
        for place in 0..self.nodes.len() {
            let (before, rest) = self.nodes.split_at_mut(place);
            let Some(Vertex { operator: Some(operator), inputs, last, bounds, out, bound, origin, .. }) = rest.first_mut() else {
                continue;
            };
            let mut step = Step { out, now_ms: self.now_ms, errors: &mut self.errors, origin };
            let mut moved = inputs.is_empty();
            for (port, input) in inputs.iter().enumerate() {
                let from_outside = pushed.filter(|(source, rows)| source == input && !rows.is_empty());
                let rows = &mut before[*input].out;
                moved |= from_outside.is_some() || !rows.is_empty();
                match from_outside {
                    Some((_, rows)) => operator.push(port, rows, &mut step),
                    None if rows.is_empty() => {}
                    None if last[port] => operator.take(port, rows, &mut step),
                    None => operator.push(port, rows, &mut step),
                }
                moved |= bounds[port] != before[*input].bound;
                bounds[port] = before[*input].bound;
            }
            if moved {
                *bound = operator.advance(bounds, &mut step).max(*bound);
            }
        }
        self.tap(pushed);
        self.nodes.iter_mut().for_each(|node| node.out.clear());
    }

    /// Moves the rows of the tapped streams to where they are drained from.
    fn tap(&mut self, pushed: Option<(usize, &Block)>) {
        for tap in 0..self.taps.len() {
            let (this, later) = self.taps[tap..].split_at_mut(1);
            let place = self.streams[this[0].stream];
            if let Some((_, rows)) = pushed.filter(|(source, _)| *source == place) {
                rows.rows().for_each(|(rowtime, cells)| this[0].rows.push_row(rowtime, cells));
            } else if later.iter().any(|tap| self.streams[tap.stream] == place) {
                // Two streams with the same rows are one node.
                self.nodes[place].out.rows().for_each(|(rowtime, cells)| this[0].rows.push_row(rowtime, cells));
            } else {
                this[0].rows.append(&mut self.nodes[place].out);
            }
        }
    }

    /// The rows of a tapped stream since the last drain.
    pub(crate) fn drain(&mut self, stream: StreamIndex) -> Option<Block> {
        let tap = self.taps.iter_mut().find(|tap| tap.stream == stream)?;
        let empty = Block::new(tap.rows.width());
        Some(std::mem::replace(&mut tap.rows, empty))
    }

    /// Takes back a drained block for its memory.
    pub(crate) fn recycle(&mut self, stream: StreamIndex, mut block: Block) {
        if let Some(tap) =
            self.taps.iter_mut().find(|tap| tap.stream == stream && tap.rows.is_empty() && tap.rows.width() == block.width())
        {
            block.clear();
            tap.rows = block;
        }
    }

    /// The rows of error_stream since the last call.
    pub(crate) fn drain_errors(&mut self) -> Vec<ErrorRow> {
        std::mem::take(&mut self.errors)
    }

    pub(crate) fn save(&self, out: &mut Writer) {
        out.len(self.nodes.len());
        for node in &self.nodes {
            out.i64(node.bound);
            node.bounds.iter().for_each(|bound| out.i64(*bound));
            if let Some(operator) = &node.operator {
                operator.save(out);
            }
        }
    }

    pub(crate) fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        if from.len()? != self.nodes.len() {
            return Err(SnapshotMismatch::Damaged);
        }
        for node in &mut self.nodes {
            node.bound = from.millis()?;
            for bound in &mut node.bounds {
                *bound = from.millis()?;
            }
            if let Some(operator) = &mut node.operator {
                operator.restore(from)?;
            }
        }
        Ok(())
    }
}
