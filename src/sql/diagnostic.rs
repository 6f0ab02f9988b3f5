//! What is wrong with a script, and where.

use std::fmt;

/// A place in the script: line and column from 1, columns counted in characters; both ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Line of the first character.
    pub line: u32,
    /// Column of the first character.
    pub column: u32,
    /// Line of the last character.
    pub end_line: u32,
    /// Column of the last character.
    pub end_column: u32,
}

impl Span {
    /// From the start of this place to the end of another.
    pub fn to(self, end: Self) -> Self {
        Self { end_line: end.end_line, end_column: end.end_column, ..self }
    }
}

/// One error in a script, in the style of the service's engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where it is.
    pub span: Span,
    /// What it is: `Column 'X' not found in any table`, `Encountered ")" …`.
    pub message: String,
    /// Whether the grammar (true) or the validator (false) found it; they print differently.
    pub syntax: bool,
}

impl fmt::Display for Diagnostic {
    /// `From line 1, column 8 to line 1, column 12: …`, as the service's validator prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Span { line, column, end_line, end_column } = self.span;
        if self.syntax {
            return write!(f, "{}", self.message);
        }
        if (line, column) == (end_line, end_column) {
            return write!(f, "At line {line}, column {column}: {}", self.message);
        }
        write!(f, "From line {line}, column {column} to line {end_line}, column {end_column}: {}", self.message)
    }
}
