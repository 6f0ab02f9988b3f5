//! Calls of awsJson 1.0 and 1.1, and of CBOR in the same shape; the checks in AWS's order (kinesalite `index.js`).

use super::answer::{self, Codec};
use super::body::{self, Body, BodyError};
use super::call::{self, Incoming};
use super::route::{Call, header};
use super::signature::{Dialect, Payload};
use super::{cbor, event_stream, json};
use crate::api::{Events, Fault, Value};
use crate::base::clock::Stopwatch;
use bytes::Bytes;
use http::{Method, Response};

/// The answer; `operation` is `None` when the target names none.
pub(super) async fn answer(operation: Option<Call<'_>>, incoming: Incoming<'_>, body: Body) -> Response<Body> {
    if incoming.parts.method != Method::POST {
        return answer::access_denied();
    }
    let body = match body::read(body).await {
        Ok(body) => body,
        Err(BodyError::TooLarge) => return answer::too_large(),
        Err(BodyError::Broken) => return Codec::Json11.failure(&Fault::unreadable()),
    };
    let content_type = header(&incoming.parts.headers, "content-type").unwrap_or_default();
    let content_type = content_type.split(';').next().unwrap_or_default().trim();
    if body.is_empty() {
        let codec = if content_type == "application/x-amz-json-1.1" { Codec::Json11 } else { Codec::Cbor };
        let fault = if operation.is_some() { Fault::unreadable() } else { Fault::unknown_operation() };
        return codec.failure(&fault);
    }
    if content_type == "application/json" {
        return match json::read(&body) {
            Ok(Value::Map(_) | Value::List(_)) => answer::plain_json(404, "UnknownOperationException"),
            _ => answer::plain_json(400, "SerializationException"),
        };
    }
    let Some(codec) = Codec::of(content_type) else { return answer::unknown_content_type() };
    let began = Stopwatch::start();
    match run(operation, codec, &incoming, &body).await {
        Ok(output) => {
            let answer = match output {
                Output::Nothing => codec.success(None),
                Output::Value(value) => codec.success(Some(&value)),
                Output::Events(events) => event_stream::answer(codec, events),
            };
            if let Some(call) = operation {
                call::count(call, began, answer.status().as_u16());
            }
            answer
        }
        Err(fault) => {
            call::refused(&fault, operation, began);
            codec.failure(&fault)
        }
    }
}

/// What an operation answers.
enum Output {
    /// The operation has no output.
    Nothing,
    Value(Value<'static>),
    Events(Events),
}

async fn run(operation: Option<Call<'_>>, codec: Codec, incoming: &Incoming<'_>, body: &Bytes) -> Result<Output, Fault> {
    let input = match codec {
        Codec::Json10 | Codec::Json11 => json::read(body).map_err(|_| Fault::unreadable())?,
        Codec::Cbor => cbor::read(body).map_err(|_| Fault::unreadable())?,
    };
    if !matches!(input, Value::Map(_) | Value::List(_)) {
        return Err(Fault::unreadable());
    }
    let operation = operation.ok_or_else(Fault::unknown_operation)?;
    let checked = incoming.check_signature(Payload::Whole(body), operation.1.unsigned);
    checked.map_err(|refused| refused.fault(Dialect::Json))?;
    if operation.0.table.streams(operation.1.name) {
        return Ok(Output::Events(call::open(operation, incoming.caller.clone(), input).await?));
    }
    let output = call::run(operation, incoming.caller.clone(), input).await?;
    Ok(if operation.1.has_output() { Output::Value(output) } else { Output::Nothing })
}
