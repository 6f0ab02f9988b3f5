//! Text functions (SQL reference, "String and Search Functions"). Positions count characters from 1.

use super::signature::{Param, Signature, length};
use super::{Call, Entry, strict};
use crate::sql::expressions::{ErrorKind, Operand, RowError};
use crate::sql::types::{Cell, DataType, MAX_VARCHAR};
use std::fmt::Write;

const WHOLE: Param = Param::Is(DataType::BigInt);

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "||",
        forms: &["<STRING> || <STRING>"],
        source: "sql-reference-string-operators",
        signature: |types| {
            let result = DataType::VarChar(types.iter().map(length).fold(0, u32::saturating_add).min(MAX_VARCHAR));
            Signature::of(types, &[Param::Text, Param::Text], 0, result)
        },
        build: |call| strict::<2>(call.args, |[a, b]| Ok(join(&[str(&a), str(&b)]))),
    },
    Entry {
        name: "CHAR_LENGTH",
        forms: &["CHAR_LENGTH(<CHARACTER>)"],
        source: "sql-reference-char-length",
        signature: char_length_signature,
        build: char_length,
    },
    Entry {
        name: "CHARACTER_LENGTH",
        forms: &["CHARACTER_LENGTH(<CHARACTER>)"],
        source: "sql-reference-char-length",
        signature: char_length_signature,
        build: char_length,
    },
    Entry {
        name: "LOWER",
        forms: &["LOWER(<CHARACTER>)"],
        source: "sql-reference-lower",
        signature: same_text,
        build: |call| map(call, str::to_lowercase),
    },
    Entry {
        name: "UPPER",
        forms: &["UPPER(<CHARACTER>)"],
        source: "sql-reference-upper",
        signature: same_text,
        build: |call| map(call, str::to_uppercase),
    },
    Entry {
        name: "INITCAP",
        forms: &["INITCAP(<CHARACTER>)"],
        source: "sql-reference-initcap",
        signature: same_text,
        build: |call| map(call, capitals),
    },
    Entry {
        name: "TRIM BOTH",
        forms: TRIM,
        source: "sql-reference-trim",
        signature: trim_signature,
        build: |call| trim(call, true, true),
    },
    Entry {
        name: "TRIM LEADING",
        forms: TRIM,
        source: "sql-reference-trim",
        signature: trim_signature,
        build: |call| trim(call, true, false),
    },
    Entry {
        name: "TRIM TRAILING",
        forms: TRIM,
        source: "sql-reference-trim",
        signature: trim_signature,
        build: |call| trim(call, false, true),
    },
    Entry {
        name: "SUBSTRING",
        forms: &["SUBSTRING(<CHARACTER>, <INTEGER>)", "SUBSTRING(<CHARACTER>, <INTEGER>, <INTEGER>)"],
        source: "sql-reference-substring",
        signature: |types| substring_signature(types).map(Signature::nullable),
        build: |call| substring(call, true),
    },
    Entry {
        name: "SUBSTRING FROM",
        forms: &["SUBSTRING(<CHARACTER> FROM <INTEGER>)", "SUBSTRING(<CHARACTER> FROM <INTEGER> FOR <INTEGER>)"],
        source: "sql-reference-substring",
        signature: substring_signature,
        build: |call| substring(call, false),
    },
    Entry {
        name: "OVERLAY",
        forms: &[
            "OVERLAY(<STRING> PLACING <STRING> FROM <INTEGER>)",
            "OVERLAY(<STRING> PLACING <STRING> FROM <INTEGER> FOR <INTEGER>)",
        ],
        source: "sql-reference-overlay",
        signature: |types| {
            let result = DataType::VarChar(types.iter().take(2).map(length).fold(0, u32::saturating_add).min(MAX_VARCHAR));
            Signature::of(types, &[Param::Text, Param::Text, WHOLE, WHOLE], 1, result)
        },
        build: overlay,
    },
    Entry {
        name: "POSITION",
        forms: &["POSITION(<STRING> IN <STRING>)"],
        source: "sql-reference-position",
        signature: |types| Signature::of(types, &[Param::Text, Param::Text], 0, DataType::Integer),
        build: |call| strict::<2>(call.args, |[wanted, text]| Ok(Cell::Int(position(str(&wanted), str(&text))))),
    },
];

const TRIM: &[&str] = &["TRIM([BOTH|LEADING|TRAILING] <CHARACTER> FROM <CHARACTER>)"];

pub(super) fn str(cell: &Cell) -> &str {
    cell.as_str().unwrap_or_default()
}

fn int(cell: &Cell) -> i64 {
    cell.as_int().unwrap_or_default()
}

fn count(text: &str) -> i64 {
    i64::try_from(if text.is_ascii() { text.len() } else { text.chars().count() }).unwrap_or(i64::MAX)
}

fn join(parts: &[&str]) -> Cell {
    Cell::owned_text(parts.concat())
}

/// A text of the same type; of CHAR it stays CHAR.
fn same_text(types: &[DataType]) -> Option<Signature> {
    let result = types.first().filter(|of| of.is_character()).cloned().unwrap_or(DataType::VarChar(1));
    Signature::of(types, &[Param::Text], 0, result)
}

fn map(call: Call, f: fn(&str) -> String) -> Operand {
    strict::<1>(call.args, move |[text]| Ok(Cell::owned_text(f(str(&text)))))
}

fn char_length_signature(types: &[DataType]) -> Option<Signature> {
    Signature::of(types, &[Param::Text], 0, DataType::Integer)
}

fn char_length(call: Call) -> Operand {
    strict::<1>(call.args, |[text]| Ok(Cell::Int(count(str(&text)))))
}

/// First letters of words (between blanks) in capitals, the others small.
fn capitals(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    for c in text.chars() {
        // Writing to a String does not fail.
        let _ = if start { write!(out, "{}", c.to_uppercase()) } else { write!(out, "{}", c.to_lowercase()) };
        start = c == ' ';
    }
    out
}

fn trim_signature(types: &[DataType]) -> Option<Signature> {
    let result = DataType::VarChar(types.get(1).map_or(1, length));
    Signature::of(types, &[Param::Text, Param::Text], 0, result)
}

fn trim(call: Call, leading: bool, trailing: bool) -> Operand {
    strict::<2>(call.args, move |[letter, text]| {
        let mut letters = str(&letter).chars();
        let (Some(letter), None) = (letters.next(), letters.next()) else {
            return Err(RowError::new(ErrorKind::Argument, "Trim error: trim character must be exactly 1 character"));
        };
        let mut text = str(&text);
        if leading {
            text = text.trim_start_matches(letter);
        }
        if trailing {
            text = text.trim_end_matches(letter);
        }
        Ok(Cell::text(text))
    })
}

fn substring_signature(types: &[DataType]) -> Option<Signature> {
    let result = DataType::VarChar(types.first().map_or(1, length));
    Signature::of(types, &[Param::Text, WHOLE, WHOLE], 1, result)
}

fn substring(call: Call, beyond_is_null: bool) -> Operand {
    let cut = move |text: &Cell, from: &Cell, length: Option<i64>| {
        let text = str(text);
        let from = int(from);
        if from > count(text) && beyond_is_null && length != Some(0) {
            return Ok(Cell::Null);
        }
        match length {
            Some(length) if length < 0 => {
                Err(RowError::new(ErrorKind::Argument, "Substring error: negative substring length not allowed"))
            }
            // A start before the text shortens the piece.
            Some(length) => Ok(Cell::text(slice(text, from.max(1), length.saturating_add(from.min(1) - 1).max(0)))),
            None => Ok(Cell::text(slice(text, from.max(1), i64::MAX))),
        }
    };
    if call.args.len() == 2 {
        strict::<2>(call.args, move |[text, from]| cut(&text, &from, None))
    } else {
        strict::<3>(call.args, move |[text, from, length]| cut(&text, &from, Some(int(&length))))
    }
}

/// Up to `length` characters from the 1-based `from`.
pub(super) fn slice(text: &str, from: i64, length: i64) -> &str {
    let skip = usize::try_from(from.saturating_sub(1)).unwrap_or_default();
    let take = usize::try_from(length).unwrap_or_default();
    if text.is_ascii() {
        let start = skip.min(text.len());
        return &text[start..start.saturating_add(take).min(text.len())];
    }
    let at = |place: usize| text.char_indices().nth(place).map_or(text.len(), |(at, _)| at);
    &text[at(skip)..at(skip.saturating_add(take))]
}

/// A place before the text puts the first characters before it; a place behind it appends.
fn overlay(call: Call) -> Operand {
    let lay = |text: &Cell, with: &Cell, from: &Cell, length: Option<i64>| {
        let (text, with, from) = (str(text), str(with), int(from));
        let length = length.unwrap_or_else(|| count(with));
        if length < 0 {
            return Err(RowError::new(ErrorKind::Argument, "Overlay error: negative length not allowed"));
        }
        if from < 1 {
            // The first 1 − from characters stand before the text, the rest covers its beginning.
            let covered = length.saturating_add(from).saturating_sub(1).max(0);
            return Ok(join(&[with, slice(text, covered.saturating_add(1), i64::MAX)]));
        }
        Ok(join(&[slice(text, 1, from - 1), with, slice(text, from.saturating_add(length), i64::MAX)]))
    };
    if call.args.len() == 3 {
        strict::<3>(call.args, move |[text, with, from]| lay(&text, &with, &from, None))
    } else {
        strict::<4>(call.args, move |[text, with, from, length]| lay(&text, &with, &from, Some(int(&length))))
    }
}

/// 1-based; 0 when it is not there, 1 for the empty text.
fn position(wanted: &str, text: &str) -> i64 {
    text.find(wanted).map_or(0, |at| count(&text[..at]) + 1)
}
