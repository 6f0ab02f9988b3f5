//! The paths that are ours: those under `/_millpond`, `/ca.pem`, `/proxy.pac`, `/kdg/`, and the public pages of user pools.

use super::metrics::{self, Metrics};
use super::setup::{Progress, Standing};
use super::{kdg, pools};
use crate::console::{self, Console};
use crate::services::cognito::UserPools;
use crate::wire::proxy;
use crate::wire::tls::Tls;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use serde::Serialize;
use std::path::PathBuf;

/// What our own paths show.
pub(super) struct Own {
    /// The names of the services.
    pub(super) services: Vec<&'static str>,
    /// How far the start has come.
    pub(super) progress: Progress,
    /// What is counted.
    pub(super) metrics: Metrics,
    /// The certificate to trust.
    pub(super) tls: Tls,
    /// What flows.
    pub(super) console: Console,
    /// The keys of user pools.
    pub(super) user_pools: UserPools,
    /// The web folder of a Kinesis Data Generator.
    pub(super) kdg: Option<PathBuf>,
}

/// Health, metrics and the state of the start; the certificate to trust for TLS; and what flows.
pub(super) fn router(own: Own) -> Router {
    let authority =
        Router::new().route("/_millpond/ca.pem", get(certificate)).route("/ca.pem", get(certificate)).with_state(own.tls);
    let start = Router::new()
        .route("/_millpond/health", get(health))
        .route("/_millpond/init", get(start))
        .with_state((own.progress, own.services));
    Router::new()
        .route("/_millpond/metrics", get(metrics::show))
        .with_state(own.metrics)
        .merge(console::router(own.console))
        .route("/proxy.pac", get(proxy_configuration))
        .merge(kdg::router(own.kdg))
        .merge(pools::router(own.user_pools))
        .merge(start)
        .merge(authority)
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    services: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_for: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// 200 once everything that is done at the start is done, 503 before, and when some of it has failed.
async fn health(State((progress, services)): State<(Progress, Vec<&'static str>)>) -> Response {
    let (code, status, waiting_for, error) = match progress.standing() {
        Standing::Ready => (StatusCode::OK, "ready", None, None),
        Standing::Starting(step) => (StatusCode::SERVICE_UNAVAILABLE, "starting", Some(step), None),
        Standing::Failed(step, why) => (StatusCode::SERVICE_UNAVAILABLE, "failed", None, Some(format!("{step}: {why}"))),
    };
    (code, Json(Health { status, version: env!("CARGO_PKG_VERSION"), services, waiting_for, error })).into_response()
}

/// The steps of the start, in the form of LocalStack's `/_localstack/init`.
async fn start(State((progress, _)): State<(Progress, Vec<&'static str>)>) -> Response {
    let completed = !matches!(progress.standing(), Standing::Starting(_));
    Json(serde_json::json!({ "completed": completed, "scripts": progress.steps() })).into_response()
}

async fn certificate(State(tls): State<Tls>) -> Response {
    match tls.ca_pem() {
        Ok(pem) => ([(header::CONTENT_TYPE, "application/x-pem-file")], pem.to_string()).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Names the host that the client has asked, so that the file works from another machine or a container too.
async fn proxy_configuration(headers: HeaderMap) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    // The text goes into a script.
    let plain = |host: &&str| host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b));
    match host.filter(plain) {
        Some(host) => {
            ([(header::CONTENT_TYPE, "application/x-ns-proxy-autoconfig")], proxy::auto_configuration(host)).into_response()
        }
        None => (StatusCode::BAD_REQUEST, "the Host header is missing or no host\n").into_response(),
    }
}
