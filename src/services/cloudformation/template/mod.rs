//! Templates: text → document → checked sections. Pure: no service, no store.

mod capability;
mod graph;
mod parameter;
mod reference;
mod text;
mod yaml;

pub(super) use capability::Needs;
pub(super) use parameter::{Constraints, Declaration};
pub(super) use yaml::FUNCTIONS;

/// The functions that have a value with a transform only.
pub(super) const NEEDING_TRANSFORMS: [&str; 3] = ["Length", "ToJsonString", "Transform"];

use super::error::Invalid;
use serde_json::{Map, Value as Document};
use std::collections::{BTreeMap, BTreeSet};

/// Most parameters, mappings and outputs of a template (user guide, CloudFormation quotas).
const MOST_SECTION: usize = 200;

/// Most resources of a template (the same).
const MOST_RESOURCES: usize = 500;

/// Longest description in bytes (the same).
const LONGEST_DESCRIPTION: usize = 1024;

/// What stands at the top of a template (user guide, template sections).
const SECTIONS: [&str; 11] = [
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];

/// What stands at the top of a resource (user guide, resource attribute reference).
const ATTRIBUTES: [&str; 11] = [
    "Condition",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Description",
    "Metadata",
    "Properties",
    "Type",
    "UpdatePolicy",
    "UpdateReplacePolicy",
    "Version",
];

/// Names that `Ref` knows without a declaration (user guide, pseudo parameters).
const PSEUDO_PARAMETERS: [&str; 8] = [
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// A template whose form and references are right.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pub(super) version: Option<String>,
    pub(super) description: Option<String>,
    /// As JSON.
    pub(super) metadata: Option<String>,
    pub(super) parameters: BTreeMap<String, Declaration>,
    /// Types of the resources, by logical id.
    pub(super) types: BTreeMap<String, String>,
    /// Names of the macros that the template wants.
    pub(super) transforms: Vec<String>,
    /// What the caller must acknowledge.
    pub(super) needs: Needs,
    /// The resources that each resource waits for, by its references and DependsOn.
    pub(super) edges: BTreeMap<String, BTreeSet<String>>,
    document: Document,
}

impl Template {
    /// Reads and checks a template.
    ///
    /// # Errors
    /// What is wrong with it, in AWS's words where they are known.
    pub(super) fn parse(text: &str) -> Result<Self, Invalid> {
        let document = text::read(text)?;
        let unknown: Vec<&str> =
            members(&document).filter(|(name, _)| !SECTIONS.contains(&name.as_str())).map(|(name, _)| name.as_str()).collect();
        if !unknown.is_empty() {
            return Err(Invalid(format!("Invalid template property or properties [{}]", unknown.join(", "))));
        }
        let parameters = section(&document, "Parameters", MOST_SECTION)?
            .map(|(name, body)| Ok((name.clone(), Declaration::parse(name, body)?)))
            .collect::<Result<_, Invalid>>()?;
        let types = types(&document)?;
        for limited in ["Mappings", "Outputs", "Conditions", "Rules"] {
            let _ = section(&document, limited, MOST_SECTION)?;
        }
        check_forms(&document)?;
        let mut template = Self {
            version: version(&document)?,
            description: description(&document)?,
            metadata: document.get("Metadata").map(Document::to_string),
            parameters,
            needs: Needs::of(&document),
            types,
            transforms: transforms(&document),
            edges: BTreeMap::new(),
            document: Document::Null,
        };
        template.edges = template.check_references(&document)?;
        template.document = document;
        Ok(template)
    }

    /// The members of a section, `Conditions` for instance; none where the template does not have it.
    pub(super) fn members(&self, section: &str) -> impl Iterator<Item = (&str, &Document)> {
        self.document.get(section).map(members).into_iter().flatten().map(|(name, body)| (name.as_str(), body))
    }

    /// One member of a section.
    pub(super) fn member(&self, section: &str, name: &str) -> Option<&Document> {
        self.document.get(section)?.get(name)
    }

    /// What a resource says under `attribute`, such as `Properties` or `DeletionPolicy`.
    pub(super) fn attribute(&self, resource: &str, attribute: &str) -> Option<&Document> {
        self.member("Resources", resource)?.get(attribute)
    }

    /// Refuses names that nothing declares, and resources that wait for each other.
    fn check_references(&self, document: &Document) -> Result<BTreeMap<String, BTreeSet<String>>, Invalid> {
        let conditions: BTreeSet<&str> = section(document, "Conditions", MOST_SECTION)?.map(|(name, _)| name.as_str()).collect();
        let mut edges: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (id, body) in section(document, "Resources", MOST_RESOURCES)? {
            let found = reference::of_resource(body);
            self.known(&found, &conditions, "Resources")?;
            edges.insert(id, found.resources(&self.types));
        }
        for block in ["Outputs", "Conditions"] {
            for (_, body) in section(document, block, MOST_SECTION)? {
                self.known(&reference::of(body), &conditions, block)?;
            }
        }
        match graph::cycle(&edges) {
            Some(cycle) => Err(Invalid(format!("Circular dependency between resources: [{}]", cycle.join(", ")))),
            None => Ok(edges.into_iter().map(|(id, waits)| (id.to_owned(), waits)).collect()),
        }
    }

    fn known(&self, found: &reference::References, conditions: &BTreeSet<&str>, block: &str) -> Result<(), Invalid> {
        let declared = |name: &&String| {
            self.types.contains_key(*name) || self.parameters.contains_key(*name) || PSEUDO_PARAMETERS.contains(&name.as_str())
        };
        let strange: Vec<&str> = found.names.iter().filter(|name| !declared(name)).map(String::as_str).collect();
        if !strange.is_empty() {
            let strange = strange.join(", ");
            return Err(Invalid::format(format_args!(
                "Unresolved resource dependencies [{strange}] in the {block} block of the template"
            )));
        }
        if let Some(name) = found.attributes.iter().find(|name| !self.types.contains_key(*name)) {
            return Err(Invalid::template(format_args!("instance of Fn::GetAtt references undefined resource {name}")));
        }
        if let Some(name) = found.conditions.iter().find(|name| !conditions.contains(name.as_str())) {
            return Err(Invalid::format(format_args!(
                "Unresolved condition dependency {name} in the {block} block of the template"
            )));
        }
        Ok(())
    }
}

/// The conditions that a part of a template speaks of.
pub(super) fn conditions_of(document: &Document) -> BTreeSet<String> {
    reference::of(document).conditions
}

fn members(document: &Document) -> impl Iterator<Item = (&String, &Document)> {
    document.as_object().into_iter().flatten()
}

/// The members of a section, which may be missing.
fn section<'d>(
    document: &'d Document,
    name: &str,
    most: usize,
) -> Result<impl Iterator<Item = (&'d String, &'d Document)> + use<'d>, Invalid> {
    let found: Option<&Map<String, Document>> = match document.get(name) {
        None | Some(Document::Null) => None,
        Some(Document::Object(members)) => Some(members),
        Some(_) => return Err(Invalid::format(format_args!("{name} must be an object."))),
    };
    let count = found.map_or(0, Map::len);
    if count > most {
        return Err(Invalid::format(format_args!(
            "Number of {}, {count}, is greater than maximum allowed, {most}",
            name.to_lowercase()
        )));
    }
    Ok(found.into_iter().flatten())
}

fn types(document: &Document) -> Result<BTreeMap<String, String>, Invalid> {
    let mut types = BTreeMap::new();
    for (id, body) in section(document, "Resources", MOST_RESOURCES)? {
        if !id.bytes().all(|b| b.is_ascii_alphanumeric()) || id.is_empty() {
            return Err(Invalid::format(format_args!("Resource name {id} is non alphanumeric.")));
        }
        if !body.is_object() {
            return Err(Invalid::format("Any Resources member must be an object."));
        }
        let kind = body.get("Type").and_then(Document::as_str).ok_or_else(|| {
            Invalid::format(format_args!("[/Resources/{id}] Every Resources object must contain a Type member."))
        })?;
        types.insert(id.clone(), kind.to_owned());
    }
    if types.is_empty() {
        return Err(Invalid::format("At least one Resources member must be defined."));
    }
    Ok(types)
}

/// Refuses what stands in the wrong form in mappings, outputs and resources.
fn check_forms(document: &Document) -> Result<(), Invalid> {
    for (name, mapping) in section(document, "Mappings", MOST_SECTION)? {
        if !mapping.as_object().is_some_and(|keys| keys.values().all(Document::is_object)) {
            return Err(Invalid::format(format_args!("Every Mappings member {name} must be a map")));
        }
        let values = members(mapping).flat_map(|(_, entries)| members(entries));
        if values.into_iter().any(|(_, value)| value.is_object() || value.is_null()) {
            return Err(Invalid::format("Every Mappings attribute must be a String or a List."));
        }
    }
    for (name, output) in section(document, "Outputs", MOST_SECTION)? {
        match output.get("Value") {
            None => return Err(Invalid::format("Every Outputs member must contain a Value object")),
            Some(Document::Null) => {
                return Err(Invalid(format!("[/Outputs/{name}/Value] 'null' values are not allowed in templates")));
            }
            Some(_) => {}
        }
    }
    for (_, body) in section(document, "Resources", MOST_RESOURCES)? {
        if let Some((strange, _)) = members(body).find(|(name, _)| !ATTRIBUTES.contains(&name.as_str())) {
            return Err(Invalid(format!("Invalid template resource property '{strange}'")));
        }
    }
    Ok(())
}

fn version(document: &Document) -> Result<Option<String>, Invalid> {
    match document.get("AWSTemplateFormatVersion") {
        None => Ok(None),
        Some(Document::String(version)) if version == "2010-09-09" => Ok(Some(version.clone())),
        Some(other) => Err(Invalid::format(format_args!("unsupported value for AWSTemplateFormatVersion: {other}."))),
    }
}

fn description(document: &Document) -> Result<Option<String>, Invalid> {
    match document.get("Description") {
        None => Ok(None),
        Some(Document::String(text)) if text.len() > LONGEST_DESCRIPTION => {
            Err(Invalid::format(format_args!("'Description' length is greater than {LONGEST_DESCRIPTION}.")))
        }
        Some(Document::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Invalid::format("every Description member must be a string.")),
    }
}

fn transforms(document: &Document) -> Vec<String> {
    match document.get("Transform") {
        Some(Document::String(name)) => vec![name.clone()],
        Some(Document::Array(names)) => names.iter().filter_map(Document::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
