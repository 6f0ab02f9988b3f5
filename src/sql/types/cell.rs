//! One value of a row, in sixteen bytes.
//!
//! The type is known from the column, so the cell holds only the value: whole numbers, decimals (unscaled), dates and times
//! as `i64`; short text inside the cell, without a heap allocation.

use std::fmt;
use std::sync::Arc;

/// A value, NULL included. What it means is said by the column's [`DataType`](super::DataType).
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// SQL NULL.
    #[default]
    Null,
    /// BOOLEAN.
    Bool(bool),
    /// TINYINT to BIGINT; DECIMAL without its scale; TIMESTAMP and DATE in ms since 1970; TIME in ms of the day;
    /// day-time intervals in ms, year-month intervals in months.
    Int(i64),
    /// REAL (already rounded to 32 bits) and DOUBLE.
    Double(f64),
    /// CHAR and VARCHAR of up to 14 bytes: length, then bytes.
    Short(ShortText),
    /// Longer CHAR and VARCHAR.
    Long(Arc<String>),
    /// BINARY and VARBINARY.
    Bytes(Arc<Vec<u8>>),
    /// The row value of a *_LOG_PARSE function.
    Row(Arc<Vec<Cell>>),
}

/// Text of up to 14 bytes of UTF-8, held in place; equal text has equal bytes (the rest is zero).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShortText {
    len: u8,
    bytes: [u8; ShortText::CAPACITY],
}

impl ShortText {
    /// The longest text kept inside a cell.
    pub const CAPACITY: usize = 14;

    /// The text, when it is short enough.
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; Self::CAPACITY];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { len: u8::try_from(text.len()).ok()?, bytes })
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// Its bytes and length as two words, for hashing.
    #[inline]
    pub(super) fn words(&self) -> (u64, u64) {
        let b = &self.bytes;
        let first = u64::from_ne_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]);
        let last = u64::from_ne_bytes([b[8], b[9], b[10], b[11], b[12], b[13], self.len, 0]);
        (first, last)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

impl fmt::Debug for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Cell {
    /// A cell of text, short or long.
    pub fn text(text: &str) -> Self {
        ShortText::new(text).map_or_else(|| Self::Long(Arc::new(text.to_owned())), Self::Short)
    }

    /// A cell of text that was allocated already; short text moves into the cell.
    pub fn owned_text(text: String) -> Self {
        ShortText::new(&text).map_or_else(|| Self::Long(Arc::new(text)), Self::Short)
    }

    /// The text of a CHAR or VARCHAR cell.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Short(text) => Some(text.as_str()),
            Self::Long(text) => Some(text),
            _ => None,
        }
    }

    /// The bytes of a CHAR or VARCHAR cell; cheaper than the text, which is checked to be UTF-8.
    #[inline]
    pub fn text_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Short(text) => Some(text.as_bytes()),
            Self::Long(text) => Some(text.as_bytes()),
            _ => None,
        }
    }

    /// The value of a whole number, decimal, datetime or interval cell.
    #[inline]
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(value) = self { Some(*value) } else { None }
    }

    /// The value of a REAL or DOUBLE cell.
    #[inline]
    pub fn as_double(&self) -> Option<f64> {
        if let Self::Double(value) = self { Some(*value) } else { None }
    }

    /// The value of a BOOLEAN cell; `None` is UNKNOWN.
    #[inline]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// Whether it is NULL.
    #[inline]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_takes_sixteen_bytes() {
        assert_eq!(size_of::<Cell>(), 16);
    }

    #[test]
    fn text_keeps_its_bytes() {
        for text in ["", "OK", "fourteen bytes", "fifteen bytes ..", "é", "日本語日本語"] {
            assert_eq!(Cell::text(text).as_str(), Some(text));
        }
        assert!(matches!(Cell::text("fourteen bytes"), Cell::Short(_)));
    }
}
