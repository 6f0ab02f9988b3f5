use super::{catalog, plan, sensors, tickers};
use crate::sql::plan::Node;

/// The guide's activities 2-B to 2-F, comments rejoined, 2-F without the parenthesis too many.
pub(super) const WORKSHOP: &str = include_str!("workshop.sql");

#[test]
fn the_workshop_compiles() {
    let plan =
        plan(WORKSHOP, &catalog("sensorId INTEGER, eventTimeStamp VARCHAR(32), currentTemperature INTEGER, status VARCHAR(4)"));
    let names: Vec<_> = plan.streams.iter().map(|stream| stream.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "SOURCE_SQL_STREAM_001",
            "CLEAN_IOT_STREAM",
            "FILTERED_FAIL_STREAM",
            "AGGREGATE_STREAM",
            "AGGREGATE_EVENT_TIME_STREAM",
            "ANOMALY_STREAM"
        ]
    );
    assert_eq!(plan.streams[0].columns.len(), 4, "no system column is used");
    assert!(matches!(plan.pumps[0].query, Node::Distinct { .. }));
}

#[test]
fn the_benchmark_compiles() {
    for code in
        [include_str!("bench/q1.sql"), include_str!("bench/q2.sql"), include_str!("bench/q3.sql"), include_str!("bench/q5.sql")]
    {
        plan(code, &sensors());
    }
    let arrivals =
        "sensorId INTEGER, eventTimeStamp TIMESTAMP, currentTemperature INTEGER, status VARCHAR(4), arrivalTimeStamp TIMESTAMP";
    plan(include_str!("bench/q4.sql"), &catalog(arrivals));
    plan(include_str!("bench/rcf1.sql"), &catalog("x DOUBLE"));
    plan(include_str!("bench/rcf3.sql"), &catalog("x DOUBLE, y DOUBLE, z DOUBLE"));
}

#[test]
fn demo() {
    plan("", &tickers());
}
