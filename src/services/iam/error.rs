//! What can go wrong with roles, policies and instance profiles, in IAM's words.

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
    #[error(
        "A managed policy can have up to {0} versions. Before you create a new version, you must delete an existing version."
    )]
    TooManyVersions(usize),
    #[error("Instance Profile {0} cannot be found.")]
    NoSuchProfile(String),
    #[error("Instance Profile {0} already exists.")]
    ProfileExists(String),
    #[error("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")]
    ProfileFull,
    #[error("Cannot exceed quota for PoliciesPerRole: {0}")]
    TooManyAttached(usize),
    #[error("Maximum policy size of {0} bytes exceeded for role {1}")]
    InlineTooLarge(usize, String),
    #[error("The number of tags has reached the maximum limit.")]
    TooManyTags,
    #[error("Service role name {0} has been taken in this account, please try a different suffix.")]
    ServiceRoleExists(String),
    #[error("{0}")]
    Invalid(String),
    #[error("Cannot perform the operation on the protected role '{0}' - this role is only modifiable by AWS")]
    Protected(String),
    #[error("{0}")]
    Conflict(&'static str),
    #[error("This policy contains invalid Json")]
    MalformedPolicy,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl IamError {
    /// A role in an instance profile, or a profile with a role, is to go.
    pub(super) const IN_PROFILE: Self = Self::Conflict("Cannot delete entity, must remove roles from instance profile first.");
}

impl From<IamError> for Fault {
    fn from(error: IamError) -> Self {
        let text = error.to_string();
        match error {
            IamError::NoSuchRole(_)
            | IamError::NoSuchRolePolicy(_)
            | IamError::NoSuchPolicy(_)
            | IamError::NoSuchVersion(..)
            | IamError::NoSuchProfile(_)
            | IamError::NotAttachable(_) => fault::no_such_entity(text),
            IamError::RoleExists(_) | IamError::PolicyExists(_) | IamError::ProfileExists(_) => {
                fault::entity_already_exists(text)
            }
            IamError::TooManyVersions(_)
            | IamError::TooManyAttached(_)
            | IamError::InlineTooLarge(..)
            | IamError::ProfileFull
            | IamError::TooManyTags => fault::limit_exceeded(text),
            IamError::ServiceRoleExists(_) | IamError::Invalid(_) => fault::invalid_input(text),
            IamError::Protected(_) => fault::unmodifiable_entity(text),
            IamError::Conflict(_) => fault::delete_conflict(text),
            IamError::MalformedPolicy => fault::malformed_policy_document(text),
            IamError::Store(_) => Self::internal(text),
        }
    }
}
