//! The script's text, for messages that show a piece of it.

use crate::sql::diagnostic::Span;

/// The lines of a script.
pub(super) struct Source<'a>(Vec<&'a str>);

impl<'a> Source<'a> {
    pub(super) fn new(code: &'a str) -> Self {
        Self(code.split('\n').collect())
    }

    /// The text at a place, with single blanks between its words.
    pub(super) fn text(&self, span: Span) -> String {
        let mut pieces = Vec::new();
        for line in span.line..=span.end_line {
            let Some(text) = self.0.get(line as usize - 1) else { break };
            let from = if line == span.line { span.column as usize - 1 } else { 0 };
            let to = if line == span.end_line { span.end_column as usize } else { usize::MAX };
            pieces.push(text.chars().skip(from).take(to.saturating_sub(from)).collect::<String>());
        }
        pieces.iter().flat_map(|piece| piece.split_whitespace()).collect::<Vec<_>>().join(" ")
    }

    /// Whether a word occurs anywhere, in any case: in code, or in a comment, which does no harm.
    pub(super) fn mentions(&self, word: &str) -> bool {
        self.0.iter().any(|line| line.to_ascii_uppercase().contains(word))
    }
}
