//! `GET /_millpond/health`: whether the server is ready, and what it serves.

use axum::{Json, Router, routing::get};
use serde::Serialize;

#[derive(Clone, Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    services: Vec<&'static str>,
}

/// The route; it answers once the services are built, so an answer means ready.
pub(super) fn router(services: Vec<&'static str>) -> Router {
    let health = Health { status: "ready", version: env!("CARGO_PKG_VERSION"), services };
    Router::new().route("/_millpond/health", get(move || std::future::ready(Json(health.clone()))))
}
