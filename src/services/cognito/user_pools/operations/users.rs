//! Users, as administrators make and change them.

use super::sign_up::new_user;
use crate::api::cognito_idp::{
    AdminCreateUserRequest, AdminCreateUserResponse, AdminDeleteUserRequest, AdminDisableUserRequest, AdminDisableUserResponse,
    AdminEnableUserRequest, AdminEnableUserResponse, AdminGetUserRequest, AdminGetUserResponse, AdminSetUserPasswordRequest,
    AdminSetUserPasswordResponse, AdminUserGlobalSignOutRequest, AdminUserGlobalSignOutResponse, ListUsersRequest,
    ListUsersResponse, MessageActionType, UserStatusType,
};
use crate::api::{Caller, Empty, Fault, Timestamp};
use crate::base::clock::Millis;
use crate::services::cognito::page::page;
use crate::services::cognito::user_pools::UserPools;
use crate::services::cognito::user_pools::error::Refused;
use crate::services::cognito::user_pools::filter::Filter;
use crate::services::cognito::user_pools::password::Password;
use crate::services::cognito::user_pools::pool::PoolRecord;
use crate::services::cognito::user_pools::user::UserRecord;
use crate::services::cognito::{KeyError, random};

/// Users of a page where the caller does not say.
const DEFAULT_PAGE: usize = 60;

/// A day.
const DAY_MS: Millis = 86_400_000;

/// A password for a user that was made without one; it is as every policy wants it.
fn made_up_password() -> Result<String, KeyError> {
    let letters = random::<16>()?.map(|byte| char::from(b'a' + byte % 26));
    Ok(format!("{}Aa1!", letters.iter().collect::<String>()))
}

/// When a temporary password given now ends.
fn temporary_until(pool: &PoolRecord, now_ms: Millis) -> Millis {
    now_ms + Millis::from(pool.temporary_days()) * DAY_MS
}

pub(crate) async fn create(
    pools: UserPools,
    caller: Caller,
    input: AdminCreateUserRequest,
) -> Result<AdminCreateUserResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    let now_ms = pools.clock().now_ms();
    let given = input.temporary_password;
    let told = given.is_some();
    let password = match given {
        Some(password) => password,
        None => made_up_password().map_err(Refused::from)?,
    };
    let existing = pools.find_user(&pool, &input.username).await?;
    if input.message_action == Some(MessageActionType::Resend) {
        let user = existing.ok_or(Refused::NoUser)?;
        return resend(&pools, &pool, user, &password, told).await;
    }
    if existing.is_some() {
        return Err(Refused::UserExists("User account already exists").into());
    }
    let attributes = pool.checked_attributes(input.user_attributes)?;
    let mut user = new_user(&pool, &input.username, attributes, now_ms)?;
    user.password = Some(pools.new_password(&pool, &user.username, &password).await?);
    user.status = UserStatusType::ForceChangePassword;
    user.temporary_until_ms = Some(temporary_until(&pool, now_ms));
    tell(&user, &password, told);
    let shown = user.shown();
    pools.add_user(user, "User account already exists").await?;
    Ok(AdminCreateUserResponse { user: Some(shown) })
}

/// A password that nobody gave and no message carries would be lost: it stands in the log.
fn tell(user: &UserRecord, password: &str, told: bool) {
    if !told {
        tracing::info!(pool = user.pool, user = user.username, password, "no message is sent: this is the temporary password");
    }
}

/// A new temporary password for a user that has not logged in yet.
async fn resend(
    pools: &UserPools,
    pool: &PoolRecord,
    user: UserRecord,
    password: &str,
    told: bool,
) -> Result<AdminCreateUserResponse, Fault> {
    if user.status != UserStatusType::ForceChangePassword {
        let text = "Resend not possible. User status is not FORCE_CHANGE_PASSWORD";
        return Err(Refused::UserState(text).into());
    }
    let kept = pools.new_password(pool, &user.username, password).await?;
    let until = temporary_until(pool, pools.clock().now_ms());
    tell(&user, password, told);
    let change = move |user: &mut UserRecord| {
        user.password = Some(kept);
        user.temporary_until_ms = Some(until);
        Ok(user.shown())
    };
    Ok(AdminCreateUserResponse { user: Some(pools.change_user(&user, change).await?) })
}

pub(crate) async fn get(pools: UserPools, caller: Caller, input: AdminGetUserRequest) -> Result<AdminGetUserResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    let user = pools.user(&pool, &input.username).await?;
    Ok(AdminGetUserResponse {
        enabled: Some(user.enabled),
        user_attributes: Some(user.attribute_list()),
        user_create_date: Some(Timestamp(user.created_ms)),
        user_last_modified_date: Some(Timestamp(user.modified_ms)),
        user_status: Some(user.status),
        username: user.username,
        ..AdminGetUserResponse::default()
    })
}

pub(crate) async fn delete(pools: UserPools, caller: Caller, input: AdminDeleteUserRequest) -> Result<Empty, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    let user = pools.user(&pool, &input.username).await?;
    pools.delete_user(&user).await?;
    Ok(Empty)
}

async fn switch(pools: &UserPools, caller: &Caller, (pool, username): (&str, &str), enabled: bool) -> Result<(), Refused> {
    let pool = pools.pool_in(&caller.scope, pool).await?;
    let user = pools.user(&pool, username).await?;
    let change = move |user: &mut UserRecord| {
        user.enabled = enabled;
        Ok(())
    };
    pools.change_user(&user, change).await
}

pub(crate) async fn enable(
    pools: UserPools,
    caller: Caller,
    input: AdminEnableUserRequest,
) -> Result<AdminEnableUserResponse, Fault> {
    switch(&pools, &caller, (&input.user_pool_id, &input.username), true).await?;
    Ok(AdminEnableUserResponse::default())
}

pub(crate) async fn disable(
    pools: UserPools,
    caller: Caller,
    input: AdminDisableUserRequest,
) -> Result<AdminDisableUserResponse, Fault> {
    switch(&pools, &caller, (&input.user_pool_id, &input.username), false).await?;
    Ok(AdminDisableUserResponse::default())
}

pub(crate) async fn set_password(
    pools: UserPools,
    caller: Caller,
    input: AdminSetUserPasswordRequest,
) -> Result<AdminSetUserPasswordResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    let user = pools.user(&pool, &input.username).await?;
    let password: Password = pools.new_password(&pool, &user.username, &input.password).await?;
    let until = temporary_until(&pool, pools.clock().now_ms());
    let permanent = input.permanent.unwrap_or_default();
    let change = move |user: &mut UserRecord| {
        user.set_password(password);
        if !permanent {
            user.status = UserStatusType::ForceChangePassword;
            user.temporary_until_ms = Some(until);
        }
        Ok(())
    };
    pools.change_user(&user, change).await?;
    Ok(AdminSetUserPasswordResponse::default())
}

pub(crate) async fn sign_out(
    pools: UserPools,
    caller: Caller,
    input: AdminUserGlobalSignOutRequest,
) -> Result<AdminUserGlobalSignOutResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    let user = pools.user(&pool, &input.username).await?;
    pools.sign_out(&user).await?;
    Ok(AdminUserGlobalSignOutResponse::default())
}

pub(crate) async fn list(pools: UserPools, caller: Caller, input: ListUsersRequest) -> Result<ListUsersResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    let filter = Filter::parse(input.filter.as_deref().unwrap_or_default())?;
    let most = input.limit.and_then(|most| usize::try_from(most).ok()).filter(|most| *most > 0).unwrap_or(DEFAULT_PAGE);
    let after = input.pagination_token.as_deref();
    // One more than the page holds, to know whether there is another.
    let users = pools.users_after(&pool.id, after, most + 1, |user| filter.matches(user)).await?;
    let page = page(users, |user| &user.folded, after, most);
    let wanted = input.attributes_to_get;
    let shown = page.items.iter().map(|user| {
        let mut shown = user.shown();
        if let (Some(wanted), Some(attributes)) = (&wanted, &mut shown.attributes) {
            attributes.retain(|attribute| wanted.contains(&attribute.name));
        }
        shown
    });
    Ok(ListUsersResponse { users: Some(shown.collect()), pagination_token: page.next })
}
