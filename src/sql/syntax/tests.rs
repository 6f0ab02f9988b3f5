//! Tests of the grammar: what it reads, where errors stand, and that no text can break it.

use crate::sql::diagnostic::Span;

mod errors;
mod expressions;
mod robustness;
mod statements;

/// The text at a place.
pub(super) fn text_at(code: &str, span: Span) -> String {
    let lines: Vec<&str> = code.split('\n').collect();
    let mut out = String::new();
    for line in span.line..=span.end_line {
        let characters = lines[line as usize - 1].chars();
        let from = if line == span.line { span.column as usize - 1 } else { 0 };
        let to = if line == span.end_line { span.end_column as usize } else { usize::MAX };
        if line > span.line {
            out.push('\n');
        }
        out.extend(characters.skip(from).take(to.saturating_sub(from)));
    }
    out
}
