//! Functions that take log lines apart into a row value (SQL reference, "Log Parsing Functions").

use super::regular::compile;
use super::signature::{Param, Signature};
use super::text::str;
use super::{Call, Entry, strict};
use crate::sql::expressions::{Conversion, ErrorKind, Operand, RowError, converter};
use crate::sql::types::{Cell, DataType, MAX_VARCHAR};
use std::sync::Arc;

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "REGEX_LOG_PARSE",
    forms: &["REGEX_LOG_PARSE(<CHARACTER>, <CHARACTER>)", "REGEX_LOG_PARSE(<CHARACTER>, <CHARACTER>, <CHARACTER>)"],
    source: "sql-reference-regex-log-parse",
    // The fields are known to the analysis, which reads the pattern.
    signature: |types| {
        let result = DataType::Row(Arc::new(Vec::new()));
        Some(Signature::of(types, &[Param::Text, Param::Text, Param::Text], 1, result)?.nullable())
    },
    build: regex_log_parse,
}];

/// The conversions of texts to the fields of a call's result.
pub(super) fn field_conversions(call: &Call) -> Vec<Conversion> {
    let DataType::Row(columns) = &call.result else { return Vec::new() };
    columns.iter().map(|column| converter(&DataType::VarChar(MAX_VARCHAR), &column.data_type, call.start_ms)).collect()
}

/// The groups of a pattern that must match the whole text, as fields; NULL when it does not match.
fn regex_log_parse(call: Call) -> Operand {
    let pattern = constant_text(&call, 1).map(|pattern| format!("^(?:{pattern})$"));
    match pattern {
        Some(pattern) => groups(call, &pattern),
        None => Operand::Constant(Cell::Null),
    }
}

/// An argument that the analysis has seen to be a literal.
pub(super) fn constant_text(call: &Call, place: usize) -> Option<String> {
    Some(call.args.get(place)?.constant()?.as_str()?.to_owned())
}

/// The groups of a regular expression over the first argument, as fields; NULL when it does not match.
pub(super) fn groups(mut call: Call, pattern: &str) -> Operand {
    let fields = field_conversions(&call);
    let regex = compile(pattern);
    call.args.truncate(1);
    strict::<1>(call.args, move |[text]| {
        let regex = regex.as_ref().map_err(Clone::clone)?;
        let found = regex.captures(str(&text)).map_err(|error| RowError::new(ErrorKind::Argument, error.to_string()))?;
        let Some(found) = found else { return Ok(Cell::Null) };
        let field = |(place, convert): (usize, &Conversion)| match found.get(place + 1) {
            Some(group) => convert(&Cell::text(group.as_str())),
            None => Ok(Cell::Null),
        };
        Ok(Cell::Row(Arc::new(fields.iter().enumerate().map(field).collect::<Result<_, _>>()?)))
    })
}
