//! S3 behind the gateway: s3s's requests and answers from and to ours.

use crate::api::Caller;
use crate::base::clock::Stopwatch;
use crate::base::meter::Requests;
use crate::services::s3::{S3, explained, http_service};
use crate::wire::{Body, Fallback};
use http::header::{CONNECTION, EXPECT};
use http::{HeaderValue, Method, Response, StatusCode, Version};
use std::sync::Arc;

/// The methods by which requests to S3 are counted; a last class is any other.
pub(super) const METHODS: [Method; 5] = [Method::GET, Method::PUT, Method::POST, Method::DELETE, Method::HEAD];

/// The requests of S3, by method: s3s keeps its operations to itself.
pub(super) type MethodRequests = Arc<[Requests; METHODS.len() + 1]>;

/// S3 as the answer to all that no table claims.
pub(super) fn fallback(s3: S3, requests: MethodRequests) -> Fallback {
    let service = http_service(s3);
    Arc::new(move |request| {
        let (service, requests) = (service.clone(), requests.clone());
        Box::pin(async move {
            let began = Stopwatch::start();
            let method = METHODS.iter().position(|method| method == request.method()).unwrap_or(METHODS.len());
            let expects_continue = request.version() < Version::HTTP_2 && request.headers().contains_key(EXPECT);
            let id = request.extensions().get::<Caller>().map(|caller| caller.request_id.clone());
            let mut response = match service.call(request.map(s3s::Body::http_body_unsync)).await {
                Ok(response) => explained(response, id.as_deref()).map(Body::new),
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
            requests[method].record(response.status().as_u16(), began.elapsed());
            response
        })
    })
}
