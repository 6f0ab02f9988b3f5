//! What is wrong with a script, with the line and a caret under the place.

use crate::sql::diagnostic::Diagnostic;
use std::fmt::Write;

/// How many errors are shown.
const SHOWN_MAX: usize = 20;

/// One paragraph an error: file, line, column, message, the line and what is meant in it.
pub(super) fn render(file: &str, code: &str, diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics.iter().take(SHOWN_MAX) {
        let span = diagnostic.span;
        let number = span.line.to_string();
        let line = code.lines().nth(span.line.saturating_sub(1) as usize).unwrap_or_default().trim_end().replace('\t', " ");
        let from = span.column.saturating_sub(1) as usize;
        let to = if span.end_line == span.line { span.end_column as usize } else { line.chars().count() };
        let carets = "^".repeat(to.saturating_sub(from).max(1));
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "{file}:{number}:{}: {diagnostic}\n{number} | {line}\n{} | {}{carets}\n",
            span.column,
            " ".repeat(number.len()),
            " ".repeat(from)
        );
    }
    if diagnostics.len() > SHOWN_MAX {
        let _ = writeln!(text, "and {} more", diagnostics.len() - SHOWN_MAX);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::diagnostic::Span;

    #[test]
    fn the_caret_is_under_the_place() {
        let span = Span { line: 2, column: 8, end_line: 2, end_column: 10 };
        let wrong = Diagnostic { span, message: "Column 'FOO' not found in any table".into(), syntax: false };
        let expected = "app.sql:2:8: From line 2, column 8 to line 2, column 10: Column 'FOO' not found in any table\n\
                        2 | SELECT FOO\n\
                        \x20 |        ^^^\n";
        assert_eq!(render("app.sql", "\nSELECT FOO\n", &[wrong]), expected);
    }
}
