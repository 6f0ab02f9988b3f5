//! The published SQL of the service's guides, restated: all of it must compile. Numbers in front are those of the catalogue of
//! public SQL in the project's notes: D of the developer guide, S of the SQL reference.

use super::{Catalog, catalog, columns, input, plan, sensors, tickers};
use crate::sql::plan::Table;

/// The workshop's activities 2-B to 2-F, as the demo runs them.
pub(super) const WORKSHOP: &str = concat!(
    include_str!("../../../../compat-tests/workshop/sql/2b-deduplicate.sql"),
    include_str!("../../../../compat-tests/workshop/sql/2c-filter.sql"),
    include_str!("../../../../compat-tests/workshop/sql/2d-aggregate.sql"),
    include_str!("../../../../compat-tests/workshop/sql/2e-event-time.sql"),
    include_str!("../../../../compat-tests/workshop/sql/2f-anomalies.sql"),
);

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

/// A query in a pump into a stream of these columns.
fn pumped(target: &str, query: &str) -> String {
    format!(
        "CREATE OR REPLACE STREAM \"DESTINATION_SQL_STREAM\" ({target});\nCREATE OR REPLACE PUMP \"STREAM_PUMP\" AS INSERT INTO \"DESTINATION_SQL_STREAM\"\n{query};"
    )
}

fn all_compile(catalog: &Catalog, cases: &[(&str, &str)]) {
    for (target, query) in cases {
        plan(&pumped(target, query), catalog);
    }
}

#[test]
fn filters_and_projections() {
    // D01–D05, D26, D28, D34, D35, S42–S44.
    all_compile(
        &tickers(),
        &[
            (
                "ticker_symbol VARCHAR(4), sector VARCHAR(12), change REAL, price REAL",
                "SELECT STREAM ticker_symbol, sector, change, price FROM \"SOURCE_SQL_STREAM_001\" WHERE sector SIMILAR TO '%TECH%'",
            ),
            (
                "a VARCHAR(4), b REAL",
                "SELECT STREAM ticker_symbol, price FROM source_sql_stream_001 WHERE ABS(Change / (Price - Change)) * 100 > 1",
            ),
            (
                "a VARCHAR(4), b DOUBLE",
                "SELECT STREAM * FROM (SELECT STREAM ticker_symbol, price FROM source_sql_stream_001) WHERE price > 100.5",
            ),
            (
                "t VARCHAR(24), u BIGINT, s INTEGER",
                "SELECT STREAM TIMESTAMP_TO_CHAR('yyyy-MM-dd hh:mm:ss', event_time + INTERVAL '1' DAY), UNIX_TIMESTAMP(event_time), EXTRACT(SECOND FROM event_time) FROM source_sql_stream_001",
            ),
            ("t TIMESTAMP", "SELECT STREAM TO_TIMESTAMP(tradetime) FROM source_sql_stream_001"),
            ("t VARCHAR(24)", "SELECT STREAM REGEX_REPLACE(sector, '[0-9]', 'x', 1, 0) FROM source_sql_stream_001"),
            ("a REAL", "SELECT STREAM price / 0 FROM source_sql_stream_001"),
            (
                "a VARCHAR(10), b DOUBLE, c TIMESTAMP",
                "SELECT STREAM CASE WHEN price > 10 THEN 'high' ELSE 'low' END, COALESCE(price, 0), approximate_arrival_time FROM source_sql_stream_001 s WHERE s.ticker_symbol IN ('A', 'B') AND shard_id LIKE 'shardId-%' ESCAPE '!'",
            ),
            (
                "m BIGINT, d BIGINT",
                "SELECT STREAM CAST((ROWTIME - TIMESTAMP '1970-01-01 00:00:00') SECOND(10,3) * 1000 AS BIGINT), TSDIFF(event_time, ROWTIME) FROM source_sql_stream_001",
            ),
            (
                "t TIMESTAMP, x VARCHAR(3), a VARCHAR(4)",
                "SELECT STREAM current_timestamp AS t, 'x', * FROM (SELECT ticker_symbol FROM source_sql_stream_001)",
            ),
        ],
    );
}

#[test]
fn substrings_of_the_referrer() {
    // D29.
    let query = "SELECT STREAM \"APPROXIMATE_ARRIVAL_TIME\", SUBSTRING(\"referrer\", 12, (POSITION('.com' IN \"referrer\") - POSITION('www.' IN \"referrer\") - 4)) FROM \"SOURCE_SQL_STREAM_001\"";
    let plan = plan(&pumped("ingest_time TIMESTAMP, r VARCHAR(32)", query), &catalog("referrer VARCHAR(64)"));
    assert_eq!(plan.streams[0].columns.len(), 2, "the one system column that is used");
}

#[test]
fn tumbling_windows() {
    // D06, D10, D13, D14, D17, S01–S16, S25, S26, S34, S48–S55, S58.
    all_compile(
        &tickers(),
        &[
            (
                "t VARCHAR(4), a REAL, b REAL",
                "SELECT STREAM ticker_symbol, MIN(price), MAX(price) FROM source_sql_stream_001 GROUP BY ticker_symbol, STEP(source_sql_stream_001.ROWTIME BY INTERVAL '60' SECOND)",
            ),
            (
                "r TIMESTAMP, t VARCHAR(4), a REAL",
                "SELECT STREAM ROWTIME, ticker_symbol, MIN(price) AS p FROM source_sql_stream_001 GROUP BY ticker_symbol, FLOOR(source_sql_stream_001.ROWTIME TO MINUTE)",
            ),
            (
                "w TIMESTAMP, e TIMESTAMP, t VARCHAR(4), c INTEGER",
                "SELECT STREAM STEP(s.ROWTIME BY INTERVAL '60' SECOND), STEP(s.event_time BY INTERVAL '60' SECOND), s.ticker_symbol, COUNT(*) FROM source_sql_stream_001 AS s GROUP BY s.ticker_symbol, STEP(s.ROWTIME BY INTERVAL '60' SECOND), STEP(s.event_time BY INTERVAL '60' SECOND)",
            ),
            (
                "t VARCHAR(4), a DOUBLE, b DOUBLE, c DOUBLE, d DOUBLE",
                "SELECT STREAM ticker_symbol, STDDEV_POP(price), STDDEV_SAMP(price), VAR_POP(price), VAR_SAMP(price) FROM source_sql_stream_001 GROUP BY ticker_symbol, FLOOR((source_sql_stream_001.ROWTIME - TIMESTAMP '1970-01-01 00:00:00') SECOND / 10 TO SECOND)",
            ),
            (
                "d BIGINT",
                "SELECT STREAM COUNT(d.price) FROM (SELECT STREAM DISTINCT rowtime AS window_time, ticker_symbol, change, price, STEP(src.rowtime BY INTERVAL '5' SECOND) FROM source_sql_stream_001 AS src) AS d GROUP BY ticker_symbol, STEP(d.window_time BY INTERVAL '5' SECOND)",
            ),
            (
                "s VARCHAR(16), p DOUBLE",
                "SELECT STREAM sector, SUM(price) FROM source_sql_stream_001 GROUP BY FLOOR(ROWTIME TO HOUR), sector HAVING SUM(price) > 1000",
            ),
            (
                "b BOOLEAN, e BOOLEAN",
                "SELECT STREAM ANY(price > 5), EVERY(price > 5) FROM source_sql_stream_001 GROUP BY FLOOR(source_sql_stream_001.\"ROWTIME\" TO MINUTE)",
            ),
            (
                "d DATE, a REAL",
                "SELECT STREAM CAST(FLOOR(s.ROWTIME TO DAY) AS DATE), AVG(price) FROM source_sql_stream_001 s GROUP BY CAST(FLOOR(s.ROWTIME TO DAY) AS DATE)",
            ),
            (
                "v BIGINT",
                "SELECT STREAM COUNT(*) FROM (SELECT STREAM DISTINCT monotonic(STEP(TO_TIMESTAMP(tradetime) BY INTERVAL '60' SECOND)) AS window_time, STEP(ROWTIME BY INTERVAL '60' SECOND), ticker_symbol FROM source_sql_stream_001) GROUP BY window_time",
            ),
        ],
    );
}

#[test]
fn stagger_windows() {
    // D11, D12.
    all_compile(
        &tickers(),
        &[
            (
                "e TIMESTAMP, t VARCHAR(4), c DOUBLE",
                "SELECT STREAM FLOOR(event_time TO MINUTE), ticker_symbol, COUNT(ticker_symbol) AS c FROM source_sql_stream_001 WINDOWED BY STAGGER (PARTITION BY FLOOR(event_time TO MINUTE), ticker_symbol RANGE INTERVAL '1' MINUTE)",
            ),
            (
                "t VARCHAR(40), f REAL, l REAL",
                "SELECT STREAM UPPER(ticker_symbol || '-'), FIRST_VALUE(price), LAST_VALUE(price) FROM source_sql_stream_001 WHERE price > 0 WINDOWED BY STAGGER (PARTITION BY ticker_symbol RANGE INTERVAL '1' MINUTE) HAVING COUNT(*) > 1",
            ),
        ],
    );
}

#[test]
fn sliding_windows() {
    // D07–D09, D15, D27, S18–S24, S35–S37.
    all_compile(
        &tickers(),
        &[
            (
                "t VARCHAR(4), a REAL, b REAL, c REAL",
                "SELECT STREAM ticker_symbol, MIN(price) OVER w1, MAX(price) OVER w1, AVG(price) OVER w1 FROM source_sql_stream_001 WINDOW w1 AS (PARTITION BY ticker_symbol RANGE INTERVAL '1' MINUTE PRECEDING)",
            ),
            (
                "t VARCHAR(4), a REAL",
                "SELECT STREAM ticker_symbol, AVG(price - change) OVER (PARTITION BY ticker_symbol RANGE INTERVAL '10' SECOND PRECEDING) FROM source_sql_stream_001",
            ),
            (
                "t VARCHAR(4), a REAL, b REAL",
                "SELECT STREAM ticker_symbol, AVG(price) OVER last2rows, AVG(price) OVER last10rows FROM source_sql_stream_001 WINDOW last2rows AS (PARTITION BY ticker_symbol ROWS 2 PRECEDING), last10rows AS (PARTITION BY ticker_symbol ROWS 10 PRECEDING)",
            ),
            (
                "t VARCHAR(4), c INTEGER",
                "SELECT STREAM * FROM (SELECT STREAM ticker_symbol, COUNT(*) OVER one_minute AS c FROM source_sql_stream_001 WINDOW one_minute AS (PARTITION BY ticker_symbol RANGE INTERVAL '1' MINUTE PRECEDING)) AS windowed WHERE c = 1",
            ),
            (
                "a BIGINT, b BIGINT, c BIGINT, d BIGINT, e BIGINT, f BIGINT",
                "SELECT STREAM COUNT(*) OVER (RANGE INTERVAL '1' HOUR PRECEDING), COUNT(*) OVER (RANGE CURRENT ROW), COUNT(*) OVER (ROWS CURRENT ROW), COUNT(*) OVER (ROWS UNBOUNDED PRECEDING), COUNT(*) OVER (ROWS BETWEEN 3 PRECEDING AND 0 PRECEDING), COUNT(*) OVER (RANGE INTERVAL '59:59.999' MINUTE TO SECOND(3) PRECEDING) FROM source_sql_stream_001",
            ),
            (
                "a REAL, b REAL",
                "SELECT STREAM LAG(price, 1, 0) IGNORE NULLS OVER (PARTITION BY ticker_symbol ROWS 1 PRECEDING), LAG(price, 1, price) OVER w FROM source_sql_stream_001 WINDOW w AS (ROWS 5 PRECEDING)",
            ),
            (
                "a DOUBLE, b REAL, c REAL",
                "SELECT STREAM EXP_AVG(price, INTERVAL '10' SECOND) OVER w, NTH_VALUE(price, 2) FROM LAST OVER w, FIRST_VALUE(price) RESPECT NULLS OVER w FROM source_sql_stream_001 WINDOW w AS (RANGE INTERVAL '30' SECOND PRECEDING)",
            ),
            (
                "a BIGINT",
                "SELECT STREAM COUNT(*) OVER (PARTITION BY STEP(source_sql_stream_001.approximate_arrival_time BY INTERVAL '10' SECOND) RANGE INTERVAL '1' MINUTE PRECEDING) FROM source_sql_stream_001",
            ),
        ],
    );
}

/// Orders and shipments of the reference's join examples, and a reference table.
fn shop() -> Catalog {
    let inputs = vec![
        input("ORDERS", "orderid BIGINT, orderTime TIMESTAMP, amount DECIMAL(10,2)"),
        input("SHIPMENTS", "orderid BIGINT, shipTime TIMESTAMP"),
    ];
    let company = Table { name: "CompanyName".to_owned(), columns: columns("Ticker VARCHAR(4), Company VARCHAR(64), id BIGINT") };
    Catalog { inputs, tables: vec![company] }
}

#[test]
fn joins() {
    // D19, D20, D22, S27–S33, S61.
    all_compile(
        &shop(),
        &[
            (
                "r TIMESTAMP, o BIGINT",
                "SELECT STREAM ROWTIME, o.\"orderid\" FROM orders AS o JOIN shipments OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS s ON o.\"orderid\" = s.\"orderid\"",
            ),
            (
                "o BIGINT, p BIGINT",
                "SELECT STREAM o.\"orderid\", s.\"orderid\" FROM orders OVER t AS o LEFT OUTER JOIN shipments OVER t AS s ON o.\"orderid\" = s.\"orderid\" WINDOW t AS (RANGE INTERVAL '1' MINUTE PRECEDING)",
            ),
            (
                "a TIMESTAMP, b TIMESTAMP, c TIMESTAMP",
                "SELECT STREAM ROWTIME, o.ROWTIME, s.ROWTIME FROM orders AS o JOIN shipments OVER (RANGE INTERVAL '1' HOUR FOLLOWING) AS s ON o.\"orderid\" = s.\"orderid\"",
            ),
            ("a BIGINT", "SELECT STREAM a.\"orderid\" FROM orders a, shipments b WHERE a.ROWTIME = b.ROWTIME"),
            (
                "a BIGINT, b TIMESTAMP",
                "SELECT STREAM \"orderid\", \"shipTime\" FROM orders RIGHT JOIN shipments OVER (ROWS 10 PRECEDING) USING (\"orderid\")",
            ),
            (
                "a BIGINT",
                "SELECT STREAM \"orderid\" FROM orders NATURAL JOIN shipments OVER (RANGE INTERVAL '1' MINUTE PRECEDING)",
            ),
            (
                "a BIGINT, b VARCHAR(10)",
                "SELECT STREAM o.\"orderid\", \"c\".\"Company\" FROM orders o LEFT JOIN \"CompanyName\" AS \"c\" ON o.\"orderid\" = \"c\".\"id\" AND o.\"amount\" > 5",
            ),
            (
                "a BIGINT",
                "SELECT STREAM o.\"orderid\" FROM orders o JOIN shipments OVER (RANGE INTERVAL '1' MINUTE PRECEDING) s ON o.\"orderid\" = s.\"orderid\" WHERE (s.\"shipTime\", s.ROWTIME) OVERLAPS (o.\"orderTime\", o.ROWTIME)",
            ),
            (
                "w TIMESTAMP, a BIGINT",
                "SELECT STREAM STEP(o.ROWTIME BY INTERVAL '1' MINUTE), COUNT(*) FROM orders o JOIN shipments OVER (RANGE INTERVAL '1' MINUTE PRECEDING) s ON o.\"orderid\" = s.\"orderid\" GROUP BY STEP(o.ROWTIME BY INTERVAL '1' MINUTE)",
            ),
            (
                "a BIGINT, t VARCHAR(4)",
                "SELECT o.\"orderid\", c.\"Ticker\" FROM \"CompanyName\" c JOIN orders o ON o.\"orderid\" = c.\"id\"",
            ),
        ],
    );
}

#[test]
fn orders_and_unions() {
    // D23, S56, S57, S62.
    all_compile(
        &shop(),
        &[
            (
                "a BIGINT, b DOUBLE",
                "SELECT STREAM \"orderid\", \"amount\" FROM orders ORDER BY FLOOR(orders.ROWTIME TO SECOND), \"amount\" DESC",
            ),
            (
                "h TIMESTAMP, a BIGINT, s DOUBLE",
                "SELECT STREAM FLOOR(ROWTIME TO HOUR) AS h, \"orderid\", SUM(\"amount\") AS total FROM orders GROUP BY FLOOR(ROWTIME TO HOUR), \"orderid\" ORDER BY FLOOR(ROWTIME TO HOUR), \"orderid\", SUM(\"amount\") DESC",
            ),
            (
                "a BIGINT, b INTEGER",
                "SELECT STREAM \"orderid\", 1 FROM orders UNION ALL SELECT STREAM \"orderid\", 2 FROM shipments ORDER BY ROWTIME, 1",
            ),
            ("a TIMESTAMP, b BIGINT", "SELECT STREAM DISTINCT rowtime, \"orderid\" FROM orders ORDER BY ROWTIME, \"orderid\""),
            (
                "a BIGINT, b BIGINT",
                "SELECT STREAM \"orderid\", c FROM (SELECT STREAM \"orderid\", COUNT(*) AS c, STEP(ROWTIME BY INTERVAL '10' SECOND) AS w FROM orders GROUP BY \"orderid\", STEP(ROWTIME BY INTERVAL '10' SECOND)) ORDER BY w, c DESC",
            ),
            ("a BIGINT, b VARCHAR(5)", "SELECT * FROM (VALUES (42, 'Fred'), (34, 'Wilma')) AS t(age, name)"),
        ],
    );
}

#[test]
fn forests() {
    // D23, D24, S47.
    all_compile(
        &catalog("Systolic INTEGER, Diastolic INTEGER, name VARCHAR(20), t TIMESTAMP"),
        &[
            (
                "a INTEGER, b INTEGER, n VARCHAR(20), t TIMESTAMP, s DOUBLE",
                "SELECT STREAM * FROM TABLE(RANDOM_CUT_FOREST(CURSOR(SELECT STREAM * FROM \"SOURCE_SQL_STREAM_001\")))",
            ),
            (
                "a INTEGER, s REAL, e VARCHAR(512)",
                "SELECT \"Systolic\", ANOMALY_SCORE, ANOMALY_EXPLANATION FROM TABLE (RANDOM_CUT_FOREST_WITH_EXPLANATION(CURSOR(SELECT STREAM \"Systolic\", \"Diastolic\" FROM \"SOURCE_SQL_STREAM_001\"), 100, 256, 100000, 1, true)) WHERE ANOMALY_SCORE > 0",
            ),
        ],
    );
}

#[test]
fn whole_scripts() {
    // D02, D15, D18, D21, S59, S60.
    let two = Catalog {
        inputs: vec![input("SOURCE_SQL_STREAM_001", "a INTEGER"), input("SOURCE_SQL_STREAM_002", "a INTEGER")],
        tables: Vec::new(),
    };
    plan(
        "CREATE STREAM \"in-app\" (c BIGINT NOT NULL, d VARCHAR(3));
         CREATE PUMP one AS INSERT INTO \"in-app\" (d, c) SELECT STREAM 'one', COUNT(*) FROM source_sql_stream_001 GROUP BY FLOOR(ROWTIME TO SECOND);
         CREATE PUMP two AS INSERT INTO \"in-app\" (c) SELECT STREAM COUNT(*) FROM source_sql_stream_002 GROUP BY FLOOR(source_sql_stream_002.rowtime TO SECOND)",
        &two,
    );
    plan(
        "CREATE FUNCTION get_fraction( degrees DOUBLE ) RETURNS DOUBLE CONTAINS SQL RETURN degrees - FLOOR(degrees);
         CREATE OR REPLACE FUNCTION FLOOR30MIN(p_time TIMESTAMP) RETURNS TIMESTAMP CONTAINS SQL RETURNS NULL ON NULL INPUT
           RETURN floor(p_time to HOUR) + ((EXTRACT(MINUTE FROM p_time)/30) * INTERVAL '30' MINUTE);
         CREATE STREAM s (f DOUBLE, t TIMESTAMP); // a comment
         CREATE PUMP p AS INSERT INTO s SELECT STREAM get_fraction(CAST(price AS DOUBLE)), FLOOR30MIN(event_time) FROM source_sql_stream_001;",
        &tickers(),
    );
    plan(
        "CREATE STREAM a (x INTEGER) DESCRIPTION 'first'; CREATE PUMP p AS INSERT INTO a SELECT 1 FROM source_sql_stream_001;
         CREATE STREAM b (x DOUBLE NOT NULL); CREATE PUMP q AS INSERT INTO b SELECT STREAM * FROM a;
         CREATE OR REPLACE PUMP q STOPPED AS INSERT INTO b SELECT STREAM x + 1 FROM a; ALTER PUMP q START; DROP PUMP p; DROP PUMP q; DROP STREAM b",
        &tickers(),
    );
}
