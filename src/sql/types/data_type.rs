//! The SQL types of the dialect (SQL reference, "Data Types").

use std::fmt;

/// A column's or an expression's type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DataType {
    /// The type of a bare NULL literal; fits every type.
    Null,
    /// BOOLEAN.
    Boolean,
    /// 8-bit whole number.
    TinyInt,
    /// 16-bit whole number.
    SmallInt,
    /// 32-bit whole number.
    Integer,
    /// 64-bit whole number.
    BigInt,
    /// Exact decimal: `precision` digits (1 to 19; results are capped at 18), `scale` of them after the point.
    Decimal {
        /// All digits.
        precision: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// 32-bit IEEE number.
    Real,
    /// 64-bit IEEE number; FLOAT too.
    Double,
    /// Blank-padded text of exactly this many characters.
    Char(u32),
    /// Text of up to this many characters.
    VarChar(u32),
    /// Bytes, exactly so many.
    Binary(u32),
    /// Bytes, up to so many.
    VarBinary(u32),
    /// A day.
    Date,
    /// A time of day, ms.
    Time,
    /// An instant without zone (UTC), ms.
    Timestamp,
    /// Only in expressions.
    Interval(IntervalQualifier),
    /// Result of the log-parsing functions: fields by name.
    Row(std::sync::Arc<Vec<Column>>),
}

/// `DAY(2) TO SECOND(3)`: from the larger field to the smaller one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IntervalQualifier {
    /// The leading field.
    pub from: IntervalUnit,
    /// The trailing field; the same as `from` for one-field intervals.
    pub to: IntervalUnit,
    /// Digits of the leading field, 1 to 10; 2 where not written.
    pub precision: u8,
    /// Digits of fractional seconds; 3 where not written.
    pub fraction: u8,
}

/// The fields of intervals, of EXTRACT and of FLOOR … TO.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IntervalUnit {
    /// Calendar year.
    Year,
    /// Calendar month.
    Month,
    /// 24 hours.
    Day,
    /// 60 minutes.
    Hour,
    /// 60 seconds.
    Minute,
    /// 1,000 ms.
    Second,
}

/// A column of a stream, a table or a query's result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// The name as stored: upper case where it was not quoted.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// Whether NULL may stand in it.
    pub nullable: bool,
}

impl IntervalQualifier {
    /// A qualifier with the default precisions: two digits, three of them for fractional seconds.
    pub const fn new(from: IntervalUnit, to: IntervalUnit) -> Self {
        Self { from, to, precision: 2, fraction: 3 }
    }

    /// Whether the interval counts months (YEAR, MONTH) rather than milliseconds.
    pub fn is_year_month(self) -> bool {
        self.to <= IntervalUnit::Month
    }
}

impl IntervalUnit {
    /// Milliseconds of the unit; 0 for YEAR and MONTH, which have no fixed length.
    pub const fn millis(self) -> i64 {
        match self {
            Self::Year | Self::Month => 0,
            Self::Day => 86_400_000,
            Self::Hour => 3_600_000,
            Self::Minute => 60_000,
            Self::Second => 1_000,
        }
    }

    /// The word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Year => "YEAR",
            Self::Month => "MONTH",
            Self::Day => "DAY",
            Self::Hour => "HOUR",
            Self::Minute => "MINUTE",
            Self::Second => "SECOND",
        }
    }
}

impl DataType {
    /// TINYINT to BIGINT.
    pub fn is_whole(&self) -> bool {
        matches!(self, Self::TinyInt | Self::SmallInt | Self::Integer | Self::BigInt)
    }

    /// Whole numbers and DECIMAL.
    pub fn is_exact(&self) -> bool {
        self.is_whole() || matches!(self, Self::Decimal { .. })
    }

    /// REAL and DOUBLE.
    pub fn is_approximate(&self) -> bool {
        matches!(self, Self::Real | Self::Double)
    }

    /// Any number.
    pub fn is_numeric(&self) -> bool {
        self.is_exact() || self.is_approximate()
    }

    /// CHAR and VARCHAR.
    pub fn is_character(&self) -> bool {
        matches!(self, Self::Char(_) | Self::VarChar(_))
    }

    /// BINARY and VARBINARY.
    pub fn is_binary(&self) -> bool {
        matches!(self, Self::Binary(_) | Self::VarBinary(_))
    }

    /// DATE, TIME and TIMESTAMP.
    pub fn is_datetime(&self) -> bool {
        matches!(self, Self::Date | Self::Time | Self::Timestamp)
    }

    /// Digits and scale of an exact number: a whole number counts as DECIMAL(3), (5), (10), (18), with scale 0.
    pub fn digits(&self) -> Option<(u8, u8)> {
        Some(match self {
            Self::TinyInt => (3, 0),
            Self::SmallInt => (5, 0),
            Self::Integer => (10, 0),
            Self::BigInt => (MAX_PRECISION, 0),
            Self::Decimal { precision, scale } => (*precision, *scale),
            _ => return None,
        })
    }

    /// Digits after the point: of a DECIMAL; 0 for every other type.
    pub fn scale(&self) -> u8 {
        if let Self::Decimal { scale, .. } = self { *scale } else { 0 }
    }
}

/// The most digits a derived DECIMAL has (SQL reference, "Numeric Types and Precision").
pub const MAX_PRECISION: u8 = 18;

/// The longest VARCHAR (samples declare 65535).
pub const MAX_VARCHAR: u32 = 65_535;

impl fmt::Display for DataType {
    /// As the service's validator prints it: `VARCHAR(4)`, `DECIMAL(5, 2)`, `INTERVAL DAY TO SECOND`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Boolean => f.write_str("BOOLEAN"),
            Self::TinyInt => f.write_str("TINYINT"),
            Self::SmallInt => f.write_str("SMALLINT"),
            Self::Integer => f.write_str("INTEGER"),
            Self::BigInt => f.write_str("BIGINT"),
            Self::Decimal { precision, scale } => write!(f, "DECIMAL({precision}, {scale})"),
            Self::Real => f.write_str("REAL"),
            Self::Double => f.write_str("DOUBLE"),
            Self::Char(length) => write!(f, "CHAR({length})"),
            Self::VarChar(length) => write!(f, "VARCHAR({length})"),
            Self::Binary(length) => write!(f, "BINARY({length})"),
            Self::VarBinary(length) => write!(f, "VARBINARY({length})"),
            Self::Date => f.write_str("DATE"),
            Self::Time => f.write_str("TIME(0)"),
            Self::Timestamp => f.write_str("TIMESTAMP(0)"),
            Self::Interval(qualifier) => write!(f, "INTERVAL {qualifier}"),
            Self::Row(columns) => {
                f.write_str("RecordType(")?;
                for (place, column) in columns.iter().enumerate() {
                    let comma = if place == 0 { "" } else { ", " };
                    write!(f, "{comma}{} {}", column.data_type, column.name)?;
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for IntervalQualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.from.name())?;
        if self.precision != 2 {
            write!(f, "({})", self.precision)?;
        }
        if self.from != self.to {
            write!(f, " TO {}", self.to.name())?;
        }
        Ok(())
    }
}
