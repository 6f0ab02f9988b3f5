//! The paths that are ours, under `/_millpond`.

use crate::wire::tls::Tls;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use serde::Serialize;

#[derive(Clone, Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    services: Vec<&'static str>,
}

/// Health, which is answered once the services are built, so that an answer means ready; and the certificate to trust for TLS.
pub(super) fn router(services: Vec<&'static str>, tls: Tls) -> Router {
    let health = Health { status: "ready", version: env!("CARGO_PKG_VERSION"), services };
    Router::new()
        .route("/_millpond/health", get(move || std::future::ready(Json(health.clone()))))
        .route("/_millpond/ca.pem", get(move || std::future::ready(certificate(&tls))))
}

fn certificate(tls: &Tls) -> Response {
    match tls.ca_pem() {
        Ok(pem) => ([(header::CONTENT_TYPE, "application/x-pem-file")], pem.to_string()).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
