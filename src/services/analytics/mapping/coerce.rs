//! From the values of records to cells: the coercion table of the developer guide ("Mapping Streaming Source Elements to SQL Input
//! Columns"), one target a column, chosen when the schema is compiled.

use super::datetime;
use super::number::{self, Decimal};
use crate::sql::types::{Cell, DataType, ShortText};
use std::borrow::Cow;
use std::sync::Arc;

/// Why a value does not fit its column; becomes MESSAGE of error_stream. Boxed: it is rare, and results stay one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoercionError(pub Box<str>);

type Coerced = Result<Cell, CoercionError>;

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
    /// DECIMAL: unscaled values are below `limit` on both sides.
    Decimal {
        /// Digits after the point.
        scale: u8,
        /// Ten to the power of the precision.
        limit: i128,
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
            DataType::Decimal { precision, scale } => Self::Decimal { scale, limit: 10_i128.pow(precision.min(38).into()) },
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

    /// From a JSON string, its escapes undone, or a CSV field.
    pub fn string(self, text: &[u8]) -> Coerced {
        match self {
            Self::Text { characters, padded } => Ok(character(text, characters, padded)),
            Self::Timestamp => datetime::timestamp(text).map(Cell::Int).ok_or_else(|| no_timestamp(text)),
            Self::Date => datetime::date(text).map(Cell::Int).ok_or_else(|| no_timestamp(text)),
            Self::Time => datetime::time(text).map(Cell::Int).ok_or_else(|| input_string(text)),
            Self::Boolean => Ok(Cell::Bool(text.eq_ignore_ascii_case(b"true"))),
            Self::Bytes { bytes, padded } => {
                hexadecimal_literal(text).and_then(|v| binary(v, bytes, padded)).ok_or_else(|| input_string(text))
            }
            Self::Whole { .. } | Self::Decimal { .. } | Self::Real | Self::Double => self.number(text.trim_ascii()),
        }
    }

    /// From a JSON number, as written.
    pub fn number(self, text: &[u8]) -> Coerced {
        match self {
            Self::Whole { .. } => match number::integer_prefix(text) {
                Some((value, taken)) if taken == text.len() => self.whole(value),
                _ => Decimal::parse(text)
                    .and_then(Decimal::whole)
                    .map_or_else(|| Err(input_string(text)), |value| self.whole(value)),
            },
            Self::Double => number::double(text).map(Cell::Double).ok_or_else(|| input_string(text)),
            Self::Real => number::double(text).and_then(real).ok_or_else(|| input_string(text)),
            Self::Decimal { scale, limit } => {
                let value = Decimal::parse(text).and_then(|d| d.scaled(scale)).filter(|v| i128::from(*v).abs() < limit);
                value.map(Cell::Int).ok_or_else(|| input_string(text))
            }
            Self::Text { characters, padded } => Ok(character(text, characters, padded)),
            Self::Boolean => Decimal::parse(text).map(|d| Cell::Bool(d.is_nonzero())).ok_or_else(|| input_string(text)),
            Self::Bytes { .. } | Self::Date | Self::Time | Self::Timestamp => Err(self.cannot_hold("number", text)),
        }
    }

    /// From a whole number already read.
    pub fn whole(self, value: i64) -> Coerced {
        match self {
            Self::Whole { min, max } if (min..=max).contains(&value) => Ok(Cell::Int(value)),
            _ => self.number_out_of_range(value),
        }
    }

    #[cold]
    fn number_out_of_range(self, value: i64) -> Coerced {
        match self {
            Self::Whole { .. } => Err(input_string(value.to_string().as_bytes())),
            _ => self.number(value.to_string().as_bytes()),
        }
    }

    /// From JSON `true` or `false`.
    pub fn boolean(self, value: bool) -> Coerced {
        let (text, bit) = if value { ("true", 1) } else { ("false", 0) };
        match self {
            Self::Boolean => Ok(Cell::Bool(value)),
            Self::Whole { .. } => Ok(Cell::Int(bit.into())),
            Self::Decimal { .. } => self.number(&[b'0' + bit]),
            Self::Real | Self::Double => Ok(Cell::Double(bit.into())),
            Self::Text { characters, padded } => Ok(character(text.as_bytes(), characters, padded)),
            Self::Bytes { bytes, padded } => binary(vec![bit], bytes, padded).ok_or_else(|| input_string(text.as_bytes())),
            Self::Date | Self::Time | Self::Timestamp => Err(self.cannot_hold("boolean", text.as_bytes())),
        }
    }

    /// From an array or an object: its text without blanks, in character columns only.
    pub fn nested(self, json: &[u8]) -> Coerced {
        match self {
            Self::Text { characters, padded } => Ok(character(&compact(json), characters, padded)),
            _ => Err(self.cannot_hold("array or object", json)),
        }
    }

    #[cold]
    fn cannot_hold(self, what: &str, text: &[u8]) -> CoercionError {
        let name = match self {
            Self::Whole { .. } | Self::Decimal { .. } | Self::Real | Self::Double => "numeric",
            Self::Boolean => "BOOLEAN",
            Self::Text { .. } => "character",
            Self::Bytes { .. } => "binary",
            Self::Date => "DATE",
            Self::Time => "TIME",
            Self::Timestamp => "TIMESTAMP",
        };
        CoercionError(format!("A {name} column cannot hold the {what} {}", excerpt(text)).into())
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
    CoercionError(format!("For input string: \"{}\"", excerpt(text)).into())
}

/// The message of Java's Timestamp.valueOf, with the text added.
#[cold]
fn no_timestamp(text: &[u8]) -> CoercionError {
    CoercionError(format!("Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff]: \"{}\"", excerpt(text)).into())
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

    fn message(result: Coerced) -> String {
        result.unwrap_err().0.into()
    }

    #[test]
    fn numbers() {
        assert_eq!(target("INTEGER").number(b"123"), Ok(Cell::Int(123)));
        assert_eq!(target("TINYINT").number(b"-128"), Ok(Cell::Int(-128)));
        assert_eq!(message(target("TINYINT").number(b"128")), "For input string: \"128\"");
        assert_eq!(message(target("INTEGER").number(b"123.4")), "For input string: \"123.4\"");
        assert_eq!(target("BIGINT").number(b"-9223372036854775808"), Ok(Cell::Int(i64::MIN)));
        assert_eq!(target("DECIMAL(5,2)").number(b"33.119"), Ok(Cell::Int(3312)));
        assert!(target("DECIMAL(5,2)").number(b"1000").is_err());
        assert!(target("DECIMAL(5,2)").number(b"999.995").is_err());
        assert_eq!(target("REAL").number(b"0.1"), Ok(Cell::Double(f64::from(0.1_f32))));
        assert!(target("REAL").number(b"1e39").is_err());
        assert_eq!(target("VARCHAR(3)").number(b"12.50"), Ok(Cell::text("12.")));
        assert_eq!(target("BOOLEAN").number(b"0.0"), Ok(Cell::Bool(false)));
        assert_eq!(target("BOOLEAN").number(b"-2"), Ok(Cell::Bool(true)));
        assert!(target("TIMESTAMP").number(b"1560885836923").is_err());
    }

    #[test]
    fn strings() {
        assert_eq!(target("INTEGER").string(b" 42 "), Ok(Cell::Int(42)));
        assert_eq!(message(target("INTEGER").string(b"a")), "For input string: \"a\"");
        assert_eq!(target("VARCHAR(4)").string(b"FAIL "), Ok(Cell::text("FAIL")));
        assert_eq!(target("VARCHAR(2)").string("äöü".as_bytes()), Ok(Cell::text("äö")));
        assert_eq!(target("CHAR(4)").string("ü".as_bytes()), Ok(Cell::text("ü   ")));
        assert_eq!(target("VARCHAR(9)").string(b"a\xffb"), Ok(Cell::text("a\u{fffd}b")));
        assert_eq!(target("BOOLEAN").string(b"TRUE"), Ok(Cell::Bool(true)));
        assert_eq!(target("BOOLEAN").string(b"yes"), Ok(Cell::Bool(false)));
        assert_eq!(target("VARBINARY(4)").string(b"X'3F67'"), Ok(Cell::Bytes(Arc::new(vec![0x3f, 0x67]))));
        assert!(target("VARBINARY(1)").string(b"X'3F67'").is_err());
        assert!(target("VARBINARY(9)").string(b"3F67").is_err());
        assert_eq!(target("TIMESTAMP").string(b"1970-01-01 00:00:01"), Ok(Cell::Int(1000)));
        assert!(message(target("TIMESTAMP").string(b"now")).starts_with("Timestamp format must be"));
    }

    #[test]
    fn booleans_and_nested_values() {
        assert_eq!(target("INTEGER").boolean(true), Ok(Cell::Int(1)));
        assert_eq!(target("DECIMAL(4,2)").boolean(true), Ok(Cell::Int(100)));
        assert_eq!(target("VARCHAR(2)").boolean(false), Ok(Cell::text("fa")));
        assert_eq!(target("VARBINARY(1)").boolean(true), Ok(Cell::Bytes(Arc::new(vec![1]))));
        assert!(target("DATE").boolean(true).is_err());
        assert_eq!(target("VARCHAR(99)").nested(br#"[ {"a b": "c \" d" }, 1 ]"#), Ok(Cell::text(r#"[{"a b":"c \" d"},1]"#)));
        assert!(target("DOUBLE").nested(b"[1]").is_err());
    }
}
