//! Logins that succeed.

use super::*;
use crate::api::cognito_idp::{
    AdminCreateUserRequest, AdminCreateUserResponse, AliasAttributeType, AttributeType, ExplicitAuthFlowsType, UserStatusType,
};

#[tokio::test]
async fn a_client_that_is_not_ours_logs_in() {
    let bench = Bench::new().await;
    bench.sign_up("demo").await;
    // Several times, so that salts and numbers with leading zeros come along.
    for _ in 0..5 {
        let answer = bench.log_in_as(&bench.client, "demo", PASSWORD).await.unwrap();
        let tokens = answer.authentication_result.unwrap();
        assert_eq!((tokens.expires_in, tokens.token_type.as_deref()), (Some(3600), Some("Bearer")));
        assert!(tokens.new_device_metadata.is_none() && tokens.refresh_token.is_some());
    }
}

#[tokio::test]
async fn a_login_by_alias_is_proved_with_the_username() {
    let settings =
        CreateUserPoolRequest { alias_attributes: Some(vec![AliasAttributeType::Email]), ..CreateUserPoolRequest::default() };
    let bench = Bench::with(settings, CreateUserPoolClientRequest::default()).await;
    let attributes = [("email", "me@example.com"), ("email_verified", "true")]
        .map(|(name, value)| AttributeType { name: name.into(), value: Some(value.into()) });
    create(&bench, "demo", &attributes).await;
    set_password(&bench, "demo").await;
    assert!(bench.log_in_as(&bench.client, "me@example.com", PASSWORD).await.unwrap().authentication_result.is_some());
    let proof = bench.proof(&bench.client, "me@example.com", PASSWORD).await.unwrap();
    assert_eq!(proof["USERNAME"], "demo");
}

async fn create(bench: &Bench, username: &str, attributes: &[AttributeType]) {
    let input = AdminCreateUserRequest {
        user_pool_id: bench.pool.clone(),
        username: username.into(),
        temporary_password: Some("tempo1".into()),
        user_attributes: Some(attributes.to_vec()),
        ..AdminCreateUserRequest::default()
    };
    let made: AdminCreateUserResponse = bench.call("AdminCreateUser", input).await.unwrap();
    assert_eq!(made.user.unwrap().user_status, Some(UserStatusType::ForceChangePassword));
}

async fn set_password(bench: &Bench, username: &str) {
    let input = crate::api::cognito_idp::AdminSetUserPasswordRequest {
        user_pool_id: bench.pool.clone(),
        username: username.into(),
        password: PASSWORD.into(),
        permanent: Some(true),
    };
    let _: crate::api::cognito_idp::AdminSetUserPasswordResponse = bench.call("AdminSetUserPassword", input).await.unwrap();
}

/// The regression of spec/workshop.md 2.3: a forced change of the password must not be skipped after a proof.
#[tokio::test]
async fn a_temporary_password_is_changed_first_and_once() {
    let bench = Bench::new().await;
    create(&bench, "demo", &[]).await;
    let asked = bench.log_in_as(&bench.client, "demo", "tempo1").await.unwrap();
    assert_eq!(asked.challenge_name, Some(ChallengeNameType::NewPasswordRequired));
    assert!(asked.authentication_result.is_none());
    let challenge = || (ChallengeNameType::NewPasswordRequired, asked.session.clone());
    let answer = |password| texts([("USERNAME", "demo"), ("NEW_PASSWORD", password)]);
    let weak = bench.respond(&bench.client, challenge(), answer("no digits")).await;
    assert_eq!(
        refusal(weak),
        fault("InvalidPasswordException", "Password did not conform with policy: Password must have numeric characters")
    );
    let other = bench.new_client(CreateUserPoolClientRequest::default()).await;
    assert_eq!(refusal(bench.respond(&other, challenge(), answer("lasting1")).await).0, "NotAuthorizedException");
    let changed = bench.respond(&bench.client, challenge(), answer("lasting1")).await.unwrap();
    assert!(changed.authentication_result.is_some());
    assert_eq!(refusal(bench.respond(&bench.client, challenge(), answer("lasting2")).await).0, "NotAuthorizedException");
    assert!(bench.log_in_as(&bench.client, "demo", "lasting1").await.unwrap().authentication_result.is_some());
}

#[tokio::test]
async fn a_temporary_password_ends() {
    let bench = Bench::new().await;
    create(&bench, "demo", &[]).await;
    bench.clock.advance_to(NOW + 7 * 86_400_000);
    let (code, message) = refusal(bench.log_in_as(&bench.client, "demo", "tempo1").await);
    assert_eq!(code, "NotAuthorizedException");
    assert!(message.starts_with("Temporary password has expired"), "{message}");
}

#[tokio::test]
async fn passwords_in_the_clear_need_a_client_that_allows_them() {
    let bench = Bench::new().await;
    bench.sign_up("demo").await;
    let parameters = |password| texts([("USERNAME", "demo"), ("PASSWORD", password)]);
    let flow = AuthFlowType::UserPasswordAuth;
    assert_eq!(
        refusal(bench.initiate(&bench.client, flow, parameters(PASSWORD)).await),
        fault("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client")
    );
    let flows = Some(vec![ExplicitAuthFlowsType::AllowUserPasswordAuth]);
    let open = bench
        .new_client(CreateUserPoolClientRequest { explicit_auth_flows: flows, ..CreateUserPoolClientRequest::default() })
        .await;
    assert!(bench.initiate(&open, flow, parameters(PASSWORD)).await.unwrap().authentication_result.is_some());
    assert_eq!(
        refusal(bench.initiate(&open, flow, parameters("secret2")).await),
        fault("NotAuthorizedException", "Incorrect username or password.")
    );
    let srp = refusal(bench.proof(&open, "demo", PASSWORD).await);
    assert_eq!(srp, fault("InvalidParameterException", "USER_SRP_AUTH is not enabled for the client."));
}
