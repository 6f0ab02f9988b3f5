//! Why a resource could not be made, changed or deleted.

use crate::api::{Fault, ServiceFacts};
use std::borrow::Cow;

/// A failure of a handler; it prints as the reason in a stack event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.reason())]
pub(in super::super) struct Failure {
    /// The code of the service's error, or one of CloudFormation's handler error codes.
    code: Cow<'static, str>,
    message: String,
    /// The service that refused, its status and the request's id.
    refused: Option<(&'static str, u16, String)>,
}

/// The code of what is told as it is.
const PLAIN: &str = "Plain";

/// The code of a step that was called off.
const CANCELLED: &str = "Cancelled";

/// Names of services as their SDK prints them, by model.
const SERVICES: [(&str, &str); 11] = [
    ("cloudformation", "CloudFormation"),
    ("cognito-identity", "CognitoIdentity"),
    ("cognito-idp", "CognitoIdentityProvider"),
    ("es", "Elasticsearch"),
    ("firehose", "Firehose"),
    ("iam", "Iam"),
    ("kinesis", "Kinesis"),
    ("kinesisanalytics", "KinesisAnalytics"),
    ("kinesisanalyticsv2", "KinesisAnalyticsV2"),
    ("logs", "CloudWatchLogs"),
    ("opensearch", "OpenSearch"),
];

impl Failure {
    /// A failure that a handler found by itself. `code` is one of the handler error codes, such as `InvalidRequest`, `NotStabilized`.
    pub(in super::super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), refused: None }
    }

    /// A failure whose reason is told as it is.
    pub(super) fn plain(message: impl Into<String>) -> Self {
        Self::new(PLAIN, message)
    }

    /// Whether its message has these words.
    pub(super) fn says(&self, words: &str) -> bool {
        self.message.contains(words)
    }

    /// Properties that do not fit; `path` is where (`#/Tags/0`).
    pub(in super::super) fn property(path: &str, what: impl std::fmt::Display) -> Self {
        Self::new("InvalidRequest", format!("{path}: {what}"))
    }

    /// The step was called off because another one failed.
    pub(super) fn cancelled() -> Self {
        Self::new(CANCELLED, "Resource creation cancelled")
    }

    /// Whether the step was called off.
    pub(in super::super) fn is_cancelled(&self) -> bool {
        self.code == CANCELLED
    }

    /// A service's refusal.
    pub(super) fn refused(service: &'static ServiceFacts, fault: Fault, request_id: &str) -> Self {
        let name = SERVICES.iter().find(|(id, _)| *id == service.id).map_or(service.id, |(_, name)| name);
        let message = fault.message.unwrap_or_else(|| fault.code.to_string());
        Self { code: fault.code, message, refused: Some((name, fault.status, request_id.to_owned())) }
    }

    /// The code of the service's error, such as `ResourceNotFoundException`.
    pub(in super::super) fn code(&self) -> &str {
        &self.code
    }

    /// Whether it says that the resource is not there.
    pub(in super::super) fn is_missing(&self) -> bool {
        ["NotFound", "NoSuch"].iter().any(|part| self.code.contains(part))
    }

    /// Whether it says that the resource is in the middle of something, after which the call may be tried again.
    pub(super) fn is_busy(&self) -> bool {
        self.code.contains("ResourceInUse")
    }

    /// The handler error code of CloudFormation's that the service's error becomes.
    fn handler_code(&self) -> &str {
        if self.refused.is_none() {
            return &self.code;
        }
        let says = |parts: &[&str]| parts.iter().any(|part| self.code.contains(part));
        if self.is_missing() {
            "NotFound"
        } else if says(&["AlreadyExists", "InUse", "AlreadyOwnedByYou"]) {
            "AlreadyExists"
        } else if says(&["LimitExceeded", "QuotaExceeded"]) {
            "ServiceLimitExceeded"
        } else if says(&["AccessDenied", "NotAuthorized"]) {
            "AccessDenied"
        } else if says(&["Invalid", "Validation", "Malformed", "Serialization"]) {
            "InvalidRequest"
        } else if says(&["InternalFailure", "ServiceUnavailable"]) {
            "ServiceInternalError"
        } else {
            "GeneralServiceException"
        }
    }

    /// Whether it says that there is such a resource already.
    pub(in super::super) fn is_taken(&self) -> bool {
        self.handler_code() == "AlreadyExists"
    }

    fn reason(&self) -> String {
        if self.is_cancelled() || self.code == PLAIN {
            return self.message.clone();
        }
        let refused = match &self.refused {
            Some((service, status, request)) => format!(" (Service: {service}, Status Code: {status}, Request ID: {request})"),
            None => String::new(),
        };
        let token = uuid::Uuid::new_v4();
        let code = self.handler_code();
        format!(
            "Resource handler returned message: \"{}{refused}\" (RequestToken: {token}, HandlerErrorCode: {code})",
            self.message
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::kinesis;

    #[test]
    fn a_refusal_reads_as_a_handlers_message() {
        let fault = kinesis::fault::resource_in_use("Stream s already exists");
        let reason = Failure::refused(&kinesis::SERVICE, fault, "r-1").to_string();
        assert!(reason.starts_with(
            "Resource handler returned message: \"Stream s already exists (Service: Kinesis, Status Code: 400, Request ID: r-1)\" \
             (RequestToken: "
        ));
        assert!(reason.ends_with(", HandlerErrorCode: AlreadyExists)"), "{reason}");
    }
}
