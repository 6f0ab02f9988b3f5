//! Stacks over real services on a virtual clock: what takes minutes on AWS, and what a process that ends in the middle leaves.

use super::*;
use crate::api::cloudformation::{
    CancelUpdateStackInput, CreateStackInput, DeleteStackInput, DescribeStackEventsInput, DescribeStacksInput, OnFailure,
    ResourceStatus, RollbackStackInput, Stack as Shown, Tag, UpdateStackInput, op,
};
use crate::api::kinesis::{
    self as kinesis_api, CreateStreamInput, DescribeStreamSummaryInput, ListStreamsInput, ListTagsForStreamInput,
};
use crate::api::{Caller, Operation, Shape, Value};
use crate::base::clock::Millis;
use crate::base::limits::{Limits, Profile};
use crate::services::kinesis::{self as kinesis_service, Kinesis};
use crate::store::StoreOptions;
use serde_json::{Value as Document, json};

const MINUTE_MS: Millis = 60_000;

/// Milliseconds that a stream takes to come into being: longer than any other wait here.
const SLOW_MS: u64 = 150_000;

fn scope() -> Scope {
    Scope::new("123456789012", "us-west-2")
}

fn caller() -> Caller {
    Caller { scope: scope(), access_key: None, request_id: "id".into(), endpoint: "http://localhost:4566".into() }
}

/// What survives a process.
struct Bench {
    store: Store,
    clock: Clock,
    s3: S3,
    kinesis: Kinesis,
}

/// A process.
struct Process {
    tables: HashMapOf,
    service: CloudFormation,
    spawner: Spawner,
}

type HashMapOf = std::collections::HashMap<&'static str, ServiceTable>;

impl Bench {
    async fn new(transition_ms: u64) -> Self {
        let (store, clock) = (Store::open(&StoreOptions::default()).unwrap(), Clock::virtual_at(1_000_000));
        let mut limits = Limits::of(Profile::Local);
        limits.kinesis.transition_ms = transition_ms;
        let kinesis = Kinesis::open(store.clone(), clock.clone(), limits.kinesis, Spawner::default()).await.unwrap();
        let s3 = S3::open(store.clone(), clock.clone()).await.unwrap();
        Self { store, clock, s3, kinesis }
    }

    async fn start(&self) -> Process {
        let spawner = Spawner::default();
        let streams = kinesis_service::routes(self.kinesis.clone());
        let (store, clock, s3) = (self.store.clone(), self.clock.clone(), self.s3.clone());
        let parts = Parts { store, clock, spawner: spawner.clone(), s3, tables: vec![streams.clone()] };
        let service = CloudFormation::open(parts).await.unwrap();
        let tables = [streams, routes(service.clone())].into_iter().map(|table| (table.service().id, table)).collect();
        Process { tables, service, spawner }
    }

    /// Lets time go by until `what` holds.
    async fn pass(&self, until_ms: Millis, mut what: impl AsyncFnMut() -> bool) {
        while !what().await {
            assert!(self.clock.now_ms() < until_ms, "not before {until_ms}");
            self.clock.advance_to(self.clock.now_ms() + 500);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Process {
    async fn call<O: Operation>(&self, _: O, input: O::Input) -> O::Output {
        let value = input.into_value().unwrap_or(Value::Null);
        let output = self.tables[O::FACTS.service.id].call(O::FACTS.name, caller(), value).await;
        O::Output::from_value(output.unwrap_or_else(|fault| panic!("{}: {fault:?}", O::FACTS.name)))
    }

    /// Begins an operation whose caller waits for a moment of the clock's time.
    async fn begin<O: Operation + Send + 'static>(&self, bench: &Bench, operation: O, input: O::Input)
    where
        O::Input: Send + 'static,
    {
        let table = self.tables[O::FACTS.service.id].clone();
        let value = input.into_value().unwrap_or(Value::Null);
        let _ = operation;
        let running = tokio::spawn(async move { table.call(O::FACTS.name, caller(), value).await.map(drop) });
        bench.pass(bench.clock.now_ms() + MINUTE_MS, async || running.is_finished()).await;
        running.await.unwrap().unwrap();
    }

    async fn stack(&self, name: &str) -> Shown {
        let input = DescribeStacksInput { stack_name: Some(name.to_owned()), next_token: None };
        self.call(op::DescribeStacks, input).await.stacks.unwrap().remove(0)
    }

    async fn status(&self, name: &str) -> String {
        self.stack(name).await.stack_status.to_string()
    }

    /// Lets time go by until the stack has this status; the time that took.
    async fn until(&self, bench: &Bench, name: &str, status: &str) -> Millis {
        let start_ms = bench.clock.now_ms();
        bench.pass(start_ms + 60 * MINUTE_MS, async || self.status(name).await == status).await;
        bench.clock.now_ms() - start_ms
    }

    async fn streams(&self) -> Vec<String> {
        self.call(kinesis_api::op::ListStreams, ListStreamsInput::default()).await.stream_names
    }

    async fn reasons(&self, name: &str, status: &str) -> Vec<String> {
        let input = DescribeStackEventsInput { stack_name: name.to_owned(), next_token: None };
        let events = self.call(op::DescribeStackEvents, input).await.stack_events.unwrap();
        let of = events.into_iter().filter(|event| event.resource_status.as_deref() == Some(status));
        of.map(|event| event.resource_status_reason.unwrap_or_default()).collect()
    }

    /// Ends as a killed process does: in the middle of whatever runs.
    async fn end(self) {
        self.spawner.stop(Duration::ZERO).await;
    }
}

fn streams_of(resources: Document) -> Option<String> {
    Some(json!({"Resources": resources}).to_string())
}

fn stream(properties: Document) -> Document {
    json!({"Type": "AWS::Kinesis::Stream", "Properties": properties})
}

fn create(name: &str, resources: Document) -> CreateStackInput {
    CreateStackInput { stack_name: name.to_owned(), template_body: streams_of(resources), ..Default::default() }
}

fn update(name: &str, resources: Document) -> UpdateStackInput {
    UpdateStackInput { stack_name: name.to_owned(), template_body: streams_of(resources), ..Default::default() }
}

#[tokio::test]
async fn a_creation_fails_when_its_time_is_over_and_a_restart_does_not_prolong_it() {
    let bench = Bench::new(SLOW_MS).await;
    let process = bench.start().await;
    let slow = json!({"A": stream(json!({"ShardCount": 1}))});
    let start_ms = bench.clock.now_ms();
    process
        .begin(&bench, op::CreateStack, CreateStackInput { timeout_in_minutes: Some(2), ..create("late", slow.clone()) })
        .await;
    bench.clock.advance_to(start_ms + MINUTE_MS + MINUTE_MS / 2);
    process.end().await;
    let process = bench.start().await;
    process.until(&bench, "late", "ROLLBACK_IN_PROGRESS").await;
    let took_ms = bench.clock.now_ms() - start_ms;
    assert!((2 * MINUTE_MS..3 * MINUTE_MS).contains(&took_ms), "{took_ms}");
    let reason = "Stack creation time exceeded the specified timeout. Rollback requested by user.";
    assert_eq!(process.reasons("late", "ROLLBACK_IN_PROGRESS").await, [reason]);
    assert_eq!(process.reasons("late", "CREATE_FAILED").await, ["Resource creation cancelled"]);
    process.until(&bench, "late", "ROLLBACK_COMPLETE").await;
    assert!(process.streams().await.is_empty());

    let kept = CreateStackInput { timeout_in_minutes: Some(1), disable_rollback: Some(true), ..create("kept", slow.clone()) };
    process.begin(&bench, op::CreateStack, kept).await;
    process.until(&bench, "kept", "CREATE_FAILED").await;
    assert_eq!(process.streams().await.len(), 1);
    let gone = CreateStackInput { timeout_in_minutes: Some(1), on_failure: Some(OnFailure::Delete), ..create("gone", slow) };
    process.begin(&bench, op::CreateStack, gone).await;
    let id = process.stack("gone").await.stack_id.unwrap();
    process.until(&bench, &id, "DELETE_COMPLETE").await;
    process.begin(&bench, op::RollbackStack, RollbackStackInput { stack_name: "kept".into(), ..Default::default() }).await;
    process.until(&bench, "kept", "ROLLBACK_COMPLETE").await;
    assert!(process.streams().await.is_empty());
}

#[tokio::test]
async fn what_was_asked_of_a_running_operation_outlives_the_process() {
    let bench = Bench::new(20_000).await;
    let process = bench.start().await;
    process.begin(&bench, op::CreateStack, create("s", json!({"A": stream(json!({"Name": "a", "ShardCount": 1}))}))).await;
    process.until(&bench, "s", "CREATE_COMPLETE").await;
    let more = json!({"A": stream(json!({"Name": "a", "ShardCount": 2})), "B": stream(json!({"Name": "b", "ShardCount": 1}))});
    process.begin(&bench, op::UpdateStack, UpdateStackInput { disable_rollback: Some(true), ..update("s", more) }).await;
    process.call(op::CancelUpdateStack, CancelUpdateStackInput { stack_name: "s".into(), ..Default::default() }).await;
    process.end().await;
    let process = bench.start().await;
    process.until(&bench, "s", "UPDATE_ROLLBACK_COMPLETE").await;
    assert_eq!(process.reasons("s", "UPDATE_ROLLBACK_IN_PROGRESS").await, ["User Initiated"]);
    assert_eq!(process.streams().await, ["a"]);
    let input = DescribeStreamSummaryInput { stream_name: Some("a".into()), ..Default::default() };
    let summary = process.call(kinesis_api::op::DescribeStreamSummary, input).await.stream_description_summary;
    assert_eq!(summary.open_shard_count, 1);

    process.begin(&bench, op::CreateStack, create("t", json!({"C": stream(json!({"Name": "c", "ShardCount": 1}))}))).await;
    assert_eq!(process.status("t").await, "CREATE_IN_PROGRESS");
    let id = process.stack("t").await.stack_id.unwrap();
    process.call(op::DeleteStack, DeleteStackInput { stack_name: "t".into(), ..Default::default() }).await;
    process.end().await;
    let process = bench.start().await;
    process.until(&bench, &id, "DELETE_COMPLETE").await;
    assert_eq!(process.streams().await, ["a"]);
}

/// Makes the documents of a stack those of a process that was killed between the call that made `A` and the note of it.
async fn forget(process: &Process, name: &str, intent: &[&str]) {
    let kept = &process.service.0.kept;
    let mut stack = kept.find(&scope(), name).await.unwrap().unwrap();
    let mut resource = kept.resources(&scope(), &stack.id).await.unwrap().remove("A").unwrap();
    stack.status = crate::api::cloudformation::StackStatus::CreateInProgress;
    resource.status = ResourceStatus::CreateInProgress;
    (resource.now.physical_id, resource.now.reference) = (None, None);
    resource.intent = Some(intent.iter().map(|id| (*id).to_owned()).collect());
    let work = Work::new(
        (kept.clone(), process.service.0.clock.clone(), process.service.0.tables.clone()),
        scope(),
        stack,
        [("A".to_owned(), resource)].into(),
    );
    work.keep_all().await;
}

async fn named(process: &Process, name: &str) {
    let input = CreateStreamInput { stream_name: name.to_owned(), shard_count: Some(1), ..Default::default() };
    process.call(kinesis_api::op::CreateStream, input).await;
}

#[tokio::test]
async fn a_stack_knows_what_it_made_before_it_was_killed_and_what_it_did_not() {
    let bench = Bench::new(0).await;
    let process = bench.start().await;
    for name in ["named", "generated"] {
        let properties = if name == "named" { json!({"Name": "mine", "ShardCount": 1}) } else { json!({"ShardCount": 1}) };
        process.begin(&bench, op::CreateStack, create(name, json!({"A": stream(properties)}))).await;
        process.until(&bench, name, "CREATE_COMPLETE").await;
        forget(&process, name, &[]).await;
    }
    let before = process.streams().await;
    process.end().await;
    let process = bench.start().await;
    for name in ["named", "generated"] {
        process.until(&bench, name, "CREATE_COMPLETE").await;
    }
    assert_eq!(process.streams().await, before, "made again under the same names");

    // A stream of somebody else was there when the intent was noted: the creation failed, and the process was killed before it knew.
    forget(&process, "named", &["mine"]).await;
    process.end().await;
    let process = bench.start().await;
    process.until(&bench, "named", "ROLLBACK_COMPLETE").await;
    assert!(process.reasons("named", "CREATE_FAILED").await[0].contains("HandlerErrorCode: AlreadyExists"));
    assert!(process.streams().await.contains(&"mine".to_owned()), "what is not the stack's stays");
    named(&process, "other").await;
    let taken = create("taken", json!({"A": stream(json!({"Name": "other", "ShardCount": 1}))}));
    process.begin(&bench, op::CreateStack, taken).await;
    process.until(&bench, "taken", "ROLLBACK_COMPLETE").await;
    assert!(process.streams().await.contains(&"other".to_owned()));
}

#[tokio::test]
async fn updates_that_failed_and_were_left_so_go_back_to_the_last_complete_version() {
    let bench = Bench::new(0).await;
    let process = bench.start().await;
    let version = |hours: u32, name: &str, tag: &str, more: Document| {
        let tags = json!([{"Key": tag, "Value": "x"}]);
        let mut resources = json!({"A": stream(json!({"ShardCount": 1, "RetentionPeriodHours": hours, "Tags": tags})), "N": stream(json!({"Name": name, "ShardCount": 1}))});
        resources.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        resources
    };
    let bad = || json!({"New": stream(json!({"Name": "new", "ShardCount": 1})), "Bad": {"Type": "AWS::Kinesis::Stream", "DependsOn": ["A", "N", "New"], "Properties": {"ShardCount": 0}}});
    process.begin(&bench, op::CreateStack, create("s", version(24, "one", "first", json!({})))).await;
    process.until(&bench, "s", "CREATE_COMPLETE").await;
    let mut original = process.streams().await;
    let left =
        |hours, name, tag| UpdateStackInput { disable_rollback: Some(true), ..update("s", version(hours, name, tag, bad())) };
    for (hours, name, tag) in [(48, "two", "second"), (72, "three", "third")] {
        process.begin(&bench, op::UpdateStack, left(hours, name, tag)).await;
        process.until(&bench, "s", "UPDATE_FAILED").await;
        assert!(process.streams().await.contains(&name.to_owned()));
    }
    process.begin(&bench, op::UpdateStack, update("s", version(96, "three", "fourth", bad()))).await;
    process.until(&bench, "s", "UPDATE_ROLLBACK_COMPLETE").await;
    assert_eq!(process.streams().await, original);
    let a = original.iter().find(|name| name.starts_with("s-A-")).unwrap().clone();
    let hours_and_tags = async |process: &Process| {
        let input = DescribeStreamSummaryInput { stream_name: Some(a.clone()), ..Default::default() };
        let summary = process.call(kinesis_api::op::DescribeStreamSummary, input).await.stream_description_summary;
        let input = ListTagsForStreamInput { stream_name: Some(a.clone()), ..Default::default() };
        let tags = process.call(kinesis_api::op::ListTagsForStream, input).await.tags;
        (summary.retention_period_hours, tags.into_iter().map(|tag| tag.key).collect::<Vec<_>>())
    };
    assert_eq!(hours_and_tags(&process).await, (24, vec!["first".to_owned()]));

    process.begin(&bench, op::UpdateStack, left(48, "two", "second")).await;
    process.until(&bench, "s", "UPDATE_FAILED").await;
    process.begin(&bench, op::RollbackStack, RollbackStackInput { stack_name: "s".into(), ..Default::default() }).await;
    process.until(&bench, "s", "UPDATE_ROLLBACK_COMPLETE").await;
    assert_eq!((process.streams().await, hours_and_tags(&process).await.0), (original.clone(), 24));
    // One that succeeds after one that failed cleans up what both replaced.
    process.begin(&bench, op::UpdateStack, left(48, "two", "second")).await;
    process.until(&bench, "s", "UPDATE_FAILED").await;
    let tags = Some(vec![Tag { key: "stack".into(), value: "s".into() }]);
    process
        .begin(&bench, op::UpdateStack, UpdateStackInput { tags, ..update("s", version(36, "three", "last", json!({}))) })
        .await;
    process.until(&bench, "s", "UPDATE_COMPLETE").await;
    original.retain(|name| name != "one");
    original.push("three".to_owned());
    original.sort();
    assert_eq!(
        (process.streams().await, hours_and_tags(&process).await),
        (original, (36, vec!["last".to_owned(), "stack".to_owned()]))
    );
}
