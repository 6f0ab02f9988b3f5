//! The workshop's activities 2-A to 3-D, step by step, as its reader does them.

use super::*;
use crate::api::kinesisanalytics as api1;
use crate::api::kinesisanalytics::op;

const ACTIVITIES: [&str; 5] = [
    include_str!("../../../../compat-tests/workshop/sql/2b-deduplicate.sql"),
    include_str!("../../../../compat-tests/workshop/sql/2c-filter.sql"),
    include_str!("../../../../compat-tests/workshop/sql/2d-aggregate.sql"),
    include_str!("../../../../compat-tests/workshop/sql/2e-event-time.sql"),
    include_str!("../../../../compat-tests/workshop/sql/2f-anomalies.sql"),
];

const DELIVERY: &str = "arn:aws:firehose:us-east-1:000000000000:deliverystream/processed-sensor-data";

fn reading(id: usize, temperature: i32, status: &str) -> String {
    format!(
        r#"{{"sensorId":{id},"eventTimeStamp":"2017-11-28T01:02:03Z","currentTemperature":{temperature},"status":"{status}"}}"#
    )
}

/// The activities' code up to the one numbered `count`, as the reader's editor then holds it.
fn code(count: usize) -> String {
    ACTIVITIES[..count].join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readings_of_the_workshop_become_scored_documents() {
    let world = World::new().await;
    // 1-A and 2-A: stream, application, start.
    world.create_stream("readings", 1).await;
    world.create("workshop").await;
    world.start("workshop", api1::InputStartingPosition::TrimHorizon).await.unwrap();
    // 2-B to 2-F: one update each; the application stays RUNNING.
    for count in 1..=ACTIVITIES.len() {
        let version = world.describe("workshop").await.application_version_id;
        world.update_code("workshop", version, &code(count)).await.unwrap();
        assert_eq!(world.describe("workshop").await.application_status, api1::ApplicationStatus::Running);
    }
    let twice = reading(1, 20, "OK");
    world.put("readings", &[&twice, &twice, &reading(2, 30, "FAIL "), &reading(3, 40, "FAIL ")]).await;
    world.settle().await;
    world.pass(11_000).await;
    let rows = |stream: &str| world.analytics.latest_rows(&scope(), "workshop", stream, 100).unwrap();
    assert_eq!(rows("CLEAN_IOT_STREAM").len(), 3, "the duplicate is gone: {:?}", rows("CLEAN_IOT_STREAM"));
    assert_eq!(rows("FILTERED_FAIL_STREAM").len(), 2, "the trailing blank is cut off by VARCHAR(4)");
    let averages = rows("AGGREGATE_STREAM").join("\n");
    assert!(averages.contains(r#""STATUS":"FAIL","AVG_TEMP":35.00"#), "{averages}");
    assert!(rows("AGGREGATE_EVENT_TIME_STREAM").join("\n").contains(r#""EVENT_TIMESTAMP":"2017-11-28 01:02:00.000""#));
    assert_eq!(rows("ANOMALY_STREAM").len(), 3);
    // 2-G: the clean-up leaves two streams.
    let version = world.describe("workshop").await.application_version_id;
    world.update_code("workshop", version, &[ACTIVITIES[0], ACTIVITIES[4]].join("\n")).await.unwrap();
    world.settle().await;
    assert_eq!(world.analytics.latest_rows(&scope(), "workshop", "AGGREGATE_STREAM", 1), None);
    // 3-D: the destination.
    let output = api1::AddApplicationOutputRequest {
        application_name: "workshop".into(),
        current_application_version_id: version + 1,
        output: api1::Output {
            name: "ANOMALY_STREAM".into(),
            kinesis_firehose_output: Some(api1::KinesisFirehoseOutput { resource_arn: DELIVERY.into(), role_arn: ROLE.into() }),
            ..Default::default()
        },
    };
    world.call(op::AddApplicationOutput, output).await.unwrap();
    world.put("readings", &[&reading(4, 50, "OK")]).await;
    world.settle().await;
    let expected =
        r#"{"SENSOR_ID":4,"EVENT_TIMESTAMP":"2017-11-28 01:02:03.000","CURRENT_TEMP":50,"STATUS":"OK","ANOMALY_SCORE":0.00}"#;
    assert_eq!(world.delivered(DELIVERY), [expected]);
    // 3-F: stop and delete.
    world.stop_application("workshop").await.unwrap();
    let created = world.describe("workshop").await.create_timestamp.unwrap();
    let delete = api1::DeleteApplicationRequest { application_name: "workshop".into(), create_timestamp: created };
    world.call(op::DeleteApplication, delete).await.unwrap();
    world.stop().await;
}

/// The mistakes in the guide's text (specification of the workshop, 7.4).
#[tokio::test]
async fn the_mistakes_of_the_guide_are_found_and_placed() {
    let world = World::new().await;
    world.create("workshop").await;
    let refused = async |code: &str| {
        let fault = world.update_code("workshop", 1, code).await.unwrap_err();
        assert_eq!(fault.code, "CodeValidationException");
        fault.message.unwrap()
    };
    let one_too_many = code(5).replace("clean_iot_stream)));", "clean_iot_stream))));");
    let line = one_too_many.lines().position(|line| line.contains("))))")).unwrap() + 1;
    let text = refused(&one_too_many).await;
    assert!(text.contains(&format!("line {line}, column ")), "{text}");
    let wrapped = code(1).replace("-- the window", "-- the\n   window");
    let line = wrapped.lines().position(|line| line.trim() == "window").unwrap() + 1;
    let text = refused(&wrapped).await;
    assert!(text.contains(&format!("line {}", line + 1)) || text.contains(&format!("line {line}")), "{text}");
    let unknown = code(1).replace("\"status\"", "\"state\"");
    let text = refused(&unknown).await;
    assert!(text.contains("state") && text.contains("line 15, column 5"), "{text}");
}
