//! Running applications between two streams, on a clock that the test moves.

use crate::api::kinesisanalytics::InputStartingPosition as Position;
use crate::base::limits::Profile;
use crate::services::analytics::testing::*;
use crate::store::{Store, StoreOptions};

const COPY: &str = r#"CREATE STREAM "COPY" (id INTEGER, status VARCHAR(4));
    CREATE PUMP "copying" AS INSERT INTO "COPY" SELECT STREAM "sensorId", "status" FROM SOURCE_SQL_STREAM_001;"#;

const COUNTS: &str = r#"CREATE STREAM "COUNTS" (status VARCHAR(4), readings INTEGER);
    CREATE PUMP "counting" AS INSERT INTO "COUNTS"
    SELECT STREAM "status", COUNT(*) FROM SOURCE_SQL_STREAM_001
    GROUP BY "status", STEP(SOURCE_SQL_STREAM_001.ROWTIME BY INTERVAL '10' SECOND);"#;

/// A world with both streams and an application with this code, not started yet.
async fn prepared(world: &World, code: &str, output: &str) {
    world.create_stream("readings", 1).await;
    world.create_stream("results", 1).await;
    world.create("a").await;
    world.update_code("a", 1, code).await.unwrap();
    world.add_output("a", 2, output).await.unwrap();
}

fn reading(id: i32, status: &str) -> String {
    format!(r#"{{"sensorId":{id},"eventTimeStamp":"2017-11-28T01:02:03Z","currentTemperature":20,"status":"{status}"}}"#)
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_a_stream_become_records_of_another() {
    let world = World::new().await;
    prepared(&world, COPY, "COPY").await;
    world.put("readings", &[&reading(1, "OK"), &reading(2, "FAIL ")]).await;
    world.start("a", Position::TrimHorizon).await.unwrap();
    let rows = world.wait_for("results", 2).await;
    assert_eq!(rows, [r#"{"ID":1,"STATUS":"OK"}"#, r#"{"ID":2,"STATUS":"FAIL"}"#]);
    world.put("readings", &[&reading(3, "OK")]).await;
    assert_eq!(world.wait_for("results", 3).await[2], r#"{"ID":3,"STATUS":"OK"}"#);
    let rows = world.analytics.latest_rows(&scope(), "a", "COPY", 1).unwrap();
    assert_eq!(rows, [r#"{"ROWTIME":"2023-11-14 22:13:20.123","ID":3,"STATUS":"OK"}"#]);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_does_not_fit_goes_to_error_stream() {
    let world = World::new().await;
    prepared(&world, COPY, "error_stream").await;
    world.put("readings", &[r#"{"sensorId":"x"}"#, &reading(1, "OK")]).await;
    world.start("a", Position::TrimHorizon).await.unwrap();
    let rows = world.wait_for("results", 1).await;
    let expected = concat!(
        r#"{"ERROR_TIME":"2023-11-14 22:13:20.123","ERROR_LEVEL":"WARNING","ERROR_NAME":"Coercion error","#,
        r#""MESSAGE":"For input string: \"x\"","DATA_ROWTIME":"2023-11-14 22:13:20.123","#,
        r#""DATA_ROW":"7B2273656E736F724964223A2278227D","PUMP_NAME":"null"}"#
    );
    assert_eq!(rows, [expected]);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_closes_without_further_records() {
    let world = World::new().await;
    prepared(&world, COUNTS, "COUNTS").await;
    world.start("a", Position::TrimHorizon).await.unwrap();
    world.put("readings", &[&reading(1, "OK"), &reading(2, "OK")]).await;
    world.settle().await;
    assert_eq!(world.records("results").await, [""; 0]);
    world.pass(10_000).await;
    assert_eq!(world.wait_for("results", 1).await, [r#"{"STATUS":"OK","READINGS":2}"#]);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_in_the_middle_of_a_window_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::open(Some(folder.path().into()), START_MS).await;
    prepared(&world, COUNTS, "COUNTS").await;
    world.start("a", Position::Now).await.unwrap();
    world.put("readings", &[&reading(1, "OK"), &reading(2, "OK")]).await;
    world.settle().await;
    world.stop().await;

    let world = World::open(Some(folder.path().into()), START_MS + 2_000).await;
    world.put("readings", &[&reading(3, "OK")]).await;
    world.settle().await;
    world.pass(10_000).await;
    assert_eq!(world.wait_for("results", 1).await, [r#"{"STATUS":"OK","READINGS":3}"#]);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_application_goes_on_where_it_stopped_or_with_what_is_new() {
    let world = World::new().await;
    prepared(&world, COPY, "COPY").await;
    world.start("a", Position::Now).await.unwrap();
    world.pass(1).await;
    world.put("readings", &[&reading(1, "OK")]).await;
    world.wait_for("results", 1).await;
    world.stop_application("a").await.unwrap();
    world.put("readings", &[&reading(2, "OK")]).await;
    world.start("a", Position::LastStoppedPoint).await.unwrap();
    assert_eq!(world.wait_for("results", 2).await[1], r#"{"ID":2,"STATUS":"OK"}"#);
    world.stop_application("a").await.unwrap();
    world.put("readings", &[&reading(3, "OK")]).await;
    world.pass(1).await;
    world.start("a", Position::Now).await.unwrap();
    world.put("readings", &[&reading(4, "OK")]).await;
    assert_eq!(world.wait_for("results", 3).await[2], r#"{"ID":4,"STATUS":"OK"}"#);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_application_goes_over_to_new_code_without_losing_a_record() {
    let world = World::new().await;
    prepared(&world, COPY, "COPY").await;
    world.start("a", Position::TrimHorizon).await.unwrap();
    world.put("readings", &[&reading(1, "OK")]).await;
    world.wait_for("results", 1).await;
    world.update_code("a", 3, &COPY.replace("\"sensorId\",", "\"sensorId\" + 100,")).await.unwrap();
    world.put("readings", &[&reading(2, "OK")]).await;
    assert_eq!(world.wait_for("results", 2).await[1], r#"{"ID":102,"STATUS":"OK"}"#);
    let detail = world.describe("a").await;
    assert_eq!((detail.application_status.as_str(), detail.application_version_id), ("RUNNING", 4));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_destination_holds_rows_back_until_it_is_there() {
    let world = World::new().await;
    world.create_stream("readings", 1).await;
    world.create("a").await;
    world.update_code("a", 1, COPY).await.unwrap();
    world.add_output("a", 2, "COPY").await.unwrap();
    world.start("a", Position::TrimHorizon).await.unwrap();
    world.put("readings", &[&reading(1, "OK")]).await;
    world.settle().await;
    world.create_stream("results", 1).await;
    world.pass(20_000).await;
    assert_eq!(world.wait_for("results", 1).await, [r#"{"ID":1,"STATUS":"OK"}"#]);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_between_states_takes_its_time_under_the_limits_of_aws() {
    let store = Store::open(&StoreOptions::default()).unwrap();
    let world = World::with(store, START_MS, Profile::Aws).await;
    world.create("a").await;
    let status = async || world.describe("a").await.application_status.to_string();
    world.start("a", Position::Now).await.unwrap();
    assert_eq!(status().await, "STARTING");
    assert_eq!(world.stop_application("a").await.unwrap_err().code, "ResourceInUseException");
    world.pass(30_000).await;
    assert_eq!(status().await, "RUNNING");
    world.stop_application("a").await.unwrap();
    assert_eq!(status().await, "STOPPING");
    world.pass(30_000).await;
    assert_eq!(status().await, "READY");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_run_is_refused_at_start() {
    let world = World::new().await;
    world.create("a").await;
    world.start("a", Position::Now).await.unwrap();
    let refused = world.start("a", Position::Now).await.unwrap_err();
    assert_eq!(refused.message.as_deref(), Some("Application a cannot be started in status RUNNING"));
    world.stop_application("a").await.unwrap();
    let refused = world.stop_application("a").await.unwrap_err();
    assert_eq!(
        (&*refused.code, refused.message.as_deref()),
        ("ResourceInUseException", Some("Application a cannot be stopped in status READY"))
    );
    world.stop().await;
}
