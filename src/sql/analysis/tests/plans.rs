//! What plans look like, and what of them the clock can tell.

use super::{plan, sensors, tickers};
use crate::sql::plan::Node;

/// The plan of a query in a pump.
fn explained(target: &str, query: &str) -> String {
    let code = format!("CREATE STREAM d ({target}); CREATE PUMP p AS INSERT INTO d {query}");
    let text = plan(&code, &tickers()).to_string();
    text.lines().skip_while(|line| !line.starts_with("pump")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_workshop() {
    let mapped = "sensorId INTEGER, eventTimeStamp VARCHAR(32), currentTemperature INTEGER, status VARCHAR(4)";
    let text = plan(super::corpus::WORKSHOP, &super::catalog(mapped)).to_string();
    let pumps = text.split("pump DEDUP_PUMP").nth(1).unwrap();
    assert_eq!(
        pumps,
        " into CLEAN_IOT_STREAM: $0, $1, $2, $3, $4
  distinct $0, $1, $2, $3, $4 until FLOOR(ROWTIME TO SECOND) changes
    project $0, CAST($1 AS TIMESTAMP(0)), $2, $3, FLOOR(ROWTIME TO SECOND)
      scan SOURCE_SQL_STREAM_001
pump FILTER_FAIL_PUMP into FILTERED_FAIL_STREAM: $0, $1, $2, $3
  project $0, $1, $2, $3
    filter ($3 = 'FAIL')
      scan CLEAN_IOT_STREAM
pump AGGREGATE_PUMP into AGGREGATE_STREAM: $0, CAST($1 AS DECIMAL(16, 2))
  project $0, $2
    aggregate AVG($2) by $3, STEP(ROWTIME BY INTERVAL '10' SECOND) until STEP(ROWTIME BY INTERVAL '10' SECOND) changes
      scan CLEAN_IOT_STREAM
pump EVENT_TIME_PUMP into AGGREGATE_EVENT_TIME_STREAM: $0, $1, CAST($2 AS DECIMAL(16, 2))
  project $1, $0, $3
    aggregate AVG($2) by $3, STEP($1 BY INTERVAL '10' SECOND), STEP(ROWTIME BY INTERVAL '10' SECOND) until STEP(ROWTIME BY INTERVAL '10' SECOND) changes
      scan CLEAN_IOT_STREAM
pump ANOMALY_PUMP into ANOMALY_STREAM: $0, $1, $2, $3, CAST($4 AS DECIMAL(16, 2))
  project $0, $1, $2, $3, $5
    random cut forest over SENSOR_ID, CURRENT_TEMP: 100 trees, sample 256, decay 100000, shingle 1
      scan CLEAN_IOT_STREAM
"
    );
}

#[test]
fn event_time_becomes_rowtime() {
    let text = plan(include_str!("bench/q5.sql"), &sensors()).to_string();
    assert!(text.contains(
        "pump ORDER_PUMP into ORDERED: $0, $1, $2, $3
  project $0, ROWTIME, $2, $3
    time sort $1 within 3000 ms
      scan SOURCE_SQL_STREAM_001"
    ));
    assert_eq!(
        explained("a REAL", "(ROWTIME, a) SELECT STREAM event_time AS ROWTIME, price FROM source_sql_stream_001"),
        "pump P into D: $0\n  project $3 rowtime $4\n    scan SOURCE_SQL_STREAM_001"
    );
    assert_eq!(
        explained("a REAL", "(a, ROWTIME) SELECT STREAM price, event_time FROM source_sql_stream_001"),
        "pump P into D: $0\n  project $0, $1 rowtime $1\n    project $3, $4\n      scan SOURCE_SQL_STREAM_001"
    );
    assert_eq!(
        explained("t TIMESTAMP, a REAL", "SELECT STREAM ROWTIME, price FROM source_sql_stream_001"),
        "pump P into D: ROWTIME, $0\n  project $3\n    scan SOURCE_SQL_STREAM_001"
    );
}

#[test]
fn distinct_is_forgotten_by_what_it_compares() {
    let query = "SELECT STREAM COUNT(d.price) FROM (SELECT STREAM DISTINCT rowtime AS window_time, ticker_symbol, price, \
                 STEP(src.rowtime BY INTERVAL '5' SECOND) FROM source_sql_stream_001 AS src) AS d \
                 GROUP BY ticker_symbol, STEP(d.window_time BY INTERVAL '5' SECOND)";
    assert_eq!(
        explained("d BIGINT", query),
        "pump P into D: $0
  project $2
    aggregate COUNT($2) by $1, STEP($0 BY INTERVAL '5' SECOND) until STEP(ROWTIME BY INTERVAL '5' SECOND) changes
      distinct $1, $2, $3 until STEP(ROWTIME BY INTERVAL '5' SECOND) changes
        project ROWTIME, $0, $3, STEP(ROWTIME BY INTERVAL '5' SECOND)
          scan SOURCE_SQL_STREAM_001"
    );
    assert_eq!(
        explained(
            "d TIMESTAMP, a REAL",
            "SELECT STREAM DISTINCT rowtime, price FROM source_sql_stream_001 ORDER BY ROWTIME, price"
        ),
        "pump P into D: ROWTIME, $0
  sort ROWTIME, $0 until ROWTIME changes
    project $0
      distinct $0 until ROWTIME changes
        project $3, ROWTIME
          scan SOURCE_SQL_STREAM_001"
    );
}

#[test]
fn a_window_over_windows_closes_a_moment_later() {
    let query = "SELECT STREAM FLOOR(ROWTIME TO HOUR) AS h, SUM(price) AS total FROM source_sql_stream_001 \
                 GROUP BY FLOOR(ROWTIME TO HOUR), sector HAVING COUNT(*) > 1 ORDER BY h, SUM(price) DESC";
    assert_eq!(
        explained("a TIMESTAMP, b REAL", query),
        "pump P into D: $0, $1
  project $0, $2
    sort $0, $2 DESC until FLOOR((ROWTIME - INTERVAL '0.001' SECOND) TO HOUR) changes
      filter ($3 > 1)
        aggregate SUM($3), COUNT(*) by FLOOR(ROWTIME TO HOUR), $1 until FLOOR(ROWTIME TO HOUR) changes
          scan SOURCE_SQL_STREAM_001"
    );
}

#[test]
fn the_templates_idiom_is_monotonic() {
    let bucket = "FLOOR((source_sql_stream_001.ROWTIME - TIMESTAMP '1970-01-01 00:00:00') SECOND / 10 TO SECOND)";
    let text = explained("d BIGINT", &format!("SELECT STREAM COUNT(*) FROM source_sql_stream_001 GROUP BY {bucket}"));
    let planned = "FLOOR(((ROWTIME - TIMESTAMP '1970-01-01 00:00:00') SECOND / 10) TO SECOND)";
    assert!(text.contains(&format!("aggregate COUNT(*) by {planned} until {planned} changes")), "{text}");
}

#[test]
fn what_is_monotonic_and_what_is_not() {
    let compiles = |key: &str| {
        let code = format!(
            "CREATE STREAM d (a BIGINT); CREATE PUMP p AS INSERT INTO d SELECT STREAM COUNT(*) FROM source_sql_stream_001 GROUP BY {key}"
        );
        crate::sql::analysis::compile(&code, &tickers()).is_ok()
    };
    for key in [
        "ROWTIME",
        "CEIL(ROWTIME TO DAY)",
        "ROWTIME + INTERVAL '1' DAY",
        "UNIX_TIMESTAMP(ROWTIME) / 1000",
        "STEP(UNIX_TIMESTAMP(ROWTIME) BY 1000)",
        "0 - UNIX_TIMESTAMP(ROWTIME)",
        "UNIX_TIMESTAMP(ROWTIME) * -2",
        "MONOTONIC(tradetime)",
        "MONOTONIC(tradetime) / 60",
        "CAST(ROWTIME AS DATE)",
        "(ROWTIME - TIMESTAMP '2020-01-01 00:00:00') MINUTE",
        "FLOOR(CURRENT_ROW_TIMESTAMP TO MINUTE)",
    ] {
        assert!(compiles(key), "{key} grows");
    }
    for key in [
        "tradetime",
        "1",
        "CURRENT_TIMESTAMP",
        "EXTRACT(MINUTE FROM ROWTIME)",
        "CAST(ROWTIME AS TIME)",
        "CAST(ROWTIME AS VARCHAR(30))",
        "UNIX_TIMESTAMP(ROWTIME) * tradetime",
        "UNIX_TIMESTAMP(ROWTIME) * 0",
        "UNIX_TIMESTAMP(ROWTIME) - UNIX_TIMESTAMP(ROWTIME)",
        "MOD(UNIX_TIMESTAMP(ROWTIME), 60)",
        "STEP(event_time BY INTERVAL '1' HOUR)",
    ] {
        assert!(!compiles(key), "{key} does not grow");
    }
}

#[test]
fn joins_hash_what_is_equal_and_check_the_rest() {
    let query = "SELECT STREAM a.ticker_symbol FROM source_sql_stream_001 a LEFT JOIN source_sql_stream_001 OVER (RANGE INTERVAL '1' MINUTE \
                 PRECEDING) b ON a.ticker_symbol = b.ticker_symbol AND a.price > b.price AND a.rowtime > b.rowtime";
    assert_eq!(
        explained("d VARCHAR(4)", query),
        "pump P into D: $0
  project $0
    left join on $0 = right $0 and (($3 > $10) AND ($6 > $13))
      current row
        project $0, $1, $2, $3, $4, $5, ROWTIME
          scan SOURCE_SQL_STREAM_001
      over range 60000 ms preceding
        project $0, $1, $2, $3, $4, $5, ROWTIME
          scan SOURCE_SQL_STREAM_001"
    );
    let comma =
        "SELECT STREAM a.price FROM source_sql_stream_001 a, source_sql_stream_001 b WHERE b.ROWTIME = a.ROWTIME AND a.price > 1";
    assert!(
        explained("d REAL", comma).contains("inner join on $6 = right $6 and (CAST($3 AS DOUBLE) > CAST(1 AS DOUBLE))"),
        "{}",
        explained("d REAL", comma)
    );
}

#[test]
fn unions_and_calls_convert_to_common_types() {
    assert_eq!(
        explained(
            "d DOUBLE",
            "SELECT STREAM price FROM source_sql_stream_001 UNION ALL SELECT STREAM tradetime FROM source_sql_stream_001"
        ),
        "pump P into D: $0
  union all
    project CAST($0 AS DOUBLE)
      project $3
        scan SOURCE_SQL_STREAM_001
    project CAST($0 AS DOUBLE)
      project $5
        scan SOURCE_SQL_STREAM_001"
    );
    let case = "SELECT STREAM CASE sector WHEN 'a' THEN 'yes' ELSE NULL END, NULLIF(price, 0) FROM source_sql_stream_001";
    let text = explained("a VARCHAR(3), b REAL", case);
    assert!(text.contains("CASE WHEN ($1 = 'a') THEN 'yes' ELSE NULL END, CASE WHEN"), "{text}");
}

#[test]
fn functions_are_put_in_where_they_are_called() {
    let code =
        "CREATE FUNCTION twice(x DOUBLE) RETURNS DOUBLE RETURNS NULL ON NULL INPUT RETURN x + x; CREATE STREAM d (a DOUBLE);
                CREATE PUMP p AS INSERT INTO d SELECT STREAM twice(price) FROM source_sql_stream_001";
    let text = plan(code, &tickers()).to_string();
    assert!(
        text.contains("CASE WHEN CAST($3 AS DOUBLE) IS NULL THEN NULL ELSE (CAST($3 AS DOUBLE) + CAST($3 AS DOUBLE)) END"),
        "{text}"
    );
}

#[test]
fn a_partial_list_of_columns_leaves_the_others_null() {
    let text = explained("a REAL, b VARCHAR(4), c REAL", "(c, b) SELECT STREAM price, ticker_symbol FROM source_sql_stream_001");
    assert!(text.starts_with("pump P into D: NULL, $1, $0\n"), "{text}");
}

#[test]
fn windows_that_are_the_same_are_one() {
    let code = "CREATE STREAM d (a REAL, b REAL, c REAL, e REAL); CREATE PUMP p AS INSERT INTO d
                SELECT STREAM MIN(price) OVER w, MAX(price) OVER (PARTITION BY sector ROWS 3 PRECEDING), MIN(price) OVER w, MAX(price) OVER (ROWS 3 PRECEDING)
                FROM source_sql_stream_001 WINDOW w AS (PARTITION BY sector ROWS 3 PRECEDING)";
    let plan = plan(code, &tickers());
    let Node::Project { input, .. } = &plan.pumps[0].query else { panic!("a projection") };
    let Node::Window { windows, calls, .. } = &**input else { panic!("a window") };
    assert_eq!((windows.len(), calls.len()), (2, 3));
}
