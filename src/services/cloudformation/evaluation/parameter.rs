//! Values of parameters: given, kept from before or by default, and checked against the declaration.

use super::super::error::Invalid;
use super::super::template::{Constraints, Declaration, Template};
use super::plain;
use crate::api::cloudformation::Parameter;
use serde::{Deserialize, Serialize};
use serde_json::Value as Document;
use std::collections::BTreeMap;

/// Longest value of a parameter in bytes (user guide, CloudFormation quotas).
const LONGEST_VALUE: usize = 4096;

/// Steps back that matching a pattern may take; a pattern that needs more counts as not matched.
const MOST_BACKTRACKING: usize = 100_000;

/// Where templates of the CDK look up the version of the bootstrap resources.
const CDK_BOOTSTRAP: &str = "/cdk-bootstrap/";

/// The version that the CDK's bootstrap resources are said to have: high enough for every rule in a template, for nothing of them is needed here.
const CDK_VERSION: &str = "9999";

/// A parameter's value in a stack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct ParameterValue {
    /// As it was given.
    pub(in super::super) text: String,
    /// What a name in the Parameter Store stands for.
    pub(in super::super) resolved: Option<String>,
    /// Whether it is not to be shown.
    pub(in super::super) no_echo: bool,
    /// Whether `Ref` gives a list.
    pub(in super::super) list: bool,
}

impl ParameterValue {
    /// What `Ref` gives.
    pub(super) fn document(&self) -> Document {
        let text = self.resolved.as_ref().unwrap_or(&self.text);
        match self.list {
            true if text.is_empty() => Document::Array(Vec::new()),
            true => text.split(',').map(|element| Document::from(element.trim())).collect(),
            false => text.as_str().into(),
        }
    }
}

/// What a caller gives for a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Given {
    Value(String),
    /// What it was before.
    Previous,
}

/// The parameters of a call, by name.
pub(in super::super) fn given(parameters: Option<Vec<Parameter>>) -> BTreeMap<String, Given> {
    let entry = |parameter: Parameter| {
        let given = match parameter.use_previous_value {
            Some(true) => Given::Previous,
            _ => Given::Value(parameter.parameter_value.unwrap_or_default()),
        };
        Some((parameter.parameter_key?, given))
    };
    parameters.into_iter().flatten().filter_map(entry).collect()
}

/// The values of a template's parameters.
///
/// # Errors
/// A value is missing, undeclared, or not what the declaration allows; in AWS's words where they are known.
pub(in super::super) fn resolve(
    template: &Template,
    given: &BTreeMap<String, Given>,
    previous: &BTreeMap<String, ParameterValue>,
) -> Result<BTreeMap<String, ParameterValue>, Invalid> {
    let strange: Vec<&str> = given.keys().filter(|name| !template.parameters.contains_key(*name)).map(String::as_str).collect();
    if !strange.is_empty() {
        return Err(Invalid(format!("Parameters: [{}] do not exist in the template", strange.join(", "))));
    }
    let (mut values, mut missing) = (BTreeMap::new(), Vec::new());
    for (name, declared) in &template.parameters {
        let text = match given.get(name) {
            Some(Given::Value(text)) => Some(text.clone()),
            Some(Given::Previous) => previous.get(name).map(|value| value.text.clone()),
            None => declared.default.clone(),
        };
        match text {
            Some(text) => drop(values.insert(name.clone(), value(name, declared, text)?)),
            None => missing.push(name.as_str()),
        }
    }
    if !missing.is_empty() {
        return Err(Invalid(format!("Parameters: [{}] must have values", missing.join(", "))));
    }
    Ok(values)
}

fn value(name: &str, declared: &Declaration, text: String) -> Result<ParameterValue, Invalid> {
    if text.len() > LONGEST_VALUE {
        return Err(Invalid(format!("Parameter '{name}' is longer than {LONGEST_VALUE} bytes.")));
    }
    check(name, declared, &text)?;
    let resolved = match declared.kind.strip_prefix("AWS::SSM::Parameter::Value<") {
        Some(_) if text.starts_with(CDK_BOOTSTRAP) && text.ends_with("/version") => Some(CDK_VERSION.to_owned()),
        Some(_) => {
            return Err(Invalid(format!(
                "Unable to fetch parameters [{text}] from parameter store for this account. (There is no Parameter Store here; only \
                 {CDK_BOOTSTRAP}…/version has a value.)"
            )));
        }
        None => None,
    };
    Ok(ParameterValue {
        text,
        resolved,
        no_echo: declared.no_echo,
        list: declared.kind.contains("List<") || is_list(&declared.kind),
    })
}

fn is_list(kind: &str) -> bool {
    kind == "CommaDelimitedList" || kind.contains("<CommaDelimitedList>")
}

/// Checks a value, of lists each element, against the declaration.
fn check(name: &str, declared: &Declaration, text: &str) -> Result<(), Invalid> {
    let is_list = declared.kind.starts_with("List<") || is_list(&declared.kind);
    let elements: Vec<&str> = if is_list { text.split(',').map(str::trim).collect() } else { vec![text] };
    for element in elements {
        let refusal = wrong(declared, element);
        let Some(rule) = refusal else { continue };
        return Err(Invalid(match &declared.constraints.description {
            Some(description) => format!("Parameter {name} failed to satisfy constraint: {description}"),
            None => format!("Parameter '{name}' must {rule}"),
        }));
    }
    Ok(())
}

/// The rule that a value breaks.
fn wrong(declared: &Declaration, text: &str) -> Option<String> {
    if !declared.allowed_values.is_empty() && !declared.allowed_values.iter().any(|allowed| allowed == text) {
        return Some("be one of AllowedValues".into());
    }
    let Constraints { pattern, least_length, most_length, least, most, .. } = &declared.constraints;
    if matches!(declared.kind.as_str(), "Number" | "List<Number>") {
        let Some(number) = text.trim().parse::<f64>().ok().filter(|number| number.is_finite()) else {
            return Some("be a number.".into());
        };
        if let Some(least) = least.filter(|least| number < *least) {
            return Some(format!("be a number not less than {least}"));
        }
        if let Some(most) = most.filter(|most| number > *most) {
            return Some(format!("be a number not greater than {most}"));
        }
        return None;
    }
    let length = text.chars().count();
    if let Some(least) = least_length.filter(|least| length < *least) {
        return Some(format!("contain at least {least} characters"));
    }
    if let Some(most) = most_length.filter(|most| length > *most) {
        return Some(format!("contain at most {most} characters"));
    }
    pattern.as_ref().filter(|pattern| !matches(pattern, text)).map(|pattern| format!("match pattern {pattern}"))
}

/// Whether all of `text` matches.
fn matches(pattern: &str, text: &str) -> bool {
    let regex = fancy_regex::RegexBuilder::new(&format!("^(?:{pattern})$")).backtrack_limit(MOST_BACKTRACKING).build();
    regex.is_ok_and(|regex| regex.is_match(text).unwrap_or(false))
}

/// A document's scalars as one text, for defaults in tests and rules.
pub(super) fn texts(document: &Document) -> Vec<String> {
    match document {
        Document::Array(elements) => elements.iter().filter_map(plain).collect(),
        other => plain(other).into_iter().collect(),
    }
}
