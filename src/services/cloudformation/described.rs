//! What templates can have here, told for docs/cloudformation.md.

use super::{resource, template};
use resource::Update;

/// A type of resources as its page shows it.
#[derive(Clone, Debug)]
pub struct DescribedType {
    /// Such as `AWS::Kinesis::Stream`.
    pub name: &'static str,
    /// Its properties, by name.
    pub properties: Vec<DescribedProperty>,
    /// What `Fn::GetAtt` gives.
    pub attributes: &'static [&'static str],
}

/// A property of a type.
#[derive(Clone, Copy, Debug)]
pub struct DescribedProperty {
    /// Such as `ShardCount`.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// Whether its change makes a new resource.
    pub replaces: bool,
    /// Whether it stays with the stack and does nothing.
    pub kept: bool,
}

/// All types of resources, by name.
pub fn types() -> Vec<DescribedType> {
    let property = |property: &resource::Property| DescribedProperty {
        name: property.name,
        required: property.required,
        replaces: property.update == Update::Replace,
        kept: property.kept,
    };
    let described = |of: &&resource::ResourceType| DescribedType {
        name: of.name,
        properties: of.properties.iter().map(property).collect(),
        attributes: of.attributes,
    };
    let mut types: Vec<DescribedType> = resource::TYPES.iter().map(described).collect();
    types.sort_by_key(|of| of.name);
    types
}

/// The functions of templates, without `Fn::`.
pub fn functions() -> Vec<&'static str> {
    template::FUNCTIONS.iter().filter(|name| !template::NEEDING_TRANSFORMS.contains(name)).copied().collect()
}
