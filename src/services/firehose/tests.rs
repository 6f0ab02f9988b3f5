//! Tests of the service as a whole, on a virtual clock and a bucket in memory.

use super::*;
use crate::api::firehose as model;
use crate::api::{BoxFuture, Caller, Fault, Operation, Shape, Value};
use crate::base::arn::Arn;
use crate::base::limits::{Limits, Profile};
use crate::store::StoreOptions;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// 2026-07-13T23:05:09Z.
pub(super) const START_MS: Millis = 1_783_983_909_000;

/// A bucket in memory that can be told to fail, and a log of errors.
#[derive(Default)]
pub(super) struct Fake {
    pub(super) objects: Mutex<BTreeMap<String, Object>>,
    pub(super) failing: std::sync::atomic::AtomicBool,
    pub(super) puts: tokio::sync::watch::Sender<usize>,
    pub(super) errors: Mutex<Vec<String>>,
    pub(super) domain: Mutex<Option<String>>,
}

impl ObjectStore for Fake {
    fn put_object(&self, _: &Scope, object: Object) -> BoxFuture<Result<(), ObjectStoreError>> {
        let failing = self.failing.load(std::sync::atomic::Ordering::SeqCst);
        if !failing {
            self.objects.lock().unwrap().insert(format!("{}/{}", object.bucket, object.key), object);
        }
        self.puts.send_modify(|puts| *puts += 1);
        let refused = ObjectStoreError { code: "NoSuchBucket".into(), message: "The specified bucket does not exist".into() };
        Box::pin(std::future::ready(if failing { Err(refused) } else { Ok(()) }))
    }
}

impl Domains for Fake {
    fn endpoint(&self, domain: &Arn) -> BoxFuture<Result<String, String>> {
        let found = self.domain.lock().unwrap().clone().ok_or_else(|| format!("there is no domain {domain}"));
        Box::pin(std::future::ready(found))
    }
}

impl ErrorLog for Fake {
    fn write(&self, _: &Scope, group: &str, stream: &str, _: Millis, message: String) -> BoxFuture<()> {
        self.errors.lock().unwrap().push(format!("{group} {stream} {message}"));
        Box::pin(std::future::ready(()))
    }
}

/// A service with its surroundings.
pub(super) struct Bench {
    pub(super) firehose: Firehose,
    pub(super) fake: Arc<Fake>,
    pub(super) parts: Parts,
}

impl Bench {
    pub(super) async fn new(profile: Profile) -> Self {
        Self::with(profile, Store::open(&StoreOptions::default()).unwrap(), Clock::virtual_at(START_MS)).await
    }

    pub(super) async fn with(profile: Profile, store: Store, clock: Clock) -> Self {
        let fake = Arc::new(Fake::default());
        let parts = Parts {
            store,
            clock,
            limits: Limits::of(profile).firehose,
            spawner: Spawner::default(),
            objects: fake.clone(),
            domains: fake.clone(),
            error_log: fake.clone(),
            http: http(),
            failed_folder: FailedFolder::default(),
        };
        Self { firehose: Firehose::start(parts.clone()).await.unwrap(), fake, parts }
    }

    /// The same data folder after the end of the process.
    pub(super) async fn restarted(self) -> Self {
        self.parts.spawner.stop(std::time::Duration::from_secs(5)).await;
        let parts = Parts { spawner: Spawner::default(), ..self.parts };
        Self { firehose: Firehose::start(parts.clone()).await.unwrap(), fake: self.fake, parts }
    }

    pub(super) async fn call<O: Operation>(&self, _: O, input: O::Input) -> Result<O::Output, Fault> {
        let table = routes(self.firehose.clone());
        let caller = Caller { scope: scope(), access_key: None, request_id: "r".into(), endpoint: "http://localhost".into() };
        let answer = table.call(O::FACTS.name, caller, input.into_value().unwrap()).await?;
        Ok(O::Output::from_value(answer))
    }

    pub(super) async fn message<O: Operation>(&self, operation: O, input: O::Input) -> String {
        let fault = self.call(operation, input).await.err().expect("a fault");
        format!("{}: {}", fault.code, fault.message.unwrap_or_default())
    }

    pub(super) async fn describe(&self, name: &str) -> model::DeliveryStreamDescription {
        let input = model::DescribeDeliveryStreamInput { delivery_stream_name: name.into(), ..Default::default() };
        self.call(model::op::DescribeDeliveryStream, input).await.unwrap().delivery_stream_description
    }

    pub(super) async fn put(&self, name: &str, records: &[&str]) {
        let records: Vec<Bytes> = records.iter().map(|record| Bytes::copy_from_slice(record.as_bytes())).collect();
        self.firehose.put_record_batch(&scope(), name, &records).await.unwrap();
    }

    pub(super) fn objects(&self) -> Vec<(String, String)> {
        let objects = self.fake.objects.lock().unwrap();
        objects.iter().map(|(key, object)| (key.clone(), String::from_utf8_lossy(&object.body).into_owned())).collect()
    }

    pub(super) async fn puts(&self, count: usize) {
        let mut puts = self.fake.puts.subscribe();
        let wait = puts.wait_for(|puts| *puts >= count);
        tokio::time::timeout(std::time::Duration::from_secs(10), wait).await.expect("no object came").unwrap();
    }
}

fn http() -> reqwest::Client {
    // The program installs it in main; a second installation in a later test changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

pub(super) fn scope() -> Scope {
    Scope::new("123456789012", "us-west-2")
}

fn role() -> String {
    "arn:aws:iam::123456789012:role/firehose".into()
}

pub(super) fn bucket(prefix: Option<&str>) -> model::S3DestinationConfiguration {
    model::S3DestinationConfiguration {
        bucket_arn: "arn:aws:s3:::backup".into(),
        prefix: prefix.map(str::to_owned),
        role_arn: role(),
        ..Default::default()
    }
}

fn hints(size: i32, seconds: i32) -> Option<model::BufferingHints> {
    Some(model::BufferingHints { interval_in_seconds: Some(seconds), size_in_mbs: Some(size) })
}

fn extended() -> model::ExtendedS3DestinationConfiguration {
    model::ExtendedS3DestinationConfiguration {
        bucket_arn: "arn:aws:s3:::data".into(),
        buffering_hints: hints(1, 60),
        role_arn: role(),
        ..Default::default()
    }
}

fn creation(destination: model::ExtendedS3DestinationConfiguration) -> model::CreateDeliveryStreamInput {
    model::CreateDeliveryStreamInput {
        delivery_stream_name: "orders".into(),
        extended_s3_destination_configuration: Some(destination),
        ..Default::default()
    }
}

fn update(version: &str) -> model::UpdateDestinationInput {
    model::UpdateDestinationInput {
        delivery_stream_name: "orders".into(),
        current_delivery_stream_version_id: version.into(),
        destination_id: "destinationId-000000000001".into(),
        ..Default::default()
    }
}

use model::op::{
    CreateDeliveryStream, DeleteDeliveryStream, ListDeliveryStreams, ListTagsForDeliveryStream, PutRecord, PutRecordBatch,
    TagDeliveryStream, UntagDeliveryStream, UpdateDestination,
};

#[tokio::test]
async fn describe_fills_in_both_s3_blocks_and_every_default() {
    let bench = Bench::new(Profile::Local).await;
    let plain = model::CreateDeliveryStreamInput {
        delivery_stream_name: "orders".into(),
        s3_destination_configuration: Some(bucket(None)),
        ..Default::default()
    };
    let arn = bench.call(CreateDeliveryStream, plain.clone()).await.unwrap().delivery_stream_arn;
    assert_eq!(arn.as_deref(), Some("arn:aws:firehose:us-west-2:123456789012:deliverystream/orders"));
    let described = bench.describe("orders").await.into_value().unwrap();
    let block = "BucketARN arn:aws:s3:::backup, BufferingHints {IntervalInSeconds 300, SizeInMBs 5}, CloudWatchLoggingOptions {Enabled \
                 false}, CompressionFormat UNCOMPRESSED, EncryptionConfiguration {NoEncryptionConfig NoEncryption}, RoleARN \
                 arn:aws:iam::123456789012:role/firehose";
    let expected = format!(
        "{{CreateTimestamp @{START_MS}, DeliveryStreamARN arn:aws:firehose:us-west-2:123456789012:deliverystream/orders, \
         DeliveryStreamEncryptionConfiguration {{Status DISABLED}}, DeliveryStreamName orders, DeliveryStreamStatus ACTIVE, \
         DeliveryStreamType DirectPut, Destinations [{{DestinationId destinationId-000000000001, ExtendedS3DestinationDescription \
         {{{block}, S3BackupMode Disabled}}, S3DestinationDescription {{{block}}}}}], HasMoreDestinations false, VersionId 1}}"
    );
    assert_eq!(shown(&described), expected);
    assert_eq!(
        bench.message(CreateDeliveryStream, plain).await,
        "ResourceInUseException: Firehose orders under accountId 123456789012 already exists"
    );
}

/// A value as a line of text.
fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Map(members) => {
            let members: Vec<String> = members.iter().map(|(name, value)| format!("{name} {}", shown(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::List(elements) => format!("[{}]", elements.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Text(text) => text.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Time(ms) => format!("@{ms}"),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn creations_that_aws_refuses() {
    let bench = Bench::new(Profile::Aws).await;
    let none = model::CreateDeliveryStreamInput { delivery_stream_name: "orders".into(), ..Default::default() };
    let two = model::CreateDeliveryStreamInput { s3_destination_configuration: Some(bucket(None)), ..creation(extended()) };
    let one = "InvalidArgumentException: Exactly one destination configuration is supported for a Firehose";
    assert_eq!(bench.message(CreateDeliveryStream, none).await, one);
    assert_eq!(bench.message(CreateDeliveryStream, two).await, one);
    for (given, expected) in [
        (
            model::ExtendedS3DestinationConfiguration { buffering_hints: hints(5, 59), ..extended() },
            "InvalidArgumentException: BufferingHints.IntervalInSeconds must be 0 or at least 60, not 59.",
        ),
        (
            model::ExtendedS3DestinationConfiguration { prefix: Some("!{timestamp:yyyy}/".into()), ..extended() },
            "InvalidArgumentException: ErrorOutputPrefix cannot be null or empty when Prefix contains expressions.",
        ),
        (
            model::ExtendedS3DestinationConfiguration { custom_time_zone: Some("Mars/Base".into()), ..extended() },
            "InvalidArgumentException: CustomTimeZone Mars/Base is not a known time zone.",
        ),
        (
            model::ExtendedS3DestinationConfiguration {
                processing_configuration: Some(model::ProcessingConfiguration { enabled: Some(true), processors: None }),
                ..extended()
            },
            "InvalidArgumentException: A maximum of 5 and a minimum of 1 processor needs to be supplied when processing is enabled.",
        ),
    ] {
        assert_eq!(bench.message(CreateDeliveryStream, creation(given)).await, expected);
    }
    let http = model::CreateDeliveryStreamInput {
        extended_s3_destination_configuration: None,
        http_endpoint_destination_configuration: Some(model::HttpEndpointDestinationConfiguration {
            endpoint_configuration: model::HttpEndpointConfiguration { url: "https://localhost".into(), ..Default::default() },
            s3_configuration: bucket(None),
            ..Default::default()
        }),
        ..creation(extended())
    };
    let refused = bench.message(CreateDeliveryStream, http).await;
    assert_eq!(refused, "InvalidArgumentException: Delivery to HTTP endpoint destinations is not built yet.");
}

#[tokio::test]
async fn updates_merge_and_only_a_change_raises_the_version() {
    let bench = Bench::new(Profile::Local).await;
    bench.call(CreateDeliveryStream, creation(extended())).await.unwrap();
    let to = |version: &str, destination| model::UpdateDestinationInput {
        extended_s3_destination_update: Some(destination),
        ..update(version)
    };
    let interval = model::BufferingHints { interval_in_seconds: Some(90), size_in_mbs: None };
    let longer = model::ExtendedS3DestinationUpdate { buffering_hints: Some(interval), ..Default::default() };
    bench.call(UpdateDestination, to("1", longer.clone())).await.unwrap();
    let described = bench.describe("orders").await;
    assert_eq!((described.version_id.as_str(), described.last_update_timestamp), ("2", Some(crate::api::Timestamp(START_MS))));
    let merged = described.destinations[0].s3_destination_description.clone().unwrap().buffering_hints;
    assert_eq!(Some(merged), hints(1, 90));
    bench.call(UpdateDestination, to("2", longer.clone())).await.unwrap();
    assert_eq!(bench.describe("orders").await.version_id, "2", "nothing changed");
    for (input, expected) in [
        (
            to("1", longer.clone()),
            "ConcurrentModificationException: Cannot update firehose: orders since the current version id: 2 and specified version id: \
             1 do not match",
        ),
        (
            model::UpdateDestinationInput { destination_id: "destinationId-2".into(), ..to("2", longer) },
            "InvalidArgumentException: Destination Id destinationId-2 not found",
        ),
        (
            update("2"),
            "InvalidArgumentException: At least one destination or source configuration update must be provided",
        ),
        (
            model::UpdateDestinationInput { elasticsearch_destination_update: Some(Default::default()), ..update("2") },
            "InvalidArgumentException: Changing the destination type to or from Elasticsearch is not supported at this time.",
        ),
    ] {
        assert_eq!(bench.message(UpdateDestination, input).await, expected);
    }
}

#[tokio::test]
async fn lists_are_sorted_and_paged_and_tags_come_and_go() {
    let bench = Bench::new(Profile::Local).await;
    for name in ["c", "a", "b"] {
        let input = model::CreateDeliveryStreamInput { delivery_stream_name: name.into(), ..creation(extended()) };
        bench.call(CreateDeliveryStream, input).await.unwrap();
    }
    let list = |after: Option<&str>, limit| model::ListDeliveryStreamsInput {
        exclusive_start_delivery_stream_name: after.map(str::to_owned),
        limit,
        ..Default::default()
    };
    let first = bench.call(ListDeliveryStreams, list(None, Some(2))).await.unwrap();
    assert_eq!((first.delivery_stream_names, first.has_more_delivery_streams), (vec!["a".to_owned(), "b".into()], true));
    let second = bench.call(ListDeliveryStreams, list(Some("b"), None)).await.unwrap();
    assert_eq!((second.delivery_stream_names, second.has_more_delivery_streams), (vec!["c".to_owned()], false));

    let tags = vec![model::Tag { key: "k".into(), value: Some("v".into()) }, model::Tag { key: "l".into(), value: None }];
    let tagging = model::TagDeliveryStreamInput { delivery_stream_name: "a".into(), tags };
    bench.call(TagDeliveryStream, tagging).await.unwrap();
    let untagging = model::UntagDeliveryStreamInput { delivery_stream_name: "a".into(), tag_keys: vec!["l".into(), "none".into()] };
    bench.call(UntagDeliveryStream, untagging).await.unwrap();
    let listing = model::ListTagsForDeliveryStreamInput { delivery_stream_name: "a".into(), ..Default::default() };
    let listed = bench.call(ListTagsForDeliveryStream, listing).await.unwrap();
    assert_eq!((listed.tags.len(), listed.tags[0].value.as_deref(), listed.has_more_tags), (1, Some("v"), false));
}

#[tokio::test]
async fn puts_keep_the_limits_of_a_call() {
    let bench = Bench::new(Profile::Local).await;
    bench.call(CreateDeliveryStream, creation(extended())).await.unwrap();
    let record = |data: &'static [u8]| model::Record { data: Bytes::from_static(data) };
    let put = model::PutRecordInput { delivery_stream_name: "orders".into(), record: record(b"") };
    let first = bench.call(PutRecord, put.clone()).await.unwrap();
    assert_eq!((first.record_id.len(), first.encrypted), (20 + 56, Some(false)));
    let batch = |records| model::PutRecordBatchInput { delivery_stream_name: "orders".into(), records };
    let answer = bench.call(PutRecordBatch, batch(vec![record(b"1"), record(b"2")])).await.unwrap();
    let ids: Vec<_> = answer.request_responses.into_iter().map(|entry| entry.record_id.unwrap()).collect();
    assert!(first.record_id < ids[0] && ids[0] < ids[1] && answer.failed_put_count == 0);
    let large = model::Record { data: Bytes::from(vec![0; 1_000_000]) };
    assert_eq!(
        bench.message(PutRecordBatch, batch(vec![large; 5])).await,
        "InvalidArgumentException: Records size 5000000 exceeds the maximum allowed size of 4194304 bytes"
    );
    let unknown = model::PutRecordInput { delivery_stream_name: "none".into(), ..put };
    let refused = bench.message(PutRecord, unknown).await;
    assert_eq!(refused, "ResourceNotFoundException: Firehose none under account 123456789012 not found.");
}

#[tokio::test]
async fn aws_limits_take_their_time_and_throttle() {
    let bench = Bench::new(Profile::Aws).await;
    bench.call(CreateDeliveryStream, creation(extended())).await.unwrap();
    let record = model::Record { data: Bytes::from(vec![0; 1_000_000]) };
    let batch = model::PutRecordBatchInput { delivery_stream_name: "orders".into(), records: vec![record; 3] };
    let refused = bench.message(PutRecordBatch, batch.clone()).await;
    assert_eq!(refused, "ResourceNotFoundException: Firehose orders is not active in 123456789012 account.");
    bench.parts.clock.advance_to(START_MS + 10_000);
    assert_eq!(bench.call(PutRecordBatch, batch.clone()).await.unwrap().failed_put_count, 0);
    let throttled = bench.call(PutRecordBatch, batch).await.unwrap();
    assert_eq!(throttled.failed_put_count, 1);
    assert_eq!(throttled.request_responses[2].error_code.as_deref(), Some("ServiceUnavailableException"));
    let delete = model::DeleteDeliveryStreamInput { delivery_stream_name: "orders".into(), ..Default::default() };
    bench.call(DeleteDeliveryStream, delete.clone()).await.unwrap();
    bench.call(DeleteDeliveryStream, delete).await.unwrap();
    assert_eq!(bench.describe("orders").await.delivery_stream_status, model::DeliveryStreamStatus::Deleting);
    let bench = bench.restarted().await;
    bench.parts.clock.advance_to(START_MS + 20_000);
    while bench.firehose.find(&scope(), "orders").is_some() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_object_is_delivered_when_the_interval_since_the_first_record_ends() {
    let bench = Bench::new(Profile::Local).await;
    let destination = model::ExtendedS3DestinationConfiguration { prefix: Some("raw/".into()), ..extended() };
    bench.call(CreateDeliveryStream, creation(destination)).await.unwrap();
    bench.put("orders", &["{\"n\":1}", "{\"n\":2}"]).await;
    bench.parts.clock.advance_to(START_MS + 59_999);
    bench.put("orders", &["{\"n\":3}"]).await;
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(bench.objects(), []);
    bench.parts.clock.advance_to(START_MS + 60_000);
    bench.puts(1).await;
    let [(key, body)] = &bench.objects()[..] else { panic!("one object") };
    assert!(key.starts_with("data/raw/2026/07/13/23/orders-1-2026-07-13-23-05-09-"), "{key}");
    assert_eq!(body, "{\"n\":1}{\"n\":2}{\"n\":3}");
}

#[tokio::test]
async fn an_object_is_delivered_when_the_size_is_reached_and_a_flush_takes_the_rest() {
    let bench = Bench::new(Profile::Local).await;
    let append = model::Processor { r#type: model::ProcessorType::AppendDelimiterToRecord, parameters: None };
    let processing = model::ProcessingConfiguration { enabled: Some(true), processors: Some(vec![append]) };
    let destination = model::ExtendedS3DestinationConfiguration { processing_configuration: Some(processing), ..extended() };
    bench.call(CreateDeliveryStream, creation(destination)).await.unwrap();
    let large = "x".repeat(300_000);
    bench.put("orders", &[&large, &large, &large, &large, &large]).await;
    bench.puts(1).await;
    assert_eq!(bench.objects()[0].1.len(), 4 * 300_001, "the record that reaches 1 MiB is the last");
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    assert_eq!(bench.objects().iter().map(|(_, body)| body.len()).sum::<usize>(), 5 * 300_001);
}

#[tokio::test]
async fn a_failing_bucket_loses_nothing_and_is_told_to_the_log() {
    let bench = Bench::new(Profile::Local).await;
    let options = model::CloudWatchLoggingOptions {
        enabled: Some(true),
        log_group_name: Some("g".into()),
        log_stream_name: Some("s".into()),
    };
    let destination = model::ExtendedS3DestinationConfiguration { cloud_watch_logging_options: Some(options), ..extended() };
    bench.call(CreateDeliveryStream, creation(destination)).await.unwrap();
    bench.fake.failing.store(true, std::sync::atomic::Ordering::SeqCst);
    bench.put("orders", &["a"]).await;
    bench.parts.clock.advance_to(START_MS + 60_000);
    bench.puts(1).await;
    // The process ends while the bucket fails, and starts again.
    let bench = bench.restarted().await;
    bench.puts(2).await;
    bench.put("orders", &["b"]).await;
    bench.fake.failing.store(false, std::sync::atomic::Ordering::SeqCst);
    // A changed configuration is tried at once.
    let update = model::UpdateDestinationInput {
        extended_s3_destination_update: Some(model::ExtendedS3DestinationUpdate {
            bucket_arn: Some("arn:aws:s3:::other".into()),
            ..Default::default()
        }),
        ..update("1")
    };
    bench.call(UpdateDestination, update).await.unwrap();
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    let bodies: String = bench.objects().into_iter().map(|(_, body)| body).collect();
    assert_eq!(bodies, "ab");
    assert!(bench.objects()[0].0.starts_with("other/2026/07/13/23/orders-2-"), "{:?}", bench.objects());
    assert_eq!(
        bench.fake.errors.lock().unwrap()[0],
        "g s {\"deliveryStreamARN\":\"arn:aws:firehose:us-west-2:123456789012:deliverystream/orders\",\"destination\":\
         \"arn:aws:s3:::data\",\"deliveryStreamVersionId\":1,\"message\":\"The specified bucket does not exist\",\"errorCode\":\
         \"S3.NoSuchBucket\"}"
    );
}

#[tokio::test]
async fn what_was_delivered_is_not_delivered_again_after_a_restart_and_its_space_is_given_back() {
    let bench = Bench::new(Profile::Local).await;
    bench.call(CreateDeliveryStream, creation(extended())).await.unwrap();
    bench.put("orders", &["a"]).await;
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    bench.parts.clock.advance_to(START_MS + 1_000);
    bench.put("orders", &["b"]).await;
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    let log = bench.firehose.find(&scope(), "orders").unwrap().stream().log;
    assert_eq!(bench.parts.store.log_state(log).unwrap().count(), 1);
    let bench = bench.restarted().await;
    bench.put("orders", &["c"]).await;
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    let bodies: Vec<String> = bench.objects().into_iter().map(|(_, body)| body).collect();
    assert_eq!(bodies.len(), 3);
    assert_eq!(bodies.concat().chars().filter(|c| "abc".contains(*c)).count(), 3);
}

#[tokio::test]
async fn a_backup_gets_every_record_in_its_own_bucket() {
    let bench = Bench::new(Profile::Local).await;
    let destination = model::ExtendedS3DestinationConfiguration {
        s3_backup_mode: Some(model::S3BackupMode::Enabled),
        s3_backup_configuration: Some(model::S3DestinationConfiguration {
            compression_format: Some(model::CompressionFormat::Gzip),
            ..bucket(Some("copy/"))
        }),
        ..extended()
    };
    bench.call(CreateDeliveryStream, creation(destination)).await.unwrap();
    bench.put("orders", &["a"]).await;
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    let keys: Vec<String> = bench.objects().into_iter().map(|(key, _)| key).collect();
    assert!(keys[0].starts_with("backup/copy/2026/07/13/23/orders-1-") && keys[0].ends_with(".gz"), "{keys:?}");
    assert!(keys[1].starts_with("data/2026/07/13/23/orders-1-"), "{keys:?}");
}

#[tokio::test]
async fn deleting_discards_what_waits() {
    let bench = Bench::new(Profile::Local).await;
    bench.call(CreateDeliveryStream, creation(extended())).await.unwrap();
    bench.put("orders", &["a"]).await;
    let delete = model::DeleteDeliveryStreamInput { delivery_stream_name: "orders".into(), ..Default::default() };
    bench.call(DeleteDeliveryStream, delete).await.unwrap();
    bench.call(CreateDeliveryStream, creation(extended())).await.unwrap();
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    assert_eq!(bench.objects(), []);
}
