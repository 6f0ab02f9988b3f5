//! What is wrong with a template or a call, in CloudFormation's words.

use crate::api::Fault;

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
