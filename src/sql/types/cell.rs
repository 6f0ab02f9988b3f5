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

    /// The text, when it is short enough and all of it is ASCII. The bytes go through two registers, without a call: this is made for
    /// every text cell of a row.
    #[inline]
    pub fn from_ascii(text: &[u8]) -> Option<Self> {
        let word = |at: usize| text.get(at..)?.first_chunk().map(|c| u64::from_le_bytes(*c));
        let half = |at: usize| text.get(at..)?.first_chunk().map(|c| u64::from(u32::from_le_bytes(*c)));
        let len = text.len();
        let (low, high) = match len {
            0 => (0, 0),
            1..=3 => {
                (u64::from(text[0]) | u64::from(text[len / 2]) << (len / 2 * 8) | u64::from(text[len - 1]) << ((len - 1) * 8), 0)
            }
            4..=7 => (half(0)? | half(len - 4)? << ((len - 4) * 8), 0),
            8 => (word(0)?, 0),
            9..=Self::CAPACITY => (word(0)?, word(len - 8)? >> ((16 - len) * 8)),
            _ => return None,
        };
        if (low | high) & 0x8080_8080_8080_8080 != 0 {
            return None;
        }
        let mut bytes = [0; Self::CAPACITY];
        bytes[..8].copy_from_slice(&low.to_le_bytes());
        bytes[8..].copy_from_slice(&high.to_le_bytes()[..6]);
        Some(Self { len: u8::try_from(len).ok()?, bytes })
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

    #[test]
    fn ascii_text_is_the_same_either_way() {
        let text = "abcdefghijklmnop";
        for len in 0..=text.len() {
            assert_eq!(ShortText::from_ascii(&text.as_bytes()[..len]), ShortText::new(&text[..len]), "{len}");
        }
        assert_eq!(ShortText::from_ascii("é".as_bytes()), None);
        assert_eq!(ShortText::from_ascii("0123456789é".as_bytes()), None);
    }
}
