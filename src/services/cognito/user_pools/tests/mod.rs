//! Tests through the operations, as a client sees them; proofs by a client that is not ours.

mod logins;
mod refusals;
mod tokens;
mod users;

use super::*;
use crate::api::cognito_idp::{
    AdminConfirmSignUpRequest, AdminConfirmSignUpResponse, AuthFlowType, AuthenticationResultType, ChallengeNameType,
    CreateUserPoolClientRequest, CreateUserPoolClientResponse, CreateUserPoolRequest, CreateUserPoolResponse,
    InitiateAuthRequest, InitiateAuthResponse, PasswordPolicyType, RespondToAuthChallengeRequest, RespondToAuthChallengeResponse,
    SignUpRequest, SignUpResponse, UserPoolPolicyType,
};
use crate::api::{Caller, Empty, Fault, Shape, Value};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::store::StoreOptions;
use std::collections::BTreeMap;

pub(in crate::services::cognito) const NOW: Millis = 1_700_000_000_000;
pub(in crate::services::cognito) const PASSWORD: &str = "secret1";

/// A pool with a client and the user `demo`, as the Kinesis Data Generator's set-up makes them.
pub(in crate::services::cognito) struct Bench {
    pub(in crate::services::cognito) store: Store,
    pub(in crate::services::cognito) clock: Clock,
    pub(in crate::services::cognito) pools: UserPools,
    pub(in crate::services::cognito) pool: String,
    pub(in crate::services::cognito) client: String,
}

pub(in crate::services::cognito) fn caller() -> Caller {
    let scope = Scope::new("123456789012", "us-west-2");
    Caller { scope, access_key: None, request_id: "id".into(), endpoint: "http://localhost:4566".into() }
}

/// The text map of parameters.
pub(in crate::services::cognito) fn texts<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

impl Bench {
    pub(in crate::services::cognito) async fn new() -> Self {
        Self::with(CreateUserPoolRequest::default(), CreateUserPoolClientRequest::default()).await
    }

    pub(in crate::services::cognito) async fn with(pool: CreateUserPoolRequest, client: CreateUserPoolClientRequest) -> Self {
        let (store, clock) = (Store::open(&StoreOptions::default()).unwrap(), Clock::virtual_at(NOW));
        let pools = UserPools::new(store.clone(), clock.clone());
        let mut bench = Self { store, clock, pools, pool: String::new(), client: String::new() };
        let policy = PasswordPolicyType { minimum_length: Some(6), require_numbers: Some(true), ..PasswordPolicyType::default() };
        let policies = Some(UserPoolPolicyType { password_policy: Some(policy), sign_in_policy: None });
        let input = CreateUserPoolRequest { pool_name: "Kinesis Data-Generator Users".into(), policies, ..pool };
        let made: CreateUserPoolResponse = bench.call("CreateUserPool", input).await.unwrap();
        bench.pool = made.user_pool.and_then(|pool| pool.id).unwrap();
        bench.client = bench.new_client(client).await;
        bench
    }

    pub(in crate::services::cognito) async fn new_client(&self, client: CreateUserPoolClientRequest) -> String {
        let input = CreateUserPoolClientRequest { client_name: "page".into(), user_pool_id: self.pool.clone(), ..client };
        let made: CreateUserPoolClientResponse = self.call("CreateUserPoolClient", input).await.unwrap();
        made.user_pool_client.and_then(|client| client.client_id).unwrap()
    }

    pub(in crate::services::cognito) async fn call<I: Shape, O: Shape>(&self, operation: &str, input: I) -> Result<O, Fault> {
        let input = input.into_value().unwrap_or(Value::Map(Vec::new()));
        Ok(O::from_value(routes(self.pools.clone()).call(operation, caller(), input).await?))
    }

    pub(in crate::services::cognito) async fn sign_up(&self, username: &str) -> String {
        let (client_id, password) = (self.client.clone(), Some(PASSWORD.to_owned()));
        let input = SignUpRequest { client_id, username: username.into(), password, ..SignUpRequest::default() };
        let made: SignUpResponse = self.call("SignUp", input).await.unwrap();
        assert!(!made.user_confirmed);
        let (user_pool_id, username) = (self.pool.clone(), username.to_owned());
        let input = AdminConfirmSignUpRequest { user_pool_id, username, client_metadata: None };
        let _: AdminConfirmSignUpResponse = self.call("AdminConfirmSignUp", input).await.unwrap();
        made.user_sub
    }

    pub(super) async fn initiate(
        &self,
        client: &str,
        flow: AuthFlowType,
        parameters: BTreeMap<String, String>,
    ) -> Result<InitiateAuthResponse, Fault> {
        let (client_id, auth_parameters) = (client.to_owned(), Some(parameters));
        self.call(
            "InitiateAuth",
            InitiateAuthRequest { auth_flow: flow, client_id, auth_parameters, ..InitiateAuthRequest::default() },
        )
        .await
    }

    pub(super) async fn respond(
        &self,
        client: &str,
        (challenge_name, session): (ChallengeNameType, Option<String>),
        responses: BTreeMap<String, String>,
    ) -> Result<RespondToAuthChallengeResponse, Fault> {
        let (client_id, challenge_responses) = (client.to_owned(), Some(responses));
        let input = RespondToAuthChallengeRequest {
            challenge_name,
            client_id,
            challenge_responses,
            session,
            ..RespondToAuthChallengeRequest::default()
        };
        self.call("RespondToAuthChallenge", input).await
    }

    /// The first half of a login: the answers that prove the password.
    pub(super) async fn proof(&self, client: &str, username: &str, password: &str) -> Result<BTreeMap<String, String>, Fault> {
        let user = aws_cognito_srp::User::new(&self.pool, username, password);
        let srp = aws_cognito_srp::SrpClient::new(user, client, None);
        let begun = srp.get_auth_parameters();
        let parameters = texts([("USERNAME", username), ("SRP_A", &begun.a)]);
        let asked = self.initiate(client, AuthFlowType::UserSrpAuth, parameters).await?;
        assert_eq!((asked.challenge_name, asked.session), (Some(ChallengeNameType::PasswordVerifier), None));
        let of = asked.challenge_parameters.unwrap();
        assert_eq!(of["USERNAME"], of["USER_ID_FOR_SRP"], "some clients read one and some the other");
        let proof = srp.verify(&of["SECRET_BLOCK"], &of["USER_ID_FOR_SRP"], &of["SALT"], &of["SRP_B"]).unwrap();
        Ok(texts([
            ("USERNAME", of["USER_ID_FOR_SRP"].as_str()),
            ("PASSWORD_CLAIM_SECRET_BLOCK", &proof.password_claim_secret_block),
            ("PASSWORD_CLAIM_SIGNATURE", &proof.password_claim_signature),
            ("TIMESTAMP", &proof.timestamp),
        ]))
    }

    /// A whole login.
    pub(super) async fn log_in_as(
        &self,
        client: &str,
        username: &str,
        password: &str,
    ) -> Result<RespondToAuthChallengeResponse, Fault> {
        let proof = self.proof(client, username, password).await?;
        self.respond(client, (ChallengeNameType::PasswordVerifier, None), proof).await
    }

    /// The tokens of `demo`.
    pub(in crate::services::cognito) async fn tokens(&self) -> AuthenticationResultType {
        self.tokens_of("demo").await
    }

    /// The tokens of a user.
    pub(in crate::services::cognito) async fn tokens_of(&self, username: &str) -> AuthenticationResultType {
        self.tokens_through(&self.client, username).await
    }

    /// The tokens of a user, through a client.
    pub(in crate::services::cognito) async fn tokens_through(&self, client: &str, username: &str) -> AuthenticationResultType {
        self.log_in_as(client, username, PASSWORD).await.unwrap().authentication_result.unwrap()
    }
}

/// Code and message of a refusal.
pub(in crate::services::cognito) fn refusal<T: std::fmt::Debug>(answer: Result<T, Fault>) -> (String, String) {
    let fault = answer.unwrap_err();
    (fault.code.into_owned(), fault.message.unwrap_or_default())
}

/// A refusal with this code and message.
pub(in crate::services::cognito) fn fault(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}
