//! S3 behind the gateway: s3s's requests and answers from and to ours.

use crate::services::s3::{S3, http_service};
use crate::wire::{Body, Fallback};
use http::{Response, StatusCode};
use std::sync::Arc;

/// S3 as the answer to all that no table claims.
pub(super) fn fallback(s3: S3) -> Fallback {
    let service = http_service(s3);
    Arc::new(move |request| {
        let service = service.clone();
        Box::pin(async move {
            match service.call(request.map(s3s::Body::http_body_unsync)).await {
                Ok(response) => response.map(Body::new),
                Err(error) => {
                    tracing::error!(?error, "S3 failed without an answer");
                    let mut response = Response::new(Body::empty());
                    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                    response
                }
            }
        })
    })
}
