//! One request: ids, CORS, where it goes, who asks, the call, and the answer in the caller's protocol.

use super::answer::{self, Codec};
use super::body::{self, Body, BodyError};
use super::request_id::RequestId;
use super::route::{Routing, Service, Target, header};
use super::signature::{self, Malformed, Signed};
use super::{cbor, cors, json};
use crate::api::{BoxFuture, Caller, Fault, OperationFacts, ServiceTable, Value};
use crate::base::account::Scope;
use axum::Router;
use bytes::Bytes;
use futures_util::FutureExt;
use http::request::Parts;
use http::{Method, Request, Response};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// What answers requests that no table claims: S3. The [`Caller`] is among the request's extensions.
pub type Fallback = Arc<dyn Fn(Request<Body>) -> BoxFuture<Response<Body>> + Send + Sync>;

/// The front door, shared by all connections.
pub struct Gateway {
    routing: Routing,
    own: TowerToHyperService<Router>,
    fallback: Option<Fallback>,
}

/// The paths that are ours, not AWS's.
const OWN_PATHS: &str = "/_millpond";

type Signature = Result<Option<Signed>, Malformed>;

impl Gateway {
    /// A gateway to these tables; `own` answers the paths under `/_millpond`.
    pub fn new(tables: Vec<ServiceTable>, own: Router) -> Self {
        Self { routing: Routing::new(tables), own: TowerToHyperService::new(own), fallback: None }
    }

    /// The gateway with an answer for what no table claims.
    #[must_use]
    pub fn with_fallback(mut self, fallback: Fallback) -> Self {
        self.fallback = Some(fallback);
        self
    }

    /// Answers one request that came over TLS (`secure`) or without.
    pub async fn serve(&self, request: Request<Body>, secure: bool) -> Response<Body> {
        let id = RequestId::new();
        if cors::is_preflight(request.method(), request.headers()) {
            let mut response = cors::preflight(request.headers());
            id.stamp(response.headers_mut());
            return response;
        }
        let from_page = request.headers().contains_key(http::header::ORIGIN);
        let mut response = self.answer(request, secure, &id).await;
        id.stamp(response.headers_mut());
        if from_page {
            cors::allow(response.headers_mut());
        }
        response
    }

    async fn answer(&self, request: Request<Body>, secure: bool, id: &RequestId) -> Response<Body> {
        if request.uri().path().starts_with(OWN_PATHS) {
            return self.own.call(request).await.unwrap_or_else(|never| match never {});
        }
        let (parts, body) = request.into_parts();
        let signature = signature::parse(&parts);
        let signed = signature.as_ref().ok().and_then(Option::as_ref);
        let caller = caller(&parts, signed, secure, id);
        match self.routing.target(&parts, signed.map(|signed| signed.service.as_str())) {
            Target::Json(operation) => json_call(operation, &parts, &signature, caller, body).await,
            Target::Fallback => self.fall_back(parts, caller, body).await,
            Target::Unknown => answer::access_denied(),
        }
    }

    async fn fall_back(&self, parts: Parts, caller: Caller, body: Body) -> Response<Body> {
        let Some(fallback) = &self.fallback else { return answer::access_denied() };
        let mut request = Request::from_parts(parts, body);
        request.extensions_mut().insert(caller);
        fallback(request).await
    }
}

/// Account and region from the credential scope, and how the client reached us.
fn caller(parts: &Parts, signed: Option<&Signed>, secure: bool, id: &RequestId) -> Caller {
    let access_key = signed.map(|signed| signed.access_key.clone());
    let region = signed.map(|signed| signed.region.as_str());
    let host = parts.uri.authority().map(http::uri::Authority::as_str).or_else(|| header(&parts.headers, "host"));
    let scheme = if secure { "https" } else { "http" };
    Caller {
        scope: Scope::from_credential(access_key.as_deref(), region),
        access_key,
        request_id: id.text().clone(),
        endpoint: format!("{scheme}://{}", host.unwrap_or("localhost")).into(),
    }
}

/// An awsJson call, its checks in AWS's order (kinesalite `index.js`).
async fn json_call(
    operation: Option<(&Service, &'static OperationFacts)>,
    parts: &Parts,
    signature: &Signature,
    caller: Caller,
    body: Body,
) -> Response<Body> {
    if parts.method != Method::POST {
        return answer::access_denied();
    }
    let body = match body::read(body).await {
        Ok(body) => body,
        Err(BodyError::TooLarge) => return answer::too_large(),
        Err(BodyError::Broken) => return Codec::Json11.failure(&Fault::unreadable()),
    };
    let content_type = header(&parts.headers, "content-type").unwrap_or_default();
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
    match run(operation, codec, signature, caller, &body).await {
        Ok(output) => codec.success(output.as_ref()),
        Err(fault) => {
            log(&fault, operation);
            codec.failure(&fault)
        }
    }
}

/// The output, or `None` for an operation that has none.
async fn run(
    operation: Option<(&Service, &'static OperationFacts)>,
    codec: Codec,
    signature: &Signature,
    caller: Caller,
    body: &Bytes,
) -> Result<Option<Value<'static>>, Fault> {
    let input = match codec {
        Codec::Json10 | Codec::Json11 => json::read(body).map_err(|_| Fault::unreadable())?,
        Codec::Cbor => cbor::read(body).map_err(|_| Fault::unreadable())?,
    };
    if !matches!(input, Value::Map(_) | Value::List(_)) {
        return Err(Fault::unreadable());
    }
    let (service, facts) = operation.ok_or_else(Fault::unknown_operation)?;
    signature.as_ref().map_err(Malformed::fault)?;
    let output = call(service, facts, caller, input).await?;
    Ok(facts.has_output().then_some(output))
}

/// Runs the handler; a panic in it is a bug, which costs its caller an InternalFailure and nobody else anything.
async fn call(
    service: &Service,
    facts: &'static OperationFacts,
    caller: Caller,
    input: Value<'_>,
) -> Result<Value<'static>, Fault> {
    let started = std::panic::catch_unwind(AssertUnwindSafe(|| service.table.call(facts.name, caller, input)));
    let running = started.map_err(|_| Fault::internal("panic in the checks of the input"))?;
    AssertUnwindSafe(running).catch_unwind().await.unwrap_or_else(|_| Err(Fault::internal("panic in the handler")))
}

fn log(fault: &Fault, operation: Option<(&Service, &'static OperationFacts)>) {
    let (service, operation) = operation.map_or(("?", "?"), |(_, facts)| (facts.service.id, facts.name));
    let (code, message) = (&*fault.code, fault.message.as_deref().unwrap_or_default());
    match &fault.internal {
        Some(why) => tracing::error!(service, operation, code, why, "internal failure"),
        None => tracing::debug!(service, operation, code, message, "refused"),
    }
}
