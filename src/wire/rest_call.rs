//! Calls of rest-json: the path names the operation, the body is an object or nothing.

use super::answer;
use super::body::{self, Body, BodyError};
use super::call::{self, Incoming};
use super::route::Call;
use super::signature::{Dialect, Payload};
use super::{json, rest};
use crate::api::{Fault, Value};
use crate::base::clock::Stopwatch;
use bytes::Bytes;
use http::{HeaderValue, Response};

const CONTENT_TYPE: &str = "application/json";

/// The answer.
pub(super) async fn answer(operation: Call<'_>, incoming: Incoming<'_>, body: Body) -> Response<Body> {
    let body = match body::read(body).await {
        Ok(body) => body,
        Err(BodyError::TooLarge) => return answer::too_large(),
        Err(BodyError::Broken) => return failure(&Fault::unreadable()),
    };
    let began = Stopwatch::start();
    match run(operation, &incoming, &body).await {
        Ok(output) => {
            let body = if operation.1.has_output() { json::write(&output).into() } else { Body::empty() };
            call::count(operation, began, operation.1.status);
            answer::respond(operation.1.status, CONTENT_TYPE, body)
        }
        Err(fault) => {
            call::refused(&fault, Some(operation), began);
            failure(&fault)
        }
    }
}

async fn run(operation: Call<'_>, incoming: &Incoming<'_>, body: &Bytes) -> Result<Value<'static>, Fault> {
    let checked = incoming.check_signature(Payload::Whole(body), operation.1.unsigned);
    checked.map_err(|refused| refused.fault(Dialect::Rest))?;
    let object = match &body[..] {
        [] => Value::Map(Vec::new()),
        text => json::read(text).map_err(|_| Fault::unreadable())?,
    };
    if !matches!(object, Value::Map(_)) {
        return Err(Fault::unreadable());
    }
    call::run(operation, incoming.caller.clone(), rest::input(operation.1, &incoming.parts, object)).await
}

/// The code stands in a header, the message in the body.
fn failure(fault: &Fault) -> Response<Body> {
    let mut members = Vec::new();
    if let Some(message) = &fault.message {
        members.push((if fault.capital_message { "Message".into() } else { "message".into() }, Value::text(message)));
    }
    members.extend(fault.members.iter().map(|(name, value)| ((*name).into(), value.clone())));
    let mut response = answer::respond(fault.status, CONTENT_TYPE, json::write(&Value::Map(members)));
    if let Ok(code) = HeaderValue::from_str(&fault.code) {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    response
}
