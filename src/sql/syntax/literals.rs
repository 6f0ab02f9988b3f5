//! The rules of literals that are more than one plain token, and of interval qualifiers.

use super::ast::Qualifier;
use super::expr::Literal;
use super::parser::{Parsed, Parser};
use super::tokens::TokenKind;
use crate::sql::types::{IntervalQualifier, IntervalUnit};

/// The fields of intervals, largest first.
const UNITS: [(&str, IntervalUnit); 6] = [
    ("YEAR", IntervalUnit::Year),
    ("MONTH", IntervalUnit::Month),
    ("DAY", IntervalUnit::Day),
    ("HOUR", IntervalUnit::Hour),
    ("MINUTE", IntervalUnit::Minute),
    ("SECOND", IntervalUnit::Second),
];

impl Parser {
    /// The literals that start with a word: NULL, TRUE, FALSE, UNKNOWN, DATE, TIME, TIMESTAMP.
    pub(super) fn word_literal(&mut self, word: &str) -> Parsed<Option<Literal>> {
        let with_text = matches!(self.peek_nth(1).kind, TokenKind::Text(_));
        let literal = match word {
            "NULL" => Literal::Null,
            "TRUE" => Literal::Boolean(Some(true)),
            "FALSE" => Literal::Boolean(Some(false)),
            "UNKNOWN" => Literal::Boolean(None),
            "DATE" | "TIME" | "TIMESTAMP" if with_text => {
                self.advance();
                let text = self.text()?;
                return Ok(Some(datetime(word, text)));
            }
            _ => return Ok(None),
        };
        self.advance();
        Ok(Some(literal))
    }

    /// `{d '…'}`, `{t '…'}`, `{ts '…'}`.
    pub(super) fn braces(&mut self) -> Parsed<Literal> {
        self.expect_symbol("{")?;
        let words = [("D", "DATE"), ("T", "TIME"), ("TS", "TIMESTAMP")];
        let Some((_, kind)) = words.into_iter().find(|(word, _)| self.eat_word(word)) else { return self.unexpected() };
        let text = self.text()?;
        self.expect_symbol("}")?;
        Ok(datetime(kind, text))
    }

    /// `U&'…' [UESCAPE 'c']`: the escape character, `\` unless said otherwise, doubled or before four hexadecimal digits.
    pub(super) fn unicode_text(&mut self, text: &str) -> Parsed<Literal> {
        let token = self.advance();
        let mut escape = '\\';
        if self.eat_word("UESCAPE") {
            let written = self.peek().clone();
            let mut characters = match &written.kind {
                TokenKind::Text(text) => text.chars(),
                _ => return self.unexpected(),
            };
            let (Some(character), None) = (characters.next(), characters.next()) else {
                return self.error("UESCAPE must be a single character".to_owned());
            };
            escape = character;
            self.advance();
        }
        match unescaped(text, escape) {
            Some(text) => Ok(Literal::Text(text)),
            None => self.error_at(token.span, "Unicode escape sequence is malformed".to_owned()),
        }
    }

    /// The bytes of `X'…'`.
    pub(super) fn binary_literal(&mut self, digits: &str) -> Parsed<Literal> {
        let token = self.advance();
        let digit = |at: u8| char::from(at).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let pairs = digits.as_bytes().chunks(2);
        let bytes = pairs.map(|pair| match pair {
            [high, low] => Some(digit(*high)? * 16 + digit(*low)?),
            _ => None,
        });
        match bytes.collect() {
            Some(bytes) => Ok(Literal::Binary(bytes)),
            None => self.error_at(token.span, "Binary literal string must contain an even number of hexits".to_owned()),
        }
    }

    /// A field of a time: YEAR to SECOND.
    pub(super) fn unit(&mut self) -> Parsed<IntervalUnit> {
        match UNITS.into_iter().find(|(word, _)| self.eat_word(word)) {
            Some((_, unit)) => Ok(unit),
            None => self.unexpected(),
        }
    }

    /// An interval qualifier.
    pub(super) fn qualifier(&mut self) -> Parsed<Qualifier> {
        match self.eat_qualifier()? {
            Some(qualifier) => Ok(qualifier),
            None => self.unexpected(),
        }
    }

    /// An interval qualifier, if one is here: `UNIT[(precision[, fraction])] [TO UNIT[(fraction)]]`.
    pub(super) fn eat_qualifier(&mut self) -> Parsed<Option<Qualifier>> {
        let start = self.peek().span;
        let Some((_, from)) = UNITS.into_iter().find(|(word, _)| self.eat_word(word)) else { return Ok(None) };
        let (mut precision, mut fraction) = (2, 3);
        if self.eat_symbol("(") {
            precision = self.digits(1, 10)?;
            if from == IntervalUnit::Second && self.eat_symbol(",") {
                fraction = self.digits(0, 3)?;
            }
            self.expect_symbol(")")?;
        }
        let to = self.eat_smaller_unit(from);
        if to == IntervalUnit::Second && from != to && self.eat_symbol("(") {
            fraction = self.digits(0, 3)?;
            self.expect_symbol(")")?;
        }
        let value = IntervalQualifier { from, to, precision, fraction };
        Ok(Some(Qualifier { value, span: self.since(start) }))
    }

    /// `TO UNIT` where the unit makes an interval with the leading one; in `FLOOR(x SECOND TO SECOND)` it does not.
    fn eat_smaller_unit(&mut self, from: IntervalUnit) -> IntervalUnit {
        let year_month = |unit| unit <= IntervalUnit::Month;
        let next = UNITS.into_iter().find(|(word, _)| self.peek_nth(1).is_word(word));
        match next {
            Some((_, to)) if self.at_word("TO") && to > from && year_month(to) == year_month(from) => {
                self.advance();
                self.advance();
                to
            }
            _ => from,
        }
    }

    fn digits(&mut self, least: u8, most: u8) -> Parsed<u8> {
        let place = self.peek().span;
        let number = self.whole_number()?;
        match u8::try_from(number) {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            _ => self.error_at(place, format!("Interval precision {number} must be between {least} and {most}")),
        }
    }
}

fn datetime(kind: &str, text: String) -> Literal {
    match kind {
        "DATE" => Literal::Date(text),
        "TIME" => Literal::Time(text),
        _ => Literal::Timestamp(text),
    }
}

fn unescaped(text: &str, escape: char) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character != escape {
            out.push(character);
            continue;
        }
        if rest.as_str().starts_with(escape) {
            out.push(escape);
            rest.next();
            continue;
        }
        let digits = rest.as_str().get(..4)?;
        out.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
        rest = rest.as_str().get(4..)?.chars();
    }
    Some(out)
}
