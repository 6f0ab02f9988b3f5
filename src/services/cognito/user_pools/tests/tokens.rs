//! Tokens: what they say, how long they count, and who accepts them.

use super::*;
use crate::api::cognito_idp::{
    GetUserRequest, GetUserResponse, GlobalSignOutRequest, GlobalSignOutResponse, RevokeTokenRequest, RevokeTokenResponse,
};
use crate::services::cognito::user_pools::tokens::AccessClaims;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

async fn get_user(bench: &Bench, token: &str) -> Result<GetUserResponse, Fault> {
    bench.call("GetUser", GetUserRequest { access_token: token.into() }).await
}

async fn refresh(bench: &Bench, client: &str, token: &str) -> Result<InitiateAuthResponse, Fault> {
    bench.initiate(client, AuthFlowType::RefreshTokenAuth, texts([("REFRESH_TOKEN", token)])).await
}

#[tokio::test]
async fn claims_are_those_of_cognito() {
    let bench = Bench::new().await;
    let sub = bench.sign_up("demo").await;
    let tokens = bench.tokens().await;
    let issuer = format!("https://cognito-idp.us-west-2.amazonaws.com/{}", bench.pool);
    let id = bench.pools.id_claims(tokens.id_token.as_ref().unwrap()).await.unwrap();
    assert_eq!((id.sub.as_str(), id.iss.as_str(), id.aud.as_str()), (sub.as_str(), issuer.as_str(), bench.client.as_str()));
    assert_eq!((id.username.as_str(), id.auth_time, id.iat, id.exp), ("demo", NOW / 1000, NOW / 1000, NOW / 1000 + 3600));
    let key = bench.pools.keys().of(&bench.pool).await.unwrap();
    let access: AccessClaims = jwt::verify(&key, tokens.access_token.as_ref().unwrap()).unwrap();
    assert_eq!((access.token_use.as_str(), access.scope.as_str()), ("access", "aws.cognito.signin.user.admin"));
    assert_eq!((access.client_id.as_str(), access.origin_jti.as_str()), (bench.client.as_str(), id.origin_jti.as_str()));
    let header = URL_SAFE_NO_PAD.decode(tokens.id_token.unwrap().split('.').next().unwrap()).unwrap();
    assert_eq!(String::from_utf8(header).unwrap(), format!(r#"{{"kid":"{}","alg":"RS256"}}"#, key.id));
}

#[tokio::test]
async fn keys_and_tokens_outlive_a_restart() {
    let bench = Bench::new().await;
    bench.sign_up("demo").await;
    let tokens = bench.tokens().await;
    let keys = bench.pools.key_set(&bench.pool).await.unwrap().unwrap();
    let restarted = Bench { pools: UserPools::new(bench.store.clone(), bench.clock.clone()), ..bench };
    assert_eq!(restarted.pools.key_set(&restarted.pool).await.unwrap(), Some(keys));
    assert_eq!(get_user(&restarted, &tokens.access_token.unwrap()).await.unwrap().username, "demo");
    let refreshed = refresh(&restarted, &restarted.client, &tokens.refresh_token.unwrap()).await.unwrap();
    let refreshed = refreshed.authentication_result.unwrap();
    assert!(refreshed.id_token.is_some() && refreshed.refresh_token.is_none());
    assert!(restarted.log_in_as(&restarted.client, "demo", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn tokens_that_were_not_signed_here_are_refused() {
    let bench = Bench::new().await;
    bench.sign_up("demo").await;
    let tokens = bench.tokens().await;
    let (access, id, refresh_token) = (tokens.access_token.unwrap(), tokens.id_token.unwrap(), tokens.refresh_token.unwrap());
    let invalid = fault("NotAuthorizedException", "Invalid Access Token");
    let none = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), access.split('.').nth(1).unwrap());
    let mut tampered: Vec<String> =
        vec!["".into(), "a.b.c".into(), "...".into(), none, id.clone(), format!("{access}A"), "x".repeat(70_000)];
    for at in (0..access.len()).step_by(7) {
        let mut bytes = access.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        tampered.push(String::from_utf8(bytes).unwrap());
    }
    for token in tampered {
        let (code, message) = refusal(get_user(&bench, &token).await);
        let by_model = code == "InvalidParameterException";
        assert!(by_model || (code.clone(), message.clone()) == invalid, "{code}: {message}: {token:.60}");
    }
    for at in (0..refresh_token.len()).step_by(5) {
        let mut bytes = refresh_token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let token = String::from_utf8(bytes).unwrap();
        assert_eq!(refusal(refresh(&bench, &bench.client, &token).await).0, "NotAuthorizedException", "{at}");
    }
    assert_eq!(refusal(refresh(&bench, &bench.client, &access).await).0, "NotAuthorizedException");
    assert!(get_user(&bench, &access).await.is_ok());
}

#[tokio::test]
async fn tokens_end() {
    let bench = Bench::new().await;
    bench.sign_up("demo").await;
    let tokens = bench.tokens().await;
    let (access, refresh_token) = (tokens.access_token.unwrap(), tokens.refresh_token.unwrap());
    bench.clock.advance_to(NOW + 3_600_000);
    let ended = refusal(get_user(&bench, &access).await);
    assert_eq!(ended, fault("NotAuthorizedException", "Access Token has expired"));
    let renewed = refresh(&bench, &bench.client, &refresh_token).await.unwrap().authentication_result.unwrap();
    assert!(get_user(&bench, &renewed.access_token.unwrap()).await.is_ok());
    let other = bench.new_client(CreateUserPoolClientRequest::default()).await;
    let stolen = refusal(refresh(&bench, &other, &refresh_token).await);
    assert_eq!(stolen, fault("NotAuthorizedException", "Invalid Refresh Token"));
    bench.clock.advance_to(NOW + 30 * 86_400_000);
    let ended = refusal(refresh(&bench, &bench.client, &refresh_token).await);
    assert_eq!(ended, fault("NotAuthorizedException", "Refresh Token has expired"));
}

#[tokio::test]
async fn a_sign_out_ends_all_logins_and_a_revocation_one() {
    let bench = Bench::new().await;
    bench.sign_up("demo").await;
    let (first, second) = (bench.tokens().await, bench.tokens().await);
    let token = first.refresh_token.clone().unwrap();
    let input = RevokeTokenRequest { client_id: bench.client.clone(), client_secret: None, token: token.clone() };
    let _: RevokeTokenResponse = bench.call("RevokeToken", input).await.unwrap();
    let revoked = fault("NotAuthorizedException", "Refresh Token has been revoked");
    assert_eq!(refusal(refresh(&bench, &bench.client, &token).await), revoked);
    let access = first.access_token.unwrap();
    assert_eq!(refusal(get_user(&bench, &access).await), fault("NotAuthorizedException", "Access Token has been revoked"));
    let token = second.refresh_token.unwrap();
    assert!(refresh(&bench, &bench.client, &token).await.is_ok(), "another login goes on");
    let input = GlobalSignOutRequest { access_token: second.access_token.unwrap() };
    let _: GlobalSignOutResponse = bench.call("GlobalSignOut", input).await.unwrap();
    assert_eq!(refusal(refresh(&bench, &bench.client, &token).await), revoked);
    bench.clock.advance_to(NOW + 1);
    let again = bench.tokens().await;
    assert!(get_user(&bench, &again.access_token.unwrap()).await.is_ok());
}

#[tokio::test]
async fn a_deleted_pool_leaves_nothing() {
    let bench = Bench::new().await;
    bench.sign_up("demo").await;
    let tokens = bench.tokens().await;
    let input = crate::api::cognito_idp::DeleteUserPoolRequest { user_pool_id: bench.pool.clone() };
    let _: Empty = bench.call("DeleteUserPool", input).await.unwrap();
    assert_eq!(bench.pools.key_set(&bench.pool).await.unwrap(), None);
    assert_eq!(refusal(get_user(&bench, &tokens.access_token.unwrap()).await).0, "NotAuthorizedException");
    assert_eq!(refusal(bench.proof(&bench.client, "demo", PASSWORD).await).0, "ResourceNotFoundException");
    for kind in ["pool", "client", "user", "signing-key"] {
        let left = bench.store.list_everywhere::<serde::de::IgnoredAny>("cognito-idp", kind).await.unwrap();
        assert_eq!(left.len(), 0, "{kind}");
    }
}
