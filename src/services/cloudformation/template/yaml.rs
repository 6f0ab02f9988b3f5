//! YAML with CloudFormation's short tags (`!Ref x`, `!GetAtt a.b`) → the document that JSON would give.
//!
//! The parser gives events, so that nothing is built before its depth is known; aliases are refused, as AWS does, and with them
//! every expansion bomb.

use super::super::error::Invalid;
use super::text::{MAX_DEPTH, too_deep};
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value as Document};

/// Functions whose short tag is their name after `Fn::` (user guide, intrinsic function reference).
pub(in super::super) const FUNCTIONS: [&str; 18] = [
    "And",
    "Base64",
    "Cidr",
    "Equals",
    "FindInMap",
    "GetAtt",
    "GetAZs",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
];

/// A list or an object that is not at its end.
struct Open {
    function: Option<String>,
    node: Node,
}

enum Node {
    List(Vec<Document>),
    Object { members: Map<String, Document>, key: Option<String> },
}

/// Reads one YAML document; an empty text is null.
pub(super) fn read(text: &str) -> Result<Document, Invalid> {
    let (mut open, mut root): (Vec<Open>, Option<Document>) = (Vec::new(), None);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| malformed(error.marker().line(), error.marker().col() + 1))?;
        let (line, column) = (span.start.line(), span.start.col() + 1);
        let done = match event {
            Event::Alias(_) => return Err(Invalid::template("YAML aliases are not allowed in CloudFormation templates")),
            Event::DocumentStart(_) if root.is_some() => return Err(malformed(line, column)),
            Event::SequenceStart(_, tag) => {
                begin(&mut open, tag.as_deref(), Node::List(Vec::new()))?;
                None
            }
            Event::MappingStart(_, tag) => {
                begin(&mut open, tag.as_deref(), Node::Object { members: Map::new(), key: None })?;
                None
            }
            Event::Scalar(text, style, _, tag) => Some(tagged(function(tag.as_deref())?, scalar(&text, style, tag.as_deref()))),
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(end),
            _ => None,
        };
        let Some(value) = done else { continue };
        match open.last_mut() {
            Some(parent) => add(parent, value).ok_or_else(|| malformed(line, column))?,
            None => root = Some(value),
        }
    }
    Ok(root.unwrap_or_default())
}

fn malformed(line: usize, column: usize) -> Invalid {
    Invalid::format(format_args!("YAML not well-formed. (line {line}, column {column})"))
}

fn begin(open: &mut Vec<Open>, tag: Option<&Tag>, node: Node) -> Result<(), Invalid> {
    if open.len() >= MAX_DEPTH {
        return Err(too_deep());
    }
    open.push(Open { function: function(tag)?, node });
    Ok(())
}

fn end(open: Open) -> Document {
    let value = match open.node {
        Node::List(elements) => Document::Array(elements),
        Node::Object { members, .. } => Document::Object(members),
    };
    tagged(open.function, value)
}

/// Puts a finished value into what holds it; `None` for a key that is no scalar.
fn add(parent: &mut Open, value: Document) -> Option<()> {
    match &mut parent.node {
        Node::List(elements) => elements.push(value),
        Node::Object { members, key } => match key.take() {
            Some(key) => drop(members.insert(key, value)),
            None => {
                *key = Some(match value {
                    Document::String(text) => text,
                    Document::Array(_) | Document::Object(_) => return None,
                    Document::Null => String::new(),
                    other => other.to_string(),
                });
            }
        },
    }
    Some(())
}

/// The long name of the function that a tag stands for.
fn function(tag: Option<&Tag>) -> Result<Option<String>, Invalid> {
    match tag {
        None => Ok(None),
        Some(tag) if tag.is_yaml_core_schema() => Ok(None),
        Some(tag) if tag.handle == "!" && matches!(tag.suffix.as_str(), "Ref" | "Condition") => Ok(Some(tag.suffix.clone())),
        Some(tag) if tag.handle == "!" && FUNCTIONS.contains(&tag.suffix.as_str()) => Ok(Some(format!("Fn::{}", tag.suffix))),
        Some(tag) => Err(Invalid::format(format_args!("unknown tag {}{}.", tag.handle, tag.suffix))),
    }
}

fn tagged(function: Option<String>, value: Document) -> Document {
    let Some(function) = function else { return value };
    let value = match (function.as_str(), value) {
        ("Fn::GetAtt", Document::String(text)) => match text.split_once('.') {
            Some((resource, attribute)) => Document::from(vec![resource, attribute]),
            None => Document::String(text),
        },
        (_, value) => value,
    };
    Document::Object(Map::from_iter([(function, value)]))
}

/// A plain scalar is a number only when the number prints as it was written: account ids and versions stay text.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Document {
    let is_text = tag.is_some_and(|tag| !tag.is_yaml_core_schema() || tag.suffix == "str");
    if style != ScalarStyle::Plain || is_text {
        return Document::from(text);
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Document::Null,
        "true" | "True" | "TRUE" => Document::Bool(true),
        "false" | "False" | "FALSE" => Document::Bool(false),
        _ => match serde_json::from_str::<Document>(text) {
            Ok(number @ Document::Number(_)) if prints_as(&number, text) => number,
            _ => Document::from(text),
        },
    }
}

/// Whether a number is written in the one way that it is printed.
fn prints_as(number: &Document, text: &str) -> bool {
    let printed = number.to_string();
    printed == text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn short_tags_become_functions() {
        let text = "a: !Ref X\nb: !GetAtt R.Outputs.Y\nc: !Sub\n  - '${p}-x'\n  - p: !Join ['-', [1, !Ref Y]]\nd: !If [C, !Ref 'AWS::NoValue', 2]\n\
                    e: !Base64\n  Fn::Sub: hi\nf: !GetAtt [R, Arn]\ng: !Condition C\n";
        assert_eq!(
            read(text).unwrap(),
            json!({
                "a": {"Ref": "X"},
                "b": {"Fn::GetAtt": ["R", "Outputs.Y"]},
                "c": {"Fn::Sub": ["${p}-x", {"p": {"Fn::Join": ["-", [1, {"Ref": "Y"}]]}}]},
                "d": {"Fn::If": ["C", {"Ref": "AWS::NoValue"}, 2]},
                "e": {"Fn::Base64": {"Fn::Sub": "hi"}},
                "f": {"Fn::GetAtt": ["R", "Arn"]},
                "g": {"Condition": "C"},
            })
        );
    }

    #[test]
    fn scalars_keep_their_spelling_unless_they_are_plainly_numbers() {
        let text = "a: 2010-09-09\nb: 000000000000\nc: 1\nd: '1'\ne: 1.10\nf: 1.5\ng: true\nh: ~\ni: !!str 5\nj: !Ref 5\nk: |\n  x\n  y\n1: one\n";
        assert_eq!(
            read(text).unwrap(),
            json!({"a": "2010-09-09", "b": "000000000000", "c": 1, "d": "1", "e": "1.10", "f": 1.5, "g": true, "h": null, "i": "5",
                   "j": {"Ref": "5"}, "k": "x\ny\n", "1": "one"})
        );
    }

    #[test]
    fn aliases_unknown_tags_and_second_documents_are_refused() {
        let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
        assert_eq!(read(bomb).unwrap_err().0, "Template error: YAML aliases are not allowed in CloudFormation templates");
        assert_eq!(read("a: !Nope x\n").unwrap_err().0, "Template format error: unknown tag !Nope.");
        assert!(read("a: 1\n---\nb: 2\n").is_err());
        assert!(read("? [a]\n: 1\n").is_err());
    }
}
