//! Delimited text to rows: columns by position, double quotes around what contains a delimiter.

use super::coerce::{CoercionError, Target};
use super::rejected::Rejected;
use super::schema::SchemaError;
use super::{ROW_BYTES_MAX, Sink, row_bytes};
use crate::sql::types::Cell;

/// A decoder for the delimiters and columns of a schema.
#[derive(Debug)]
pub(super) struct CsvDecoder {
    dialect: Dialect,
    targets: Vec<Target>,
    padding: usize,
    scratch: Vec<u8>,
}

/// How rows and fields are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    row: Vec<u8>,
    column: Vec<u8>,
}

/// What ended a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::services::analytics) enum End {
    /// A column delimiter.
    Column,
    /// A row delimiter, or the end of the text.
    Row,
}

/// How far a text consists of whole rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Where the last whole row ends; 0 if there is none.
    pub end: usize,
    /// Whether the row behind it has a quoted field that is not closed yet.
    pub open: bool,
}

/// A field as it stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::services::analytics) struct Field<'a> {
    /// Its text; within the quotes if it has some, with doubled quotes still doubled.
    pub(in crate::services::analytics) text: &'a [u8],
    /// Whether it was quoted.
    pub(in crate::services::analytics) quoted: bool,
    /// What came after it.
    pub(in crate::services::analytics) end: End,
}

impl Dialect {
    /// Checks the delimiters; a written-out `\n`, `\r` or `\t` stands for the character, as templates often have it.
    pub fn new(row_delimiter: &str, column_delimiter: &str) -> Result<Self, SchemaError> {
        let bytes = |text: &str| text.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").into_bytes();
        let (row, column) = (bytes(row_delimiter), bytes(column_delimiter));
        if row.is_empty() || column.is_empty() || row == column {
            return Err(SchemaError::Delimiter);
        }
        Ok(Self { row, column })
    }

    /// The field at `at`, and where the next one starts.
    pub(in crate::services::analytics) fn field<'a>(&self, text: &'a [u8], at: usize) -> (Field<'a>, usize) {
        if text.get(at) == Some(&b'"')
            && let Some(close) = closing_quote(text, at + 1)
            && let Some((end, next)) = self.delimiter(text, close + 1)
        {
            return (Field { text: &text[at + 1..close], quoted: true, end }, next);
        }
        let mut place = at;
        loop {
            let found = memchr::memchr2(self.row[0], self.column[0], &text[place..]).map_or(text.len(), |i| place + i);
            if let Some((end, next)) = self.delimiter(text, found) {
                return (Field { text: self.trimmed(&text[at..found], end), quoted: false, end }, next);
            }
            place = found + 1;
        }
    }

    /// How far `text`, which begins with a row and may go on elsewhere, consists of whole rows. A line break within quotes ends none (RFC 4180).
    pub fn whole_rows(&self, text: &[u8]) -> Whole {
        if matches!(&self.row[..], b"\n" | b"\r\n") && memchr::memchr(b'"', text).is_none() {
            return Whole { end: memchr::memrchr(b'\n', text).map_or(0, |feed| feed + 1), open: false };
        }
        // A quote at the end may be the first of two, and what follows it the beginning of a delimiter.
        let longest = self.row.len().max(self.column.len()).max(2);
        let (mut end, mut at) = (0, 0);
        while at < text.len() {
            if text[at] == b'"' {
                match closing_quote(text, at + 1) {
                    None => return Whole { end, open: true },
                    Some(close) if close + 1 + longest > text.len() && !text.ends_with(&self.row) => break,
                    Some(_) => {}
                }
            }
            let (field, next) = self.field(text, at);
            at = next;
            if field.end == End::Row {
                if !text[..at].ends_with(&self.row) {
                    break;
                }
                end = at;
            }
        }
        Whole { end, open: false }
    }

    /// The delimiter that starts at `at`, and what follows it. The end of the text ends a row.
    fn delimiter(&self, text: &[u8], at: usize) -> Option<(End, usize)> {
        let rest = &text[at..];
        if rest.is_empty() {
            return Some((End::Row, at));
        }
        let starts = |delimiter: &[u8]| rest.starts_with(delimiter).then_some(at + delimiter.len());
        let carriage_return = || if self.row == b"\n" && rest.starts_with(b"\r\n") { Some(at + 2) } else { None };
        starts(&self.row)
            .or_else(carriage_return)
            .map(|next| (End::Row, next))
            .or_else(|| Some((End::Column, starts(&self.column)?)))
    }

    /// Lines that end in `\r\n` are read with the delimiter `\n` too.
    fn trimmed<'a>(&self, text: &'a [u8], end: End) -> &'a [u8] {
        if end == End::Row && self.row == b"\n" { text.strip_suffix(b"\r").unwrap_or(text) } else { text }
    }

    /// The offset after the row at `at`.
    pub(super) fn row_end(&self, text: &[u8], mut at: usize) -> usize {
        loop {
            let (field, next) = self.field(text, at);
            at = next;
            if field.end == End::Row {
                return at;
            }
        }
    }
}

/// The quote that closes a field; doubled ones do not.
fn closing_quote(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr(b'"', text.get(at..)?)?;
        if text.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// Undoes doubled quotes.
pub(in crate::services::analytics) fn unquote(text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut previous = 0;
    for byte in text {
        previous = if *byte == b'"' && previous == b'"' { 0 } else { *byte };
        if previous != 0 || *byte == 0 {
            out.push(*byte);
        }
    }
}

impl CsvDecoder {
    pub(super) fn new(dialect: Dialect, targets: Vec<Target>) -> Self {
        let padding = targets.iter().map(|t| t.padding()).sum();
        Self { dialect, targets, padding, scratch: Vec::new() }
    }

    pub(super) fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// Decodes all rows of `record`; blank ones are passed.
    pub(super) fn decode(&mut self, record: &[u8], sink: &mut Sink<'_>) {
        let mut at = 0;
        while at < record.len() {
            at = self.row(record, at, sink);
        }
    }

    fn row(&mut self, record: &[u8], start: usize, sink: &mut Sink<'_>) -> usize {
        let (first, next) = self.dialect.field(record, start);
        if first.end == End::Row && !first.quoted && first.text.trim_ascii().is_empty() {
            return next;
        }
        let cells = sink.block.push_empty(sink.rowtime);
        let (cells, system) = cells.split_at_mut(self.targets.len());
        system.clone_from_slice(sink.system);
        let mut at = start;
        let mut failure = None;
        for (target, cell) in self.targets.iter().zip(cells) {
            let (field, next) = self.dialect.field(record, at);
            at = next;
            if let Err(error) = coerce(target, field, &mut self.scratch, cell) {
                failure = failure.or(Some(*error.0));
            }
            if field.end == End::Row {
                return self.finish(&record[start..at], failure, at, sink);
            }
        }
        let end = self.dialect.row_end(record, at);
        self.finish(&record[start..end], failure, end, sink)
    }

    /// Keeps the row added last, or takes it back and reports it.
    fn finish(&self, row: &[u8], failure: Option<String>, end: usize, sink: &mut Sink<'_>) -> usize {
        let large = || {
            let bytes =
                if row.len() + self.padding > ROW_BYTES_MAX { row_bytes(sink.block.cells(sink.block.len() - 1)) } else { 0 };
            (bytes > ROW_BYTES_MAX).then(|| super::too_large(bytes))
        };
        if let Some(message) = failure.or_else(large) {
            let text = row.strip_suffix(&self.dialect.row[..]).unwrap_or(row);
            sink.block.pop();
            sink.rejected.push(Rejected::new(message, text));
        }
        end
    }
}

/// A field is coerced as a JSON string is; an empty one without quotes is NULL unless the column takes text.
fn coerce(target: &Target, field: Field<'_>, scratch: &mut Vec<u8>, cell: &mut Cell) -> Result<(), CoercionError> {
    if field.text.is_empty() && !field.quoted && !matches!(target, Target::Text { .. }) {
        return Ok(());
    }
    if field.quoted && field.text.contains(&b'"') {
        unquote(field.text, scratch);
        return target.string(scratch, cell);
    }
    target.string(field.text, cell)
}
