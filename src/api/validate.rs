//! Checks an input against the constraints of its schema and words the violations as the service does.

use super::Value;
use super::schema::{Kind, Member, Schema};
use std::fmt::Write;

/// The service names this many violations at most.
const MOST_VIOLATIONS: usize = 10;

/// All violations of `value` in one sentence; `with_values` says whether the service prints the offending value
/// (Firehose does not, spec/firehose 1.4).
pub(super) fn validate(value: &Value<'_>, schema: &'static Schema, with_values: bool) -> Result<(), String> {
    let mut walk = Walk { path: String::new(), violations: Vec::new(), with_values };
    walk.check(Some(value), schema);
    if walk.violations.is_empty() {
        return Ok(());
    }
    let count = walk.violations.len();
    let plural = if count == 1 { "" } else { "s" };
    Err(format!("{count} validation error{plural} detected: {}", walk.violations.join("; ")))
}

struct Walk {
    path: String,
    violations: Vec<String>,
    with_values: bool,
}

impl Walk {
    fn check(&mut self, value: Option<&Value<'_>>, schema: &'static Schema) {
        let Some(value) = value.filter(|v| !matches!(v, Value::Null)) else { return };
        match &schema.kind {
            Kind::Structure(members) => self.structure(value, members),
            Kind::List { member, .. } => self.list(value, schema, member),
            Kind::Map { key, value: of } => self.map(value, schema, key, of),
            Kind::Text(values) => self.text(value, schema, values),
            Kind::Integer | Kind::Long => self.number(value, schema),
            Kind::Float | Kind::Double => self.double(value, schema),
            Kind::Blob => {
                if let Value::Bytes(bytes) = value {
                    self.length(value, schema, bytes.len());
                }
            }
            Kind::Boolean | Kind::Timestamp => {}
        }
    }

    fn within(&mut self, name: std::fmt::Arguments<'_>, check: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        // Writing to a String cannot fail.
        let _ = self.path.write_fmt(name);
        check(self);
        self.path.truncate(length);
    }

    fn structure(&mut self, value: &Value<'_>, members: &'static [Member]) {
        for member in members {
            if self.violations.len() >= MOST_VIOLATIONS {
                return;
            }
            let given = value.get(member.name).filter(|v| !matches!(v, Value::Null));
            if given.is_none() && !member.required {
                continue;
            }
            self.within(format_args!("{}", LowerFirst(member.name)), |walk| match given {
                None => walk.violation(None, "Member must not be null"),
                Some(given) => walk.check(Some(given), member.schema),
            });
        }
    }

    fn list(&mut self, value: &Value<'_>, schema: &Schema, member: &'static Schema) {
        let Value::List(elements) = value else { return };
        self.length(value, schema, elements.len());
        for (index, element) in elements.iter().enumerate() {
            if self.violations.len() >= MOST_VIOLATIONS {
                return;
            }
            self.within(format_args!("{}.member", index + 1), |walk| walk.check(Some(element), member));
        }
    }

    fn map(&mut self, value: &Value<'_>, schema: &Schema, key_schema: &'static Schema, value_schema: &'static Schema) {
        let Value::Map(members) = value else { return };
        self.length(value, schema, members.len());
        if let Some(rule) = members.iter().find_map(|(key, _)| length_rule(key_schema, key.chars().count())) {
            self.violation(Some(value), &format!("Map keys must satisfy constraint: [{rule}]"));
        }
        for (key, member) in members {
            if self.violations.len() >= MOST_VIOLATIONS {
                return;
            }
            self.within(format_args!("{key}.member"), |walk| walk.check(Some(member), value_schema));
        }
    }

    fn text(&mut self, value: &Value<'_>, schema: &'static Schema, values: &[&str]) {
        let Value::Text(text) = value else { return };
        if !values.is_empty() && !values.contains(&&**text) {
            self.violation(Some(value), &format!("Member must satisfy enum value set: [{}]", values.join(", ")));
        }
        if schema.min.is_some() || schema.max.is_some() {
            // Bytes are never fewer than characters, so counting is needed only near the limit.
            let length = if text.is_ascii() { text.len() } else { text.chars().count() };
            self.length(value, schema, length);
        }
        if let Some(pattern) = &schema.pattern
            && !pattern.matches(text)
        {
            self.violation(Some(value), &format!("Member must satisfy regular expression pattern: {}", pattern.text));
        }
    }

    fn number(&mut self, value: &Value<'_>, schema: &Schema) {
        let Value::Int(number) = value else { return };
        if let Some(min) = schema.min.filter(|min| number < min) {
            self.violation(Some(value), &format!("Member must have value greater than or equal to {min}"));
        }
        if let Some(max) = schema.max.filter(|max| number > max) {
            self.violation(Some(value), &format!("Member must have value less than or equal to {max}"));
        }
    }

    fn double(&mut self, value: &Value<'_>, schema: &Schema) {
        let Value::Double(number) = value else { return };
        #[expect(clippy::cast_precision_loss, reason = "the models' bounds are small")]
        let (min, max) = (schema.min.map(|n| n as f64), schema.max.map(|n| n as f64));
        if let Some(min) = min.filter(|min| number < min) {
            self.violation(Some(value), &format!("Member must have value greater than or equal to {min}"));
        }
        if let Some(max) = max.filter(|max| number > max) {
            self.violation(Some(value), &format!("Member must have value less than or equal to {max}"));
        }
    }

    fn length(&mut self, value: &Value<'_>, schema: &Schema, length: usize) {
        if let Some(rule) = length_rule(schema, length) {
            self.violation(Some(value), &rule);
        }
    }

    fn violation(&mut self, value: Option<&Value<'_>>, rule: &str) {
        if self.violations.len() >= MOST_VIOLATIONS {
            return;
        }
        let path = &self.path;
        self.violations.push(match value {
            _ if !self.with_values => format!("Value at '{path}' failed to satisfy constraint: {rule}"),
            None => format!("Value null at '{path}' failed to satisfy constraint: {rule}"),
            Some(value) => format!("Value '{}' at '{path}' failed to satisfy constraint: {rule}", printed(value)),
        });
    }
}

fn length_rule(schema: &Schema, length: usize) -> Option<String> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    if let Some(min) = schema.min.filter(|min| length < *min) {
        return Some(format!("Member must have length greater than or equal to {min}"));
    }
    schema.max.filter(|max| length > *max).map(|max| format!("Member must have length less than or equal to {max}"))
}

/// The name with its first letter small: `StreamName` → `streamName`.
struct LowerFirst<'a>(&'a str);

impl std::fmt::Display for LowerFirst<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut chars = self.0.chars();
        if let Some(first) = chars.next() {
            f.write_char(first.to_ascii_lowercase())?;
        }
        f.write_str(chars.as_str())
    }
}

/// The value as Java prints it.
fn printed(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(b) => b.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Double(n) => n.to_string(),
        Value::Text(text) => text.to_string(),
        Value::Time(ms) => ms.to_string(),
        Value::Bytes(bytes) => format!("java.nio.HeapByteBuffer[pos=0 lim={0} cap={0}]", bytes.len()),
        Value::List(elements) => format!("[{}]", elements.iter().map(printed).collect::<Vec<_>>().join(", ")),
        Value::Map(members) => {
            let members: Vec<String> = members.iter().map(|(key, value)| format!("{key}={}", printed(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::firehose::CreateDeliveryStreamInput;
    use super::super::kinesis::{GetShardIteratorInput, PutRecordInput, PutRecordsInput};
    use super::*;
    use bytes::Bytes;

    fn map(members: Vec<(&'static str, Value<'static>)>) -> Value<'static> {
        Value::Map(members.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }

    fn refused(value: &Value<'_>, schema: &'static Schema, with_values: bool) -> String {
        validate(value, schema, with_values).unwrap_err()
    }

    #[test]
    fn all_violations_are_named() {
        let input = map(vec![("ShardId", Value::text("")), ("ShardIteratorType", Value::text("FOO"))]);
        assert_eq!(
            refused(&input, GetShardIteratorInput::SCHEMA, true),
            "3 validation errors detected: Value '' at 'shardId' failed to satisfy constraint: Member must have length greater than or \
             equal to 1; Value '' at 'shardId' failed to satisfy constraint: Member must satisfy regular expression pattern: \
             [a-zA-Z0-9_.-]+; Value 'FOO' at 'shardIteratorType' failed to satisfy constraint: Member must satisfy enum value set: \
             [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]"
        );
    }

    #[test]
    fn list_places_count_from_one_and_missing_values_are_null() {
        let record = map(vec![("Data", Value::Bytes(Bytes::from_static(b"x")))]);
        let input = map(vec![("StreamName", Value::text("s")), ("Records", Value::List(vec![record]))]);
        assert_eq!(
            refused(&input, PutRecordsInput::SCHEMA, true),
            "1 validation error detected: Value null at 'records.1.member.partitionKey' failed to satisfy constraint: Member must not be null"
        );
    }

    #[test]
    fn violations_come_in_the_order_that_was_recorded() {
        let refused = refused(&map(Vec::new()), PutRecordInput::SCHEMA, true);
        let members: Vec<&str> = refused.split('\'').skip(1).step_by(2).collect();
        assert_eq!(members, ["partitionKey", "data"], "{refused}");
    }

    #[test]
    fn firehose_leaves_the_value_out() {
        let input = map(vec![("DeliveryStreamName", Value::text("a b"))]);
        assert_eq!(
            refused(&input, CreateDeliveryStreamInput::SCHEMA, false),
            "1 validation error detected: Value at 'deliveryStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
        );
    }
}
