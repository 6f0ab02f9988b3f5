//! Rows as JSON or CSV bytes (API: DestinationSchema.RecordFormatType).
//!
//! One record a row with the declared columns in their order; ROWTIME only where it was copied into a column. What the service prints is
//! known from recorded outputs for text, whole numbers, TIMESTAMP (`yyyy-MM-dd HH:mm:ss.SSS`) and for NULL in CSV (`null`); the rest is
//! judgement:
//!
//! - REAL and DOUBLE: the shortest text that reads back as the same 32-bit or 64-bit number, always with a point or an exponent (`63.0`,
//!   `0.1`, `1e20`), as Java's programs print them up to the exponent's spelling. NaN and infinities are `null` in JSON, which has none.
//! - DECIMAL: all digits of its scale. TIME: `HH:mm:ss.SSS`. BINARY: base64.
//! - CSV: separated by commas, each row ended by a line feed; a text in double quotes only where it contains a comma, a quote or a line end.

use crate::sql::types::{Cell, Column, DataType};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

const DAY_MS: i64 = 86_400_000;

/// RecordFormatType of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutputFormat {
    /// A JSON object a row, without a line end.
    Json,
    /// A line a row.
    Csv,
}

/// Writes the rows of one stream.
#[derive(Debug)]
pub struct RowFormatter {
    format: OutputFormat,
    columns: Vec<OutputColumn>,
    dates: DateText,
}

#[derive(Debug)]
struct OutputColumn {
    /// What goes before the value: brace or comma, and for JSON the name.
    lead: Vec<u8>,
    kind: Kind,
}

/// How a column's cells are written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Whole,
    Decimal(u8),
    Real,
    Double,
    Boolean,
    Text,
    Bytes,
    Date,
    Time,
    Timestamp,
}

impl RowFormatter {
    /// A formatter for rows of these columns.
    pub fn new(format: OutputFormat, columns: &[Column]) -> Self {
        let column = |(i, column): (usize, &Column)| OutputColumn {
            lead: lead(format, i, &column.name),
            kind: Kind::of(&column.data_type),
        };
        Self { format, columns: columns.iter().enumerate().map(column).collect(), dates: DateText::default() }
    }

    /// Appends one row; cells beyond the columns are left out.
    pub fn write(&mut self, cells: &[Cell], out: &mut Vec<u8>) {
        for (column, cell) in self.columns.iter().zip(cells) {
            out.extend_from_slice(&column.lead);
            match self.format {
                OutputFormat::Json => self.dates.json(column.kind, cell, out),
                OutputFormat::Csv => self.dates.csv(column.kind, cell, out),
            }
        }
        match self.format {
            OutputFormat::Json if self.columns.is_empty() => out.extend_from_slice(b"{}"),
            OutputFormat::Json => out.push(b'}'),
            OutputFormat::Csv => out.push(b'\n'),
        }
    }

    /// One value as plain text, without quotes; none for NULL.
    pub fn text(&mut self, column: usize, cell: &Cell) -> Option<String> {
        if let Some(text) = cell.as_str() {
            return Some(text.to_owned());
        }
        let mut out = Vec::new();
        self.dates.plain(self.columns.get(column)?.kind, cell, &mut out);
        String::from_utf8(out).ok().filter(|_| !cell.is_null())
    }
}

fn lead(format: OutputFormat, place: usize, name: &str) -> Vec<u8> {
    let mut lead = Vec::new();
    match format {
        OutputFormat::Json => {
            lead.push(if place == 0 { b'{' } else { b',' });
            json_string(name, &mut lead);
            lead.push(b':');
        }
        OutputFormat::Csv if place == 0 => {}
        OutputFormat::Csv => lead.push(b','),
    }
    lead
}

impl Kind {
    fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Boolean => Self::Boolean,
            DataType::Decimal { scale, .. } => Self::Decimal(*scale),
            DataType::Real => Self::Real,
            DataType::Double => Self::Double,
            DataType::Char(_) | DataType::VarChar(_) => Self::Text,
            DataType::Binary(_) | DataType::VarBinary(_) => Self::Bytes,
            DataType::Date => Self::Date,
            DataType::Time => Self::Time,
            DataType::Timestamp => Self::Timestamp,
            DataType::TinyInt
            | DataType::SmallInt
            | DataType::Integer
            | DataType::BigInt
            | DataType::Interval(_)
            | DataType::Null
            | DataType::Row(_) => Self::Whole,
        }
    }
}

impl DateText {
    fn json(&mut self, kind: Kind, cell: &Cell, out: &mut Vec<u8>) {
        match (kind, cell) {
            (_, Cell::Short(text)) => json_string(text.as_str(), out),
            (_, Cell::Long(text)) => json_string(text, out),
            (Kind::Date | Kind::Time | Kind::Timestamp, Cell::Int(_)) | (_, Cell::Bytes(_)) => {
                out.push(b'"');
                self.plain(kind, cell, out);
                out.push(b'"');
            }
            (_, Cell::Double(value)) if !value.is_finite() => out.extend_from_slice(b"null"),
            _ => self.plain(kind, cell, out),
        }
    }

    fn csv(&mut self, kind: Kind, cell: &Cell, out: &mut Vec<u8>) {
        match cell {
            Cell::Short(text) => csv_text(text.as_str(), out),
            Cell::Long(text) => csv_text(text, out),
            _ => self.plain(kind, cell, out),
        }
    }

    /// A value without quotes.
    fn plain(&mut self, kind: Kind, cell: &Cell, out: &mut Vec<u8>) {
        match (kind, cell) {
            (_, Cell::Bool(value)) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            (Kind::Timestamp, Cell::Int(ms)) => self.timestamp(*ms, out),
            (Kind::Date, Cell::Int(ms)) => self.date(ms.div_euclid(DAY_MS), out),
            (Kind::Time, Cell::Int(ms)) => time(ms.rem_euclid(DAY_MS), out),
            (Kind::Decimal(scale), Cell::Int(value)) => decimal(*value, scale, out),
            (_, Cell::Int(value)) => out.extend_from_slice(itoa::Buffer::new().format(*value).as_bytes()),
            (Kind::Real, Cell::Double(value)) => real(*value, out),
            (_, Cell::Double(value)) => out.extend_from_slice(ryu::Buffer::new().format(*value).as_bytes()),
            (_, Cell::Bytes(bytes)) => out.extend_from_slice(BASE64.encode(&**bytes).as_bytes()),
            (_, Cell::Null | Cell::Short(_) | Cell::Long(_) | Cell::Row(_)) => out.extend_from_slice(b"null"),
        }
    }
}

/// The text of the day written last: consecutive rows are nearly always of one day.
#[derive(Debug, Default)]
pub struct DateText {
    /// Days since 1970 that `text` stands for.
    day: Option<i64>,
    text: Vec<u8>,
}

impl DateText {
    /// Appends `yyyy-MM-dd HH:mm:ss.SSS`.
    pub fn timestamp(&mut self, ms: i64, out: &mut Vec<u8>) {
        self.date(ms.div_euclid(DAY_MS), out);
        out.push(b' ');
        time(ms.rem_euclid(DAY_MS), out);
    }

    /// Appends `yyyy-MM-dd` of a day counted from 1970.
    pub fn date(&mut self, day: i64, out: &mut Vec<u8>) {
        if self.day != Some(day) {
            self.text.clear();
            write_day(day, &mut self.text);
            self.day = Some(day);
        }
        out.extend_from_slice(&self.text);
    }
}

/// The calendar date of a day: eras of 400 years, years from March on.
fn write_day(day: i64, out: &mut Vec<u8>) {
    let shifted = day.saturating_add(719_468);
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    if year < 0 {
        out.push(b'-');
    }
    let year = year.unsigned_abs();
    if year < 10_000 {
        out.extend_from_slice(&digits::<4>(year));
    } else {
        out.extend_from_slice(itoa::Buffer::new().format(year).as_bytes());
    }
    out.push(b'-');
    out.extend_from_slice(&digits::<2>(month.unsigned_abs()));
    out.push(b'-');
    out.extend_from_slice(&digits::<2>(date.unsigned_abs()));
}

/// Appends `HH:mm:ss.SSS` of the ms of a day.
fn time(ms: i64, out: &mut Vec<u8>) {
    let ms = ms.unsigned_abs();
    let (seconds, fraction) = (ms / 1000, digits::<3>(ms % 1000));
    let [h, m, s] = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(digits::<2>);
    out.extend_from_slice(&[h[0], h[1], b':', m[0], m[1], b':', s[0], s[1], b'.', fraction[0], fraction[1], fraction[2]]);
}

/// The last `N` decimal digits.
fn digits<const N: usize>(mut value: u64) -> [u8; N] {
    let mut text = [b'0'; N];
    for digit in text.iter_mut().rev() {
        *digit += (value % 10) as u8;
        value /= 10;
    }
    text
}

fn decimal(value: i64, scale: u8, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    let unit = 10_u64.checked_pow(scale.into()).unwrap_or(u64::MAX);
    let magnitude = value.unsigned_abs();
    out.extend_from_slice(itoa::Buffer::new().format(magnitude / unit).as_bytes());
    if scale > 0 {
        let fraction = digits::<20>(magnitude % unit);
        out.push(b'.');
        out.extend_from_slice(&fraction[fraction.len() - usize::from(scale).min(fraction.len())..]);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a REAL cell is a 32-bit number already")]
fn real(value: f64, out: &mut Vec<u8>) {
    out.extend_from_slice(ryu::Buffer::new().format(value as f32).as_bytes());
}

/// Appends a JSON string; only quotes, backslashes and control characters are escaped.
pub fn json_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..0x20)) {
        out.extend_from_slice(&rest[..at]);
        escape(rest[at], out);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

#[cold]
fn escape(byte: u8, out: &mut Vec<u8>) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        8 => b'b',
        12 => b'f',
        _ => {
            out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

fn csv_text(text: &str, out: &mut Vec<u8>) {
    if !text.bytes().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r')) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::Arc;

    fn columns(types: &[&str]) -> Vec<Column> {
        let column =
            |(i, t): (usize, &&str)| Column { name: format!("C\"{i}"), data_type: DataType::parse(t).unwrap(), nullable: true };
        types.iter().enumerate().map(column).collect()
    }

    fn written(format: OutputFormat, types: &[&str], cells: &[Cell]) -> String {
        let mut out = Vec::new();
        RowFormatter::new(format, &columns(types)).write(cells, &mut out);
        String::from_utf8(out).unwrap()
    }

    const TYPES: [&str; 10] =
        ["INTEGER", "DECIMAL(5,2)", "REAL", "DOUBLE", "BOOLEAN", "VARCHAR(9)", "VARBINARY(4)", "DATE", "TIME", "TIMESTAMP"];

    fn cells() -> [Cell; 10] {
        [
            Cell::Int(-7),
            Cell::Int(-5),
            Cell::Double(f64::from(0.1_f32)),
            Cell::Double(63.0),
            Cell::Bool(true),
            Cell::text("a,\"b\"\n"),
            Cell::Bytes(Arc::new(vec![1, 2, 255])),
            Cell::Int(951_782_400_000),
            Cell::Int(66_944_005),
            Cell::Int(-1),
        ]
    }

    #[test]
    fn every_type_as_json() {
        let values = r#"-7,-0.05,0.1,63.0,true,"a,\"b\"\n","AQL/","2000-02-29","18:35:44.005","1969-12-31 23:59:59.999""#;
        let names = (0..10).map(|i| format!("\"C\\\"{i}\":"));
        // Only one value has a comma.
        let expected: Vec<String> =
            values.replace("a,", "a;").split(',').zip(names).map(|(v, n)| n + &v.replace(';', ",")).collect();
        assert_eq!(written(OutputFormat::Json, &TYPES, &cells()), format!("{{{}}}", expected.join(",")));
    }

    #[test]
    fn every_type_as_csv() {
        let expected = "-7,-0.05,0.1,63.0,true,\"a,\"\"b\"\"\n\",AQL/,2000-02-29,18:35:44.005,1969-12-31 23:59:59.999\n";
        assert_eq!(written(OutputFormat::Csv, &TYPES, &cells()), expected);
    }

    #[test]
    fn nulls_and_numbers_json_has_not() {
        let cells = [Cell::Null, Cell::Double(f64::NAN), Cell::Double(1e20)];
        assert_eq!(
            written(OutputFormat::Json, &["VARCHAR(4)", "DOUBLE", "DOUBLE"], &cells),
            r#"{"C\"0":null,"C\"1":null,"C\"2":1e20}"#
        );
        assert_eq!(written(OutputFormat::Csv, &["VARCHAR(4)", "DOUBLE", "DOUBLE"], &cells), "null,NaN,1e20\n");
    }

    #[test]
    fn days_of_the_calendar() {
        let mut dates = DateText::default();
        let mut text = |day| {
            let mut out = Vec::new();
            dates.date(day, &mut out);
            String::from_utf8(out).unwrap()
        };
        let expected = ["1970-01-01", "1970-01-01", "2000-02-29", "0001-01-01", "9999-12-31", "10000-01-01"];
        assert_eq!([0, 0, 11_016, -719_162, 2_932_896, 2_932_897].map(&mut text), expected);
    }

    proptest! {
        #[test]
        fn text_reads_back(text in ".*") {
            let json = written(OutputFormat::Json, &["VARCHAR(99)"], &[Cell::text(&text)]);
            let value: serde_json::Value = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(value["C\"0"].as_str(), Some(text.as_str()));
        }

        #[test]
        fn times_read_back(ms in -62_135_596_800_000_i64..253_402_300_800_000) {
            let csv = written(OutputFormat::Csv, &["TIMESTAMP"], &[Cell::Int(ms)]);
            prop_assert_eq!(crate::services::analytics::mapping::datetime::timestamp(csv.as_bytes()), Some(ms));
        }
    }
}
