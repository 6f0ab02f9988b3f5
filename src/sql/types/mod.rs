//! Data types, cells and rows: what flows through the engine.

mod cell;
mod data_type;
mod parse_type;
mod row;

pub use cell::{Cell, ShortText};
pub use data_type::{Column, DataType, IntervalQualifier, IntervalUnit};
pub use parse_type::{CHARACTERS_MAX, DECIMAL_DIGITS_MAX, UnknownType};
pub use row::{Block, Row};
