//! AWS::Cognito::UserPoolClient.

use super::super::calls::unless_missing;
use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use super::{LONGEST_NAME, PAGE};
use crate::api::cognito_idp::{
    DeleteUserPoolClientRequest, ListUserPoolClientsRequest, UpdateUserPoolClientRequest, UserPoolClientType, op,
};
use async_trait::async_trait;

/// The type.
pub(in super::super) static USER_POOL_CLIENT: ResourceType = ResourceType {
    name: "AWS::Cognito::UserPoolClient",
    properties: &[
        Property::changeable("AccessTokenValidity"),
        Property::changeable("AllowedOAuthFlows"),
        Property::changeable("AllowedOAuthFlowsUserPoolClient"),
        Property::changeable("AllowedOAuthScopes"),
        Property::changeable("AnalyticsConfiguration"),
        Property::changeable("AuthSessionValidity"),
        Property::changeable("CallbackURLs"),
        Property::changeable("ClientName"),
        Property::changeable("DefaultRedirectURI"),
        Property::changeable("EnablePropagateAdditionalUserContextData"),
        Property::changeable("EnableTokenRevocation"),
        Property::changeable("ExplicitAuthFlows"),
        Property::fixed("GenerateSecret"),
        Property::changeable("IdTokenValidity"),
        Property::changeable("LogoutURLs"),
        Property::changeable("PreventUserExistenceErrors"),
        Property::changeable("ReadAttributes"),
        Property::changeable("RefreshTokenRotation"),
        Property::changeable("RefreshTokenValidity"),
        Property::changeable("SupportedIdentityProviders"),
        Property::changeable("TokenValidityUnits"),
        Property::fixed("UserPoolId").required(),
        Property::changeable("WriteAttributes"),
    ],
    attributes: &["ClientId", "ClientSecret", "Name"],
    handler: &UserPoolClient,
};

struct UserPoolClient;

#[async_trait]
impl Handler for UserPoolClient {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let mut input = desired.input(op::CreateUserPoolClient)?;
        input.client_name = calls.name(desired, "ClientName", LONGEST_NAME);
        let client = calls.run(op::CreateUserPoolClient, input).await?.user_pool_client.unwrap_or_default();
        calls.initiated(client.client_id.as_deref().unwrap_or_default()).await;
        Ok(made(client))
    }

    /// Clients may have the same name.
    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let (name, pool) = (calls.name(desired, "ClientName", LONGEST_NAME), desired.text("UserPoolId").unwrap_or_default());
        let (mut found, mut next_token) = (Vec::new(), None);
        loop {
            let input = ListUserPoolClientsRequest { user_pool_id: pool.clone(), max_results: Some(PAGE), next_token };
            let Some(page) = unless_missing(calls.run(op::ListUserPoolClients, input).await)? else { return Ok(found) };
            let clients = page.user_pool_clients.into_iter().flatten();
            found.extend(
                clients.filter(|client| client.client_name.as_deref() == Some(&name)).filter_map(|client| client.client_id),
            );
            next_token = page.next_token;
            if next_token.is_none() {
                return Ok(found);
            }
        }
    }

    async fn update(&self, calls: &Calls, id: &str, _: &Properties, desired: &Properties) -> Result<Made, Failure> {
        let mut input: UpdateUserPoolClientRequest = desired.input(op::UpdateUserPoolClient)?;
        input.client_id = id.to_owned();
        Ok(made(calls.run(op::UpdateUserPoolClient, input).await?.user_pool_client.unwrap_or_default()))
    }

    async fn delete(&self, calls: &Calls, id: &str, properties: &Properties) -> Result<(), Failure> {
        let user_pool_id = properties.text("UserPoolId").unwrap_or_default();
        let input = DeleteUserPoolClientRequest { user_pool_id, client_id: id.to_owned() };
        calls.run(op::DeleteUserPoolClient, input).await.map(drop)
    }
}

fn made(client: UserPoolClientType) -> Made {
    let id = client.client_id.unwrap_or_default();
    let made = Made::new(&id).with("ClientId", id).with("Name", client.client_name.unwrap_or_default());
    match client.client_secret {
        Some(secret) => made.with("ClientSecret", secret),
        None => made,
    }
}
