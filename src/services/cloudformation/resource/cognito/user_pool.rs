//! AWS::Cognito::UserPool.

use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use super::{LONGEST_NAME, PAGE};
use crate::api::cognito_idp::{
    DeleteUserPoolRequest, DescribeUserPoolRequest, ListUserPoolsRequest, UpdateUserPoolRequest, UserPoolType, op,
};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// The type.
pub(in super::super) static USER_POOL: ResourceType = ResourceType {
    name: "AWS::Cognito::UserPool",
    properties: &[
        Property::changeable("AccountRecoverySetting"),
        Property::changeable("AdminCreateUserConfig"),
        Property::fixed("AliasAttributes"),
        Property::changeable("AutoVerifiedAttributes"),
        Property::changeable("DeletionProtection"),
        Property::changeable("DeviceConfiguration"),
        Property::changeable("EmailAuthenticationMessage").kept(),
        Property::changeable("EmailAuthenticationSubject").kept(),
        Property::changeable("EmailConfiguration"),
        Property::changeable("EmailVerificationMessage"),
        Property::changeable("EmailVerificationSubject"),
        Property::changeable("EnabledMfas").kept(),
        Property::changeable("LambdaConfig"),
        Property::changeable("MfaConfiguration"),
        Property::changeable("Policies"),
        Property::changeable("Schema"),
        Property::changeable("SmsAuthenticationMessage"),
        Property::changeable("SmsConfiguration"),
        Property::changeable("SmsVerificationMessage"),
        Property::changeable("UserAttributeUpdateSettings"),
        Property::changeable("UserPoolAddOns"),
        Property::changeable("UserPoolName"),
        Property::changeable("UserPoolTags"),
        Property::changeable("UserPoolTier"),
        Property::fixed("UsernameAttributes"),
        Property::fixed("UsernameConfiguration"),
        Property::changeable("VerificationMessageTemplate"),
        Property::changeable("WebAuthnFactorConfiguration").kept(),
        Property::changeable("WebAuthnRelyingPartyID").kept(),
        Property::changeable("WebAuthnUserVerification").kept(),
    ],
    attributes: &["Arn", "ProviderName", "ProviderURL", "UserPoolId"],
    handler: &UserPool,
};

struct UserPool;

#[async_trait]
impl Handler for UserPool {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let mut input = desired.input(op::CreateUserPool)?;
        input.pool_name = calls.name(desired, "UserPoolName", LONGEST_NAME);
        input.user_pool_tags = tags(calls, input.user_pool_tags);
        let pool = calls.run(op::CreateUserPool, input).await?.user_pool.unwrap_or_default();
        let id = pool.id.clone().unwrap_or_default();
        calls.initiated(&id).await;
        Ok(made(calls, &id, &pool))
    }

    /// Pools may have the same name.
    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        named(calls, &calls.name(desired, "UserPoolName", LONGEST_NAME)).await
    }

    async fn update(&self, calls: &Calls, id: &str, _: &Properties, desired: &Properties) -> Result<Made, Failure> {
        let mut input: UpdateUserPoolRequest = desired.input(op::UpdateUserPool)?;
        input.user_pool_id = id.to_owned();
        input.pool_name = desired.text("UserPoolName");
        input.user_pool_tags = tags(calls, input.user_pool_tags);
        calls.run(op::UpdateUserPool, input).await?;
        let pool = calls.run(op::DescribeUserPool, DescribeUserPoolRequest { user_pool_id: id.to_owned() }).await?.user_pool;
        Ok(made(calls, id, &pool.unwrap_or_default()))
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        calls.run(op::DeleteUserPool, DeleteUserPoolRequest { user_pool_id: id.to_owned() }).await.map(drop)
    }
}

/// The ids of the pools called `name`.
pub(super) async fn named(calls: &Calls, name: &str) -> Result<Vec<String>, Failure> {
    let (mut found, mut next_token) = (Vec::new(), None);
    loop {
        let input = ListUserPoolsRequest { max_results: PAGE, next_token };
        let page = calls.run(op::ListUserPools, input).await?;
        let pools = page.user_pools.into_iter().flatten().filter(|pool| pool.name.as_deref() == Some(name));
        found.extend(pools.filter_map(|pool| pool.id));
        next_token = page.next_token;
        if next_token.is_none() {
            return Ok(found);
        }
    }
}

/// The stack's tags and, over them, the pool's.
fn tags(calls: &Calls, own: Option<BTreeMap<String, String>>) -> Option<BTreeMap<String, String>> {
    let mut tags = calls.at().tags.clone();
    tags.extend(own.unwrap_or_default());
    // None at all are told as well: an update takes those away that are not named.
    Some(tags)
}

fn made(calls: &Calls, id: &str, pool: &UserPoolType) -> Made {
    let arn = pool.arn.clone().unwrap_or_else(|| calls.arn("cognito-idp", format!("userpool/{id}")));
    let provider = provider_name(calls, id);
    Made::new(id)
        .with("Arn", arn)
        .with("ProviderURL", format!("https://{provider}"))
        .with("ProviderName", provider)
        .with("UserPoolId", id)
}

/// What identity pools know a user pool by.
pub(super) fn provider_name(calls: &Calls, id: &str) -> String {
    format!("cognito-idp.{}.amazonaws.com/{id}", calls.at().caller.scope.region())
}
