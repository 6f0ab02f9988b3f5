//! User pools.

use crate::api::cognito_idp::{
    CreateUserPoolRequest, CreateUserPoolResponse, DeleteUserPoolRequest, DescribeUserPoolRequest, DescribeUserPoolResponse,
    GetUserPoolMfaConfigRequest, GetUserPoolMfaConfigResponse, ListUserPoolsRequest, ListUserPoolsResponse, SchemaAttributeType,
    SetUserPoolMfaConfigRequest, SetUserPoolMfaConfigResponse, UpdateUserPoolRequest, UpdateUserPoolResponse,
    UserPoolDescriptionType, UserPoolMfaType, UserPoolType,
};
use crate::api::stored::recast;
use crate::api::{Caller, Empty, Fault, Timestamp};
use crate::services::cognito::page::page;
use crate::services::cognito::random_id;
use crate::services::cognito::user_pools::UserPools;
use crate::services::cognito::user_pools::error::Refused;
use crate::services::cognito::user_pools::pool::{PoolRecord, with_defaults};
use crate::services::cognito::user_pools::user::is_standard;

/// Letters of a pool's id behind its region.
const ID_LETTERS: usize = 9;

/// A pool as answers show it.
fn shown(pool: &PoolRecord, users: u64) -> UserPoolType {
    UserPoolType {
        id: Some(pool.id.clone()),
        name: Some(pool.settings.pool_name.clone()),
        arn: Some(pool.arn()),
        creation_date: Some(Timestamp(pool.created_ms)),
        last_modified_date: Some(Timestamp(pool.modified_ms)),
        estimated_number_of_users: i32::try_from(users).ok(),
        schema_attributes: Some(super::schema::attributes(pool.settings.schema.as_deref().unwrap_or_default())),
        ..recast(pool.settings.clone())
    }
}

/// A schema whose attributes have names, and demands nothing of attributes of its own.
fn checked(schema: Option<Vec<SchemaAttributeType>>) -> Result<Option<Vec<SchemaAttributeType>>, Refused> {
    for attribute in schema.iter().flatten() {
        let Some(name) = &attribute.name else { return Err(Refused::invalid("Attribute name is missing from the schema")) };
        if attribute.required == Some(true) && !is_standard(name) {
            return Err(Refused::invalid("Required custom attributes are not supported currently."));
        }
    }
    Ok(schema)
}

pub(crate) async fn create(
    pools: UserPools,
    caller: Caller,
    input: CreateUserPoolRequest,
) -> Result<CreateUserPoolResponse, Fault> {
    let now_ms = pools.clock().now_ms();
    let schema = checked(input.schema)?;
    let pool = PoolRecord {
        id: format!("{}_{}", caller.scope.region(), random_id(ID_LETTERS).map_err(Refused::from)?),
        account: caller.scope.account().to_owned(),
        created_ms: now_ms,
        modified_ms: now_ms,
        settings: with_defaults(CreateUserPoolRequest { schema, ..input }),
        mfa: SetUserPoolMfaConfigRequest::default(),
    };
    pools.keep_pool(pool.clone()).await?;
    Ok(CreateUserPoolResponse { user_pool: Some(shown(&pool, 0)) })
}

pub(crate) async fn describe(
    pools: UserPools,
    caller: Caller,
    input: DescribeUserPoolRequest,
) -> Result<DescribeUserPoolResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    let users = pools.count_users(&pool.id).await?;
    Ok(DescribeUserPoolResponse { user_pool: Some(shown(&pool, users)) })
}

/// What is not given gets its default again, but for what cannot be changed.
pub(crate) async fn update(
    pools: UserPools,
    caller: Caller,
    input: UpdateUserPoolRequest,
) -> Result<UpdateUserPoolResponse, Fault> {
    let id = input.user_pool_id.clone();
    let change = move |pool: &mut PoolRecord| {
        let name = input.pool_name.clone().unwrap_or_else(|| pool.settings.pool_name.clone());
        let old = std::mem::take(&mut pool.settings);
        pool.settings = with_defaults(CreateUserPoolRequest {
            pool_name: name,
            schema: old.schema,
            alias_attributes: old.alias_attributes,
            username_attributes: old.username_attributes,
            username_configuration: old.username_configuration,
            user_pool_tags: input.user_pool_tags.clone().or(old.user_pool_tags),
            ..recast(input)
        });
    };
    pools.change_pool(&caller.scope, &id, change).await?;
    Ok(UpdateUserPoolResponse::default())
}

pub(crate) async fn delete(pools: UserPools, caller: Caller, input: DeleteUserPoolRequest) -> Result<Empty, Fault> {
    pools.delete_pool(&caller.scope, &input.user_pool_id).await?;
    Ok(Empty)
}

pub(crate) async fn list(pools: UserPools, caller: Caller, input: ListUserPoolsRequest) -> Result<ListUserPoolsResponse, Fault> {
    let all = pools.pools_in(&caller.scope).await?;
    let most = usize::try_from(input.max_results).unwrap_or_default();
    let page = page(all, |pool| &pool.id, input.next_token.as_deref(), most);
    let described = page.items.into_iter().map(|pool| UserPoolDescriptionType {
        creation_date: Some(Timestamp(pool.created_ms)),
        id: Some(pool.id),
        lambda_config: Some(pool.settings.lambda_config.unwrap_or_default()),
        last_modified_date: Some(Timestamp(pool.modified_ms)),
        name: Some(pool.settings.pool_name),
        status: None,
    });
    Ok(ListUserPoolsResponse { user_pools: Some(described.collect()), next_token: page.next })
}

pub(crate) async fn get_mfa(
    pools: UserPools,
    caller: Caller,
    input: GetUserPoolMfaConfigRequest,
) -> Result<GetUserPoolMfaConfigResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    let mode = pool.settings.mfa_configuration.unwrap_or(UserPoolMfaType::Off);
    Ok(GetUserPoolMfaConfigResponse { mfa_configuration: Some(mode), ..recast(pool.mfa) })
}

pub(crate) async fn set_mfa(
    pools: UserPools,
    caller: Caller,
    input: SetUserPoolMfaConfigRequest,
) -> Result<SetUserPoolMfaConfigResponse, Fault> {
    let (id, kept) = (input.user_pool_id.clone(), input.clone());
    let mode = input.mfa_configuration.unwrap_or(UserPoolMfaType::Off);
    let change = move |pool: &mut PoolRecord| {
        pool.settings.mfa_configuration = Some(mode);
        pool.mfa = kept;
    };
    pools.change_pool(&caller.scope, &id, change).await?;
    Ok(SetUserPoolMfaConfigResponse { mfa_configuration: Some(mode), ..recast(input) })
}
