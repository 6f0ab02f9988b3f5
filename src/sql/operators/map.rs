//! Filters and projections, several of them in one pass over the rows.

use super::{END_OF_TIME, Operator, Reader, Step, Writer};
use crate::base::clock::Millis;
use crate::sql::expressions::{Compiler, ErrorKind, Operand, RowError, Scope};
use crate::sql::plan::{Expr, ExprKind};
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
    /// `None` keeps the row as it is.
    items: Option<Vec<Item>>,
    computed: Vec<Operand>,
    /// The values of `computed` for the row at hand.
    values: Vec<Cell>,
    required: Vec<(usize, String)>,
    promotion: Option<Promotion>,
}

/// Where an output cell comes from.
#[derive(Debug)]
enum Item {
    /// A column that no other item copies: its cell can be moved.
    Move(usize),
    Copy(usize),
    Rowtime,
    Constant(Cell),
    /// A place in `values`.
    Computed(usize),
}

/// `… AS ROWTIME`: the ROWTIME of the output comes from data, so the clock says nothing about it.
#[derive(Debug)]
struct Promotion {
    rowtime: Operand,
    high_water: Millis,
}

impl Map {
    pub(super) fn new(mapping: &Mapping, compiler: Compiler) -> Self {
        let mut computed = Vec::new();
        let items = mapping.items.as_ref().map(|exprs| {
            let copies = |place| exprs.iter().filter(|expr| expr.kind == ExprKind::Column(place)).count();
            let item = |expr| match compiler.compile(expr) {
                Operand::Column(place) if copies(place) == 1 => Item::Move(place),
                Operand::Column(place) => Item::Copy(place),
                Operand::Rowtime => Item::Rowtime,
                Operand::Constant(cell) => Item::Constant(cell),
                operand @ Operand::Computed(_) => {
                    computed.push(operand);
                    Item::Computed(computed.len() - 1)
                }
            };
            exprs.iter().map(item).collect()
        });
        let promotion = |rowtime| Promotion { rowtime: compiler.compile(rowtime), high_water: Millis::MIN };
        Self {
            predicates: compiler.compile_all(&mapping.predicates),
            items,
            values: vec![Cell::Null; computed.len()],
            computed,
            required: mapping.required.clone(),
            promotion: mapping.rowtime.as_ref().map(promotion),
        }
    }

    /// Computes what must be computed and returns the output's ROWTIME; `None` when there is no output.
    #[inline]
    fn evaluate(&mut self, scope: &Scope<'_>) -> Result<Option<Millis>, RowError> {
        for predicate in &self.predicates {
            if predicate.truth(scope)? != Some(true) {
                return Ok(None);
            }
        }
        let mut rowtime = scope.rowtime;
        if let Some(promotion) = &self.promotion {
            match promotion.rowtime(scope)? {
                Some(promoted) => rowtime = promoted,
                None => return Ok(None),
            }
        }
        for (value, computed) in self.values.iter_mut().zip(&self.computed) {
            *value = computed.cell(scope)?;
        }
        if !self.required.is_empty() {
            self.check_required(scope)?;
        }
        if let Some(promotion) = &mut self.promotion {
            promotion.high_water = rowtime;
        }
        Ok(Some(rowtime))
    }

    /// Fails when a column that may not be NULL would be.
    fn check_required(&self, scope: &Scope<'_>) -> Result<(), RowError> {
        let is_null = |place: usize| match self.items.as_ref().map(|items| &items[place]) {
            Some(Item::Move(column) | Item::Copy(column)) => scope.cells[*column].is_null(),
            Some(Item::Computed(value)) => self.values[*value].is_null(),
            Some(Item::Constant(cell)) => cell.is_null(),
            Some(Item::Rowtime) => false,
            None => scope.cells[place].is_null(),
        };
        match self.required.iter().find(|(place, _)| is_null(*place)) {
            Some((_, name)) => Err(RowError::new(ErrorKind::NotNull, format!("Column '{name}' does not allow NULL"))),
            None => Ok(()),
        }
    }

    /// Emits the row whose computed values are there; `cell` copies a column, or moves it when nothing else needs it.
    #[inline]
    fn emit(&mut self, rowtimes: (Millis, Millis), width: usize, out: &mut Block, mut cell: impl FnMut(usize, bool) -> Cell) {
        let (rowtime, of_input) = rowtimes;
        let Some(items) = &self.items else {
            return out.push(rowtime, (0..width).map(|column| cell(column, true)));
        };
        let values = &mut self.values;
        out.push(
            rowtime,
            items.iter().map(|item| match item {
                Item::Move(column) => cell(*column, true),
                Item::Copy(column) => cell(*column, false),
                Item::Rowtime => Cell::Int(of_input),
                Item::Constant(cell) => cell.clone(),
                Item::Computed(value) => std::mem::take(&mut values[*value]),
            }),
        );
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
            match self.evaluate(&step.scope(rowtime, cells)) {
                Ok(None) => {}
                Ok(Some(promoted)) => self.emit((promoted, rowtime), cells.len(), step.out, |column, _| cells[column].clone()),
                Err(error) => step.fail(rowtime, cells, &error),
            }
        }
    }

    fn take(&mut self, _: usize, rows: &mut Block, step: &mut Step<'_>) {
        for row in 0..rows.len() {
            let rowtime = rows.rowtime(row);
            let cells = rows.cells_mut(row);
            match self.evaluate(&step.scope(rowtime, cells)) {
                Ok(None) => {}
                Ok(Some(promoted)) => self.emit((promoted, rowtime), cells.len(), step.out, |column, last| {
                    if last { std::mem::take(&mut cells[column]) } else { cells[column].clone() }
                }),
                Err(error) => step.fail(rowtime, cells, &error),
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
