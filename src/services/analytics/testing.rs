//! What the tests of this service share: Analytics and Kinesis over one store in memory, on a clock that the test moves.

use super::*;
use crate::api::kinesis as streams;
use crate::api::kinesisanalytics as api1;
use crate::api::{BoxFuture, Caller, Fault, Operation, ServiceTable, Shape};
use crate::base::clock::Millis;
use crate::base::limits::{Limits, Profile};
use crate::services::firehose::DeliveryStreamTail;
use crate::services::kinesis;
use crate::store::{LogId, Ordinal, StoreOptions};
use bytes::Bytes;
use std::path::PathBuf;
use std::time::Duration;

pub(super) const ROLE: &str = "arn:aws:iam::000000000000:role/analytics";
pub(super) const STREAM: &str = "arn:aws:kinesis:us-east-1:000000000000:stream/readings";
pub(super) const RESULTS: &str = "arn:aws:kinesis:us-east-1:000000000000:stream/results";
pub(super) const START_MS: Millis = 1_700_000_000_123;

pub(super) struct World {
    pub(super) analytics: Analytics,
    pub(super) clock: Clock,
    spawner: Spawner,
    delivered: Arc<Delivered>,
    kinesis: ServiceTable,
    v1: ServiceTable,
    v2: ServiceTable,
}

/// Delivery streams that only remember, and cannot be read.
#[derive(Default)]
struct Delivered(std::sync::Mutex<Vec<(String, String)>>);

impl DeliveryStreams for Delivered {
    fn follow(
        &self,
        delivery_stream: Arn,
        positions: Vec<(LogId, Ordinal)>,
        start_ms: Millis,
    ) -> BoxFuture<Result<DeliveryStreamTail, NeighbourError>> {
        Nobody.follow(delivery_stream, positions, start_ms)
    }

    fn put(&self, delivery_stream: Arn, records: Vec<Bytes>) -> BoxFuture<Result<usize, NeighbourError>> {
        let count = records.len();
        let text = |record: Bytes| (delivery_stream.to_string(), String::from_utf8(record.to_vec()).unwrap());
        self.0.lock().unwrap().extend(records.into_iter().map(text));
        Box::pin(std::future::ready(Ok(count)))
    }
}

pub(super) fn scope() -> Scope {
    Scope::new("000000000000", "us-east-1")
}

impl World {
    pub(super) async fn new() -> Self {
        Self::open(None, START_MS).await
    }

    /// A process that begins at `now_ms` on what `folder` holds.
    pub(super) async fn open(folder: Option<PathBuf>, now_ms: Millis) -> Self {
        Self::with(Store::open(&StoreOptions { path: folder, ..Default::default() }).unwrap(), now_ms, Profile::Local).await
    }

    pub(super) async fn with(store: Store, now_ms: Millis, profile: Profile) -> Self {
        let (clock, spawner, limits) = (Clock::virtual_at(now_ms), Spawner::default(), Limits::of(profile));
        let delivered = Arc::new(Delivered::default());
        let kinesis = Kinesis::open(store.clone(), clock.clone(), limits.kinesis, spawner.clone()).await.unwrap();
        let analytics = Analytics::new(Parts {
            store,
            clock: clock.clone(),
            limits: limits.analytics,
            spawner: spawner.clone(),
            kinesis: kinesis.clone(),
            delivery_streams: delivered.clone(),
            objects: Arc::new(Nobody),
            messages: Arc::new(Nobody),
        });
        analytics.resume().await.unwrap();
        let kinesis = kinesis::routes(kinesis);
        Self {
            clock,
            spawner,
            delivered,
            kinesis,
            v1: v1::routes(analytics.clone()),
            v2: v2::routes(analytics.clone()),
            analytics,
        }
    }

    /// Ends the process's tasks as a clean stop does.
    pub(super) async fn stop(self) {
        assert!(self.spawner.stop(Duration::from_secs(5)).await, "all tasks end");
    }

    /// Calls an operation of the service its marker belongs to.
    pub(super) async fn call<O: Operation>(&self, _: O, input: O::Input) -> Result<O::Output, Fault> {
        let table = match O::FACTS.service.id {
            "kinesis" => &self.kinesis,
            "kinesisanalytics" => &self.v1,
            _ => &self.v2,
        };
        let caller =
            Caller { scope: scope(), access_key: None, request_id: "request".into(), endpoint: "http://localhost:4566".into() };
        let answer = table.call(O::FACTS.name, caller, input.into_value().unwrap()).await?;
        Ok(O::Output::from_value(answer))
    }

    /// Lets `ms` pass and waits until the tasks have done what follows of it.
    pub(super) async fn pass(&self, ms: Millis) {
        self.clock.advance_to(self.clock.now_ms() + ms);
        self.settle().await;
    }

    /// Gives the tasks real time: enough on a busy machine, where a build may run beside the tests.
    pub(super) async fn settle(&self) {
        tokio::time::sleep(Duration::from_millis(250)).await;
    }

    pub(super) async fn create_stream(&self, name: &str, shards: i32) {
        let input = streams::CreateStreamInput { stream_name: name.into(), shard_count: Some(shards), ..Default::default() };
        self.call(streams::op::CreateStream, input).await.unwrap();
    }

    pub(super) async fn put(&self, stream: &str, records: &[&str]) {
        let entry = |data: &&str| streams::PutRecordsRequestEntry {
            data: Bytes::copy_from_slice(data.as_bytes()),
            partition_key: "key".into(),
            ..Default::default()
        };
        let input = streams::PutRecordsInput {
            stream_name: Some(stream.into()),
            records: records.iter().map(entry).collect(),
            ..Default::default()
        };
        let answer = self.call(streams::op::PutRecords, input).await.unwrap();
        assert_eq!(answer.failed_record_count, Some(0));
    }

    /// All records of a one-shard stream, as text.
    pub(super) async fn records(&self, stream: &str) -> Vec<String> {
        let iterator = streams::GetShardIteratorInput {
            stream_name: Some(stream.into()),
            shard_id: "shardId-000000000000".into(),
            shard_iterator_type: streams::ShardIteratorType::TrimHorizon,
            ..Default::default()
        };
        let iterator = self.call(streams::op::GetShardIterator, iterator).await.unwrap().shard_iterator.unwrap();
        let input = streams::GetRecordsInput { shard_iterator: iterator, ..Default::default() };
        let found = self.call(streams::op::GetRecords, input).await.unwrap().records;
        found.into_iter().map(|record| String::from_utf8(record.data.to_vec()).unwrap()).collect()
    }

    /// Waits until a stream holds `count` records.
    pub(super) async fn wait_for(&self, stream: &str, count: usize) -> Vec<String> {
        for _ in 0..200 {
            let found = self.records(stream).await;
            if found.len() >= count {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{stream} has only {:?}", self.records(stream).await);
    }

    /// What a delivery stream was given.
    pub(super) fn delivered(&self, arn: &str) -> Vec<String> {
        let all = self.delivered.0.lock().unwrap();
        all.iter().filter(|(to, _)| to == arn).map(|(_, record)| record.clone()).collect()
    }

    pub(super) async fn create(&self, name: &str) {
        let input = api1::CreateApplicationRequest {
            application_name: name.into(),
            inputs: Some(vec![readings()]),
            ..Default::default()
        };
        self.call(api1::op::CreateApplication, input).await.unwrap();
    }

    pub(super) async fn describe(&self, name: &str) -> api1::ApplicationDetail {
        let input = api1::DescribeApplicationRequest { application_name: name.into() };
        self.call(api1::op::DescribeApplication, input).await.unwrap().application_detail
    }

    pub(super) async fn start(&self, name: &str, position: api1::InputStartingPosition) -> Result<(), Fault> {
        let configuration = api1::InputConfiguration {
            id: "1.1".into(),
            input_starting_position_configuration: api1::InputStartingPositionConfiguration {
                input_starting_position: Some(position),
            },
        };
        let input = api1::StartApplicationRequest { application_name: name.into(), input_configurations: vec![configuration] };
        self.call(api1::op::StartApplication, input).await.map(drop)
    }

    pub(super) async fn stop_application(&self, name: &str) -> Result<(), Fault> {
        let input = api1::StopApplicationRequest { application_name: name.into() };
        self.call(api1::op::StopApplication, input).await.map(drop)
    }

    pub(super) async fn add_output(&self, name: &str, version: i64, stream: &str) -> Result<(), Fault> {
        let input = api1::AddApplicationOutputRequest {
            application_name: name.into(),
            current_application_version_id: version,
            output: api1::Output {
                name: stream.into(),
                kinesis_streams_output: Some(api1::KinesisStreamsOutput { resource_arn: RESULTS.into(), role_arn: ROLE.into() }),
                ..Default::default()
            },
        };
        self.call(api1::op::AddApplicationOutput, input).await.map(drop)
    }

    pub(super) async fn update_code(&self, name: &str, version: i64, code: &str) -> Result<(), Fault> {
        let input = api1::UpdateApplicationRequest {
            application_name: name.into(),
            current_application_version_id: version,
            application_update: api1::ApplicationUpdate { application_code_update: Some(code.into()), ..Default::default() },
        };
        self.call(api1::op::UpdateApplication, input).await.map(drop)
    }
}

/// The workshop's input.
pub(super) fn readings() -> api1::Input {
    let column = |name: &str, sql_type: &str| api1::RecordColumn {
        name: name.into(),
        sql_type: sql_type.into(),
        mapping: Some(format!("$.{name}")),
    };
    api1::Input {
        name_prefix: "SOURCE_SQL_STREAM".into(),
        kinesis_streams_input: Some(api1::KinesisStreamsInput { resource_arn: STREAM.into(), role_arn: ROLE.into() }),
        input_schema: api1::SourceSchema {
            record_columns: vec![
                column("sensorId", "INTEGER"),
                column("eventTimeStamp", "VARCHAR(32)"),
                column("currentTemperature", "INTEGER"),
                column("status", "VARCHAR(4)"),
            ],
            ..Default::default()
        },
        ..Default::default()
    }
}
