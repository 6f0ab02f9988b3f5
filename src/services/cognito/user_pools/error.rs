//! What can go wrong in a user pool, in Cognito's words.

use crate::api::Fault;
use crate::api::cognito_idp::fault;
use crate::services::cognito::keys::KeyError;
use crate::store::StoreError;
use std::borrow::Cow;

/// The answer to every wrong proof of a password, whatever is wrong with it.
pub(super) const WRONG_PASSWORD: &str = "Incorrect username or password.";

/// A refusal of a user pool.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    #[error("User pool {0} does not exist.")]
    NoPool(String),
    #[error("User pool client {0} does not exist.")]
    NoClient(String),
    #[error("User does not exist.")]
    NoUser,
    #[error("{0}")]
    NotAuthorized(Cow<'static, str>),
    #[error("{0}")]
    InvalidParameter(Cow<'static, str>),
    #[error("Password did not conform with policy: {0}")]
    InvalidPassword(&'static str),
    #[error("{0}")]
    UserExists(&'static str),
    #[error("User is not confirmed.")]
    NotConfirmed,
    #[error("Password reset required for the user")]
    ResetRequired,
    #[error("{0}")]
    UserState(&'static str),
    #[error("Invalid verification code provided, please try again.")]
    WrongCode,
    #[error("Invalid code provided, please request a code again.")]
    ExpiredCode,
    #[error("Attempt limit exceeded, please try after some time.")]
    TooManyAttempts,
    #[error("The user pool has {0} users, which is the most it can have.")]
    TooManyUsers(u64),
    #[error("Too many requests")]
    TooManyRequests,
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refused {
    /// The user or the password is wrong, without telling which.
    pub(super) fn wrong_password() -> Self {
        Self::not_authorized(WRONG_PASSWORD)
    }

    pub(super) fn not_authorized(text: impl Into<Cow<'static, str>>) -> Self {
        Self::NotAuthorized(text.into())
    }

    pub(super) fn invalid(text: impl Into<Cow<'static, str>>) -> Self {
        Self::InvalidParameter(text.into())
    }

    /// A parameter of a login is not there.
    pub(super) fn missing(name: &str) -> Self {
        Self::invalid(format!("Missing required parameter {name}"))
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        let text = refused.to_string();
        match refused {
            Refused::NoPool(_) | Refused::NoClient(_) => fault::resource_not_found(text),
            Refused::NoUser => fault::user_not_found(text),
            Refused::NotAuthorized(_) => fault::not_authorized(text),
            Refused::InvalidParameter(_) => fault::invalid_parameter(text),
            Refused::InvalidPassword(_) => fault::invalid_password(text),
            Refused::UserExists(_) => fault::username_exists(text),
            Refused::NotConfirmed => fault::user_not_confirmed(text),
            Refused::ResetRequired => fault::password_reset_required(text),
            Refused::UserState(_) => fault::unsupported_user_state(text),
            Refused::WrongCode => fault::code_mismatch(text),
            Refused::ExpiredCode => fault::expired_code(text),
            Refused::TooManyAttempts | Refused::TooManyUsers(_) => fault::limit_exceeded(text),
            Refused::TooManyRequests => fault::too_many_requests(text),
            Refused::Key(_) | Refused::Store(_) => Self::internal(text),
        }
    }
}
