//! The query protocol's inputs: `Action=CreateRole&Version=…&Tags.member.1.Key=…` to a [`Value`], led by the input's schema.

use super::guard::{Guard, MAX_DEPTH, MAX_VALUES};
use crate::api::{Kind, Schema, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The form of a query request.
pub(super) struct Form<'b> {
    pub(super) action: Option<Cow<'b, str>>,
    pub(super) version: Option<Cow<'b, str>>,
    root: Node<'b>,
}

/// A key's text, and the keys below it (`Tags` → `member` → `1` → `Key`).
#[derive(Default)]
struct Node<'b> {
    text: Option<Cow<'b, str>>,
    below: BTreeMap<Cow<'b, str>, Node<'b>>,
}

/// The form has too many keys, or they nest too deep.
#[derive(Debug)]
pub(super) struct FormTooLarge;

impl<'b> Form<'b> {
    /// Reads a form body or a query string.
    pub(super) fn read(text: &'b [u8]) -> Result<Self, FormTooLarge> {
        let mut form = Self { action: None, version: None, root: Node::default() };
        for (at, (key, value)) in form_urlencoded::parse(text).enumerate() {
            if at >= MAX_VALUES {
                return Err(FormTooLarge);
            }
            match &*key {
                "Action" => form.action = Some(value),
                "Version" => form.version = Some(value),
                _ => form.root.insert(&key, value)?,
            }
        }
        Ok(form)
    }

    /// The input of an operation.
    pub(super) fn into_input(self, schema: &Schema) -> Value<'b> {
        self.root.into_value(schema, &mut Guard::new())
    }
}

impl<'b> Node<'b> {
    fn insert(&mut self, key: &str, value: Cow<'b, str>) -> Result<(), FormTooLarge> {
        let mut node = self;
        for (depth, part) in key.split('.').enumerate() {
            if depth >= MAX_DEPTH {
                return Err(FormTooLarge);
            }
            node = node.below.entry(Cow::Owned(part.to_owned())).or_default();
        }
        node.text = Some(value);
        Ok(())
    }

    /// What does not fit the schema stays as it is, for the check of types to refuse.
    fn into_value(self, schema: &Schema, guard: &mut Guard) -> Value<'b> {
        if guard.enter().is_err() {
            return Value::Null;
        }
        let value = match &schema.kind {
            Kind::Structure(members) => {
                let mut below = self.below;
                let given = members.iter().filter_map(|member| {
                    let node = below.remove(member.wire)?;
                    Some((Cow::Borrowed(member.name), node.into_value(member.schema, guard)))
                });
                Value::Map(given.collect())
            }
            Kind::List { member, element, flattened } => {
                let items = if *flattened { Some(self) } else { self.child(element) };
                let items = items.map(Self::numbered).unwrap_or_default();
                Value::List(items.into_iter().map(|item| item.into_value(member, guard)).collect())
            }
            Kind::Map { key, value } => {
                let entries = self.child("entry").map(Self::numbered).unwrap_or_default();
                Value::Map(entries.into_iter().filter_map(|entry| entry.into_entry(key, value, guard)).collect())
            }
            scalar => text_value(self.text.unwrap_or_default(), scalar),
        };
        guard.leave();
        value
    }

    fn child(mut self, name: &str) -> Option<Self> {
        self.below.remove(name)
    }

    /// The nodes `1`, `2`, … in the order of their numbers.
    fn numbered(self) -> Vec<Self> {
        let mut items: Vec<(u32, Self)> = self.below.into_iter().filter_map(|(n, node)| Some((n.parse().ok()?, node))).collect();
        items.sort_by_key(|(n, _)| *n);
        items.into_iter().map(|(_, node)| node).collect()
    }

    fn into_entry(mut self, key: &Schema, value: &Schema, guard: &mut Guard) -> Option<(Cow<'b, str>, Value<'b>)> {
        let Value::Text(name) = self.below.remove("key")?.into_value(key, guard) else { return None };
        Some((name, self.below.remove("value")?.into_value(value, guard)))
    }
}

/// Text of a form, a path or a query string as the scalar its schema wants; what cannot be read as one stays text.
pub(super) fn text_value<'b>(text: Cow<'b, str>, kind: &Kind) -> Value<'b> {
    let parsed = match kind {
        Kind::Boolean => match &*text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        Kind::Integer | Kind::Long => text.parse().ok().map(Value::Int),
        Kind::Float | Kind::Double => text.parse().ok().map(Value::Double),
        _ => None,
    };
    parsed.unwrap_or(Value::Text(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Operation, iam, sts};

    #[test]
    fn lists_of_structures_and_numbers_follow_the_schema() {
        let body = b"Action=CreateRole&Version=2010-05-08&RoleName=r+1&MaxSessionDuration=3600&Tags.member.2.Key=b&Tags.member.2.Value=2\
                     &Tags.member.1.Key=a&Tags.member.1.Value=%C3%A9&Tags.member.10.Key=z&AssumeRolePolicyDocument=%7B%7D";
        let form = Form::read(body).unwrap();
        assert_eq!((form.action.as_deref(), form.version.as_deref()), (Some("CreateRole"), Some("2010-05-08")));
        let input = form.into_input(iam::op::CreateRole::FACTS.input);
        assert_eq!(input.get("RoleName").and_then(Value::as_str), Some("r 1"));
        assert_eq!(input.get("MaxSessionDuration"), Some(&Value::Int(3600)));
        let Some(Value::List(tags)) = input.get("Tags") else { panic!("{input:?}") };
        let keys: Vec<_> = tags.iter().map(|tag| tag.get("Key").and_then(Value::as_str).unwrap()).collect();
        assert_eq!(keys, ["a", "b", "z"]);
        assert_eq!(tags[0].get("Value").and_then(Value::as_str), Some("é"));
    }

    #[test]
    fn absent_members_stay_absent_and_wrong_numbers_stay_text() {
        let input = Form::read(b"DurationSeconds=x").unwrap().into_input(sts::op::AssumeRole::FACTS.input);
        assert_eq!(input, Value::Map(vec![("DurationSeconds".into(), Value::text("x"))]));
    }

    #[test]
    fn keys_that_nest_without_end_are_refused() {
        let key = "a.".repeat(1000);
        assert!(Form::read(format!("{key}=1").as_bytes()).is_err());
    }
}
