//! The steps that need streams only, from the first record to what becomes of a shard.

use super::*;
use aws_sdk_kinesis::config::retry::RetryConfig;
use aws_sdk_kinesis::types::{
    ConsumerStatus, PutRecordsRequestEntry, ScalingType, StartingPosition, StreamStatus, SubscribeToShardEventStream,
};
use std::time::SystemTime;

fn same(records: &[Record], expected: &[Vec<u8>]) -> Outcome {
    check!(records.len() == expected.len(), "{} records instead of {}", records.len(), expected.len());
    for (at, (record, expected)) in records.iter().zip(expected).enumerate() {
        check!(record.data().as_ref() == expected, "record {at} is {:?}", record.data());
    }
    Ok(())
}

impl Walk {
    async fn read(&self, at: String, count: usize) -> Outcome<Vec<Record>> {
        let (mut at, mut records) = (Some(at), Vec::new());
        while let Some(from) = at.filter(|_| records.len() < count) {
            let page = self.kinesis.get_records().shard_iterator(from).limit(400).send().await?;
            check!(!page.records.is_empty() || page.millis_behind_latest > Some(0), "{} records of {count}", records.len());
            records.extend(page.records);
            at = page.next_shard_iterator;
        }
        Ok(records)
    }

    async fn read_from(
        &self,
        kind: ShardIteratorType,
        number: Option<&String>,
        at: Option<DateTime>,
        expected: &[Vec<u8>],
    ) -> Outcome<Vec<Record>> {
        let records = self.read(self.iterator(STREAM, SHARD, kind, number, at).await?, expected.len()).await?;
        same(&records, expected)?;
        Ok(records)
    }

    pub(super) async fn create_and_wait(&self) -> Outcome {
        self.kinesis.create_stream().stream_name(STREAM).shard_count(1).send().await?;
        self.settled().await
    }

    pub(super) async fn describe(&self) -> Outcome {
        let found = self.summary(STREAM).await?;
        let right = *found.stream_status() == StreamStatus::Active
            && found.open_shard_count() == 1
            && found.retention_period_hours() == 24;
        check!(right, "{found:?}");
        let described = self.kinesis.describe_stream().stream_arn(found.stream_arn()).send().await?;
        let shards = described.stream_description().map(|stream| stream.shards()).unwrap_or_default();
        check!(shards[0].shard_id() == SHARD, "{shards:?}");
        Ok(())
    }

    pub(super) async fn put_record(&mut self) -> Outcome {
        let answer = self
            .kinesis
            .put_record()
            .stream_name(STREAM)
            .partition_key("key")
            .data(Blob::new(self.payloads[0].clone()))
            .send()
            .await?;
        check!(answer.shard_id() == SHARD, "{answer:?}");
        self.places.push(answer.sequence_number);
        Ok(())
    }

    pub(super) async fn put_500_records(&mut self) -> Outcome {
        let entry = |data: &Vec<u8>| PutRecordsRequestEntry::builder().partition_key("key").data(Blob::new(data.clone())).build();
        let entries = self.payloads[1..].iter().map(entry).collect::<Result<_, _>>()?;
        let answer = self.kinesis.put_records().stream_name(STREAM).set_records(Some(entries)).send().await?;
        check!(answer.failed_record_count() == Some(0), "{answer:?}");
        self.places.extend(answer.records.into_iter().filter_map(|entry| entry.sequence_number));
        check!(self.places.len() == 501 && self.places.is_sorted(), "sequence numbers of one length grow");
        Ok(())
    }

    pub(super) async fn read_trim_horizon(&self) -> Outcome {
        let records = self.read_from(ShardIteratorType::TrimHorizon, None, None, &self.payloads).await?;
        let numbers: Vec<_> = records.iter().map(Record::sequence_number).collect();
        check!(numbers == self.places, "{numbers:?}");
        Ok(())
    }

    pub(super) async fn read_at_sequence_number(&self) -> Outcome {
        self.read_from(ShardIteratorType::AtSequenceNumber, Some(&self.places[200]), None, &self.payloads[200..]).await?;
        Ok(())
    }

    pub(super) async fn read_after_sequence_number(&self) -> Outcome {
        self.read_from(ShardIteratorType::AfterSequenceNumber, Some(&self.places[200]), None, &self.payloads[201..]).await?;
        Ok(())
    }

    pub(super) async fn read_at_timestamp(&self) -> Outcome {
        let start = self.iterator(STREAM, SHARD, ShardIteratorType::TrimHorizon, None, None).await?;
        let arrival = *self.read(start, 1).await?[0].approximate_arrival_timestamp().ok_or("no time of arrival")?;
        let age = SystemTime::now().duration_since(SystemTime::try_from(arrival)?)?;
        check!(age < Duration::from_secs(300), "{arrival:?}");
        self.read_from(ShardIteratorType::AtTimestamp, None, Some(arrival), &self.payloads).await?;
        Ok(())
    }

    pub(super) async fn read_latest(&self) -> Outcome {
        let at = self.iterator(STREAM, SHARD, ShardIteratorType::Latest, None, None).await?;
        self.kinesis.put_record().stream_name(STREAM).partition_key("key").data(Blob::new("latest")).send().await?;
        same(&self.read(at, 1).await?, &[b"latest".to_vec()])
    }

    pub(super) async fn fan_out(&self) -> Outcome {
        let stream = self.summary(STREAM).await?.stream_arn;
        let registered = self.kinesis.register_stream_consumer().stream_arn(stream).consumer_name("walk").send().await?;
        let consumer = registered.consumer.ok_or("no consumer")?.consumer_arn;
        until!("the consumer is ACTIVE", {
            let answer = self.kinesis.describe_stream_consumer().consumer_arn(&consumer).send().await?;
            answer.consumer_description().is_some_and(|consumer| *consumer.consumer_status() == ConsumerStatus::Active)
        });
        let from =
            StartingPosition::builder().r#type(ShardIteratorType::AtSequenceNumber).sequence_number(&self.places[0]).build()?;
        let mut events = self
            .kinesis
            .subscribe_to_shard()
            .consumer_arn(&consumer)
            .shard_id(SHARD)
            .starting_position(from)
            .send()
            .await?
            .event_stream;
        let mut found = Vec::new();
        while found.len() < 502
            && let Some(SubscribeToShardEventStream::SubscribeToShardEvent(event)) = events.recv().await?
        {
            check!(!event.continuation_sequence_number().is_empty(), "no continuation");
            found.extend(event.records);
        }
        same(&found, &[self.payloads.as_slice(), &[b"latest".to_vec()]].concat())?;
        self.kinesis.deregister_stream_consumer().consumer_arn(&consumer).send().await?;
        Ok(())
    }

    pub(super) async fn split(&self) -> Outcome {
        self.kinesis
            .split_shard()
            .stream_name(STREAM)
            .shard_to_split(SHARD)
            .new_starting_hash_key(HALF.to_string())
            .send()
            .await?;
        self.settled().await?;
        let children = self.open_shards().await?;
        check!(children.len() == 2 && children.iter().all(|child| child.parent_shard_id() == Some(SHARD)), "{children:?}");
        Ok(())
    }

    pub(super) async fn merge(&self) -> Outcome {
        let call = self.kinesis.merge_shards().stream_name(STREAM);
        call.shard_to_merge("shardId-000000000001").adjacent_shard_to_merge("shardId-000000000002").send().await?;
        self.settled().await?;
        let open = self.open_shards().await?;
        let parents: Vec<_> = open.iter().map(|child| (child.parent_shard_id(), child.adjacent_parent_shard_id())).collect();
        check!(parents == [(Some("shardId-000000000001"), Some("shardId-000000000002"))], "{open:?}");
        Ok(())
    }

    pub(super) async fn scale(&self) -> Outcome {
        let call = self.kinesis.update_shard_count().stream_name(STREAM).target_shard_count(2);
        let answer = call.scaling_type(ScalingType::UniformScaling).send().await?;
        check!(answer.target_shard_count() == Some(2), "{answer:?}");
        self.settled().await?;
        let open = self.open_shards().await?;
        let starts: Vec<_> = open.iter().filter_map(Shard::hash_key_range).map(|range| range.starting_hash_key()).collect();
        check!(starts == ["0", &HALF.to_string()], "{open:?}");
        Ok(())
    }

    pub(super) async fn read_over_the_reshard(&self) -> Outcome {
        let page = self.page(&self.iterator(STREAM, SHARD, ShardIteratorType::TrimHorizon, None, None).await?).await?;
        check!(page.records().len() == 502 && page.next_shard_iterator().is_none(), "{} records", page.records().len());
        let children: Vec<_> = page.child_shards().iter().map(|child| child.shard_id()).collect();
        check!(children == ["shardId-000000000001", "shardId-000000000002"], "{children:?}");
        Ok(())
    }

    pub(super) async fn paginate(&self) -> Outcome {
        self.kinesis.create_stream().stream_name(OUTPUT).shard_count(1).send().await?;
        let mut names = Vec::new();
        let mut pages = self.kinesis.list_streams().limit(1).into_paginator().send();
        while let Some(page) = pages.try_next().await? {
            check!(page.stream_names().len() == 1, "{page:?}");
            names.extend(page.stream_names);
        }
        check!(names.iter().any(|name| name == STREAM) && names.iter().any(|name| name == OUTPUT), "{names:?}");
        Ok(())
    }

    /// More reads than the shard gives in a second: the refusal itself, and then a client that hides it. The few tries that it has by itself could all fall
    /// into one moment.
    pub(super) async fn retries(&self) -> Outcome {
        let at = self.iterator(STREAM, "shardId-000000000003", ShardIteratorType::Latest, None, None).await?;
        let hasty = kinesis::config::Builder::new().retry_config(RetryConfig::disabled());
        let mut refusal = None;
        for _ in 0..60 {
            let call = self.kinesis.get_records().shard_iterator(&at).customize().config_override(hasty.clone()).send();
            refusal = refusal.or(call.await.err());
        }
        let refusal = refusal.ok_or("nothing was refused")?.into_service_error();
        check!(refusal.is_provisioned_throughput_exceeded_exception(), "{refusal:?}");
        let before = self.attempts.0.load(Ordering::Relaxed);
        let patient = kinesis::config::Builder::new().retry_config(RetryConfig::standard().with_max_attempts(10));
        for _ in 0..60 {
            self.kinesis.get_records().shard_iterator(&at).customize().config_override(patient.clone()).send().await?;
        }
        check!(self.attempts.0.load(Ordering::Relaxed) > before + 60, "nothing was refused");
        Ok(())
    }

    pub(super) async fn delete_and_wait(&self) -> Outcome {
        for stream in [STREAM, OUTPUT] {
            self.kinesis.delete_stream().stream_name(stream).send().await?;
            self.kinesis.wait_until_stream_not_exists().stream_name(stream).wait(WAIT).await?;
        }
        Ok(())
    }
}
