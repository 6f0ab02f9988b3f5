//! From the values of records to cells: the coercion table of the developer guide ("Mapping Streaming Source Elements to SQL Input
//! Columns"), one target a column, chosen when the schema is compiled.

use super::datetime;
use super::number::{self, Decimal};
use crate::sql::types::{Cell, DECIMAL_DIGITS_MAX, DataType, ShortText};
use std::borrow::Cow;
use std::sync::Arc;

/// Why a value does not fit its column; becomes MESSAGE of error_stream. Boxed: it is rare, and results stay one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoercionError(pub Box<String>);

type Coerced = Result<(), CoercionError>;

/// What a column takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// TINYINT to BIGINT.
    Whole {
        /// The least value of the type.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// DECIMAL.
    Decimal {
        /// All digits.
        precision: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// REAL.
    Real,
    /// DOUBLE.
    Double,
    /// BOOLEAN.
    Boolean,
    /// CHAR and VARCHAR.
    Text {
        /// Its length in characters; what is longer is cut without a word.
        characters: u32,
        /// CHAR: what is shorter is filled with blanks.
        padded: bool,
    },
    /// BINARY and VARBINARY.
    Bytes {
        /// Its length in bytes.
        bytes: u32,
        /// BINARY: what is shorter is filled with zero bytes.
        padded: bool,
    },
    /// DATE.
    Date,
    /// TIME.
    Time,
    /// TIMESTAMP.
    Timestamp,
}

impl Target {
    /// The target of a column type; `None` for what cannot be a column.
    pub fn of(data_type: &DataType) -> Option<Self> {
        Some(match *data_type {
            DataType::Boolean => Self::Boolean,
            DataType::TinyInt => Self::Whole { min: i8::MIN.into(), max: i8::MAX.into() },
            DataType::SmallInt => Self::Whole { min: i16::MIN.into(), max: i16::MAX.into() },
            DataType::Integer => Self::Whole { min: i32::MIN.into(), max: i32::MAX.into() },
            DataType::BigInt => Self::Whole { min: i64::MIN, max: i64::MAX },
            DataType::Decimal { precision, scale } => Self::Decimal { precision, scale },
            DataType::Real => Self::Real,
            DataType::Double => Self::Double,
            DataType::Char(characters) => Self::Text { characters, padded: true },
            DataType::VarChar(characters) => Self::Text { characters, padded: false },
            DataType::Binary(bytes) => Self::Bytes { bytes, padded: true },
            DataType::VarBinary(bytes) => Self::Bytes { bytes, padded: false },
            DataType::Date => Self::Date,
            DataType::Time => Self::Time,
            DataType::Timestamp => Self::Timestamp,
            DataType::Null | DataType::Interval(_) | DataType::Row(_) => return None,
        })
    }

    /// How many bytes a value may take beyond those it has in the record.
    pub fn padding(self) -> usize {
        match self {
            Self::Text { characters: length, padded: true } | Self::Bytes { bytes: length, padded: true } => length as usize,
            _ => 0,
        }
    }

    /// Fills a cell from a JSON string, its escapes undone, or a CSV field.
    #[inline]
    pub fn string(&self, text: &[u8], cell: &mut Cell) -> Coerced {
        if let Self::Text { characters, padded: false } = *self
            && let Some(short) = ShortText::from_ascii(&text[..text.len().min(characters as usize)])
        {
            *cell = Cell::Short(short);
            return Ok(());
        }
        if let Self::Timestamp = self {
            *cell = Cell::Int(datetime::timestamp(text).ok_or_else(|| no_timestamp(text))?);
            return Ok(());
        }
        self.any_string(text, cell)
    }

    #[inline(never)]
    fn any_string(&self, text: &[u8], cell: &mut Cell) -> Coerced {
        *cell = match *self {
            Self::Text { characters, padded } => character(text, characters, padded),
            Self::Timestamp => Cell::Int(datetime::timestamp(text).ok_or_else(|| no_timestamp(text))?),
            Self::Date => Cell::Int(datetime::date(text).ok_or_else(|| no_timestamp(text))?),
            Self::Time => Cell::Int(datetime::time(text).ok_or_else(|| input_string(text))?),
            Self::Boolean => Cell::Bool(text.eq_ignore_ascii_case(b"true")),
            Self::Bytes { bytes, padded } => {
                hexadecimal_literal(text).and_then(|v| binary(v, bytes, padded)).ok_or_else(|| input_string(text))?
            }
            Self::Whole { .. } | Self::Decimal { .. } | Self::Real | Self::Double => return self.number(text.trim_ascii(), cell),
        };
        Ok(())
    }

    /// Fills a cell from a JSON number, as written.
    pub fn number(&self, text: &[u8], cell: &mut Cell) -> Coerced {
        let value = match *self {
            Self::Whole { .. } => match number::integer_prefix(text) {
                Some((value, taken)) if taken == text.len() => return self.whole(value, cell),
                _ => match Decimal::parse(text).and_then(Decimal::whole) {
                    Some(value) => return self.whole(value, cell),
                    None => None,
                },
            },
            Self::Double => number::double(text).map(Cell::Double),
            Self::Real => number::double(text).and_then(real),
            Self::Decimal { precision, scale } => {
                let fits = |value: &i64| i128::from(*value).abs() < 10_i128.pow(precision.min(DECIMAL_DIGITS_MAX).into());
                Decimal::parse(text).and_then(|d| d.scaled(scale)).filter(fits).map(Cell::Int)
            }
            Self::Text { characters, padded } => Some(character(text, characters, padded)),
            Self::Boolean => Decimal::parse(text).map(|d| Cell::Bool(d.is_nonzero())),
            Self::Bytes { .. } | Self::Date | Self::Time | Self::Timestamp => return Err(self.cannot_hold("number", text)),
        };
        *cell = value.ok_or_else(|| input_string(text))?;
        Ok(())
    }

    /// Fills a cell of a whole number that is read already.
    #[inline]
    pub fn whole(&self, value: i64, cell: &mut Cell) -> Coerced {
        match self {
            Self::Whole { min, max } if (min..=max).contains(&&value) => {
                *cell = Cell::Int(value);
                Ok(())
            }
            _ => Err(input_string(value.to_string().as_bytes())),
        }
    }

    /// Fills a cell from JSON `true` or `false`.
    pub fn boolean(&self, value: bool, cell: &mut Cell) -> Coerced {
        let (text, bit) = if value { ("true", 1) } else { ("false", 0) };
        *cell = match *self {
            Self::Boolean => Cell::Bool(value),
            Self::Whole { .. } => Cell::Int(bit.into()),
            Self::Decimal { .. } => return self.number(&[b'0' + bit], cell),
            Self::Real | Self::Double => Cell::Double(bit.into()),
            Self::Text { characters, padded } => character(text.as_bytes(), characters, padded),
            Self::Bytes { bytes, padded } => binary(vec![bit], bytes, padded).ok_or_else(|| input_string(text.as_bytes()))?,
            Self::Date | Self::Time | Self::Timestamp => return Err(self.cannot_hold("boolean", text.as_bytes())),
        };
        Ok(())
    }

    /// Fills a cell from an array or an object: its text without blanks, in character columns only.
    pub fn nested(&self, json: &[u8], cell: &mut Cell) -> Coerced {
        let Self::Text { characters, padded } = *self else {
            return Err(self.cannot_hold("array or object", json));
        };
        *cell = character(&compact(json), characters, padded);
        Ok(())
    }

    #[cold]
    fn cannot_hold(&self, what: &str, text: &[u8]) -> CoercionError {
        let name = match self {
            Self::Whole { .. } | Self::Decimal { .. } | Self::Real | Self::Double => "numeric",
            Self::Boolean => "BOOLEAN",
            Self::Text { .. } => "character",
            Self::Bytes { .. } => "binary",
            Self::Date => "DATE",
            Self::Time => "TIME",
            Self::Timestamp => "TIMESTAMP",
        };
        CoercionError(Box::new(format!("A {name} column cannot hold the {what} {}", excerpt(text))))
    }
}

/// How much of a value is shown in a message, in bytes; MESSAGE is VARCHAR(4096).
const EXCERPT_MAX: usize = 1_000;

fn excerpt(text: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(&text[..text.len().min(EXCERPT_MAX)])
}

/// Java's NumberFormatException, recorded from the service.
#[cold]
fn input_string(text: &[u8]) -> CoercionError {
    CoercionError(Box::new(format!("For input string: \"{}\"", excerpt(text))))
}

/// The message of Java's Timestamp.valueOf, with the text added.
#[cold]
fn no_timestamp(text: &[u8]) -> CoercionError {
    CoercionError(Box::new(format!("Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff]: \"{}\"", excerpt(text))))
}

/// A double that a REAL can hold, rounded to 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "rounding is what REAL means")]
fn real(value: f64) -> Option<Cell> {
    let rounded = value as f32;
    rounded.is_finite().then(|| Cell::Double(rounded.into()))
}

/// Text, cut or filled to its length. Bytes that are no UTF-8 become U+FFFD.
fn character(text: &[u8], characters: u32, padded: bool) -> Cell {
    let text = match std::str::from_utf8(text) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(text),
    };
    let length = characters as usize;
    let text = if text.len() <= length { &*text } else { cut(&text, length) };
    if padded { filled(text, length) } else { ShortText::new(text).map_or_else(|| Cell::text(text), Cell::Short) }
}

fn cut(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

fn filled(text: &str, length: usize) -> Cell {
    let missing = length - text.chars().count();
    if missing == 0 { Cell::text(text) } else { Cell::text(&format!("{text}{}", " ".repeat(missing))) }
}

fn binary(mut value: Vec<u8>, length: u32, padded: bool) -> Option<Cell> {
    let length = length as usize;
    if value.len() > length {
        return None;
    }
    if padded {
        value.resize(length, 0);
    }
    Some(Cell::Bytes(Arc::new(value)))
}

/// `X'3F67A23A'`.
fn hexadecimal_literal(text: &[u8]) -> Option<Vec<u8>> {
    let (b"X'" | b"x'", rest) = text.trim_ascii().split_at_checked(2)? else {
        return None;
    };
    let digits = rest.strip_suffix(b"'").filter(|d| d.len() % 2 == 0)?;
    let nibble = |byte: u8| char::from(byte).to_digit(16).and_then(|n| u8::try_from(n).ok());
    digits.chunks_exact(2).map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?)).collect()
}

/// JSON without the blanks outside of strings.
fn compact(json: &[u8]) -> Vec<u8> {
    let (mut inside, mut escaped) = (false, false);
    let keep = |byte: &u8| {
        let kept = inside || !byte.is_ascii_whitespace();
        if *byte == b'"' && !escaped {
            inside = !inside;
        }
        escaped = inside && *byte == b'\\' && !escaped;
        kept
    };
    json.iter().copied().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(name: &str) -> Target {
        Target::of(&DataType::parse(name).unwrap()).unwrap()
    }

    fn message(result: Result<Cell, CoercionError>) -> String {
        *result.unwrap_err().0
    }

    fn number(name: &str, text: &str) -> Result<Cell, CoercionError> {
        let mut cell = Cell::Null;
        target(name).number(text.as_bytes(), &mut cell).map(|()| cell)
    }

    fn string(name: &str, text: impl AsRef<[u8]>) -> Result<Cell, CoercionError> {
        let mut cell = Cell::Null;
        target(name).string(text.as_ref(), &mut cell).map(|()| cell)
    }

    fn boolean(name: &str, value: bool) -> Result<Cell, CoercionError> {
        let mut cell = Cell::Null;
        target(name).boolean(value, &mut cell).map(|()| cell)
    }

    #[test]
    fn numbers() {
        assert_eq!(number("INTEGER", "123"), Ok(Cell::Int(123)));
        assert_eq!(number("TINYINT", "-128"), Ok(Cell::Int(-128)));
        assert_eq!(message(number("TINYINT", "128")), "For input string: \"128\"");
        assert_eq!(message(number("INTEGER", "123.4")), "For input string: \"123.4\"");
        assert_eq!(number("BIGINT", "-9223372036854775808"), Ok(Cell::Int(i64::MIN)));
        assert_eq!(number("DECIMAL(5,2)", "33.119"), Ok(Cell::Int(3312)));
        assert!(number("DECIMAL(5,2)", "1000").is_err());
        assert!(number("DECIMAL(5,2)", "999.995").is_err());
        assert_eq!(number("REAL", "0.1"), Ok(Cell::Double(f64::from(0.1_f32))));
        assert!(number("REAL", "1e39").is_err());
        assert_eq!(number("VARCHAR(3)", "12.50"), Ok(Cell::text("12.")));
        assert_eq!(number("BOOLEAN", "0.0"), Ok(Cell::Bool(false)));
        assert_eq!(number("BOOLEAN", "-2"), Ok(Cell::Bool(true)));
        assert!(number("TIMESTAMP", "1560885836923").is_err());
    }

    #[test]
    fn strings() {
        assert_eq!(string("INTEGER", b" 42 "), Ok(Cell::Int(42)));
        assert_eq!(message(string("INTEGER", b"a")), "For input string: \"a\"");
        assert_eq!(string("VARCHAR(4)", b"FAIL "), Ok(Cell::text("FAIL")));
        assert_eq!(string("VARCHAR(2)", "äöü".as_bytes()), Ok(Cell::text("äö")));
        assert_eq!(string("CHAR(4)", "ü".as_bytes()), Ok(Cell::text("ü   ")));
        assert_eq!(string("VARCHAR(9)", b"a\xffb"), Ok(Cell::text("a\u{fffd}b")));
        assert_eq!(string("BOOLEAN", b"TRUE"), Ok(Cell::Bool(true)));
        assert_eq!(string("BOOLEAN", b"yes"), Ok(Cell::Bool(false)));
        assert_eq!(string("VARBINARY(4)", b"X'3F67'"), Ok(Cell::Bytes(Arc::new(vec![0x3f, 0x67]))));
        assert!(string("VARBINARY(1)", b"X'3F67'").is_err());
        assert!(string("VARBINARY(9)", b"3F67").is_err());
        assert_eq!(string("TIMESTAMP", b"1970-01-01 00:00:01"), Ok(Cell::Int(1000)));
        assert!(message(string("TIMESTAMP", b"now")).starts_with("Timestamp format must be"));
    }

    #[test]
    fn booleans_and_nested_values() {
        assert_eq!(boolean("INTEGER", true), Ok(Cell::Int(1)));
        assert_eq!(boolean("DECIMAL(4,2)", true), Ok(Cell::Int(100)));
        assert_eq!(boolean("VARCHAR(2)", false), Ok(Cell::text("fa")));
        assert_eq!(boolean("VARBINARY(1)", true), Ok(Cell::Bytes(Arc::new(vec![1]))));
        assert!(boolean("DATE", true).is_err());
        let mut cell = Cell::Null;
        assert_eq!(target("VARCHAR(99)").nested(br#"[ {"a b": "c \" d" }, 1 ]"#, &mut cell), Ok(()));
        assert_eq!(cell, Cell::text(r#"[{"a b":"c \" d"},1]"#));
        assert!(target("DOUBLE").nested(b"[1]", &mut cell).is_err());
    }
}
