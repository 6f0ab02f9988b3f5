//! The names that a part of a template speaks of.

use serde_json::Value as Document;
use std::collections::{BTreeMap, BTreeSet};

/// Names by how they are spoken of.
#[derive(Debug, Default)]
pub(super) struct References {
    /// By `Ref`, `${X}` and DependsOn: resources, parameters or pseudo parameters.
    pub(super) names: BTreeSet<String>,
    /// By `Fn::GetAtt` and `${X.Y}`: resources.
    pub(super) attributes: BTreeSet<String>,
    /// By `Fn::If` and `Condition`.
    pub(super) conditions: BTreeSet<String>,
}

impl References {
    /// The resources among them.
    pub(super) fn resources(&self, types: &BTreeMap<String, String>) -> BTreeSet<String> {
        self.names.iter().chain(&self.attributes).filter(|name| types.contains_key(*name)).cloned().collect()
    }

    fn collect(&mut self, document: &Document) {
        match document {
            Document::Array(elements) => elements.iter().for_each(|element| self.collect(element)),
            Document::Object(members) => {
                if members.len() == 1
                    && let Some((function, argument)) = members.iter().next()
                {
                    self.function(function, argument);
                }
                members.values().for_each(|member| self.collect(member));
            }
            _ => {}
        }
    }

    /// What a function's argument names by itself; what stands inside the argument is collected like everything else.
    fn function(&mut self, function: &str, argument: &Document) {
        match (function, argument) {
            ("Ref", Document::String(name)) => drop(self.names.insert(name.clone())),
            ("Condition", Document::String(name)) => drop(self.conditions.insert(name.clone())),
            ("Fn::GetAtt", Document::String(text)) => {
                self.attributes.extend(text.split_once('.').map(|(resource, _)| resource.to_owned()));
            }
            ("Fn::GetAtt", Document::Array(parts)) => {
                self.attributes.extend(parts.first().and_then(Document::as_str).map(str::to_owned));
            }
            ("Fn::If", Document::Array(parts)) => {
                self.conditions.extend(parts.first().and_then(Document::as_str).map(str::to_owned));
            }
            ("Fn::Sub", Document::String(text)) => self.substituted(text, None),
            ("Fn::Sub", Document::Array(parts)) => {
                if let Some(text) = parts.first().and_then(Document::as_str) {
                    self.substituted(text, parts.get(1));
                }
            }
            _ => {}
        }
    }

    fn substituted(&mut self, text: &str, own: Option<&Document>) {
        for part in text.split("${").skip(1) {
            let Some((name, _)) = part.split_once('}') else { continue };
            let name = name.trim();
            if name.starts_with('!') || own.is_some_and(|own| own.get(name).is_some()) {
                continue;
            }
            match name.split_once('.') {
                Some((resource, _)) => self.attributes.insert(resource.to_owned()),
                None => self.names.insert(name.to_owned()),
            };
        }
    }
}

/// What any part of a template speaks of.
pub(super) fn of(document: &Document) -> References {
    let mut found = References::default();
    found.collect(document);
    // An output's condition stands beside its value.
    found.conditions.extend(document.get("Condition").and_then(Document::as_str).map(str::to_owned));
    found
}

/// What a resource speaks of, its DependsOn and Condition included.
pub(super) fn of_resource(body: &Document) -> References {
    let mut found = References::default();
    body.get("Properties").into_iter().for_each(|properties| found.collect(properties));
    match body.get("DependsOn") {
        Some(Document::String(id)) => drop(found.names.insert(id.clone())),
        Some(Document::Array(ids)) => found.names.extend(ids.iter().filter_map(Document::as_str).map(str::to_owned)),
        _ => {}
    }
    found.conditions.extend(body.get("Condition").and_then(Document::as_str).map(str::to_owned));
    found
}
