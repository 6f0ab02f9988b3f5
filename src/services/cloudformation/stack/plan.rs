//! A version of a template made ready to be worked on.

use super::super::error::Invalid;
use super::super::evaluation::{Environment, Pseudo, Resolved};
use super::super::template::Template;
use super::super::{refusal, resource};
use super::order::Waits;
use super::record::Version;
use super::resource::Policies;
use crate::base::account::Scope;
use serde_json::Value as Document;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Resources of a version, their order, and what is known of them while they are worked on.
#[derive(Debug)]
pub(in super::super) struct Plan {
    environment: Mutex<Environment>,
    /// The active resources and what each waits for.
    pub(super) waits: Waits,
}

/// The environment of a version's template in a stack, in which no resource is there yet.
pub(in super::super) fn environment(
    template: Arc<Template>,
    version: &Version,
    scope: &Scope,
    (stack_name, stack_id): (&str, &str),
    exports: Arc<BTreeMap<String, String>>,
) -> Result<Environment, Invalid> {
    let pseudo = Pseudo {
        account: scope.account().to_owned(),
        region: scope.region().to_owned(),
        stack_id: stack_id.to_owned(),
        stack_name: stack_name.to_owned(),
        notification_arns: version.notification_arns.clone(),
    };
    Environment::new(template, pseudo, version.parameters.clone(), exports)
}

impl Plan {
    /// The plan of an environment.
    pub(in super::super) fn new(environment: Environment) -> Self {
        let active: BTreeSet<&str> = environment.active_resources().collect();
        let needs = |id: &str| environment.template.edges.get(id).into_iter().flatten();
        let among = |id: &str| needs(id).filter(|need| active.contains(need.as_str())).cloned().collect();
        let waits = active.iter().map(|id| ((*id).to_owned(), among(id))).collect();
        Self { environment: Mutex::new(environment), waits }
    }

    /// What is known so far.
    pub(super) fn environment(&self) -> MutexGuard<'_, Environment> {
        self.environment.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The template.
    pub(super) fn template(&self) -> Arc<Template> {
        Arc::clone(&self.environment().template)
    }

    /// A resource is there.
    pub(super) fn made(&self, id: &str, resolved: Resolved) {
        self.environment().made.insert(id.to_owned(), resolved);
    }

    /// The type of a resource.
    pub(super) fn kind(&self, id: &str) -> String {
        self.environment().template.types.get(id).cloned().unwrap_or_default()
    }

    /// What stays behind when a resource goes.
    pub(super) fn policies(&self, id: &str) -> Policies {
        let template = self.template();
        let is = |attribute, value: &str| template.attribute(id, attribute).and_then(Document::as_str) == Some(value);
        let except_on_create = is("DeletionPolicy", "RetainExceptOnCreate");
        Policies {
            retain: except_on_create || is("DeletionPolicy", "Retain"),
            except_on_create,
            retain_replaced: is("UpdateReplacePolicy", "Retain"),
        }
    }

    /// What the template says of a resource for its readers.
    pub(super) fn metadata(&self, id: &str) -> Option<Document> {
        let environment = self.environment();
        let metadata = environment.template.attribute(id, "Metadata")?;
        Some(environment.evaluate(metadata).unwrap_or_else(|_| metadata.clone()))
    }

    /// Evaluates everything once, so that what is wrong with a template is found before anything is made: the answer has the names of the
    /// exports that it uses.
    ///
    /// # Errors
    /// A function that has no value, or an attribute that a type does not have.
    pub(in super::super) fn check(&self) -> Result<BTreeSet<String>, Invalid> {
        let environment = self.environment();
        for id in self.waits.keys() {
            let properties = environment.properties(id)?;
            properties.values().try_for_each(|value| check_attributes(&environment, value))?;
        }
        for (_, output) in environment.template.members("Outputs").filter(|(_, output)| environment.is_active(output)) {
            if let Some(value) = output.get("Value") {
                check_attributes(&environment, &environment.evaluate(value)?)?;
            }
        }
        Ok(environment.imported())
    }

    /// The active resources whose types are not known, with what is.
    pub(super) fn unsupported(&self) -> BTreeMap<String, String> {
        let kinds = self.waits.keys().map(|id| (id, self.kind(id)));
        kinds.filter(|(_, kind)| resource::find(kind).is_none()).map(|(id, kind)| (id.clone(), refusal::of_type(&kind))).collect()
    }
}

/// Refuses `Fn::GetAtt` of what a type does not have.
fn check_attributes(environment: &Environment, value: &Document) -> Result<(), Invalid> {
    match value {
        Document::Array(elements) => elements.iter().try_for_each(|element| check_attributes(environment, element)),
        Document::Object(members) => {
            if let Some([Document::String(id), Document::String(attribute)]) =
                members.get("Fn::GetAtt").and_then(Document::as_array).map(Vec::as_slice)
                && let Some(of) = environment.template.types.get(id).and_then(|kind| resource::find(kind))
                && !of.has_attribute(attribute)
            {
                return Err(Invalid::template(format_args!(
                    "resource {id} does not support attribute type {attribute} in Fn::GetAtt"
                )));
            }
            members.values().try_for_each(|member| check_attributes(environment, member))
        }
        _ => Ok(()),
    }
}
