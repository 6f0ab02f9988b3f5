//! Tests through the operations, as a client sees them.

use super::*;
use crate::api::{Caller, Fault, Value};
use crate::store::StoreOptions;

fn iam() -> Iam {
    Iam::new(Store::open(&StoreOptions::default()).unwrap(), Clock::virtual_at(1_700_000_000_000))
}

async fn call(iam: &Iam, operation: &str, input: &[(&'static str, &str)]) -> Result<Value<'static>, Fault> {
    let scope = Scope::new("123456789012", "us-west-2");
    let caller = Caller { scope, access_key: None, request_id: "id".into(), endpoint: "http://localhost:4566".into() };
    let input = Value::Map(input.iter().map(|(name, text)| ((*name).into(), Value::text((*text).to_owned()))).collect());
    routes(iam.clone()).call(operation, caller, input).await
}

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

async fn with_role() -> Iam {
    let iam = iam();
    let role = [("RoleName", "firehose"), ("Path", "/service/"), ("AssumeRolePolicyDocument", TRUST)];
    let answer = call(&iam, "CreateRole", &role).await.unwrap();
    let role = answer.get("Role").unwrap();
    assert_eq!(role.get("Arn").unwrap().as_str(), Some("arn:aws:iam::123456789012:role/service/firehose"));
    assert!(role.get("RoleId").unwrap().as_str().unwrap().starts_with("AROA"));
    iam
}

fn error(fault: &Fault) -> (&str, &str) {
    (&fault.code, fault.message.as_deref().unwrap_or_default())
}

#[tokio::test]
async fn roles_are_unique_and_their_documents_encoded() {
    let iam = with_role().await;
    let again = call(&iam, "CreateRole", &[("RoleName", "firehose"), ("AssumeRolePolicyDocument", TRUST)]).await.unwrap_err();
    assert_eq!(error(&again), ("EntityAlreadyExists", "Role with name firehose already exists."));
    let answer = call(&iam, "GetRole", &[("RoleName", "firehose")]).await.unwrap();
    let document = answer.get("Role").unwrap().get("AssumeRolePolicyDocument").unwrap();
    assert_eq!(document.as_str(), Some("%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D"));
    let none = call(&iam, "GetRole", &[("RoleName", "none")]).await.unwrap_err();
    assert_eq!((error(&none), none.status), (("NoSuchEntity", "The role with name none cannot be found."), 404));
    let bad = call(&iam, "CreateRole", &[("RoleName", "bad"), ("AssumeRolePolicyDocument", "no json")]).await.unwrap_err();
    assert_eq!(error(&bad).0, "MalformedPolicyDocument");
}

#[tokio::test]
async fn a_role_goes_only_after_its_policies() {
    let iam = with_role().await;
    let inline = [("RoleName", "firehose"), ("PolicyName", "p"), ("PolicyDocument", TRUST)];
    call(&iam, "PutRolePolicy", &inline).await.unwrap();
    let conflict = call(&iam, "DeleteRole", &[("RoleName", "firehose")]).await.unwrap_err();
    assert_eq!(error(&conflict), ("DeleteConflict", "Cannot delete entity, must delete policies first."));
    call(&iam, "DeleteRolePolicy", &inline[..2]).await.unwrap();
    let gone = call(&iam, "GetRolePolicy", &inline[..2]).await.unwrap_err();
    assert_eq!(error(&gone), ("NoSuchEntity", "The role policy with name p cannot be found."));
    let policy = call(&iam, "CreatePolicy", &[("PolicyName", "m"), ("PolicyDocument", TRUST)]).await.unwrap();
    let arn = policy.get("Policy").unwrap().get("Arn").unwrap().as_str().unwrap().to_owned();
    assert_eq!(arn, "arn:aws:iam::123456789012:policy/m");
    let attachment = [("RoleName", "firehose"), ("PolicyArn", arn.as_str())];
    call(&iam, "AttachRolePolicy", &attachment).await.unwrap();
    let attached = call(&iam, "DeletePolicy", &attachment[1..]).await.unwrap_err();
    assert_eq!(error(&attached), ("DeleteConflict", "Cannot delete a policy attached to entities."));
    call(&iam, "DetachRolePolicy", &attachment).await.unwrap();
    call(&iam, "DeletePolicy", &attachment[1..]).await.unwrap();
    call(&iam, "DeleteRole", &[("RoleName", "firehose")]).await.unwrap();
    let unknown = [("RoleName", "firehose"), ("PolicyArn", "arn:aws:iam::123456789012:policy/none")];
    assert_eq!(error(&call(&iam, "AttachRolePolicy", &unknown).await.unwrap_err()).0, "NoSuchEntity");
}
