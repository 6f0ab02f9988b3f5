//! JSON text → [`Value`]; text without escapes is borrowed from the body.

use crate::api::Value;
use crate::wire::guard::Guard;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Reads one JSON value, and nothing after it.
pub(in crate::wire) fn read(body: &[u8]) -> Result<Value<'_>, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let mut guard = Guard::new();
    let value = Seed(&mut guard).deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

struct Seed<'g>(&'g mut Guard);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value<'de>;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value<'de>, D::Error> {
        self.0.count().map_err(|_| D::Error::custom("too many values"))?;
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value<'de>, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value<'de>, E> {
        #[expect(clippy::cast_precision_loss, reason = "beyond 64 bits a number is an approximation, as in every JSON parser")]
        let wide = || Value::Double(value as f64);
        Ok(i64::try_from(value).map_or_else(|_| wide(), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value<'de>, E> {
        Ok(Value::Double(value))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value<'de>, A::Error> {
        self.0.enter().map_err(|_| A::Error::custom("too deep"))?;
        let mut elements = Vec::new();
        while let Some(element) = list.next_element_seed(Seed(self.0))? {
            elements.push(element);
        }
        self.0.leave();
        Ok(Value::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        self.0.enter().map_err(|_| A::Error::custom("too deep"))?;
        let mut members = Vec::new();
        while let Some(Name(name)) = map.next_key_seed(NameSeed)? {
            members.push((name, map.next_value_seed(Seed(self.0))?));
        }
        self.0.leave();
        Ok(Value::Map(members))
    }
}

struct Name<'de>(Cow<'de, str>);

struct NameSeed;

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Name<'de>;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Name<'de>, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for NameSeed {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(text.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_borrowed_and_numbers_keep_their_kind() {
        let value = read(br#"{"a":"plain","b":"a\"b","c":[1,-2.5,18446744073709551615,true,null]}"#).unwrap();
        assert!(matches!(value.get("a"), Some(Value::Text(Cow::Borrowed("plain")))));
        assert_eq!(value.get("b").and_then(Value::as_str), Some("a\"b"));
        let expected =
            vec![Value::Int(1), Value::Double(-2.5), Value::Double(18446744073709551615.0), Value::Bool(true), Value::Null];
        assert_eq!(value.get("c"), Some(&Value::List(expected)));
    }

    #[test]
    fn what_is_too_deep_or_too_much_is_refused() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(nested(60).as_bytes()).is_ok());
        assert!(read(nested(65).as_bytes()).unwrap_err().to_string().contains("too deep"));
        assert!(read(nested(100_000).as_bytes()).is_err());
        let many = format!("[{}0]", "0,".repeat(200_000));
        assert!(read(many.as_bytes()).unwrap_err().to_string().contains("too many values"));
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for body in [&b""[..], b"{", b"{}x", b"{\"a\":\"\xff\"}", b"\xef\xbb\xbf{}"] {
            assert!(read(body).is_err(), "{body:?}");
        }
    }
}
