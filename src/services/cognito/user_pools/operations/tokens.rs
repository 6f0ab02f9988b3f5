//! What a user does with a token of their own.

use crate::api::cognito_idp::{
    ChangePasswordRequest, ChangePasswordResponse, DeleteUserRequest, GetUserRequest, GetUserResponse, GlobalSignOutRequest,
    GlobalSignOutResponse, RevokeTokenRequest, RevokeTokenResponse,
};
use crate::api::{Caller, Empty, Fault};
use crate::services::cognito::user_pools::UserPools;
use crate::services::cognito::user_pools::error::Refused;
use crate::services::cognito::user_pools::user::{Revocation, UserRecord};
use subtle::ConstantTimeEq as _;

/// Revoked logins that are remembered of a user, whose tokens have not ended by themselves.
const MAX_REVOCATIONS: usize = 1_000;

impl UserPools {
    /// Ends all logins of a user.
    pub(super) async fn sign_out(&self, user: &UserRecord) -> Result<(), Refused> {
        let now_ms = self.clock().now_ms();
        let change = move |user: &mut UserRecord| {
            user.signed_out_ms = Some(now_ms);
            user.revoked.clear();
            Ok(())
        };
        self.change_user(user, change).await
    }
}

pub(crate) async fn get_user(pools: UserPools, _: Caller, input: GetUserRequest) -> Result<GetUserResponse, Fault> {
    let (_, user) = pools.bearer(&input.access_token).await?;
    Ok(GetUserResponse { user_attributes: user.attribute_list(), username: user.username, ..GetUserResponse::default() })
}

pub(crate) async fn delete_user(pools: UserPools, _: Caller, input: DeleteUserRequest) -> Result<Empty, Fault> {
    let (_, user) = pools.bearer(&input.access_token).await?;
    pools.delete_user(&user).await?;
    Ok(Empty)
}

pub(crate) async fn change_password(
    pools: UserPools,
    _: Caller,
    input: ChangePasswordRequest,
) -> Result<ChangePasswordResponse, Fault> {
    let (pool, user) = pools.bearer(&input.access_token).await?;
    let previous = input.previous_password.ok_or_else(|| Refused::missing("PreviousPassword"))?;
    if !pools.fits(&pool, Some(&user), &previous).await? {
        return Err(Refused::wrong_password().into());
    }
    let password = pools.new_password(&pool, &user.username, &input.proposed_password).await?;
    let change = move |user: &mut UserRecord| {
        user.set_password(password);
        Ok(())
    };
    pools.change_user(&user, change).await?;
    Ok(ChangePasswordResponse::default())
}

pub(crate) async fn sign_out(pools: UserPools, _: Caller, input: GlobalSignOutRequest) -> Result<GlobalSignOutResponse, Fault> {
    let (_, user) = pools.bearer(&input.access_token).await?;
    pools.sign_out(&user).await?;
    Ok(GlobalSignOutResponse::default())
}

/// Ends the login of a refresh token.
pub(crate) async fn revoke(pools: UserPools, _: Caller, input: RevokeTokenRequest) -> Result<RevokeTokenResponse, Fault> {
    let client = pools.client(&input.client_id).await?;
    let given = input.client_secret.unwrap_or_default();
    let secret = client.secret.clone().unwrap_or_default();
    if !bool::from(given.as_bytes().ct_eq(secret.as_bytes())) {
        return Err(Refused::not_authorized("Client authentication failed").into());
    }
    let (pool, claims) = pools.refresh_claims(&input.token).await?;
    if claims.client != client.id {
        return Err(Refused::not_authorized("Invalid Refresh Token").into());
    }
    let Some(user) = pools.find_user(&pool, &claims.username).await? else { return Ok(RevokeTokenResponse::default()) };
    let now = pools.clock().now_ms() / 1000;
    let change = move |user: &mut UserRecord| {
        user.revoked.retain(|revoked| revoked.until > now && revoked.login != claims.origin_jti);
        if user.revoked.len() >= MAX_REVOCATIONS {
            return Err(Refused::TooManyRequests);
        }
        user.revoked.push(Revocation { login: claims.origin_jti, until: claims.exp });
        Ok(())
    };
    pools.change_user(&user, change).await?;
    Ok(RevokeTokenResponse::default())
}
