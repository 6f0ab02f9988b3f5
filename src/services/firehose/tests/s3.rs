//! Delivery to S3, and what a delivery stream survives.

use super::*;
use model::op::{CreateDeliveryStream, DeleteDeliveryStream, UpdateDestination};

#[tokio::test]
async fn an_object_is_delivered_when_the_interval_since_the_first_record_ends() {
    let bench = Bench::new(Profile::Local).await;
    let destination = model::ExtendedS3DestinationConfiguration { prefix: Some("raw/".into()), ..extended() };
    bench.call(CreateDeliveryStream, creation(destination)).await.unwrap();
    bench.put("orders", &["{\"n\":1}", "{\"n\":2}"]).await;
    bench.parts.clock.advance_to(START_MS + 59_999);
    bench.put("orders", &["{\"n\":3}"]).await;
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(bench.objects(), []);
    bench.parts.clock.advance_to(START_MS + 60_000);
    bench.puts(1).await;
    let [(key, body)] = &bench.objects()[..] else { panic!("one object") };
    assert!(key.starts_with("data/raw/2026/07/13/23/orders-1-2026-07-13-23-05-09-"), "{key}");
    assert_eq!(body, "{\"n\":1}{\"n\":2}{\"n\":3}");
}

#[tokio::test]
async fn an_object_is_delivered_when_the_size_is_reached_and_a_flush_takes_the_rest() {
    let bench = Bench::new(Profile::Local).await;
    let append = model::Processor { r#type: model::ProcessorType::AppendDelimiterToRecord, parameters: None };
    let processing = model::ProcessingConfiguration { enabled: Some(true), processors: Some(vec![append]) };
    let destination = model::ExtendedS3DestinationConfiguration { processing_configuration: Some(processing), ..extended() };
    bench.call(CreateDeliveryStream, creation(destination)).await.unwrap();
    let large = "x".repeat(300_000);
    bench.put("orders", &[&large, &large, &large, &large, &large]).await;
    bench.puts(1).await;
    assert_eq!(bench.objects()[0].1.len(), 4 * 300_001, "the record that reaches 1 MiB is the last");
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    assert_eq!(bench.objects().iter().map(|(_, body)| body.len()).sum::<usize>(), 5 * 300_001);
}

#[tokio::test]
async fn a_failing_bucket_loses_nothing_and_is_told_to_the_log() {
    let bench = Bench::new(Profile::Local).await;
    let options = model::CloudWatchLoggingOptions {
        enabled: Some(true),
        log_group_name: Some("g".into()),
        log_stream_name: Some("s".into()),
    };
    let destination = model::ExtendedS3DestinationConfiguration { cloud_watch_logging_options: Some(options), ..extended() };
    bench.call(CreateDeliveryStream, creation(destination)).await.unwrap();
    bench.fake.failing.store(true, std::sync::atomic::Ordering::SeqCst);
    bench.put("orders", &["a"]).await;
    bench.parts.clock.advance_to(START_MS + 60_000);
    bench.puts(1).await;
    // The process ends while the bucket fails, and starts again.
    let bench = bench.restarted().await;
    bench.puts(2).await;
    bench.put("orders", &["b"]).await;
    bench.fake.failing.store(false, std::sync::atomic::Ordering::SeqCst);
    // A changed configuration is tried at once.
    let update = model::UpdateDestinationInput {
        extended_s3_destination_update: Some(model::ExtendedS3DestinationUpdate {
            bucket_arn: Some("arn:aws:s3:::other".into()),
            ..Default::default()
        }),
        ..update("1")
    };
    bench.call(UpdateDestination, update).await.unwrap();
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    let bodies: String = bench.objects().into_iter().map(|(_, body)| body).collect();
    assert_eq!(bodies, "ab");
    assert!(bench.objects()[0].0.starts_with("other/2026/07/13/23/orders-2-"), "{:?}", bench.objects());
    assert_eq!(
        bench.fake.errors.lock().unwrap()[0],
        "g s {\"deliveryStreamARN\":\"arn:aws:firehose:us-west-2:123456789012:deliverystream/orders\",\"destination\":\
         \"arn:aws:s3:::data\",\"deliveryStreamVersionId\":1,\"message\":\"The specified bucket does not exist\",\"errorCode\":\
         \"S3.NoSuchBucket\"}"
    );
}

#[tokio::test]
async fn what_was_delivered_is_not_delivered_again_after_a_restart_and_its_space_is_given_back() {
    let bench = Bench::new(Profile::Local).await;
    bench.call(CreateDeliveryStream, creation(extended())).await.unwrap();
    bench.put("orders", &["a"]).await;
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    bench.parts.clock.advance_to(START_MS + 1_000);
    bench.put("orders", &["b"]).await;
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    let log = bench.firehose.find(&scope(), "orders").unwrap().stream().log;
    assert_eq!(bench.parts.store.log_state(log).unwrap().count(), 1);
    let bench = bench.restarted().await;
    bench.put("orders", &["c"]).await;
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    let bodies: Vec<String> = bench.objects().into_iter().map(|(_, body)| body).collect();
    assert_eq!(bodies.len(), 3);
    assert_eq!(bodies.concat().chars().filter(|c| "abc".contains(*c)).count(), 3);
}

#[tokio::test]
async fn a_backup_gets_every_record_in_its_own_bucket() {
    let bench = Bench::new(Profile::Local).await;
    let destination = model::ExtendedS3DestinationConfiguration {
        s3_backup_mode: Some(model::S3BackupMode::Enabled),
        s3_backup_configuration: Some(model::S3DestinationConfiguration {
            compression_format: Some(model::CompressionFormat::Gzip),
            ..bucket(Some("copy/"))
        }),
        ..extended()
    };
    bench.call(CreateDeliveryStream, creation(destination)).await.unwrap();
    bench.put("orders", &["a"]).await;
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    let keys: Vec<String> = bench.objects().into_iter().map(|(key, _)| key).collect();
    assert!(keys[0].starts_with("backup/copy/2026/07/13/23/orders-1-") && keys[0].ends_with(".gz"), "{keys:?}");
    assert!(keys[1].starts_with("data/2026/07/13/23/orders-1-"), "{keys:?}");
}

#[tokio::test]
async fn deleting_discards_what_waits() {
    let bench = Bench::new(Profile::Local).await;
    bench.call(CreateDeliveryStream, creation(extended())).await.unwrap();
    bench.put("orders", &["a"]).await;
    let delete = model::DeleteDeliveryStreamInput { delivery_stream_name: "orders".into(), ..Default::default() };
    bench.call(DeleteDeliveryStream, delete).await.unwrap();
    bench.call(CreateDeliveryStream, creation(extended())).await.unwrap();
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    assert_eq!(bench.objects(), []);
}
