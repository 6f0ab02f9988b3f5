//! What can go wrong with identities, in Cognito's words.

use crate::api::Fault;
use crate::api::cognito_identity::fault;
use crate::services::cognito::keys::KeyError;
use crate::store::StoreError;
use std::borrow::Cow;

/// A refusal of an identity pool.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(super) enum Refused {
    #[error("IdentityPool '{0}' not found.")]
    NoPool(String),
    #[error("Identity '{0}' not found.")]
    NoIdentity(String),
    #[error("{0}")]
    NotAuthorized(Cow<'static, str>),
    #[error("{0}")]
    InvalidParameter(Cow<'static, str>),
    #[error("Invalid identity pool configuration. Check assigned IAM roles for this pool.")]
    NoRole,
    #[error("{0:?}")]
    Credentials(Box<Fault>),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refused {
    pub(super) fn not_authorized(text: impl Into<Cow<'static, str>>) -> Self {
        Self::NotAuthorized(text.into())
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        let text = refused.to_string();
        match refused {
            Refused::NoPool(_) | Refused::NoIdentity(_) => fault::resource_not_found(text),
            Refused::NotAuthorized(_) => fault::not_authorized(text),
            Refused::InvalidParameter(_) => fault::invalid_parameter(text),
            Refused::NoRole => fault::invalid_identity_pool_configuration(text),
            Refused::Credentials(fault) => *fault,
            Refused::Key(_) | Refused::Store(_) => Self::internal(text),
        }
    }
}
