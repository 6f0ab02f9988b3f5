//! App clients.

use crate::api::cognito_idp::{
    CreateUserPoolClientRequest, CreateUserPoolClientResponse, DeleteUserPoolClientRequest, DescribeUserPoolClientRequest,
    DescribeUserPoolClientResponse, ExplicitAuthFlowsType, ListUserPoolClientsRequest, ListUserPoolClientsResponse,
    UpdateUserPoolClientRequest, UpdateUserPoolClientResponse, UserPoolClientDescription, UserPoolClientType,
};
use crate::api::stored::recast;
use crate::api::{Caller, Empty, Fault, Timestamp};
use crate::services::cognito::page::page;
use crate::services::cognito::random_id;
use crate::services::cognito::user_pools::UserPools;
use crate::services::cognito::user_pools::client::{ClientRecord, REFRESH_DAYS};
use crate::services::cognito::user_pools::error::Refused;

/// Letters of a client's id.
const ID_LETTERS: usize = 26;

/// Letters of a client's secret.
const SECRET_LETTERS: usize = 52;

/// Clients of a page where the caller does not say.
const DEFAULT_PAGE: usize = 60;

/// A client as answers show it.
fn shown(client: ClientRecord) -> UserPoolClientType {
    UserPoolClientType {
        client_id: Some(client.id),
        client_secret: client.secret,
        user_pool_id: Some(client.pool),
        creation_date: Some(Timestamp(client.created_ms)),
        last_modified_date: Some(Timestamp(client.modified_ms)),
        ..recast(client.settings)
    }
}

/// Settings with the defaults that AWS shows in place of what was left out.
fn with_defaults(given: CreateUserPoolClientRequest) -> CreateUserPoolClientRequest {
    CreateUserPoolClientRequest {
        refresh_token_validity: given.refresh_token_validity.filter(|days| *days > 0).or(Some(REFRESH_DAYS)),
        allowed_o_auth_flows_user_pool_client: given.allowed_o_auth_flows_user_pool_client.or(Some(false)),
        enable_token_revocation: given.enable_token_revocation.or(Some(true)),
        enable_propagate_additional_user_context_data: given.enable_propagate_additional_user_context_data.or(Some(false)),
        auth_session_validity: given.auth_session_validity.or(Some(3)),
        ..given
    }
}

/// The names of flows are either those of old or those of today.
fn check_flows(flows: Option<&Vec<ExplicitAuthFlowsType>>) -> Result<(), Refused> {
    let flows = flows.map(Vec::as_slice).unwrap_or_default();
    let today = flows.iter().filter(|flow| flow.as_str().starts_with("ALLOW_")).count();
    if today != 0 && today != flows.len() {
        return Err(Refused::invalid(
            "ExplicitAuthFlows can not contain both values with the ALLOW_ prefix and values without it.",
        ));
    }
    Ok(())
}

pub(crate) async fn create(
    pools: UserPools,
    caller: Caller,
    input: CreateUserPoolClientRequest,
) -> Result<CreateUserPoolClientResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    check_flows(input.explicit_auth_flows.as_ref())?;
    let now_ms = pools.clock().now_ms();
    let given = input.client_secret.clone();
    let made = if input.generate_secret == Some(true) { Some(random_id(SECRET_LETTERS).map_err(Refused::from)?) } else { None };
    let client = ClientRecord {
        id: random_id(ID_LETTERS).map_err(Refused::from)?,
        pool: pool.id,
        secret: given.or(made),
        created_ms: now_ms,
        modified_ms: now_ms,
        settings: with_defaults(CreateUserPoolClientRequest { client_secret: None, ..input }),
    };
    pools.keep_client(client.clone()).await?;
    Ok(CreateUserPoolClientResponse { user_pool_client: Some(shown(client)) })
}

pub(crate) async fn describe(
    pools: UserPools,
    caller: Caller,
    input: DescribeUserPoolClientRequest,
) -> Result<DescribeUserPoolClientResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    let client = pools.client_of(&pool.id, &input.client_id).await?;
    Ok(DescribeUserPoolClientResponse { user_pool_client: Some(shown(client)) })
}

/// What is not given gets its default again, but for the name.
pub(crate) async fn update(
    pools: UserPools,
    caller: Caller,
    input: UpdateUserPoolClientRequest,
) -> Result<UpdateUserPoolClientResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    check_flows(input.explicit_auth_flows.as_ref())?;
    let mut client = pools.client_of(&pool.id, &input.client_id).await?;
    let name = input.client_name.clone().unwrap_or_else(|| client.settings.client_name.clone());
    client.settings = with_defaults(CreateUserPoolClientRequest { client_name: name, ..recast(input) });
    client.modified_ms = pools.clock().now_ms();
    pools.keep_client(client.clone()).await?;
    Ok(UpdateUserPoolClientResponse { user_pool_client: Some(shown(client)) })
}

pub(crate) async fn delete(pools: UserPools, caller: Caller, input: DeleteUserPoolClientRequest) -> Result<Empty, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    pools.delete_client(&pool.id, &input.client_id).await?;
    Ok(Empty)
}

pub(crate) async fn list(
    pools: UserPools,
    caller: Caller,
    input: ListUserPoolClientsRequest,
) -> Result<ListUserPoolClientsResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &input.user_pool_id).await?;
    let most = input.max_results.and_then(|most| usize::try_from(most).ok()).unwrap_or(DEFAULT_PAGE);
    let page = page(pools.clients_of(&pool.id).await?, |client| &client.id, input.next_token.as_deref(), most);
    let described = page.items.into_iter().map(|client| UserPoolClientDescription {
        client_id: Some(client.id),
        client_name: Some(client.settings.client_name),
        user_pool_id: Some(client.pool),
    });
    Ok(ListUserPoolClientsResponse { user_pool_clients: Some(described.collect()), next_token: page.next })
}
