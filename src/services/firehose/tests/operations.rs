//! The operations: what they answer, and what they refuse.

use super::*;
use model::op::{
    CreateDeliveryStream, DeleteDeliveryStream, ListDeliveryStreams, ListTagsForDeliveryStream, PutRecord, PutRecordBatch,
    TagDeliveryStream, UntagDeliveryStream, UpdateDestination,
};

#[tokio::test]
async fn describe_fills_in_both_s3_blocks_and_every_default() {
    let bench = Bench::new(Profile::Local).await;
    let plain = model::CreateDeliveryStreamInput {
        delivery_stream_name: "orders".into(),
        s3_destination_configuration: Some(bucket(None)),
        ..Default::default()
    };
    let arn = bench.call(CreateDeliveryStream, plain.clone()).await.unwrap().delivery_stream_arn;
    assert_eq!(arn.as_deref(), Some("arn:aws:firehose:us-west-2:123456789012:deliverystream/orders"));
    let described = bench.describe("orders").await.into_value().unwrap();
    let block = "BucketARN arn:aws:s3:::backup, BufferingHints {IntervalInSeconds 300, SizeInMBs 5}, CloudWatchLoggingOptions {Enabled \
                 false}, CompressionFormat UNCOMPRESSED, EncryptionConfiguration {NoEncryptionConfig NoEncryption}, RoleARN \
                 arn:aws:iam::123456789012:role/firehose";
    let expected = format!(
        "{{CreateTimestamp @{START_MS}, DeliveryStreamARN arn:aws:firehose:us-west-2:123456789012:deliverystream/orders, \
         DeliveryStreamEncryptionConfiguration {{Status DISABLED}}, DeliveryStreamName orders, DeliveryStreamStatus ACTIVE, \
         DeliveryStreamType DirectPut, Destinations [{{DestinationId destinationId-000000000001, ExtendedS3DestinationDescription \
         {{{block}, S3BackupMode Disabled}}, S3DestinationDescription {{{block}}}}}], HasMoreDestinations false, VersionId 1}}"
    );
    assert_eq!(shown(&described), expected);
    assert_eq!(
        bench.message(CreateDeliveryStream, plain).await,
        "ResourceInUseException: Firehose orders under accountId 123456789012 already exists"
    );
}

/// A value as a line of text.
fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Map(members) => {
            let members: Vec<String> = members.iter().map(|(name, value)| format!("{name} {}", shown(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::List(elements) => format!("[{}]", elements.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Text(text) => text.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Time(ms) => format!("@{ms}"),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn creations_that_aws_refuses() {
    let bench = Bench::new(Profile::Aws).await;
    let none = model::CreateDeliveryStreamInput { delivery_stream_name: "orders".into(), ..Default::default() };
    let two = model::CreateDeliveryStreamInput { s3_destination_configuration: Some(bucket(None)), ..creation(extended()) };
    let one = "InvalidArgumentException: Exactly one destination configuration is supported for a Firehose";
    assert_eq!(bench.message(CreateDeliveryStream, none).await, one);
    assert_eq!(bench.message(CreateDeliveryStream, two).await, one);
    for (given, expected) in [
        (
            model::ExtendedS3DestinationConfiguration { buffering_hints: hints(5, 59), ..extended() },
            "InvalidArgumentException: BufferingHints.IntervalInSeconds must be 0 or at least 60, not 59.",
        ),
        (
            model::ExtendedS3DestinationConfiguration { prefix: Some("!{timestamp:yyyy}/".into()), ..extended() },
            "InvalidArgumentException: ErrorOutputPrefix cannot be null or empty when Prefix contains expressions.",
        ),
        (
            model::ExtendedS3DestinationConfiguration { custom_time_zone: Some("Mars/Base".into()), ..extended() },
            "InvalidArgumentException: CustomTimeZone Mars/Base is not a known time zone.",
        ),
        (
            model::ExtendedS3DestinationConfiguration {
                processing_configuration: Some(model::ProcessingConfiguration { enabled: Some(true), processors: None }),
                ..extended()
            },
            "InvalidArgumentException: A maximum of 5 and a minimum of 1 processor needs to be supplied when processing is enabled.",
        ),
    ] {
        assert_eq!(bench.message(CreateDeliveryStream, creation(given)).await, expected);
    }
    let http = model::CreateDeliveryStreamInput {
        extended_s3_destination_configuration: None,
        http_endpoint_destination_configuration: Some(model::HttpEndpointDestinationConfiguration {
            endpoint_configuration: model::HttpEndpointConfiguration { url: "https://localhost".into(), ..Default::default() },
            s3_configuration: bucket(None),
            ..Default::default()
        }),
        ..creation(extended())
    };
    let refused = bench.message(CreateDeliveryStream, http).await;
    assert_eq!(refused, "InvalidArgumentException: Delivery to HTTP endpoint destinations is not built yet.");
}

#[tokio::test]
async fn updates_merge_and_only_a_change_raises_the_version() {
    let bench = Bench::new(Profile::Local).await;
    bench.call(CreateDeliveryStream, creation(extended())).await.unwrap();
    let to = |version: &str, destination| model::UpdateDestinationInput {
        extended_s3_destination_update: Some(destination),
        ..update(version)
    };
    let interval = model::BufferingHints { interval_in_seconds: Some(90), size_in_mbs: None };
    let longer = model::ExtendedS3DestinationUpdate { buffering_hints: Some(interval), ..Default::default() };
    bench.call(UpdateDestination, to("1", longer.clone())).await.unwrap();
    let described = bench.describe("orders").await;
    assert_eq!((described.version_id.as_str(), described.last_update_timestamp), ("2", Some(crate::api::Timestamp(START_MS))));
    let merged = described.destinations[0].s3_destination_description.clone().unwrap().buffering_hints;
    assert_eq!(Some(merged), hints(1, 90));
    bench.call(UpdateDestination, to("2", longer.clone())).await.unwrap();
    assert_eq!(bench.describe("orders").await.version_id, "2", "nothing changed");
    for (input, expected) in [
        (
            to("1", longer.clone()),
            "ConcurrentModificationException: Cannot update firehose: orders since the current version id: 2 and specified version id: \
             1 do not match",
        ),
        (
            model::UpdateDestinationInput { destination_id: "destinationId-2".into(), ..to("2", longer) },
            "InvalidArgumentException: Destination Id destinationId-2 not found",
        ),
        (update("2"), "InvalidArgumentException: At least one destination or source configuration update must be provided"),
        (
            model::UpdateDestinationInput { elasticsearch_destination_update: Some(Default::default()), ..update("2") },
            "InvalidArgumentException: Changing the destination type to or from Elasticsearch is not supported at this time.",
        ),
    ] {
        assert_eq!(bench.message(UpdateDestination, input).await, expected);
    }
}

#[tokio::test]
async fn lists_are_sorted_and_paged_and_tags_come_and_go() {
    let bench = Bench::new(Profile::Local).await;
    for name in ["c", "a", "b"] {
        let input = model::CreateDeliveryStreamInput { delivery_stream_name: name.into(), ..creation(extended()) };
        bench.call(CreateDeliveryStream, input).await.unwrap();
    }
    let list = |after: Option<&str>, limit| model::ListDeliveryStreamsInput {
        exclusive_start_delivery_stream_name: after.map(str::to_owned),
        limit,
        ..Default::default()
    };
    let first = bench.call(ListDeliveryStreams, list(None, Some(2))).await.unwrap();
    assert_eq!((first.delivery_stream_names, first.has_more_delivery_streams), (vec!["a".to_owned(), "b".into()], true));
    let second = bench.call(ListDeliveryStreams, list(Some("b"), None)).await.unwrap();
    assert_eq!((second.delivery_stream_names, second.has_more_delivery_streams), (vec!["c".to_owned()], false));

    let tags = vec![model::Tag { key: "k".into(), value: Some("v".into()) }, model::Tag { key: "l".into(), value: None }];
    let tagging = model::TagDeliveryStreamInput { delivery_stream_name: "a".into(), tags };
    bench.call(TagDeliveryStream, tagging).await.unwrap();
    let untagging =
        model::UntagDeliveryStreamInput { delivery_stream_name: "a".into(), tag_keys: vec!["l".into(), "none".into()] };
    bench.call(UntagDeliveryStream, untagging).await.unwrap();
    let listing = model::ListTagsForDeliveryStreamInput { delivery_stream_name: "a".into(), ..Default::default() };
    let listed = bench.call(ListTagsForDeliveryStream, listing).await.unwrap();
    assert_eq!((listed.tags.len(), listed.tags[0].value.as_deref(), listed.has_more_tags), (1, Some("v"), false));
}

#[tokio::test]
async fn puts_keep_the_limits_of_a_call() {
    let bench = Bench::new(Profile::Local).await;
    bench.call(CreateDeliveryStream, creation(extended())).await.unwrap();
    let record = |data: &'static [u8]| model::Record { data: Bytes::from_static(data) };
    let put = model::PutRecordInput { delivery_stream_name: "orders".into(), record: record(b"") };
    let first = bench.call(PutRecord, put.clone()).await.unwrap();
    assert_eq!((first.record_id.len(), first.encrypted), (20 + 56, Some(false)));
    let batch = |records| model::PutRecordBatchInput { delivery_stream_name: "orders".into(), records };
    let answer = bench.call(PutRecordBatch, batch(vec![record(b"1"), record(b"2")])).await.unwrap();
    let ids: Vec<_> = answer.request_responses.into_iter().map(|entry| entry.record_id.unwrap()).collect();
    assert!(first.record_id < ids[0] && ids[0] < ids[1] && answer.failed_put_count == 0);
    let large = model::Record { data: Bytes::from(vec![0; 1_000_000]) };
    assert_eq!(
        bench.message(PutRecordBatch, batch(vec![large; 5])).await,
        "InvalidArgumentException: Records size 5000000 exceeds the maximum allowed size of 4194304 bytes"
    );
    let unknown = model::PutRecordInput { delivery_stream_name: "none".into(), ..put };
    let refused = bench.message(PutRecord, unknown).await;
    assert_eq!(refused, "ResourceNotFoundException: Firehose none under account 123456789012 not found.");
}

#[tokio::test]
async fn aws_limits_take_their_time_and_throttle() {
    let bench = Bench::new(Profile::Aws).await;
    bench.call(CreateDeliveryStream, creation(extended())).await.unwrap();
    let record = model::Record { data: Bytes::from(vec![0; 1_000_000]) };
    let batch = model::PutRecordBatchInput { delivery_stream_name: "orders".into(), records: vec![record; 3] };
    let refused = bench.message(PutRecordBatch, batch.clone()).await;
    assert_eq!(refused, "ResourceNotFoundException: Firehose orders is not active in 123456789012 account.");
    bench.parts.clock.advance_to(START_MS + 10_000);
    assert_eq!(bench.call(PutRecordBatch, batch.clone()).await.unwrap().failed_put_count, 0);
    let throttled = bench.call(PutRecordBatch, batch).await.unwrap();
    assert_eq!(throttled.failed_put_count, 1);
    assert_eq!(throttled.request_responses[2].error_code.as_deref(), Some("ServiceUnavailableException"));
    let delete = model::DeleteDeliveryStreamInput { delivery_stream_name: "orders".into(), ..Default::default() };
    bench.call(DeleteDeliveryStream, delete.clone()).await.unwrap();
    bench.call(DeleteDeliveryStream, delete).await.unwrap();
    assert_eq!(bench.describe("orders").await.delivery_stream_status, model::DeliveryStreamStatus::Deleting);
    let bench = bench.restarted().await;
    bench.parts.clock.advance_to(START_MS + 20_000);
    while bench.firehose.find(&scope(), "orders").is_some() {
        tokio::task::yield_now().await;
    }
}
