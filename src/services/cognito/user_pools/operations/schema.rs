//! The attributes that a pool shows: the standard ones of OpenID Connect, and those it was given.

use crate::api::cognito_idp::{
    AttributeDataType, NumberAttributeConstraintsType, SchemaAttributeType, StringAttributeConstraintsType,
};

/// The longest value of a text (developer guide, "Working with user attributes").
const MAX_LENGTH: &str = "2048";

/// Texts of every pool.
const TEXTS: [&str; 15] = [
    "profile",
    "address",
    "birthdate",
    "gender",
    "preferred_username",
    "website",
    "picture",
    "family_name",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "zoneinfo",
];

fn text(name: &str, (least, most): (&str, &str)) -> SchemaAttributeType {
    let constraints = StringAttributeConstraintsType { min_length: Some(least.into()), max_length: Some(most.into()) };
    SchemaAttributeType { string_attribute_constraints: Some(constraints), ..attribute(name, AttributeDataType::String) }
}

fn attribute(name: &str, kind: AttributeDataType) -> SchemaAttributeType {
    SchemaAttributeType {
        name: Some(name.to_owned()),
        attribute_data_type: Some(kind),
        developer_only_attribute: Some(false),
        mutable: Some(true),
        required: Some(false),
        ..SchemaAttributeType::default()
    }
}

fn standard() -> Vec<SchemaAttributeType> {
    let sub = SchemaAttributeType { mutable: Some(false), required: Some(true), ..text("sub", ("1", MAX_LENGTH)) };
    let updated = NumberAttributeConstraintsType { min_value: Some("0".into()), max_value: None };
    let others = TEXTS.map(|name| text(name, if name == "birthdate" { ("10", "10") } else { ("0", MAX_LENGTH) }));
    let mut all: Vec<SchemaAttributeType> = std::iter::once(sub).chain(others).collect();
    all.push(text("email", ("0", MAX_LENGTH)));
    all.push(attribute("email_verified", AttributeDataType::Boolean));
    all.push(attribute("phone_number_verified", AttributeDataType::Boolean));
    all.push(SchemaAttributeType {
        number_attribute_constraints: Some(updated),
        ..attribute("updated_at", AttributeDataType::Number)
    });
    all
}

/// The standard attributes, as the schema changes them, and its own with their prefix.
pub(super) fn attributes(schema: &[SchemaAttributeType]) -> Vec<SchemaAttributeType> {
    let mut all = standard();
    for given in schema {
        let known = all.iter_mut().find(|known| known.name == given.name);
        match known {
            Some(known) => {
                known.mutable = given.mutable.or(known.mutable);
                known.required = given.required.or(known.required);
                known.string_attribute_constraints =
                    given.string_attribute_constraints.clone().or(known.string_attribute_constraints.take());
                known.number_attribute_constraints =
                    given.number_attribute_constraints.clone().or(known.number_attribute_constraints.take());
            }
            None => all.push(own(given)),
        }
    }
    all
}

fn own(given: &SchemaAttributeType) -> SchemaAttributeType {
    let developer = given.developer_only_attribute.unwrap_or_default();
    let prefix = if developer { "dev:custom:" } else { "custom:" };
    let kind = given.attribute_data_type.unwrap_or_default();
    let name = given.name.as_deref().unwrap_or_default();
    SchemaAttributeType {
        name: Some(format!("{prefix}{name}")),
        attribute_data_type: Some(kind),
        developer_only_attribute: Some(developer),
        mutable: given.mutable.or(Some(true)),
        required: given.required.or(Some(false)),
        string_attribute_constraints: given
            .string_attribute_constraints
            .clone()
            .or_else(|| (kind == AttributeDataType::String).then(StringAttributeConstraintsType::default)),
        number_attribute_constraints: given
            .number_attribute_constraints
            .clone()
            .or_else(|| (kind == AttributeDataType::Number).then(NumberAttributeConstraintsType::default)),
    }
}
