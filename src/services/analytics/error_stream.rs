//! error_stream: the in-application stream of rows that could not be processed (developer guide, "Error Handling").
//!
//! The script cannot read it; as an output it is named `error_stream`, in lower case.

use super::mapping::{COERCION_ERROR, Rejected};
use crate::base::clock::Millis;
use crate::sql::program::ErrorRow;
use crate::sql::types::{Block, Cell, Column, DataType};
use std::fmt::Write;

/// Its name.
pub const NAME: &str = "error_stream";

/// The longest MESSAGE, in characters.
const MESSAGE_CHARACTERS_MAX: usize = 4096;

/// The longest DATA_ROW in bytes, before it is written as hexadecimal digits.
const DATA_ROW_BYTES_MAX: usize = super::mapping::DATA_ROW_CHARACTERS_MAX / 2;

/// The longest PUMP_NAME, in characters.
const PUMP_NAME_CHARACTERS_MAX: usize = 128;

/// Its columns.
pub fn columns() -> Vec<Column> {
    let column = |name: &str, data_type| Column { name: name.into(), data_type, nullable: true };
    vec![
        column("ERROR_TIME", DataType::Timestamp),
        column("ERROR_LEVEL", DataType::VarChar(10)),
        column("ERROR_NAME", DataType::VarChar(32)),
        column("MESSAGE", DataType::VarChar(4096)),
        column("DATA_ROWTIME", DataType::Timestamp),
        column("DATA_ROW", DataType::VarChar(49_152)),
        column("PUMP_NAME", DataType::VarChar(128)),
    ]
}

/// A record that did not fit the schema; no pump was at work, which the service writes as `null`.
pub fn push_rejected(block: &mut Block, now_ms: Millis, rejected: &Rejected) {
    let cells = [
        Cell::Int(now_ms),
        Cell::text("WARNING"),
        Cell::text(COERCION_ERROR),
        Cell::text(cut(&rejected.message, MESSAGE_CHARACTERS_MAX)),
        Cell::Int(now_ms),
        Cell::text(&rejected.data_row),
        Cell::text("null"),
    ];
    block.push(now_ms, cells);
}

/// A row at which a pump failed.
pub fn push_failed(block: &mut Block, now_ms: Millis, row: &ErrorRow) {
    let cells = [
        Cell::Int(row.time_ms),
        Cell::text(row.level),
        Cell::text(row.name),
        Cell::text(cut(&row.message, MESSAGE_CHARACTERS_MAX)),
        Cell::Int(row.rowtime),
        Cell::text(&hexadecimal(&row.row)),
        Cell::text(cut(&row.pump, PUMP_NAME_CHARACTERS_MAX)),
    ];
    block.push(now_ms, cells);
}

fn cut(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(at, _)| &text[..at])
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(2 * bytes.len().min(DATA_ROW_BYTES_MAX));
    for byte in &bytes[..bytes.len().min(DATA_ROW_BYTES_MAX)] {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02X}");
    }
    out
}
