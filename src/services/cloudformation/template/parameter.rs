//! What a template declares of its parameters.

use super::super::error::Invalid;
use serde_json::{Map, Value as Document};

/// Types beside those of AWS-specific kinds, `AWS::…` and `List<AWS::…>` (user guide, Parameters).
const TYPES: [&str; 5] = ["CommaDelimitedList", "List<Number>", "List<String>", "Number", "String"];

/// What a declaration may say (user guide, Parameters).
const ATTRIBUTES: [&str; 11] = [
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "Default",
    "Description",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
    "NoEcho",
    "Type",
];

/// What a value must be.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Constraints {
    /// What the whole value matches.
    pub(in super::super) pattern: Option<String>,
    /// Characters.
    pub(in super::super) least_length: Option<usize>,
    pub(in super::super) most_length: Option<usize>,
    pub(in super::super) least: Option<f64>,
    pub(in super::super) most: Option<f64>,
    /// What a refusal says instead of the rule.
    pub(in super::super) description: Option<String>,
}

/// A declared parameter.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Declaration {
    pub(in super::super) kind: String,
    pub(in super::super) default: Option<String>,
    pub(in super::super) description: Option<String>,
    pub(in super::super) no_echo: bool,
    pub(in super::super) allowed_values: Vec<String>,
    pub(in super::super) constraints: Constraints,
}

impl Declaration {
    /// Reads the declaration of the parameter `name`.
    pub(super) fn parse(name: &str, body: &Document) -> Result<Self, Invalid> {
        let members = body.as_object().ok_or_else(|| Invalid::format("Any Parameters member must be an object."))?;
        if let Some(strange) = members.keys().find(|key| !ATTRIBUTES.contains(&key.as_str())) {
            return Err(Invalid::format(format_args!("Parameter {name} has the unknown attribute {strange}.")));
        }
        let missing = || Invalid::format("Every Parameters object must contain a Type member.");
        let kind = members.get("Type").and_then(Document::as_str).ok_or_else(missing)?;
        if !TYPES.contains(&kind) && !kind.trim_start_matches("List<").starts_with("AWS::") {
            return Err(Invalid::format(format_args!("Unrecognized parameter type: {kind}")));
        }
        if let Some(pattern) = members.get("AllowedPattern") {
            let pattern = pattern.as_str().unwrap_or_default();
            fancy_regex::Regex::new(pattern).map_err(|_| {
                Invalid::format(format_args!("Parameter {name} has an AllowedPattern that is no regular expression: {pattern}"))
            })?;
        }
        let text = |attribute: &str| members.get(attribute).and_then(plain);
        let constraints = Constraints {
            pattern: text("AllowedPattern"),
            least_length: number(name, members, "MinLength")?,
            most_length: number(name, members, "MaxLength")?,
            least: number(name, members, "MinValue")?,
            most: number(name, members, "MaxValue")?,
            description: text("ConstraintDescription"),
        };
        Ok(Self {
            kind: kind.to_owned(),
            default: text("Default"),
            description: text("Description"),
            no_echo: text("NoEcho").is_some_and(|value| value.eq_ignore_ascii_case("true")),
            allowed_values: members
                .get("AllowedValues")
                .and_then(Document::as_array)
                .into_iter()
                .flatten()
                .filter_map(plain)
                .collect(),
            constraints,
        })
    }
}

/// A bound, which may be written as text.
fn number<T: std::str::FromStr>(name: &str, members: &Map<String, Document>, attribute: &str) -> Result<Option<T>, Invalid> {
    let Some(text) = members.get(attribute).and_then(plain) else { return Ok(None) };
    let wrong = || Invalid::format(format_args!("Parameter {name}: {attribute} is no number: {text}"));
    Ok(Some(text.parse().map_err(|_| wrong())?))
}

/// A scalar as text.
fn plain(document: &Document) -> Option<String> {
    match document {
        Document::String(text) => Some(text.clone()),
        Document::Number(number) => Some(number.to_string()),
        Document::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn declarations_keep_what_they_say() {
        let body = json!({"Type": "String", "Default": 5, "NoEcho": "true", "AllowedValues": ["a", 5], "AllowedPattern": "^(?=.*[0-9])[a-z0-9]+$"});
        let declared = Declaration::parse("P", &body).unwrap();
        assert_eq!((declared.default.as_deref(), declared.no_echo), (Some("5"), true));
        assert_eq!(declared.allowed_values, ["a", "5"]);
    }

    #[test]
    fn wrong_declarations_are_refused() {
        let refusal = |body| Declaration::parse("P", &body).unwrap_err().0;
        assert_eq!(refusal(json!({"Type": "Strng"})), "Template format error: Unrecognized parameter type: Strng");
        assert_eq!(refusal(json!({})), "Template format error: Every Parameters object must contain a Type member.");
        assert!(refusal(json!({"Type": "String", "AllowedPattern": "("})).contains("no regular expression"));
        assert!(refusal(json!({"Type": "String", "Defalt": "x"})).contains("unknown attribute Defalt"));
    }
}
