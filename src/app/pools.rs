//! The public pages of a user pool: the keys of its tokens, and where they are.

use crate::services::cognito::UserPools;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};

/// What AWS says of a pool that there is not.
const NO_POOL: &str = "{\"message\":\"User Pool does not exist.\"}";

pub(super) fn router(pools: UserPools) -> Router {
    Router::new()
        .route("/{pool}/.well-known/jwks.json", get(keys))
        .route("/{pool}/.well-known/openid-configuration", get(configuration))
        .with_state(pools)
}

async fn keys(State(pools): State<UserPools>, Path(pool): Path<String>) -> Response {
    match pools.key_set(&pool).await {
        Ok(Some(keys)) => Json(keys).into_response(),
        Ok(None) => missing(),
        Err(error) => {
            tracing::error!(pool, %error, "the keys of a pool cannot be shown");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The keys are where the client has come, not at AWS.
async fn configuration(State(pools): State<UserPools>, Path(pool): Path<String>, uri: Uri, headers: HeaderMap) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).or(uri.authority().map(|host| host.as_str()));
    let host = host.unwrap_or("localhost");
    // AWS's own hosts are reached through the proxy, which speaks TLS for them.
    let scheme = if host.ends_with(".amazonaws.com") || uri.scheme_str() == Some("https") { "https" } else { "http" };
    match pools.open_id_configuration(&pool, &format!("{scheme}://{host}")).await {
        Some(configuration) => Json(configuration).into_response(),
        None => missing(),
    }
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/json")], NO_POOL).into_response()
}
