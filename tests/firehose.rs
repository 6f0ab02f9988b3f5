//! Delivery streams from outside: what was acknowledged reaches the bucket, whatever happens to the process.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use crate::support::{Client, Server};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

/// Makes a bucket and a delivery stream `numbers` into it that delivers once a second.
async fn set_up(server: &Server) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bucket = format!("http://127.0.0.1:{}/delivered", server.port());
    assert!(reqwest::Client::new().put(bucket).send().await.unwrap().status().is_success());
    let client = server.client();
    let destination = json!({
        "RoleARN": "arn:aws:iam::000000000000:role/r", "BucketARN": "arn:aws:s3:::delivered", "Prefix": "n/",
        "BufferingHints": {"IntervalInSeconds": 1, "SizeInMBs": 1},
        "ProcessingConfiguration": {"Enabled": true, "Processors": [{"Type": "AppendDelimiterToRecord"}]},
    });
    let input = json!({"DeliveryStreamName": "numbers", "ExtendedS3DestinationConfiguration": destination});
    client.call("Firehose_20150804.CreateDeliveryStream", input).await.unwrap();
    client
}

/// Puts numbers as records; says whether they were acknowledged.
async fn put(client: &Client, numbers: &[u32]) -> bool {
    let records: Vec<_> = numbers.iter().map(|n| json!({"Data": STANDARD.encode(n.to_string())})).collect();
    let body = json!({"DeliveryStreamName": "numbers", "Records": records}).to_string().into_bytes();
    let answer = client.post("Firehose_20150804.PutRecordBatch", "application/x-amz-json-1.1", body).await;
    answer.is_ok_and(|answer| answer.status == 200 && answer.json()["FailedPutCount"] == 0)
}

/// All numbers in the bucket's objects.
async fn delivered(client: &Client) -> Vec<u32> {
    let listed = client.get("/delivered?list-type=2&prefix=n/").await.unwrap();
    let listing = String::from_utf8(listed.body).unwrap();
    let mut numbers = Vec::new();
    for key in listing.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next()) {
        let object = client.get(&format!("/delivered/{key}")).await.unwrap();
        assert_eq!(object.headers["content-type"], "application/octet-stream");
        numbers.extend(String::from_utf8(object.body).unwrap().lines().map(|line| line.parse::<u32>().unwrap()));
    }
    numbers.sort_unstable();
    numbers
}

/// Waits until all of these are delivered.
async fn arrived(client: &Client, expected: &BTreeSet<u32>) -> Vec<u32> {
    let wait = async {
        loop {
            let found = delivered(client).await;
            if expected.iter().all(|n| found.binary_search(n).is_ok()) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("not everything was delivered")
}

#[tokio::test]
async fn acknowledged_records_reach_the_bucket_over_kills() {
    let mut server = Server::start(&[]).await;
    let client = set_up(&server).await;
    let (mut acknowledged, mut next) = (BTreeSet::new(), 0);
    for _ in 0..3 {
        let (killed, stop) = tokio::sync::watch::channel(false);
        let producer = tokio::spawn(produce(client.clone(), next, stop));
        tokio::time::sleep(Duration::from_millis(1_300)).await;
        server.kill_and_restart().await;
        killed.send_replace(true);
        let (stored, at) = tokio::time::timeout(PATIENCE, producer).await.unwrap().unwrap();
        acknowledged.extend(stored);
        next = at;
    }
    assert!(acknowledged.len() > 300, "{}", acknowledged.len());
    arrived(&client, &acknowledged).await;
}

/// Puts batch after batch until told to stop; what was acknowledged, and the number that follows.
async fn produce(client: Client, first: u32, stop: tokio::sync::watch::Receiver<bool>) -> (Vec<u32>, u32) {
    let (mut stored, mut at) = (Vec::new(), first);
    while !*stop.borrow() {
        let batch: Vec<u32> = (at..at + 50).collect();
        at += 50;
        if put(&client, &batch).await {
            stored.extend(batch);
        } else {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    (stored, at)
}

#[tokio::test]
async fn a_kill_between_deliveries_delivers_nothing_twice() {
    let mut server = Server::start(&[]).await;
    let client = set_up(&server).await;
    assert!(put(&client, &[1, 2, 3]).await);
    arrived(&client, &BTreeSet::from([1, 2, 3])).await;
    assert!(put(&client, &[4]).await);
    server.kill_and_restart().await;
    assert!(put(&client, &[5]).await);
    assert_eq!(arrived(&client, &BTreeSet::from([4, 5])).await, [1, 2, 3, 4, 5]);
}
