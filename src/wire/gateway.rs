//! One request: ids, CORS, where it goes, who asks, the call, and the answer in the caller's protocol.

use super::body::Body;
use super::call::Incoming;
use super::request_id::RequestId;
use super::route::{Routing, Target, host};
use super::signature::{self, Dialect, Payload, Presigned, Signed, Verifier};
use super::{answer, cors, json_call, query_call, rest_call, s3_request};
use crate::api::{BoxFuture, Caller, ServiceTable};
use crate::base::account::Scope;
use axum::Router;
use http::request::Parts;
use http::{Request, Response};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;

/// What answers requests that no table claims: S3. The [`Caller`] is among the request's extensions.
pub type Fallback = Arc<dyn Fn(Request<Body>) -> BoxFuture<Response<Body>> + Send + Sync>;

/// The front door, shared by all connections.
pub struct Gateway {
    routing: Routing,
    own: TowerToHyperService<Router>,
    fallback: Option<Fallback>,
    verifier: Option<Verifier>,
}

/// The paths that are ours, not AWS's.
const OWN_PATHS: &str = "/_millpond";

/// Ours too when asked for without a signature; with one they are a bucket or an object of S3.
const OWN_PAGES: [&str; 3] = ["/ca.pem", "/proxy.pac", "/kdg"];

/// Ours in the same way, behind the id of a user pool of Cognito.
const POOL_PAGES: [&str; 2] = ["/.well-known/jwks.json", "/.well-known/openid-configuration"];

impl Gateway {
    /// A gateway to these tables; `own` answers the paths that are ours.
    pub fn new(tables: Vec<ServiceTable>, own: Router) -> Self {
        Self { routing: Routing::new(tables), own: TowerToHyperService::new(own), fallback: None, verifier: None }
    }

    /// The gateway with an answer for what no table claims.
    #[must_use]
    pub fn with_fallback(mut self, fallback: Fallback) -> Self {
        self.fallback = Some(fallback);
        self
    }

    /// The gateway, refusing requests whose signature is missing or wrong.
    #[must_use]
    pub fn with_verifier(mut self, verifier: Verifier) -> Self {
        self.verifier = Some(verifier);
        self
    }

    async fn answer(&self, request: Request<Body>, secure: bool, id: &RequestId) -> Response<Body> {
        if is_own(&request) {
            return self.own.call(request).await.unwrap_or_else(|never| match never {});
        }
        let (parts, body) = request.into_parts();
        let signature = signature::parse(&parts);
        let signed = signature.as_ref().ok().and_then(Option::as_ref);
        let caller = caller(&parts, signed, secure, id);
        let target = self.routing.target(&parts, signed.map(|signed| signed.service.as_str()));
        let incoming = Incoming { parts, signature, caller, verifier: self.verifier.as_ref() };
        match target {
            Target::Json(operation) => json_call::answer(operation, incoming, body).await,
            Target::Query(named) => query_call::answer(&self.routing, named.as_deref(), incoming, body).await,
            Target::Rest(operation) => rest_call::answer(operation, incoming, body).await,
            Target::Fallback => {
                let mut response = self.fall_back(incoming, body).await;
                id.stamp_s3(response.headers_mut());
                response
            }
            Target::Unknown => answer::access_denied(),
        }
    }

    /// S3 gets the request as if it had not been signed: s3s would verify against keys of its own.
    async fn fall_back(&self, incoming: Incoming<'_>, body: Body) -> Response<Body> {
        let Some(fallback) = &self.fallback else { return answer::access_denied() };
        if self.verifier.is_some()
            && let Err(refused) = incoming.check_signature(Payload::Declared, false)
        {
            return s3_request::refuse(&refused.fault(Dialect::S3), &incoming);
        }
        fallback(s3_request::unsigned(incoming, body)).await
    }
}

impl super::Answer for Gateway {
    async fn serve(&self, request: Request<Body>, secure: bool) -> Response<Body> {
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
}

/// Whether a request is for our own router.
fn is_own(request: &Request<Body>) -> bool {
    let path = request.uri().path();
    if path.starts_with(OWN_PATHS) {
        return true;
    }
    let page = is_pool_page(path)
        || OWN_PAGES.iter().any(|own| path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    page && matches!(*request.method(), http::Method::GET | http::Method::HEAD) && !is_signed(request)
}

fn is_signed(request: &Request<Body>) -> bool {
    request.headers().contains_key(http::header::AUTHORIZATION)
        || request.uri().query().is_some_and(|query| query.contains("X-Amz-") || query.contains("AWSAccessKeyId="))
}

/// Whether a path is that of a user pool's public pages. Names of buckets have no underscore, ids of pools have one.
fn is_pool_page(path: &str) -> bool {
    let pool = POOL_PAGES.iter().find_map(|page| path.strip_suffix(page)?.strip_prefix('/'));
    pool.is_some_and(|pool| pool.contains('_') && !pool.contains('/'))
}

/// Account and region from the credential scope, and how the client reached us.
fn caller(parts: &Parts, signed: Option<&Signed>, secure: bool, id: &RequestId) -> Caller {
    let access_key = match signed {
        Some(signed) => Some(signed.access_key.clone()),
        None => Presigned::parse(parts).map(|presigned| presigned.access_key),
    };
    let region = signed.map(|signed| signed.region.as_str());
    let scheme = if secure { "https" } else { "http" };
    Caller {
        scope: Scope::from_credential(access_key.as_deref(), region),
        access_key,
        request_id: id.text().clone(),
        endpoint: format!("{scheme}://{}", host(parts).unwrap_or("localhost")).into(),
    }
}
