//! Assuming a role: what the operations share, and what other services ask of STS.

use super::{Session, Sts};
use crate::api::sts::{AssumedRoleUser, Credentials};
use crate::api::{BoxFuture, Fault, Timestamp};
use crate::base::account::is_account_id;
use crate::base::arn::Arn;
use crate::base::clock::Millis;
use crate::base::credential::{secret, temporary_key, unique_id};

/// Letters of a secret access key.
const SECRET_LETTERS: usize = 40;

/// Letters of a session token; AWS's are of about this length.
const TOKEN_LETTERS: usize = 356;

/// A role that was assumed.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumed {
    /// The credentials, which act in the role's account.
    pub credentials: Credentials,
    /// Whom they stand for.
    pub user: AssumedRoleUser,
}

/// Whom a web identity token stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its `sub`.
    pub subject: String,
    /// Whom it was made for.
    pub audience: String,
    /// Who made it, without the scheme.
    pub provider: String,
}

/// Why a token proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenRefusal {
    /// It is no token, or nobody's whom we know.
    Invalid(&'static str),
    /// Its time is over.
    Expired,
}

/// Those whose tokens AssumeRoleWithWebIdentity accepts; given by `app`.
pub trait WebIdentities: Send + Sync {
    /// Whom a token stands for.
    fn subject(&self, token: String) -> BoxFuture<Result<Subject, TokenRefusal>>;
}

impl Sts {
    /// Assumes a role for `seconds`, whether or not it was ever made; trust policies are not enforced.
    ///
    /// # Errors
    /// ValidationError when `role_arn` is no role's; failures to write.
    pub async fn assume(&self, role_arn: &str, session: &str, seconds: i32) -> Result<Assumed, Fault> {
        let invalid = || Fault::validation(format!("{role_arn} is invalid"));
        let role = Arn::parse(role_arn).filter(|arn| is_account_id(&arn.account)).ok_or_else(invalid)?;
        // The role's path is not part of the session's ARN.
        let name = role.resource_after("role").and_then(|path| path.rsplit('/').next()).ok_or_else(invalid)?;
        let role_id = self.0.iam.role_id(&role.account, name).await.unwrap_or_else(|| unique_id("AROA"));
        let arn = format!("arn:aws:sts::{}:assumed-role/{name}/{session}", role.account);
        let user_id = format!("{role_id}:{session}");
        let credentials = self.issue(&role.account, (arn.clone(), user_id.clone()), seconds).await?;
        Ok(Assumed { credentials, user: AssumedRoleUser { arn, assumed_role_id: user_id } })
    }

    /// New credentials for an account, kept for their time, and whom they stand for: ARN and unique id.
    pub(super) async fn issue(
        &self,
        account: &str,
        (arn, user_id): (String, String),
        seconds: i32,
    ) -> Result<Credentials, Fault> {
        let expires_ms = self.0.clock.now_ms() + Millis::from(seconds) * 1000;
        let session = Session { secret: secret(SECRET_LETTERS), token: secret(TOKEN_LETTERS), expires_ms, arn, user_id };
        let access_key = temporary_key(account);
        self.keep(&access_key, session.clone()).await.map_err(|error| Fault::internal(error.to_string()))?;
        Ok(Credentials {
            access_key_id: access_key,
            expiration: Timestamp(session.expires_ms),
            secret_access_key: session.secret,
            session_token: session.token,
        })
    }
}
