//! Data types, cells and rows: what flows through the engine.

mod cell;
mod data_type;
mod row;

pub use cell::{Cell, ShortText};
pub use data_type::{Column, DataType, IntervalQualifier, IntervalUnit};
pub use row::{Block, Row};
