//! The properties of a resource, with all functions evaluated.

use super::convert;
use super::failure::Failure;
use super::{ResourceType, Update};
use crate::api::{Operation, Schema, Shape};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Document};
use std::collections::BTreeMap;

/// Evaluated properties, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(in super::super) struct Properties(pub(in super::super) Map<String, Document>);

impl Properties {
    /// One property as it stands in the template.
    pub(in super::super) fn get(&self, name: &str) -> Option<&Document> {
        self.0.get(name)
    }

    /// A property as text; numbers and truth values are printed, objects (policies) become JSON.
    pub(in super::super) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Document::Null => None,
            Document::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// A property as a whole number.
    pub(in super::super) fn number(&self, name: &str) -> Result<Option<i64>, Failure> {
        self.0.get(name).map(|value| convert::whole(value, &format!("#/{name}"))).transpose()
    }

    /// The input of an operation, filled from the properties of the same names (letter case aside); the others are left out, and what the
    /// operation calls otherwise is for the handler to fill.
    pub(in super::super) fn input<O: Operation>(&self, _: O) -> Result<O::Input, Failure> {
        Ok(O::Input::from_value(convert::members(&self.0, O::FACTS.input, "#", convert::Strictness::Shared)?))
    }

    /// One property as a generated structure: `properties.structure("StreamModeDetails", StreamModeDetails::SCHEMA)`.
    pub(in super::super) fn structure<T: Shape>(&self, name: &str, schema: &Schema) -> Result<Option<T>, Failure> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        Ok(Some(T::from_value(convert::value(value, schema, &format!("#/{name}"))?)))
    }

    /// One property as a list of generated structures.
    pub(in super::super) fn structures<T: Shape>(&self, name: &str, schema: &Schema) -> Result<Vec<T>, Failure> {
        let elements = match self.0.get(name) {
            None | Some(Document::Null) => return Ok(Vec::new()),
            Some(Document::Array(elements)) => elements,
            Some(other) => return Err(convert::unexpected(&format!("#/{name}"), "JSONArray", other)),
        };
        let read = |(n, element)| Ok(T::from_value(convert::value(element, schema, &format!("#/{name}/{n}"))?));
        elements.iter().enumerate().map(read).collect()
    }

    /// One property as a list of texts.
    pub(in super::super) fn texts(&self, name: &str) -> Result<Vec<String>, Failure> {
        const TEXT: Schema =
            Schema { name: "String", kind: crate::api::Kind::Text(&[]), min: None, max: None, pattern: None, sensitive: false };
        self.structures(name, &TEXT)
    }

    /// The tags of the property `Tags`: a list of Key and Value, or an object.
    pub(in super::super) fn tags(&self) -> Result<BTreeMap<String, String>, Failure> {
        let text = |value: &Document| match value {
            Document::String(text) => text.clone(),
            other => other.to_string(),
        };
        match self.0.get("Tags") {
            None | Some(Document::Null) => Ok(BTreeMap::new()),
            Some(Document::Object(tags)) => Ok(tags.iter().map(|(key, value)| (key.clone(), text(value))).collect()),
            Some(Document::Array(tags)) => {
                let tag = |(n, tag): (usize, &Document)| match (tag.get("Key"), tag.get("Value")) {
                    (Some(key), Some(value)) => Ok((text(key), text(value))),
                    _ => Err(Failure::property(&format!("#/Tags/{n}"), "required key [Key] or [Value] not found")),
                };
                tags.iter().enumerate().map(tag).collect()
            }
            Some(other) => Err(convert::unexpected("#/Tags", "JSONArray", other)),
        }
    }

    /// Whether a property differs.
    pub(in super::super) fn differs(&self, from: &Self, name: &str) -> bool {
        self.0.get(name) != from.0.get(name)
    }

    /// What does not fit the type's table, one sentence each.
    pub(in super::super) fn violations(&self, of: &ResourceType) -> Vec<String> {
        let strange = self.0.keys().filter(|name| !of.properties.iter().any(|property| property.name == name.as_str()));
        let missing = of.properties.iter().filter(|property| property.required && !self.0.contains_key(property.name));
        let strange = strange.map(|name| format!("#: extraneous key [{name}] is not permitted"));
        strange.chain(missing.map(|property| format!("#: required key [{}] not found", property.name))).collect()
    }

    /// What a change from `previous` to these properties does, `None` if they are the same.
    pub(in super::super) fn change(&self, previous: &Self, of: &ResourceType) -> Option<Update> {
        if self == previous {
            return None;
        }
        let replaced =
            of.properties.iter().any(|property| property.update == Update::Replace && self.differs(previous, property.name));
        Some(if replaced || of.handler.replaces(previous, self) { Update::Replace } else { Update::InPlace })
    }
}
