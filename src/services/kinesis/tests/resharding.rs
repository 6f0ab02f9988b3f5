//! Splitting and merging shards, and what readers and ListShards see of it.

use super::*;
use api::ShardFilterType;
use api::ShardIteratorType::{Latest, TrimHorizon};

const MIDDLE: u128 = 1 << 127;

fn filter(kind: ShardFilterType, timestamp_ms: Option<Millis>) -> Option<api::ShardFilter> {
    Some(api::ShardFilter { r#type: kind, timestamp: timestamp_ms.map(crate::api::Timestamp), shard_id: None })
}

fn indexes(shards: &[api::Shard]) -> Vec<u32> {
    shards.iter().map(|shard| shard.shard_id[8..].parse().unwrap()).collect()
}

#[tokio::test]
async fn a_split_shard_is_read_to_its_end_and_names_its_children() {
    let service = Service::local().await;
    service.create("s", 1).await;
    service.put("s", "a", "before").await;
    let iterator = service.iterator("s", 0, TrimHorizon).await;
    service.split("s", 0, MIDDLE).await.unwrap();
    assert_eq!(service.put("s", "a", "low").await.shard_id, shard_id(1));
    assert_eq!(service.put("s", "b", "high").await.shard_id, shard_id(2));
    let page = service.get(&iterator).await.unwrap();
    assert_eq!((texts(&page), &page.next_shard_iterator), (vec!["before".to_owned()], &None), "the last page says so");
    let children = page.child_shards.unwrap();
    assert_eq!(children.iter().map(|child| child.shard_id.clone()).collect::<Vec<_>>(), [shard_id(1), shard_id(2)]);
    assert_eq!(children[1].parent_shards, [shard_id(0)]);
    assert_eq!(children[1].hash_key_range.starting_hash_key, MIDDLE.to_string());
    // KCL asks a closed shard for LATEST only to learn its children.
    let probe = service.get(&service.iterator("s", 0, Latest).await).await.unwrap();
    assert_eq!((probe.records.len(), probe.next_shard_iterator, probe.child_shards.unwrap().len()), (0, None, 2));
    let open = service.get(&service.iterator("s", 1, TrimHorizon).await).await.unwrap();
    assert!(open.next_shard_iterator.is_some() && open.child_shards.is_none());
}

#[tokio::test]
async fn a_page_that_is_not_the_last_of_a_closed_shard_goes_on() {
    let service = Service::local().await;
    service.create("s", 1).await;
    service.put("s", "a", "1").await;
    service.put("s", "a", "2").await;
    service.split("s", 0, MIDDLE).await.unwrap();
    let shard_iterator = service.iterator("s", 0, TrimHorizon).await;
    let page = service
        .call(op::GetRecords, api::GetRecordsInput { shard_iterator, limit: Some(1), ..Default::default() })
        .await
        .unwrap();
    assert!(page.next_shard_iterator.is_some() && page.child_shards.is_none());
    let page = service.get(&page.next_shard_iterator.unwrap()).await.unwrap();
    assert!(page.next_shard_iterator.is_none() && page.child_shards.is_some());
}

#[tokio::test]
async fn merged_shards_have_one_child_with_two_parents_in_either_order() {
    let service = Service::local().await;
    service.create("s", 3).await;
    service.merge("s", 1, 0).await.unwrap();
    let shards = service.shards("s", None).await;
    let child = &shards[3];
    assert_eq!((child.parent_shard_id.clone(), child.adjacent_parent_shard_id.clone()), (Some(shard_id(1)), Some(shard_id(0))));
    assert_eq!(child.hash_key_range.starting_hash_key, "0");
    assert_eq!(child.hash_key_range.ending_hash_key, shards[1].hash_key_range.ending_hash_key);
    let end = service.get(&service.iterator("s", 0, TrimHorizon).await).await.unwrap();
    assert_eq!(end.child_shards.unwrap()[0].parent_shards, [shard_id(1), shard_id(0)]);
    // Children sort after their parents.
    let start = |shard: &api::Shard| shard.sequence_number_range.starting_sequence_number.clone();
    assert!(start(child) > start(&shards[0]) && start(child) > start(&shards[1]));
    assert!(shards[0].sequence_number_range.ending_sequence_number.is_some());
}

#[tokio::test]
async fn impossible_reshards_are_refused() {
    let service = Service::local().await;
    service.create("s", 3).await;
    let (code, message) = refused(service.split("s", 1, 5).await);
    assert_eq!(code, "InvalidArgumentException");
    assert!(
        message.starts_with("NewStartingHashKey 5 used in SplitShard() on shard shardId-000000000001 in stream s"),
        "{message}"
    );
    let (code, message) = refused(service.merge("s", 0, 2).await);
    assert_eq!(code, "InvalidArgumentException");
    assert!(message.ends_with("are not an adjacent pair of shards eligible for merging"), "{message}");
    assert_eq!(refused(service.merge("s", 0, 7).await).0, "ResourceNotFoundException");
    service.split("s", 0, 1 << 100).await.unwrap();
    let (code, message) = refused(service.split("s", 0, 1 << 101).await);
    assert_eq!(code, "InvalidArgumentException");
    assert!(message.contains("has already been merged or split"), "{message}");
}

#[tokio::test]
async fn list_shards_filters_by_time_without_gaps_or_overlaps() {
    let service = Service::local().await;
    service.create("s", 2).await;
    service.clock.advance_to(START_MS + 1_000);
    service.split("s", 0, 1 << 100).await.unwrap();
    service.clock.advance_to(START_MS + 2_000);
    service.merge("s", 2, 3).await.unwrap();
    let list = async |kind, at: Option<Millis>| indexes(&service.shards("s", filter(kind, at.map(|at| START_MS + at))).await);
    assert_eq!(list(ShardFilterType::FromTrimHorizon, None).await, [0, 1, 2, 3, 4]);
    assert_eq!(list(ShardFilterType::AtTrimHorizon, None).await, [0, 1]);
    assert_eq!(list(ShardFilterType::AtLatest, None).await, [1, 4]);
    assert_eq!(list(ShardFilterType::AtTimestamp, Some(-5_000)).await, [0, 1]);
    assert_eq!(list(ShardFilterType::AtTimestamp, Some(999)).await, [0, 1]);
    assert_eq!(list(ShardFilterType::AtTimestamp, Some(1_000)).await, [1, 2, 3]);
    assert_eq!(list(ShardFilterType::AtTimestamp, Some(2_000)).await, [1, 4]);
    assert_eq!(list(ShardFilterType::FromTimestamp, Some(1_500)).await, [1, 2, 3, 4]);
    let after = Some(api::ShardFilter { r#type: ShardFilterType::AfterShardId, shard_id: Some(shard_id(2)), timestamp: None });
    assert_eq!(indexes(&service.shards("s", after).await), [3, 4]);
    // A day later the closed shards have expired, and the task takes them away.
    service.clock.advance_to(START_MS + 24 * 3_600_000 + 1_001);
    assert_eq!(list(ShardFilterType::FromTrimHorizon, None).await, [1, 2, 3, 4]);
    let handle = service.kinesis.stream(&scope(), "s").unwrap();
    service.advance(60_000, async || handle.snapshot().document.shards.len() == 2).await;
    assert_eq!(list(ShardFilterType::AtTrimHorizon, None).await, [1, 4]);
}

#[tokio::test]
async fn a_token_carries_stream_filter_and_position() {
    let service = Service::local().await;
    service.create("s", 5).await;
    let first = api::ListShardsInput {
        stream_name: Some("s".into()),
        max_results: Some(2),
        shard_filter: filter(ShardFilterType::AtLatest, None),
        ..Default::default()
    };
    let page = service.call(op::ListShards, first).await.unwrap();
    assert_eq!(indexes(&page.shards.unwrap()), [0, 1]);
    let alone = api::ListShardsInput { next_token: page.next_token.clone(), ..Default::default() };
    let rest = service.call(op::ListShards, alone.clone()).await.unwrap();
    assert_eq!((indexes(&rest.shards.unwrap()), rest.next_token), (vec![2, 3, 4], None));
    let beside = api::ListShardsInput { stream_name: Some("s".into()), ..alone.clone() };
    assert_eq!(refused(service.call(op::ListShards, beside).await).1, "NextToken and StreamName cannot be provided together.");
    let arn =
        api::ListShardsInput { stream_arn: Some("arn:aws:kinesis:us-east-1:123456789012:stream/s".into()), ..alone.clone() };
    assert_eq!(refused(service.call(op::ListShards, arn).await).1, "NextToken and StreamARN cannot be provided together.");
    service.clock.advance_to(START_MS + 300_001);
    assert_eq!(refused(service.call(op::ListShards, alone).await).0, "ExpiredNextTokenException");
    let (_, message) = refused(service.call(op::ListShards, api::ListShardsInput::default()).await);
    assert_eq!(message, "Either NextToken or StreamName should be provided.");
}

/// Writers that run while shards are split and merged: every acknowledged record is in exactly one shard, where it belongs.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_or_doubled_while_shards_change_under_the_writers() {
    let service = Service::local().await;
    service.create("s", 2).await;
    let handle = service.kinesis.stream(&scope(), "s").unwrap();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let handle = handle.clone();
            tokio::spawn(async move {
                for call in 0..60 {
                    let records: Vec<_> =
                        (0..10).map(|n| entry(&format!("{writer}-{call}-{n}"), &format!("{writer}-{call}-{n}"))).collect();
                    let output = handle.put_records(&records).await.unwrap();
                    assert_eq!((output.failed_record_count, output.records.len()), (Some(0), 10));
                }
            })
        })
        .collect();
    for round in 0..6 {
        let shards = handle.snapshot().document.open_shards().cloned().collect::<Vec<_>>();
        if round % 3 == 2 {
            let mut sorted = shards.clone();
            sorted.sort_by_key(|shard| shard.range.start);
            service.merge("s", sorted[0].index, sorted[1].index).await.unwrap();
        } else {
            let range = shards[0].range;
            service.split("s", shards[0].index, range.start.0 + (range.end.0 - range.start.0) / 2).await.unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let mut seen = Vec::new();
    for shard in &handle.snapshot().document.shards {
        let page = service.get(&service.iterator("s", shard.index, TrimHorizon).await).await.unwrap();
        assert!(page.records.iter().all(|record| shard.range.contains(HashKey::of(&record.partition_key))));
        seen.extend(texts(&page));
    }
    seen.sort();
    let before = seen.len();
    seen.dedup();
    assert_eq!((seen.len(), before), (2_400, 2_400));
}
