//! Evaluation of a template's functions. Pure: what the template is evaluated in, its [`Environment`], is given.
//!
//! What belongs to a resource that is not made yet stays in the document as the function it is (`{"Ref": "Stream"}`), so that two
//! versions of a template can be compared without making anything.

mod cidr;
mod condition;
mod function;
mod parameter;
mod rule;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(super) use parameter::Given;
pub(super) use parameter::{ParameterValue, given, resolve};
pub(super) use rule::check as check_rules;

use super::error::Invalid;
use super::template::Template;
use serde_json::{Map, Value as Document};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of text that the functions of one evaluation may make: a template of a few lines can nest substitutions that double at each level.
const MOST_TEXT: usize = 8 * 1024 * 1024;

/// What a secret parameter shows as.
pub(super) const MASK: &str = "****";

/// The pseudo parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Pseudo {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) stack_id: String,
    pub(super) stack_name: String,
    pub(super) notification_arns: Vec<String>,
}

/// A resource that has been made.
#[derive(Clone, Debug, Default)]
pub(super) struct Resolved {
    /// What `Ref` gives.
    pub(super) reference: String,
    /// What `Fn::GetAtt` gives.
    pub(super) attributes: BTreeMap<String, Document>,
}

/// What a template is evaluated in.
#[derive(Debug)]
pub(super) struct Environment {
    pub(super) template: Arc<Template>,
    pub(super) pseudo: Pseudo,
    pub(super) parameters: BTreeMap<String, ParameterValue>,
    /// Exported values of the account and region.
    pub(super) exports: Arc<BTreeMap<String, String>>,
    /// The resources that are there, by logical id.
    pub(super) made: BTreeMap<String, Resolved>,
    conditions: BTreeMap<String, bool>,
    /// Whether secret parameters show as `****`.
    masked: bool,
    text: AtomicUsize,
    /// Names of the exports that were asked for.
    imported: Mutex<BTreeSet<String>>,
}

impl Environment {
    /// An environment in which no resource is made yet; evaluates the conditions.
    pub(super) fn new(
        template: Arc<Template>,
        pseudo: Pseudo,
        parameters: BTreeMap<String, ParameterValue>,
        exports: Arc<BTreeMap<String, String>>,
    ) -> Result<Self, Invalid> {
        let (made, conditions, masked) = (BTreeMap::new(), BTreeMap::new(), false);
        let (text, imported) = (AtomicUsize::new(0), Mutex::default());
        let mut environment = Self { template, pseudo, parameters, exports, made, conditions, masked, text, imported };
        environment.decide_conditions()?;
        Ok(environment)
    }

    /// The same with secret parameters masked.
    pub(super) fn masked(&self) -> Self {
        Self { masked: true, ..self.clone() }
    }

    /// Whether a resource or output is part of the stack: whether it has no condition, or one that is true.
    pub(super) fn is_active(&self, body: &Document) -> bool {
        let condition = body.get("Condition").and_then(Document::as_str);
        condition.is_none_or(|name| self.conditions.get(name).copied().unwrap_or_default())
    }

    /// Logical ids of the resources that are part of the stack.
    pub(super) fn active_resources(&self) -> impl Iterator<Item = &str> {
        self.template.members("Resources").filter(|(_, body)| self.is_active(body)).map(|(id, _)| id)
    }

    /// The value of a part of the template; null for what has none (`AWS::NoValue`).
    ///
    /// # Errors
    /// What is wrong with a function's arguments, in AWS's words where they are known.
    pub(super) fn evaluate(&self, document: &Document) -> Result<Document, Invalid> {
        self.text.store(0, Ordering::Relaxed);
        Ok(self.value(document)?.unwrap_or_default())
    }

    /// The properties of a resource.
    pub(super) fn properties(&self, resource: &str) -> Result<Map<String, Document>, Invalid> {
        match self.template.attribute(resource, "Properties").map(|properties| self.evaluate(properties)).transpose()? {
            None | Some(Document::Null) => Ok(Map::new()),
            Some(Document::Object(properties)) => Ok(properties),
            Some(_) => Err(Invalid::format(format_args!("[/Resources/{resource}/Properties] must be an object."))),
        }
    }

    /// A value, `None` for `AWS::NoValue`, which leaves out what holds it. The depth of documents is bounded where they are read.
    fn value(&self, document: &Document) -> Result<Option<Document>, Invalid> {
        match document {
            Document::Array(elements) => {
                let values = elements.iter().filter_map(|element| self.value(element).transpose());
                Ok(Some(Document::Array(values.collect::<Result<_, _>>()?)))
            }
            Document::Object(members) => match function_of(members) {
                Some((name, argument)) => {
                    let value = function::call(self, name, argument)?;
                    value.iter().try_for_each(|value| self.charge(value))?;
                    Ok(value)
                }
                None => {
                    let values = members.iter().filter_map(|(name, member)| {
                        self.value(member).map(|value| value.map(|value| (name.clone(), value))).transpose()
                    });
                    Ok(Some(Document::Object(values.collect::<Result<_, _>>()?)))
                }
            },
            scalar => Ok(Some(scalar.clone())),
        }
    }

    /// Names of the exports that were asked for so far.
    pub(super) fn imported(&self) -> BTreeSet<String> {
        self.imported.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn import(&self, name: &str) {
        self.imported.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
    }

    /// Counts the text that a function has made.
    fn charge(&self, value: &Document) -> Result<(), Invalid> {
        let before = self.text.fetch_add(size(value), Ordering::Relaxed);
        if before > MOST_TEXT {
            return Err(Invalid::template(format_args!("the functions make more than {MOST_TEXT} bytes of text.")));
        }
        Ok(())
    }
}

impl Clone for Environment {
    fn clone(&self) -> Self {
        Self {
            template: Arc::clone(&self.template),
            pseudo: self.pseudo.clone(),
            parameters: self.parameters.clone(),
            exports: Arc::clone(&self.exports),
            made: self.made.clone(),
            conditions: self.conditions.clone(),
            masked: self.masked,
            text: AtomicUsize::new(0),
            imported: Mutex::default(),
        }
    }
}

/// The function that an object is, with its argument.
fn function_of(members: &Map<String, Document>) -> Option<(&str, &Document)> {
    let (name, argument) = members.iter().next().filter(|_| members.len() == 1)?;
    (name == "Ref" || name.starts_with("Fn::")).then_some((name.as_str(), argument))
}

/// Whether something in an evaluated document waits for a resource.
pub(super) fn is_symbolic(document: &Document) -> bool {
    match document {
        Document::Array(elements) => elements.iter().any(is_symbolic),
        Document::Object(members) => function_of(members).is_some() || members.values().any(is_symbolic),
        _ => false,
    }
}

fn size(value: &Document) -> usize {
    match value {
        Document::String(text) => text.len() + 8,
        Document::Array(elements) => elements.iter().map(size).sum::<usize>() + 8,
        Document::Object(members) => members.iter().map(|(name, member)| name.len() + size(member)).sum::<usize>() + 8,
        _ => 8,
    }
}

/// A scalar as text.
pub(super) fn plain(value: &Document) -> Option<String> {
    match value {
        Document::String(text) => Some(text.clone()),
        Document::Number(number) => Some(number.to_string()),
        Document::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}
