//! Data types, cells and rows: what flows through the engine.

mod calendar;
mod cell;
mod conversion;
mod data_type;
mod decimal;
mod key;
mod number;
pub mod parse;
mod parse_type;
mod row;
mod text;

pub use calendar::{Civil, DAY_MS, civil, days_of, write_timestamp};
pub(crate) use calendar::{add_months, month_length};
pub use cell::{Cell, ShortText};
pub use conversion::{can_assign, can_cast};
pub use data_type::{Column, DataType, IntervalQualifier, IntervalUnit, MAX_PRECISION, MAX_VARCHAR};
pub use decimal::{POWERS_OF_TEN, divide_rounded, rescale, rescale_exact};
pub use key::{compare, hash_cell, hash_cells};
pub(crate) use number::{nearest_real, whole_part};
pub use parse_type::{CHARACTERS_MAX, DECIMAL_DIGITS_MAX, UnknownType};
pub use row::{Block, Row};
pub use text::{write_cell, write_double, write_real};
