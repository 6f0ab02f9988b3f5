//! Options of a domain as they are kept: plain trees with AWS's member names, which both APIs share.

use crate::api::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A value of an option, without types; what the API's shapes are made from and turned into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Kept {
    /// true or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Kept>),
    /// Members by name.
    Map(BTreeMap<String, Kept>),
}

impl Kept {
    /// The value without what options never hold (null, fractions, bytes, times).
    pub(super) fn of(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Bool(b) => Some(Self::Bool(b)),
            Value::Int(n) => Some(Self::Int(n)),
            Value::Text(text) => Some(Self::Text(text.into_owned())),
            Value::List(list) => Some(Self::List(list.into_iter().filter_map(Self::of).collect())),
            Value::Map(members) => {
                let members = members.into_iter().filter_map(|(name, value)| Some((name.into_owned(), Self::of(value)?)));
                Some(Self::Map(members.collect()))
            }
            Value::Null | Value::Double(_) | Value::Bytes(_) | Value::Time(_) => None,
        }
    }

    /// The value for a shape to be read from.
    pub(super) fn value(&self) -> Value<'static> {
        match self {
            Self::Bool(b) => Value::Bool(*b),
            Self::Int(n) => Value::Int(*n),
            Self::Text(text) => Value::text(text.clone()),
            Self::List(list) => Value::List(list.iter().map(Self::value).collect()),
            Self::Map(members) => Value::Map(members.iter().map(|(name, value)| (name.clone().into(), value.value())).collect()),
        }
    }

    /// Lays `over` on this value: members of maps one by one, anything else as a whole.
    pub(super) fn merge(&mut self, over: Self) {
        match (self, over) {
            (Self::Map(members), Self::Map(over)) => {
                for (name, value) in over {
                    match members.get_mut(&name) {
                        Some(member) => member.merge(value),
                        None => drop(members.insert(name, value)),
                    }
                }
            }
            (this, over) => *this = over,
        }
    }
}
