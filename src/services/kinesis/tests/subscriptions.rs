//! SubscribeToShard: what is pushed, when, and how it ends.

use super::*;
use crate::api::{Events, Timestamp};
use futures_util::StreamExt;
use std::time::Duration;

fn stream_arn() -> String {
    "arn:aws:kinesis:us-east-1:123456789012:stream/s".into()
}

/// A stream of one shard with a consumer; the consumer's ARN.
async fn with_consumer(service: &Service) -> String {
    service.create("s", 1).await;
    register(service).await
}

async fn register(service: &Service) -> String {
    let input = api::RegisterStreamConsumerInput { stream_arn: stream_arn(), consumer_name: "c".into(), ..Default::default() };
    service.call(op::RegisterStreamConsumer, input).await.unwrap().consumer.consumer_arn
}

fn from(kind: api::ShardIteratorType) -> api::StartingPosition {
    api::StartingPosition { r#type: kind, ..Default::default() }
}

fn after(number: &str) -> api::StartingPosition {
    api::StartingPosition { sequence_number: Some(number.into()), ..from(api::ShardIteratorType::AfterSequenceNumber) }
}

async fn subscribe(service: &Service, consumer: &str, shard: u32, position: api::StartingPosition) -> Result<Events, Fault> {
    let caller = Caller { scope: scope(), access_key: None, request_id: "test".into(), endpoint: "http://localhost".into() };
    let input = api::SubscribeToShardInput {
        consumer_arn: consumer.into(),
        shard_id: shard_id(shard),
        starting_position: position,
        ..Default::default()
    };
    service.table.open("SubscribeToShard", caller, input.into_value().unwrap()).await
}

/// The next event; `None` at the end of the stream.
async fn heard(events: &mut Events) -> Option<Result<api::SubscribeToShardEvent, Fault>> {
    let next = tokio::time::timeout(Duration::from_secs(20), events.next()).await.expect("an event in time")?;
    Some(next.map(|event| {
        assert_eq!(event.name, "SubscribeToShardEvent");
        api::SubscribeToShardEvent::from_value(event.payload)
    }))
}

async fn event(events: &mut Events) -> api::SubscribeToShardEvent {
    heard(events).await.expect("a further event").unwrap()
}

fn data(event: &api::SubscribeToShardEvent) -> Vec<String> {
    event.records.iter().map(|record| String::from_utf8_lossy(&record.data).into_owned()).collect()
}

#[tokio::test]
async fn records_are_pushed_as_they_come_and_silence_is_broken() {
    let service = Service::local().await;
    let consumer = with_consumer(&service).await;
    service.put("s", "k", "before").await;
    let mut events = subscribe(&service, &consumer, 0, from(api::ShardIteratorType::Latest)).await.unwrap();
    let first = event(&mut events).await;
    assert!(first.records.is_empty() && first.continuation_sequence_number.is_some() && first.millis_behind_latest == 0);
    let put = service.put("s", "k", "pushed").await;
    let pushed = event(&mut events).await;
    assert_eq!(data(&pushed), ["pushed"]);
    assert_eq!(pushed.records[0].approximate_arrival_timestamp, Some(Timestamp(START_MS)));
    assert_eq!(pushed.continuation_sequence_number, Some(put.sequence_number.clone()));
    assert_eq!(pushed.child_shards, None);
    let quiet = tokio::time::timeout(Duration::from_millis(50), events.next()).await;
    assert!(quiet.is_err(), "nothing comes before its time: {quiet:?}");
    service.clock.advance_to(START_MS + 4_500);
    let beat = event(&mut events).await;
    assert!(beat.records.is_empty());
    assert_eq!(beat.continuation_sequence_number, Some(put.sequence_number));
    service.clock.advance_to(START_MS + 300_000);
    assert!(heard(&mut events).await.is_none(), "five minutes, then a clean end");
}

#[tokio::test]
async fn a_continuation_number_goes_on_without_loss_or_repetition() {
    let service = Service::local().await;
    let consumer = with_consumer(&service).await;
    let mut events = subscribe(&service, &consumer, 0, from(api::ShardIteratorType::TrimHorizon)).await.unwrap();
    let start = event(&mut events).await.continuation_sequence_number.unwrap();
    drop(events);
    for n in 0..3 {
        service.put("s", "k", &n.to_string()).await;
    }
    let mut events = subscribe(&service, &consumer, 0, after(&start)).await.unwrap();
    let all = event(&mut events).await;
    assert_eq!(data(&all), ["0", "1", "2"]);
    drop(events);
    let mut events = subscribe(&service, &consumer, 0, after(&all.records[1].sequence_number)).await.unwrap();
    assert_eq!(data(&event(&mut events).await), ["2"]);
}

#[tokio::test]
async fn large_events_are_parted_and_say_how_far_behind_they_are() {
    let service = Service::local().await;
    let consumer = with_consumer(&service).await;
    let large = "x".repeat(700_000);
    for _ in 0..3 {
        service.put("s", "k", &large).await;
    }
    service.clock.advance_to(START_MS + 2_000);
    let mut events = subscribe(&service, &consumer, 0, from(api::ShardIteratorType::TrimHorizon)).await.unwrap();
    let (mut found, mut behind) = (0, Vec::new());
    while found < 3 {
        let event = event(&mut events).await;
        assert!(!event.records.is_empty() && event.records.len() < 3);
        found += event.records.len();
        behind.push(event.millis_behind_latest);
    }
    assert_eq!((behind[0], behind.last()), (2_000, Some(&0)));
}

#[tokio::test]
async fn the_last_event_of_a_closed_shard_names_its_children() {
    let service = Service::local().await;
    let consumer = with_consumer(&service).await;
    let mut events = subscribe(&service, &consumer, 0, from(api::ShardIteratorType::Latest)).await.unwrap();
    event(&mut events).await;
    service.split("s", 0, 1 << 127).await.unwrap();
    let last = event(&mut events).await;
    assert_eq!(last.continuation_sequence_number, None);
    let children: Vec<_> = last.child_shards.unwrap().into_iter().map(|child| (child.shard_id, child.parent_shards)).collect();
    assert_eq!(children, [(shard_id(1), vec![shard_id(0)]), (shard_id(2), vec![shard_id(0)])]);
    assert!(heard(&mut events).await.is_none());
    // A later subscription to the closed shard hears the same at once.
    let mut again = subscribe(&service, &consumer, 0, from(api::ShardIteratorType::Latest)).await.unwrap();
    let last = event(&mut again).await;
    assert!(last.continuation_sequence_number.is_none() && last.child_shards.unwrap().len() == 2);
}

#[tokio::test]
async fn a_second_subscription_waits_five_seconds_and_then_takes_over() {
    let service = Service::local().await;
    let consumer = with_consumer(&service).await;
    let latest = from(api::ShardIteratorType::Latest);
    let mut first = subscribe(&service, &consumer, 0, latest.clone()).await.unwrap();
    event(&mut first).await;
    let Err(refused) = subscribe(&service, &consumer, 0, latest.clone()).await else { panic!("two at once") };
    assert_eq!(refused.code, "ResourceInUseException");
    service.clock.advance_to(START_MS + 5_000);
    let mut second = subscribe(&service, &consumer, 0, latest.clone()).await.unwrap();
    assert_eq!(heard(&mut first).await.unwrap().unwrap_err().code, "ResourceInUseException");
    assert!(heard(&mut first).await.is_none());
    event(&mut second).await;
    drop(second);
    assert!(subscribe(&service, &consumer, 0, latest).await.is_ok(), "an ended subscription leaves its place, without limits");
}

#[tokio::test]
async fn who_is_no_longer_there_ends_the_subscription() {
    let service = Service::local().await;
    let consumer = with_consumer(&service).await;
    let mut events = subscribe(&service, &consumer, 0, from(api::ShardIteratorType::Latest)).await.unwrap();
    event(&mut events).await;
    let input = api::DeregisterStreamConsumerInput { consumer_arn: Some(consumer.clone()), ..Default::default() };
    service.call(op::DeregisterStreamConsumer, input).await.unwrap();
    assert_eq!(heard(&mut events).await.unwrap().unwrap_err().code, "ResourceNotFoundException");
    let Err(refused) = subscribe(&service, &consumer, 0, from(api::ShardIteratorType::Latest)).await else {
        panic!("it is gone")
    };
    assert_eq!(refused.code, "ResourceNotFoundException");
    let consumer = register(&service).await;
    let mut events = subscribe(&service, &consumer, 0, from(api::ShardIteratorType::Latest)).await.unwrap();
    event(&mut events).await;
    let input =
        api::DeleteStreamInput { stream_name: Some("s".into()), enforce_consumer_deletion: Some(true), ..Default::default() };
    service.call(op::DeleteStream, input).await.unwrap();
    assert_eq!(heard(&mut events).await.unwrap().unwrap_err().code, "ResourceNotFoundException");
    assert!(heard(&mut events).await.is_none());
}

#[tokio::test]
async fn under_limits_a_shard_pushes_two_mebibytes_a_second_and_a_consumer_must_be_active() {
    let service = Service::new(Profile::Aws).await;
    service.create("s", 1).await;
    service.advance(5_000, async || service.status("s") == Status::Active).await;
    let consumer = register(&service).await;
    let start = || from(api::ShardIteratorType::TrimHorizon);
    let Err(refused) = subscribe(&service, &consumer, 0, start()).await else { panic!("not ACTIVE yet") };
    assert_eq!(refused.code, "ResourceInUseException");
    for _ in 0..3 {
        service.clock.advance_to(service.clock.now_ms() + 2_000);
        service.put("s", "k", &"x".repeat(1_000_000)).await;
    }
    let mut events = subscribe(&service, &consumer, 0, start()).await.unwrap();
    assert_eq!(event(&mut events).await.records.len(), 1);
    assert!(tokio::time::timeout(Duration::from_millis(50), events.next()).await.is_err(), "half a second is used up");
    service.clock.advance_to(service.clock.now_ms() + 500);
    assert_eq!(event(&mut events).await.records.len(), 1);
}
