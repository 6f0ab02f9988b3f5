//! Calls of the query protocol: a form in, XML out.

use super::answer;
use super::body::{self, Body, BodyError};
use super::call::{self, Incoming};
use super::query::Form;
use super::route::{Call, Routing};
use super::signature::{Dialect, Payload};
use super::xml;
use crate::api::{Fault, Protocol, Value};
use crate::base::clock::Stopwatch;
use bytes::Bytes;
use http::{Method, Response};

/// The answer; `named` is the service's name, where signature or host say it.
pub(super) async fn answer(routing: &Routing, named: Option<&str>, incoming: Incoming<'_>, body: Body) -> Response<Body> {
    let body = match body::read(body).await {
        Ok(body) => body,
        Err(BodyError::TooLarge) => return answer::too_large(),
        Err(BodyError::Broken) => return failure(Protocol::Query, None, &Fault::unreadable(), &incoming.caller.request_id),
    };
    let text = match incoming.parts.method {
        Method::POST => body.clone(),
        _ => Bytes::copy_from_slice(incoming.parts.uri.query().unwrap_or_default().as_bytes()),
    };
    let id = incoming.caller.request_id.clone();
    let style = named.and_then(|name| routing.protocol(name)).unwrap_or(Protocol::Query);
    let failure = |operation, fault: &Fault| failure(style, operation, fault, &id);
    let form =
        Form::read(&text).map_err(|_| Fault::new("MalformedInput", 400, "The form has too many keys, or they nest too deep"));
    let form = match form {
        Ok(form) => form,
        Err(fault) => return failure(None, &fault),
    };
    let action = form.action.as_deref().unwrap_or_default().to_owned();
    let Some(operation) = routing.query_operation(named, &action, form.version.as_deref()) else {
        return failure(None, &unknown(&action, form.version.as_deref()));
    };
    let began = Stopwatch::start();
    match run(operation, &incoming, &body, form).await {
        Ok(output) => {
            let body = xml::response(operation.1, &output, &id);
            call::count(operation, began, 200);
            answer::respond(200, "text/xml", body)
        }
        Err(fault) => {
            call::refused(&fault, Some(operation), began);
            failure(Some(operation), &fault)
        }
    }
}

async fn run(operation: Call<'_>, incoming: &Incoming<'_>, body: &Bytes, form: Form<'_>) -> Result<Value<'static>, Fault> {
    let checked = incoming.check_signature(Payload::Whole(body), operation.1.unsigned);
    checked.map_err(|refused| refused.fault(Dialect::Query))?;
    call::run(operation, incoming.caller.clone(), form.into_input(operation.1.input)).await
}

/// What query services say of an action they do not have.
fn unknown(action: &str, version: Option<&str>) -> Fault {
    if action.is_empty() {
        return Fault::new("MissingAction", 400, "The request must contain the parameter Action");
    }
    let version = version.unwrap_or("NO_VERSION_SPECIFIED");
    Fault::new("InvalidAction", 400, format!("Could not find operation {action} for version {version}"))
}

/// The answer of a failed call, in the form of the operation's protocol; `style` is that of calls without an operation.
fn failure(style: Protocol, operation: Option<Call<'_>>, fault: &Fault, id: &str) -> Response<Body> {
    if operation.map_or(style, |(_, facts)| facts.service.protocol) == Protocol::Ec2 {
        return answer::respond(fault.status, "text/xml;charset=UTF-8", xml::ec2_error(fault, id));
    }
    let namespace = operation.and_then(|(_, facts)| facts.service.xml_namespace);
    let body = xml::error(namespace.unwrap_or("http://webservices.amazon.com/AWSFault/2005-15-09"), fault, id);
    answer::respond(fault.status, "text/xml", body)
}
