//! Why an operation is not done: one small enum for both versions of the API, turned into a [`Fault`] where an operation returns.
//!
//! The error codes are those of the API models; where no recorded text of the service is known, the text is a clear sentence of ours
//! (docs/decisions.md).

use crate::api::{Fault, Value};
use crate::store::StoreError;
use thiserror::Error;

/// What the service answers instead of doing what it was asked.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Refusal {
    /// ResourceNotFoundException.
    #[error("{0}")]
    NotFound(String),
    /// ResourceInUseException: the application is in a state in which it cannot be done, or the name is taken.
    #[error("{0}")]
    InUse(String),
    /// ConcurrentModificationException: the caller speaks of another version of the application.
    #[error("{0}")]
    Concurrent(String),
    /// InvalidArgumentException.
    #[error("{0}")]
    Argument(String),
    /// InvalidApplicationConfigurationException: the configuration as a whole cannot run.
    #[error("{0}")]
    Configuration(String),
    /// CodeValidationException: what is wrong with the script, with line and column.
    #[error("{0}")]
    Code(String),
    /// LimitExceededException.
    #[error("{0}")]
    Limit(String),
    /// TooManyTagsException.
    #[error("{0}")]
    TooManyTags(String),
    /// UnsupportedOperationException.
    #[error("{0}")]
    Unsupported(String),
    /// UnableToDetectSchemaException, with the records that were looked at.
    #[error("{message}")]
    NoSchema {
        /// Why there is no schema.
        message: String,
        /// The records as text.
        raw: Vec<String>,
    },
    /// A failing disk, or a bug.
    #[error("{0}")]
    Internal(String),
}

impl Refusal {
    /// No application has this ARN.
    pub fn no_application(arn: &str) -> Self {
        Self::NotFound(format!("Application {arn} not found"))
    }

    /// The application has no input, output, reference data source or logging option with this id.
    pub fn no_part(kind: &str, id: &str, application: &str) -> Self {
        Self::NotFound(format!("Application {application} has no {kind} with id {id}"))
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let (code, text) = match refusal {
            Refusal::Internal(why) => return Self::internal(why),
            Refusal::NoSchema { message, raw } => {
                let raw = Value::List(raw.into_iter().map(Value::text).collect());
                let fault = Self::new("UnableToDetectSchemaException", 400, message).with_member("RawInputRecords", raw);
                return fault.with_member("ProcessedInputRecords", Value::List(Vec::new()));
            }
            Refusal::NotFound(text) => ("ResourceNotFoundException", text),
            Refusal::InUse(text) => ("ResourceInUseException", text),
            Refusal::Concurrent(text) => ("ConcurrentModificationException", text),
            Refusal::Argument(text) => ("InvalidArgumentException", text),
            Refusal::Configuration(text) => ("InvalidApplicationConfigurationException", text),
            Refusal::Code(text) => ("CodeValidationException", text),
            Refusal::Limit(text) => ("LimitExceededException", text),
            Refusal::TooManyTags(text) => ("TooManyTagsException", text),
            Refusal::Unsupported(text) => ("UnsupportedOperationException", text),
        };
        Self::new(code, 400, text)
    }
}
