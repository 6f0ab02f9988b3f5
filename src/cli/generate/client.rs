//! Signed calls of PutRecords and PutRecordBatch over plain HTTP.

use super::CliError;
use super::target::Target;
use crate::base::clock::Clock;
use crate::config::AwsSettings;
use crate::wire::http_client;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde::Deserialize;
use std::time::{Duration, UNIX_EPOCH};

/// How long a request may take, from connecting to the end of the answer.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The media type of the protocol.
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// Error codes that a later try may not meet (the services' error lists and the SDKs' standard retry mode).
const TRANSIENT: [&str; 9] = [
    "ProvisionedThroughputExceededException",
    "LimitExceededException",
    "ThrottlingException",
    "Throttling",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "ServiceUnavailableException",
    "InternalFailure",
    "KMSThrottlingException",
];

/// Why a whole call failed.
#[derive(Debug, PartialEq)]
pub(super) enum CallError {
    /// It may go better later.
    Transient(String),
    /// It will not.
    Permanent(String),
}

/// Calls one operation of one endpoint.
#[derive(Clone, Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    settings: AwsSettings,
    url: String,
    host: String,
    service: &'static str,
    operation: &'static str,
    clock: Clock,
}

/// The answers of both operations.
#[derive(Deserialize)]
struct Answer {
    #[serde(alias = "FailedPutCount", rename = "FailedRecordCount", default)]
    failed: u64,
    #[serde(alias = "RequestResponses", rename = "Records", default)]
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "ErrorCode")]
    error: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    #[serde(rename = "__type")]
    kind: String,
    #[serde(alias = "Message")]
    message: String,
}

impl Client {
    /// A client for a target; an error when a certificate file cannot be read.
    pub(super) fn new(settings: AwsSettings, target: &Target, clock: Clock) -> Result<Self, CliError> {
        let (service, operation) = match target {
            Target::DeliveryStream { .. } => ("firehose", "Firehose_20150804.PutRecordBatch"),
            Target::Stream { .. } | Target::Print => ("kinesis", "Kinesis_20131202.PutRecords"),
        };
        let mut trusted = Vec::new();
        if let Some(path) = &settings.ca_bundle {
            let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
            let text = std::fs::read(path).map_err(|error| wrong(&error))?;
            trusted = reqwest::Certificate::from_pem_bundle(&text).map_err(|error| wrong(&error))?;
        }
        let http = http_client(|client| {
            let client = client.timeout(TIMEOUT).connect_timeout(CONNECT_TIMEOUT).tcp_nodelay(true);
            trusted.iter().cloned().fold(client, reqwest::ClientBuilder::add_root_certificate)
        })?;
        let url = format!("{}/", settings.endpoint);
        let parsed = reqwest::Url::parse(&url).map_err(|error| format!("--endpoint {}: {error}", settings.endpoint))?;
        let port = parsed.port().map(|port| format!(":{port}")).unwrap_or_default();
        let host = parsed.host_str().unwrap_or_default().to_owned() + &port;
        Ok(Self { http, settings, url, host, service, operation, clock })
    }

    /// Sends a body; the places of the entries that were not taken, among `count`.
    pub(super) async fn put(&self, body: Vec<u8>, count: usize) -> Result<Vec<usize>, CallError> {
        let signed = self.signed(&body).map_err(|error| CallError::Permanent(format!("signing: {error}")))?;
        let mut request = self.http.post(&self.url).header("host", &self.host);
        for (name, value) in self.headers().into_iter().chain(signed.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        {
            request = request.header(name, value);
        }
        let unreachable =
            |error: reqwest::Error| CallError::Transient(format!("{}: {}", self.settings.endpoint, root_cause(&error)));
        let answer = request.body(body).send().await.map_err(unreachable)?;
        let status = answer.status();
        let text = answer.bytes().await.map_err(unreachable)?;
        if status.is_success() { not_taken(&text, count) } else { Err(refusal(status.as_u16(), &text)) }
    }

    fn headers(&self) -> [(&'static str, &'static str); 2] {
        [("content-type", CONTENT_TYPE), ("x-amz-target", self.operation)]
    }

    /// The headers that sign the request.
    fn signed(&self, body: &[u8]) -> Result<Vec<(String, String)>, CliError> {
        let AwsSettings { access_key, secret, session_token, region, .. } = &self.settings;
        let identity = Credentials::new(access_key, secret, session_token.clone(), None, "millpond").into();
        let now = UNIX_EPOCH + Duration::from_millis(self.clock.now_ms().max(0).unsigned_abs());
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(self.service)
            .time(now)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let headers = self.headers().into_iter().chain([("host", self.host.as_str())]);
        let request = SignableRequest::new("POST", self.url.as_str(), headers, SignableBody::Bytes(body))?;
        let (instructions, _) = sign(request, &parameters)?.into_parts();
        Ok(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

/// The innermost reason, which says most.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn not_taken(text: &[u8], count: usize) -> Result<Vec<usize>, CallError> {
    let answer: Answer =
        serde_json::from_slice(text).map_err(|error| CallError::Permanent(format!("an answer that is none: {error}")))?;
    if answer.failed == 0 {
        return Ok(Vec::new());
    }
    if answer.entries.len() != count {
        return Err(CallError::Permanent(format!("{} answers to {count} records", answer.entries.len())));
    }
    Ok(answer.entries.iter().enumerate().filter(|(_, entry)| entry.error.is_some()).map(|(index, _)| index).collect())
}

fn refusal(status: u16, text: &[u8]) -> CallError {
    let refusal: Refusal = serde_json::from_slice(text).unwrap_or_default();
    let kind = refusal.kind.rsplit('#').next().unwrap_or_default();
    let told = match (kind, refusal.message.as_str()) {
        ("", _) => format!("HTTP status {status}"),
        (kind, "") => kind.to_owned(),
        (kind, message) => format!("{kind}: {message}"),
    };
    if status >= 500 || status == 429 || TRANSIENT.contains(&kind) {
        CallError::Transient(told)
    } else {
        CallError::Permanent(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_tell_which_entries_failed() {
        let text = br#"{"FailedRecordCount":1,"Records":[{"SequenceNumber":"1","ShardId":"s"},{"ErrorCode":"InternalFailure","ErrorMessage":"x"}]}"#;
        assert_eq!(not_taken(text, 2), Ok(vec![1]));
        let text = br#"{"FailedPutCount":1,"Encrypted":false,"RequestResponses":[{"ErrorCode":"ServiceUnavailableException"},{"RecordId":"1"}]}"#;
        assert_eq!(not_taken(text, 2), Ok(vec![0]));
        assert_eq!(not_taken(br#"{"FailedPutCount":0}"#, 2), Ok(vec![]));
        assert!(matches!(not_taken(text, 3), Err(CallError::Permanent(_))));
        assert!(matches!(not_taken(b"<html>", 3), Err(CallError::Permanent(_))));
    }

    #[test]
    fn refusals_are_transient_or_permanent() {
        let transient = |status, text: &str| matches!(refusal(status, text.as_bytes()), CallError::Transient(_));
        assert!(transient(400, r#"{"__type":"ProvisionedThroughputExceededException","message":"slow down"}"#));
        assert!(transient(503, "") && transient(429, "") && transient(500, r#"{"__type":"InternalFailure"}"#));
        let missing = refusal(400, br#"{"__type":"com.amazonaws#ResourceNotFoundException","message":"Stream x not found."}"#);
        assert_eq!(missing, CallError::Permanent("ResourceNotFoundException: Stream x not found.".into()));
        assert_eq!(refusal(403, b"no"), CallError::Permanent("HTTP status 403".into()));
    }
}
