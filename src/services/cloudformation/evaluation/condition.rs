//! Conditions.

use super::super::error::Invalid;
use super::super::template::conditions_of;
use super::{Environment, is_symbolic, plain};
use serde_json::Value as Document;
use std::collections::BTreeMap;

/// Operands of `Fn::And` and `Fn::Or` (intrinsic function reference).
const OPERANDS: std::ops::RangeInclusive<usize> = 2..=10;

impl Environment {
    /// Evaluates the section Conditions, what others are made of first. Step by step instead of from one into the next: two hundred
    /// conditions may stand on each other.
    pub(super) fn decide_conditions(&mut self) -> Result<(), Invalid> {
        let template = std::sync::Arc::clone(&self.template);
        let mut left: BTreeMap<&str, &Document> = template.members("Conditions").collect();
        while !left.is_empty() {
            let known = |body: &Document| conditions_of(body).iter().all(|name| self.conditions.contains_key(name));
            let ready: Vec<(&str, &Document)> =
                left.iter().filter(|(_, body)| known(body)).map(|(name, body)| (*name, *body)).collect();
            if ready.is_empty() {
                let circle: Vec<&str> = left.into_keys().collect();
                return Err(Invalid::template(format_args!("Circular dependency between conditions: [{}]", circle.join(", "))));
            }
            for (name, body) in ready {
                let truth = self.truth(body)?;
                self.conditions.insert(name.to_owned(), truth);
                left.remove(name);
            }
        }
        Ok(())
    }

    /// Whether a condition holds.
    pub(super) fn truth(&self, document: &Document) -> Result<bool, Invalid> {
        let Some((name, argument)) = document.as_object().filter(|members| members.len() == 1).and_then(|m| m.iter().next())
        else {
            return Err(Invalid::format("Every Conditions member must be a condition function."));
        };
        match (name.as_str(), argument) {
            ("Condition", Document::String(name)) => self.condition(name),
            ("Fn::Equals", Document::Array(operands)) => match operands.as_slice() {
                [left, right] => self.equal(left, right),
                _ => Err(equals()),
            },
            ("Fn::Equals", _) => Err(equals()),
            ("Fn::Not", Document::Array(operands)) if operands.len() == 1 => Ok(!self.truth(&operands[0])?),
            ("Fn::Not", _) => Err(Invalid::template("every Fn::Not object requires one boolean parameter.")),
            ("Fn::And", Document::Array(operands)) if OPERANDS.contains(&operands.len()) => {
                operands.iter().try_fold(true, |all, operand| Ok(self.truth(operand)? && all))
            }
            ("Fn::Or", Document::Array(operands)) if OPERANDS.contains(&operands.len()) => {
                operands.iter().try_fold(false, |any, operand| Ok(self.truth(operand)? || any))
            }
            ("Fn::And" | "Fn::Or", _) => Err(Invalid::template(format_args!(
                "every {name} object requires a list of at least 2 and at most 10 boolean parameters."
            ))),
            _ => Err(Invalid::template(format_args!("{name} is no condition function"))),
        }
    }

    /// The condition called `name`.
    pub(super) fn condition(&self, name: &str) -> Result<bool, Invalid> {
        let unresolved = || Invalid::template(format_args!("unresolved condition dependency {name} in Fn::If"));
        self.conditions.get(name).copied().ok_or_else(unresolved)
    }

    fn equal(&self, left: &Document, right: &Document) -> Result<bool, Invalid> {
        let (left, right) = (self.value(left)?.unwrap_or_default(), self.value(right)?.unwrap_or_default());
        if is_symbolic(&left) || is_symbolic(&right) {
            return Err(Invalid::template("conditions can only refer to parameters, mappings and other conditions"));
        }
        Ok(match (plain(&left), plain(&right)) {
            (Some(left), Some(right)) => left == right,
            _ => left == right,
        })
    }
}

fn equals() -> Invalid {
    Invalid::template("every Fn::Equals object requires a list of 2 string parameters.")
}
