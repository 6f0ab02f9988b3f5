//! The template language: text with calls such as `{{random.number(50)}}`, split once into pieces.
//!
//! The rules are those of the `fake` function in the faker.js 3.x that the Kinesis Data Generator bundles.

use thiserror::Error;

/// What a call was given.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// No parentheses, or an empty string in them.
    None,
    /// What stood in parentheses was JSON.
    Json(serde_json::Value),
    /// It was not: the text as written.
    Text(String),
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Goes out as it stands.
    Text(String),
    /// A call, with the byte offset of its braces in the template.
    Call {
        /// Before the point.
        module: String,
        /// After the point.
        method: String,
        /// The one argument that the generator passes.
        argument: Argument,
        /// Byte offset of `{{`.
        at: usize,
    },
}

/// A call that names no method.
#[derive(Debug, Error, PartialEq)]
#[error("line {line}, column {column}: {call:?} is not module.method")]
pub struct TemplateError {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What stood between the braces.
    pub call: String,
}

/// Splits a template. Line ends go, inside calls too; spaces stay. An error where a call has no point in its name.
pub fn parse(template: &str) -> Result<Vec<Piece>, TemplateError> {
    let (mut pieces, mut at) = (Vec::new(), 0);
    while let Some((start, end)) = next_call(template, at) {
        push_text(&mut pieces, &template[at..start]);
        let call = without_line_ends(&template[start + 2..end]);
        let Some((module, method, argument)) = split_call(&call) else {
            return Err(error_at(template, start, call));
        };
        pieces.push(Piece::Call { module, method, argument, at: start });
        at = end + 2;
    }
    push_text(&mut pieces, &template[at..]);
    Ok(pieces)
}

fn next_call(template: &str, from: usize) -> Option<(usize, usize)> {
    let start = from + template[from..].find("{{")?;
    Some((start, start + 2 + template[start + 2..].find("}}")?))
}

/// The argument reaches from the first parenthesis that holds something to the next `)`; names after a second point are ignored.
fn split_call(call: &str) -> Option<(String, String, Argument)> {
    let parentheses = call.match_indices('(').find_map(|(open, _)| {
        let length = call[open + 1..].find(')')?;
        (length > 0).then_some((open, open + 1 + length))
    });
    let (name, argument) = match parentheses {
        Some((open, close)) => (format!("{}{}", &call[..open], &call[close + 1..]), argument(&call[open + 1..close])),
        None => (call.to_owned(), Argument::None),
    };
    let mut parts = name.split('.');
    let (module, method) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    Some((module, method, argument))
}

fn argument(text: &str) -> Argument {
    match serde_json::from_str(text) {
        Ok(serde_json::Value::String(text)) if text.is_empty() => Argument::None,
        Ok(value) => Argument::Json(value),
        Err(_) => Argument::Text(text.to_owned()),
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    let text = without_line_ends(text);
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
}

fn without_line_ends(text: &str) -> String {
    text.replace(['\n', '\r'], "")
}

fn error_at(template: &str, at: usize, call: String) -> TemplateError {
    let before = &template[..at];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    TemplateError { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1, call }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn only(template: &str) -> (String, String, Argument) {
        match parse(template).unwrap().remove(0) {
            Piece::Call { module, method, argument, .. } => (module, method, argument),
            text => panic!("{text:?}"),
        }
    }

    #[test]
    fn arguments_are_json_or_else_text() {
        let call = |argument| ("random".to_owned(), "number".to_owned(), argument);
        assert_eq!(only("{{random.number}}"), call(Argument::None));
        assert_eq!(only("{{random.number(50)}}"), call(Argument::Json(json!(50))));
        assert_eq!(only("{{random.number(\n {\"min\":10}\n)}}"), call(Argument::Json(json!({"min": 10}))));
        assert_eq!(only("{{random.number(1,2)}}"), call(Argument::Text("1,2".into())));
        assert_eq!(only("{{random.number(\"\")}}"), call(Argument::None));
        assert_eq!(only("{{random.number()}}").1, "number()");
    }

    #[test]
    fn line_ends_go_and_spaces_stay() {
        let pieces = parse("{\n  \"a\": {{random.uuid}}\n}").unwrap();
        assert_eq!(pieces[0], Piece::Text("{  \"a\": ".into()));
        assert_eq!(pieces[2], Piece::Text("}".into()));
    }

    #[test]
    fn a_name_without_a_point_is_told_with_its_place() {
        let error = parse("é\né {{nothing}}").unwrap_err();
        assert_eq!((error.line, error.column, error.call.as_str()), (2, 3, "nothing"));
    }
}
