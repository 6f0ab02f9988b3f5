//! Confirmation codes. No mail and no message is sent: the code stands in the server's log, at level info.

use crate::api::cognito_idp::{
    CodeDeliveryDetailsType, ConfirmForgotPasswordRequest, ConfirmForgotPasswordResponse, DeliveryMediumType,
    ForgotPasswordRequest, ForgotPasswordResponse, ResendConfirmationCodeRequest, ResendConfirmationCodeResponse, UserStatusType,
    VerifiedAttributeType,
};
use crate::api::{Caller, Fault};
use crate::base::clock::Millis;
use crate::services::cognito::random;
use crate::services::cognito::user_pools::UserPools;
use crate::services::cognito::user_pools::client::ClientRecord;
use crate::services::cognito::user_pools::error::Refused;
use crate::services::cognito::user_pools::pool::PoolRecord;
use crate::services::cognito::user_pools::user::{Code, Purpose, UserRecord};
use subtle::ConstantTimeEq as _;

/// How long a code to confirm a user lasts (developer guide, "Signing up and confirming user accounts").
const SIGN_UP_MS: Millis = 24 * 3_600_000;

/// How long a code to set a password lasts.
const PASSWORD_MS: Millis = 3_600_000;

/// Wrong codes after which a code is void: one in 200,000 guesses is right by then.
const MAX_FAILURES: u32 = 5;

/// The attribute that a code goes to, and the address, when the pool verifies one that the user has.
pub(super) fn destination<'u>(pool: &PoolRecord, user: &'u UserRecord) -> Option<(&'static str, &'u String)> {
    let verified = pool.settings.auto_verified_attributes.as_deref().unwrap_or_default();
    let attribute = |kind: VerifiedAttributeType| verified.contains(&kind).then(|| kind.as_str());
    let attributes = [attribute(VerifiedAttributeType::PhoneNumber), attribute(VerifiedAttributeType::Email)];
    attributes.into_iter().flatten().find_map(|name| Some((name, user.attributes.get(name)?)))
}

/// Gives the user a code, and tells the log.
pub(super) fn give(
    pools: &UserPools,
    pool: &PoolRecord,
    user: &mut UserRecord,
    purpose: Purpose,
) -> Result<Option<CodeDeliveryDetailsType>, Refused> {
    let number = u32::from_be_bytes(random::<4>()?) % 1_000_000;
    let (digits, now_ms) = (format!("{number:06}"), pools.clock().now_ms());
    let life_ms = if purpose == Purpose::SignUp { SIGN_UP_MS } else { PASSWORD_MS };
    tracing::info!(pool = pool.id, user = user.username, code = digits, "no message is sent: this is the confirmation code");
    user.code = Some(Code { digits, purpose, expires_ms: now_ms + life_ms, failures: 0 });
    Ok(destination(pool, user).map(|(attribute, address)| CodeDeliveryDetailsType {
        attribute_name: Some(attribute.into()),
        delivery_medium: Some(if attribute == "email" { DeliveryMediumType::Email } else { DeliveryMediumType::Sms }),
        destination: Some(masked(address)),
    }))
}

/// An address of which little is told: `m***@e***`, `+*******1234`.
fn masked(address: &str) -> String {
    match address.split_once('@') {
        Some((name, host)) => {
            let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
            format!("{}***@{}***", first(name), first(host))
        }
        None => {
            let shown = address.chars().count().saturating_sub(4);
            format!("+*******{}", address.chars().skip(shown).collect::<String>())
        }
    }
}

/// Checks a code and voids it. Wrong ones are counted, so that codes cannot be guessed.
pub(super) async fn use_up(pools: &UserPools, user: &UserRecord, purpose: Purpose, presented: String) -> Result<(), Refused> {
    let now_ms = pools.clock().now_ms();
    pools
        .change_user(user, move |user| {
            let Some(code) = user.code.as_mut().filter(|code| code.purpose == purpose && code.expires_ms > now_ms) else {
                return Ok(Err(Refused::ExpiredCode));
            };
            if code.failures >= MAX_FAILURES {
                return Ok(Err(Refused::TooManyAttempts));
            }
            if !bool::from(code.digits.as_bytes().ct_eq(presented.as_bytes())) {
                code.failures += 1;
                return Ok(Err(Refused::WrongCode));
            }
            user.code = None;
            Ok(Ok(()))
        })
        .await?
}

/// The user that an unsigned call names, and the client and pool it came through.
async fn named(
    pools: &UserPools,
    client: &str,
    username: &str,
    hash: Option<&str>,
) -> Result<(ClientRecord, PoolRecord, Option<UserRecord>), Refused> {
    let client = pools.client(client).await?;
    let pool = pools.pool(&client.pool).await?;
    client.check_secret(&[username], hash)?;
    let user = pools.find_user(&pool, username).await?;
    if user.is_none() && !client.hides_users() {
        return Err(Refused::NoUser);
    }
    Ok((client, pool, user))
}

async fn renew(
    pools: &UserPools,
    pool: &PoolRecord,
    mut user: UserRecord,
    purpose: Purpose,
) -> Result<Option<CodeDeliveryDetailsType>, Refused> {
    let delivery = give(pools, pool, &mut user, purpose)?;
    let code = user.code.clone();
    let change = move |user: &mut UserRecord| {
        user.code = code;
        Ok(())
    };
    pools.change_user(&user, change).await?;
    Ok(delivery)
}

pub(crate) async fn resend(
    pools: UserPools,
    _: Caller,
    input: ResendConfirmationCodeRequest,
) -> Result<ResendConfirmationCodeResponse, Fault> {
    let (_, pool, user) = named(&pools, &input.client_id, &input.username, input.secret_hash.as_deref()).await?;
    let Some(user) = user else { return Ok(ResendConfirmationCodeResponse::default()) };
    if user.status != UserStatusType::Unconfirmed {
        return Err(Refused::invalid("User is already confirmed.").into());
    }
    let code_delivery_details = renew(&pools, &pool, user, Purpose::SignUp).await?;
    Ok(ResendConfirmationCodeResponse { code_delivery_details })
}

pub(crate) async fn forgot_password(
    pools: UserPools,
    _: Caller,
    input: ForgotPasswordRequest,
) -> Result<ForgotPasswordResponse, Fault> {
    let (_, pool, user) = named(&pools, &input.client_id, &input.username, input.secret_hash.as_deref()).await?;
    let Some(user) = user else { return Ok(ForgotPasswordResponse::default()) };
    if !user.enabled {
        return Err(Refused::not_authorized("User is disabled.").into());
    }
    if user.status == UserStatusType::ForceChangePassword {
        return Err(Refused::not_authorized("User password cannot be reset in the current state.").into());
    }
    let code_delivery_details = renew(&pools, &pool, user, Purpose::Password).await?;
    Ok(ForgotPasswordResponse { code_delivery_details })
}

pub(crate) async fn confirm_forgot_password(
    pools: UserPools,
    _: Caller,
    input: ConfirmForgotPasswordRequest,
) -> Result<ConfirmForgotPasswordResponse, Fault> {
    let (_, pool, user) = named(&pools, &input.client_id, &input.username, input.secret_hash.as_deref()).await?;
    let user = user.ok_or(Refused::ExpiredCode)?;
    // The policy first: a code is not lost to a password that is refused.
    let password = pools.new_password(&pool, &user.username, &input.password).await?;
    use_up(&pools, &user, Purpose::Password, input.confirmation_code).await?;
    let change = move |user: &mut UserRecord| {
        user.set_password(password);
        Ok(())
    };
    pools.change_user(&user, change).await?;
    Ok(ConfirmForgotPasswordResponse::default())
}
