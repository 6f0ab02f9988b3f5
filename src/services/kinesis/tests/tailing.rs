//! Following a stream in process.

use super::*;
use crate::store::{LogId, Ordinal, ReadLimit};
use std::time::Duration;

const MIDDLE: u128 = 1 << 127;

/// The next batch as shard index, texts and whether the shard ended.
async fn next(tail: &mut StreamTail) -> (String, Vec<String>, bool) {
    let batch = tokio::time::timeout(Duration::from_secs(5), tail.next(BATCH_LIMIT)).await.unwrap().unwrap();
    let texts = batch.records.iter().map(|record| String::from_utf8_lossy(&record.data).into_owned()).collect();
    (batch.shard_id[16..].trim_start_matches('0').to_owned(), texts, batch.ended)
}

async fn is_quiet(tail: &mut StreamTail) -> bool {
    tokio::time::timeout(Duration::from_millis(30), tail.next(BATCH_LIMIT)).await.is_err()
}

fn batch(shard: &str, texts: &[&str]) -> (String, Vec<String>, bool) {
    (shard.into(), texts.iter().map(|text| (*text).to_owned()).collect(), false)
}

fn end(shard: &str) -> (String, Vec<String>, bool) {
    (shard.into(), Vec::new(), true)
}

#[tokio::test]
async fn a_tail_wakes_for_records_and_gives_their_sequence_numbers() {
    let service = Service::local().await;
    service.create("s", 2).await;
    service.put("s", "a", "before").await;
    let handle = service.kinesis.stream(&scope(), "s").unwrap();
    let mut tail = handle.follow(StartingPosition::Latest).await.unwrap();
    assert!(is_quiet(&mut tail).await);
    let waiting = tokio::spawn(async move { (tail.next(BATCH_LIMIT).await.unwrap(), tail) });
    tokio::time::sleep(Duration::from_millis(10)).await;
    let put = service.put("s", "b", "after").await;
    let (batch, _) = tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
    assert_eq!((&*batch.shard_id, batch.last_ordinal(), batch.ended), (&*put.shard_id, Some(1), false));
    assert_eq!(batch.sequence_number(&batch.records[0]).to_string(), put.sequence_number);
    assert_eq!(batch.records[0].partition_key(), "b");
}

#[tokio::test]
async fn children_are_read_after_their_parents_through_splits_and_merges() {
    let service = Service::local().await;
    service.create("s", 1).await;
    service.put("s", "a", "0").await;
    let mut tail = service.kinesis.stream(&scope(), "s").unwrap().follow(StartingPosition::TrimHorizon).await.unwrap();
    service.split("s", 0, MIDDLE).await.unwrap();
    service.put("s", "a", "1").await;
    service.put("s", "b", "2").await;
    service.merge("s", 1, 2).await.unwrap();
    service.put("s", "b", "3").await;
    let mut seen = Vec::new();
    for _ in 0..7 {
        seen.push(next(&mut tail).await);
    }
    assert_eq!(seen[..2], [batch("", &["0"]), end("")]);
    let of_children = &seen[2..6];
    for expected in [batch("1", &["1"]), end("1"), batch("2", &["2"]), end("2")] {
        assert!(of_children.contains(&expected), "{of_children:?}");
    }
    assert_eq!(seen[6], batch("3", &["3"]));
    assert!(is_quiet(&mut tail).await);
}

#[tokio::test]
async fn a_tail_that_waits_at_a_shard_sees_it_end() {
    let service = Service::local().await;
    service.create("s", 1).await;
    let mut tail = service.kinesis.stream(&scope(), "s").unwrap().follow(StartingPosition::Latest).await.unwrap();
    let waiting = tokio::spawn(async move { (next(&mut tail).await, next(&mut tail).await) });
    tokio::time::sleep(Duration::from_millis(10)).await;
    service.split("s", 0, MIDDLE).await.unwrap();
    tokio::time::sleep(Duration::from_millis(10)).await;
    service.put("s", "b", "x").await;
    let seen = tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
    assert_eq!(seen, (end(""), batch("2", &["x"])));
}

#[tokio::test]
async fn a_restart_goes_on_after_the_saved_positions_through_what_happened_meanwhile() {
    let service = Service::local().await;
    service.create("s", 1).await;
    let handle = service.kinesis.stream(&scope(), "s").unwrap();
    let tail = handle.follow(StartingPosition::Latest).await.unwrap();
    let positions = tail.positions();
    drop(tail);
    service.put("s", "a", "1").await;
    service.put("s", "a", "2").await;
    service.split("s", 0, MIDDLE).await.unwrap();
    service.put("s", "a", "3").await;
    let mut tail = handle.follow_after(&positions, StartingPosition::Latest).await.unwrap();
    assert_eq!(next(&mut tail).await, batch("", &["1", "2"]));
    // Only the first of them was processed, but the child's position was saved already.
    assert_eq!(next(&mut tail).await, end(""));
    let mut positions: Vec<(LogId, Ordinal)> = positions.iter().map(|(log, _)| (*log, 1)).collect();
    positions.extend(tail.positions());
    assert_eq!(positions.len(), 3);
    let mut tail = handle.follow_after(&positions, StartingPosition::Latest).await.unwrap();
    let mut seen = vec![next(&mut tail).await, next(&mut tail).await, next(&mut tail).await];
    seen.sort();
    let mut expected = vec![batch("", &["2"]), end(""), batch("1", &["3"])];
    expected.sort();
    assert_eq!(seen, expected);
    assert!(is_quiet(&mut tail).await);
}

#[tokio::test]
async fn a_tail_can_begin_at_a_time() {
    let service = Service::local().await;
    service.create("s", 1).await;
    service.put("s", "a", "1").await;
    service.clock.advance_to(START_MS + 1_000);
    service.put("s", "a", "2").await;
    service.split("s", 0, MIDDLE).await.unwrap();
    service.clock.advance_to(START_MS + 2_000);
    service.put("s", "a", "3").await;
    let handle = service.kinesis.stream(&scope(), "s").unwrap();
    let mut tail = handle.follow(StartingPosition::AtTimestamp(START_MS + 500)).await.unwrap();
    assert_eq!(
        [next(&mut tail).await, next(&mut tail).await, next(&mut tail).await],
        [batch("", &["2"]), end(""), batch("1", &["3"])]
    );
    let mut tail = handle.follow(StartingPosition::AtTimestamp(START_MS + 1_500)).await.unwrap();
    assert_eq!(next(&mut tail).await, batch("1", &["3"]));
}

#[tokio::test]
async fn a_busy_shard_does_not_starve_the_others() {
    let service = Service::local().await;
    service.create("s", 2).await;
    for _ in 0..10 {
        service.put("s", "a", "busy").await;
    }
    service.put("s", "b", "rare").await;
    let mut tail = service.kinesis.stream(&scope(), "s").unwrap().follow(StartingPosition::TrimHorizon).await.unwrap();
    let limit = ReadLimit { records: 1, bytes: 1 << 20 };
    let shards = [tail.next(limit).await.unwrap().shard_id, tail.next(limit).await.unwrap().shard_id];
    assert_eq!(shards.map(|id| id.to_string()), [shard_id(0), shard_id(1)]);
}

#[tokio::test]
async fn a_deleted_stream_ends_its_tails() {
    let service = Service::local().await;
    service.create("s", 1).await;
    let handle = service.kinesis.stream(&scope(), "s").unwrap();
    let mut tail = handle.follow(StartingPosition::Latest).await.unwrap();
    let waiting = tokio::spawn(async move { tail.next(BATCH_LIMIT).await });
    tokio::time::sleep(Duration::from_millis(10)).await;
    service.call(op::DeleteStream, api::DeleteStreamInput { stream_name: Some("s".into()), ..Default::default() }).await.unwrap();
    let error = tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap().unwrap_err();
    assert!(matches!(error, KinesisError::NotFound(_)));
    service.create("s", 1).await;
    assert!(
        matches!(handle.put_records(&[entry("k", "x")]).await, Err(KinesisError::NotFound(_))),
        "the handle is of the old stream"
    );
}
