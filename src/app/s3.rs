//! S3 behind the gateway: s3s's requests and answers from and to ours.

use crate::services::s3::{S3, http_service};
use crate::wire::{Body, Fallback};
use http::header::{CONNECTION, EXPECT};
use http::{HeaderValue, Response, StatusCode, Version};
use std::sync::Arc;

/// S3 as the answer to all that no table claims.
pub(super) fn fallback(s3: S3) -> Fallback {
    let service = http_service(s3);
    Arc::new(move |request| {
        let service = service.clone();
        Box::pin(async move {
            let expects_continue = request.version() < Version::HTTP_2 && request.headers().contains_key(EXPECT);
            let mut response = match service.call(request.map(s3s::Body::http_body_unsync)).await {
                Ok(response) => response.map(Body::new),
                Err(error) => {
                    tracing::error!(?error, "S3 failed without an answer");
                    let mut response = Response::new(Body::empty());
                    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                    response
                }
            };
            // As AWS does: botocore does not get over an error in the place of "100 Continue" on a connection that stays open.
            if expects_continue && !response.status().is_success() {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            response
        })
    })
}
