//! What an update would change, found without making anything: both versions are evaluated as far as that is possible, and compared.

use super::super::error::Invalid;
use super::super::evaluation::Environment;
use super::super::resource::{self, Properties, ResourceType, Update};
use super::resource::Resource;
use crate::api::cloudformation::{
    Change, ChangeAction, ChangeSource, ChangeType, EvaluationType, Replacement, RequiresRecreation, ResourceAttribute,
    ResourceChange, ResourceChangeDetail, ResourceTargetDefinition,
};
use serde_json::{Map, Value as Document};
use std::collections::{BTreeMap, BTreeSet};

/// The attributes beside the properties whose change is a change of a resource.
const ATTRIBUTES: [(&str, ResourceAttribute); 5] = [
    ("CreationPolicy", ResourceAttribute::CreationPolicy),
    ("DeletionPolicy", ResourceAttribute::DeletionPolicy),
    ("Metadata", ResourceAttribute::Metadata),
    ("UpdatePolicy", ResourceAttribute::UpdatePolicy),
    ("UpdateReplacePolicy", ResourceAttribute::UpdateReplacePolicy),
];

/// What would change.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Changes {
    /// Of resources, by logical id.
    pub(in super::super) resources: Vec<Change>,
    /// Whether outputs change.
    pub(in super::super) outputs: bool,
}

impl Changes {
    /// Whether an update would do nothing.
    pub(in super::super) fn is_empty(&self) -> bool {
        self.resources.is_empty() && !self.outputs
    }
}

/// One version of a stack, as far as it can be evaluated.
struct Side<'e> {
    environment: &'e Environment,
    resources: BTreeMap<String, Map<String, Document>>,
}

impl<'e> Side<'e> {
    fn new(environment: &'e Environment) -> Result<Self, Invalid> {
        let resources = environment.active_resources().map(|id| Ok((id.to_owned(), environment.properties(id)?)));
        Ok(Self { environment, resources: resources.collect::<Result<_, Invalid>>()? })
    }

    fn attribute(&self, id: &str, attribute: &str) -> Result<Option<Document>, Invalid> {
        self.environment.template.attribute(id, attribute).map(|value| self.environment.evaluate(value)).transpose()
    }

    fn outputs(&self) -> Result<BTreeMap<String, Document>, Invalid> {
        let active = self.environment.template.members("Outputs").filter(|(_, output)| self.environment.is_active(output));
        active.map(|(name, output)| Ok((name.to_owned(), self.environment.evaluate(output)?))).collect()
    }
}

/// The changes from `old`, `None` for a stack that is new, to `new`. `retagged` says whether the stack's own tags change.
///
/// # Errors
/// What cannot be evaluated, and a resource that would change its type.
pub(in super::super) fn compare(
    old: Option<&Environment>,
    new: &Environment,
    resources: &BTreeMap<String, Resource>,
    retagged: bool,
) -> Result<Changes, Invalid> {
    let new = Side::new(new)?;
    let Some(old) = old else {
        let added = new.resources.keys().map(|id| added(&new, id));
        return Ok(Changes { resources: added.collect(), outputs: true });
    };
    let old = Side::new(old)?;
    check_types(&old, &new)?;
    let mut found = BTreeMap::new();
    for id in old.resources.keys().chain(new.resources.keys()).collect::<BTreeSet<_>>() {
        let change = match (old.resources.get(id), new.resources.get(id)) {
            (None, _) => Some(added(&new, id)),
            (_, None) => Some(change(&old, id, ChangeAction::Remove, resources)),
            (Some(before), Some(after)) => modified(&old, &new, (id, before, after), resources, retagged)?,
        };
        if let Some(change) = change {
            found.insert(id.clone(), change);
        }
    }
    follow(&new, &mut found, resources);
    Ok(Changes { resources: found.into_values().collect(), outputs: old.outputs()? != new.outputs()? })
}

/// A resource keeps its type as long as it keeps its logical id.
fn check_types(old: &Side<'_>, new: &Side<'_>) -> Result<(), Invalid> {
    let kind = |side: &Side<'_>, id: &str| side.environment.template.types.get(id).cloned();
    let changed: Vec<&str> = old
        .resources
        .keys()
        .filter(|id| new.resources.contains_key(*id) && kind(old, id) != kind(new, id))
        .map(String::as_str)
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(Invalid(format!(
        "Update of resource type is not permitted. The new template modifies resource type of the following resources: [{}]",
        changed.join(", ")
    )))
}

fn change(side: &Side<'_>, id: &str, action: ChangeAction, resources: &BTreeMap<String, Resource>) -> Change {
    let resource_change = ResourceChange {
        action: Some(action),
        details: Some(Vec::new()),
        logical_resource_id: Some(id.to_owned()),
        physical_resource_id: resources.get(id).and_then(|resource| resource.now.physical_id.clone()),
        resource_type: side.environment.template.types.get(id).cloned(),
        scope: Some(Vec::new()),
        ..ResourceChange::default()
    };
    Change { r#type: Some(ChangeType::Resource), resource_change: Some(resource_change), ..Change::default() }
}

fn added(new: &Side<'_>, id: &str) -> Change {
    change(new, id, ChangeAction::Add, &BTreeMap::new())
}

/// How a resource that is in both versions changes.
fn modified(
    old: &Side<'_>,
    new: &Side<'_>,
    (id, before, after): (&str, &Map<String, Document>, &Map<String, Document>),
    resources: &BTreeMap<String, Resource>,
    retagged: bool,
) -> Result<Option<Change>, Invalid> {
    let of = new.environment.template.types.get(id).and_then(|kind| resource::find(kind));
    let names: BTreeSet<&String> =
        before.keys().chain(after.keys()).filter(|name| before.get(*name) != after.get(*name)).collect();
    let mut details: Vec<ResourceChangeDetail> = names.iter().map(|name| property(old, new, id, name, of)).collect();
    let mut scope: Vec<ResourceAttribute> = Vec::new();
    scope.extend((!names.is_empty()).then_some(ResourceAttribute::Properties));
    for (name, attribute) in ATTRIBUTES {
        if old.attribute(id, name)? != new.attribute(id, name)? {
            scope.push(attribute);
            details.push(detail(attribute, None, RequiresRecreation::Never, ChangeSource::DirectModification, None));
        }
    }
    if retagged && of.is_some_and(ResourceType::takes_tags) {
        scope.push(ResourceAttribute::Tags);
        details.push(detail(ResourceAttribute::Tags, None, RequiresRecreation::Never, ChangeSource::DirectModification, None));
    }
    if scope.is_empty() {
        return Ok(None);
    }
    let (before, after) = (Properties(before.clone()), Properties(after.clone()));
    let replaced = of.is_some_and(|of| after.change(&before, of) == Some(Update::Replace));
    let mut change = change(new, id, ChangeAction::Modify, resources);
    if let Some(inner) = &mut change.resource_change {
        inner.replacement = Some(if replaced { Replacement::True } else { Replacement::False });
        inner.scope = Some(scope);
        inner.details = Some(details);
    }
    Ok(Some(change))
}

fn property(old: &Side<'_>, new: &Side<'_>, id: &str, name: &str, of: Option<&ResourceType>) -> ResourceChangeDetail {
    let raw = |side: &Side<'_>| {
        side.environment.template.attribute(id, "Properties").and_then(|properties| properties.get(name)).cloned()
    };
    let text = raw(new);
    // The same text with another value: a parameter has changed.
    let source = if raw(old) == text { ChangeSource::ParameterReference } else { ChangeSource::DirectModification };
    let parameter = text.as_ref().and_then(|text| text.get("Ref")?.as_str()).map(str::to_owned);
    let cause = parameter.filter(|_| source == ChangeSource::ParameterReference);
    detail(ResourceAttribute::Properties, Some(name), recreation(of, name), source, cause)
}

fn recreation(of: Option<&ResourceType>, name: &str) -> RequiresRecreation {
    let known = of.and_then(|of| of.properties.iter().find(|property| property.name == name));
    match known.map(|property| property.update) {
        Some(Update::Replace) => RequiresRecreation::Always,
        _ => RequiresRecreation::Never,
    }
}

fn detail(
    attribute: ResourceAttribute,
    name: Option<&str>,
    requires: RequiresRecreation,
    source: ChangeSource,
    cause: Option<String>,
) -> ResourceChangeDetail {
    let target = ResourceTargetDefinition {
        attribute: Some(attribute),
        name: name.map(str::to_owned),
        requires_recreation: Some(requires),
        ..ResourceTargetDefinition::default()
    };
    ResourceChangeDetail {
        causing_entity: cause,
        change_source: Some(source),
        evaluation: Some(EvaluationType::Static),
        target: Some(target),
    }
}

/// Adds what may change because something that it refers to is replaced.
fn follow(new: &Side<'_>, found: &mut BTreeMap<String, Change>, resources: &BTreeMap<String, Resource>) {
    let is_replaced = |change: &Change| {
        change
            .resource_change
            .as_ref()
            .is_some_and(|change| matches!(change.replacement, Some(Replacement::True | Replacement::Conditional)))
    };
    // Each round reaches one resource further, so as many rounds as resources are enough.
    for _ in 0..new.resources.len() {
        let replaced: BTreeSet<String> =
            found.iter().filter(|(_, change)| is_replaced(change)).map(|(id, _)| id.clone()).collect();
        let before = found.len();
        for (id, properties) in &new.resources {
            if found.contains_key(id) {
                continue;
            }
            let of = new.environment.template.types.get(id).and_then(|kind| resource::find(kind));
            let mut details = Vec::new();
            for (name, value) in properties {
                references(value, &replaced, &mut |source, entity| {
                    let requires = match recreation(of, name) {
                        RequiresRecreation::Always => RequiresRecreation::Conditionally,
                        other => other,
                    };
                    let mut detail = detail(ResourceAttribute::Properties, Some(name), requires, source, Some(entity));
                    detail.evaluation = Some(EvaluationType::Dynamic);
                    details.push(detail);
                });
            }
            if details.is_empty() {
                continue;
            }
            let may_replace = details.iter().any(|detail| {
                detail.target.as_ref().is_some_and(|target| target.requires_recreation == Some(RequiresRecreation::Conditionally))
            });
            let mut change = change(new, id, ChangeAction::Modify, resources);
            if let Some(inner) = &mut change.resource_change {
                inner.replacement = Some(if may_replace { Replacement::Conditional } else { Replacement::False });
                inner.scope = Some(vec![ResourceAttribute::Properties]);
                inner.details = Some(details);
            }
            found.insert(id.clone(), change);
        }
        if found.len() == before {
            return;
        }
    }
}

/// Tells the references of a value to some resources.
fn references(value: &Document, to: &BTreeSet<String>, tell: &mut dyn FnMut(ChangeSource, String)) {
    match value {
        Document::Array(elements) => elements.iter().for_each(|element| references(element, to, tell)),
        Document::Object(members) => {
            if let Some(id) = members.get("Ref").and_then(Document::as_str).filter(|id| to.contains(*id)) {
                tell(ChangeSource::ResourceReference, id.to_owned());
            }
            if let Some([Document::String(id), Document::String(attribute)]) =
                members.get("Fn::GetAtt").and_then(Document::as_array).map(Vec::as_slice)
                && to.contains(id)
            {
                tell(ChangeSource::ResourceAttribute, format!("{id}.{attribute}"));
            }
            members.values().for_each(|member| references(member, to, tell));
        }
        _ => {}
    }
}
