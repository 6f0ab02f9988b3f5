//! Text to tokens with places: sqlparser's tokenizer under the dialect's own lexical rules.

use super::reserved::is_reserved;
use crate::sql::diagnostic::{Diagnostic, Span};
use sqlparser::dialect::Dialect;
use sqlparser::tokenizer::{Token as RawToken, TokenWithSpan, Tokenizer};

/// A token and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of tokens.
#[derive(Clone, Debug, PartialEq)]
pub enum TokenKind {
    /// A keyword or an unquoted name: as written, and folded to upper case.
    Word {
        /// As written.
        written: String,
        /// In upper case.
        upper: String,
    },
    /// A name in double quotes, without them.
    Quoted(String),
    /// A number as written.
    Number(String),
    /// A character literal, quotes undone.
    Text(String),
    /// `U&'…'`, quotes undone, escapes not.
    UnicodeText(String),
    /// The digits of `X'…'`.
    Hex(String),
    /// Punctuation or an operator.
    Symbol(&'static str),
    /// Something no rule of the grammar knows.
    Other(String),
    /// The end of the script.
    End,
}

impl Token {
    /// The unquoted word in upper case.
    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            TokenKind::Word { upper, .. } => Some(upper),
            _ => None,
        }
    }

    /// Whether it is this keyword.
    pub fn is_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }

    /// Whether it is this symbol.
    pub fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.kind, TokenKind::Symbol(s) if s == symbol)
    }

    /// Whether it can be a name: quoted, or a word that is not reserved.
    pub fn is_name(&self) -> bool {
        match &self.kind {
            TokenKind::Word { upper, .. } => !is_reserved(upper),
            TokenKind::Quoted(_) => true,
            _ => false,
        }
    }

    /// How an error message shows it.
    pub fn image(&self) -> String {
        match &self.kind {
            TokenKind::Word { written, .. } => written.clone(),
            TokenKind::Quoted(name) => format!("\\\"{}\\\"", name.replace('"', "\\\"\\\"")),
            TokenKind::Number(text) | TokenKind::Other(text) => text.clone(),
            TokenKind::Text(text) => format!("\\'{}\\'", text.replace('\'', "\\'\\'")),
            TokenKind::UnicodeText(text) => format!("U&\\'{}\\'", text.replace('\'', "\\'\\'")),
            TokenKind::Hex(text) => format!("X\\'{text}\\'"),
            TokenKind::Symbol(symbol) => (*symbol).to_owned(),
            TokenKind::End => "<EOF>".to_owned(),
        }
    }
}

/// The lexical rules: names in double quotes, no backslash escapes, no nested comments.
#[derive(Debug)]
struct StreamingSql;

impl Dialect for StreamingSql {
    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        ch == '"'
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        ch.is_alphabetic() || ch == '_'
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        ch.is_alphanumeric() || ch == '_'
    }
}

/// All tokens of a script without blanks and comments; the last one is [`TokenKind::End`].
pub fn tokenize(code: &str) -> Result<Vec<Token>, Diagnostic> {
    let code = slash_comments_as_dashes(code);
    let mut raw = Vec::new();
    Tokenizer::new(&StreamingSql, &code).tokenize_with_location_into_buf(&mut raw).map_err(|error| {
        let (line, column) = (narrow(error.location.line), narrow(error.location.column));
        let span = Span { line, column, end_line: line, end_column: column };
        let message = format!("Lexical error at line {line}, column {column}. {}", error.message);
        Diagnostic { span, message, syntax: true }
    })?;
    Ok(own_tokens(raw))
}

fn own_tokens(raw: Vec<TokenWithSpan>) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(raw.len() / 2 + 1);
    let mut end = Span { line: 1, column: 1, end_line: 1, end_column: 1 };
    for TokenWithSpan { token, span } in raw {
        if matches!(token, RawToken::Whitespace(_) | RawToken::EOF) {
            continue;
        }
        let token = Token { kind: kind_of(token), span: inclusive(span) };
        end = token.span;
        if !joins_unicode_text(&mut tokens, &token) {
            tokens.push(token);
        }
    }
    let column = if tokens.is_empty() { 1 } else { end.end_column + 1 };
    let span = Span { line: end.end_line, column, end_line: end.end_line, end_column: column };
    tokens.push(Token { kind: TokenKind::End, span });
    tokens
}

/// `U`, `&` and `'…'` without blanks between them are one literal; its escape character is known only after it.
fn joins_unicode_text(tokens: &mut Vec<Token>, token: &Token) -> bool {
    let TokenKind::Text(text) = &token.kind else { return false };
    let [.., u, ampersand] = tokens.as_slice() else { return false };
    let touches = |left: Span, right: Span| (left.end_line, left.end_column + 1) == (right.line, right.column);
    if !u.is_word("U") || !ampersand.is_symbol("&") || !touches(u.span, ampersand.span) || !touches(ampersand.span, token.span) {
        return false;
    }
    let span = Span { line: u.span.line, column: u.span.column, ..token.span };
    let joined = Token { kind: TokenKind::UnicodeText(text.clone()), span };
    tokens.truncate(tokens.len() - 2);
    tokens.push(joined);
    true
}

fn kind_of(token: RawToken) -> TokenKind {
    match token {
        RawToken::Word(word) if word.quote_style.is_some() => TokenKind::Quoted(word.value),
        RawToken::Word(word) => TokenKind::Word { upper: word.value.to_uppercase(), written: word.value },
        RawToken::Number(text, false) => TokenKind::Number(text),
        RawToken::SingleQuotedString(text) => TokenKind::Text(text),
        RawToken::HexStringLiteral(digits) => TokenKind::Hex(digits),
        other => symbol_of(&other).map_or_else(|| TokenKind::Other(other.to_string()), TokenKind::Symbol),
    }
}

fn symbol_of(token: &RawToken) -> Option<&'static str> {
    Some(match token {
        RawToken::Comma => ",",
        RawToken::SemiColon => ";",
        RawToken::LParen => "(",
        RawToken::RParen => ")",
        RawToken::LBrace => "{",
        RawToken::RBrace => "}",
        RawToken::Period => ".",
        RawToken::Eq => "=",
        RawToken::Neq => "<>",
        RawToken::Lt => "<",
        RawToken::Gt => ">",
        RawToken::LtEq => "<=",
        RawToken::GtEq => ">=",
        RawToken::Plus => "+",
        RawToken::Minus => "-",
        RawToken::Mul => "*",
        RawToken::Div => "/",
        RawToken::StringConcat => "||",
        RawToken::Ampersand => "&",
        _ => return None,
    })
}

/// The tokenizer's end is the place after the last character; ours is the last character. No token ends at a line's start.
fn inclusive(span: sqlparser::tokenizer::Span) -> Span {
    Span {
        line: narrow(span.start.line),
        column: narrow(span.start.column),
        end_line: narrow(span.end.line),
        end_column: narrow(span.end.column).saturating_sub(1),
    }
}

fn narrow(place: u64) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Turns `//` comments, which official samples use, into `--` comments of the same place and length.
fn slash_comments_as_dashes(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(['\'', '"', '-', '/']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let length = match from.as_bytes() {
            [b'\'', ..] => quoted_length(from, '\''),
            [b'"', ..] => quoted_length(from, '"'),
            [b'-', b'-', ..] | [b'/', b'/', ..] => from.find('\n').unwrap_or(from.len()),
            [b'/', b'*', ..] => from[2..].find("*/").map_or(from.len(), |end| end + 4),
            _ => 1,
        };
        match from[..length].strip_prefix("//") {
            Some(comment) => {
                out.push_str("--");
                out.push_str(comment);
            }
            None => out.push_str(&from[..length]),
        }
        rest = &from[length..];
    }
    out.push_str(rest);
    out
}

/// The length of a quoted piece; a doubled quote just begins the next piece.
fn quoted_length(from: &str, quote: char) -> usize {
    from[1..].find(quote).map_or(from.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(code: &str) -> Vec<String> {
        tokenize(code).unwrap().iter().map(Token::image).collect()
    }

    #[test]
    fn comments_of_three_kinds_are_left_out_and_texts_kept() {
        let code = "a // it's \"one\n b -- // two\n /* // '\n */ '--' '//' \"/*\" x/y";
        assert_eq!(kinds(code), ["a", "b", "\\'--\\'", "\\'//\\'", "\\\"/*\\\"", "x", "/", "y", "<EOF>"]);
    }

    #[test]
    fn places_count_characters_from_one_and_include_the_last() {
        let tokens = tokenize("é  \"ü\"\"x\"\r\n\t'日本' ").unwrap();
        let places: Vec<_> = tokens.iter().map(|t| (t.span.line, t.span.column, t.span.end_line, t.span.end_column)).collect();
        assert_eq!(places, [(1, 1, 1, 1), (1, 4, 1, 9), (2, 2, 2, 5), (2, 6, 2, 6)]);
    }

    #[test]
    fn unicode_literals_are_one_token() {
        assert_eq!(kinds("u&'\\0009'"), ["U&\\'\\0009\\'", "<EOF>"]);
        assert_eq!(kinds("u & 'x'"), ["u", "&", "\\'x\\'", "<EOF>"]);
    }

    #[test]
    fn an_open_text_is_an_error_with_its_place() {
        let error = tokenize("SELECT\n  'abc").unwrap_err();
        assert_eq!((error.span.line, error.span.column), (2, 3));
    }
}
