//! Users that sign up themselves.

use super::codes;
use crate::api::cognito_idp::{
    AdminConfirmSignUpRequest, AdminConfirmSignUpResponse, ConfirmSignUpRequest, ConfirmSignUpResponse, SignUpRequest,
    SignUpResponse, UserStatusType, UsernameAttributeType,
};
use crate::api::{Caller, Fault};
use crate::services::cognito::user_pools::UserPools;
use crate::services::cognito::user_pools::error::Refused;
use crate::services::cognito::user_pools::pool::PoolRecord;
use crate::services::cognito::user_pools::user::{Purpose, UserRecord};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A new user with these attributes. Where users are named by an attribute, the name given is its value and the username an id.
pub(super) fn new_user(
    pool: &PoolRecord,
    name: &str,
    mut attributes: BTreeMap<String, String>,
    now_ms: i64,
) -> Result<UserRecord, Refused> {
    let sub = Uuid::new_v4().to_string();
    let by_email = pool.named_by(UsernameAttributeType::Email);
    let by_phone = pool.named_by(UsernameAttributeType::PhoneNumber);
    let username = if !by_email && !by_phone {
        name.to_owned()
    } else if by_email && name.contains('@') {
        attributes.entry("email".into()).or_insert_with(|| name.to_owned());
        sub.clone()
    } else if by_phone && name.starts_with('+') {
        attributes.entry("phone_number".into()).or_insert_with(|| name.to_owned());
        sub.clone()
    } else if by_phone && !by_email {
        return Err(Refused::invalid("Username should be a phone number."));
    } else {
        return Err(Refused::invalid(if by_phone {
            "Username should be either an email or a phone number."
        } else {
            "Username should be an email."
        }));
    };
    if let Some(missing) = pool.missing_attributes(&attributes).first() {
        return Err(Refused::invalid(format!("Attributes did not conform to the schema: {missing}: The attribute is required")));
    }
    Ok(UserRecord { attributes, ..UserRecord::new(pool, username, sub, now_ms) })
}

pub(crate) async fn sign_up(pools: UserPools, _: Caller, input: SignUpRequest) -> Result<SignUpResponse, Fault> {
    let client = pools.client(&input.client_id).await?;
    let pool = pools.pool(&client.pool).await?;
    client.check_secret(&[&input.username], input.secret_hash.as_deref())?;
    if pool.admins_only() {
        return Err(Refused::not_authorized("SignUp is not permitted for this user pool").into());
    }
    let attributes = pool.checked_attributes(input.user_attributes)?;
    let mut user = new_user(&pool, &input.username, attributes, pools.clock().now_ms())?;
    if pools.find_user(&pool, &input.username).await?.is_some() {
        return Err(Refused::UserExists("User already exists").into());
    }
    let password = input.password.ok_or_else(|| Refused::missing("Password"))?;
    user.password = Some(pools.new_password(&pool, &user.username, &password).await?);
    let delivery = codes::give(&pools, &pool, &mut user, Purpose::SignUp)?;
    let sub = user.sub.clone();
    pools.add_user(user, "User already exists").await?;
    Ok(SignUpResponse { code_delivery_details: delivery, session: None, user_confirmed: false, user_sub: sub })
}

fn confirmed(user: &mut UserRecord) -> Result<(), Refused> {
    if user.status != UserStatusType::Unconfirmed {
        let text = format!("User cannot be confirmed. Current status is {}", user.status);
        return Err(Refused::not_authorized(text));
    }
    user.status = UserStatusType::Confirmed;
    user.code = None;
    Ok(())
}

pub(crate) async fn admin_confirm(
    pools: UserPools,
    caller: Caller,
    input: AdminConfirmSignUpRequest,
) -> Result<AdminConfirmSignUpResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    let user = pools.user(&pool, &input.username).await?;
    pools.change_user(&user, confirmed).await?;
    Ok(AdminConfirmSignUpResponse::default())
}

pub(crate) async fn confirm(pools: UserPools, _: Caller, input: ConfirmSignUpRequest) -> Result<ConfirmSignUpResponse, Fault> {
    let client = pools.client(&input.client_id).await?;
    let pool = pools.pool(&client.pool).await?;
    client.check_secret(&[&input.username], input.secret_hash.as_deref())?;
    // A code for a user that does not exist is answered as an expired one where that is hidden (API reference, ConfirmSignUp).
    let user = match pools.find_user(&pool, &input.username).await? {
        Some(user) => user,
        None if client.hides_users() => return Err(Refused::ExpiredCode.into()),
        None => return Err(Refused::NoUser.into()),
    };
    if user.status != UserStatusType::Unconfirmed {
        let text = format!("User cannot be confirmed. Current status is {}", user.status);
        return Err(Refused::not_authorized(text).into());
    }
    codes::use_up(&pools, &user, Purpose::SignUp, input.confirmation_code).await?;
    let verified = codes::destination(&pool, &user).map(|(attribute, _)| format!("{attribute}_verified"));
    let change = move |user: &mut UserRecord| {
        confirmed(user)?;
        user.attributes.extend(verified.map(|flag| (flag, "true".to_owned())));
        Ok(())
    };
    pools.change_user(&user, change).await?;
    Ok(ConfirmSignUpResponse::default())
}
