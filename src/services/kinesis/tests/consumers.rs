//! Consumers, shard counts, metrics and encryption.

use super::*;

async fn register(service: &Service, name: &str) -> Result<api::Consumer, Fault> {
    let input = api::RegisterStreamConsumerInput { stream_arn: arn(), consumer_name: name.into(), ..Default::default() };
    Ok(service.call(op::RegisterStreamConsumer, input).await?.consumer)
}

fn arn() -> String {
    "arn:aws:kinesis:us-east-1:123456789012:stream/s".into()
}

#[tokio::test]
async fn consumers_are_registered_listed_and_deregistered() {
    let service = Service::local().await;
    service.create("s", 1).await;
    let names: Vec<String> = (0..20).map(|n| format!("c{n:02}")).collect();
    for name in names.iter().rev() {
        register(&service, name).await.unwrap();
    }
    assert_eq!(register(&service, "c00").await.unwrap_err().code, "ResourceInUseException");
    assert_eq!(register(&service, "more").await.unwrap_err().code, "LimitExceededException");
    let mut listed = Vec::new();
    let mut input = api::ListStreamConsumersInput { stream_arn: arn(), max_results: Some(7), ..Default::default() };
    loop {
        let page = service.call(op::ListStreamConsumers, input.clone()).await.unwrap();
        listed.extend(page.consumers.unwrap());
        input.next_token = page.next_token;
        if input.next_token.is_none() {
            break;
        }
    }
    assert_eq!(listed.iter().map(|consumer| consumer.consumer_name.clone()).collect::<Vec<_>>(), names);
    assert_eq!(listed[3].consumer_arn, format!("{}/consumer/c03:1700000000", arn()));
    let by_arn = api::DescribeStreamConsumerInput { consumer_arn: Some(listed[3].consumer_arn.clone()), ..Default::default() };
    let found = service.call(op::DescribeStreamConsumer, by_arn.clone()).await.unwrap().consumer_description;
    assert_eq!(
        (found.consumer_name.as_str(), found.consumer_status, found.stream_arn),
        ("c03", api::ConsumerStatus::Active, arn())
    );
    let gone =
        api::DeregisterStreamConsumerInput { stream_arn: Some(arn()), consumer_name: Some("c03".into()), ..Default::default() };
    service.call(op::DeregisterStreamConsumer, gone).await.unwrap();
    assert_eq!(service.call(op::DescribeStreamConsumer, by_arn).await.unwrap_err().code, "ResourceNotFoundException");
    let delete = api::DeleteStreamInput { stream_name: Some("s".into()), ..Default::default() };
    assert_eq!(service.call(op::DeleteStream, delete.clone()).await.unwrap_err().code, "ResourceInUseException");
    let enforced = api::DeleteStreamInput { enforce_consumer_deletion: Some(true), ..delete };
    service.call(op::DeleteStream, enforced).await.unwrap();
}

#[tokio::test]
async fn a_stream_is_scaled_to_even_ranges_without_losing_records() {
    let service = Service::local().await;
    service.create("s", 3).await;
    service.put("s", "a", "before").await;
    for target in [5, 3, 2, 4, 1] {
        let input = api::UpdateShardCountInput {
            stream_name: Some("s".into()),
            target_shard_count: target,
            scaling_type: api::ScalingType::UniformScaling,
            ..Default::default()
        };
        if target == 1 {
            assert_eq!(service.call(op::UpdateShardCount, input).await.unwrap_err().code, "InvalidArgumentException");
            continue;
        }
        service.call(op::UpdateShardCount, input).await.unwrap();
        let snapshot = service.kinesis.stream(&scope(), "s").unwrap().snapshot();
        let mut ranges: Vec<_> = snapshot.document.open_shards().map(|shard| shard.range).collect();
        ranges.sort_by_key(|range| range.start);
        assert_eq!(ranges, HashKeyRange::even_split(target.unsigned_abs()), "{target}");
        assert!(snapshot.document.shards.iter().all(|shard| shard.parents.len() <= 2));
    }
    let mut all = Vec::new();
    for shard in service.shards("s", None).await {
        all.extend(service.read("s", shard.shard_id[8..].parse().unwrap(), api::ShardIteratorType::TrimHorizon).await);
    }
    assert_eq!(all, ["before"]);
}

#[tokio::test]
async fn metrics_and_encryption_are_kept_and_shown() {
    let service = Service::local().await;
    service.create("s", 1).await;
    let metrics = |named: &[api::MetricsName]| api::EnableEnhancedMonitoringInput {
        stream_name: Some("s".into()),
        shard_level_metrics: named.to_vec(),
        ..Default::default()
    };
    let (bytes, all) = (api::MetricsName::IncomingBytes, api::MetricsName::All);
    service.call(op::EnableEnhancedMonitoring, metrics(&[bytes])).await.unwrap();
    let enabled = service.call(op::EnableEnhancedMonitoring, metrics(&[all])).await.unwrap();
    assert_eq!(enabled.current_shard_level_metrics, Some(vec![bytes]));
    assert_eq!(enabled.desired_shard_level_metrics.unwrap().len(), 7);
    let off = api::DisableEnhancedMonitoringInput {
        stream_name: Some("s".into()),
        shard_level_metrics: vec![bytes],
        ..Default::default()
    };
    let left = service.call(op::DisableEnhancedMonitoring, off).await.unwrap().desired_shard_level_metrics.unwrap();
    assert!(left.len() == 6 && !left.contains(&bytes));
    let start = api::StartStreamEncryptionInput {
        stream_name: Some("s".into()),
        encryption_type: api::EncryptionType::Kms,
        key_id: "alias/aws/kinesis".into(),
        ..Default::default()
    };
    service.call(op::StartStreamEncryption, start).await.unwrap();
    let describe = api::DescribeStreamInput { stream_name: Some("s".into()), ..Default::default() };
    let shown = service.call(op::DescribeStream, describe).await.unwrap().stream_description;
    assert_eq!((shown.encryption_type, shown.key_id.as_deref()), (Some(api::EncryptionType::Kms), Some("alias/aws/kinesis")));
    assert_eq!(shown.enhanced_monitoring[0].shard_level_metrics.as_deref(), Some(left.as_slice()));
}
