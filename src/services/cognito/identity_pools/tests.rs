//! Tests through the operations, with tokens of a user pool's logins.

use super::*;
use crate::api::cognito_identity::{
    CognitoIdentityProvider, CreateIdentityPoolInput, Credentials, DeleteIdentityPoolInput, DescribeIdentityInput,
    GetCredentialsForIdentityInput, GetCredentialsForIdentityResponse, GetIdInput, GetIdResponse, GetOpenIdTokenInput,
    GetOpenIdTokenResponse, IdentityDescription, IdentityPool, MappingRule, MappingRuleMatchType, RoleMapping, RoleMappingType,
    RulesConfigurationType, SetIdentityPoolRolesInput,
};
use crate::api::cognito_idp::CreateUserPoolClientRequest;
use crate::api::{BoxFuture, Empty, Fault, Shape, Value};
use crate::services::cognito::user_pools::tests::{Bench, NOW, caller, fault, refusal, texts};
use crate::services::iam::Iam;
use crate::services::sts::{Subject, TokenRefusal, WebIdentities};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Nobody assumes a role by a token in these tests.
struct Nobody;

impl WebIdentities for Nobody {
    fn subject(&self, _: String) -> BoxFuture<Result<Subject, TokenRefusal>> {
        Box::pin(std::future::ready(Err(TokenRefusal::Expired)))
    }
}

const ROLE: &str = "arn:aws:iam::123456789012:role/page";

struct Desk {
    bench: Bench,
    sts: Sts,
    identities: IdentityPools,
    provider: String,
    pool: String,
}

impl Desk {
    /// A user pool with the user `demo`, and an identity pool that trusts its client.
    async fn new(settings: CreateIdentityPoolInput) -> Self {
        let bench = Bench::new().await;
        bench.sign_up("demo").await;
        let iam = Iam::new(bench.store.clone(), bench.clock.clone());
        let sts = Sts::open(bench.store.clone(), bench.clock.clone(), iam, Arc::new(Nobody)).await.unwrap();
        let identities = IdentityPools::new(bench.store.clone(), bench.clock.clone(), bench.pools.clone(), sts.clone());
        let provider = format!("cognito-idp.us-west-2.amazonaws.com/{}", bench.pool);
        let mut desk = Self { bench, sts, identities, provider, pool: String::new() };
        desk.pool = desk.new_pool(settings).await;
        let roles = texts([("authenticated", ROLE), ("unauthenticated", "arn:aws:iam::123456789012:role/anyone")]);
        desk.set_roles(roles, None).await;
        desk
    }

    async fn new_pool(&self, settings: CreateIdentityPoolInput) -> String {
        let trusted = CognitoIdentityProvider {
            client_id: Some(self.bench.client.clone()),
            provider_name: Some(self.provider.clone()),
            server_side_token_check: None,
        };
        let input = CreateIdentityPoolInput {
            identity_pool_name: "KinesisDataGeneratorUsers".into(),
            cognito_identity_providers: Some(vec![trusted]),
            ..settings
        };
        let made: IdentityPool = self.call("CreateIdentityPool", input).await.unwrap();
        made.identity_pool_id
    }

    async fn set_roles(&self, roles: BTreeMap<String, String>, role_mappings: Option<BTreeMap<String, RoleMapping>>) {
        let input = SetIdentityPoolRolesInput { identity_pool_id: self.pool.clone(), roles, role_mappings };
        let _: Empty = self.call("SetIdentityPoolRoles", input).await.unwrap();
    }

    async fn call<I: Shape, O: Shape>(&self, operation: &str, input: I) -> Result<O, Fault> {
        let input = input.into_value().unwrap_or(Value::Map(Vec::new()));
        Ok(O::from_value(routes(self.identities.clone()).call(operation, caller(), input).await?))
    }

    async fn token(&self) -> String {
        self.bench.tokens().await.id_token.unwrap()
    }

    fn logins(&self, token: &str) -> Option<BTreeMap<String, String>> {
        Some(texts([(self.provider.as_str(), token)]))
    }

    async fn id(&self, logins: Option<BTreeMap<String, String>>) -> Result<String, Fault> {
        let input = GetIdInput { account_id: None, identity_pool_id: self.pool.clone(), logins };
        let found: GetIdResponse = self.call("GetId", input).await?;
        Ok(found.identity_id.unwrap())
    }

    async fn credentials(&self, id: &str, logins: Option<BTreeMap<String, String>>) -> Result<Credentials, Fault> {
        let input = GetCredentialsForIdentityInput { custom_role_arn: None, identity_id: id.into(), logins };
        let given: GetCredentialsForIdentityResponse = self.call("GetCredentialsForIdentity", input).await?;
        Ok(given.credentials.unwrap())
    }

    async fn delete_pool(&self) {
        let input = DeleteIdentityPoolInput { identity_pool_id: self.pool.clone() };
        let _: Empty = self.call("DeleteIdentityPool", input).await.unwrap();
    }

    /// How many documents of a kind there are.
    async fn stored(&self, kind: &'static str) -> usize {
        self.bench.store.list_everywhere::<serde::de::IgnoredAny>("cognito-identity", kind).await.unwrap().len()
    }

    /// Whom credentials stand for.
    fn arn(&self, credentials: &Credentials) -> String {
        self.sts.session(credentials.access_key_id.as_deref().unwrap()).unwrap().arn
    }
}

#[tokio::test]
async fn a_login_is_always_the_same_identity_and_gets_the_pools_role() {
    let desk = Desk::new(CreateIdentityPoolInput::default()).await;
    let id = desk.id(desk.logins(&desk.token().await)).await.unwrap();
    let logins = desk.logins(&desk.token().await);
    assert_eq!(desk.id(logins.clone()).await.unwrap(), id);
    let credentials = desk.credentials(&id, logins).await.unwrap();
    assert_eq!(desk.arn(&credentials), "arn:aws:sts::123456789012:assumed-role/page/CognitoIdentityCredentials");
    let seconds = (credentials.expiration.unwrap().0 - NOW) / 1000;
    assert_eq!(seconds, 86_400, "long enough for a day's run of the Kinesis Data Generator");
}

/// Spec/workshop.md 1.4: a browser sends the id that it remembers, also to a server that has lost its data.
#[tokio::test]
async fn a_remembered_identity_is_taken_as_that_of_its_login() {
    let desk = Desk::new(CreateIdentityPoolInput::default()).await;
    let stale = "us-west-2:01234567-89ab-4cde-8f01-23456789abcd";
    let logins = desk.logins(&desk.token().await);
    let refused = refusal(desk.credentials(stale, None).await);
    assert_eq!(refused, fault("ResourceNotFoundException", &format!("Identity '{stale}' not found.")));
    assert_eq!(desk.arn(&desk.credentials(stale, logins.clone()).await.unwrap()).rsplit('/').nth(1), Some("page"));
    assert_eq!(desk.id(logins).await.unwrap(), stale, "from then on it is the login's identity");
    let refused = refusal(desk.credentials(stale, None).await);
    assert_eq!(refused, fault("NotAuthorizedException", &format!("Access to Identity '{stale}' is forbidden.")));
}

#[tokio::test]
async fn another_users_identity_is_refused() {
    let desk = Desk::new(CreateIdentityPoolInput::default()).await;
    let id = desk.id(desk.logins(&desk.token().await)).await.unwrap();
    desk.bench.sign_up("other").await;
    let other = desk.bench.tokens_of("other").await.id_token.unwrap();
    let text = "Logins don't match. Please include at least one valid login for this identity or identity pool.";
    assert_eq!(refusal(desk.credentials(&id, desk.logins(&other)).await), fault("NotAuthorizedException", text));
}

#[tokio::test]
async fn only_good_tokens_of_trusted_clients_count() {
    let desk = Desk::new(CreateIdentityPoolInput::default()).await;
    let tokens = desk.bench.tokens().await;
    let (id_token, access) = (tokens.id_token.unwrap(), tokens.access_token.unwrap());
    let refused = |text: &str| fault("NotAuthorizedException", text);
    let no_token = refused("Invalid login token. Not a valid OpenId Connect identity token.");
    for token in ["x", "a.b.c", access.as_str(), &"x".repeat(50_000)] {
        assert_eq!(refusal(desk.id(desk.logins(token)).await), no_token, "{token:.20}");
    }
    let (signed, signature) = id_token.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", "A".repeat(signature.len()));
    assert_eq!(refusal(desk.id(desk.logins(&forged)).await), refused("Invalid login token. Token signature invalid."));
    let elsewhere = Some(texts([("graph.facebook.com", id_token.as_str())]));
    let text = "Token is not from a supported provider of this identity pool.";
    assert_eq!(refusal(desk.id(elsewhere).await), refused(text));
    let client = desk.bench.new_client(CreateUserPoolClientRequest::default()).await;
    let untrusted = desk.bench.tokens_through(&client, "demo").await.id_token.unwrap();
    let text = "Invalid login token. Incorrect token audience.";
    assert_eq!(refusal(desk.id(desk.logins(&untrusted)).await), refused(text));
    let text = "Unauthenticated access is not supported for this identity pool.";
    assert_eq!(refusal(desk.id(None).await), refused(text));
    desk.bench.clock.advance_to(NOW + 3_600_000);
    let (end, now) = (NOW / 1000 + 3600, NOW / 1000 + 3600);
    let text = format!("Invalid login token. Token expired: {end} >= {now}");
    assert_eq!(refusal(desk.id(desk.logins(&id_token)).await), refused(&text));
}

#[tokio::test]
async fn whoever_was_nobody_keeps_the_identity_on_login() {
    let desk =
        Desk::new(CreateIdentityPoolInput { allow_unauthenticated_identities: true, ..CreateIdentityPoolInput::default() }).await;
    let id = desk.id(None).await.unwrap();
    assert!(desk.arn(&desk.credentials(&id, None).await.unwrap()).contains("/anyone/"));
    let logins = desk.logins(&desk.token().await);
    assert!(desk.arn(&desk.credentials(&id, logins.clone()).await.unwrap()).contains("/page/"));
    assert_eq!(desk.id(logins).await.unwrap(), id);
    assert_eq!(refusal(desk.credentials(&id, None).await).0, "NotAuthorizedException");
}

#[tokio::test]
async fn rules_choose_the_role() {
    let desk = Desk::new(CreateIdentityPoolInput::default()).await;
    let rule = MappingRule {
        claim: "cognito:username".into(),
        match_type: MappingRuleMatchType::StartsWith,
        role_arn: "arn:aws:iam::123456789012:role/ruled".into(),
        value: "de".into(),
    };
    let mapping = RoleMapping {
        ambiguous_role_resolution: None,
        rules_configuration: Some(RulesConfigurationType { rules: vec![rule] }),
        r#type: RoleMappingType::Rules,
    };
    let name = format!("{}:{}", desk.provider, desk.bench.client);
    desk.set_roles(texts([("authenticated", ROLE)]), Some([(name, mapping)].into())).await;
    let logins = desk.logins(&desk.token().await);
    let id = desk.id(logins.clone()).await.unwrap();
    assert!(desk.arn(&desk.credentials(&id, logins.clone()).await.unwrap()).contains("/ruled/"));
    desk.set_roles(BTreeMap::new(), None).await;
    let text = "Invalid identity pool configuration. Check assigned IAM roles for this pool.";
    assert_eq!(refusal(desk.credentials(&id, logins).await), fault("InvalidIdentityPoolConfigurationException", text));
}

#[tokio::test]
async fn tokens_for_sts_say_who_and_end() {
    let desk = Desk::new(CreateIdentityPoolInput { allow_classic_flow: Some(true), ..CreateIdentityPoolInput::default() }).await;
    let logins = desk.logins(&desk.token().await);
    let id = desk.id(logins.clone()).await.unwrap();
    let input = GetOpenIdTokenInput { identity_id: id.clone(), logins };
    let given: GetOpenIdTokenResponse = desk.call("GetOpenIdToken", input).await.unwrap();
    let token = given.token.unwrap();
    let who = desk.bench.pools.web_identity(&token).await.unwrap();
    assert_eq!((who.subject.as_str(), who.audience.as_str()), (id.as_str(), desk.pool.as_str()));
    assert_eq!(who.provider, "cognito-identity.amazonaws.com");
    assert_eq!(desk.bench.pools.web_identity(&desk.token().await).await.unwrap().provider, desk.provider);
    desk.bench.clock.advance_to(NOW + 600_000);
    assert!(desk.bench.pools.web_identity(&token).await.is_err());
}

#[tokio::test]
async fn a_deleted_pool_leaves_nothing() {
    let desk = Desk::new(CreateIdentityPoolInput::default()).await;
    let logins = desk.logins(&desk.token().await);
    let id = desk.id(logins.clone()).await.unwrap();
    desk.delete_pool().await;
    assert_eq!(refusal(desk.id(logins.clone()).await).0, "ResourceNotFoundException");
    assert_eq!(refusal(desk.credentials(&id, logins).await).0, "NotAuthorizedException");
    for kind in ["pool", "identity", "login"] {
        assert_eq!(desk.stored(kind).await, 0, "{kind}");
    }
}

/// GetId needs no signature: a flood of it must not fill the disk.
#[tokio::test]
async fn ids_of_nobody_take_no_room() {
    let settings = CreateIdentityPoolInput { allow_unauthenticated_identities: true, ..CreateIdentityPoolInput::default() };
    let desk = Desk::new(settings).await;
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..200 {
        ids.insert(desk.id(None).await.unwrap());
    }
    assert_eq!((ids.len(), desk.stored("identity").await), (200, 0));
    let id = ids.first().unwrap();
    let described: IdentityDescription =
        desk.call("DescribeIdentity", DescribeIdentityInput { identity_id: id.clone() }).await.unwrap();
    assert_eq!((described.identity_id.as_ref(), described.creation_date), (Some(id), Some(crate::api::Timestamp(NOW))));
    let logins = desk.logins(&desk.token().await);
    desk.credentials(id, logins).await.unwrap();
    assert_eq!(desk.stored("identity").await, 1, "a login makes it last");
    desk.delete_pool().await;
    assert_eq!(refusal(desk.credentials(ids.last().unwrap(), None).await).0, "ResourceNotFoundException");
}

/// A login may bring any id that a browser remembers, but it has one identity at a time.
#[tokio::test]
async fn a_login_has_one_identity_at_a_time() {
    let desk = Desk::new(CreateIdentityPoolInput::default()).await;
    let logins = desk.logins(&desk.token().await);
    for number in 0..20 {
        let stale = format!("us-west-2:01234567-89ab-4cde-8f01-2345678900{number:02}");
        desk.credentials(&stale, logins.clone()).await.unwrap();
    }
    assert_eq!((desk.stored("identity").await, desk.stored("login").await), (1, 1));
}
