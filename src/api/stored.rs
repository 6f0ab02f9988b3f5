//! Shapes in stored documents, and one shape read as another.
//!
//! `#[serde(with = "crate::api::stored")]` on a field keeps an API structure in the JSON of a resource. Instants and blobs have no form there:
//! a resource keeps those in fields of its own.

use super::{Shape, Value};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use std::fmt;

/// The members that `B` shares with `A` by name, such as those of an S3 destination with an extended S3 destination.
pub fn recast<A: Shape, B: Shape>(shape: A) -> B {
    B::from_value(shape.into_value().unwrap_or(Value::Null))
}

/// Writes the shape.
///
/// # Errors
/// When it holds an instant or a blob.
pub fn serialize<T: Shape + Clone, S: Serializer>(shape: &T, serializer: S) -> Result<S::Ok, S::Error> {
    Plain(shape.clone().into_value().unwrap_or(Value::Null)).serialize(serializer)
}

/// Reads the shape.
///
/// # Errors
/// When the document is not JSON; members of other types get their defaults.
pub fn deserialize<'de, T: Shape, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(T::from_value(Plain::deserialize(deserializer)?.0))
}

/// A value of JSON's kinds.
struct Plain<'a>(Value<'a>);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(&self.0, serializer)
    }
}

struct Borrowed<'b, 'a>(&'b Value<'a>);

impl Serialize for Borrowed<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(self.0, serializer)
    }
}

fn write<S: Serializer>(value: &Value<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Value::Null => serializer.serialize_unit(),
        Value::Bool(b) => serializer.serialize_bool(*b),
        Value::Int(n) => serializer.serialize_i64(*n),
        Value::Double(n) => serializer.serialize_f64(*n),
        Value::Text(text) => serializer.serialize_str(text),
        Value::List(elements) => serializer.collect_seq(elements.iter().map(Borrowed)),
        Value::Map(members) => {
            let mut map = serializer.serialize_map(Some(members.len()))?;
            for (name, member) in members {
                map.serialize_entry(name, &Borrowed(member))?;
            }
            map.end()
        }
        Value::Bytes(_) | Value::Time(_) => Err(S::Error::custom("instants and blobs are not stored inside shapes")),
    }
}

impl<'de> Deserialize<'de> for Plain<'static> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlainVisitor).map(Plain)
    }
}

struct PlainVisitor;

impl<'de> Visitor<'de> for PlainVisitor {
    type Value = Value<'static>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, b: bool) -> Result<Self::Value, E> {
        Ok(Value::Bool(b))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Self::Value, E> {
        Ok(Value::Int(n))
    }

    fn visit_u64<E: serde::de::Error>(self, n: u64) -> Result<Self::Value, E> {
        i64::try_from(n).map(Value::Int).map_err(|_| E::custom("a number beyond 64 bits"))
    }

    fn visit_f64<E>(self, n: f64) -> Result<Self::Value, E> {
        Ok(Value::Double(n))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Plain(element)) = elements.next_element::<Plain<'static>>()? {
            list.push(element);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut map = Vec::new();
        while let Some((name, Plain(member))) = members.next_entry::<String, Plain<'static>>()? {
            if map.len() >= MOST_MEMBERS {
                return Err(A::Error::custom("a structure with too many members"));
            }
            map.push((name.into(), member));
        }
        Ok(Value::Map(map))
    }
}

/// No API structure or map has more members; a document that has is damaged.
const MOST_MEMBERS: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::super::firehose::{BufferingHints, ExtendedS3DestinationConfiguration, S3DestinationConfiguration};
    use super::*;

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Document {
        #[serde(with = "super")]
        destination: S3DestinationConfiguration,
    }

    #[test]
    fn a_shape_comes_back_from_its_document_and_as_its_kin() {
        let hints = BufferingHints { interval_in_seconds: Some(60), size_in_mbs: None };
        let destination = S3DestinationConfiguration {
            bucket_arn: "arn:aws:s3:::b".into(),
            buffering_hints: Some(hints.clone()),
            ..S3DestinationConfiguration::default()
        };
        let text = serde_json::to_string(&Document { destination: destination.clone() }).unwrap();
        assert_eq!(
            text,
            r#"{"destination":{"BucketARN":"arn:aws:s3:::b","BufferingHints":{"IntervalInSeconds":60},"RoleARN":""}}"#
        );
        assert_eq!(serde_json::from_str::<Document>(&text).unwrap().destination, destination);
        let extended: ExtendedS3DestinationConfiguration = recast(destination);
        assert_eq!((extended.bucket_arn.as_str(), extended.buffering_hints), ("arn:aws:s3:::b", Some(hints)));
    }
}
