//! A format such as `DD/MMM/YYYY:HH:mm:ss Z`, compiled once.

use super::Moment;
use super::tokens::{TOKENS, Token};

/// What `format()` uses without a format: local, and of `utc()`.
const LOCAL: &str = "YYYY-MM-DDTHH:mm:ssZ";
const UTC: &str = "YYYY-MM-DDTHH:mm:ss[Z]";

/// The names of English long formats. The small letters stand for the short kind, made by [`shorten`].
const LONG: [(&str, &str); 6] = [
    ("LTS", "h:mm:ss A"),
    ("LT", "h:mm A"),
    ("LLLL", "dddd, MMMM D, YYYY h:mm A"),
    ("LLL", "MMMM D, YYYY h:mm A"),
    ("LL", "MMMM D, YYYY"),
    ("L", "MM/DD/YYYY"),
];

/// A compiled format.
#[derive(Clone, Debug)]
pub(in crate::generate) struct Format(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Token(Token),
}

impl Format {
    /// The format that is used when none is given.
    pub(in crate::generate) fn standard(utc: bool) -> Self {
        Self::compile(if utc { UTC } else { LOCAL })
    }

    /// Compiles a format; every text is one.
    pub(in crate::generate) fn compile(format: &str) -> Self {
        let (mut parts, expanded) = (Vec::new(), expand(format));
        let mut rest = expanded.as_str();
        while let Some(first) = rest.chars().next() {
            let (part, length) = match (first, token(rest), token(&rest[first.len_utf8()..])) {
                ('[', ..) if bracket(rest).is_some() => {
                    let length = bracket(rest).unwrap_or(1);
                    (Part::Text(rest[1..length - 1].to_owned()), length)
                }
                // A backslash makes the token behind it text.
                ('\\', _, Some((name, _))) => (Part::Text((*name).to_owned()), 1 + name.len()),
                ('\\', ..) => (Part::Text(String::new()), 1),
                (_, Some((name, token)), _) => (Part::Token(*token), name.len()),
                _ => (Part::Text(first.to_string()), first.len_utf8()),
            };
            push(&mut parts, part);
            rest = &rest[length..];
        }
        Self(parts)
    }

    /// Writes a time.
    pub(in crate::generate) fn push(&self, moment: &Moment, out: &mut String) {
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Token(token) => token(moment, out),
            }
        }
    }
}

fn push(parts: &mut Vec<Part>, part: Part) {
    match (parts.last_mut(), part) {
        (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
        (_, part) => parts.push(part),
    }
}

/// The longest token that the text begins with.
fn token(text: &str) -> Option<&'static (&'static str, Token)> {
    TOKENS.iter().filter(|(name, _)| text.starts_with(name)).max_by_key(|(name, _)| name.len())
}

/// How long the text in brackets is that the text begins with, brackets included: up to the last `]` before another `[`.
fn bracket(text: &str) -> Option<usize> {
    let end = text[1..].find('[').map_or(text.len(), |at| at + 1);
    text[..end].rfind(']').map(|at| at + 1)
}

/// Puts long formats in the place of their names.
fn expand(format: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(format.len()), format);
    while let Some(first) = rest.chars().next() {
        let long = LONG.iter().find(|(name, _)| rest.starts_with(name));
        let short = LONG[2..].iter().find(|(name, _)| rest.starts_with(&name.to_lowercase()));
        let length = match (first, long, short) {
            ('[', ..) => bracket(rest).unwrap_or(1),
            ('\\', ..) => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            (_, Some((name, format)), _) => {
                out.push_str(format);
                rest = &rest[name.len()..];
                continue;
            }
            (_, _, Some((name, format))) => {
                out.push_str(&shorten(format));
                rest = &rest[name.len()..];
                continue;
            }
            _ => first.len_utf8(),
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out
}

/// The short kind of a long format: one letter less of months, days and weekdays.
fn shorten(format: &str) -> String {
    format.replace("MMMM", "MM\u{0}").replace("MM/", "M/").replace("MM\u{0}", "MMM").replace("DD", "D").replace("dddd", "ddd")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn format(ms: i64, zone: &str, utc: bool, format: &str) -> String {
        let mut out = String::new();
        Format::compile(format).push(&Moment::new(ms, &TimeZone::get(zone).unwrap(), utc), &mut out);
        out
    }

    /// Printed by moment 2.17.1 under node for the same instants.
    #[test]
    fn formats_are_those_of_moment() {
        let at = 1_262_703_950_678; // 2010-01-05T15:05:50.678Z
        let utc = |text| format(at, "UTC", true, text);
        let cases = include_str!("../../../tests/generate/moment.tsv");
        assert!(cases.lines().count() > 60);
        for line in cases.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [ms, zone, kind, text, expected] = fields[..] else { panic!("{line}") };
            assert_eq!(format(ms.parse().unwrap(), zone, kind == "utc", text), expected, "{text} of {ms} in {zone}, {kind}");
        }
        assert_eq!(utc("[T]\\h h"), "Th 3");
    }

    #[test]
    fn the_standard_formats_differ_in_the_zone() {
        let moment = Moment::new(0, &TimeZone::UTC, false);
        let (mut local, mut utc) = (String::new(), String::new());
        Format::standard(false).push(&moment, &mut local);
        Format::standard(true).push(&moment, &mut utc);
        assert_eq!((local.as_str(), utc.as_str()), ("1970-01-01T00:00:00+00:00", "1970-01-01T00:00:00Z"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_format(text in "\\PC{0,40}", ms in proptest::num::i64::ANY) {
            let mut out = String::new();
            Format::compile(&text).push(&Moment::new(ms, &TimeZone::UTC, true), &mut out);
        }
    }
}
