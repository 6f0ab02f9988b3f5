//! Answers in the protocol the caller spoke.

use super::body::Body;
use super::{cbor, json};
use crate::api::{Fault, Value};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

/// How the bodies of awsJson operations are spelled; the answer is spelled as the request was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Json10,
    Json11,
    Cbor,
}

impl Codec {
    /// The codec of a content type without its parameters.
    pub(super) fn of(content_type: &str) -> Option<Self> {
        match content_type {
            "application/x-amz-json-1.1" => Some(Self::Json11),
            "application/x-amz-json-1.0" => Some(Self::Json10),
            "application/x-amz-cbor-1.1" => Some(Self::Cbor),
            _ => None,
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json10 => "application/x-amz-json-1.0",
            Self::Json11 => "application/x-amz-json-1.1",
            Self::Cbor => "application/x-amz-cbor-1.1",
        }
    }

    fn encode(self, value: &Value<'_>) -> Vec<u8> {
        match self {
            Self::Json10 | Self::Json11 => json::write(value),
            Self::Cbor => cbor::write(value),
        }
    }

    /// Writes a value behind what is in `out`.
    pub(super) fn append(self, out: &mut Vec<u8>, value: &Value<'_>) {
        match self {
            Self::Json10 | Self::Json11 => json::append(out, value),
            Self::Cbor => cbor::append(out, value),
        }
    }

    /// The answer of a successful operation; one without an output in the model has an empty body.
    pub(super) fn success(self, output: Option<&Value<'_>>) -> Response<Body> {
        respond(200, self.content_type(), output.map(|output| self.encode(output)).unwrap_or_default())
    }

    /// The answer of a failed operation: `__type` and `message`.
    pub(super) fn failure(self, fault: &Fault) -> Response<Body> {
        let mut members = vec![("__type".into(), Value::text(&*fault.code))];
        if let Some(message) = &fault.message {
            let key = if fault.capital_message { "Message" } else { "message" };
            members.push((key.into(), Value::text(message)));
        }
        members.extend(fault.members.iter().map(|(name, value)| ((*name).into(), value.clone())));
        let mut response = respond(fault.status, self.content_type(), self.encode(&Value::Map(members)));
        if let Ok(code) = HeaderValue::from_str(&fault.code) {
            response.headers_mut().insert("x-amzn-errortype", code);
        }
        response
    }
}

/// An answer with a status, a content type and a body.
pub(super) fn respond(status: u16, content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// The front door's XML answers to what cannot be told to be any operation (kinesalite `index.js`, `sendError`); they carry no
/// content type.
pub(super) fn access_denied() -> Response<Body> {
    front_door(
        403,
        "<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized</Message>\n\
         </AccessDeniedException>\n",
    )
}

/// A target with a content type that is none of ours.
pub(super) fn unknown_content_type() -> Response<Body> {
    front_door(404, "<UnknownOperationException/>\n")
}

/// A body beyond the limit; the connection ends.
pub(super) fn too_large() -> Response<Body> {
    front_door(413, "")
}

fn front_door(status: u16, text: &'static str) -> Response<Body> {
    let mut response = respond(status, "", text);
    response.headers_mut().remove(CONTENT_TYPE);
    response
}

/// Answers to plain `application/json`, which AWS answers in a nested form of its own (kinesalite `index.js`).
pub(super) fn plain_json(status: u16, code: &str) -> Response<Body> {
    let body = format!(r#"{{"Output":{{"__type":"com.amazon.coral.service#{code}"}},"Version":"1.0"}}"#);
    respond(status, "application/json", body)
}
