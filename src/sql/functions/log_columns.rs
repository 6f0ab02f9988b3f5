//! VARIABLE_COLUMN_LOG_PARSE and FIXED_COLUMN_LOG_PARSE: lines of columns, between delimiters or at places.

use super::date_format::Template;
use super::log::{constant_text, field_conversions};
use super::signature::{Param, Signature};
use super::text::{slice, str};
use super::{Call, Entry, strict};
use crate::sql::expressions::{Conversion, ErrorKind, Operand, RowError, converter};
use crate::sql::types::{Cell, DataType};
use std::sync::Arc;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "VARIABLE_COLUMN_LOG_PARSE",
        forms: &[
            "VARIABLE_COLUMN_LOG_PARSE(<CHARACTER>, <CHARACTER>, <CHARACTER>)",
            "VARIABLE_COLUMN_LOG_PARSE(<CHARACTER>, <INTEGER>, <CHARACTER>)",
            "VARIABLE_COLUMN_LOG_PARSE(<CHARACTER>, <CHARACTER>, <CHARACTER>, <CHARACTER>, <CHARACTER>)",
        ],
        source: "sql-reference-variable-column-log-parse",
        signature: |types| {
            let columns = if types.get(1)?.is_character() { Param::Text } else { Param::Is(DataType::BigInt) };
            let params = [Param::Text, columns, Param::Text, Param::Text, Param::Text];
            Some(Signature::of(types, &params, 2, DataType::Row(Arc::new(Vec::new())))?.nullable())
        },
        build: variable_columns,
    },
    Entry {
        name: "FIXED_COLUMN_LOG_PARSE",
        forms: &["FIXED_COLUMN_LOG_PARSE(<CHARACTER>, <CHARACTER>)"],
        source: "sql-reference-fixed-column-log-parse",
        signature: |types| {
            Some(Signature::of(types, &[Param::Text, Param::Text], 0, DataType::Row(Arc::new(Vec::new())))?.nullable())
        },
        build: fixed_columns,
    },
];

/// How the text of each field becomes its value: by the date format of its description, or as a cast.
fn conversions(call: &Call, written: &[String]) -> Vec<Conversion> {
    let DataType::Row(columns) = &call.result else { return Vec::new() };
    let casts = field_conversions(call);
    let chosen = casts.into_iter().zip(columns.iter()).enumerate().map(|(place, (cast, column))| {
        let format = written.get(place).and_then(|description| quoted(description));
        let temporal = matches!(column.data_type, DataType::Date | DataType::Time | DataType::Timestamp);
        match format {
            Some(format) if temporal => by_format(&format, &column.data_type, call.start_ms),
            _ => cast,
        }
    });
    chosen.collect()
}

fn by_format(format: &str, to: &DataType, start_ms: i64) -> Conversion {
    let template = Template::new(format, start_ms);
    let convert = converter(&DataType::Timestamp, to, start_ms);
    Box::new(move |text| {
        let ms = template
            .parse(str(text))
            .ok_or_else(|| RowError::new(ErrorKind::Coercion, format!("Unparseable date: '{}'", str(text))))?;
        convert(&Cell::Int(ms))
    })
}

/// The text of a description's last literal.
fn quoted(description: &str) -> Option<String> {
    let (before, _) = description.rsplit_once('\'')?;
    Some(before.split_once('\'')?.1.to_owned())
}

fn row(fields: &[Conversion], texts: &[Option<String>]) -> Result<Cell, RowError> {
    let field = |(place, convert): (usize, &Conversion)| match texts.get(place) {
        Some(Some(text)) => convert(&Cell::text(text)),
        _ => Ok(Cell::Null),
    };
    Ok(Cell::Row(Arc::new(fields.iter().enumerate().map(field).collect::<Result<_, _>>()?)))
}

fn variable_columns(mut call: Call) -> Operand {
    let written = constant_text(&call, 1).map(|text| descriptions(&text)).unwrap_or_default();
    let fields = conversions(&call, &written);
    let mark = |place| constant_text(&call, place).unwrap_or_default();
    let quote = mark(4);
    let mut quotes = quote.chars();
    let open = quotes.next();
    let line = Line { delimiter: mark(2), escape: mark(3).chars().next(), open, close: quotes.next().or(open) };
    call.args.truncate(1);
    strict::<1>(call.args, move |[text]| row(&fields, &line.split(str(&text))))
}

/// How a line is cut into columns.
struct Line {
    delimiter: String,
    /// Takes the character after it as it is.
    escape: Option<char>,
    open: Option<char>,
    close: Option<char>,
}

impl Line {
    fn split(&self, text: &str) -> Vec<Option<String>> {
        let mut columns = vec![String::new()];
        let (mut rest, mut inside) = (text, false);
        while let Some(character) = rest.chars().next() {
            if !inside && !self.delimiter.is_empty() && rest.starts_with(&self.delimiter) {
                columns.push(String::new());
                rest = &rest[self.delimiter.len()..];
                continue;
            }
            rest = &rest[character.len_utf8()..];
            let mut kept = Some(character);
            if self.escape == Some(character) {
                kept = rest.chars().next();
                rest = &rest[kept.map_or(0, char::len_utf8)..];
            } else if inside && self.close == Some(character) {
                (inside, kept) = (false, None);
            } else if !inside && self.open == Some(character) {
                (inside, kept) = (true, None);
            }
            if let Some(column) = columns.last_mut() {
                column.extend(kept);
            }
        }
        columns.into_iter().map(Some).collect()
    }
}

fn fixed_columns(mut call: Call) -> Operand {
    let written = constant_text(&call, 1).map(|text| descriptions(&text)).unwrap_or_default();
    let fields = conversions(&call, &written);
    let places: Vec<_> = written.iter().map(|description| place(description)).collect();
    call.args.truncate(1);
    strict::<1>(call.args, move |[text]| {
        let text = str(&text);
        let cut = |&(start, length): &(i64, i64)| {
            let piece = slice(text, start + 1, length).trim_end();
            (!piece.is_empty()).then(|| piece.to_owned())
        };
        row(&fields, &places.iter().map(cut).collect::<Vec<_>>())
    })
}

/// `START n FOR m`: n counts from 0; to the line's end without FOR.
fn place(description: &str) -> (i64, i64) {
    let upper = description.to_ascii_uppercase();
    let words: Vec<&str> = upper.split_whitespace().collect();
    let number = |name| words.iter().rposition(|word| *word == name).and_then(|at| words.get(at + 1)?.parse().ok());
    (number("START").unwrap_or(0), number("FOR").unwrap_or(i64::MAX))
}

/// The pieces between commas that stand in no parentheses and no quotes.
pub(crate) fn descriptions(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let (mut depth, mut quote) = (0, None);
    for character in text.chars() {
        match (character, quote) {
            ('\'' | '"', None) => quote = Some(character),
            (_, Some(open)) if character == open => quote = None,
            ('(', None) => depth += 1,
            (')', None) => depth -= 1,
            (',', None) if depth == 0 => {
                pieces.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(character);
        }
    }
    pieces
}
