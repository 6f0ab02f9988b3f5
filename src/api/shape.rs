//! Typed shapes from and to [`Value`]. Decoding cannot fail: types and constraints were checked before.

use super::Value;
use super::schema::Schema;
use crate::base::clock::Millis;
use bytes::Bytes;
use std::collections::BTreeMap;

/// What can be read from, and written as, a [`Value`].
pub trait Shape: Sized {
    /// The typed value; of a value of the wrong type, its default.
    fn from_value(value: Value<'_>) -> Self;

    /// The value to write; `None` leaves the member out.
    fn into_value(self) -> Option<Value<'static>>;
}

/// An instant in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(pub Millis);

/// The input or output of operations that have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Empty;

impl Empty {
    /// A structure without members.
    pub const SCHEMA: &'static Schema = &super::schema::EMPTY;
}

impl Shape for Empty {
    fn from_value(_: Value<'_>) -> Self {
        Self
    }

    fn into_value(self) -> Option<Value<'static>> {
        Some(Value::Map(Vec::new()))
    }
}

impl Shape for String {
    fn from_value(value: Value<'_>) -> Self {
        match value {
            Value::Text(text) => text.into_owned(),
            _ => Self::default(),
        }
    }

    fn into_value(self) -> Option<Value<'static>> {
        Some(Value::text(self))
    }
}

impl Shape for Bytes {
    fn from_value(value: Value<'_>) -> Self {
        match value {
            Value::Bytes(bytes) => bytes,
            _ => Self::new(),
        }
    }

    fn into_value(self) -> Option<Value<'static>> {
        Some(Value::Bytes(self))
    }
}

impl Shape for bool {
    fn from_value(value: Value<'_>) -> Self {
        matches!(value, Value::Bool(true))
    }

    fn into_value(self) -> Option<Value<'static>> {
        Some(Value::Bool(self))
    }
}

impl Shape for i64 {
    fn from_value(value: Value<'_>) -> Self {
        match value {
            Value::Int(n) => n,
            _ => 0,
        }
    }

    fn into_value(self) -> Option<Value<'static>> {
        Some(Value::Int(self))
    }
}

impl Shape for i32 {
    fn from_value(value: Value<'_>) -> Self {
        // Coercion has clamped the value to 32 bits already.
        Self::try_from(i64::from_value(value)).unwrap_or(Self::MAX)
    }

    fn into_value(self) -> Option<Value<'static>> {
        Some(Value::Int(i64::from(self)))
    }
}

impl Shape for f64 {
    fn from_value(value: Value<'_>) -> Self {
        match value {
            Value::Double(n) => n,
            _ => 0.0,
        }
    }

    fn into_value(self) -> Option<Value<'static>> {
        Some(Value::Double(self))
    }
}

impl Shape for Timestamp {
    fn from_value(value: Value<'_>) -> Self {
        match value {
            Value::Time(ms) => Self(ms),
            _ => Self(0),
        }
    }

    fn into_value(self) -> Option<Value<'static>> {
        Some(Value::Time(self.0))
    }
}

impl<T: Shape> Shape for Option<T> {
    fn from_value(value: Value<'_>) -> Self {
        (!matches!(value, Value::Null)).then(|| T::from_value(value))
    }

    fn into_value(self) -> Option<Value<'static>> {
        self.and_then(T::into_value)
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn from_value(value: Value<'_>) -> Self {
        value.into_elements().into_iter().map(T::from_value).collect()
    }

    fn into_value(self) -> Option<Value<'static>> {
        Some(Value::List(self.into_iter().map(|element| element.into_value().unwrap_or(Value::Null)).collect()))
    }
}

impl<T: Shape> Shape for BTreeMap<String, T> {
    fn from_value(value: Value<'_>) -> Self {
        value.into_members().into_iter().map(|(key, value)| (key.into_owned(), T::from_value(value))).collect()
    }

    fn into_value(self) -> Option<Value<'static>> {
        let members = self.into_iter().filter_map(|(key, value)| Some((key.into(), value.into_value()?)));
        Some(Value::Map(members.collect()))
    }
}
