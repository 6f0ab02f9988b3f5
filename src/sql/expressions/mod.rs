//! Expressions, compiled once into closures over a row.
//!
//! [`Compiler::compile`] turns a plan's [`Expr`](crate::sql::plan::Expr) into an [`Operand`]: what kinds of values there are is decided then, so that
//! evaluating a row looks up no name and no type. Columns and constants are read in place, without a call.

mod cast;
mod compile;
mod error;
mod logic;
mod operand;
mod operands;
mod time;

pub use cast::exact;
pub(crate) use cast::{Conversion, converter, fitting, range};
pub use compile::Compiler;
pub use error::{ErrorKind, RowError};
pub use operand::{Eval, Operand, Scope};
pub use operands::Operands;
