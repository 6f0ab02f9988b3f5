//! [`Value`] → JSON text, straight into one buffer: blobs as base64 in place, times as seconds with milliseconds.

use crate::api::Value;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The JSON text of a value.
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

/// A little more than the text will need, so that the buffer seldom grows and never twice.
fn estimated_len(value: &Value<'_>) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 5,
        Value::Int(_) | Value::Double(_) | Value::Time(_) => 20,
        Value::Text(text) => text.len() + 4,
        Value::Bytes(bytes) => bytes.len().div_ceil(3) * 4 + 2,
        Value::List(elements) => 2 + elements.iter().map(|element| estimated_len(element) + 1).sum::<usize>(),
        Value::Map(members) => 2 + members.iter().map(|(name, value)| name.len() + 4 + estimated_len(value)).sum::<usize>(),
    }
}

fn push(out: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(n) => out.extend_from_slice(itoa::Buffer::new().format(*n).as_bytes()),
        Value::Double(n) => push_double(out, *n),
        Value::Text(text) => write_text(out, text),
        Value::Bytes(bytes) => push_base64(out, bytes),
        Value::Time(ms) => push_seconds(out, *ms),
        Value::List(elements) => {
            out.push(b'[');
            for (at, element) in elements.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                push(out, element);
            }
            out.push(b']');
        }
        Value::Map(members) => push_members(out, members),
    }
}

fn push_members(out: &mut Vec<u8>, members: &[(std::borrow::Cow<'_, str>, Value<'_>)]) {
    out.push(b'{');
    for (at, (name, value)) in members.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_text(out, name);
        out.push(b':');
        push(out, value);
    }
    out.push(b'}');
}

/// JSON has no NaN and no infinities; Smithy's JSON protocols spell them as text.
fn push_double(out: &mut Vec<u8>, n: f64) {
    if n.is_finite() {
        out.extend_from_slice(ryu::Buffer::new().format_finite(n).as_bytes());
    } else if n.is_nan() {
        out.extend_from_slice(b"\"NaN\"");
    } else {
        out.extend_from_slice(if n > 0.0 { b"\"Infinity\"" } else { b"\"-Infinity\"" });
    }
}

/// `1700000000.123`; whole seconds have no fraction.
fn push_seconds(out: &mut Vec<u8>, ms: i64) {
    if ms < 0 {
        out.push(b'-');
    }
    let ms = ms.unsigned_abs();
    out.extend_from_slice(itoa::Buffer::new().format(ms / 1000).as_bytes());
    let fraction = ms % 1000;
    if fraction > 0 {
        let digit = |n: u64| b'0' + u8::try_from(n % 10).unwrap_or_default();
        out.extend_from_slice(&[b'.', digit(fraction / 100), digit(fraction / 10), digit(fraction)]);
    }
}

fn push_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    // The room is exactly what the encoding needs, so it cannot fail.
    let written = STANDARD.encode_slice(bytes, &mut out[start..]).unwrap_or_default();
    out.truncate(start + written);
    out.push(b'"');
}

/// A JSON string: quotes around, escapes where JSON demands them.
fn write_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|&b| b < 0x20 || b == b'"' || b == b'\\') {
        out.extend_from_slice(&rest[..at]);
        push_escape(out, rest[at]);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn push_escape(out: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        b'"' => b'"',
        b'\\' => b'\\',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        other => {
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', HEX[usize::from(other >> 4)], HEX[usize::from(other & 15)]]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn text(value: Value<'_>) -> String {
        String::from_utf8(write(&value)).unwrap()
    }

    #[test]
    fn times_are_seconds_with_milliseconds() {
        assert_eq!(text(Value::Time(1_700_000_000_123)), "1700000000.123");
        assert_eq!(text(Value::Time(1_700_000_000_007)), "1700000000.007");
        assert_eq!(text(Value::Time(1_700_000_000_000)), "1700000000");
        assert_eq!(text(Value::Time(-1_500)), "-1.500");
    }

    #[test]
    fn blobs_are_base64_and_text_is_escaped() {
        for (bytes, base64) in [(&b""[..], "\"\""), (b"a", "\"YQ==\""), (b"ab", "\"YWI=\""), (b"abc", "\"YWJj\"")] {
            assert_eq!(text(Value::Bytes(Bytes::from_static(bytes))), base64);
        }
        let given = "a\"b\\c\n\u{1}é\u{1F600}";
        assert_eq!(text(Value::text(given)), "\"a\\\"b\\\\c\\n\\u0001é\u{1F600}\"");
        assert_eq!(serde_json::from_str::<String>(&text(Value::text(given))).unwrap(), given);
    }

    #[test]
    fn numbers_and_structures() {
        let value = Value::Map(vec![
            ("a".into(), Value::List(vec![Value::Int(i64::MIN), Value::Double(0.5), Value::Double(f64::NAN)])),
            ("b".into(), Value::Map(vec![])),
        ]);
        assert_eq!(text(value), r#"{"a":[-9223372036854775808,0.5,"NaN"],"b":{}}"#);
    }
}
