//! Creating, describing, listing, tagging and deleting streams.

use super::*;
use api::{ShardIteratorType, StreamStatus};
use std::collections::BTreeMap;

#[tokio::test]
async fn a_stream_is_described_as_created_by_name_and_by_arn() {
    let service = Service::local().await;
    let input = api::CreateStreamInput {
        stream_name: "s".into(),
        shard_count: Some(3),
        max_record_size_in_kib: Some(2048),
        tags: Some(BTreeMap::from([("team".into(), "a".into())])),
        ..Default::default()
    };
    service.call(op::CreateStream, input).await.unwrap();
    let arn = "arn:aws:kinesis:us-east-1:123456789012:stream/s".to_owned();
    let by_name = api::DescribeStreamInput { stream_name: Some("s".into()), limit: Some(2), ..Default::default() };
    let by_both = api::DescribeStreamInput { stream_arn: Some(arn.clone()), ..by_name.clone() };
    let description = service.call(op::DescribeStream, by_name.clone()).await.unwrap().stream_description;
    assert_eq!(service.call(op::DescribeStream, by_both).await.unwrap().stream_description, description);
    assert_eq!((description.stream_status, description.retention_period_hours), (StreamStatus::Active, 24));
    assert_eq!((&description.stream_arn, description.has_more_shards, description.shards.len()), (&arn, true, 2));
    assert_eq!(description.shards[1].shard_id, "shardId-000000000001");
    assert_eq!(description.shards[1].hash_key_range.starting_hash_key, "113427455640312821154458202477256070485");
    let rest = api::DescribeStreamInput { exclusive_start_shard_id: Some(shard_id(1)), ..by_name };
    let rest = service.call(op::DescribeStream, rest).await.unwrap().stream_description;
    assert_eq!((rest.shards.len(), rest.has_more_shards), (1, false));
    let summary = api::DescribeStreamSummaryInput { stream_arn: Some(arn.clone()), ..Default::default() };
    let summary = service.call(op::DescribeStreamSummary, summary).await.unwrap().stream_description_summary;
    assert_eq!((summary.open_shard_count, summary.max_record_size_in_kib, summary.stream_id.unwrap().len()), (3, Some(2048), 24));
    let tags = api::ListTagsForResourceInput { resource_arn: arn, ..Default::default() };
    assert_eq!(service.call(op::ListTagsForResource, tags).await.unwrap().tags.unwrap()[0].key, "team");
}

#[tokio::test]
async fn without_a_count_a_stream_is_on_demand_with_four_shards() {
    let service = Service::local().await;
    service.call(op::CreateStream, api::CreateStreamInput { stream_name: "s".into(), ..Default::default() }).await.unwrap();
    let input = api::DescribeStreamSummaryInput { stream_name: Some("s".into()), ..Default::default() };
    let summary = service.call(op::DescribeStreamSummary, input).await.unwrap().stream_description_summary;
    assert_eq!((summary.open_shard_count, summary.stream_mode_details.unwrap().stream_mode), (4, api::StreamMode::OnDemand));
    let (code, _) = refused(service.split("s", 0, 1 << 100).await);
    assert_eq!(code, "ValidationException");
}

#[tokio::test]
async fn a_stream_is_found_only_where_it_is() {
    let service = Service::local().await;
    service.create("s", 1).await;
    let describe = |name: Option<&str>, arn: Option<&str>| api::DescribeStreamInput {
        stream_name: name.map(Into::into),
        stream_arn: arn.map(Into::into),
        ..Default::default()
    };
    let (code, message) = refused(service.call(op::DescribeStream, describe(Some("t"), None)).await);
    assert_eq!((&*code, &*message), ("ResourceNotFoundException", "Stream t under account 123456789012 not found."));
    for arn in ["arn:aws:kinesis:eu-west-1:123456789012:stream/s", "arn:aws:kinesis:us-east-1:000000000000:stream/s"] {
        assert_eq!(
            refused(service.call(op::DescribeStream, describe(None, Some(arn))).await).0,
            "ResourceNotFoundException",
            "{arn}"
        );
    }
    let other = "arn:aws:kinesis:us-east-1:123456789012:stream/other";
    assert_eq!(refused(service.call(op::DescribeStream, describe(Some("s"), Some(other))).await).0, "InvalidArgumentException");
    assert_eq!(refused(service.call(op::DescribeStream, describe(None, None)).await).0, "InvalidArgumentException");
    let again = api::CreateStreamInput { stream_name: "s".into(), shard_count: Some(1), ..Default::default() };
    let (code, message) = refused(service.call(op::CreateStream, again).await);
    assert_eq!((&*code, &*message), ("ResourceInUseException", "Stream s under account 123456789012 already exists."));
}

#[tokio::test]
async fn streams_are_listed_in_pages_by_name_or_token() {
    let service = Service::local().await;
    for name in ["c", "a", "b", "d"] {
        service.create(name, 1).await;
    }
    let page = service.call(op::ListStreams, api::ListStreamsInput { limit: Some(3), ..Default::default() }).await.unwrap();
    assert_eq!((page.stream_names, page.has_more_streams), (vec!["a".into(), "b".into(), "c".into()], true));
    assert_eq!(page.stream_summaries.unwrap()[2].stream_arn, "arn:aws:kinesis:us-east-1:123456789012:stream/c");
    let by_token = api::ListStreamsInput { next_token: page.next_token.clone(), ..Default::default() };
    let page = service.call(op::ListStreams, by_token.clone()).await.unwrap();
    assert_eq!((page.stream_names, page.has_more_streams, page.next_token), (vec!["d".to_owned()], false, None));
    let by_name = api::ListStreamsInput { exclusive_start_stream_name: Some("b".into()), ..Default::default() };
    assert_eq!(service.call(op::ListStreams, by_name).await.unwrap().stream_names, ["c", "d"]);
    service.clock.advance_to(START_MS + 300_001);
    assert_eq!(refused(service.call(op::ListStreams, by_token).await).0, "ExpiredNextTokenException");
}

#[tokio::test]
async fn tags_are_added_read_in_pages_and_removed() {
    let service = Service::local().await;
    service.create("s", 1).await;
    let tags = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), "v".to_owned())).collect::<BTreeMap<_, _>>();
    let add =
        |names: &[&str]| api::AddTagsToStreamInput { stream_name: Some("s".into()), tags: tags(names), ..Default::default() };
    service.call(op::AddTagsToStream, add(&["b", "a", "ä:é"])).await.unwrap();
    let list = api::ListTagsForStreamInput { stream_name: Some("s".into()), limit: Some(2), ..Default::default() };
    let page = service.call(op::ListTagsForStream, list.clone()).await.unwrap();
    assert_eq!((page.tags.iter().map(|tag| &*tag.key).collect::<Vec<_>>(), page.has_more_tags), (vec!["a", "b"], true));
    let remove = api::RemoveTagsFromStreamInput {
        stream_name: Some("s".into()),
        tag_keys: vec!["a".into(), "b".into()],
        ..Default::default()
    };
    service.call(op::RemoveTagsFromStream, remove).await.unwrap();
    assert_eq!(service.call(op::ListTagsForStream, list).await.unwrap().tags.len(), 1);
    let (code, message) = refused(service.call(op::AddTagsToStream, add(&["bad%"])).await);
    assert_eq!(code, "InvalidArgumentException");
    assert!(message.starts_with("Some tags contain invalid characters."), "{message}");
    let many: Vec<String> = (0..50).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let (_, message) = refused(service.call(op::AddTagsToStream, add(&many)).await);
    assert!(message.ends_with("cannot have more than 50 tags associated with it."), "{message}");
}

#[tokio::test]
async fn a_deleted_stream_is_gone_and_its_name_is_free() {
    let service = Service::local().await;
    service.create("s", 1).await;
    service.put("s", "k", "old").await;
    let iterator = service.iterator("s", 0, ShardIteratorType::TrimHorizon).await;
    service.call(op::DeleteStream, api::DeleteStreamInput { stream_name: Some("s".into()), ..Default::default() }).await.unwrap();
    assert_eq!(refused(service.call(op::PutRecord, put("s", "k", "x")).await).0, "ResourceNotFoundException");
    service.create("s", 1).await;
    // The old iterator must not read the new stream.
    assert_eq!(refused(service.get(&iterator).await).0, "ResourceNotFoundException");
    assert_eq!(service.read("s", 0, ShardIteratorType::TrimHorizon).await, [""; 0]);
}

#[tokio::test]
async fn under_aws_limits_states_take_their_time() {
    let service = Service::new(Profile::Aws).await;
    service.create("s", 1).await;
    assert_eq!(service.status("s"), Status::Creating);
    assert_eq!(refused(service.call(op::PutRecord, put("s", "k", "x")).await).0, "ResourceNotFoundException");
    let (code, message) = refused(service.split("s", 0, 1 << 100).await);
    assert_eq!(code, "ResourceInUseException");
    assert_eq!(message, "Stream s under account 123456789012 not ACTIVE, instead in state CREATING");
    service.advance(5_000, async || service.status("s") == Status::Active).await;
    service.split("s", 0, 1 << 100).await.unwrap();
    assert_eq!((service.status("s"), service.shards("s", None).await.len()), (Status::Updating, 1));
    service.put("s", "k", "still taken").await;
    service.advance(5_000, async || service.status("s") == Status::Active).await;
    assert_eq!(service.shards("s", None).await.len(), 3);
    service.call(op::DeleteStream, api::DeleteStreamInput { stream_name: Some("s".into()), ..Default::default() }).await.unwrap();
    assert_eq!(service.status("s"), Status::Deleting);
    service.put("s", "k", "still taken").await;
    service.advance(5_000, async || service.kinesis.stream(&scope(), "s").is_err()).await;
}

#[tokio::test]
async fn a_change_under_way_is_brought_about_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let open = async |now_ms| {
        let store = Store::open(&StoreOptions { path: Some(folder.path().into()), ..StoreOptions::default() }).unwrap();
        Service::with(store, Profile::Aws, now_ms).await
    };
    let service = open(START_MS).await;
    service.create("s", 2).await;
    // The task that waits holds the store; stopping lets go of it.
    service.kinesis.0.spawner.stop(std::time::Duration::from_secs(1)).await;
    drop(service);
    let service = open(START_MS + 4_000).await;
    assert_eq!(service.status("s"), Status::Creating);
    service.advance(1_000, async || service.status("s") == Status::Active).await;
    assert_eq!(service.shards("s", None).await.len(), 2);
}

#[tokio::test]
async fn retention_settings_are_checked_and_expired_records_are_dropped() {
    let service = Service::local().await;
    service.create("s", 1).await;
    let increase = |hours| api::IncreaseStreamRetentionPeriodInput {
        stream_name: Some("s".into()),
        retention_period_hours: hours,
        ..Default::default()
    };
    service.call(op::IncreaseStreamRetentionPeriod, increase(48)).await.unwrap();
    service.call(op::IncreaseStreamRetentionPeriod, increase(48)).await.unwrap();
    let (_, message) = refused(service.call(op::IncreaseStreamRetentionPeriod, increase(24)).await);
    assert!(message.contains("can not be shorter than existing retention period (48 hours)"), "{message}");
    assert!(
        refused(service.call(op::IncreaseStreamRetentionPeriod, increase(8_761)).await)
            .1
            .starts_with("Maximum allowed retention period is 8760")
    );
    service.put("s", "k", "old").await;
    service.clock.advance_to(START_MS + 48 * 3_600_000 - 1);
    assert_eq!(service.read("s", 0, ShardIteratorType::TrimHorizon).await, ["old"]);
    service.put("s", "k", "new").await;
    service.clock.advance_to(START_MS + 48 * 3_600_000 + 1);
    // Hidden at once, dropped when the task comes by.
    assert_eq!(service.read("s", 0, ShardIteratorType::TrimHorizon).await, ["new"]);
    let log = service.kinesis.stream(&scope(), "s").unwrap().snapshot().document.shards[0].log;
    service.advance(60_000, async || service.kinesis.0.store.log_state(log).unwrap().first_ordinal == 2).await;
    assert_eq!(service.read("s", 0, ShardIteratorType::TrimHorizon).await, ["new"]);
}
