//! The operations, each a function of the handle, the caller and the input.

use super::{Sts, TokenRefusal};
use crate::api::sts::{
    AssumeRoleRequest, AssumeRoleResponse, AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse,
    GetCallerIdentityRequest, GetCallerIdentityResponse, GetSessionTokenRequest, GetSessionTokenResponse, SERVICE, fault, op,
};
use crate::api::{Caller, Fault, Routes, ServiceTable};

/// How long an assumed role lasts where the caller does not say, in seconds (API reference, AssumeRole).
const ROLE_SECONDS: i32 = 3600;

/// The same of GetSessionToken.
const TOKEN_SECONDS: i32 = 43_200;

/// The operations for the gateway.
pub fn routes(sts: Sts) -> ServiceTable {
    Routes::new(&SERVICE, sts)
        .on(op::GetCallerIdentity, get_caller_identity)
        .on(op::AssumeRole, assume_role)
        .on(op::AssumeRoleWithWebIdentity, assume_role_with_web_identity)
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

async fn assume_role(sts: Sts, _: Caller, input: AssumeRoleRequest) -> Result<AssumeRoleResponse, Fault> {
    let seconds = input.duration_seconds.unwrap_or(ROLE_SECONDS);
    let assumed = sts.assume(&input.role_arn, &input.role_session_name, seconds).await?;
    Ok(AssumeRoleResponse {
        assumed_role_user: Some(assumed.user),
        credentials: Some(assumed.credentials),
        packed_policy_size: None,
        source_identity: input.source_identity,
    })
}

/// Assumes a role for whom a token stands for; needs no signature.
async fn assume_role_with_web_identity(
    sts: Sts,
    _: Caller,
    input: AssumeRoleWithWebIdentityRequest,
) -> Result<AssumeRoleWithWebIdentityResponse, Fault> {
    let subject = sts.0.identities.subject(input.web_identity_token).await.map_err(|refusal| match refusal {
        TokenRefusal::Invalid(why) => fault::invalid_identity_token(why),
        TokenRefusal::Expired => fault::expired_token("Token expired"),
    })?;
    let seconds = input.duration_seconds.unwrap_or(ROLE_SECONDS);
    let assumed = sts.assume(&input.role_arn, &input.role_session_name, seconds).await?;
    Ok(AssumeRoleWithWebIdentityResponse {
        assumed_role_user: Some(assumed.user),
        audience: Some(subject.audience),
        credentials: Some(assumed.credentials),
        packed_policy_size: None,
        provider: Some(subject.provider),
        source_identity: None,
        subject_from_web_identity_token: Some(subject.subject),
    })
}

async fn get_session_token(sts: Sts, caller: Caller, input: GetSessionTokenRequest) -> Result<GetSessionTokenResponse, Fault> {
    let identity = identity(&sts, &caller);
    let seconds = input.duration_seconds.unwrap_or(TOKEN_SECONDS);
    let credentials = sts.issue(caller.scope.account(), identity, seconds).await?;
    Ok(GetSessionTokenResponse { credentials: Some(credentials) })
}
