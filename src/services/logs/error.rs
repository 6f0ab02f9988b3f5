//! What can go wrong with log groups and streams.

use crate::api::Fault;
use crate::api::logs::fault;
use crate::store::StoreError;

/// A failure of Logs. The texts are those CloudWatch Logs answers with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogsError {
    /// There is no such group.
    #[error("The specified log group does not exist.")]
    NoSuchGroup,
    /// There is no such stream in the group.
    #[error("The specified log stream does not exist.")]
    NoSuchStream,
    /// The group is there already.
    #[error("The specified log group already exists")]
    GroupExists,
    /// The stream is there already.
    #[error("The specified log stream already exists")]
    StreamExists,
    /// A group would have more tags than it may.
    #[error("A log group can have at most {0} tags.")]
    TooManyTags(usize),
    /// A parameter is out of range, or parameters contradict each other.
    #[error("{0}")]
    InvalidParameter(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LogsError {
    /// [`LogsError::InvalidParameter`] with a text.
    pub(super) fn invalid(text: impl Into<String>) -> Self {
        Self::InvalidParameter(text.into())
    }
}

impl From<LogsError> for Fault {
    fn from(error: LogsError) -> Self {
        let text = error.to_string();
        match error {
            LogsError::NoSuchGroup | LogsError::NoSuchStream => fault::resource_not_found(text),
            LogsError::GroupExists | LogsError::StreamExists => fault::resource_already_exists(text),
            LogsError::TooManyTags(_) => fault::too_many_tags(text),
            LogsError::InvalidParameter(_) => fault::invalid_parameter(text),
            LogsError::Store(_) => Self::internal(text),
        }
    }
}
