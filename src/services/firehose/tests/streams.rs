//! Kinesis streams as the source.

use super::*;
use crate::api::kinesis as streams;
use crate::services::firehose::DeliveryStreamTail;
use crate::store::ReadLimit;
use model::op::{CreateDeliveryStream, PutRecord};

const STREAM_ARN: &str = "arn:aws:kinesis:us-west-2:123456789012:stream/clicks";

impl Bench {
    async fn put_stream(&self, records: &[&[u8]]) {
        let record = |data: &&[u8]| streams::PutRecordsRequestEntry {
            data: Bytes::copy_from_slice(data),
            partition_key: format!("{:?}", data),
            ..Default::default()
        };
        let records = records.iter().map(record).collect();
        let input = streams::PutRecordsInput { stream_name: Some("clicks".into()), records, ..Default::default() };
        assert_eq!(self.kinesis(streams::op::PutRecords, input).await.failed_record_count, Some(0));
    }

    async fn create_stream(&self, shards: i32) {
        let input = streams::CreateStreamInput { stream_name: "clicks".into(), shard_count: Some(shards), ..Default::default() };
        self.kinesis(streams::op::CreateStream, input).await;
    }

    /// The records of all objects, which end with a semicolon each, in order.
    fn delivered(&self) -> Vec<String> {
        let bodies: String = self.objects().into_iter().map(|(_, body)| body).collect();
        let mut records: Vec<String> = bodies.split_terminator(';').map(str::to_owned).collect();
        records.sort();
        records
    }
}

fn following() -> model::CreateDeliveryStreamInput {
    model::CreateDeliveryStreamInput {
        delivery_stream_type: Some(model::DeliveryStreamType::KinesisStreamAsSource),
        kinesis_stream_source_configuration: Some(model::KinesisStreamSourceConfiguration {
            kinesis_stream_arn: STREAM_ARN.into(),
            role_arn: role(),
        }),
        ..creation(extended())
    }
}

#[tokio::test]
async fn a_kinesis_stream_is_followed_from_the_activation_on_through_splits_and_restarts() {
    let bench = Bench::new(Profile::Local).await;
    bench.create_stream(2).await;
    bench.put_stream(&[b"before;"]).await;
    bench.parts.clock.advance_to(START_MS + 1_000);
    bench.call(CreateDeliveryStream, following()).await.unwrap();
    assert_eq!(
        bench
            .message(
                PutRecord,
                model::PutRecordInput {
                    delivery_stream_name: "orders".into(),
                    record: model::Record { data: Bytes::from_static(b"x") },
                }
            )
            .await,
        "InvalidArgumentException: This operation is not permitted on KinesisStreamAsSource delivery stream type."
    );
    let described = bench.describe("orders").await;
    let source = described.source.unwrap().kinesis_stream_source_description.unwrap();
    assert_eq!(source.delivery_start_timestamp, Some(crate::api::Timestamp(START_MS + 1_000)));
    assert_eq!(described.delivery_stream_encryption_configuration, None);

    bench.put_stream(&[b"1;", b"2;", b"3;", b"4;"]).await;
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    assert_eq!(bench.delivered(), ["1", "2", "3", "4"]);

    let split = streams::SplitShardInput {
        stream_name: Some("clicks".into()),
        shard_to_split: "shardId-000000000000".into(),
        new_starting_hash_key: "85070591730234615865843651857942052864".into(),
        ..Default::default()
    };
    bench.put_stream(&[b"5;", b"6;"]).await;
    bench.kinesis(streams::op::SplitShard, split).await;
    bench.put_stream(&[b"7;", b"8;"]).await;
    let bench = bench.restarted().await;
    bench.put_stream(&[b"9;"]).await;
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    assert_eq!(bench.delivered(), ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
}

#[tokio::test]
async fn packed_records_are_unpacked_before_delivery() {
    let bench = Bench::new(Profile::Local).await;
    bench.create_stream(1).await;
    bench.call(CreateDeliveryStream, following()).await.unwrap();
    bench.put_stream(&[&aggregation::tests::aggregated(&[b"1;", b"2;"]), b"3;"]).await;
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    assert_eq!(bench.delivered(), ["1", "2", "3"]);
}

#[tokio::test]
async fn who_follows_the_delivery_stream_gets_them_unpacked_too() {
    let bench = Bench::new(Profile::Local).await;
    bench.create_stream(1).await;
    bench.call(CreateDeliveryStream, following()).await.unwrap();
    bench.put_stream(&[b"0;", &aggregation::tests::aggregated(&[b"1;", b"2;"])]).await;
    let DeliveryStreamTail::Stream(mut tail) = bench.firehose.follow(&scope(), "orders", &[], 0).await.unwrap() else { panic!() };
    let records = tail.next(ReadLimit { records: 10, bytes: 1 << 20 }).await.unwrap().records;
    let found: Vec<_> = records.iter().map(|record| (record.ordinal, &record.data[..])).collect();
    assert_eq!(found, [(1, &b"0;"[..]), (2, b"1;"), (2, b"2;")]);
}

#[tokio::test]
async fn a_stream_that_comes_later_is_waited_for() {
    let bench = Bench::new(Profile::Local).await;
    bench.call(CreateDeliveryStream, following()).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    bench.create_stream(1).await;
    bench.put_stream(&[b"1;"]).await;
    bench.parts.clock.advance_to(START_MS + 60_000);
    bench.parts.clock.advance_to(START_MS + 120_000);
    bench.puts(1).await;
    assert_eq!(bench.delivered(), ["1"]);
}
