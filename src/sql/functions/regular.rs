//! Functions of regular expressions in Java's syntax (SQL reference, "REGEX_REPLACE", "SUBSTRING").

use super::signature::{Param, Signature, length};
use super::text::{slice, str};
use super::{Call, Entry, pattern::similar_to_regex, strict};
use crate::sql::expressions::{ErrorKind, Operand, RowError};
use crate::sql::types::{Cell, DataType, MAX_VARCHAR};
use fancy_regex::{Captures, Regex};

const WHOLE: Param = Param::Is(DataType::BigInt);

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "REGEX_REPLACE",
        forms: &["REGEX_REPLACE(<CHARACTER>, <CHARACTER>, <CHARACTER>, <INTEGER>, <INTEGER>)"],
        source: "sql-reference-regex-replace",
        signature: |types| {
            Signature::of(types, &[Param::Text, Param::Text, Param::Text, WHOLE, WHOLE], 0, DataType::VarChar(MAX_VARCHAR))
        },
        build: replace,
    },
    Entry {
        name: "SUBSTRING REGEX",
        forms: &["SUBSTRING(<CHARACTER> FROM <CHARACTER>)"],
        source: "sql-reference-substring",
        signature: |types| Some(Signature::of(types, &[Param::Text, Param::Text], 0, cut_type(types))?.nullable()),
        build: first_match,
    },
    Entry {
        name: "SUBSTRING SIMILAR",
        forms: &["SUBSTRING(<CHARACTER> SIMILAR <CHARACTER> ESCAPE <CHARACTER>)"],
        source: "sql-reference-substring",
        signature: |types| Some(Signature::of(types, &[Param::Text, Param::Text, Param::Text], 0, cut_type(types))?.nullable()),
        build: |call| strict::<3>(call.args, |[text, pattern, escape]| similar(str(&text), str(&pattern), str(&escape))),
    },
];

fn cut_type(types: &[DataType]) -> DataType {
    DataType::VarChar(types.first().map_or(1, length))
}

/// Compiles a regular expression; a wrong one fails each row.
pub(super) fn compile(regex: &str) -> Result<Regex, RowError> {
    Regex::new(regex)
        .map_err(|error| RowError::new(ErrorKind::Argument, format!("Invalid regular expression '{regex}': {error}")))
}

/// The expression at `place` of the arguments, compiled once when it is constant.
fn fixed(call: &Call, place: usize) -> Option<Result<Regex, RowError>> {
    Some(compile(call.args.get(place)?.constant()?.as_str()?))
}

fn with_regex<R>(
    fixed: Option<&Result<Regex, RowError>>,
    text: &Cell,
    f: impl FnOnce(&Regex) -> Result<R, RowError>,
) -> Result<R, RowError> {
    match fixed {
        Some(regex) => f(regex.as_ref().map_err(Clone::clone)?),
        None => f(&compile(str(text))?),
    }
}

fn too_hard(error: &fancy_regex::Error) -> RowError {
    RowError::new(ErrorKind::Argument, error.to_string())
}

fn first_match(call: Call) -> Operand {
    let fixed = fixed(&call, 1);
    strict::<2>(call.args, move |[text, pattern]| {
        with_regex(fixed.as_ref(), &pattern, |regex| {
            let found = regex.find(str(&text)).map_err(|error| too_hard(&error))?;
            Ok(found.map_or(Cell::Null, |found| Cell::text(found.as_str())))
        })
    })
}

/// `pre#"mid#"post`: the part that `mid` matches.
fn similar(text: &str, pattern: &str, escape: &str) -> Result<Cell, RowError> {
    let mark = format!("{escape}\"");
    let mut parts = pattern.split(mark.as_str());
    let (Some(pre), Some(mid), Some(post), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(RowError::new(ErrorKind::Argument, format!("Invalid pattern '{pattern}'")));
    };
    let letter = escape.chars().next();
    let [pre, mid, post] = [similar_to_regex(pre, letter)?, similar_to_regex(mid, letter)?, similar_to_regex(post, letter)?];
    let regex = compile(&format!("(?s)^(?:{pre})(?<mid>{mid})(?:{post})$"))?;
    let found = regex.captures(text).map_err(|error| too_hard(&error))?;
    Ok(found.and_then(|found| found.name("mid").map(|mid| Cell::text(mid.as_str()))).unwrap_or_default())
}

fn replace(call: Call) -> Operand {
    let fixed = fixed(&call, 1);
    strict::<5>(call.args, move |[text, pattern, with, start, occurrence]| {
        let (start, occurrence) = (start.as_int().unwrap_or_default(), occurrence.as_int().unwrap_or_default());
        if start < 1 || occurrence < 0 {
            return Err(RowError::new(ErrorKind::Argument, "REGEX_REPLACE: start position and occurrence out of range"));
        }
        with_regex(fixed.as_ref(), &pattern, |regex| replaced(regex, str(&text), str(&with), start, occurrence))
    })
}

fn replaced(regex: &Regex, text: &str, with: &str, start: i64, occurrence: i64) -> Result<Cell, RowError> {
    let rest = slice(text, start, i64::MAX);
    let before = &text[..text.len() - rest.len()];
    let mut out = before.to_owned();
    let mut done = 0;
    for (found, number) in regex.captures_iter(rest).zip(1i64..) {
        let found = found.map_err(|error| too_hard(&error))?;
        let Some(whole) = found.get(0) else { break };
        if occurrence != 0 && number != occurrence {
            continue;
        }
        out.push_str(&rest[done..whole.start()]);
        expand(&mut out, with, &found)?;
        done = whole.end();
    }
    out.push_str(&rest[done..]);
    Ok(Cell::owned_text(out))
}

/// A replacement in Java's form: `$n` and `${name}` are groups, `\` takes the next character as it is.
fn expand(out: &mut String, with: &str, found: &Captures<'_, str>) -> Result<(), RowError> {
    let illegal = || RowError::new(ErrorKind::Argument, "Illegal group reference");
    let mut chars = with.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            '$' if chars.next_if_eq(&'{').is_some() => {
                let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                out.push_str(found.name(&name).map_or("", |group| group.as_str()));
            }
            '$' => {
                let first = chars.next().and_then(|c| c.to_digit(10)).ok_or_else(illegal)? as usize;
                if first >= found.len() {
                    return Err(illegal());
                }
                let mut group = first;
                // Further digits belong to the number as long as such a group exists.
                while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                    let longer = group * 10 + digit as usize;
                    if longer >= found.len() {
                        break;
                    }
                    group = longer;
                    chars.next();
                }
                out.push_str(found.get(group).map_or("", |group| group.as_str()));
            }
            c => out.push(c),
        }
    }
    Ok(())
}
