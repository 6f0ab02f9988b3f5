//! Rules: assertions over parameters (template guide, Rules), such as CheckBootstrapVersion of the CDK's templates.

use super::super::error::Invalid;
use super::parameter::texts;
use super::{Environment, plain};
use serde_json::Value as Document;

/// Checks the rules of a template.
///
/// # Errors
/// The first assertion that does not hold, with its own description.
pub(in super::super) fn check(environment: &Environment) -> Result<(), Invalid> {
    for (name, rule) in environment.template.members("Rules") {
        let applies = rule.get("RuleCondition").map_or(Ok(true), |condition| holds(environment, condition))?;
        if !applies {
            continue;
        }
        for assertion in rule.get("Assertions").and_then(Document::as_array).into_iter().flatten() {
            let Some(assert) = assertion.get("Assert") else {
                return Err(Invalid::format(format_args!("[/Rules/{name}] Every assertion must contain an Assert member.")));
            };
            if !holds(environment, assert)? {
                let description = assertion.get("AssertDescription").and_then(plain);
                let description = description.unwrap_or_else(|| assert.to_string());
                return Err(Invalid(format!("Template validation error: Rule {name} failed: {description}")));
            }
        }
    }
    Ok(())
}

/// Whether a rule function holds; those that conditions have too are theirs.
fn holds(environment: &Environment, document: &Document) -> Result<bool, Invalid> {
    let Some((name, argument)) = document.as_object().filter(|members| members.len() == 1).and_then(|m| m.iter().next()) else {
        return Err(Invalid::format("Every rule must be a rule function."));
    };
    let operands = argument.as_array().map(Vec::as_slice).unwrap_or_default();
    match (name.as_str(), operands) {
        ("Fn::Not", [operand]) => Ok(!holds(environment, operand)?),
        ("Fn::And", _) => operands.iter().try_fold(true, |all, operand| Ok(holds(environment, operand)? && all)),
        ("Fn::Or", _) => operands.iter().try_fold(false, |any, operand| Ok(holds(environment, operand)? || any)),
        ("Fn::Contains", [list, value]) => {
            let (list, value) = (values(environment, list)?, values(environment, value)?);
            Ok(value.iter().all(|value| list.contains(value)))
        }
        ("Fn::EachMemberIn", [members, list]) => {
            let (members, list) = (values(environment, members)?, values(environment, list)?);
            Ok(members.iter().all(|member| list.contains(member)))
        }
        ("Fn::EachMemberEquals", [members, value]) => {
            let (members, value) = (values(environment, members)?, values(environment, value)?);
            Ok(members.iter().all(|member| Some(member) == value.first()))
        }
        ("Fn::Equals" | "Condition", _) => environment.truth(document),
        _ => Err(Invalid::template(format_args!("{name} is not available in Rules"))),
    }
}

fn values(environment: &Environment, document: &Document) -> Result<Vec<String>, Invalid> {
    Ok(texts(&environment.evaluate(document)?))
}
