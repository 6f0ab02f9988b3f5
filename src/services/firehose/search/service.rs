//! Requests to the server.

use super::response::request_error;
use super::retry::{Answered, of_request};
use super::version::ServerVersion;
use bytes::Bytes;
use std::time::Duration;

/// A bulk request that is not answered after this time has failed; servers answer slow ones after a minute at most.
const BULK_TIMEOUT: Duration = Duration::from_secs(90);

/// The same for the question for the version.
const VERSION_TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes of an answer that are told to the error log.
const MOST_ERROR_BYTES: usize = 1_000;

/// Bytes of an answer that are read: 20,000 items with an error each fit.
const MOST_ANSWER_BYTES: usize = 64 << 20;

/// A request that failed as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequestError {
    /// The part of the error code after the point, such as `ServiceException`.
    pub(super) code: String,
    /// What happened.
    pub(super) message: String,
    /// Whether smaller pieces may fare better.
    pub(super) too_large: bool,
}

impl RequestError {
    /// With a code and a sentence.
    pub(super) fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), too_large: false }
    }

    fn of_transport(error: &reqwest::Error) -> Self {
        let mut message = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(inner) = cause {
            message = format!("{message}: {inner}");
            cause = inner.source();
        }
        Self::new(if error.is_timeout() { "RequestTimeout" } else { "ConnectionFailed" }, message)
    }

    fn of_answer(status: u16, body: &[u8]) -> Self {
        let body = String::from_utf8_lossy(&body[..body.len().min(MOST_ERROR_BYTES)]);
        let (kind, reason) = request_error(&body);
        let code = if matches!(status, 401 | 403) { "AccessDenied".to_owned() } else { kind };
        Self {
            code,
            message: format!("the server answered {status}: {reason}"),
            too_large: of_request(status) == Answered::TooLarge,
        }
    }
}

/// Asks the server at `endpoint` for its version.
pub(super) async fn version(http: &reqwest::Client, endpoint: &str) -> Result<ServerVersion, RequestError> {
    let root = get(http, endpoint, "/").await;
    match root {
        Ok(body) if ServerVersion::of_root(&body).is_some() => ServerVersion::of_root(&body),
        Ok(_) => None,
        Err(error) if error.code == "ConnectionFailed" => return Err(error),
        Err(_) => ServerVersion::of_nodes(&get(http, endpoint, "/_nodes/_local?filter_path=nodes.*.version").await?),
    }
    .ok_or_else(|| RequestError::new("ServiceException", format!("what answers at {endpoint} does not tell a version")))
}

async fn get(http: &reqwest::Client, endpoint: &str, path: &str) -> Result<Bytes, RequestError> {
    answer(http.get(url(endpoint, path)).timeout(VERSION_TIMEOUT)).await
}

/// Sends a bulk request; the answer's body. It is asked for statuses and errors only, which is a tenth of it.
pub(super) async fn bulk(http: &reqwest::Client, endpoint: &str, body: Vec<u8>) -> Result<Bytes, RequestError> {
    let request = http
        .post(url(endpoint, "/_bulk?filter_path=errors,items.*.status,items.*.error"))
        .header(http::header::CONTENT_TYPE, "application/x-ndjson")
        .timeout(BULK_TIMEOUT)
        .body(body);
    answer(request).await
}

fn url(endpoint: &str, path: &str) -> String {
    format!("{}{path}", endpoint.trim_end_matches('/'))
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Bytes, RequestError> {
    let response = request.send().await.map_err(|error| RequestError::of_transport(&error))?;
    let status = response.status().as_u16();
    if response.content_length().is_some_and(|length| length > MOST_ANSWER_BYTES as u64) {
        return Err(RequestError::new("ServiceException", "the server's answer is too long"));
    }
    let body = response.bytes().await.map_err(|error| RequestError::of_transport(&error))?;
    match of_request(status) {
        Answered::Items => Ok(body),
        Answered::TooLarge | Answered::Failed => Err(RequestError::of_answer(status, &body)),
    }
}
