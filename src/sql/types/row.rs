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
    #[inline]
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
    #[inline]
    pub fn push(&mut self, rowtime: Millis, cells: impl IntoIterator<Item = Cell>) {
        self.rowtimes.push(rowtime);
        self.cells.extend(cells);
        debug_assert_eq!(self.cells.len(), self.width * self.rowtimes.len(), "a row has one cell a column");
    }

    /// Adds a row of NULLs and gives its cells to be filled.
    #[inline]
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

    /// Keeps the first `rows` rows.
    pub fn truncate(&mut self, rows: usize) {
        self.rowtimes.truncate(rows);
        self.cells.truncate(self.width * self.rowtimes.len());
    }

    /// Adds a copy of a row.
    #[inline]
    pub fn push_row(&mut self, rowtime: Millis, cells: &[Cell]) {
        debug_assert_eq!(cells.len(), self.width, "a row has one cell a column");
        self.rowtimes.push(rowtime);
        self.cells.extend_from_slice(cells);
    }

    /// Adds a row whose cells `fill` appends. When `fill` fails, or appends another number of cells, there is no row.
    #[inline]
    pub fn push_with<E>(&mut self, rowtime: Millis, fill: impl FnOnce(&mut Vec<Cell>) -> Result<(), E>) -> Result<(), E> {
        let filled = fill(&mut self.cells);
        let whole = self.width * (self.rowtimes.len() + 1);
        if filled.is_ok() && self.cells.len() == whole {
            self.rowtimes.push(rowtime);
        } else {
            self.cells.truncate(whole - self.width);
        }
        filled
    }

    /// Moves all rows of `other` to the end of this block; both have the same width.
    pub fn append(&mut self, other: &mut Block) {
        if self.is_empty() {
            std::mem::swap(self, other);
            return;
        }
        debug_assert_eq!(self.width, other.width, "blocks of one stream have one width");
        self.rowtimes.append(&mut other.rowtimes);
        self.cells.append(&mut other.cells);
    }

    /// The ROWTIME of the last row.
    pub fn last_rowtime(&self) -> Option<Millis> {
        self.rowtimes.last().copied()
    }

    /// The ROWTIME of a row.
    #[inline]
    pub fn rowtime(&self, row: usize) -> Millis {
        self.rowtimes[row]
    }

    /// Changes the ROWTIME of a row.
    #[inline]
    pub fn set_rowtime(&mut self, row: usize, rowtime: Millis) {
        self.rowtimes[row] = rowtime;
    }

    /// The cells of a row.
    #[inline]
    pub fn cells(&self, row: usize) -> &[Cell] {
        &self.cells[row * self.width..(row + 1) * self.width]
    }

    /// The cells of a row, to be moved out.
    #[inline]
    pub fn cells_mut(&mut self, row: usize) -> &mut [Cell] {
        &mut self.cells[row * self.width..(row + 1) * self.width]
    }

    /// ROWTIME and cells of each row.
    pub fn rows(&self) -> impl Iterator<Item = (Millis, &[Cell])> {
        (0..self.len()).map(|row| (self.rowtime(row), self.cells(row)))
    }
}
