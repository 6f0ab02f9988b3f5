//! Resource types through their handlers, over real services on an empty store.

use super::*;
use crate::api::{Caller, Operation, iam as iam_api, logs as logs_api};
use crate::base::account::Scope;
use crate::base::clock::Clock;
use crate::base::limits::{Limits, Profile};
use crate::base::spawner::Spawner;
use crate::services::iam::{self as iam_service, Iam};
use crate::services::kinesis::{self as kinesis_service, Kinesis};
use crate::services::logs::{self as logs_service, Logs};
use crate::services::s3::S3;
use crate::store::{Store, StoreOptions};
use serde_json::json;
use std::sync::{Arc, Mutex};

struct Bench {
    tables: Tables,
    s3: S3,
    clock: Clock,
    /// The physical ids that handlers have told of.
    noted: Arc<Mutex<Vec<String>>>,
}

impl Bench {
    async fn new() -> Self {
        let (store, clock) = (Store::open(&StoreOptions::default()).unwrap(), Clock::real());
        let limits = Limits::of(Profile::Local);
        let kinesis = Kinesis::open(store.clone(), clock.clone(), limits.kinesis, Spawner::default()).await.unwrap();
        let s3 = S3::open(store.clone(), clock.clone()).await.unwrap();
        let (iam, logs) = (Iam::new(store.clone(), clock.clone()), Logs::new(store, clock.clone()));
        let tables = [kinesis_service::routes(kinesis), iam_service::routes(iam), logs_service::routes(logs)];
        Self { tables: Tables::new(tables, s3.clone()), s3, clock, noted: Arc::default() }
    }

    fn calls(&self, logical_id: &str) -> Calls {
        let endpoint = "http://localhost:4566".into();
        let caller =
            Caller { scope: Scope::new("123456789012", "us-west-2"), access_key: None, request_id: "id".into(), endpoint };
        let at = Surroundings {
            caller,
            stack_name: "Pipe".into(),
            stack_id: "arn:aws:cloudformation:us-west-2:123456789012:stack/Pipe/1".into(),
            logical_id: logical_id.to_owned(),
            suffix: "ABCDEFGHIJKL".into(),
            outer: Vec::new(),
            capabilities: Vec::new(),
            tags: BTreeMap::from([("of".to_owned(), "stack".to_owned())]),
            had: BTreeMap::from([("of".to_owned(), "stack".to_owned())]),
        };
        let noted = Arc::clone(&self.noted);
        let note = move |id: String| -> crate::api::BoxFuture<()> {
            noted.lock().unwrap().push(id);
            Box::pin(std::future::ready(()))
        };
        Calls::new(
            self.tables.clone(),
            self.clock.clone(),
            at,
            Arc::new(note),
            tokio::sync::watch::Sender::new(false).subscribe(),
        )
    }

    /// Makes a resource, and checks that it told of itself and has the attributes of its table.
    async fn create(&self, of: &str, properties: Document) -> (&'static ResourceType, Made) {
        let of = find(of).unwrap();
        let properties = properties_of(properties);
        assert_eq!(properties.violations(of), Vec::<String>::new());
        let made = of.handler.create(&self.calls("Logical"), &properties).await.unwrap();
        assert_eq!(self.noted.lock().unwrap().last(), Some(&made.id));
        assert!(made.attributes.keys().all(|name| of.attributes.contains(&name.as_str())), "{made:?}");
        (of, made)
    }

    async fn update(&self, of: &ResourceType, made: &Made, previous: Document, desired: Document) -> Result<Made, Failure> {
        let (previous, desired) = (properties_of(previous), properties_of(desired));
        // It may be repeated.
        of.handler.update(&self.calls("Logical"), &made.id, &previous, &desired).await?;
        of.handler.update(&self.calls("Logical"), &made.id, &previous, &desired).await
    }

    /// Deletes a resource twice: the second time it is gone, which is as good.
    async fn delete(&self, of: &ResourceType, made: &Made, properties: Document) {
        let (calls, properties) = (self.calls("Logical"), properties_of(properties));
        of.handler.delete(&calls, &made.id, &properties).await.unwrap();
        let again = of.handler.delete(&calls, &made.id, &properties).await;
        assert!(again.as_ref().map_or_else(Failure::is_missing, |()| true), "{again:?}");
    }

    async fn run<O: Operation + Copy>(&self, operation: O, input: Document) -> O::Output {
        let input = properties_of(input).input(operation).unwrap();
        self.calls("Asked").run(operation, input).await.unwrap()
    }
}

fn properties_of(document: Document) -> Properties {
    let Document::Object(members) = document else { unreachable!() };
    Properties(members)
}

fn policy(action: &str) -> Document {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
}

#[test]
fn types_are_found_by_names_that_are_theirs_alone() {
    for of in TYPES {
        assert!(std::ptr::eq(find(of.name).unwrap(), *of), "{}", of.name);
        let names: std::collections::BTreeSet<&str> = of.properties.iter().map(|property| property.name).collect();
        assert_eq!(names.len(), of.properties.len(), "{}", of.name);
    }
}

#[tokio::test]
async fn a_role_follows_its_template() {
    let bench = Bench::new().await;
    let of_aws = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let before = json!({
        "AssumeRolePolicyDocument": policy("sts:AssumeRole"), "Description": "d", "MaxSessionDuration": "7200", "Path": "/p/",
        "ManagedPolicyArns": [of_aws], "Policies": [{"PolicyName": "a", "PolicyDocument": policy("a")}, {"PolicyName": "b", "PolicyDocument": policy("b")}],
        "Tags": [{"Key": "k", "Value": "v"}]
    });
    let (of, made) = bench.create("AWS::IAM::Role", before.clone()).await;
    assert_eq!(made.id, "Pipe-Logical-ABCDEFGHIJKL");
    assert_eq!(made.attributes["Arn"], "arn:aws:iam::123456789012:role/p/Pipe-Logical-ABCDEFGHIJKL");
    let role = async || bench.run(iam_api::op::GetRole, json!({"RoleName": made.id})).await.role;
    let inline = async || bench.run(iam_api::op::ListRolePolicies, json!({"RoleName": made.id})).await.policy_names;
    let attached = async || {
        let found = bench.run(iam_api::op::ListAttachedRolePolicies, json!({"RoleName": made.id})).await;
        found.attached_policies.unwrap_or_default().len()
    };
    assert_eq!((role().await.max_session_duration, role().await.tags.map(|tags| tags.len())), (Some(7200), Some(2)));
    assert_eq!((inline().await, attached().await), (vec!["a".to_owned(), "b".to_owned()], 1));
    let after = json!({
        "AssumeRolePolicyDocument": policy("sts:*"), "Path": "/p/", "PermissionsBoundary": of_aws,
        "Policies": [{"PolicyName": "b", "PolicyDocument": policy("c")}]
    });
    bench.update(of, &made, before, after.clone()).await.unwrap();
    let changed = role().await;
    assert_eq!((changed.description, changed.max_session_duration), (None, Some(3600)));
    assert_eq!(changed.tags.map(|tags| tags.len()), Some(1), "the stack's tag is left");
    assert!(changed.permissions_boundary.is_some() && changed.assume_role_policy_document.unwrap().contains("sts%3A%2A"));
    assert_eq!((inline().await, attached().await), (vec!["b".to_owned()], 0));
    bench.delete(of, &made, after).await;
}

#[tokio::test]
async fn policies_come_and_go_with_their_roles() {
    let bench = Bench::new().await;
    let trust = policy("sts:AssumeRole");
    for role in ["one", "two"] {
        bench.run(iam_api::op::CreateRole, json!({"RoleName": role, "AssumeRolePolicyDocument": trust})).await;
    }
    let inline = async |role: &str| bench.run(iam_api::op::ListRolePolicies, json!({"RoleName": role})).await.policy_names.len();
    let before = json!({"PolicyName": "p", "PolicyDocument": policy("a"), "Roles": ["one"]});
    let (of, made) = bench.create("AWS::IAM::Policy", before.clone()).await;
    let after = json!({"PolicyName": "p", "PolicyDocument": policy("a"), "Roles": ["two"]});
    bench.update(of, &made, before, after.clone()).await.unwrap();
    assert_eq!((inline("one").await, inline("two").await), (0, 1));
    bench.delete(of, &made, after).await;
    assert_eq!(inline("two").await, 0);
    for refused in
        [json!({"PolicyName": "p", "PolicyDocument": {}, "Users": ["u"]}), json!({"PolicyName": "p", "PolicyDocument": {}})]
    {
        assert!(of.handler.create(&bench.calls("Logical"), &properties_of(refused)).await.is_err());
    }
}

#[tokio::test]
async fn a_managed_policy_makes_room_for_its_versions() {
    let bench = Bench::new().await;
    bench.run(iam_api::op::CreateRole, json!({"RoleName": "r", "AssumeRolePolicyDocument": policy("a")})).await;
    let version = |n: u32| json!({"PolicyDocument": policy(&format!("v{n}")), "Roles": ["r"], "Path": "/p/"});
    let (of, made) = bench.create("AWS::IAM::ManagedPolicy", version(1)).await;
    assert_eq!(made.id, "arn:aws:iam::123456789012:policy/p/Pipe-Logical-ABCDEFGHIJKL");
    let mut last = made.clone();
    for n in 2..=7 {
        last = bench.update(of, &made, version(n - 1), version(n)).await.unwrap();
    }
    let policy = bench.run(iam_api::op::GetPolicy, json!({"PolicyArn": made.id})).await.policy.unwrap();
    let id = policy.default_version_id.unwrap();
    assert_eq!((last.attributes["DefaultVersionId"].as_str(), policy.attachment_count), (Some(id.as_str()), Some(1)));
    let text = bench.run(iam_api::op::GetPolicyVersion, json!({"PolicyArn": made.id, "VersionId": id})).await;
    assert!(text.policy_version.unwrap().document.unwrap().contains("v7"));
    bench.delete(of, &made, version(7)).await;
}

#[tokio::test]
async fn an_instance_profile_changes_its_role() {
    let bench = Bench::new().await;
    for role in ["one", "two"] {
        bench.run(iam_api::op::CreateRole, json!({"RoleName": role, "AssumeRolePolicyDocument": policy("a")})).await;
    }
    let (of, made) = bench.create("AWS::IAM::InstanceProfile", json!({"Roles": ["one"]})).await;
    bench.update(of, &made, json!({"Roles": ["one"]}), json!({"Roles": ["two"]})).await.unwrap();
    let profile = bench.run(iam_api::op::GetInstanceProfile, json!({"InstanceProfileName": made.id})).await.instance_profile;
    assert_eq!(profile.roles.iter().map(|role| role.role_name.as_str()).collect::<Vec<_>>(), ["two"]);
    bench.delete(of, &made, json!({"Roles": ["two"]})).await;
}

#[tokio::test]
async fn a_bucket_has_a_name_of_small_letters_and_stays_while_it_is_not_empty() {
    let bench = Bench::new().await;
    let (of, made) = bench.create("AWS::S3::Bucket", json!({"BucketEncryption": {}})).await;
    assert_eq!(made.id, "pipe-logical-abcdefghijkl");
    assert_eq!(bench.s3.bucket(&made.id).await.unwrap().tags["of"], "stack");
    let given = json!({"Bucket": made.id, "PolicyDocument": policy("s3:*")});
    let (of_policy, made_policy) = bench.create("AWS::S3::BucketPolicy", given.clone()).await;
    assert!(bench.s3.bucket(&made.id).await.unwrap().policy.unwrap().contains("s3:*"));
    bench.delete(of_policy, &made_policy, given).await;
    assert_eq!(bench.s3.bucket(&made.id).await.unwrap().policy, None);
    let scope = Scope::new("123456789012", "us-west-2");
    bench.s3.put_object(&scope, &made.id, "k", bytes::Bytes::new(), Default::default()).await.unwrap();
    let kept = of.handler.delete(&bench.calls("Logical"), &made.id, &Properties::default()).await.unwrap_err();
    assert!(kept.to_string().contains("The bucket you tried to delete is not empty") && !kept.is_missing());
    bench.s3.delete_object(&made.id, "k").await.unwrap();
    bench.delete(of, &made, json!({})).await;
    let taken = json!({"BucketName": "taken"});
    bench.create("AWS::S3::Bucket", taken.clone()).await;
    let again = of.handler.create(&bench.calls("Other"), &properties_of(taken)).await.unwrap_err();
    assert!(again.to_string().contains("HandlerErrorCode: AlreadyExists"), "{again}");
}

#[tokio::test]
async fn a_consumer_and_logs_have_aws_names_for_their_attributes() {
    let bench = Bench::new().await;
    let (stream_type, stream) = bench.create("AWS::Kinesis::Stream", json!({"Name": "s", "ShardCount": 1})).await;
    let given = json!({"ConsumerName": "c", "StreamARN": stream.attributes["Arn"]});
    let (of, consumer) = bench.create("AWS::Kinesis::StreamConsumer", given.clone()).await;
    assert_eq!(consumer.attributes["ConsumerARN"], consumer.id);
    assert_eq!((consumer.attributes["ConsumerStatus"].as_str(), consumer.attributes.len()), (Some("ACTIVE"), 5));
    bench.delete(of, &consumer, given).await;
    bench.delete(stream_type, &stream, json!({"Name": "s"})).await;

    let (of_group, group) = bench.create("AWS::Logs::LogGroup", json!({"LogGroupName": "/g", "RetentionInDays": 7})).await;
    assert_eq!(group.attributes["Arn"], "arn:aws:logs:us-west-2:123456789012:log-group:/g:*");
    let in_group = json!({"LogGroupName": "/g", "LogStreamName": "s"});
    let (of_stream, stream) = bench.create("AWS::Logs::LogStream", in_group.clone()).await;
    assert_eq!(bench.run(logs_api::op::DescribeLogStreams, json!({"logGroupName": "/g"})).await.log_streams.unwrap().len(), 1);
    let retention = async || {
        let groups = bench.run(logs_api::op::DescribeLogGroups, json!({})).await.log_groups.unwrap();
        groups[0].retention_in_days
    };
    assert_eq!(retention().await, Some(7));
    let (week, fortnight) = (json!({"RetentionInDays": 7}), json!({"RetentionInDays": 14}));
    bench.update(of_group, &group, week, fortnight.clone()).await.unwrap();
    assert_eq!(retention().await, Some(14));
    bench.update(of_group, &group, fortnight, json!({"Tags": [{"Key": "a", "Value": "b"}]})).await.unwrap();
    assert_eq!(retention().await, None);
    bench.delete(of_stream, &stream, in_group).await;
    bench.delete(of_group, &group, json!({})).await;
}

#[tokio::test]
async fn records_have_arns_and_nothing_behind_them() {
    let bench = Bench::new().await;
    let function = json!({"FunctionName": "f", "Role": "arn", "Code": {"ZipFile": "x"}});
    let (of, made) = bench.create("AWS::Lambda::Function", function.clone()).await;
    assert_eq!(made.attributes["Arn"], "arn:aws:lambda:us-west-2:123456789012:function:f");
    bench.delete(of, &made, function).await;
    let (_, secret) = bench.create("AWS::SecretsManager::Secret", json!({"Name": "n", "SecretString": "s"})).await;
    assert_eq!(secret.id, "arn:aws:secretsmanager:us-west-2:123456789012:secret:n-ABCDEF");
    let (_, handle) = bench.create("AWS::CloudFormation::WaitConditionHandle", json!({})).await;
    assert!(handle.id.starts_with("http://localhost:4566/"), "{handle:?}");
}
