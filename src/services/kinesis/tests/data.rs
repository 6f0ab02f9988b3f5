//! Putting and getting records.

use super::*;
use api::ShardIteratorType::{self, AfterSequenceNumber, AtSequenceNumber, AtTimestamp, Latest, TrimHorizon};

#[tokio::test]
async fn records_go_to_the_shard_of_their_hash_key_and_come_back_in_order() {
    let service = Service::local().await;
    service.create("s", 2).await;
    // MD5("a") begins with 0c, MD5("b") with 92.
    let records = vec![
        entry("a", "1"),
        entry("b", "2"),
        entry("a", "3"),
        api::PutRecordsRequestEntry { explicit_hash_key: Some("0".into()), ..entry("b", "4") },
    ];
    let input = api::PutRecordsInput { stream_name: Some("s".into()), records, ..Default::default() };
    let output = service.call(op::PutRecords, input).await.unwrap();
    let shards: Vec<_> = output.records.iter().map(|record| record.shard_id.clone().unwrap()).collect();
    assert_eq!(shards, [shard_id(0), shard_id(1), shard_id(0), shard_id(0)]);
    assert_eq!((output.failed_record_count, output.encryption_type), (Some(0), None));
    let iterator = service.iterator("s", 0, TrimHorizon).await;
    let read = service.get(&iterator).await.unwrap();
    assert_eq!(texts(&read), ["1", "3", "4"]);
    let put: Vec<_> = [0, 2, 3].iter().map(|at| output.records[*at].sequence_number.clone().unwrap()).collect();
    assert_eq!(read.records.iter().map(|record| record.sequence_number.clone()).collect::<Vec<_>>(), put);
    assert_eq!(read.records[2].partition_key, "b");
    assert_eq!(read.records[0].approximate_arrival_timestamp.unwrap().0, START_MS);
    assert_eq!((read.records[0].encryption_type, read.child_shards, read.millis_behind_latest), (None, None, Some(0)));
}

#[tokio::test]
async fn sequence_numbers_are_those_of_the_shard_even_when_the_clock_moves_on_between() {
    let service = Service::local().await;
    service.create("s", 1).await;
    let mut numbers = Vec::new();
    for step in [0, 1, 1_500, 1] {
        service.clock.advance_to(service.clock.now_ms() + step);
        numbers.push(service.put("s", "k", "x").await.sequence_number);
    }
    let iterator = service.iterator("s", 0, TrimHorizon).await;
    let read: Vec<_> = service.get(&iterator).await.unwrap().records.into_iter().map(|record| record.sequence_number).collect();
    assert_eq!(read, numbers);
    assert!(
        numbers.is_sorted() && numbers[0] > service.shards("s", None).await[0].sequence_number_range.starting_sequence_number
    );
}

async fn from(
    service: &Service,
    kind: ShardIteratorType,
    number: Option<&str>,
    timestamp_ms: Option<Millis>,
) -> Result<Vec<String>, Fault> {
    let input = api::GetShardIteratorInput {
        shard_iterator_type: kind,
        starting_sequence_number: number.map(Into::into),
        timestamp: timestamp_ms.map(crate::api::Timestamp),
        ..at_shard("s", 0)
    };
    let iterator = service.call(op::GetShardIterator, input).await?.shard_iterator.unwrap();
    Ok(texts(&service.get(&iterator).await?))
}

#[tokio::test]
async fn the_five_iterator_types_begin_where_they_say() {
    let service = Service::local().await;
    service.create("s", 1).await;
    let start = service.shards("s", None).await[0].sequence_number_range.starting_sequence_number.clone();
    let latest = service.iterator("s", 0, Latest).await;
    let mut numbers = Vec::new();
    for data in ["a", "b", "c"] {
        numbers.push(service.put("s", "k", data).await.sequence_number);
        service.clock.advance_to(service.clock.now_ms() + 100);
    }
    assert_eq!(texts(&service.get(&latest).await.unwrap()), ["a", "b", "c"], "fixed when it was made");
    assert_eq!(from(&service, TrimHorizon, None, None).await.unwrap(), ["a", "b", "c"]);
    assert_eq!(from(&service, Latest, None, None).await.unwrap(), [""; 0]);
    assert_eq!(from(&service, AtSequenceNumber, Some(&numbers[1]), None).await.unwrap(), ["b", "c"]);
    assert_eq!(from(&service, AfterSequenceNumber, Some(&numbers[1]), None).await.unwrap(), ["c"]);
    assert_eq!(from(&service, AtSequenceNumber, Some(&start), None).await.unwrap(), ["a", "b", "c"]);
    assert_eq!(from(&service, AfterSequenceNumber, Some(&start), None).await.unwrap(), ["a", "b", "c"]);
    // No record has this number, but it parses and belongs to the shard.
    let mut number: SequenceNumber = numbers[1].parse().unwrap();
    number.arrival_s += 5;
    assert_eq!(from(&service, AfterSequenceNumber, Some(&number.to_string()), None).await.unwrap(), ["c"]);
    assert_eq!(from(&service, AtTimestamp, None, Some(START_MS + 100)).await.unwrap(), ["b", "c"]);
    assert_eq!(from(&service, AtTimestamp, None, Some(START_MS + 101)).await.unwrap(), ["c"]);
    assert_eq!(from(&service, AtTimestamp, None, Some(0)).await.unwrap(), ["a", "b", "c"]);
    assert_eq!(
        from(&service, AtTimestamp, None, Some(START_MS + 300)).await.unwrap(),
        [""; 0],
        "from then on, not from the start"
    );
}

#[tokio::test]
async fn wrong_starts_are_refused_with_the_services_texts() {
    let service = Service::local().await;
    service.create("s", 2).await;
    let other = service.shards("s", None).await[1].sequence_number_range.starting_sequence_number.clone();
    let invalid = async |kind, number: Option<&str>, timestamp| {
        let (code, message) = refused(from(&service, kind, number, timestamp).await);
        assert_eq!(code, "InvalidArgumentException", "{message}");
        message
    };
    assert_eq!(
        invalid(AtSequenceNumber, Some("5"), None).await,
        "StartingSequenceNumber 5 used in GetShardIterator on shard shardId-000000000000 in stream s under account 123456789012 is invalid."
    );
    assert_eq!(
        invalid(AtSequenceNumber, Some(&other), None).await,
        "Invalid StartingSequenceNumber. It encodes shardId-000000000001, while it was used in a call to a shard with shardId-000000000000"
    );
    assert!(
        invalid(AtSequenceNumber, None, None)
            .await
            .ends_with("Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber.")
    );
    assert!(invalid(Latest, Some(&other), None).await.ends_with("Request specified LATEST and also a StartingSequenceNumber."));
    assert!(invalid(AtTimestamp, None, None).await.starts_with("Must specify timestampInMillis parameter"));
    assert_eq!(
        invalid(AtTimestamp, None, Some(START_MS + 1)).await,
        "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: 1700000000001, currentTimestampInMillis: 1700000000000"
    );
    service.split("s", 0, 1 << 100).await.unwrap();
    let end = service.shards("s", None).await[0].sequence_number_range.ending_sequence_number.clone().unwrap();
    assert!(invalid(AfterSequenceNumber, Some(&end), None).await.contains("maximum"));
    let (code, message) = refused(
        service.call(op::GetShardIterator, api::GetShardIteratorInput { shard_iterator_type: Latest, ..at_shard("s", 9) }).await,
    );
    assert_eq!(
        (&*code, &*message),
        ("ResourceNotFoundException", "Shard shardId-000000000009 in stream s under account 123456789012 does not exist")
    );
}

#[tokio::test]
async fn pages_follow_each_other_and_tell_how_far_behind_they_are() {
    let service = Service::local().await;
    service.create("s", 1).await;
    for data in ["a", "b", "c"] {
        service.put("s", "k", data).await;
        service.clock.advance_to(service.clock.now_ms() + 1_000);
    }
    let mut iterator = service.iterator("s", 0, TrimHorizon).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let input = api::GetRecordsInput { shard_iterator: iterator.clone(), limit: Some(2), ..Default::default() };
        let page = service.call(op::GetRecords, input).await.unwrap();
        seen.push((texts(&page).join(""), page.millis_behind_latest));
        assert_ne!(page.next_shard_iterator.as_ref(), Some(&iterator));
        iterator = page.next_shard_iterator.unwrap();
    }
    assert_eq!(seen, [("ab".into(), Some(2_000)), ("c".into(), Some(0)), (String::new(), Some(0))]);
    service.clock.advance_to(service.clock.now_ms() + 300_001);
    assert_eq!(refused(service.get(&iterator).await).0, "ExpiredIteratorException");
    assert_eq!(refused(service.get("nonsense").await), ("InvalidArgumentException".into(), "Invalid ShardIterator.".into()));
}

#[tokio::test]
async fn sizes_hash_keys_and_ordering_numbers_are_checked_before_anything_is_stored() {
    let service = Service::local().await;
    service.create("s", 1).await;
    let big = "x".repeat(1 << 20);
    let (code, message) = refused(service.call(op::PutRecord, put("s", "k", &big)).await);
    assert_eq!(code, "ValidationException");
    assert!(message.contains("'data'") && message.ends_with("less than or equal to 1048576"), "{message}");
    let put_records = |records| api::PutRecordsInput { stream_name: Some("s".into()), records, ..Default::default() };
    let (code, message) = refused(service.call(op::PutRecords, put_records(vec![entry("k", "fine"), entry("k", &big)])).await);
    assert_eq!(code, "ValidationException");
    assert!(message.contains("'records.2.member.data'"), "{message}");
    let fits = "x".repeat((1 << 20) - 1);
    let (code, message) = refused(service.call(op::PutRecords, put_records(vec![entry("k", &fits); 11])).await);
    assert_eq!((&*code, &*message), ("InvalidArgumentException", "Records size exceeds 10 MB limit"));
    let explicit = |key: &str| api::PutRecordInput { explicit_hash_key: Some(key.into()), ..put("s", "k", "x") };
    let (code, message) = refused(service.call(op::PutRecord, explicit("340282366920938463463374607431768211456")).await);
    assert_eq!(code, "InvalidArgumentException");
    assert!(message.starts_with("Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]."), "{message}");
    service.call(op::PutRecord, explicit("340282366920938463463374607431768211455")).await.unwrap();
    let ordered = |number: &str| api::PutRecordInput { sequence_number_for_ordering: Some(number.into()), ..put("s", "k", "x") };
    let (_, message) = refused(service.call(op::PutRecord, ordered("17")).await);
    assert_eq!(message, "ExclusiveMinimumSequenceNumber 17 used in PutRecord on stream s under account 123456789012 is invalid.");
    let number = service.put("s", "k", &fits).await.sequence_number;
    service.call(op::PutRecord, ordered(&number)).await.unwrap();
    assert_eq!(service.read("s", 0, TrimHorizon).await.len(), 3);
}

#[tokio::test]
async fn under_aws_limits_a_shard_takes_and_gives_only_so_much() {
    let service = Service::new(Profile::Aws).await;
    service.create("s", 1).await;
    service.advance(5_000, async || service.status("s") == Status::Active).await;
    let records = vec![entry("k", &"x".repeat(2_999)); 400];
    let output = service
        .call(op::PutRecords, api::PutRecordsInput { stream_name: Some("s".into()), records, ..Default::default() })
        .await
        .unwrap();
    // 1 MiB is 349.5 records of 3,000 bytes.
    assert_eq!((output.failed_record_count, output.records.len()), (Some(51), 400));
    let failed = &output.records[399];
    assert_eq!(failed.error_code.as_deref(), Some("ProvisionedThroughputExceededException"));
    assert_eq!(
        failed.error_message.as_deref(),
        Some("Rate exceeded for shard shardId-000000000000 in stream s under account 123456789012.")
    );
    assert_eq!((&failed.shard_id, &failed.sequence_number), (&None, &None));
    assert_eq!(
        refused(service.call(op::PutRecord, put("s", "k", &"x".repeat(2_999))).await).0,
        "ProvisionedThroughputExceededException"
    );
    let iterator = service.iterator("s", 0, TrimHorizon).await;
    let mut stored = 0;
    for _ in 0..5 {
        stored = service.get(&iterator).await.map_or(stored, |page| page.records.len());
    }
    assert_eq!(stored, 349);
    assert_eq!(refused(service.get(&iterator).await).0, "ProvisionedThroughputExceededException");
}

#[tokio::test]
async fn records_are_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::in_folder(folder.path(), START_MS).await;
    service.create("s", 1).await;
    let number = service.put("s", "k", "kept").await.sequence_number;
    service.kinesis.0.spawner.stop(std::time::Duration::from_secs(1)).await;
    drop(service);
    let service = Service::in_folder(folder.path(), START_MS + 10).await;
    assert_eq!(service.read("s", 0, TrimHorizon).await, ["kept"]);
    assert!(service.put("s", "k", "more").await.sequence_number > number);
}
