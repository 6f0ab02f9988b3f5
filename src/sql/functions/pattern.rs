//! LIKE and SIMILAR TO (SQL reference, "Logical Operators").

use crate::sql::expressions::{ErrorKind, Operand, RowError};
use crate::sql::types::Cell;
use regex::Regex;

/// A pattern made ready.
enum Matcher {
    /// No wildcard.
    Equal(String),
    /// `text%`.
    Prefix(String),
    /// `%text`.
    Suffix(String),
    /// `%text%`.
    Contains(Box<memchr::memmem::Finder<'static>>),
    /// Anything else.
    Regular(Regex),
}

impl Matcher {
    fn new(pattern: &str, escape: Option<char>, similar: bool) -> Result<Self, RowError> {
        if !similar {
            return like(pattern, escape);
        }
        regular(&similar_to_regex(pattern, escape)?)
    }

    fn matches(&self, text: &[u8]) -> bool {
        match self {
            Self::Equal(wanted) => text == wanted.as_bytes(),
            Self::Prefix(start) => text.starts_with(start.as_bytes()),
            Self::Suffix(end) => text.ends_with(end.as_bytes()),
            Self::Contains(finder) => finder.find(text).is_some(),
            Self::Regular(regex) => std::str::from_utf8(text).is_ok_and(|text| regex.is_match(text)),
        }
    }
}

fn invalid(pattern: &str) -> RowError {
    RowError::new(ErrorKind::Argument, format!("Invalid pattern '{pattern}'"))
}

fn regular(regex: &str) -> Result<Matcher, RowError> {
    Regex::new(&format!("(?s)^(?:{regex})$")).map(Matcher::Regular).map_err(|_| invalid(regex))
}

/// A LIKE pattern: as a search for plain text when `%` stands at its ends only.
fn like(pattern: &str, escape: Option<char>) -> Result<Matcher, RowError> {
    let (mut plain, mut regex, mut wildcards) = (String::new(), String::new(), 0);
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            _ if Some(c) == escape => {
                let literal = chars.next().ok_or_else(|| invalid(pattern))?;
                plain.push(literal);
                regex.push_str(&regex::escape(literal.encode_utf8(&mut [0; 4])));
            }
            '%' => {
                regex.push_str(".*");
                wildcards += 1;
            }
            '_' => {
                regex.push('.');
                // Counts as a wildcard in the middle.
                wildcards += 3;
            }
            c => {
                plain.push(c);
                regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
            }
        }
    }
    let (first, last) = (pattern.starts_with('%'), pattern.len() > 1 && regex.ends_with(".*"));
    match (wildcards, first, last) {
        (0, ..) => Ok(Matcher::Equal(plain)),
        (1, false, true) => Ok(Matcher::Prefix(plain)),
        (1, true, _) => Ok(Matcher::Suffix(plain)),
        (2, true, true) => Ok(Matcher::Contains(Box::new(memchr::memmem::Finder::new(plain.as_bytes()).into_owned()))),
        _ => regular(&regex),
    }
}

/// SIMILAR TO as a regular expression: `_ % | * + ? ( ) { } [ ]` keep their meaning, all else is literal.
pub(super) fn similar_to_regex(pattern: &str, escape: Option<char>) -> Result<String, RowError> {
    let mut regex = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            _ if Some(c) == escape => {
                let literal = chars.next().ok_or_else(|| invalid(pattern))?;
                regex.push_str(&regex::escape(literal.encode_utf8(&mut [0; 4])));
            }
            '%' => regex.push_str(".*"),
            '_' => regex.push('.'),
            '[' => bracket(pattern, &mut chars, escape, &mut regex)?,
            '|' | '*' | '+' | '?' | '(' | ')' | '{' | '}' => regex.push(c),
            c => regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    Ok(regex)
}

/// The rest of `[abc]`, `[^abc]`, `[a-e^c]` (those before the circumflex without those after it).
fn bracket(pattern: &str, chars: &mut std::str::Chars<'_>, escape: Option<char>, regex: &mut String) -> Result<(), RowError> {
    let (mut included, mut excluded, mut circumflex) = (String::new(), String::new(), false);
    loop {
        let c = chars.next().ok_or_else(|| invalid(pattern))?;
        let set = if circumflex { &mut excluded } else { &mut included };
        match c {
            ']' => break,
            _ if Some(c) == escape => {
                let literal = chars.next().ok_or_else(|| invalid(pattern))?;
                set.push_str(&format!("\\x{{{:x}}}", u32::from(literal)));
            }
            '^' if !circumflex => circumflex = true,
            '-' => set.push('-'),
            '(' | ')' | '%' | '_' | '[' => return Err(invalid(pattern)),
            c => set.push_str(&format!("\\x{{{:x}}}", u32::from(c))),
        }
    }
    regex.push_str(&match (circumflex, included.is_empty()) {
        (false, _) => format!("[{included}]"),
        (true, true) => format!("[^{excluded}]"),
        (true, false) => format!("[[{included}]--[{excluded}]]"),
    });
    Ok(())
}

/// Compiles `of LIKE|SIMILAR TO pattern [ESCAPE escape]`. A constant pattern is made ready once.
pub(crate) fn pattern(similar: bool, of: Operand, pattern: Operand, escape: Option<Operand>) -> Operand {
    let escape = escape.unwrap_or(Operand::Constant(Cell::text("")));
    let letter = |escape: &Cell| escape.as_str().unwrap_or_default().chars().next();
    if let (Some(fixed), Some(escape)) = (pattern.constant(), escape.constant()) {
        let (Some(fixed), false) = (fixed.as_str(), escape.is_null()) else { return Operand::Constant(Cell::Null) };
        let matcher = Matcher::new(fixed, letter(escape), similar);
        let constant = of.constant().is_some();
        return Operand::computed(move |scope| {
            let matcher = matcher.as_ref().map_err(Clone::clone)?;
            of.with(scope, |of| of.text_bytes().map_or(Cell::Null, |text| Cell::Bool(matcher.matches(text))))
        })
        .folded(constant);
    }
    super::strict::<3>(vec![of, pattern, escape], move |[of, pattern, escape]| {
        let matcher = Matcher::new(pattern.as_str().unwrap_or_default(), letter(&escape), similar)?;
        Ok(Cell::Bool(matcher.matches(of.text_bytes().unwrap_or_default())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(similar: bool, text: &str, wanted: &str, escape: Option<&str>) -> Option<bool> {
        let constant = |text: &str| Operand::Constant(Cell::text(text));
        pattern(similar, constant(text), constant(wanted), escape.map(constant)).constant().and_then(Cell::as_bool)
    }

    #[test]
    fn like_as_published() {
        for (text, wanted, expected) in [
            ("ab", "a_", true),
            ("a", "a_", false),
            ("", "", true),
            ("123aXYZ", "_%_a%_", true),
            ("abc", "a%", true),
            ("abc", "%c", true),
            ("abc", "%b%", true),
            ("abc", "%", true),
            ("", "%", true),
            ("abc", "%a", false),
            ("abc", "b%", false),
            ("a\nc", "a%c", true),
            ("Abc", "a%", false),
            ("a.c", "a_c", true),
            ("abc", "%%", true),
        ] {
            assert_eq!(is(false, text, wanted, None), Some(expected), "'{text}' LIKE '{wanted}'");
        }
        assert_eq!(is(false, "a_", "a\\_", Some("\\")), Some(true));
        assert_eq!(is(false, "ab", "a\\_", Some("\\")), Some(false));
        assert_eq!(is(false, "a%", "%\\%", Some("\\")), Some(true));
        assert_eq!(is(false, "ab", "%\\%", Some("\\")), Some(false));
    }

    #[test]
    fn similar_as_published() {
        for (text, wanted, expected) in [
            ("abd", "[ab][bcde]d", true),
            ("cd", "[a-e^c]d", false),
            ("dd", "[a-e^c]d", true),
            ("acd", "ab*c+d", true),
            ("abb", "a(b{3})", false),
            ("abbbbb", "ab{3,6}", true),
            ("", "(ab)?", true),
            ("a", "(ab)?", false),
            ("fred", "amy|fred", true),
            ("123aXYZ", "", false),
            ("a.c", "a.c", true),
            ("abc", "a.c", false),
        ] {
            assert_eq!(is(true, text, wanted, None), Some(expected), "'{text}' SIMILAR TO '{wanted}'");
        }
        assert_eq!(is(true, "a", "[^(a-e)]", None), None);
    }
}
