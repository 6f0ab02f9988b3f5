//! The paths that are ours: those under `/_millpond`, `/ca.pem`, `/proxy.pac` and `/kdg/`.

use super::kdg;
use crate::base::account::{DEFAULT_ACCOUNT, DEFAULT_REGION, Scope};
use crate::services::analytics::Analytics;
use crate::wire::proxy;
use crate::wire::tls::Tls;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Rows of an in-application stream, when not said how many.
const DEFAULT_ROWS: usize = 100;

/// The most rows of one answer.
const MAX_ROWS: usize = 10_000;

#[derive(Clone, Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    services: Vec<&'static str>,
}

/// Health, which is answered once the services are built, so that an answer means ready; the certificate to trust for TLS; and the
/// latest rows of in-application streams.
pub(super) fn router(services: Vec<&'static str>, tls: Tls, analytics: Analytics, kdg: Option<PathBuf>) -> Router {
    let health = Health { status: "ready", version: env!("CARGO_PKG_VERSION"), services };
    let authority = Router::new().route("/_millpond/ca.pem", get(certificate)).route("/ca.pem", get(certificate)).with_state(tls);
    Router::new()
        .route("/_millpond/health", get(move || std::future::ready(Json(health.clone()))))
        .route("/_millpond/analytics/{application}/streams/{name}", get(rows))
        .with_state(analytics)
        .route("/proxy.pac", get(proxy_configuration))
        .merge(kdg::router(kdg))
        .merge(authority)
}

/// Whose application, and how many rows.
#[derive(Deserialize)]
struct RowsQuery {
    limit: Option<usize>,
    account: Option<String>,
    region: Option<String>,
}

/// `{"rows":[…]}`, the newest last.
async fn rows(
    State(analytics): State<Analytics>,
    Path((application, name)): Path<(String, String)>,
    Query(query): Query<RowsQuery>,
) -> Response {
    let account = query.account.unwrap_or_else(|| DEFAULT_ACCOUNT.to_owned());
    let scope = Scope::new(account, query.region.unwrap_or_else(|| DEFAULT_REGION.to_owned()));
    let limit = query.limit.unwrap_or(DEFAULT_ROWS).min(MAX_ROWS);
    match analytics.latest_rows(&scope, &application, &name, limit) {
        Some(rows) => {
            ([(header::CONTENT_TYPE, "application/json")], format!("{{\"rows\":[{}]}}", rows.join(","))).into_response()
        }
        None => {
            let text = format!("no running application {application} in {scope} has a stream {name}\n");
            (StatusCode::NOT_FOUND, text).into_response()
        }
    }
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
