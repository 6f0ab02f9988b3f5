//! The one tree between wire formats and typed shapes; JSON, CBOR, XML and form bodies all become it.

use crate::base::clock::Millis;
use bytes::Bytes;
use std::borrow::Cow;

/// A value as it came from, or goes to, the wire. Text is borrowed from the body where the format allows it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// null.
    Null,
    /// true or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Double(f64),
    /// Text; a blob too while it is still base64 (JSON).
    Text(Cow<'a, str>),
    /// A blob.
    Bytes(Bytes),
    /// An instant. JSON prints seconds with a fraction, CBOR tag 1 with whole milliseconds, XML an ISO text.
    Time(Millis),
    /// A list.
    List(Vec<Value<'a>>),
    /// A structure or a map, in the order of the wire.
    Map(Vec<(Cow<'a, str>, Value<'a>)>),
}

impl<'a> Value<'a> {
    /// Text from anything that becomes text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// The text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The member of a structure or map.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        match self {
            Self::Map(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The members of a structure or map; nothing for other values.
    pub fn into_members(self) -> Vec<(Cow<'a, str>, Value<'a>)> {
        match self {
            Self::Map(members) => members,
            _ => Vec::new(),
        }
    }

    /// The elements of a list; nothing for other values.
    pub fn into_elements(self) -> Vec<Value<'a>> {
        match self {
            Self::List(elements) => elements,
            _ => Vec::new(),
        }
    }

    /// The same value with its text owned.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(b) => Value::Bool(b),
            Self::Int(n) => Value::Int(n),
            Self::Double(n) => Value::Double(n),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Bytes(bytes) => Value::Bytes(bytes),
            Self::Time(ms) => Value::Time(ms),
            Self::List(elements) => Value::List(elements.into_iter().map(Value::into_owned).collect()),
            Self::Map(members) => {
                Value::Map(members.into_iter().map(|(key, value)| (Cow::Owned(key.into_owned()), value.into_owned())).collect())
            }
        }
    }
}
