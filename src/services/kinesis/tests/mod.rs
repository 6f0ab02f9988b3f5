//! Tests of the service through its operations, on a virtual clock.

mod consumers;
mod data;
mod resharding;
mod resources;
mod streams;
mod subscriptions;
mod tailing;

use super::*;
use crate::api::kinesis::{self as api, op};
use crate::api::{Caller, Fault, Operation, ServiceTable, Shape};
use crate::base::clock::Millis;
use crate::base::limits::{Limits, Profile};
use crate::store::StoreOptions;
use bytes::Bytes;
use std::path::Path;

/// When the tests begin: 2023-11-14T22:13:20Z.
const START_MS: Millis = 1_700_000_000_000;

struct Service {
    kinesis: Kinesis,
    table: ServiceTable,
    clock: Clock,
}

impl Service {
    async fn new(profile: Profile) -> Self {
        Self::with(Store::open(&StoreOptions::default()).unwrap(), profile, START_MS).await
    }

    async fn local() -> Self {
        Self::new(Profile::Local).await
    }

    async fn in_folder(folder: &Path, now_ms: Millis) -> Self {
        let store = Store::open(&StoreOptions { path: Some(folder.into()), ..StoreOptions::default() }).unwrap();
        Self::with(store, Profile::Local, now_ms).await
    }

    async fn with(store: Store, profile: Profile, now_ms: Millis) -> Self {
        let clock = Clock::virtual_at(now_ms);
        let kinesis = Kinesis::open(store, clock.clone(), Limits::of(profile).kinesis, Spawner::default()).await.unwrap();
        Self { table: routes(kinesis.clone()), kinesis, clock }
    }

    /// Calls an operation with its typed input, through the same checks as a request from the wire.
    async fn call<O: Operation>(&self, _operation: O, input: O::Input) -> Result<O::Output, Fault> {
        let caller = Caller { scope: scope(), access_key: None, request_id: "test".into(), endpoint: "http://localhost".into() };
        let value = self.table.call(O::FACTS.name, caller, input.into_value().unwrap()).await?;
        Ok(O::Output::from_value(value))
    }

    async fn create(&self, name: &str, shards: i32) {
        let input = api::CreateStreamInput { stream_name: name.into(), shard_count: Some(shards), ..Default::default() };
        self.call(op::CreateStream, input).await.unwrap();
    }

    async fn put(&self, name: &str, key: &str, data: &str) -> api::PutRecordOutput {
        self.call(op::PutRecord, put(name, key, data)).await.unwrap()
    }

    async fn iterator(&self, name: &str, shard: u32, kind: api::ShardIteratorType) -> String {
        let input = api::GetShardIteratorInput { shard_iterator_type: kind, ..at_shard(name, shard) };
        self.call(op::GetShardIterator, input).await.unwrap().shard_iterator.unwrap()
    }

    async fn get(&self, iterator: &str) -> Result<api::GetRecordsOutput, Fault> {
        self.call(op::GetRecords, api::GetRecordsInput { shard_iterator: iterator.into(), ..Default::default() }).await
    }

    async fn read(&self, name: &str, shard: u32, kind: api::ShardIteratorType) -> Vec<String> {
        let iterator = self.iterator(name, shard, kind).await;
        texts(&self.get(&iterator).await.unwrap())
    }

    async fn split(&self, name: &str, shard: u32, at: u128) -> Result<api::SplitShardInput, Fault> {
        let input = api::SplitShardInput {
            stream_name: Some(name.into()),
            shard_to_split: shard_id(shard),
            new_starting_hash_key: at.to_string(),
            ..Default::default()
        };
        self.call(op::SplitShard, input.clone()).await.map(|_| input)
    }

    async fn merge(&self, name: &str, shard: u32, adjacent: u32) -> Result<(), Fault> {
        let input = api::MergeShardsInput {
            stream_name: Some(name.into()),
            shard_to_merge: shard_id(shard),
            adjacent_shard_to_merge: shard_id(adjacent),
            ..Default::default()
        };
        self.call(op::MergeShards, input).await.map(drop)
    }

    async fn shards(&self, name: &str, filter: Option<api::ShardFilter>) -> Vec<api::Shard> {
        let input = api::ListShardsInput { stream_name: Some(name.into()), shard_filter: filter, ..Default::default() };
        self.call(op::ListShards, input).await.unwrap().shards.unwrap()
    }

    /// The state of a stream, not asked through the API, whose calls are counted.
    fn status(&self, name: &str) -> Status {
        self.kinesis.stream(&scope(), name).unwrap().snapshot().document.status
    }

    /// Moves the clock and waits for what that sets off.
    async fn advance(&self, by_ms: Millis, until: impl AsyncFn() -> bool) {
        self.clock.advance_to(self.clock.now_ms() + by_ms);
        // 20 s: a test machine that compiles meanwhile is slow.
        for _ in 0..10_000 {
            if until().await {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        panic!("what was waited for did not come");
    }
}

fn scope() -> Scope {
    Scope::new("123456789012", "us-east-1")
}

fn put(name: &str, key: &str, data: &str) -> api::PutRecordInput {
    api::PutRecordInput {
        stream_name: Some(name.into()),
        partition_key: key.into(),
        data: Bytes::copy_from_slice(data.as_bytes()),
        ..Default::default()
    }
}

fn at_shard(name: &str, shard: u32) -> api::GetShardIteratorInput {
    api::GetShardIteratorInput { stream_name: Some(name.into()), shard_id: shard_id(shard), ..Default::default() }
}

fn entry(key: &str, data: &str) -> api::PutRecordsRequestEntry {
    api::PutRecordsRequestEntry {
        partition_key: key.into(),
        data: Bytes::copy_from_slice(data.as_bytes()),
        explicit_hash_key: None,
    }
}

fn texts(output: &api::GetRecordsOutput) -> Vec<String> {
    output.records.iter().map(|record| String::from_utf8_lossy(&record.data).into_owned()).collect()
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Fault>) -> (String, String) {
    let fault = result.unwrap_err();
    (fault.code.into_owned(), fault.message.unwrap_or_default())
}
