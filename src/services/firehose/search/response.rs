//! Reading the answer of `_bulk`, item by item. Servers up to 1.x word an item's error as a text, later ones as an object (spec/workshop 6).

use serde::Deserialize;
use serde_json::value::RawValue;

/// The answer; the request asks for these members only.
#[derive(Deserialize)]
struct Answer<'a> {
    errors: bool,
    #[serde(borrow, default)]
    items: Vec<Item<'a>>,
}

/// An item; where ids are left to the server, 1.x calls the action `create`.
#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow, alias = "create")]
    index: Outcome<'a>,
}

#[derive(Deserialize)]
struct Outcome<'a> {
    status: u16,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

/// An error of the server: of an item, or of a request as a whole.
#[derive(Deserialize)]
struct ServerError {
    #[serde(rename = "type")]
    kind: Option<String>,
    reason: Option<String>,
}

/// How a document fared that was not indexed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ItemError {
    /// The status.
    pub(super) status: u16,
    /// The server's error, as it wrote it.
    pub(super) message: String,
}

/// For each document nothing, or its error; in the order of the request.
///
/// # Errors
/// A sentence, when the answer is not that of `_bulk` for `count` documents.
pub(super) fn items(body: &[u8], count: usize) -> Result<Vec<Option<ItemError>>, String> {
    let answer: Answer<'_> =
        serde_json::from_slice(body).map_err(|error| format!("the answer of _bulk cannot be read: {error}"))?;
    if !answer.errors {
        return Ok(vec![None; count]);
    }
    if answer.items.len() != count {
        return Err(format!("_bulk answered {} items for {count} documents", answer.items.len()));
    }
    let error = |Item { index: Outcome { status, error } }: Item<'_>| {
        let message = error.map_or_else(String::new, |error| text(error.get()));
        (!(200..300).contains(&status)).then_some(ItemError { status, message })
    };
    Ok(answer.items.into_iter().map(error).collect())
}

/// An error that is a JSON text as the text it is, an object as JSON.
fn text(error: &str) -> String {
    serde_json::from_str::<String>(error).unwrap_or_else(|_| error.to_owned())
}

/// The server's name for the kind of an error, in AWS's spelling (`mapper_parsing_exception` → `MapperParsingException`), and its reason.
pub(super) fn kind_and_reason(error: &str) -> (String, String) {
    match serde_json::from_str::<ServerError>(error) {
        Ok(ServerError { kind: Some(kind), reason }) => (upper_camel(&kind), reason.unwrap_or_default()),
        // 1.x: `MapperParsingException[failed to parse [a]]; nested: …`
        _ => match error.split_once('[') {
            Some((kind, _)) if kind.chars().all(|c| c.is_ascii_alphanumeric()) && !kind.is_empty() => {
                (kind.to_owned(), error.to_owned())
            }
            _ => ("ServiceException".to_owned(), error.to_owned()),
        },
    }
}

/// The error in the body of a request that failed as a whole, which stands under `error` in all versions.
pub(super) fn request_error(body: &str) -> (String, String) {
    #[derive(Deserialize)]
    struct Failed<'a> {
        #[serde(borrow)]
        error: &'a RawValue,
    }
    match serde_json::from_str::<Failed<'_>>(body) {
        Ok(failed) => kind_and_reason(&text(failed.error.get())),
        Err(_) => ("ServiceException".to_owned(), body.to_owned()),
    }
}

fn upper_camel(snake: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect::<String>()
    };
    snake.split('_').map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shapes of spec/workshop 6: a document with a bad date between two good ones.
    const ES_1_5: &str = r#"{"took":3,"errors":true,"items":[{"index":{"_index":"i","_type":"t","_id":"1","_version":1,"status":201}},{"index":{"_index":"i","_type":"t","_id":"2","status":400,"error":"MapperParsingException[failed to parse [EVENT_TIMESTAMP]]; nested: MapperParsingException[failed to parse date field]; "}},{"index":{"_index":"i","_type":"t","_id":"3","_version":1,"status":201}}]}"#;
    const ES_5_6: &str = r#"{"errors":true,"items":[{"index":{"status":201}},{"index":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed to parse [EVENT_TIMESTAMP]","caused_by":{"type":"illegal_argument_exception","reason":"Invalid format: \"2017-11-28T01:02:03Z\" is malformed at \"T01:02:03Z\""}}}},{"index":{"status":201}}]}"#;

    #[test]
    fn both_shapes_of_item_errors() {
        let old = items(ES_1_5.as_bytes(), 3).unwrap();
        assert!(old[0].is_none() && old[2].is_none());
        let error = old[1].clone().unwrap();
        assert!(error.status == 400 && error.message.starts_with("MapperParsingException[failed to parse [EVENT_TIMESTAMP]]"));
        assert_eq!(kind_and_reason(&error.message).0, "MapperParsingException");
        let new = items(ES_5_6.as_bytes(), 3).unwrap()[1].clone().unwrap();
        assert!(new.message.starts_with(r#"{"type":"mapper_parsing_exception","#), "{}", new.message);
        let (kind, reason) = kind_and_reason(&new.message);
        assert_eq!((kind.as_str(), reason.as_str()), ("MapperParsingException", "failed to parse [EVENT_TIMESTAMP]"));
    }

    #[test]
    fn no_errors_is_all_indexed_and_nonsense_is_an_error() {
        assert_eq!(items(br#"{"errors":false,"items":[]}"#, 2), Ok(vec![None, None]));
        assert!(items(br#"{"errors":true,"items":[]}"#, 2).is_err());
        assert!(items(b"<html>", 2).is_err());
    }

    #[test]
    fn errors_of_whole_requests() {
        let opensearch = r#"{"error":{"root_cause":[],"type":"illegal_argument_exception","reason":"Action/metadata line [1] contains an unknown parameter [_type]"},"status":400}"#;
        let (kind, reason) = request_error(opensearch);
        assert_eq!(kind, "IllegalArgumentException");
        assert!(reason.ends_with("unknown parameter [_type]"));
        assert_eq!(request_error("gateway timeout"), ("ServiceException".into(), "gateway timeout".into()));
    }
}
