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

fn text<'v>(value: &'v Value<'_>, path: &[&str]) -> &'v str {
    path.iter().fold(value, |value, name| value.get(name).unwrap()).as_str().unwrap()
}

const POLICY: (&str, &str) = ("PolicyArn", "arn:aws:iam::123456789012:policy/team/m");

async fn with_policy() -> Iam {
    let iam = iam();
    let input = [("PolicyName", "m"), ("Path", "/team/"), ("PolicyDocument", TRUST)];
    let answer = call(&iam, "CreatePolicy", &input).await.unwrap();
    assert_eq!(text(&answer, &["Policy", "Arn"]), POLICY.1);
    iam
}

#[tokio::test]
async fn a_policy_has_up_to_five_versions_and_never_gives_an_id_twice() {
    let iam = with_policy().await;
    let document = ("PolicyDocument", r#"{"Statement":[]}"#);
    for version in ["v2", "v3", "v4", "v5"] {
        let answer = call(&iam, "CreatePolicyVersion", &[POLICY, document]).await.unwrap();
        assert_eq!(text(&answer, &["PolicyVersion", "VersionId"]), version);
    }
    let full = call(&iam, "CreatePolicyVersion", &[POLICY, document]).await.unwrap_err();
    assert_eq!((error(&full).0, full.status), ("LimitExceeded", 409));
    let default = call(&iam, "DeletePolicyVersion", &[POLICY, ("VersionId", "v1")]).await.unwrap_err();
    assert_eq!(error(&default), ("DeleteConflict", "Cannot delete the default version of a policy."));
    call(&iam, "DeletePolicyVersion", &[POLICY, ("VersionId", "v5")]).await.unwrap();
    let next = call(&iam, "CreatePolicyVersion", &[POLICY, document]).await.unwrap();
    assert_eq!(text(&next, &["PolicyVersion", "VersionId"]), "v6");
    call(&iam, "SetDefaultPolicyVersion", &[POLICY, ("VersionId", "v6")]).await.unwrap();
    let policy = call(&iam, "GetPolicy", &[POLICY]).await.unwrap();
    assert_eq!(text(&policy, &["Policy", "DefaultVersionId"]), "v6");
    let version = call(&iam, "GetPolicyVersion", &[POLICY, ("VersionId", "v6")]).await.unwrap();
    assert_eq!(text(&version, &["PolicyVersion", "Document"]), "%7B%22Statement%22%3A%5B%5D%7D");
    let gone = call(&iam, "GetPolicyVersion", &[POLICY, ("VersionId", "v5")]).await.unwrap_err();
    assert_eq!(error(&gone).0, "NoSuchEntity");
    let many = call(&iam, "DeletePolicy", &[POLICY]).await.unwrap_err();
    assert_eq!(error(&many).0, "DeleteConflict");
    for version in ["v1", "v2", "v3", "v4"] {
        call(&iam, "DeletePolicyVersion", &[POLICY, ("VersionId", version)]).await.unwrap();
    }
    call(&iam, "DeletePolicy", &[POLICY]).await.unwrap();
}

#[tokio::test]
async fn a_policy_is_found_by_its_whole_arn_and_tells_who_has_it() {
    let iam = with_policy().await;
    let elsewhere = call(&iam, "GetPolicy", &[("PolicyArn", "arn:aws:iam::123456789012:policy/m")]).await.unwrap_err();
    assert_eq!(error(&elsewhere).0, "NoSuchEntity");
    let role = [("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST), ("PermissionsBoundary", POLICY.1)];
    call(&iam, "CreateRole", &role).await.unwrap();
    let list = async |input: &[(&'static str, &str)]| {
        let answer = call(&iam, "ListEntitiesForPolicy", &[&[POLICY], input].concat()).await.unwrap();
        format!("{:?}", answer.get("PolicyRoles")).matches("RoleName").count()
    };
    assert_eq!(list(&[("PolicyUsageFilter", "PermissionsBoundary")]).await, 1);
    assert_eq!(list(&[]).await, 0);
    call(&iam, "AttachRolePolicy", &[("RoleName", "r"), POLICY]).await.unwrap();
    assert_eq!((list(&[]).await, list(&[("EntityFilter", "User")]).await), (1, 0));
    let listed = async |input: &[(&'static str, &str)]| {
        format!("{:?}", call(&iam, "ListPolicies", input).await.unwrap()).matches("PolicyName").count()
    };
    assert_eq!((listed(&[("Scope", "Local")]).await, listed(&[("PathPrefix", "/other/")]).await), (1, 0));
}

#[tokio::test]
async fn an_instance_profile_holds_one_role_which_it_keeps() {
    let iam = with_role().await;
    let profile = ("InstanceProfileName", "p");
    let created = call(&iam, "CreateInstanceProfile", &[profile]).await.unwrap();
    assert_eq!(text(&created, &["InstanceProfile", "Arn"]), "arn:aws:iam::123456789012:instance-profile/p");
    let again = call(&iam, "CreateInstanceProfile", &[profile]).await.unwrap_err();
    assert_eq!(error(&again), ("EntityAlreadyExists", "Instance Profile p already exists."));
    let both = [profile, ("RoleName", "firehose")];
    call(&iam, "AddRoleToInstanceProfile", &both).await.unwrap();
    assert_eq!(error(&call(&iam, "AddRoleToInstanceProfile", &both).await.unwrap_err()).0, "LimitExceeded");
    let shown = format!("{:?}", call(&iam, "ListInstanceProfilesForRole", &both[1..]).await.unwrap());
    assert!(shown.contains("instance-profile/p") && shown.contains("role/service/firehose"), "{shown}");
    for (operation, input) in [("DeleteRole", &both[1..]), ("DeleteInstanceProfile", &both[..1])] {
        let kept = call(&iam, operation, input).await.unwrap_err();
        assert_eq!(error(&kept), ("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first."));
    }
    call(&iam, "RemoveRoleFromInstanceProfile", &both).await.unwrap();
    call(&iam, "DeleteRole", &both[1..]).await.unwrap();
    call(&iam, "DeleteInstanceProfile", &both[..1]).await.unwrap();
    assert_eq!(error(&call(&iam, "GetInstanceProfile", &both[..1]).await.unwrap_err()).0, "NoSuchEntity");
}

#[tokio::test]
async fn the_role_of_a_service_is_the_services() {
    let iam = iam();
    let service = [("AWSServiceName", "es.amazonaws.com")];
    let role = call(&iam, "CreateServiceLinkedRole", &service).await.unwrap();
    let arn = "arn:aws:iam::123456789012:role/aws-service-role/es.amazonaws.com/AWSServiceRoleForAmazonElasticsearchService";
    assert_eq!(text(&role, &["Role", "Arn"]), arn);
    let again = call(&iam, "CreateServiceLinkedRole", &service).await.unwrap_err();
    assert_eq!(error(&again).0, "InvalidInput");
    let name = [("RoleName", "AWSServiceRoleForAmazonElasticsearchService")];
    assert_eq!(error(&call(&iam, "DeleteRole", &name).await.unwrap_err()).0, "UnmodifiableEntity");
    let task = call(&iam, "DeleteServiceLinkedRole", &name).await.unwrap();
    let task = [("DeletionTaskId", text(&task, &["DeletionTaskId"]))];
    let status = call(&iam, "GetServiceLinkedRoleDeletionStatus", &task).await.unwrap();
    assert_eq!(text(&status, &["Status"]), "SUCCEEDED");
    assert_eq!(error(&call(&iam, "GetRole", &name).await.unwrap_err()).0, "NoSuchEntity");
}

#[tokio::test]
async fn what_a_role_has_is_bounded() {
    let iam = with_role().await;
    let document = format!("{{\"Version\": \"2012-10-17\", \"Statement\": [\"{}\"]}}", "x".repeat(5_000));
    let put = async |name: &str| {
        call(&iam, "PutRolePolicy", &[("RoleName", "firehose"), ("PolicyName", name), ("PolicyDocument", &document)]).await
    };
    for name in ["a", "b", "a"] {
        put(name).await.unwrap();
    }
    let refused = put("c").await.unwrap_err();
    assert_eq!(error(&refused), ("LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role firehose"));
    for number in 0..25 {
        let arn = format!("arn:aws:iam::aws:policy/P{number}");
        call(&iam, "AttachRolePolicy", &[("RoleName", "firehose"), ("PolicyArn", &arn)]).await.unwrap();
    }
    let one_more = [("RoleName", "firehose"), ("PolicyArn", "arn:aws:iam::aws:policy/P25")];
    let refused = call(&iam, "AttachRolePolicy", &one_more).await.unwrap_err();
    assert_eq!(error(&refused), ("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 25"));
}

#[tokio::test]
async fn policies_of_aws_are_found_and_listed() {
    let iam = with_role().await;
    let arn = "arn:aws:iam::aws:policy/AmazonKinesisReadOnlyAccess";
    call(&iam, "AttachRolePolicy", &[("RoleName", "firehose"), ("PolicyArn", arn)]).await.unwrap();
    let answer = call(&iam, "GetPolicy", &[("PolicyArn", arn)]).await.unwrap();
    let policy = answer.get("Policy").unwrap();
    assert_eq!(policy.get("Arn").unwrap().as_str(), Some(arn));
    assert_eq!(policy.get("AttachmentCount"), Some(&Value::Int(1)));
    let version = [("PolicyArn", arn), ("VersionId", policy.get("DefaultVersionId").unwrap().as_str().unwrap())];
    let answer = call(&iam, "GetPolicyVersion", &version).await.unwrap();
    let document = answer.get("PolicyVersion").unwrap().get("Document").unwrap().as_str().unwrap();
    assert!(document.contains("kinesis%3AGet%2A"), "{document}");
    call(&iam, "CreatePolicy", &[("PolicyName", "AdministratorAccess"), ("PolicyDocument", TRUST)]).await.unwrap();
    let count = async |filter: &[(&'static str, &str)]| {
        let answer = call(&iam, "ListPolicies", filter).await.unwrap();
        let Some(Value::List(policies)) = answer.get("Policies").cloned() else { panic!("{answer:?}") };
        policies.len()
    };
    assert_eq!((count(&[("Scope", "AWS")]).await, count(&[("Scope", "Local")]).await, count(&[]).await), (26, 1, 27));
    assert_eq!(count(&[("Scope", "AWS"), ("PathPrefix", "/service-role/")]).await, 3);
    let administrator = [("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess")];
    assert_eq!(error(&call(&iam, "DeletePolicy", &administrator).await.unwrap_err()).0, "NoSuchEntity");
    assert_eq!(count(&[("Scope", "Local")]).await, 1, "the account's own of that name is another policy");
    let unknown = call(&iam, "GetPolicy", &[("PolicyArn", "arn:aws:iam::aws:policy/Unknown")]).await.unwrap_err();
    assert_eq!(error(&unknown), ("NoSuchEntity", "Policy arn:aws:iam::aws:policy/Unknown was not found."));
}
