//! The guide's create-index body for servers that came after it: no type `string` from 6.0, no mapping types from 7.0 (spec/workshop.md 6).

use super::forward::Refusal;
use crate::wire::Body;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use serde_json::{Map, Value};

/// The largest body that is looked into; mappings are small.
const MAX_BODY_BYTES: usize = 4 << 20;

/// What an answer to an adapted request says (RFC 7234 5.5: 214, transformation applied).
pub(super) const WARNING: &str =
    "214 Millpond \"the mapping was adapted to the server's version: types unwrapped, string made keyword or text\"";

/// Members of a mapping itself, which are no names of types.
const ROOT_MEMBERS: [&str; 9] = [
    "properties",
    "dynamic",
    "dynamic_templates",
    "date_detection",
    "numeric_detection",
    "dynamic_date_formats",
    "runtime",
    "subobjects",
    "_source",
];

/// Whether a request makes an index: `PUT /name`.
pub(super) fn is_one(request: &Request<Body>) -> bool {
    let name = request.uri().path().trim_matches('/');
    request.method() == Method::PUT && !name.is_empty() && !name.contains('/') && !name.starts_with('_')
}

/// The request with a body that the server understands, and whether that is another than it had.
pub(super) async fn adapt(
    http: &reqwest::Client,
    server: &str,
    request: Request<Body>,
) -> Result<(Request<Body>, bool), Refusal> {
    let (mut parts, body) = request.into_parts();
    let read = Limited::new(body, MAX_BODY_BYTES).collect().await;
    let read = read
        .map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, "parse_exception", format!("The body cannot be read: {error}")))?;
    let bytes = read.to_bytes();
    let Ok(Value::Object(mut index)) = serde_json::from_slice::<Value>(&bytes) else {
        return Ok((Request::from_parts(parts, Body::from(bytes)), false));
    };
    if !index.contains_key("mappings") || !adapt_to(major(http, server).await, &mut index) {
        return Ok((Request::from_parts(parts, Body::from(bytes)), false));
    }
    parts.headers.remove(http::header::CONTENT_LENGTH);
    Ok((Request::from_parts(parts, Body::from(Value::Object(index).to_string())), true))
}

/// The server's major version in Elasticsearch's count (OpenSearch went on from 7); 0 when it does not say.
async fn major(http: &reqwest::Client, server: &str) -> u32 {
    let Ok(answer) = http.get(format!("{server}/")).send().await else { return 0 };
    let Ok(text) = answer.bytes().await else { return 0 };
    let about: Value = serde_json::from_slice(&text).unwrap_or_default();
    let number = about["version"]["number"].as_str().unwrap_or_default();
    let major = number.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
    if about["version"]["distribution"] == "opensearch" { major.max(7) } else { major }
}

/// Adapts the body of a create-index request; whether anything was changed.
fn adapt_to(major: u32, index: &mut Map<String, Value>) -> bool {
    let Some(mappings) = index.get_mut("mappings").filter(|_| major >= 6) else { return false };
    let unwrapped = major >= 7 && unwrap_type(mappings);
    adapt_strings(mappings) || unwrapped
}

/// Takes the one type's mapping out of its name; several types are left for the server to refuse.
fn unwrap_type(mappings: &mut Value) -> bool {
    let Value::Object(types) = mappings else { return false };
    let only =
        types.iter().next().filter(|(name, body)| types.len() == 1 && body.is_object() && !ROOT_MEMBERS.contains(&name.as_str()));
    let Some(body) = only.map(|(_, body)| body.clone()) else { return false };
    *mappings = body;
    true
}

/// Replaces the fields of type `string` at any depth. serde_json bounds the depth of what it has read.
fn adapt_strings(value: &mut Value) -> bool {
    let Value::Object(members) = value else { return false };
    let mut changed = members.get("type").is_some_and(|kind| kind == "string");
    if changed {
        adapt_string(members);
    }
    for member in members.values_mut() {
        changed |= adapt_strings(member);
    }
    changed
}

/// `not_analyzed` and `no` are a keyword's, all else is text, as Elasticsearch 5 itself does it.
fn adapt_string(field: &mut Map<String, Value>) {
    let index = field.remove("index");
    let index = index.as_ref().and_then(Value::as_str);
    let kind = if matches!(index, Some("not_analyzed" | "no")) { "keyword" } else { "text" };
    field.insert("type".into(), kind.into());
    if index == Some("no") {
        field.insert("index".into(), false.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn adapted(major: u32, body: Value) -> Option<Value> {
        let Value::Object(mut index) = body else { return None };
        adapt_to(major, &mut index).then_some(Value::Object(index))
    }

    fn guide() -> Value {
        let fields = json!({"S": {"type": "string", "index": "not_analyzed"}, "T": {"type": "string"}, "N": {"type": "integer"}});
        json!({"mappings": {"reading": {"properties": fields}}})
    }

    #[test]
    fn the_guides_body_is_adapted_as_far_as_the_version_needs() {
        let fields = json!({"S": {"type": "keyword"}, "T": {"type": "text"}, "N": {"type": "integer"}});
        assert_eq!(adapted(5, guide()), None);
        assert_eq!(adapted(6, guide()), Some(json!({"mappings": {"reading": {"properties": fields}}})));
        assert_eq!(adapted(7, guide()), Some(json!({"mappings": {"properties": fields}})));
    }

    #[test]
    fn what_is_right_already_is_left_alone() {
        assert_eq!(adapted(7, json!({"mappings": {"properties": {"a": {"type": "keyword"}}}})), None);
        assert_eq!(adapted(7, json!({"mappings": {"a": {}, "b": {}}})), None);
        assert_eq!(adapted(7, json!({"settings": {}})), None);
    }

    #[test]
    fn only_a_put_of_one_name_makes_an_index() {
        let is = |method: &str, path: &str| is_one(&Request::builder().method(method).uri(path).body(Body::empty()).unwrap());
        assert!(is("PUT", "/sensor-data") && is("PUT", "/sensor-data?pretty"));
        assert!(!is("PUT", "/_bulk") && !is("PUT", "/sensor-data/reading/1") && !is("POST", "/sensor-data"));
    }
}
