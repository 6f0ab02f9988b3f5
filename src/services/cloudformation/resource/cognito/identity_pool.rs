//! AWS::Cognito::IdentityPool.

use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use super::{LONGEST_NAME, PAGE};
use crate::api::cognito_identity::{
    CreateIdentityPoolInput, DeleteIdentityPoolInput, IdentityPool as Pool, ListIdentityPoolsInput, op,
};
use async_trait::async_trait;

/// The type.
pub(in super::super) static IDENTITY_POOL: ResourceType = ResourceType {
    name: "AWS::Cognito::IdentityPool",
    properties: &[
        Property::changeable("AllowClassicFlow"),
        Property::changeable("AllowUnauthenticatedIdentities").required(),
        Property::changeable("CognitoEvents").kept(),
        Property::changeable("CognitoIdentityProviders"),
        Property::changeable("CognitoStreams").kept(),
        Property::changeable("DeveloperProviderName"),
        Property::changeable("IdentityPoolName"),
        Property::changeable(TAGS),
        Property::changeable("OpenIdConnectProviderARNs"),
        Property::changeable("PushSync").kept(),
        Property::changeable("SamlProviderARNs"),
        Property::changeable("SupportedLoginProviders"),
    ],
    attributes: &["Id", "Name"],
    handler: &IdentityPool,
};

/// A list here, a map in the API.
const TAGS: &str = "IdentityPoolTags";

struct IdentityPool;

#[async_trait]
impl Handler for IdentityPool {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let pool = calls.run(op::CreateIdentityPool, input(calls, desired)?).await?;
        calls.initiated(&pool.identity_pool_id).await;
        Ok(made(pool.identity_pool_id, pool.identity_pool_name))
    }

    /// Pools may have the same name.
    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        named(calls, &calls.name(desired, "IdentityPoolName", LONGEST_NAME)).await
    }

    async fn update(&self, calls: &Calls, id: &str, _: &Properties, desired: &Properties) -> Result<Made, Failure> {
        let given = input(calls, desired)?;
        let pool = Pool {
            identity_pool_id: id.to_owned(),
            identity_pool_name: given.identity_pool_name,
            allow_classic_flow: given.allow_classic_flow,
            allow_unauthenticated_identities: given.allow_unauthenticated_identities,
            cognito_identity_providers: given.cognito_identity_providers,
            developer_provider_name: given.developer_provider_name,
            identity_pool_tags: given.identity_pool_tags,
            open_id_connect_provider_arns: given.open_id_connect_provider_arns,
            saml_provider_arns: given.saml_provider_arns,
            supported_login_providers: given.supported_login_providers,
        };
        let pool = calls.run(op::UpdateIdentityPool, pool).await?;
        Ok(made(pool.identity_pool_id, pool.identity_pool_name))
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        let input = DeleteIdentityPoolInput { identity_pool_id: id.to_owned() };
        calls.run(op::DeleteIdentityPool, input).await.map(drop)
    }
}

/// The ids of the pools called `name`.
pub(super) async fn named(calls: &Calls, name: &str) -> Result<Vec<String>, Failure> {
    let (mut found, mut next_token) = (Vec::new(), None);
    loop {
        let page = calls.run(op::ListIdentityPools, ListIdentityPoolsInput { max_results: PAGE, next_token }).await?;
        let pools = page.identity_pools.into_iter().flatten().filter(|pool| pool.identity_pool_name.as_deref() == Some(name));
        found.extend(pools.filter_map(|pool| pool.identity_pool_id));
        next_token = page.next_token;
        if next_token.is_none() {
            return Ok(found);
        }
    }
}

fn made(id: String, name: String) -> Made {
    Made::new(&id).with("Id", id).with("Name", name)
}

fn input(calls: &Calls, desired: &Properties) -> Result<CreateIdentityPoolInput, Failure> {
    let mut without_tags = desired.clone();
    let own = without_tags.0.remove(TAGS);
    let mut input: CreateIdentityPoolInput = without_tags.input(op::CreateIdentityPool)?;
    input.identity_pool_name = calls.name(desired, "IdentityPoolName", LONGEST_NAME);
    let tags = calls.tags(&Properties(own.map(|tags| ("Tags".to_owned(), tags)).into_iter().collect()))?;
    // None at all are told as well: an update takes those away that are not named.
    input.identity_pool_tags = Some(tags);
    Ok(input)
}
