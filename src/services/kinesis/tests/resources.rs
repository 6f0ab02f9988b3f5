//! Tags and policies of streams and consumers, settings of the account, limits by the day.

use super::*;

const DAY_MS: Millis = 86_400_000;

fn arn() -> String {
    "arn:aws:kinesis:us-east-1:123456789012:stream/s".into()
}

async fn register(service: &Service, name: &str) -> Result<String, Fault> {
    let input = api::RegisterStreamConsumerInput { stream_arn: arn(), consumer_name: name.into(), ..Default::default() };
    Ok(service.call(op::RegisterStreamConsumer, input).await?.consumer.consumer_arn)
}

async fn tags(service: &Service, resource: &str) -> Vec<String> {
    let input = api::ListTagsForResourceInput { resource_arn: resource.into(), ..Default::default() };
    service.call(op::ListTagsForResource, input).await.unwrap().tags.unwrap().into_iter().map(|tag| tag.key).collect()
}

#[tokio::test]
async fn streams_and_consumers_have_tags_and_policies_of_their_own() {
    let service = Service::local().await;
    service.create("s", 1).await;
    let consumer = register(&service, "c").await.unwrap();
    for (resource, key) in [(arn(), "stream"), (consumer.clone(), "consumer")] {
        let tags = std::iter::once((key.to_owned(), "v".to_owned())).collect();
        let input = api::TagResourceInput { resource_arn: resource.clone(), tags, ..Default::default() };
        service.call(op::TagResource, input).await.unwrap();
        let get = api::GetResourcePolicyInput { resource_arn: resource.clone(), ..Default::default() };
        assert_eq!(service.call(op::GetResourcePolicy, get.clone()).await.unwrap().policy, None);
        let policy = format!("{{\"Id\": \"{key}\"}}");
        let put = api::PutResourcePolicyInput { resource_arn: resource.clone(), policy: policy.clone(), ..Default::default() };
        service.call(op::PutResourcePolicy, put.clone()).await.unwrap();
        let broken = api::PutResourcePolicyInput { policy: "{".into(), ..put };
        assert_eq!(service.call(op::PutResourcePolicy, broken).await.unwrap_err().code, "InvalidArgumentException");
        assert_eq!(service.call(op::GetResourcePolicy, get).await.unwrap().policy, Some(policy));
    }
    assert_eq!(
        (tags(&service, &arn()).await, tags(&service, &consumer).await),
        (vec!["stream".to_owned()], vec!["consumer".into()])
    );
    let untag =
        api::UntagResourceInput { resource_arn: consumer.clone(), tag_keys: vec!["consumer".into()], ..Default::default() };
    service.call(op::UntagResource, untag).await.unwrap();
    assert!(tags(&service, &consumer).await.is_empty());
    let delete = api::DeleteResourcePolicyInput { resource_arn: consumer.clone(), ..Default::default() };
    service.call(op::DeleteResourcePolicy, delete).await.unwrap();
    let get = |resource_arn| api::GetResourcePolicyInput { resource_arn, ..Default::default() };
    assert_eq!(service.call(op::GetResourcePolicy, get(consumer)).await.unwrap().policy, None);
    assert!(service.call(op::GetResourcePolicy, get(arn())).await.unwrap().policy.is_some());
    let gone = service.call(op::GetResourcePolicy, get(format!("{}/consumer/nobody:1", arn()))).await.unwrap_err();
    assert_eq!(gone.code, "ResourceNotFoundException");
}

#[tokio::test]
async fn a_commitment_lasts_a_day_and_raises_the_number_of_consumers() {
    use api::MinimumThroughputBillingCommitmentInputStatus::{Disabled, Enabled};
    use api::MinimumThroughputBillingCommitmentOutputStatus as Shown;
    let service = Service::local().await;
    let describe = async || {
        let settings = service.call(op::DescribeAccountSettings, api::DescribeAccountSettingsInput::default()).await.unwrap();
        settings.minimum_throughput_billing_commitment.unwrap()
    };
    let ask = async |status| {
        let minimum_throughput_billing_commitment = api::MinimumThroughputBillingCommitmentInput { status };
        let input = api::UpdateAccountSettingsInput { minimum_throughput_billing_commitment };
        let settings = service.call(op::UpdateAccountSettings, input).await.unwrap();
        settings.minimum_throughput_billing_commitment.unwrap().status
    };
    assert_eq!((describe().await.status, describe().await.started_at), (Shown::Disabled, None));
    service.create("s", 1).await;
    for n in 0..20 {
        register(&service, &format!("c{n}")).await.unwrap();
    }
    assert_eq!(register(&service, "more").await.unwrap_err().code, "LimitExceededException");
    assert_eq!(ask(Enabled).await, Shown::Enabled);
    register(&service, "more").await.unwrap();
    assert_eq!(describe().await.earliest_allowed_end_at, Some(crate::api::Timestamp(START_MS + DAY_MS)));
    assert_eq!(ask(Disabled).await, Shown::EnabledUntilEarliestAllowedEnd);
    service.clock.advance_to(START_MS + DAY_MS);
    let ended = describe().await;
    assert_eq!((ended.status, ended.ended_at), (Shown::Disabled, Some(crate::api::Timestamp(START_MS + DAY_MS))));
}

#[tokio::test]
async fn warm_throughput_is_for_streams_on_demand() {
    let service = Service::local().await;
    service.create("s", 1).await;
    let on_demand = api::CreateStreamInput { stream_name: "d".into(), ..Default::default() };
    service.call(op::CreateStream, on_demand).await.unwrap();
    let warm = |name: &str| api::UpdateStreamWarmThroughputInput {
        stream_name: Some(name.into()),
        warm_throughput_mibps: 100,
        ..Default::default()
    };
    assert_eq!(service.call(op::UpdateStreamWarmThroughput, warm("s")).await.unwrap_err().code, "InvalidArgumentException");
    let shown = service.call(op::UpdateStreamWarmThroughput, warm("d")).await.unwrap().warm_throughput.unwrap();
    assert_eq!((shown.target_mibps, shown.current_mibps), (Some(100), Some(100)));
}

#[tokio::test]
async fn under_limits_the_mode_changes_twice_a_day_and_the_shard_count_ten_times() {
    let service = Service::new(Profile::Aws).await;
    service.create("s", 1).await;
    let settled = async || service.advance(5_000, async || service.status("s") == Status::Active).await;
    settled().await;
    for n in 0..11 {
        let input = api::UpdateShardCountInput {
            stream_name: Some("s".into()),
            target_shard_count: 1 + (n + 1) % 2,
            scaling_type: api::ScalingType::UniformScaling,
            ..Default::default()
        };
        let answer = service.call(op::UpdateShardCount, input).await;
        assert_eq!(
            answer.err().map(|fault| fault.code.into_owned()),
            (n == 10).then(|| "LimitExceededException".to_owned()),
            "{n}"
        );
        settled().await;
    }
    let switch = async |stream_mode| {
        let stream_mode_details = api::StreamModeDetails { stream_mode };
        let input = api::UpdateStreamModeInput { stream_arn: arn(), stream_mode_details, ..Default::default() };
        let answer = service.call(op::UpdateStreamMode, input).await;
        settled().await;
        answer.map_err(|fault| fault.code)
    };
    switch(api::StreamMode::OnDemand).await.unwrap();
    switch(api::StreamMode::Provisioned).await.unwrap();
    assert_eq!(switch(api::StreamMode::OnDemand).await.unwrap_err(), "LimitExceededException");
    service.clock.advance_to(service.clock.now_ms() + DAY_MS);
    switch(api::StreamMode::OnDemand).await.unwrap();
}
