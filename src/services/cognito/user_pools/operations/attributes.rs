//! Attributes of users.

use crate::api::cognito_idp::{
    AdminDeleteUserAttributesRequest, AdminDeleteUserAttributesResponse, AdminUpdateUserAttributesRequest,
    AdminUpdateUserAttributesResponse, AttributeType, DeleteUserAttributesRequest, DeleteUserAttributesResponse,
    UpdateUserAttributesRequest, UpdateUserAttributesResponse,
};
use crate::api::{Caller, Fault};
use crate::services::cognito::user_pools::UserPools;
use crate::services::cognito::user_pools::error::Refused;
use crate::services::cognito::user_pools::pool::PoolRecord;
use crate::services::cognito::user_pools::user::UserRecord;

/// Sets attributes. An address that changes is no longer verified, unless the same call says that it is.
async fn set(pools: &UserPools, pool: &PoolRecord, user: &UserRecord, given: Vec<AttributeType>) -> Result<(), Refused> {
    let given = pool.checked_attributes(Some(given))?;
    let change = move |user: &mut UserRecord| {
        for address in ["email", "phone_number"] {
            let flag = format!("{address}_verified");
            if given.get(address).is_some_and(|new| user.attributes.get(address) != Some(new))
                && user.attributes.contains_key(&flag)
            {
                user.attributes.insert(flag, "false".into());
            }
        }
        for (name, value) in given {
            // An empty value takes the attribute away (API reference, AdminUpdateUserAttributes).
            if value.is_empty() {
                user.attributes.remove(&name);
            } else {
                user.attributes.insert(name, value);
            }
        }
        Ok(())
    };
    pools.change_user(user, change).await
}

async fn remove(pools: &UserPools, user: &UserRecord, names: Vec<String>) -> Result<(), Refused> {
    let change = move |user: &mut UserRecord| {
        user.attributes.retain(|name, _| !names.contains(name));
        Ok(())
    };
    pools.change_user(user, change).await
}

pub(crate) async fn admin_update(
    pools: UserPools,
    caller: Caller,
    input: AdminUpdateUserAttributesRequest,
) -> Result<AdminUpdateUserAttributesResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    let user = pools.user(&pool, &input.username).await?;
    set(&pools, &pool, &user, input.user_attributes).await?;
    Ok(AdminUpdateUserAttributesResponse::default())
}

pub(crate) async fn admin_delete(
    pools: UserPools,
    caller: Caller,
    input: AdminDeleteUserAttributesRequest,
) -> Result<AdminDeleteUserAttributesResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    let user = pools.user(&pool, &input.username).await?;
    remove(&pools, &user, input.user_attribute_names).await?;
    Ok(AdminDeleteUserAttributesResponse::default())
}

/// A user cannot say that their own address is verified.
pub(crate) async fn update(
    pools: UserPools,
    _: Caller,
    input: UpdateUserAttributesRequest,
) -> Result<UpdateUserAttributesResponse, Fault> {
    let (pool, user) = pools.bearer(&input.access_token).await?;
    if let Some(flag) = input.user_attributes.iter().find(|attribute| attribute.name.ends_with("_verified")) {
        return Err(Refused::not_authorized(format!("A client attempted to write unauthorized attribute {}", flag.name)).into());
    }
    set(&pools, &pool, &user, input.user_attributes).await?;
    Ok(UpdateUserAttributesResponse::default())
}

pub(crate) async fn delete(
    pools: UserPools,
    _: Caller,
    input: DeleteUserAttributesRequest,
) -> Result<DeleteUserAttributesResponse, Fault> {
    let (_, user) = pools.bearer(&input.access_token).await?;
    remove(&pools, &user, input.user_attribute_names).await?;
    Ok(DeleteUserAttributesResponse::default())
}
