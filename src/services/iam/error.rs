//! What can go wrong with roles and policies, in IAM's words.

use crate::api::Fault;
use crate::api::iam::fault;
use crate::store::StoreError;

/// A failure of IAM.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum IamError {
    #[error("The role with name {0} cannot be found.")]
    NoSuchRole(String),
    #[error("Role with name {0} already exists.")]
    RoleExists(String),
    #[error("The role policy with name {0} cannot be found.")]
    NoSuchRolePolicy(String),
    #[error("Policy {0} was not found.")]
    NoSuchPolicy(String),
    #[error("Policy {0} version {1} does not exist or is not attachable.")]
    NoSuchVersion(String, String),
    #[error("Policy {0} does not exist or is not attachable.")]
    NotAttachable(String),
    #[error("A policy called {0} already exists. Duplicate names are not allowed.")]
    PolicyExists(String),
    #[error("{0}")]
    Conflict(&'static str),
    #[error("This policy contains invalid Json")]
    MalformedPolicy,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<IamError> for Fault {
    fn from(error: IamError) -> Self {
        let text = error.to_string();
        match error {
            IamError::NoSuchRole(_)
            | IamError::NoSuchRolePolicy(_)
            | IamError::NoSuchPolicy(_)
            | IamError::NoSuchVersion(..)
            | IamError::NotAttachable(_) => fault::no_such_entity(text),
            IamError::RoleExists(_) | IamError::PolicyExists(_) => fault::entity_already_exists(text),
            IamError::Conflict(_) => fault::delete_conflict(text),
            IamError::MalformedPolicy => fault::malformed_policy_document(text),
            IamError::Store(_) => Self::internal(text),
        }
    }
}
