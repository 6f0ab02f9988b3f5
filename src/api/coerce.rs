//! Checks the types of an input against its schema and brings wire spellings to one form: base64 text to bytes, numbers to times.
//!
//! Texts of the errors: kinesalite `validations/index.js`, which recorded them from the service.

use super::schema::{Kind, Member, Schema};
use super::{Fault, Value};
use crate::base::clock::Millis;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

/// Brings `value` to the form its schema says, or says why it cannot be. Unknown members stay, and are ignored later.
pub(super) fn coerce(value: &mut Value<'_>, schema: &Schema) -> Result<(), Fault> {
    if matches!(value, Value::Null) {
        return Ok(());
    }
    match &schema.kind {
        Kind::Structure(members) => structure(value, members),
        Kind::List { member, .. } => list(value, member),
        Kind::Map { value: of, .. } => map(value, of),
        Kind::Text(_) => scalar(value, |v| matches!(v, Value::Text(_)), "an String"),
        Kind::Boolean => scalar(value, |v| matches!(v, Value::Bool(_)), "an Boolean"),
        Kind::Blob => blob(value),
        Kind::Integer => whole(value, "an Integer", i64::from(i32::MIN), i64::from(i32::MAX)),
        Kind::Long => whole(value, "an Long", i64::MIN, i64::MAX),
        Kind::Float | Kind::Double => double(value),
        Kind::Timestamp => timestamp(value),
    }
}

fn structure(value: &mut Value<'_>, members: &[Member]) -> Result<(), Fault> {
    let Value::Map(given) = value else { return Err(unexpected(value, "Expected null")) };
    for (name, value) in given {
        if let Some(member) = members.iter().find(|m| m.name == &**name) {
            coerce(value, member.schema)?;
        }
    }
    Ok(())
}

fn list(value: &mut Value<'_>, member: &Schema) -> Result<(), Fault> {
    let Value::List(elements) = value else { return Err(unexpected(value, "Expected list or null")) };
    elements.iter_mut().try_for_each(|element| coerce(element, member))
}

fn map(value: &mut Value<'_>, of: &Schema) -> Result<(), Fault> {
    let Value::Map(members) = value else { return Err(unexpected(value, "Expected map or null")) };
    members.iter_mut().try_for_each(|(_, value)| coerce(value, of))
}

fn scalar(value: &Value<'_>, fits: impl Fn(&Value<'_>) -> bool, target: &str) -> Result<(), Fault> {
    if fits(value) { Ok(()) } else { Err(cannot_convert(value, target)) }
}

/// A fraction is cut off and a number out of range is clamped, as the service does.
fn whole(value: &mut Value<'_>, target: &str, least: i64, most: i64) -> Result<(), Fault> {
    let number = match value {
        Value::Int(n) => *n,
        #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, which is what is wanted")]
        Value::Double(n) => n.floor() as i64,
        other => return Err(cannot_convert(other, target)),
    };
    *value = Value::Int(number.clamp(least, most));
    Ok(())
}

fn double(value: &mut Value<'_>) -> Result<(), Fault> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "a double is what the model asks for")]
        Value::Int(n) => *value = Value::Double(*n as f64),
        Value::Double(_) => {}
        other => return Err(cannot_convert(other, "an Double")),
    }
    Ok(())
}

/// Numbers are seconds; CBOR's tagged times are milliseconds already.
fn timestamp(value: &mut Value<'_>) -> Result<(), Fault> {
    let ms = match value {
        Value::Time(ms) => *ms,
        Value::Int(seconds) => seconds.saturating_mul(1000),
        #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, which is what is wanted")]
        Value::Double(seconds) => (*seconds * 1000.0).round() as Millis,
        Value::Text(text) => iso_ms(text).ok_or_else(|| cannot_convert(value, "milliseconds since epoch"))?,
        other => return Err(cannot_convert(other, "milliseconds since epoch")),
    };
    *value = Value::Time(ms);
    Ok(())
}

fn iso_ms(text: &str) -> Option<Millis> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

fn blob(value: &mut Value<'_>) -> Result<(), Fault> {
    let text = match value {
        Value::Bytes(_) => return Ok(()),
        Value::Text(text) => text,
        other => return Err(cannot_convert(other, "a Blob")),
    };
    match STANDARD.decode(text.as_bytes()) {
        Ok(bytes) => {
            *value = Value::Bytes(Bytes::from(bytes));
            Ok(())
        }
        Err(_) => Err(Fault::serialization(format!("'{text}' can not be converted to a Blob: {}", base64_defect(text)))),
    }
}

fn base64_defect(text: &str) -> String {
    if !text.len().is_multiple_of(4) {
        return format!("Base64 encoded length is expected a multiple of 4 bytes but found: {}", text.len());
    }
    match text.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))) {
        Some(c) => format!("Invalid Base64 character: '{c}'"),
        None if text.trim_end_matches('=').contains('=') => "Invalid Base64 character: '='".into(),
        None => "Invalid last non-pad Base64 character dectected".into(),
    }
}

/// The text for a value that is no structure, list or map where one is expected.
fn unexpected(value: &Value<'_>, expected: &str) -> Fault {
    match value {
        Value::List(_) => Fault::serialization("Start of list found where not expected"),
        Value::Map(_) => Fault::serialization("Start of structure or map found where not expected."),
        _ => Fault::serialization(expected),
    }
}

fn cannot_convert(value: &Value<'_>, target: &str) -> Fault {
    let class = match value {
        Value::List(_) | Value::Map(_) => return unexpected(value, ""),
        Value::Bool(_) => "class java.lang.Boolean".to_owned(),
        Value::Text(text) if target == "an Boolean" => format!("'{}'", text.to_uppercase()),
        Value::Text(_) => "class java.lang.String".to_owned(),
        Value::Bytes(_) => "class java.nio.HeapByteBuffer".to_owned(),
        _ => "class com.amazon.coral.value.json.numbers.TruncatingBigNumber".to_owned(),
    };
    Fault::serialization(format!("{class} can not be converted to {target}"))
}

#[cfg(test)]
mod tests {
    use super::super::kinesis::{PutRecordInput, PutRecordsInput};
    use super::*;

    fn message(mut value: Value<'_>, schema: &Schema) -> Option<String> {
        coerce(&mut value, schema).err().and_then(|fault| fault.message)
    }

    fn put(data: Value<'static>) -> Value<'static> {
        Value::Map(vec![("Data".into(), data)])
    }

    #[test]
    fn wrong_types_are_refused_with_the_recorded_texts() {
        let refused = |data| message(put(data), PutRecordInput::SCHEMA).unwrap();
        assert_eq!(refused(Value::Bool(true)), "class java.lang.Boolean can not be converted to a Blob");
        assert_eq!(
            refused(Value::text("abc")),
            "'abc' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 3"
        );
        assert_eq!(refused(Value::text("=+/=")), "'=+/=' can not be converted to a Blob: Invalid Base64 character: '='");
        assert_eq!(refused(Value::List(vec![])), "Start of list found where not expected");
        let records = Value::Map(vec![("Records".into(), Value::text("x"))]);
        assert_eq!(message(records, PutRecordsInput::SCHEMA).unwrap(), "Expected list or null");
    }

    #[test]
    fn blobs_and_times_get_one_form() {
        let mut value = put(Value::text("aGk="));
        coerce(&mut value, PutRecordInput::SCHEMA).unwrap();
        assert_eq!(value.get("Data"), Some(&Value::Bytes(Bytes::from_static(b"hi"))));
        for given in [Value::Double(1.5), Value::Time(1500), Value::text("1970-01-01T00:00:01.5Z")] {
            let mut value = given;
            timestamp(&mut value).unwrap();
            assert_eq!(value, Value::Time(1500));
        }
    }
}
