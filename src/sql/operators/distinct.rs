//! SELECT DISTINCT.

use super::boundary::Boundary;
use super::keys::Keys;
use super::{Operator, Reader, Step, Writer};
use crate::base::clock::Millis;
use crate::sql::expressions::Compiler;
use crate::sql::plan::MonotonicKey;
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::{Block, Cell};

/// Emits the first row of each combination at once, with its own ROWTIME; forgets what it has seen when a monotonic key changes.
#[derive(Debug)]
pub(super) struct Distinct {
    boundary: Boundary,
    /// The columns compared; those that are constant within a bucket are left out.
    columns: Vec<usize>,
    seen: Keys,
}

impl Distinct {
    pub(super) fn new(keys: &[usize], monotonic: &[MonotonicKey], compiler: Compiler) -> Self {
        let boundary = Boundary::new(monotonic, compiler);
        let columns: Vec<_> = keys.iter().copied().filter(|column| !boundary.is_constant(*column)).collect();
        Self { seen: Keys::new(columns.len()), boundary, columns }
    }
}

impl Distinct {
    /// Whether the row is the first of its kind.
    #[inline]
    fn is_first(&mut self, rowtime: Millis, cells: &[Cell]) -> bool {
        let by_time = self.boundary.close_at(rowtime).is_some();
        if by_time | self.boundary.close_by_data(|column| &cells[column]) {
            self.seen.clear();
        }
        self.boundary.open_at(rowtime, |column| &cells[column]);
        self.seen.number(self.columns.iter().map(|column| &cells[*column])).1
    }
}

impl Operator for Distinct {
    fn push(&mut self, _: usize, rows: &Block, step: &mut Step<'_>) {
        for (rowtime, cells) in rows.rows() {
            if self.is_first(rowtime, cells) {
                step.out.push_row(rowtime, cells);
            }
        }
    }

    fn take(&mut self, _: usize, rows: &mut Block, step: &mut Step<'_>) {
        for row in 0..rows.len() {
            let rowtime = rows.rowtime(row);
            if self.is_first(rowtime, rows.cells(row)) {
                step.out.push(rowtime, rows.cells_mut(row).iter_mut().map(std::mem::take));
            }
        }
    }

    fn advance(&mut self, bounds: &[Millis], _: &mut Step<'_>) -> Millis {
        if self.boundary.close_at(bounds[0]).is_some() {
            self.seen.clear();
        }
        bounds[0]
    }

    fn save(&self, out: &mut Writer) {
        self.boundary.save(out);
        self.seen.save(out);
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        self.boundary.restore(from)?;
        self.seen.restore(from)
    }
}
