//! The operations, each a function of the handle, the caller and the input.

use super::{Session, Sts};
use crate::api::sts::{
    AssumeRoleRequest, AssumeRoleResponse, AssumedRoleUser, Credentials, GetCallerIdentityRequest, GetCallerIdentityResponse,
    GetSessionTokenRequest, GetSessionTokenResponse, SERVICE, op,
};
use crate::api::{Caller, Fault, Routes, ServiceTable, Timestamp};
use crate::base::account::is_account_id;
use crate::base::arn::Arn;
use crate::base::clock::Millis;
use crate::base::credential::{secret, temporary_key, unique_id};

/// How long an assumed role lasts where the caller does not say, in seconds (API reference, AssumeRole).
const ROLE_SECONDS: i32 = 3600;

/// The same of GetSessionToken.
const TOKEN_SECONDS: i32 = 43_200;

/// Letters of a secret access key.
const SECRET_LETTERS: usize = 40;

/// Letters of a session token; AWS's are of about this length.
const TOKEN_LETTERS: usize = 356;

/// The operations for the gateway.
pub fn routes(sts: Sts) -> ServiceTable {
    Routes::new(&SERVICE, sts)
        .on(op::GetCallerIdentity, get_caller_identity)
        .on(op::AssumeRole, assume_role)
        .on(op::GetSessionToken, get_session_token)
        .finish()
}

/// Whom the caller's key stands for: ARN and unique id. A key that is no temporary one is the account's root user.
fn identity(sts: &Sts, caller: &Caller) -> (String, String) {
    match caller.access_key.as_deref().and_then(|key| sts.session(key)) {
        Some(session) => (session.arn, session.user_id),
        None => (format!("arn:aws:iam::{}:root", caller.scope.account()), caller.scope.account().to_owned()),
    }
}

async fn get_caller_identity(sts: Sts, caller: Caller, _: GetCallerIdentityRequest) -> Result<GetCallerIdentityResponse, Fault> {
    let (arn, user_id) = identity(&sts, &caller);
    Ok(GetCallerIdentityResponse { account: Some(caller.scope.account().to_owned()), arn: Some(arn), user_id: Some(user_id) })
}

/// New credentials for an account, kept for their time.
async fn issue(sts: &Sts, account: &str, (arn, user_id): (String, String), seconds: i32) -> Result<Credentials, Fault> {
    let expires_ms = sts.0.clock.now_ms() + Millis::from(seconds) * 1000;
    let session = Session { secret: secret(SECRET_LETTERS), token: secret(TOKEN_LETTERS), expires_ms, arn, user_id };
    let access_key = temporary_key(account);
    sts.keep(&access_key, session.clone()).await.map_err(|error| Fault::internal(error.to_string()))?;
    Ok(Credentials {
        access_key_id: access_key,
        expiration: Timestamp(session.expires_ms),
        secret_access_key: session.secret,
        session_token: session.token,
    })
}

async fn assume_role(sts: Sts, _: Caller, input: AssumeRoleRequest) -> Result<AssumeRoleResponse, Fault> {
    let invalid = || Fault::validation(format!("{} is invalid", input.role_arn));
    let role = Arn::parse(&input.role_arn).filter(|arn| is_account_id(&arn.account)).ok_or_else(invalid)?;
    // The role's path is not part of the session's ARN.
    let name = role.resource_after("role").and_then(|path| path.rsplit('/').next()).ok_or_else(invalid)?;
    let session = &input.role_session_name;
    let role_id = sts.0.iam.role_id(&role.account, name).await.unwrap_or_else(|| unique_id("AROA"));
    let arn = format!("arn:aws:sts::{}:assumed-role/{name}/{session}", role.account);
    let user_id = format!("{role_id}:{session}");
    let identity = (arn.clone(), user_id.clone());
    let credentials = issue(&sts, &role.account, identity, input.duration_seconds.unwrap_or(ROLE_SECONDS)).await?;
    Ok(AssumeRoleResponse {
        assumed_role_user: Some(AssumedRoleUser { arn, assumed_role_id: user_id }),
        credentials: Some(credentials),
        packed_policy_size: None,
        source_identity: input.source_identity,
    })
}

async fn get_session_token(sts: Sts, caller: Caller, input: GetSessionTokenRequest) -> Result<GetSessionTokenResponse, Fault> {
    let identity = identity(&sts, &caller);
    let seconds = input.duration_seconds.unwrap_or(TOKEN_SECONDS);
    let credentials = issue(&sts, caller.scope.account(), identity, seconds).await?;
    Ok(GetSessionTokenResponse { credentials: Some(credentials) })
}
