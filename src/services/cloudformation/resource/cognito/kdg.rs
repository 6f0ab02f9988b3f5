//! Custom::DataGenCognitoSetupLambdaFunc of the Kinesis Data Generator's template: what its function does, done natively
//! (spec/workshop.md 2.1 and 3.2). Unlike the function, it deletes the pools with the stack.

use super::super::calls::unless_missing;
use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use super::identity_pool;
use super::user_pool::{self, provider_name};
use crate::api::cognito_identity::{
    self as identity, CognitoIdentityProvider, CreateIdentityPoolInput, DeleteIdentityPoolInput, DescribeIdentityPoolInput,
    SetIdentityPoolRolesInput,
};
use crate::api::cognito_idp::{
    self as idp, AdminConfirmSignUpRequest, AdminSetUserPasswordRequest, CreateUserPoolClientRequest, CreateUserPoolRequest,
    DeleteUserPoolRequest, PasswordPolicyType, SignUpRequest, UserPoolPolicyType,
};
use crate::api::iam::{self, UpdateAssumeRolePolicyRequest};
use async_trait::async_trait;
use serde_json::json;
use std::collections::BTreeMap;

/// The type.
pub(in super::super) static KDG_SETUP: ResourceType = ResourceType {
    name: "Custom::DataGenCognitoSetupLambdaFunc",
    properties: &[
        Property::changeable("AuthRoleArn").required(),
        Property::changeable("AuthRoleName").required(),
        Property::changeable("Partition").kept(),
        Property::changeable("Password").required(),
        Property::fixed("Region"),
        Property::changeable("ServiceToken").required().kept(),
        Property::changeable("UnauthRoleArn").required(),
        Property::changeable("UnauthRoleName").required(),
        Property::fixed("Username").required(),
    ],
    attributes: &["LocalUrl", "Querystring"],
    handler: &Setup,
};

/// Letters of the shortest password (spec/workshop.md 2.1).
const SHORTEST_PASSWORD: i32 = 6;

/// The names of the pools, always the same (spec/workshop.md 2.1).
const USER_POOL: &str = "Kinesis Data-Generator Users";
const IDENTITY_POOL: &str = "KinesisDataGeneratorUsers";

struct Setup;

/// What the set-up made, as the page is told it in its query string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Ids {
    user_pool: String,
    identity_pool: Option<String>,
    client: Option<String>,
    region: String,
}

impl Ids {
    /// The page's parameters, which are also the physical id: from it everything is found again.
    fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("upid", &self.user_pool);
        for (name, value) in [("ipid", &self.identity_pool), ("cid", &self.client)] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        // A region's identity pool ids have a colon, which the page reads either way; AWS's function leaves it as it is.
        query.append_pair("r", &self.region).finish().replace("%3A", ":")
    }

    fn parse(query: &str) -> Self {
        let mut ids = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "upid" => ids.user_pool = value.into_owned(),
                "ipid" => ids.identity_pool = Some(value.into_owned()),
                "cid" => ids.client = Some(value.into_owned()),
                "r" => ids.region = value.into_owned(),
                _ => {}
            }
        }
        ids
    }
}

#[async_trait]
impl Handler for Setup {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let region = region(calls, desired);
        let mut ids = Ids { user_pool: create_user_pool(calls).await?, region, ..Ids::default() };
        calls.initiated(&ids.query()).await;
        let client = create_client(calls, &ids.user_pool).await?;
        sign_up(calls, &ids.user_pool, &client, desired).await?;
        let identity_pool = create_identity_pool(calls, &ids.user_pool, &client).await?;
        ids = Ids { identity_pool: Some(identity_pool.clone()), client: Some(client), ..ids };
        calls.initiated(&ids.query()).await;
        set_roles(calls, &identity_pool, desired).await?;
        Ok(made(calls, &ids))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let region = region(calls, desired);
        let of_pool = |user_pool| Ids { user_pool, region: region.clone(), ..Ids::default() }.query();
        Ok(user_pool::named(calls, USER_POOL).await?.into_iter().map(of_pool).collect())
    }

    async fn update(&self, calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<Made, Failure> {
        let ids = Ids::parse(id);
        if desired.differs(previous, "Password") {
            let input = AdminSetUserPasswordRequest {
                user_pool_id: ids.user_pool.clone(),
                username: desired.text("Username").unwrap_or_default(),
                password: desired.text("Password").unwrap_or_default(),
                permanent: Some(true),
            };
            calls.run(idp::op::AdminSetUserPassword, input).await?;
        }
        if let Some(identity_pool) = &ids.identity_pool {
            set_roles(calls, identity_pool, desired).await?;
        }
        Ok(made(calls, &ids))
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        let ids = Ids::parse(id);
        let identity_pools = match ids.identity_pool {
            Some(id) => vec![id],
            // The process may have been killed before it was noted.
            None => identity_pools_of(calls, &ids.user_pool).await?,
        };
        for identity_pool_id in identity_pools {
            let input = DeleteIdentityPoolInput { identity_pool_id };
            unless_missing(calls.run(identity::op::DeleteIdentityPool, input).await)?;
        }
        let input = DeleteUserPoolRequest { user_pool_id: ids.user_pool };
        unless_missing(calls.run(idp::op::DeleteUserPool, input).await).map(drop)
    }
}

fn region(calls: &Calls, desired: &Properties) -> String {
    desired.text("Region").unwrap_or_else(|| calls.at().caller.scope.region().to_owned())
}

/// The generator's identity pools whose users are those of the user pool.
async fn identity_pools_of(calls: &Calls, user_pool: &str) -> Result<Vec<String>, Failure> {
    let (mut found, provider) = (Vec::new(), Some(provider_name(calls, user_pool)));
    for identity_pool_id in identity_pool::named(calls, IDENTITY_POOL).await? {
        let input = DescribeIdentityPoolInput { identity_pool_id: identity_pool_id.clone() };
        let pool = unless_missing(calls.run(identity::op::DescribeIdentityPool, input).await)?;
        let mut providers = pool.and_then(|pool| pool.cognito_identity_providers).into_iter().flatten();
        if providers.any(|of| of.provider_name == provider) {
            found.push(identity_pool_id);
        }
    }
    Ok(found)
}

fn made(calls: &Calls, ids: &Ids) -> Made {
    let query = ids.query();
    let local = format!("{}/kdg/producer.html?{query}", calls.at().caller.endpoint);
    Made::new(&query).with("LocalUrl", local).with("Querystring", query)
}

async fn create_user_pool(calls: &Calls) -> Result<String, Failure> {
    let policy = PasswordPolicyType {
        minimum_length: Some(SHORTEST_PASSWORD),
        require_numbers: Some(true),
        require_lowercase: Some(false),
        require_uppercase: Some(false),
        require_symbols: Some(false),
        ..Default::default()
    };
    let input = CreateUserPoolRequest {
        pool_name: USER_POOL.into(),
        policies: Some(UserPoolPolicyType { password_policy: Some(policy), ..Default::default() }),
        ..Default::default()
    };
    let pool = calls.run(idp::op::CreateUserPool, input).await?.user_pool;
    Ok(pool.and_then(|pool| pool.id).unwrap_or_default())
}

async fn create_client(calls: &Calls, user_pool: &str) -> Result<String, Failure> {
    let input = CreateUserPoolClientRequest {
        user_pool_id: user_pool.to_owned(),
        client_name: "KinesisDataGenerator".into(),
        generate_secret: Some(false),
        ..Default::default()
    };
    let client = calls.run(idp::op::CreateUserPoolClient, input).await?.user_pool_client;
    Ok(client.and_then(|client| client.client_id).unwrap_or_default())
}

/// The user, confirmed at once: the page has no way to enter a new password.
async fn sign_up(calls: &Calls, user_pool: &str, client: &str, desired: &Properties) -> Result<(), Failure> {
    let username = desired.text("Username").unwrap_or_default();
    let input = SignUpRequest {
        client_id: client.to_owned(),
        username: username.clone(),
        password: desired.text("Password"),
        ..Default::default()
    };
    calls.run(idp::op::SignUp, input).await?;
    let input = AdminConfirmSignUpRequest { user_pool_id: user_pool.to_owned(), username, ..Default::default() };
    calls.run(idp::op::AdminConfirmSignUp, input).await.map(drop)
}

async fn create_identity_pool(calls: &Calls, user_pool: &str, client: &str) -> Result<String, Failure> {
    let provider = CognitoIdentityProvider {
        client_id: Some(client.to_owned()),
        provider_name: Some(provider_name(calls, user_pool)),
        server_side_token_check: Some(false),
    };
    let input = CreateIdentityPoolInput {
        identity_pool_name: IDENTITY_POOL.into(),
        allow_unauthenticated_identities: false,
        cognito_identity_providers: Some(vec![provider]),
        ..Default::default()
    };
    Ok(calls.run(identity::op::CreateIdentityPool, input).await?.identity_pool_id)
}

/// Gives the identity pool its roles, and the roles their trust in it.
async fn set_roles(calls: &Calls, identity_pool: &str, desired: &Properties) -> Result<(), Failure> {
    let text = |name| desired.text(name).unwrap_or_default();
    let roles = BTreeMap::from([
        ("authenticated".to_owned(), text("AuthRoleArn")),
        ("unauthenticated".to_owned(), text("UnauthRoleArn")),
    ]);
    let input = SetIdentityPoolRolesInput { identity_pool_id: identity_pool.to_owned(), roles, role_mappings: None };
    calls.run(identity::op::SetIdentityPoolRoles, input).await?;
    for (role_name, who) in [(text("AuthRoleName"), "authenticated"), (text("UnauthRoleName"), "unauthenticated")] {
        let policy_document = trust(identity_pool, who);
        calls.run(iam::op::UpdateAssumeRolePolicy, UpdateAssumeRolePolicyRequest { role_name, policy_document }).await?;
    }
    Ok(())
}

/// Only identities of this pool may assume the role.
fn trust(identity_pool: &str, who: &str) -> String {
    let statement = json!({
        "Effect": "Allow",
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {"cognito-identity.amazonaws.com:aud": identity_pool},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": who},
        },
    });
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_string_leads_back_to_what_was_made() {
        let ids = Ids {
            user_pool: "us-west-2_Ab1".into(),
            identity_pool: Some("us-west-2:0e9b".into()),
            client: Some("c1".into()),
            region: "us-west-2".into(),
        };
        assert_eq!(ids.query(), "upid=us-west-2_Ab1&ipid=us-west-2:0e9b&cid=c1&r=us-west-2");
        assert_eq!(Ids::parse(&ids.query()), ids);
        let half = Ids { identity_pool: None, client: None, ..ids };
        assert_eq!(Ids::parse(&half.query()), half);
    }
}
