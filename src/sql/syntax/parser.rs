//! The cursor over the tokens: what rules of the grammar are written with, and how their errors read.

use super::ast::{Ident, Name};
use super::tokens::{Token, TokenKind};
use crate::sql::diagnostic::{Diagnostic, Span};

/// How deep expressions and queries may nest. One level costs several frames of the stack in parser, analysis and compiler;
/// 100 of them fit in the 2 MiB of a thread with room to spare.
pub(super) const MAX_DEPTH: u32 = 100;

/// How many levels of nesting a query counts for: its rules need several times the stack of an expression's.
pub(super) const QUERY_LEVELS: u32 = 4;

/// How high the tree of an expression may grow. Operators in a row (`a + b + c …`) nest to the left, level by level, without nesting
/// in the text; what walks the tree goes so deep. AND, OR, IN and UNION ALL are flat lists and add one level however long they are.
pub(super) const MAX_HEIGHT: u32 = 400;

/// Characters of a name (SQL reference, "Identifiers").
const IDENTIFIER_MAX: usize = 128;

/// The result of a rule; errors are boxed because they are rare and large.
pub(super) type Parsed<T> = Result<T, Box<Diagnostic>>;

/// A cursor over tokens.
pub(super) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// What the rules asked for at the current token, for the message.
    expected: Vec<&'static str>,
    depth: u32,
    /// The height of the highest tree read under the current rule.
    height: u32,
}

impl Parser {
    /// A cursor at the first token; the last one must be [`TokenKind::End`].
    pub(super) fn new(tokens: Vec<Token>) -> Self {
        Self { tokens, at: 0, expected: Vec::new(), depth: 0, height: 0 }
    }

    /// The current token.
    pub(super) fn peek(&self) -> &Token {
        self.peek_nth(0)
    }

    /// A token further on.
    pub(super) fn peek_nth(&self, n: usize) -> &Token {
        // The vector is never empty: it ends with End.
        &self.tokens[(self.at + n).min(self.tokens.len() - 1)]
    }

    /// The place of the token read last.
    pub(super) fn last_span(&self) -> Span {
        self.tokens[self.at.saturating_sub(1)].span
    }

    /// From the given place to the token read last.
    pub(super) fn since(&self, start: Span) -> Span {
        start.to(self.last_span())
    }

    /// Takes the current token.
    pub(super) fn advance(&mut self) -> Token {
        let token = self.peek().clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        self.expected.clear();
        token
    }

    /// Whether all is read.
    pub(super) fn at_end(&self) -> bool {
        self.peek().kind == TokenKind::End
    }

    /// Notes what would also be right here.
    pub(super) fn expecting(&mut self, what: &'static str) {
        self.expected.push(what);
    }

    /// Whether the current token is this keyword.
    pub(super) fn at_word(&mut self, word: &'static str) -> bool {
        self.expected.push(word);
        self.peek().is_word(word)
    }

    /// Takes this keyword if it is here.
    pub(super) fn eat_word(&mut self, word: &'static str) -> bool {
        let here = self.at_word(word);
        if here {
            self.advance();
        }
        here
    }

    /// Takes these keywords if all are here.
    pub(super) fn eat_words(&mut self, words: [&'static str; 2]) -> bool {
        let here = self.at_word(words[0]) && self.peek_nth(1).is_word(words[1]);
        if here {
            self.advance();
            self.advance();
        }
        here
    }

    /// Takes this keyword or fails.
    pub(super) fn expect_word(&mut self, word: &'static str) -> Parsed<()> {
        if self.eat_word(word) { Ok(()) } else { self.unexpected() }
    }

    /// Whether the current token is this symbol.
    pub(super) fn at_symbol(&mut self, symbol: &'static str) -> bool {
        self.expected.push(symbol);
        self.peek().is_symbol(symbol)
    }

    /// Takes this symbol if it is here.
    pub(super) fn eat_symbol(&mut self, symbol: &'static str) -> bool {
        let here = self.at_symbol(symbol);
        if here {
            self.advance();
        }
        here
    }

    /// Takes this symbol or fails.
    pub(super) fn expect_symbol(&mut self, symbol: &'static str) -> Parsed<()> {
        if self.eat_symbol(symbol) { Ok(()) } else { self.unexpected() }
    }

    /// Fails unless all is read.
    pub(super) fn expect_end(&mut self) -> Parsed<()> {
        self.expected.push("<EOF>");
        if self.at_end() { Ok(()) } else { self.unexpected() }
    }

    /// A name.
    pub(super) fn ident(&mut self) -> Parsed<Ident> {
        match self.eat_ident() {
            Some(ident) if ident.name.chars().count() > IDENTIFIER_MAX => {
                let message =
                    format!("Length of identifier '{}' must be less than or equal to {IDENTIFIER_MAX} characters", ident.name);
                self.error_at(ident.span, message)
            }
            Some(ident) => Ok(ident),
            None => self.unexpected(),
        }
    }

    /// A name, if one is here.
    pub(super) fn eat_ident(&mut self) -> Option<Ident> {
        self.expected.extend(["<IDENTIFIER>", "<QUOTED_IDENTIFIER>"]);
        if self.peek().is_name() { self.any_ident() } else { None }
    }

    /// A name that may be a reserved word.
    pub(super) fn any_ident(&mut self) -> Option<Ident> {
        let (name, quoted) = match &self.peek().kind {
            TokenKind::Word { upper, .. } => (upper.clone(), false),
            TokenKind::Quoted(name) => (name.clone(), true),
            _ => return None,
        };
        let span = self.advance().span;
        Some(Ident { name, quoted, span })
    }

    /// A qualified name.
    pub(super) fn name(&mut self) -> Parsed<Name> {
        let mut parts = vec![self.ident()?];
        while self.eat_symbol(".") {
            parts.push(self.ident()?);
        }
        let span = parts[0].span.to(self.last_span());
        Ok(Name { parts, span })
    }

    /// One or more of a rule with commas between them.
    pub(super) fn list<T>(&mut self, mut rule: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut items = vec![rule(self)?];
        while self.eat_symbol(",") {
            items.push(rule(self)?);
        }
        Ok(items)
    }

    /// The same in parentheses.
    pub(super) fn parenthesized<T>(&mut self, rule: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.expect_symbol("(")?;
        let items = self.list(rule)?;
        self.expect_symbol(")")?;
        Ok(items)
    }

    /// A text literal.
    pub(super) fn text(&mut self) -> Parsed<String> {
        self.expected.push("<QUOTED_STRING>");
        match self.peek().kind.clone() {
            TokenKind::Text(text) => {
                self.advance();
                Ok(text)
            }
            _ => self.unexpected(),
        }
    }

    /// An unsigned whole number.
    pub(super) fn whole_number(&mut self) -> Parsed<u64> {
        self.expected.push("<UNSIGNED_INTEGER_LITERAL>");
        let TokenKind::Number(text) = &self.peek().kind else { return self.unexpected() };
        let Ok(number) = text.parse() else { return self.unexpected() };
        self.advance();
        Ok(number)
    }

    /// Reads so many levels deeper, or fails where it is too deep.
    pub(super) fn deeper<T>(&mut self, levels: u32, rule: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth + levels > MAX_DEPTH {
            return self.error(format!("Expressions and queries nest more than {MAX_DEPTH} levels deep"));
        }
        self.depth += levels;
        let beside = std::mem::take(&mut self.height);
        let result = rule(self);
        self.height = beside.max(self.height + 1);
        self.depth -= levels;
        result
    }

    /// Puts one more level on what was read under the current rule, or fails where it grows too high.
    pub(super) fn higher(&mut self) -> Parsed<()> {
        self.height += 1;
        if self.height > MAX_HEIGHT {
            return self.error(format!("An expression has more than {MAX_HEIGHT} levels of operators"));
        }
        Ok(())
    }

    /// Goes on behind the statement that had an error.
    pub(super) fn skip_statement(&mut self) {
        (self.depth, self.height) = (0, 0);
        while !self.at_end() && !self.peek().is_symbol(";") {
            self.advance();
        }
    }

    /// An error at the current token with a text of its own.
    pub(super) fn error<T>(&self, message: String) -> Parsed<T> {
        self.error_at(self.peek().span, message)
    }

    /// An error at a place with a text of its own; it prints as those of the validator do.
    pub(super) fn error_at<T>(&self, span: Span, message: String) -> Parsed<T> {
        Err(Box::new(Diagnostic { span, message, syntax: false }))
    }

    /// The error that the current token is none of those asked for.
    pub(super) fn unexpected<T>(&mut self) -> Parsed<T> {
        let token = self.peek();
        let Span { line, column, .. } = token.span;
        let mut message = format!("Encountered \"{}\" at line {line}, column {column}.", token.image());
        let mut expected: Vec<_> = self.expected.iter().map(|what| quoted_image(what)).collect();
        expected.sort();
        expected.dedup();
        message += if expected.len() == 1 { "\nWas expecting:" } else { "\nWas expecting one of:" };
        for what in expected {
            message = message + "\n    " + &what + " ...";
        }
        Err(Box::new(Diagnostic { span: token.span, message, syntax: true }))
    }
}

/// `","`, but `<EOF>`.
fn quoted_image(what: &str) -> String {
    if what.starts_with('<') && what.ends_with('>') && what.len() > 2 { what.to_owned() } else { format!("\"{what}\"") }
}
