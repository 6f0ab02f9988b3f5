//! A stream joined with a reference table.

use super::{Operator, Reader, Step, Writer};
use crate::base::clock::Millis;
use crate::sql::expressions::{Compiler, Operand, Operands, RowError};
use crate::sql::plan::{Expr, JoinKind};
use crate::sql::program::SnapshotMismatch;
use crate::sql::tables::{Lookup, Tables};
use crate::sql::types::{Block, Cell};

/// Emits for each stream row the matching rows of the table, at once; for LEFT, a row of NULLs when there is none.
#[derive(Debug)]
pub(super) struct TableJoin {
    keys: Operands,
    lookup: Lookup,
    width: usize,
    condition: Option<Operand>,
    left: bool,
    /// The joined row to which the condition is put.
    joined: Vec<Cell>,
}

impl TableJoin {
    pub(super) fn new(
        tables: &Tables,
        table: usize,
        width: usize,
        kind: JoinKind,
        equal: &[(Expr, Expr)],
        condition: Option<&Expr>,
        compiler: Compiler,
    ) -> Self {
        let (of_stream, of_table): (Vec<_>, Vec<_>) = equal.iter().map(|(a, b)| compiler.compile_equal(a, b)).unzip();
        Self {
            keys: Operands::new(of_stream),
            lookup: tables.lookup(table, Operands::new(of_table)),
            width,
            condition: condition.map(|condition| compiler.compile(condition)),
            left: matches!(kind, JoinKind::Left | JoinKind::Full),
            joined: Vec::new(),
        }
    }

    fn add(&mut self, rowtime: Millis, cells: &[Cell], step: &mut Step<'_>) -> Result<(), RowError> {
        self.keys.evaluate(&step.scope(rowtime, cells))?;
        let before = step.out.len();
        for row in self.lookup.rows(self.keys.iter(cells)) {
            self.joined.clear();
            self.joined.extend_from_slice(cells);
            self.joined.extend_from_slice(row);
            let matches = match &self.condition {
                Some(condition) => condition.truth(&step.scope(rowtime, &self.joined)),
                None => Ok(Some(true)),
            };
            match matches {
                Ok(Some(true)) => step.out.push_row(rowtime, &self.joined),
                Ok(_) => {}
                Err(error) => {
                    step.out.truncate(before);
                    return Err(error);
                }
            }
        }
        if self.left && step.out.len() == before {
            step.out.push(rowtime, cells.iter().cloned().chain(std::iter::repeat_n(Cell::Null, self.width)));
        }
        Ok(())
    }
}

impl Operator for TableJoin {
    fn push(&mut self, _: usize, rows: &Block, step: &mut Step<'_>) {
        for (rowtime, cells) in rows.rows() {
            if let Err(error) = self.add(rowtime, cells, step) {
                step.fail(rowtime, cells, &error);
            }
        }
    }

    fn advance(&mut self, bounds: &[Millis], _: &mut Step<'_>) -> Millis {
        bounds[0]
    }

    fn save(&self, _: &mut Writer) {}

    fn restore(&mut self, _: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        Ok(())
    }
}
