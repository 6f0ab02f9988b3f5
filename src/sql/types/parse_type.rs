//! Type names as the input schema (RecordColumn.SqlType) and DDL write them.

use super::DataType;
use std::fmt;

/// The longest VARCHAR and CHAR. The reference says "less than 65535", public applications declare 65535 itself.
pub const CHARACTERS_MAX: u32 = 65_535;
/// The most digits a DECIMAL may be declared with; the reference says 18 and 19 in different places.
pub const DECIMAL_DIGITS_MAX: u8 = 19;
/// Digits of a DECIMAL without precision (SQL reference, "Numeric types and precision").
const DECIMAL_DIGITS: u8 = 18;

/// Why a text is not the name of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownType(String);

impl fmt::Display for UnknownType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownType {}

impl DataType {
    /// The type written as `text`: `INTEGER`, `varchar(16)`, `DECIMAL(5, 2)`, `DOUBLE PRECISION`, `CHARACTER VARYING(10)`.
    /// VARCHAR without a length is as long as can be, because public applications rely on it; CHAR and BINARY without one have length 1,
    /// as in the standard.
    pub fn parse(text: &str) -> Result<Self, UnknownType> {
        let (name, arguments) = split(text)?;
        let words: Vec<&str> = name.split_ascii_whitespace().collect();
        let simple = |data_type| if arguments.is_empty() { Ok(data_type) } else { Err(wrong(text, "takes no arguments")) };
        match words[..] {
            ["BOOLEAN"] => simple(Self::Boolean),
            ["TINYINT"] => simple(Self::TinyInt),
            ["SMALLINT"] => simple(Self::SmallInt),
            ["INTEGER" | "INT"] => simple(Self::Integer),
            ["BIGINT"] => simple(Self::BigInt),
            ["REAL"] => simple(Self::Real),
            ["DOUBLE" | "FLOAT"] | ["DOUBLE", "PRECISION"] => simple(Self::Double),
            ["DATE"] => simple(Self::Date),
            ["TIME"] => simple(Self::Time),
            ["TIMESTAMP"] => simple(Self::Timestamp),
            ["DECIMAL" | "DEC" | "NUMERIC"] => decimal(text, &arguments),
            ["CHAR" | "CHARACTER"] => Ok(Self::Char(length(text, &arguments, 1)?)),
            ["VARCHAR"] | ["CHAR" | "CHARACTER", "VARYING"] => Ok(Self::VarChar(length(text, &arguments, CHARACTERS_MAX)?)),
            ["BINARY"] => Ok(Self::Binary(length(text, &arguments, 1)?)),
            ["VARBINARY"] | ["BINARY", "VARYING"] => Ok(Self::VarBinary(length(text, &arguments, CHARACTERS_MAX)?)),
            _ => Err(UnknownType(format!("unknown type '{}'", text.trim()))),
        }
    }
}

/// Upper-case name and the numbers in brackets.
fn split(text: &str) -> Result<(String, Vec<u32>), UnknownType> {
    let text = text.trim();
    let Some((name, rest)) = text.split_once('(') else {
        return Ok((text.to_ascii_uppercase(), Vec::new()));
    };
    let list = rest.trim_end().strip_suffix(')').ok_or_else(|| wrong(text, "lacks its closing bracket"))?;
    let arguments = list.split(',').map(|n| n.trim().parse().map_err(|_| wrong(text, "takes whole numbers as arguments")));
    Ok((name.to_ascii_uppercase(), arguments.collect::<Result<_, _>>()?))
}

fn wrong(text: &str, why: &str) -> UnknownType {
    UnknownType(format!("type '{}' {why}", text.trim()))
}

fn length(text: &str, arguments: &[u32], default: u32) -> Result<u32, UnknownType> {
    match *arguments {
        [] => Ok(default),
        [n @ 1..=CHARACTERS_MAX] => Ok(n),
        _ => Err(wrong(text, "takes one length from 1 to 65535")),
    }
}

fn decimal(text: &str, arguments: &[u32]) -> Result<DataType, UnknownType> {
    let digit = |n: u32| u8::try_from(n).unwrap_or(u8::MAX);
    let (precision, scale) = match *arguments {
        [] => (DECIMAL_DIGITS, 0),
        [precision] => (digit(precision), 0),
        [precision, scale] => (digit(precision), digit(scale)),
        _ => return Err(wrong(text, "takes at most a precision and a scale")),
    };
    if !(1..=DECIMAL_DIGITS_MAX).contains(&precision) || scale > precision {
        return Err(wrong(text, "needs a precision from 1 to 19 and a scale up to it"));
    }
    Ok(DataType::Decimal { precision, scale })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_known() {
        let cases = [
            ("integer", DataType::Integer),
            (" INT ", DataType::Integer),
            ("varchar(16)", DataType::VarChar(16)),
            ("VARCHAR", DataType::VarChar(65_535)),
            ("Character Varying ( 10 )", DataType::VarChar(10)),
            ("CHAR", DataType::Char(1)),
            ("DECIMAL", DataType::Decimal { precision: 18, scale: 0 }),
            ("NUMERIC(5, 2)", DataType::Decimal { precision: 5, scale: 2 }),
            ("double precision", DataType::Double),
            ("FLOAT", DataType::Double),
            ("BINARY VARYING(3)", DataType::VarBinary(3)),
        ];
        for (text, expected) in cases {
            assert_eq!(DataType::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_type_is_said_so() {
        for text in
            ["", "STRING", "VARCHAR(0)", "VARCHAR(70000)", "VARCHAR(4", "INTEGER(4)", "DECIMAL(20,2)", "DECIMAL(3,4)", "CHAR(x)"]
        {
            assert!(DataType::parse(text).is_err(), "{text}");
        }
        assert_eq!(DataType::parse("STRING").unwrap_err().to_string(), "unknown type 'STRING'");
    }
}
