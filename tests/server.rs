//! Start, stop, crash, and what the server says of wrong settings.

use crate::support::{Cbor, Server};
use serde_json::json;
use std::process::{Command, Output};

fn millpond(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_millpond")).args(arguments).output().unwrap()
}

fn complaint(arguments: &[&str]) -> String {
    let output = millpond(arguments);
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn health_names_the_services_and_a_stop_is_clean() {
    let mut server = Server::start(&[]).await;
    let health = server.client().get("/_millpond/health").await.unwrap().json();
    assert_eq!(health["status"], "ready");
    let services: Vec<&str> = health["services"].as_array().unwrap().iter().filter_map(|name| name.as_str()).collect();
    assert!(services.contains(&"kinesis") && services.contains(&"s3"), "{services:?}");
    let asked = millpond(&["health", "--endpoint", &format!("http://127.0.0.1:{}", server.port())]);
    assert!(asked.status.success());
    assert!(server.stop().await);
    let asked = complaint(&["health", "--endpoint", &format!("http://127.0.0.1:{}", server.port())]);
    assert!(asked.starts_with("millpond: no healthy server at http://127.0.0.1:"), "{asked}");
}

#[tokio::test]
async fn acknowledged_records_survive_kill_9_and_come_back_in_both_encodings() {
    let mut server = Server::start(&[]).await;
    let client = server.client();
    client.call("Kinesis_20131202.CreateStream", json!({"StreamName": "s", "ShardCount": 1})).await.unwrap();
    let put =
        json!({"StreamName": "s", "Records": [{"Data": "anNvbg==", "PartitionKey": "a"}, {"Data": "", "PartitionKey": "é"}]});
    assert_eq!(client.call("Kinesis_20131202.PutRecords", put).await.unwrap()["FailedRecordCount"], 0);
    let record = [("StreamName", Cbor::text("s")), ("PartitionKey", Cbor::text("c")), ("Data", Cbor::Bytes(vec![0, 255]))];
    client.call_cbor("Kinesis_20131202.PutRecord", &Cbor::map(record)).await.unwrap();
    server.kill_and_restart().await;
    let iterator = json!({"StreamName": "s", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"});
    let iterator = client.call("Kinesis_20131202.GetShardIterator", iterator).await.unwrap();
    let iterator = iterator["ShardIterator"].as_str().unwrap();
    let json = client.call("Kinesis_20131202.GetRecords", json!({"ShardIterator": iterator})).await.unwrap();
    let of =
        |name: &str| -> Vec<&str> { json["Records"].as_array().unwrap().iter().map(|r| r[name].as_str().unwrap()).collect() };
    assert_eq!(of("Data"), ["anNvbg==", "", "AP8="]);
    assert_eq!(of("PartitionKey"), ["a", "é", "c"]);
    let cbor =
        client.call_cbor("Kinesis_20131202.GetRecords", &Cbor::map([("ShardIterator", Cbor::text(iterator))])).await.unwrap();
    let records = cbor.get("Records").list();
    assert_eq!(records[2].get("Data"), &Cbor::Bytes(vec![0, 255]));
    let Cbor::Time(ms) = records[2].get("ApproximateArrivalTimestamp") else { panic!("{records:?}") };
    assert!(*ms > 1_700_000_000_000, "{ms} is milliseconds");
}

/// No official client asks for it (Java v2 speaks CBOR otherwise, but subscribes in JSON), so only this test does.
#[tokio::test]
async fn a_subscription_in_cbor_hears_events_in_cbor() {
    let server = Server::start(&["--ephemeral"]).await;
    let client = server.client();
    let stream = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
    for (operation, input) in [
        ("CreateStream", json!({"StreamName": "s", "ShardCount": 1})),
        ("PutRecord", json!({"StreamName": "s", "PartitionKey": "k", "Data": "AP8="})),
        // A closed shard ends the subscription, and with it the answer.
        ("SplitShard", json!({"StreamName": "s", "ShardToSplit": "shardId-000000000000", "NewStartingHashKey": "2"})),
    ] {
        client.call(&format!("Kinesis_20131202.{operation}"), input).await.unwrap();
    }
    let consumer = json!({"StreamARN": stream, "ConsumerName": "c"});
    let consumer = client.call("Kinesis_20131202.RegisterStreamConsumer", consumer).await.unwrap();
    let subscribe = Cbor::map([
        ("ConsumerARN", Cbor::text(consumer["Consumer"]["ConsumerARN"].as_str().unwrap())),
        ("ShardId", Cbor::text("shardId-000000000000")),
        ("StartingPosition", Cbor::map([("Type", Cbor::text("TRIM_HORIZON"))])),
    ]);
    let answer =
        client.post("Kinesis_20131202.SubscribeToShard", "application/x-amz-cbor-1.1", subscribe.encode()).await.unwrap();
    assert_eq!(answer.headers["content-type"], "application/vnd.amazon.eventstream");
    let events = messages(&answer.body);
    assert!(events.iter().all(|(headers, _)| headers.contains("application/x-amz-cbor-1.1")), "{events:?}");
    assert!(events[0].0.contains("initial-response"), "{events:?}");
    let heard: Vec<&Cbor> = events[1..].iter().flat_map(|(_, event)| event.get("Records").list()).collect();
    assert_eq!(heard.len(), 1, "{events:?}");
    assert_eq!(heard[0].get("Data"), &Cbor::Bytes(vec![0, 255]));
    assert!(matches!(heard[0].get("ApproximateArrivalTimestamp"), Cbor::Time(ms) if *ms > 1_700_000_000_000), "{heard:?}");
    assert_eq!(events.last().unwrap().1.get("ChildShards").list().len(), 2, "{events:?}");
}

/// Headers, as text, and payload of each message of an event stream.
fn messages(mut stream: &[u8]) -> Vec<(String, Cbor)> {
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().unwrap()) as usize;
    let mut found = Vec::new();
    while !stream.is_empty() {
        let (total, headers) = (number(&stream[..4]), number(&stream[4..8]));
        let (headers, payload) = stream[12..total - 4].split_at(headers);
        found.push((String::from_utf8_lossy(headers).into_owned(), Cbor::decode(payload)));
        stream = &stream[total..];
    }
    found
}

#[tokio::test]
async fn wrong_settings_are_named_in_a_sentence() {
    let server = Server::start(&[]).await;
    let address = format!("127.0.0.1:{}", server.port());
    let busy = complaint(&["serve", "--listen", &address, "--ephemeral"]);
    assert!(busy.contains(&format!("port {} is taken by another program", server.port())), "{busy}");
    assert!(busy.contains("--listen 127.0.0.1:"), "{busy}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("millpond.toml");
    std::fs::write(&file, "lisen = \"127.0.0.1:1\"").unwrap();
    let wrong = complaint(&["serve", "--config", file.to_str().unwrap()]);
    assert!(wrong.contains("unknown field `lisen`"), "{wrong}");
    let wrong = complaint(&["serve", "--limit", "kinesis.shard=5"]);
    assert!(wrong.contains("there is no limit kinesis.shard"), "{wrong}");
    let in_use = complaint(&["serve", "--listen", "127.0.0.1:0", "--data", server.data().to_str().unwrap()]);
    assert!(in_use.contains("another data folder"), "{in_use}");
}

#[test]
fn every_flag_says_its_variable_and_its_key() {
    let help = String::from_utf8(millpond(&["serve", "--help"]).stdout).unwrap();
    for flag in help.lines().map(str::trim).filter(|line| line.starts_with("--")) {
        let name = flag.split([' ', '[', '=']).next().unwrap();
        let variable = format!("[env: MILLPOND_{}]", name.trim_start_matches('-').replace('-', "_").to_uppercase());
        assert!(help.contains(&variable), "{name} has {variable}");
    }
    assert!(help.matches("[config: ").count() >= 12, "{help}");
}
