//! Compiled expressions.

use super::RowError;
use crate::base::clock::Millis;
use crate::sql::types::Cell;
use std::fmt;

/// What an expression may see of a row.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The row's cells.
    pub cells: &'a [Cell],
    /// The row's ROWTIME.
    pub rowtime: Millis,
    /// The clock.
    pub now_ms: Millis,
}

/// A compiled computation.
pub type Eval = Box<dyn Fn(&Scope<'_>) -> Result<Cell, RowError> + Send + Sync>;

/// A compiled expression.
pub enum Operand {
    /// A cell of the row.
    Column(usize),
    /// The row's ROWTIME.
    Rowtime,
    /// Always the same.
    Constant(Cell),
    /// Anything else.
    Computed(Eval),
}

impl Operand {
    /// A computation as an operand.
    pub fn computed(eval: impl Fn(&Scope<'_>) -> Result<Cell, RowError> + Send + Sync + 'static) -> Self {
        Self::Computed(Box::new(eval))
    }

    /// The value for a row.
    #[inline]
    pub fn cell(&self, scope: &Scope<'_>) -> Result<Cell, RowError> {
        match self {
            Self::Column(place) => Ok(scope.cells[*place].clone()),
            Self::Rowtime => Ok(Cell::Int(scope.rowtime)),
            Self::Constant(cell) => Ok(cell.clone()),
            Self::Computed(eval) => eval(scope),
        }
    }

    /// What `read` makes of the value, which is not cloned.
    #[inline]
    pub fn with<R>(&self, scope: &Scope<'_>, read: impl FnOnce(&Cell) -> R) -> Result<R, RowError> {
        match self {
            Self::Column(place) => Ok(read(&scope.cells[*place])),
            Self::Rowtime => Ok(read(&Cell::Int(scope.rowtime))),
            Self::Constant(cell) => Ok(read(cell)),
            Self::Computed(eval) => eval(scope).map(|cell| read(&cell)),
        }
    }

    /// The value of a whole number, decimal, datetime or interval; `None` is NULL.
    #[inline]
    pub fn int(&self, scope: &Scope<'_>) -> Result<Option<i64>, RowError> {
        self.with(scope, Cell::as_int)
    }

    /// The value of a REAL or DOUBLE; `None` is NULL.
    #[inline]
    pub fn double(&self, scope: &Scope<'_>) -> Result<Option<f64>, RowError> {
        self.with(scope, Cell::as_double)
    }

    /// The truth value; `None` is UNKNOWN.
    #[inline]
    pub fn truth(&self, scope: &Scope<'_>) -> Result<Option<bool>, RowError> {
        self.with(scope, Cell::as_bool)
    }

    /// The value, when it is the same for every row.
    pub fn constant(&self) -> Option<&Cell> {
        if let Self::Constant(cell) = self { Some(cell) } else { None }
    }

    /// This operand, or its value when all of `from` are constants and it does not fail.
    pub(crate) fn folded(self, from_constants: bool) -> Self {
        let nowhere = Scope { cells: &[], rowtime: 0, now_ms: 0 };
        match self {
            Self::Computed(eval) if from_constants => eval(&nowhere).map_or(Self::Computed(eval), Self::Constant),
            other => other,
        }
    }
}

impl fmt::Debug for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(place) => write!(f, "column {place}"),
            Self::Rowtime => f.write_str("ROWTIME"),
            Self::Constant(cell) => write!(f, "{cell:?}"),
            Self::Computed(_) => f.write_str("computed"),
        }
    }
}
