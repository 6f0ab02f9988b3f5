//! Tests through the operations, as a client sees them.

use super::*;
use crate::api::{Caller, Value};
use crate::base::clock::Millis;
use crate::store::StoreOptions;

const NOW: Millis = 1_700_000_000_000;

/// Knows one token.
struct OneToken;

impl WebIdentities for OneToken {
    fn subject(&self, token: String) -> crate::api::BoxFuture<Result<Subject, TokenRefusal>> {
        let (subject, audience, provider) = ("user".to_owned(), "client".to_owned(), "issuer/pool".to_owned());
        Box::pin(std::future::ready(match token.as_str() {
            "good" => Ok(Subject { subject, audience, provider }),
            "late" => Err(TokenRefusal::Expired),
            _ => Err(TokenRefusal::Invalid("no token")),
        }))
    }
}

async fn sts(clock: &Clock) -> Sts {
    let store = Store::open(&StoreOptions::default()).unwrap();
    Sts::open(store.clone(), clock.clone(), Iam::new(store, clock.clone()), Arc::new(OneToken)).await.unwrap()
}

async fn call(sts: &Sts, access_key: &str, operation: &str, input: &[(&'static str, &str)]) -> Value<'static> {
    answer(sts, access_key, operation, input).await.unwrap()
}

async fn refused(sts: &Sts, operation: &str, input: &[(&'static str, &str)]) -> String {
    answer(sts, "test", operation, input).await.unwrap_err().code.into_owned()
}

async fn answer(
    sts: &Sts,
    access_key: &str,
    operation: &str,
    input: &[(&'static str, &str)],
) -> Result<Value<'static>, crate::api::Fault> {
    let scope = Scope::from_credential(Some(access_key), None);
    let access_key = Some(access_key.to_owned());
    let caller = Caller { scope, access_key, request_id: "id".into(), endpoint: "http://localhost:4566".into() };
    let input = Value::Map(input.iter().map(|(name, text)| ((*name).into(), Value::text((*text).to_owned()))).collect());
    routes(sts.clone()).call(operation, caller, input).await
}

fn text<'v>(value: &'v Value<'_>, path: &[&str]) -> &'v str {
    path.iter().fold(value, |value, name| value.get(name).unwrap()).as_str().unwrap()
}

#[tokio::test]
async fn an_assumed_role_acts_in_its_account_until_it_expires() {
    let clock = Clock::virtual_at(NOW);
    let sts = sts(&clock).await;
    let role = [("RoleArn", "arn:aws:iam::123456789012:role/path/deliver"), ("RoleSessionName", "me")];
    let answer = call(&sts, "test", "AssumeRole", &role).await;
    let key = text(&answer, &["Credentials", "AccessKeyId"]).to_owned();
    let who = call(&sts, &key, "GetCallerIdentity", &[]).await;
    assert_eq!(text(&who, &["Account"]), "123456789012");
    assert_eq!(text(&who, &["Arn"]), "arn:aws:sts::123456789012:assumed-role/deliver/me");
    assert_eq!(text(&who, &["UserId"]), text(&answer, &["AssumedRoleUser", "AssumedRoleId"]));
    assert_eq!(sts.session(&key).unwrap().secret, text(&answer, &["Credentials", "SecretAccessKey"]));
    clock.advance_to(NOW + 3_600_000);
    assert_eq!(sts.session(&key), None);
    call(&sts, "test", "AssumeRole", &role).await;
    assert!(sts.0.sessions.read().unwrap().get(&key).is_none(), "the expired one is forgotten");
}

#[tokio::test]
async fn other_keys_are_the_root_of_their_account() {
    let sts = sts(&Clock::virtual_at(NOW)).await;
    let who = call(&sts, "111122223333", "GetCallerIdentity", &[]).await;
    assert_eq!((text(&who, &["Arn"]), text(&who, &["UserId"])), ("arn:aws:iam::111122223333:root", "111122223333"));
    let session = call(&sts, "111122223333", "GetSessionToken", &[]).await;
    let key = text(&session, &["Credentials", "AccessKeyId"]).to_owned();
    assert_eq!(text(&call(&sts, &key, "GetCallerIdentity", &[]).await, &["Arn"]), "arn:aws:iam::111122223333:root");
}

#[tokio::test]
async fn a_token_assumes_a_role() {
    let sts = sts(&Clock::virtual_at(NOW)).await;
    let input =
        |token| [("RoleArn", "arn:aws:iam::123456789012:role/page"), ("RoleSessionName", "me"), ("WebIdentityToken", token)];
    let answer = call(&sts, "test", "AssumeRoleWithWebIdentity", &input("good")).await;
    assert_eq!(text(&answer, &["SubjectFromWebIdentityToken"]), "user");
    assert_eq!((text(&answer, &["Provider"]), text(&answer, &["Audience"])), ("issuer/pool", "client"));
    let key = text(&answer, &["Credentials", "AccessKeyId"]).to_owned();
    let who = call(&sts, &key, "GetCallerIdentity", &[]).await;
    assert_eq!(text(&who, &["Arn"]), "arn:aws:sts::123456789012:assumed-role/page/me");
    for (token, code) in [("late", "ExpiredTokenException"), ("nonsense", "InvalidIdentityToken")] {
        assert_eq!(refused(&sts, "AssumeRoleWithWebIdentity", &input(token)).await, code);
    }
}
