//! Several expressions evaluated together for each row.

use super::{Operand, RowError, Scope};
use crate::sql::types::Cell;

/// Expressions with room for their values: columns are read in place, only computed values are stored.
#[derive(Debug, Default)]
pub struct Operands {
    list: Vec<Operand>,
    values: Vec<Cell>,
    /// The places that need computing.
    computed: Vec<usize>,
}

impl Operands {
    /// Room for the values of `list`.
    pub fn new(list: Vec<Operand>) -> Self {
        let computed = (0..list.len()).filter(|place| matches!(list[*place], Operand::Computed(_) | Operand::Rowtime)).collect();
        Self { values: vec![Cell::Null; list.len()], list, computed }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Computes what must be computed for a row.
    #[inline]
    pub fn evaluate(&mut self, scope: &Scope<'_>) -> Result<(), RowError> {
        for place in &self.computed {
            self.values[*place] = self.list[*place].cell(scope)?;
        }
        Ok(())
    }

    /// The value at `place` for the row with these cells, for which [`Operands::evaluate`] was called.
    #[inline]
    pub fn get<'a>(&'a self, place: usize, cells: &'a [Cell]) -> &'a Cell {
        match &self.list[place] {
            Operand::Column(column) => &cells[*column],
            Operand::Constant(cell) => cell,
            Operand::Computed(_) | Operand::Rowtime => &self.values[place],
        }
    }

    /// All values for the row.
    #[inline]
    pub fn iter<'a>(&'a self, cells: &'a [Cell]) -> impl ExactSizeIterator<Item = &'a Cell> + Clone {
        (0..self.list.len()).map(|place| self.get(place, cells))
    }
}
