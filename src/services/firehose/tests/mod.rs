//! Tests of the service as a whole, on a virtual clock and a bucket in memory.

mod operations;
mod s3;
mod streams;

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
        let (fake, spawner) = (Arc::new(Fake::default()), Spawner::default());
        let streams = Limits::of(Profile::Local).kinesis;
        let kinesis = Kinesis::open(store.clone(), clock.clone(), streams, spawner.clone()).await.unwrap();
        let parts = Parts {
            store,
            clock,
            limits: Limits::of(profile).firehose,
            spawner,
            kinesis,
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
        let (spawner, limits) = (Spawner::default(), Limits::of(Profile::Local).kinesis);
        let kinesis = Kinesis::open(self.parts.store.clone(), self.parts.clock.clone(), limits, spawner.clone()).await.unwrap();
        let parts = Parts { spawner, kinesis, ..self.parts };
        Self { firehose: Firehose::start(parts.clone()).await.unwrap(), fake: self.fake, parts }
    }

    pub(super) async fn call<O: Operation>(&self, operation: O, input: O::Input) -> Result<O::Output, Fault> {
        Self::call_table(&routes(self.firehose.clone()), operation, input).await
    }

    async fn kinesis<O: Operation>(&self, operation: O, input: O::Input) -> O::Output {
        Self::call_table(&crate::services::kinesis::routes(self.parts.kinesis.clone()), operation, input).await.unwrap()
    }

    async fn call_table<O: Operation>(table: &crate::api::ServiceTable, _: O, input: O::Input) -> Result<O::Output, Fault> {
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
