//! Filters and projections, several of them in one pass over the rows.

use super::{END_OF_TIME, Operator, Reader, Step, Writer};
use crate::base::clock::Millis;
use crate::sql::expressions::{Compiler, ErrorKind, Operand, RowError, Scope};
use crate::sql::plan::Expr;
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::{Block, Cell};

/// What a [`Map`] does with a row; expressions are over the input row.
#[derive(Clone, Debug, Default)]
pub(super) struct Mapping {
    /// All must be TRUE.
    pub predicates: Vec<Expr>,
    /// The output columns; `None` keeps the row as it is.
    pub items: Option<Vec<Expr>>,
    /// The output's ROWTIME where it is not the input's.
    pub rowtime: Option<Expr>,
    /// Columns that may not be NULL, with their names.
    pub required: Vec<(usize, String)>,
}

/// Keeps the rows for which the predicates are TRUE and computes the output columns.
#[derive(Debug)]
pub(super) struct Map {
    predicates: Vec<Operand>,
    items: Items,
    required: Vec<(usize, String)>,
    promotion: Option<Promotion>,
}

#[derive(Debug)]
enum Items {
    /// The row as it is.
    All,
    /// Columns only: nothing can fail.
    Columns(Vec<usize>),
    Computed(Vec<Operand>),
}

/// `… AS ROWTIME`: the ROWTIME of the output comes from data, so the clock says nothing about it.
#[derive(Debug)]
struct Promotion {
    rowtime: Operand,
    high_water: Millis,
}

impl Map {
    pub(super) fn new(mapping: &Mapping, compiler: Compiler) -> Self {
        let items = mapping.items.as_ref().map(|items| compiler.compile_all(items));
        let column = |item: &Operand| if let Operand::Column(place) = item { Some(*place) } else { None };
        Self {
            predicates: compiler.compile_all(&mapping.predicates),
            items: match items {
                None => Items::All,
                Some(items) => items.iter().map(column).collect::<Option<_>>().map_or(Items::Computed(items), Items::Columns),
            },
            required: mapping.required.clone(),
            promotion: mapping
                .rowtime
                .as_ref()
                .map(|rowtime| Promotion { rowtime: compiler.compile(rowtime), high_water: Millis::MIN }),
        }
    }

    #[inline]
    fn passes(&self, scope: &Scope<'_>) -> Result<bool, RowError> {
        for predicate in &self.predicates {
            if predicate.truth(scope)? != Some(true) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    #[inline]
    fn map(&mut self, scope: &Scope<'_>, out: &mut Block) -> Result<(), RowError> {
        if !self.passes(scope)? {
            return Ok(());
        }
        let rowtime = match &mut self.promotion {
            None => scope.rowtime,
            Some(promotion) => match promotion.rowtime(scope)? {
                Some(rowtime) => rowtime,
                None => return Ok(()),
            },
        };
        match &self.items {
            Items::All => out.push_row(rowtime, scope.cells),
            Items::Columns(columns) => out.push(rowtime, columns.iter().map(|column| scope.cells[*column].clone())),
            Items::Computed(items) => out.push_with(rowtime, |out| {
                for item in items {
                    out.push(item.cell(scope)?);
                }
                Ok(())
            })?,
        }
        if !self.required.is_empty() {
            self.check_required(out)?;
        }
        if let Some(promotion) = &mut self.promotion {
            promotion.high_water = rowtime;
        }
        Ok(())
    }

    fn check_required(&self, out: &mut Block) -> Result<(), RowError> {
        let row = out.cells(out.len() - 1);
        let Some((_, name)) = self.required.iter().find(|(place, _)| row[*place].is_null()) else { return Ok(()) };
        out.pop();
        Err(RowError::new(ErrorKind::NotNull, format!("Column '{name}' does not allow NULL")))
    }
}

impl Promotion {
    /// The row's new ROWTIME; `None` when it is NULL, which drops the row. Fails when the row is late.
    fn rowtime(&self, scope: &Scope<'_>) -> Result<Option<Millis>, RowError> {
        match self.rowtime.int(scope)? {
            Some(rowtime) if rowtime < self.high_water => Err(out_of_order(rowtime, self.high_water)),
            rowtime => Ok(rowtime),
        }
    }
}

/// The failure of a row that comes too late.
pub(super) fn out_of_order(rowtime: Millis, high_water: Millis) -> RowError {
    let text = |ms| {
        let mut text = String::new();
        crate::sql::types::write_timestamp(&mut text, ms, true);
        text
    };
    RowError::new(ErrorKind::OutOfOrder, format!("Row with ROWTIME {} came after {}", text(rowtime), text(high_water)))
}

impl Operator for Map {
    fn push(&mut self, _: usize, rows: &Block, step: &mut Step<'_>) {
        for (rowtime, cells) in rows.rows() {
            let scope = step.scope(rowtime, cells);
            if let Err(error) = self.map(&scope, step.out) {
                step.fail(rowtime, cells, &error);
            }
        }
    }

    fn advance(&mut self, bounds: &[Millis], _: &mut Step<'_>) -> Millis {
        match &self.promotion {
            Some(promotion) if bounds[0] != END_OF_TIME => promotion.high_water,
            _ => bounds[0],
        }
    }

    fn save(&self, out: &mut Writer) {
        out.i64(self.promotion.as_ref().map_or(Millis::MIN, |promotion| promotion.high_water));
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        let high_water = from.millis()?;
        if let Some(promotion) = &mut self.promotion {
            promotion.high_water = high_water;
        }
        Ok(())
    }
}

/// VALUES: rows without input, emitted once, at the first bound.
#[derive(Debug)]
pub(super) struct Values {
    rows: Vec<Vec<Operand>>,
    done: bool,
}

impl Values {
    pub(super) fn new(rows: &[Vec<Expr>], compiler: Compiler) -> Self {
        Self { rows: rows.iter().map(|row| compiler.compile_all(row)).collect(), done: false }
    }
}

impl Operator for Values {
    fn push(&mut self, _: usize, _: &Block, _: &mut Step<'_>) {}

    fn advance(&mut self, _: &[Millis], step: &mut Step<'_>) -> Millis {
        if !std::mem::replace(&mut self.done, true) {
            let scope = Scope { cells: &[], rowtime: step.now_ms, now_ms: step.now_ms };
            for row in &self.rows {
                let cells: Result<Vec<Cell>, RowError> = row.iter().map(|item| item.cell(&scope)).collect();
                match cells {
                    Ok(cells) => step.out.push(step.now_ms, cells),
                    Err(error) => step.fail(step.now_ms, &[], &error),
                }
            }
        }
        END_OF_TIME
    }

    fn save(&self, out: &mut Writer) {
        out.bool(self.done);
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        self.done = from.bool()?;
        Ok(())
    }
}
