//! Outputs and errors of the query protocol as XML, led by the output's schema.

use crate::api::{Fault, Kind, OperationFacts, Protocol, Schema, Value};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::escape::escape;

/// The answer of an operation: `<CreateRoleResponse><CreateRoleResult>…`.
pub(super) fn response(facts: &OperationFacts, output: &Value<'_>, request_id: &str) -> String {
    let namespace = facts.service.xml_namespace.unwrap_or_default();
    let mut out = format!("<{}Response xmlns=\"{namespace}\">", facts.name);
    if facts.service.protocol == Protocol::Ec2 {
        element(&mut out, "requestId", |out| out.push_str(request_id));
        content(&mut out, output, facts.output);
        out.push_str(&format!("</{}Response>", facts.name));
        return out;
    }
    if facts.has_output() {
        match facts.result_wrapper {
            Some(wrapper) => element(&mut out, wrapper, |out| content(out, output, facts.output)),
            None => content(&mut out, output, facts.output),
        }
    }
    element(&mut out, "ResponseMetadata", |out| element(out, "RequestId", |out| out.push_str(request_id)));
    out.push_str(&format!("</{}Response>", facts.name));
    out
}

/// The answer of a failed operation.
pub(super) fn error(namespace: &str, fault: &Fault, request_id: &str) -> String {
    let mut out = format!("<ErrorResponse xmlns=\"{namespace}\">");
    element(&mut out, "Error", |out| {
        element(out, "Type", |out| out.push_str(if fault.status < 500 { "Sender" } else { "Receiver" }));
        element(out, "Code", |out| out.push_str(&escape(&*fault.code)));
        element(out, "Message", |out| out.push_str(&escape(fault.message.as_deref().unwrap_or_default())));
    });
    element(&mut out, "RequestId", |out| out.push_str(request_id));
    out.push_str("</ErrorResponse>");
    out
}

/// The answer of a failed operation of EC2 (EC2 API reference, error codes).
pub(super) fn ec2_error(fault: &Fault, request_id: &str) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    element(&mut out, "Response", |out| {
        element(out, "Errors", |out| {
            element(out, "Error", |out| {
                element(out, "Code", |out| out.push_str(&escape(&*fault.code)));
                element(out, "Message", |out| out.push_str(&escape(fault.message.as_deref().unwrap_or_default())));
            });
        });
        element(out, "RequestID", |out| out.push_str(request_id));
    });
    out
}

/// S3's errors have no namespace and no wrapper.
pub(super) fn s3_error(fault: &Fault, details: &[(&str, &str)]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    element(&mut out, "Error", |out| {
        element(out, "Code", |out| out.push_str(&escape(&*fault.code)));
        element(out, "Message", |out| out.push_str(&escape(fault.message.as_deref().unwrap_or_default())));
        for (name, text) in details {
            element(out, name, |out| out.push_str(&escape(*text)));
        }
    });
    out
}

fn element(out: &mut String, name: &str, inside: impl FnOnce(&mut String)) {
    out.push('<');
    out.push_str(name);
    out.push('>');
    inside(out);
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

fn content(out: &mut String, value: &Value<'_>, schema: &Schema) {
    match (&schema.kind, value) {
        (Kind::Structure(members), Value::Map(given)) => {
            for (name, value) in given {
                if let Some(member) = members.iter().find(|member| member.name == name) {
                    tagged(out, member.wire, value, member.schema);
                }
            }
        }
        (Kind::Map { key, value: of }, Value::Map(given)) => {
            for (name, value) in given {
                element(out, "entry", |out| {
                    element(out, "key", |out| content(out, &Value::text(&**name), key));
                    tagged(out, "value", value, of);
                });
            }
        }
        (_, scalar) => scalar_text(out, scalar),
    }
}

/// A member with its tag; the elements of a flattened list take the member's own.
fn tagged(out: &mut String, tag: &str, value: &Value<'_>, schema: &Schema) {
    match (&schema.kind, value) {
        (Kind::List { member, flattened: true, .. }, Value::List(elements)) => {
            elements.iter().for_each(|value| tagged(out, tag, value, member));
        }
        (Kind::List { member, element: item, flattened: false }, Value::List(elements)) => {
            element(out, tag, |out| elements.iter().for_each(|value| tagged(out, item, value, member)));
        }
        (_, Value::Null) => {}
        _ => element(out, tag, |out| content(out, value, schema)),
    }
}

fn scalar_text(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Int(n) => out.push_str(itoa::Buffer::new().format(*n)),
        Value::Double(n) => out.push_str(&n.to_string()),
        Value::Text(text) => out.push_str(&escape(&**text)),
        Value::Bytes(bytes) => out.push_str(&STANDARD.encode(bytes)),
        Value::Time(ms) => out.push_str(&iso(*ms)),
        Value::Null | Value::List(_) | Value::Map(_) => {}
    }
}

/// `2026-11-25T02:30:00Z`, with milliseconds where there are any.
fn iso(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map(|at| at.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Operation, iam, sts};

    #[test]
    fn an_answer_has_wrapper_metadata_and_times() {
        let role = Value::Map(vec![
            ("RoleName".into(), Value::text("a<b")),
            ("CreateDate".into(), Value::Time(1_700_000_000_000)),
            ("Tags".into(), Value::List(vec![Value::Map(vec![("Key".into(), Value::text("k"))])])),
        ]);
        let output = Value::Map(vec![("Role".into(), role)]);
        assert_eq!(
            response(iam::op::CreateRole::FACTS, &output, "id"),
            "<CreateRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><CreateRoleResult><Role><RoleName>a&lt;b</RoleName>\
             <CreateDate>2023-11-14T22:13:20Z</CreateDate><Tags><member><Key>k</Key></member></Tags></Role></CreateRoleResult>\
             <ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></CreateRoleResponse>"
        );
        let none = response(iam::op::DeleteRole::FACTS, &Value::Map(vec![]), "id");
        assert!(none.starts_with("<DeleteRoleResponse xmlns=") && none.contains("\"><ResponseMetadata>"), "{none}");
    }

    #[test]
    fn an_error_says_who_is_to_blame() {
        let namespace = sts::SERVICE.xml_namespace.unwrap();
        assert_eq!(
            error(namespace, &Fault::new("NoSuchEntity", 404, "no & no"), "id"),
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>\
             <Message>no &amp; no</Message></Error><RequestId>id</RequestId></ErrorResponse>"
        );
    }
}
