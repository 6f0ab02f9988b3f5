//! [`Value`] → CBOR, straight into one buffer, all lengths definite.

use crate::api::Value;

/// Major types (RFC 8949 3.1), shifted to their place in the first byte.
const UNSIGNED: u8 = 0 << 5;
const NEGATIVE: u8 = 1 << 5;
const BYTES: u8 = 2 << 5;
const TEXT: u8 = 3 << 5;
const LIST: u8 = 4 << 5;
const MAP: u8 = 5 << 5;
const TAG: u8 = 6 << 5;
const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;
const NULL: u8 = 0xf6;
const DOUBLE: u8 = 0xfb;

/// The CBOR of a value.
pub(in crate::wire) fn write(value: &Value<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    append(&mut out, value);
    out
}

/// The same, behind what is in `out`.
pub(in crate::wire) fn append(out: &mut Vec<u8>, value: &Value<'_>) {
    out.reserve(estimated_len(value));
    push(out, value);
}

/// At least what the CBOR will need.
fn estimated_len(value: &Value<'_>) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 1,
        Value::Int(_) | Value::Double(_) | Value::Time(_) => 10,
        Value::Text(text) => text.len() + 9,
        Value::Bytes(bytes) => bytes.len() + 9,
        Value::List(elements) => 9 + elements.iter().map(estimated_len).sum::<usize>(),
        Value::Map(members) => 9 + members.iter().map(|(name, value)| name.len() + 3 + estimated_len(value)).sum::<usize>(),
    }
}

fn push(out: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::Null => out.push(NULL),
        Value::Bool(b) => out.push(if *b { TRUE } else { FALSE }),
        Value::Int(n) => push_int(out, *n),
        Value::Double(n) => {
            out.push(DOUBLE);
            out.extend_from_slice(&n.to_be_bytes());
        }
        Value::Text(text) => push_text(out, text),
        Value::Bytes(bytes) => {
            push_head(out, BYTES, bytes.len() as u64);
            out.extend_from_slice(bytes);
        }
        Value::Time(ms) => {
            push_head(out, TAG, 1);
            push_int(out, *ms);
        }
        Value::List(elements) => {
            push_head(out, LIST, elements.len() as u64);
            elements.iter().for_each(|element| push(out, element));
        }
        Value::Map(members) => {
            push_head(out, MAP, members.len() as u64);
            for (name, value) in members {
                push_text(out, name);
                push(out, value);
            }
        }
    }
}

fn push_int(out: &mut Vec<u8>, n: i64) {
    match u64::try_from(n) {
        Ok(n) => push_head(out, UNSIGNED, n),
        // -1 - n, which is the complement.
        Err(_) => push_head(out, NEGATIVE, !n.cast_unsigned()),
    }
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    push_head(out, TEXT, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// The head of an item: its major type and the shortest form of its number.
fn push_head(out: &mut Vec<u8>, major: u8, n: u64) {
    if let Ok(n) = u8::try_from(n) {
        if n < 24 {
            out.push(major | n);
        } else {
            out.extend_from_slice(&[major | 24, n]);
        }
    } else if let Ok(n) = u16::try_from(n) {
        out.push(major | 25);
        out.extend_from_slice(&n.to_be_bytes());
    } else if let Ok(n) = u32::try_from(n) {
        out.push(major | 26);
        out.extend_from_slice(&n.to_be_bytes());
    } else {
        out.push(major | 27);
        out.extend_from_slice(&n.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use crate::wire::json;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use bytes::Bytes;
    use proptest::prelude::*;
    use std::borrow::Cow;

    fn values() -> impl Strategy<Value = Value<'static>> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<f64>().prop_filter("JSON has no NaN", |n| n.is_finite()).prop_map(Value::Double),
            any::<String>().prop_map(|text| Value::Text(Cow::Owned(text))),
            proptest::collection::vec(any::<u8>(), 0..300).prop_map(|bytes| Value::Bytes(Bytes::from(bytes))),
            (-62_135_596_800_000i64..253_402_300_799_999).prop_map(Value::Time),
        ];
        leaf.prop_recursive(5, 80, 30, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..30).prop_map(Value::List),
                proptest::collection::vec((any::<String>().prop_map(Cow::Owned), inner), 0..8).prop_map(Value::Map),
            ]
        })
    }

    /// What JSON makes of a value: no bytes, no times, and a double without a fraction stays a double.
    fn as_json(value: Value<'static>) -> Value<'static> {
        match value {
            Value::Bytes(bytes) => Value::text(STANDARD.encode(bytes)),
            Value::Time(ms) if ms % 1000 == 0 => Value::Int(ms / 1000),
            #[expect(clippy::cast_precision_loss, reason = "times up to the year 9999 fit a double")]
            Value::Time(ms) => Value::Double(ms as f64 / 1000.0),
            Value::List(elements) => Value::List(elements.into_iter().map(as_json).collect()),
            Value::Map(members) => Value::Map(members.into_iter().map(|(name, value)| (name, as_json(value))).collect()),
            other => other,
        }
    }

    proptest! {
        #[test]
        fn cbor_reads_what_it_wrote_and_json_says_the_same(value in values()) {
            let cbor = Bytes::from(write(&value));
            prop_assert!(cbor.len() <= estimated_len(&value));
            let read_back = read(&cbor).unwrap().into_owned();
            prop_assert_eq!(&read_back, &value);
            let json = json::write(&value);
            prop_assert_eq!(json::read(&json).unwrap().into_owned(), as_json(read_back));
        }

        #[test]
        fn random_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&Bytes::from(body.clone()));
            let _ = json::read(&body);
        }
    }

    #[test]
    fn a_time_is_tag_1_with_whole_milliseconds() {
        assert_eq!(write(&Value::Time(1_700_000_000_123)), b"\xc1\x1b\x00\x00\x01\x8b\xcf\xe5\x68\x7b");
        assert_eq!(write(&Value::Int(-25)), b"\x38\x18");
    }
}
