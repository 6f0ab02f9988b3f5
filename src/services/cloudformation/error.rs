//! What is wrong with a template or a call, in CloudFormation's words.

use crate::api::Fault;
use crate::api::cloudformation::fault;
use crate::store::StoreError;

/// A refusal that answers as ValidationError, the one code CloudFormation has for what a caller got wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Invalid(pub(super) String);

impl Invalid {
    /// A template whose form is wrong.
    pub(super) fn format(what: impl std::fmt::Display) -> Self {
        Self(format!("Template format error: {what}"))
    }

    /// A template whose content is wrong.
    pub(super) fn template(what: impl std::fmt::Display) -> Self {
        Self(format!("Template error: {what}"))
    }
}

impl From<Invalid> for Fault {
    fn from(invalid: Invalid) -> Self {
        Self::new("ValidationError", 400, invalid.0)
    }
}

/// Why a call does not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum StackError {
    #[error("{0}")]
    Invalid(#[from] Invalid),
    /// The name of the stack.
    #[error("Stack [{0}] already exists")]
    AlreadyExists(String),
    /// What is called twice.
    #[error("{0}")]
    NameTaken(String),
    #[error("Requires capabilities : [{0}]")]
    InsufficientCapabilities(String),
    /// The name or ARN.
    #[error("ChangeSet [{0}] does not exist")]
    ChangeSetNotFound(String),
    /// ARN and status.
    #[error("ChangeSet [{0}] cannot be executed in its current status of [{1}]")]
    NotExecutable(String, String),
    #[error("{0}")]
    LimitExceeded(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<StackError> for Fault {
    fn from(error: StackError) -> Self {
        let text = error.to_string();
        match error {
            StackError::Invalid(invalid) => invalid.into(),
            StackError::AlreadyExists(_) | StackError::NameTaken(_) => fault::already_exists(text),
            StackError::InsufficientCapabilities(_) => fault::insufficient_capabilities(text),
            StackError::ChangeSetNotFound(_) => fault::change_set_not_found(text),
            StackError::NotExecutable(..) => fault::invalid_change_set_status(text),
            StackError::LimitExceeded(_) => fault::limit_exceeded(text),
            StackError::Store(error) => Self::internal(error.to_string()),
        }
    }
}
