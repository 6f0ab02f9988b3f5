//! The operations, each a function of the handle, the caller and the input.

use super::IdentityPools;
use super::error::Refused;
use super::pool::PoolRecord;
use crate::api::cognito_identity::{
    CreateIdentityPoolInput, DeleteIdentityPoolInput, DescribeIdentityInput, DescribeIdentityPoolInput,
    GetCredentialsForIdentityInput, GetCredentialsForIdentityResponse, GetIdInput, GetIdResponse, GetIdentityPoolRolesInput,
    GetIdentityPoolRolesResponse, GetOpenIdTokenInput, GetOpenIdTokenResponse, IdentityDescription, IdentityPool,
    IdentityPoolShortDescription, ListIdentityPoolsInput, ListIdentityPoolsResponse, ListTagsForResourceInput,
    ListTagsForResourceResponse, SERVICE, SetIdentityPoolRolesInput, TagResourceInput, TagResourceResponse, UntagResourceInput,
    UntagResourceResponse, op,
};
use crate::api::stored::recast;
use crate::api::{Caller, Empty, Fault, Routes, ServiceTable, Timestamp};
use crate::services::cognito::page::page;
use crate::services::cognito::{MOST_TAGS, tags_fit};
use uuid::Uuid;

/// The operations for the gateway.
pub fn routes(identity_pools: IdentityPools) -> ServiceTable {
    Routes::new(&SERVICE, identity_pools)
        .on(op::CreateIdentityPool, create)
        .on(op::DescribeIdentityPool, describe)
        .on(op::UpdateIdentityPool, update)
        .on(op::DeleteIdentityPool, delete)
        .on(op::ListIdentityPools, list)
        .on(op::SetIdentityPoolRoles, set_roles)
        .on(op::GetIdentityPoolRoles, get_roles)
        .on(op::GetId, get_id)
        .on(op::GetCredentialsForIdentity, get_credentials)
        .on(op::GetOpenIdToken, get_open_id_token)
        .on(op::DescribeIdentity, describe_identity)
        .on(op::TagResource, tag)
        .on(op::UntagResource, untag)
        .on(op::ListTagsForResource, list_tags)
        .finish()
}

async fn create(pools: IdentityPools, caller: Caller, input: CreateIdentityPoolInput) -> Result<IdentityPool, Fault> {
    let id = format!("{}:{}", caller.scope.region(), Uuid::new_v4());
    let settings = IdentityPool { identity_pool_id: id.clone(), ..recast(input) };
    let roles = SetIdentityPoolRolesInput { identity_pool_id: id, ..SetIdentityPoolRolesInput::default() };
    let pool = PoolRecord { account: caller.scope.account().to_owned(), settings: settings.clone(), roles };
    pools.keep_pool(pool).await?;
    Ok(settings)
}

async fn describe(pools: IdentityPools, caller: Caller, input: DescribeIdentityPoolInput) -> Result<IdentityPool, Fault> {
    Ok(pools.pool_in(&caller.scope, &input.identity_pool_id).await?.settings)
}

async fn update(pools: IdentityPools, caller: Caller, input: IdentityPool) -> Result<IdentityPool, Fault> {
    let id = input.identity_pool_id.clone();
    let change = move |pool: &mut PoolRecord| {
        let tags = input.identity_pool_tags.clone().or(pool.settings.identity_pool_tags.take());
        pool.settings = IdentityPool { identity_pool_tags: tags, ..input };
        pool.settings.clone()
    };
    Ok(pools.change_pool(&caller.scope, &id, change).await?)
}

async fn delete(pools: IdentityPools, caller: Caller, input: DeleteIdentityPoolInput) -> Result<Empty, Fault> {
    pools.delete_pool(&caller.scope, &input.identity_pool_id).await?;
    Ok(Empty)
}

async fn list(pools: IdentityPools, caller: Caller, input: ListIdentityPoolsInput) -> Result<ListIdentityPoolsResponse, Fault> {
    let mut all = pools.pools_of_region(caller.scope.region()).await?;
    all.retain(|pool| pool.account == caller.scope.account());
    let most = usize::try_from(input.max_results).unwrap_or_default();
    let page = page(all, PoolRecord::id, input.next_token.as_deref(), most);
    let described = page.items.into_iter().map(|pool| IdentityPoolShortDescription {
        identity_pool_id: Some(pool.settings.identity_pool_id),
        identity_pool_name: Some(pool.settings.identity_pool_name),
    });
    Ok(ListIdentityPoolsResponse { identity_pools: Some(described.collect()), next_token: page.next })
}

async fn set_roles(pools: IdentityPools, caller: Caller, input: SetIdentityPoolRolesInput) -> Result<Empty, Fault> {
    let id = input.identity_pool_id.clone();
    pools.change_pool(&caller.scope, &id, move |pool| pool.roles = input).await?;
    Ok(Empty)
}

async fn get_roles(
    pools: IdentityPools,
    caller: Caller,
    input: GetIdentityPoolRolesInput,
) -> Result<GetIdentityPoolRolesResponse, Fault> {
    let roles = pools.pool_in(&caller.scope, &input.identity_pool_id).await?.roles;
    Ok(GetIdentityPoolRolesResponse {
        identity_pool_id: Some(roles.identity_pool_id),
        role_mappings: roles.role_mappings,
        roles: Some(roles.roles),
    })
}

async fn get_id(pools: IdentityPools, _: Caller, input: GetIdInput) -> Result<GetIdResponse, Fault> {
    let pool = pools.pool(&input.identity_pool_id).await?;
    let logins = pools.verified(&pool, &input.logins.unwrap_or_default()).await?;
    Ok(GetIdResponse { identity_id: Some(pools.identify(&pool, &logins).await?) })
}

async fn get_credentials(
    pools: IdentityPools,
    _: Caller,
    input: GetCredentialsForIdentityInput,
) -> Result<GetCredentialsForIdentityResponse, Fault> {
    if input.custom_role_arn.is_some() {
        // It chooses among the roles that a token names, and none does.
        return Err(Refused::InvalidParameter("Please provide a valid role as input.".into()).into());
    }
    let (pool, identity, logins) = pools.proved(&input.identity_id, &input.logins.unwrap_or_default()).await?;
    let credentials = pools.credentials(&pool, &logins).await?;
    Ok(GetCredentialsForIdentityResponse { credentials: Some(credentials), identity_id: Some(identity.id) })
}

async fn get_open_id_token(pools: IdentityPools, _: Caller, input: GetOpenIdTokenInput) -> Result<GetOpenIdTokenResponse, Fault> {
    let (pool, identity, logins) = pools.proved(&input.identity_id, &input.logins.unwrap_or_default()).await?;
    let token = pools.open_id_token(&pool, &identity, &logins).await?;
    Ok(GetOpenIdTokenResponse { identity_id: Some(identity.id), token: Some(token) })
}

async fn describe_identity(
    pools: IdentityPools,
    caller: Caller,
    input: DescribeIdentityInput,
) -> Result<IdentityDescription, Fault> {
    let missing = || Refused::NoIdentity(input.identity_id.clone());
    let identity = pools.identity(&input.identity_id).await?.ok_or_else(missing)?;
    pools.pool_in(&caller.scope, &identity.pool).await.map_err(|_| missing())?;
    Ok(IdentityDescription {
        creation_date: Some(Timestamp(identity.created_ms)),
        identity_id: Some(identity.id),
        last_modified_date: Some(Timestamp(identity.modified_ms)),
        logins: Some(identity.logins.into_keys().collect()),
    })
}

/// The pool's id in `arn:aws:cognito-identity:REGION:ACCOUNT:identitypool/ID`.
fn pool_id(arn: &str) -> Result<String, Refused> {
    let id = arn.split_once(":identitypool/").map(|(_, id)| id.to_owned());
    id.ok_or_else(|| Refused::InvalidParameter(format!("Invalid resource ARN: {arn}").into()))
}

async fn tag(pools: IdentityPools, caller: Caller, input: TagResourceInput) -> Result<TagResourceResponse, Fault> {
    let id = pool_id(&input.resource_arn)?;
    let had = pools.pool_in(&caller.scope, &id).await?.settings.identity_pool_tags;
    if !tags_fit(had.as_ref(), &input.tags) {
        let text = format!("An identity pool can have at most {MOST_TAGS} tags.");
        return Err(Refused::InvalidParameter(text.into()).into());
    }
    let change = move |pool: &mut PoolRecord| pool.settings.identity_pool_tags.get_or_insert_default().extend(input.tags);
    pools.change_pool(&caller.scope, &id, change).await?;
    Ok(TagResourceResponse::default())
}

async fn untag(pools: IdentityPools, caller: Caller, input: UntagResourceInput) -> Result<UntagResourceResponse, Fault> {
    let id = pool_id(&input.resource_arn)?;
    let change = move |pool: &mut PoolRecord| {
        pool.settings.identity_pool_tags.get_or_insert_default().retain(|name, _| !input.tag_keys.contains(name));
    };
    pools.change_pool(&caller.scope, &id, change).await?;
    Ok(UntagResourceResponse::default())
}

async fn list_tags(
    pools: IdentityPools,
    caller: Caller,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &pool_id(&input.resource_arn)?).await?;
    Ok(ListTagsForResourceResponse { tags: Some(pool.settings.identity_pool_tags.unwrap_or_default()) })
}
