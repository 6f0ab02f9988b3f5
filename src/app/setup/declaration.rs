//! A file of declared resources as a tree whose parts know their lines: TOML, or JSON of the same form.

use std::fmt;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value, and the line where it begins (from 1; JSON is read without lines).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) line: Option<usize>,
    pub(super) content: Content,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: Option<usize>,
    pub(super) value: Node,
}

impl Content {
    /// What it is, for sentences.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Int(_) => "a whole number",
            Self::Double(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// What is wrong with a file, and on which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) line: Option<usize>,
    pub(super) text: String,
}

impl Problem {
    pub(super) fn at(line: Option<usize>, text: impl Into<String>) -> Self {
        Self { line, text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// The entries of a file; its name's ending says how it is written.
pub(super) fn read(path: &Path) -> Result<Vec<Entry>, Problem> {
    let text = std::fs::read_to_string(path).map_err(|error| Problem::at(None, format!("cannot be read: {error}")))?;
    let json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    if json { of_json(&text) } else { of_toml(&text) }
}

/// The entries of a TOML text.
pub(super) fn of_toml(text: &str) -> Result<Vec<Entry>, Problem> {
    let lines = Lines(text);
    let table = DeTable::parse(text)
        .map_err(|error| Problem::at(error.span().and_then(|span| lines.of(span.start)), error.message().to_owned()))?;
    lines.entries(table.get_ref())
}

struct Lines<'t>(&'t str);

impl Lines<'_> {
    fn of(&self, offset: usize) -> Option<usize> {
        Some(self.0.get(..offset)?.matches('\n').count() + 1)
    }

    fn entries(&self, table: &DeTable<'_>) -> Result<Vec<Entry>, Problem> {
        let entry = |(key, value): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
            Ok(Entry { key: key.get_ref().to_string(), line: self.of(key.span().start), value: self.node(value)? })
        };
        let mut entries = table.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(|entry| entry.line);
        Ok(entries)
    }

    fn node(&self, value: &Spanned<DeValue<'_>>) -> Result<Node, Problem> {
        let line = self.of(value.span().start);
        let too_large = || Problem::at(line, "the number is too large");
        let content = match value.get_ref() {
            DeValue::String(text) => Content::Text(text.to_string()),
            DeValue::Integer(n) => Content::Int(i64::from_str_radix(n.as_str(), n.radix()).map_err(|_| too_large())?),
            DeValue::Float(n) => Content::Double(n.as_str().parse().map_err(|_| too_large())?),
            DeValue::Boolean(b) => Content::Bool(*b),
            DeValue::Datetime(time) => Content::Text(time.to_string()),
            DeValue::Array(elements) => {
                Content::List(elements.iter().map(|element| self.node(element)).collect::<Result<_, _>>()?)
            }
            DeValue::Table(table) => Content::Table(self.entries(table)?),
        };
        Ok(Node { line, content })
    }
}

/// The entries of a JSON text, which is an object.
pub(super) fn of_json(text: &str) -> Result<Vec<Entry>, Problem> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| Problem::at(Some(error.line()), error.to_string()))?;
    match json_node(value).content {
        Content::Table(entries) => Ok(entries),
        other => Err(Problem::at(None, format!("the file is {}, not an object", other.kind()))),
    }
}

fn json_node(value: serde_json::Value) -> Node {
    let content = match value {
        serde_json::Value::Null => Content::Null,
        serde_json::Value::Bool(b) => Content::Bool(b),
        serde_json::Value::Number(n) => match n.as_i64() {
            Some(n) => Content::Int(n),
            None => Content::Double(n.as_f64().unwrap_or(f64::NAN)),
        },
        serde_json::Value::String(text) => Content::Text(text),
        serde_json::Value::Array(elements) => Content::List(elements.into_iter().map(json_node).collect()),
        serde_json::Value::Object(members) => {
            let entry = |(key, value)| Entry { key, line: None, value: json_node(value) };
            Content::Table(members.into_iter().map(entry).collect())
        }
    };
    Node { line: None, content }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_know_their_lines() {
        let entries = of_toml("a = 0x10\n\n[[streams]]\nStreamName = \"s\"\nTags = { x = \"y\" }\n").unwrap();
        assert_eq!((entries[0].key.as_str(), entries[0].line), ("a", Some(1)));
        assert_eq!(entries[0].value.content, Content::Int(16));
        let Content::List(streams) = &entries[1].value.content else { panic!("{entries:?}") };
        let Content::Table(stream) = &streams[0].content else { panic!("{streams:?}") };
        assert_eq!((stream[0].key.as_str(), stream[0].line, stream[1].line), ("StreamName", Some(4), Some(5)));
        assert_eq!((entries[1].line, streams[0].line), (Some(3), Some(3)));
    }

    #[test]
    fn what_cannot_be_read_has_a_line() {
        assert_eq!(of_toml("a = 1\nb = \n").unwrap_err().line, Some(2));
        assert_eq!(of_json("{\n\"a\": }").unwrap_err().line, Some(2));
        assert_eq!(of_json("[]").unwrap_err().to_string(), "the file is a list, not an object");
    }
}
