//! ORDER BY of a stream.

use super::boundary::Boundary;
use super::{END_OF_TIME, Operator, Reader, Step, Writer};
use crate::base::clock::Millis;
use crate::sql::expressions::{Compiler, Operands, RowError};
use crate::sql::plan::{Expr, MonotonicKey, SortKey};
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::{Block, Cell, compare};
use std::cmp::Ordering;

/// Collects rows until the leading key changes, then emits them in order. They keep their ROWTIMEs where the order allows it; otherwise all get the instant
/// at which the batch was complete.
#[derive(Debug)]
pub(super) struct Sort {
    boundary: Boundary,
    /// The leading key, compared row by row when it comes from data.
    leading: Operands,
    keys: Operands,
    descending: Vec<bool>,
    rows: Block,
    /// The keys of the rows, row by row.
    values: Vec<Cell>,
}

impl Sort {
    pub(super) fn new(leading: &Expr, monotonic: &MonotonicKey, keys: &[SortKey], width: usize, compiler: Compiler) -> Self {
        Self {
            boundary: Boundary::new(std::slice::from_ref(monotonic), compiler),
            leading: Operands::new(vec![compiler.compile(leading)]),
            descending: keys.iter().map(|key| key.descending).collect(),
            keys: Operands::new(keys.iter().map(|key| compiler.compile(&key.expr)).collect()),
            rows: Block::new(width),
            values: Vec::new(),
        }
    }

    fn add(&mut self, rowtime: Millis, cells: &[Cell], step: &mut Step<'_>) -> Result<(), RowError> {
        let scope = step.scope(rowtime, cells);
        self.leading.evaluate(&scope)?;
        self.keys.evaluate(&scope)?;
        if self.boundary.close_by_data(|_| self.leading.get(0, cells)) {
            self.emit(rowtime, step);
        }
        self.boundary.open_at(rowtime, |_| self.leading.get(0, cells));
        self.rows.push_row(rowtime, cells);
        self.values.extend(self.keys.iter(cells).cloned());
        Ok(())
    }

    fn order(&self, a: usize, b: usize) -> Ordering {
        let width = self.descending.len();
        for (place, descending) in self.descending.iter().enumerate() {
            let order = compare(&self.values[a * width + place], &self.values[b * width + place]);
            if order.is_ne() {
                return if *descending { order.reverse() } else { order };
            }
        }
        Ordering::Equal
    }

    fn emit(&mut self, complete: Millis, step: &mut Step<'_>) {
        let mut places: Vec<usize> = (0..self.rows.len()).collect();
        places.sort_by(|a, b| self.order(*a, *b));
        let keep = places.is_sorted_by_key(|place| self.rows.rowtime(*place));
        for place in places {
            step.out.push_row(if keep { self.rows.rowtime(place) } else { complete }, self.rows.cells(place));
        }
        self.rows.clear();
        self.values.clear();
    }
}

impl Operator for Sort {
    fn push(&mut self, _: usize, rows: &Block, step: &mut Step<'_>) {
        for (rowtime, cells) in rows.rows() {
            if let Some(at) = self.boundary.close_at(rowtime) {
                self.emit(at, step);
            }
            if let Err(error) = self.add(rowtime, cells, step) {
                step.fail(rowtime, cells, &error);
            }
        }
    }

    fn advance(&mut self, bounds: &[Millis], step: &mut Step<'_>) -> Millis {
        if let Some(at) = self.boundary.close_at(bounds[0]) {
            self.emit(at, step);
        }
        // Rows that wait may keep their ROWTIME.
        if self.rows.is_empty() || bounds[0] == END_OF_TIME { bounds[0] } else { self.rows.rowtime(0) }
    }

    fn save(&self, out: &mut Writer) {
        self.boundary.save(out);
        out.block(&self.rows);
        out.cells(&self.values);
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        self.boundary.restore(from)?;
        self.rows = from.block(self.rows.width())?;
        self.values = from.cells()?;
        if self.values.len() == self.rows.len() * self.descending.len() { Ok(()) } else { Err(SnapshotMismatch::Damaged) }
    }
}
