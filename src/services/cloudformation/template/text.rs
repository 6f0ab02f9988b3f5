//! Text of a template → document: JSON where it begins with a brace, YAML otherwise.

use super::super::error::Invalid;
use super::yaml;
use serde_json::Value as Document;

/// How deep a template may nest. AWS does not say its limit; the deepest templates in use (CDK's) stay below thirty.
pub(super) const MAX_DEPTH: usize = 64;

/// Reads a template.
///
/// # Errors
/// The text is neither JSON nor YAML, is no object, or nests too deep.
pub(super) fn read(text: &str) -> Result<Document, Invalid> {
    let document = if text.trim_start().starts_with('{') { json(text)? } else { yaml::read(text)? };
    if !document.is_object() {
        return Err(Invalid::format("unsupported structure."));
    }
    Ok(document)
}

fn json(text: &str) -> Result<Document, Invalid> {
    let document = serde_json::from_str(text).map_err(|error| {
        Invalid::format(format_args!("JSON not well-formed. (line {}, column {})", error.line(), error.column()))
    })?;
    if depth(&document) > MAX_DEPTH { Err(too_deep()) } else { Ok(document) }
}

/// The refusal of a template that nests too deep.
pub(super) fn too_deep() -> Invalid {
    Invalid::format(format_args!("the template nests more than {MAX_DEPTH} levels deep."))
}

/// Levels of lists and objects. The parser has bounded them already, so recursion is safe.
fn depth(document: &Document) -> usize {
    match document {
        Document::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
        Document::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        read(text).unwrap_err().0
    }

    #[test]
    fn what_is_no_object_is_refused_with_its_place() {
        assert_eq!(refusal("{\"a\": }"), "Template format error: JSON not well-formed. (line 1, column 7)");
        assert_eq!(refusal("- a\n- b\n"), "Template format error: unsupported structure.");
        assert_eq!(refusal(""), "Template format error: unsupported structure.");
        assert!(refusal("a: [1, 2\nb: 3\n").starts_with("Template format error: YAML not well-formed. (line "));
    }

    #[test]
    fn deep_nesting_is_refused_in_both_languages() {
        let json = format!("{{\"a\":{}1{}}}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert_eq!(refusal(&json), too_deep().0);
        assert!(refusal(&format!("{{\"a\":{}", "[".repeat(100_000))).contains("JSON not well-formed"));
        let yaml = format!("a: {}1{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert_eq!(refusal(&yaml), too_deep().0);
        assert!(refusal(&format!("a: {}", "[".repeat(50_000))).starts_with("Template format error"));
        let blocks: String = (0..200).map(|level| format!("{}k:\n", " ".repeat(level))).collect();
        assert_eq!(refusal(&blocks), too_deep().0);
        let fits = format!("a: {}1{}", "[".repeat(MAX_DEPTH - 1), "]".repeat(MAX_DEPTH - 1));
        assert!(read(&fits).is_ok());
    }
}
