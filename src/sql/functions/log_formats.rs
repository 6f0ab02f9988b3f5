//! SYS_LOG_PARSE and W3C_LOG_PARSE: lines of well-known logs.

use super::date_format::Template;
use super::log::{constant_text, groups};
use super::signature::{Param, Signature};
use super::text::str;
use super::{Call, Entry, strict};
use crate::sql::expressions::Operand;
use crate::sql::types::{Cell, DataType};
use std::fmt::Write;
use std::sync::Arc;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "SYS_LOG_PARSE",
        forms: &["SYS_LOG_PARSE(<CHARACTER>)"],
        source: "sql-reference-sys-log-parse",
        signature: |types| Some(Signature::of(types, &[Param::Text], 0, DataType::Row(Arc::new(Vec::new())))?.nullable()),
        build: sys_log_parse,
    },
    Entry {
        name: "W3C_LOG_PARSE",
        forms: &["W3C_LOG_PARSE(<CHARACTER>, <CHARACTER>)"],
        source: "sql-reference-w3c-log-parse",
        signature: |types| {
            Some(Signature::of(types, &[Param::Text, Param::Text], 0, DataType::Row(Arc::new(Vec::new())))?.nullable())
        },
        build: |call| match constant_text(&call, 1) {
            Some(format) => groups(call, &line_pattern(&format)),
            None => Operand::Constant(Cell::Null),
        },
    },
];

/// The characters of `Mmm dd HH:mm:ss`.
const SYS_LOG_TIME: usize = 15;

/// `Mmm dd HH:mm:ss rest`; the year, which the line lacks, is that of the application's start.
fn sys_log_parse(call: Call) -> Operand {
    let year = Template::new("yyyy", call.start_ms).format(call.start_ms);
    let template = Template::new("yyyy MMM d HH:mm:ss", call.start_ms);
    strict::<1>(call.args, move |[text]| {
        let Some((time, rest)) = str(&text).split_at_checked(SYS_LOG_TIME) else { return Ok(Cell::Null) };
        let words: Vec<&str> = time.split_whitespace().collect();
        let Some(ms) = template.parse(&format!("{year} {}", words.join(" "))) else { return Ok(Cell::Null) };
        Ok(Cell::Row(Arc::new([Cell::Int(ms), Cell::text(rest.trim_start())].into_iter().collect())))
    })
}

const COMMON: &str = r#"%h %l %u %t "%r" %>s %b"#;

/// The regular expression of a log format: a name, or an Apache format string; a group a directive.
fn line_pattern(format: &str) -> String {
    match format.trim().to_ascii_uppercase().as_str() {
        "COMMON" => pattern(COMMON),
        "COMMON WITH VHOST" => pattern(&format!("%v {COMMON}")),
        "NCSA EXTENDED" => pattern(&format!(r#"{COMMON} "%{{Referer}}i" "%{{User-agent}}i""#)),
        "REFERER" => r"^(.*) -> (.*)$".to_owned(),
        "AGENT" => r"^(.*)$".to_owned(),
        "IIS" => format!(r"^{},?\s*$", [r"\s*([^,]*)"; 15].join(",")),
        _ => pattern(format),
    }
}

/// An Apache format string as a regular expression. `%t` has its brackets unless the format has them.
fn pattern(format: &str) -> String {
    let mut out = "^".to_owned();
    let mut rest = format.chars();
    let mut before = ' ';
    while let Some(character) = rest.next() {
        let literal = match (character, rest.as_str().chars().next()) {
            ('%', Some('%')) | ('\\', Some('"' | '\\')) => rest.next().unwrap_or('%'),
            ('%', _) => {
                let directive = directive(&mut rest);
                let group = match (before, directive) {
                    ('"', _) => r#"((?:[^"\\]|\\.)*)"#,
                    ('[', _) => r"([^\]]*)",
                    (_, 't') => r"(\[[^\]]*\]|\S+)",
                    _ if rest.as_str().is_empty() => "(.*)",
                    _ => r"(\S*)",
                };
                out.push_str(group);
                before = directive;
                continue;
            }
            (literal, _) => literal,
        };
        // Writing to a String cannot fail.
        let _ = if literal.is_ascii_punctuation() { write!(out, "\\{literal}") } else { write!(out, "{literal}") };
        before = literal;
    }
    out + "$"
}

/// Takes `>s`, `{Referer}i`, `!200,304b`: gives the letter.
fn directive(rest: &mut std::str::Chars<'_>) -> char {
    let mut in_name = false;
    for character in rest.by_ref() {
        match character {
            '{' => in_name = true,
            '}' => in_name = false,
            letter if !in_name && letter.is_ascii_alphabetic() => return letter,
            _ => {}
        }
    }
    '%'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The groups of a line, by a format.
    fn fields(format: &str, line: &str) -> Vec<String> {
        let regex = fancy_regex::Regex::new(&line_pattern(format)).unwrap();
        let found = regex.captures(line).unwrap().unwrap();
        found.iter().skip(1).map(|group| group.map(|group| group.as_str().to_owned()).unwrap_or_default()).collect()
    }

    #[test]
    fn well_known_formats() {
        let line = r#"192.168.254.30 - John [24/May/2004:22:01:02 -0700] "GET /icons/apache_pb.gif HTTP/1.1" 304 0"#;
        let common =
            ["192.168.254.30", "-", "John", "[24/May/2004:22:01:02 -0700]", "GET /icons/apache_pb.gif HTTP/1.1", "304", "0"];
        assert_eq!(fields("COMMON", line), common);
        assert_eq!(fields(r#"%h %l %u [%t] \"%r\" %>s %b"#, line)[3], "24/May/2004:22:01:02 -0700");
        let extended = format!(r#"{line} "http://a.b/c" "Mozilla/4.0 (x; y)""#);
        assert_eq!(fields("NCSA EXTENDED", &extended)[7..], ["http://a.b/c", "Mozilla/4.0 (x; y)"]);
        assert_eq!(fields("REFERER", "http://a -> /b"), ["http://a", "/b"]);
    }
}
