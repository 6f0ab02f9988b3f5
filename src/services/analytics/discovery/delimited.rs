//! Discovery in delimited text: the delimiter, then names from the first row, then types from the others.

use super::infer::Seen;
use super::names::Names;
use super::{Discovered, Undetectable};
use crate::services::analytics::mapping::coerce::Target;
use crate::services::analytics::mapping::csv::{Dialect, End, unquote};
use crate::services::analytics::mapping::{COLUMNS_MAX, RecordColumn, RecordFormat, RecordSchema};
use crate::sql::types::{Cell, DataType};

/// What may separate columns, the likeliest first.
const DELIMITERS: [&str; 4] = [",", "\t", "|", ";"];

type Fields = Vec<Vec<u8>>;

/// A schema for delimited text; the first row counts as one of names unless it has a number in it.
pub(super) fn discover(samples: &[&[u8]]) -> Result<Discovered, Undetectable> {
    if samples.iter().any(|sample| std::str::from_utf8(sample).is_err()) {
        return Err(Undetectable);
    }
    let row_delimiter = if samples.iter().any(|s| s.windows(2).any(|w| w == b"\r\n")) { "\r\n" } else { "\n" };
    let (delimiter, rows) = DELIMITERS.iter().find_map(|d| Some((*d, split(samples, row_delimiter, d)?))).ok_or(Undetectable)?;
    let width = rows.iter().map(Vec::len).max().unwrap_or_default().min(COLUMNS_MAX);
    let header = rows.len() > 1 && rows[0].iter().all(|field| is_name(field));
    let columns = columns(&rows, width, header);
    let texts =
        rows.iter().map(|row| columns.iter().enumerate().map(|(i, column)| text(column, row.get(i)?)).collect()).collect();
    let format = RecordFormat::Csv { row_delimiter: row_delimiter.to_owned(), column_delimiter: delimiter.to_owned() };
    Ok(Discovered { schema: RecordSchema { format, columns, encoding: Some("UTF-8".to_owned()) }, rows: texts, header })
}

/// The rows of the samples, if this delimiter gives two columns or more in nearly all of them.
fn split(samples: &[&[u8]], row_delimiter: &str, column_delimiter: &str) -> Option<Vec<Fields>> {
    let dialect = Dialect::new(row_delimiter, column_delimiter).ok()?;
    let mut rows = Vec::new();
    for sample in samples {
        let mut at = 0;
        let mut row = Fields::new();
        while at < sample.len() {
            let (field, next) = dialect.field(sample, at);
            at = next;
            let mut value = field.text.to_vec();
            if field.quoted {
                unquote(field.text, &mut value);
            }
            row.push(value);
            if field.end == End::Row {
                rows.extend(Some(std::mem::take(&mut row)).filter(|row| row.iter().any(|f| !f.trim_ascii().is_empty())));
            }
        }
        rows.extend(Some(row).filter(|row| !row.is_empty()));
    }
    let parted = rows.iter().filter(|row| row.len() > 1).count();
    (parted > 0 && parted * 10 >= rows.len() * 9).then_some(rows)
}

fn is_name(field: &[u8]) -> bool {
    let mut seen = Seen::default();
    seen.field(field);
    !field.trim_ascii().is_empty() && seen.sql_type().starts_with("VARCHAR")
}

fn columns(rows: &[Fields], width: usize, header: bool) -> Vec<RecordColumn> {
    let mut names = Names::default();
    let mut column = |index: usize| {
        let mut seen = Seen::default();
        let values = rows.iter().skip(usize::from(header)).filter_map(|row| row.get(index));
        values.for_each(|value| seen.field(value));
        let name = if header { rows[0].get(index).map(|name| String::from_utf8_lossy(name)) } else { None };
        RecordColumn { name: names.column(&name.unwrap_or_default(), index), sql_type: seen.sql_type(), mapping: None }
    };
    (0..width).map(&mut column).collect()
}

/// The field as text, if it fits the column.
fn text(column: &RecordColumn, field: &[u8]) -> Option<String> {
    let target = Target::of(&DataType::parse(&column.sql_type).ok()?)?;
    target.string(field, &mut Cell::Null).ok()?;
    Some(String::from_utf8_lossy(field).into_owned())
}
