//! Passing a request on, body streamed both ways, and saying what to do when nobody is there.

use crate::services::elasticsearch::DomainError;
use crate::wire::{Body, http_client};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::error::Error;
use std::time::Duration;

/// The largest body of a request: Elasticsearch's own `http.max_content_length`.
const MAX_REQUEST_BYTES: usize = 100 << 20;

/// The server is on this machine or near it.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

/// Between two pieces of an answer; searches over much data take long before the first.
const READ_PATIENCE: Duration = Duration::from_secs(300);

/// Headers of one connection, not of the message (RFC 9110 7.6.1); the host is the next server's.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What the door adds to `Via` (RFC 9110 7.6.3). A request that carries it has been here: the server behind the door is the door.
const VIA: &str = "1.1 millpond-es-proxy";

/// What aws-es-kibana's signature adds; a real server without AWS's front takes no part in it.
const SIGNATURE: [&str; 3] = ["x-amz-date", "x-amz-security-token", "x-amz-content-sha256"];

/// Why a request was not passed on.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    kind: &'static str,
    reason: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, kind: &'static str, reason: impl Into<String>) -> Self {
        Self { status, kind, reason: reason.into() }
    }

    pub(super) fn no_server(error: &DomainError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "no_server_exception", error.to_string())
    }

    pub(super) fn no_kibana(prefix: &str) -> Self {
        let reason = format!(
            "Millpond knows no Kibana. Start one with server.basePath: \"{prefix}\" and elasticsearch.url (elasticsearch.hosts from 6.6) at this \
             address, then start Millpond with --kibana URL, such as --kibana http://localhost:5601."
        );
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "no_kibana_exception", reason)
    }

    pub(super) fn too_large() -> Self {
        let reason = format!("The body is larger than {MAX_REQUEST_BYTES} bytes. Send it in parts.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "content_too_long_exception", reason)
    }

    fn circle(base: &str) -> Self {
        let host = without_user(base);
        let reason = format!(
            "{host} leads back to this port. Give Millpond the address of the real server with --elasticsearch or --kibana."
        );
        Self::new(StatusCode::LOOP_DETECTED, "circle_exception", reason)
    }

    fn unreachable(base: &str, error: &reqwest::Error) -> Self {
        if is_too_large(error) {
            return Self::too_large();
        }
        let host = without_user(base);
        let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        let reason =
            format!("{host} does not answer ({cause}). Start it, or give Millpond another URL with --elasticsearch or --kibana.");
        Self::new(StatusCode::BAD_GATEWAY, "no_answer_exception", reason)
    }

    /// In the form of Elasticsearch's own errors, which its clients can read.
    pub(super) fn into_response(self) -> Response<Body> {
        let error = serde_json::json!({ "type": self.kind, "reason": self.reason });
        let text = serde_json::json!({ "error": error, "status": self.status.as_u16() }).to_string();
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
        response
    }
}

/// A URL for a message: no password in it.
fn without_user(url: &str) -> &str {
    url.rsplit_once('@').map_or(url, |(_, host)| host)
}

fn is_too_large(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(this) = cause {
        if this.is::<LengthLimitError>() {
            return true;
        }
        cause = this.source();
    }
    false
}

/// A client that leaves redirects to the browser and needs no outer proxy.
pub(super) fn client() -> Result<reqwest::Client, reqwest::Error> {
    let none = reqwest::redirect::Policy::none;
    http_client(|settings| settings.redirect(none()).no_proxy().connect_timeout(CONNECT_PATIENCE).read_timeout(READ_PATIENCE))
}

/// Sends a request to `rest` (path and query) under the URL `base`.
pub(super) async fn send(
    http: &reqwest::Client,
    base: &str,
    rest: &str,
    request: Request<Body>,
) -> Result<Response<Body>, Refusal> {
    let (parts, body) = request.into_parts();
    if parts.headers.get_all(header::VIA).iter().any(|via| via == VIA) {
        return Err(Refusal::circle(base));
    }
    let size = http_body::Body::size_hint(&body);
    if size.lower() > MAX_REQUEST_BYTES as u64 {
        return Err(Refusal::too_large());
    }
    let mut sent = http.request(parts.method, format!("{base}{rest}")).headers(request_headers(&parts.headers));
    if size.exact() != Some(0) {
        let stream = Limited::new(body, MAX_REQUEST_BYTES).into_data_stream();
        sent = sent.body(reqwest::Body::wrap_stream(stream));
    }
    let answer = sent.send().await.map_err(|error| Refusal::unreachable(base, &error))?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = end_to_end(answer.headers());
    *response.body_mut() = Body::from_stream(answer.bytes_stream());
    Ok(response)
}

/// The headers for the server: a signature of AWS's stays here, a password goes on.
fn request_headers(given: &HeaderMap) -> HeaderMap {
    let mut headers = end_to_end(given);
    SIGNATURE.iter().for_each(|name| drop(headers.remove(*name)));
    headers.remove(header::EXPECT);
    headers.append(header::VIA, HeaderValue::from_static(VIA));
    let signed = headers.get(header::AUTHORIZATION).is_some_and(|value| value.as_bytes().starts_with(b"AWS4-"));
    if signed {
        headers.remove(header::AUTHORIZATION);
    }
    headers
}

fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let passes = |name: &HeaderName| !HOP_BY_HOP.contains(&name.as_str());
    headers.iter().filter(|(name, _)| passes(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_stays_here_and_a_password_goes_on() {
        let headers = |authorization: &str| {
            let given = [
                ("authorization", authorization),
                ("x-amz-date", "20171128T010203Z"),
                ("connection", "close"),
                ("kbn-version", "5"),
            ];
            let given = given.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            request_headers(&given).keys().map(|name| name.as_str().to_owned()).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(headers("AWS4-HMAC-SHA256 Credential=a").into_iter().collect::<Vec<_>>(), ["kbn-version", "via"]);
        assert_eq!(headers("Basic dTpw").into_iter().collect::<Vec<_>>(), ["authorization", "kbn-version", "via"]);
    }
}
