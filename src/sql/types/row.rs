//! Rows and blocks of rows.

use super::Cell;
use crate::base::clock::Millis;

/// A row: its ROWTIME and one cell a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Milliseconds since 1970; never smaller than that of the row before it in the same stream.
    pub rowtime: Millis,
    /// The cells, in column order.
    pub cells: Vec<Cell>,
}

/// Rows of one width in one allocation; what operators hand to each other, and reuse.
#[derive(Clone, Debug, Default)]
pub struct Block {
    width: usize,
    rowtimes: Vec<Millis>,
    cells: Vec<Cell>,
}

impl Block {
    /// An empty block of rows of `width` columns.
    pub fn new(width: usize) -> Self {
        Self { width, rowtimes: Vec::new(), cells: Vec::new() }
    }

    /// How many columns a row has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rowtimes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rowtimes.is_empty()
    }

    /// Forgets the rows, keeps the memory.
    pub fn clear(&mut self) {
        self.rowtimes.clear();
        self.cells.clear();
    }

    /// Adds a row; `cells` must give exactly `width` cells.
    pub fn push(&mut self, rowtime: Millis, cells: impl IntoIterator<Item = Cell>) {
        self.rowtimes.push(rowtime);
        self.cells.extend(cells);
        debug_assert_eq!(self.cells.len(), self.width * self.rowtimes.len(), "a row has one cell a column");
    }

    /// Adds a row of NULLs and gives its cells to be filled.
    pub fn push_empty(&mut self, rowtime: Millis) -> &mut [Cell] {
        let start = self.cells.len();
        self.rowtimes.push(rowtime);
        self.cells.resize(start + self.width, Cell::Null);
        &mut self.cells[start..]
    }

    /// Takes back the row added last.
    pub fn pop(&mut self) {
        self.rowtimes.pop();
        self.cells.truncate(self.width * self.rowtimes.len());
    }

    /// The ROWTIME of a row.
    pub fn rowtime(&self, row: usize) -> Millis {
        self.rowtimes[row]
    }

    /// The cells of a row.
    pub fn cells(&self, row: usize) -> &[Cell] {
        &self.cells[row * self.width..(row + 1) * self.width]
    }

    /// ROWTIME and cells of each row.
    pub fn rows(&self) -> impl Iterator<Item = (Millis, &[Cell])> {
        (0..self.len()).map(|row| (self.rowtime(row), self.cells(row)))
    }
}
