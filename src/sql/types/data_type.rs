//! The SQL types of the dialect (SQL reference, "Data Types").

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
