//! Template documents → values, led by the schema of the operation that will get them. Numbers and truth values may be written as texts,
//! and texts as numbers, as CloudFormation allows; a policy may be an object where the operation wants text.

use super::failure::Failure;
use crate::api::{Kind, Member, Schema, Value};
use serde_json::{Map, Value as Document};

/// What becomes of members that the schema does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    /// They are left out, and required ones may be missing.
    Shared,
    /// They are refused, and so are missing ones.
    Exact,
}

/// A document as a value of `schema`; `path` says where it stands, such as `#/Tags/0`.
pub(super) fn value(document: &Document, schema: &Schema, path: &str) -> Result<Value<'static>, Failure> {
    match (&schema.kind, document) {
        (_, Document::Null) => Ok(Value::Null),
        (Kind::Structure(_), Document::Object(given)) => members(given, schema, path, Strictness::Exact),
        (Kind::Map { value: of, .. }, Document::Object(given)) => {
            let entry =
                |(key, inner): (&String, &Document)| Ok((key.clone().into(), value(inner, of, &format!("{path}/{key}"))?));
            Ok(Value::Map(given.iter().map(entry).collect::<Result<_, Failure>>()?))
        }
        (Kind::Map { .. }, Document::Array(pairs)) if pairs.iter().all(is_pair) => {
            let pair =
                |pair: &Document| Some((pair.get("Key")?.as_str()?.to_owned().into(), Value::text(plain(pair.get("Value")?))));
            Ok(Value::Map(pairs.iter().filter_map(pair).collect()))
        }
        (Kind::List { member, .. }, Document::Array(elements)) => {
            let element = |(n, inner): (usize, &Document)| value(inner, member, &format!("{path}/{n}"));
            Ok(Value::List(elements.iter().enumerate().map(element).collect::<Result<_, _>>()?))
        }
        (Kind::Structure(_) | Kind::Map { .. }, other) => Err(unexpected(path, "JSONObject", other)),
        (Kind::List { .. }, other) => Err(unexpected(path, "JSONArray", other)),
        (Kind::Text(allowed), _) => text(document, allowed, path),
        (Kind::Blob, Document::String(text)) => Ok(Value::Bytes(text.clone().into_bytes().into())),
        (Kind::Blob, other) => Err(unexpected(path, "String", other)),
        (Kind::Boolean, _) => Ok(Value::Bool(truth(document, path)?)),
        (Kind::Integer | Kind::Long, _) => Ok(Value::Int(whole(document, path)?)),
        (Kind::Float | Kind::Double | Kind::Timestamp, _) => Ok(Value::Double(number(document, path)?)),
    }
}

/// An object as a structure.
pub(super) fn members(
    given: &Map<String, Document>,
    schema: &Schema,
    path: &str,
    strictness: Strictness,
) -> Result<Value<'static>, Failure> {
    let Kind::Structure(known) = schema.kind else { return Ok(Value::Map(Vec::new())) };
    let mut out = Vec::with_capacity(given.len());
    for (name, inner) in given {
        match member(known, name) {
            Some(member) => out.push((member.name.into(), value(inner, member.schema, &format!("{path}/{name}"))?)),
            None if strictness == Strictness::Shared => {}
            None => return Err(Failure::property(path, format_args!("extraneous key [{name}] is not permitted"))),
        }
    }
    let missing = |member: &&Member| member.required && !out.iter().any(|(name, _)| name == member.name);
    match known.iter().find(missing) {
        Some(member) if strictness == Strictness::Exact => {
            Err(Failure::property(path, format_args!("required key [{}] not found", member.name)))
        }
        _ => Ok(Value::Map(out)),
    }
}

/// Templates begin names with a capital where some APIs do not.
fn member(known: &'static [Member], name: &str) -> Option<&'static Member> {
    known.iter().find(|member| member.name == name).or_else(|| known.iter().find(|member| member.name.eq_ignore_ascii_case(name)))
}

/// Whether it is a tag, of which templates have lists where some APIs have maps.
fn is_pair(document: &Document) -> bool {
    document.get("Key").is_some_and(Document::is_string) && document.get("Value").is_some()
}

fn plain(document: &Document) -> String {
    match document {
        Document::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn text(document: &Document, allowed: &[&str], path: &str) -> Result<Value<'static>, Failure> {
    let text = plain(document);
    if !allowed.is_empty() && !allowed.contains(&text.as_str()) {
        return Err(Failure::property(path, format_args!("{text} is not a valid enum value")));
    }
    Ok(Value::text(text))
}

/// A whole number, which may be written as text.
pub(super) fn whole(document: &Document, path: &str) -> Result<i64, Failure> {
    let read = match document {
        Document::Number(number) => number.as_i64(),
        Document::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    read.ok_or_else(|| unexpected(path, "Integer", document))
}

/// true or false, which may be written as text.
pub(super) fn truth(document: &Document, path: &str) -> Result<bool, Failure> {
    match document {
        Document::Bool(value) => Ok(*value),
        Document::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Document::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        other => Err(unexpected(path, "Boolean", other)),
    }
}

fn number(document: &Document, path: &str) -> Result<f64, Failure> {
    let read = match document {
        Document::Number(number) => number.as_f64(),
        Document::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    read.ok_or_else(|| unexpected(path, "Number", document))
}

/// The refusal of a value of the wrong kind.
pub(super) fn unexpected(path: &str, expected: &str, found: &Document) -> Failure {
    let found = match found {
        Document::Null => "Null",
        Document::Bool(_) => "Boolean",
        Document::Number(number) if number.is_f64() => "Double",
        Document::Number(_) => "Integer",
        Document::String(_) => "String",
        Document::Array(_) => "JSONArray",
        Document::Object(_) => "JSONObject",
    };
    Failure::property(path, format_args!("expected type: {expected}, found: {found}"))
}

#[cfg(test)]
mod tests {
    use super::super::properties::Properties;
    use super::*;
    use crate::api::kinesis::{CreateStreamInput, StreamMode, op};
    use serde_json::json;

    fn input(document: Document) -> Result<CreateStreamInput, String> {
        let Document::Object(members) = document else { unreachable!() };
        Properties(members).input(op::CreateStream).map_err(|failure| failure.to_string())
    }

    #[test]
    fn scalars_take_each_others_spelling() {
        let read =
            input(json!({"ShardCount": "2", "streamname": 5, "Other": 1, "StreamModeDetails": {"StreamMode": "PROVISIONED"}}))
                .unwrap();
        assert_eq!((read.shard_count, read.stream_name.as_str()), (Some(2), "5"));
        assert_eq!(read.stream_mode_details.unwrap().stream_mode, StreamMode::Provisioned);
        let tagged = input(json!({"Tags": [{"Key": "a", "Value": "b"}, {"Key": "n", "Value": 1}]})).unwrap();
        assert_eq!(tagged.tags.unwrap(), [("a".to_owned(), "b".to_owned()), ("n".to_owned(), "1".to_owned())].into());
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_place() {
        let refusal = |document| input(document).unwrap_err();
        assert!(refusal(json!({"ShardCount": "two"})).contains("#/ShardCount: expected type: Integer, found: String"));
        assert!(
            refusal(json!({"StreamModeDetails": {"Mode": 1}}))
                .contains("#/StreamModeDetails: extraneous key [Mode] is not permitted")
        );
        assert!(refusal(json!({"StreamModeDetails": {}})).contains("#/StreamModeDetails: required key [StreamMode] not found"));
        assert!(refusal(json!({"StreamModeDetails": {"StreamMode": "X"}})).contains("X is not a valid enum value"));
        assert!(refusal(json!({"StreamModeDetails": []})).contains("expected type: JSONObject, found: JSONArray"));
    }
}
