//! What plans look like.

use super::{plan, sensors, tickers};

/// The plan of a query in a pump.
fn explained(target: &str, query: &str) -> String {
    let code = format!("CREATE STREAM d ({target}); CREATE PUMP p AS INSERT INTO d {query}");
    let text = plan(&code, &tickers()).to_string();
    text.lines().skip_while(|line| !line.starts_with("pump")).collect::<Vec<_>>().join("\n")
}

#[test]
fn print() {
    println!(
        "{}",
        plan(
            super::corpus::WORKSHOP,
            &super::catalog("sensorId INTEGER, eventTimeStamp VARCHAR(32), currentTemperature INTEGER, status VARCHAR(4)")
        )
    );
    println!("{}", plan(include_str!("bench/q2.sql"), &sensors()));
    println!("{}", plan(include_str!("bench/q5.sql"), &sensors()));
    for (target, query) in [
        (
            "d BIGINT",
            "SELECT STREAM COUNT(d.price) FROM (SELECT STREAM DISTINCT rowtime AS window_time, ticker_symbol, change, price, STEP(src.rowtime BY INTERVAL '5' SECOND) FROM source_sql_stream_001 AS src) AS d GROUP BY ticker_symbol, STEP(d.window_time BY INTERVAL '5' SECOND)",
        ),
        (
            "a TIMESTAMP, b REAL",
            "SELECT STREAM FLOOR(ROWTIME TO HOUR) AS h, SUM(price) AS total FROM source_sql_stream_001 GROUP BY FLOOR(ROWTIME TO HOUR), sector HAVING COUNT(*) > 1 ORDER BY h, SUM(price) DESC",
        ),
        (
            "d BIGINT",
            "SELECT STREAM COUNT(*) FROM source_sql_stream_001 GROUP BY FLOOR((source_sql_stream_001.ROWTIME - TIMESTAMP '1970-01-01 00:00:00') SECOND / 10 TO SECOND)",
        ),
        (
            "d VARCHAR(4)",
            "SELECT STREAM a.ticker_symbol FROM source_sql_stream_001 a LEFT JOIN source_sql_stream_001 OVER (RANGE INTERVAL '1' MINUTE PRECEDING) b ON a.ticker_symbol = b.ticker_symbol AND a.price > b.price AND a.rowtime > b.rowtime",
        ),
        (
            "d DOUBLE",
            "SELECT STREAM price + 1 FROM source_sql_stream_001 UNION ALL SELECT STREAM tradetime FROM source_sql_stream_001",
        ),
    ] {
        println!("{}", explained(target, query));
    }
}
