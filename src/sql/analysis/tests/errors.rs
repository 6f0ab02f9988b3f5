//! What is wrong, and where: the texts and places of the service's validator.

use super::{Catalog, catalog, errors, sensors, tickers};

/// The errors of a query in a pump; places are those in the query, which stands on a line of its own.
fn of(target: &str, query: &str) -> Vec<String> {
    let code = format!("CREATE STREAM d ({target}); CREATE PUMP p AS INSERT INTO d\n{query}");
    errors(&code, &tickers()).into_iter().map(|text| text.replace("line 2, ", "")).collect()
}

fn one(target: &str, query: &str) -> String {
    let mut all = of(target, query);
    assert_eq!(all.len(), 1, "{query}: {all:?}");
    all.pop().unwrap()
}

#[test]
fn names_that_are_not_there() {
    assert_eq!(
        one("a REAL", "SELECT STREAM prize FROM source_sql_stream_001"),
        "From column 15 to column 19: Column 'PRIZE' not found in any table"
    );
    assert_eq!(
        one("a REAL", "SELECT STREAM \"price\" FROM source_sql_stream_001"),
        "From column 15 to column 21: Column 'price' not found in any table; did you mean 'PRICE'?"
    );
    assert_eq!(one("a REAL", "SELECT STREAM t.price FROM source_sql_stream_001 s"), "At column 15: Table 'T' not found");
    assert_eq!(
        one("a REAL", "SELECT STREAM s.prize FROM source_sql_stream_001 s"),
        "From column 17 to column 21: Column 'PRIZE' not found in table 'S'"
    );
    assert_eq!(
        one("a REAL", "SELECT STREAM price FROM \"source_sql_stream_001\""),
        "From column 26 to column 48: Object 'source_sql_stream_001' not found; did you mean 'SOURCE_SQL_STREAM_001'?"
    );
    assert_eq!(one("a REAL", "SELECT STREAM x.* FROM source_sql_stream_001 s"), "At column 15: Unknown identifier 'X'");
    assert_eq!(
        one("a REAL", "SELECT STREAM MAX(price) OVER w FROM source_sql_stream_001 s"),
        "At column 31: Window 'W' not found"
    );
    assert_eq!(
        one("a REAL", "SELECT STREAM a.price FROM source_sql_stream_001 a, source_sql_stream_001 b WHERE sector = 'x'"),
        "From column 83 to column 88: Column 'SECTOR' is ambiguous"
    );
    assert_eq!(
        one("a REAL", "SELECT STREAM ROUND(price) FROM source_sql_stream_001"),
        "From column 15 to column 26: No match found for function signature ROUND(<NUMERIC>)"
    );
}

#[test]
fn the_case_trap_of_quoted_columns() {
    let code =
        "CREATE STREAM d (a INTEGER); CREATE PUMP p AS INSERT INTO d SELECT STREAM sensorId FROM \"SOURCE_SQL_STREAM_001\"";
    assert_eq!(
        errors(code, &sensors()),
        ["From line 1, column 75 to line 1, column 82: Column 'SENSORID' not found in any table; did you mean 'sensorId'?"]
    );
}

#[test]
fn types_that_do_not_fit() {
    assert_eq!(
        one("a INTEGER", "SELECT STREAM (DATE '2004-12-02' - DATE '2003-12-01') FROM source_sql_stream_001"),
        "From column 15 to column 53: Cannot apply '-' to arguments of type '<DATE> - <DATE>'. Supported form(s): \
         '<NUMERIC> - <NUMERIC>'\n'<DATETIME_INTERVAL> - <DATETIME_INTERVAL>'\n'<DATETIME> - <DATETIME_INTERVAL>'"
    );
    assert_eq!(
        one("a INTEGER", "SELECT STREAM (DATE '2004-12-02' - TIME '12:00:00') DAY FROM source_sql_stream_001"),
        "From column 15 to column 55: Parameters must be of the same type"
    );
    assert!(
        one("a REAL", "SELECT STREAM price FROM source_sql_stream_001 WHERE sector > 5")
            .starts_with("From column 54 to column 63: Cannot apply '>' to arguments of type '<VARCHAR(16)> > <INTEGER>'.")
    );
    assert_eq!(
        one("a BIGINT", "SELECT STREAM CAST(event_time AS BIGINT) FROM source_sql_stream_001"),
        "From column 15 to column 40: Cast function cannot convert value of type TIMESTAMP(0) to type BIGINT"
    );
    assert_eq!(
        one("a REAL", "SELECT STREAM price FROM source_sql_stream_001 WHERE price + 1"),
        "From column 54 to column 62: WHERE clause must be a condition"
    );
    assert!(
        one("a REAL", "SELECT STREAM price FROM source_sql_stream_001 WHERE price > 1 AND change")
            .starts_with("From column 54 to column 73: Cannot apply 'AND' to arguments of type '<BOOLEAN> AND <REAL>'.")
    );
    assert_eq!(
        one("a REAL", "SELECT STREAM CASE WHEN price > 1 THEN 'x' ELSE 2 END FROM source_sql_stream_001"),
        "From column 15 to column 53: Illegal mixing of types in CASE or COALESCE statement"
    );
    assert!(
        one("a REAL", "SELECT STREAM SUM(sector) FROM source_sql_stream_001 GROUP BY FLOOR(ROWTIME TO DAY)")
            .starts_with("From column 15 to column 25: Cannot apply 'SUM' to arguments of type 'SUM(<VARCHAR(16)>)'.")
    );
    assert_eq!(
        one("a REAL", "SELECT STREAM price FROM source_sql_stream_001 WHERE sector IN ('A', 3)"),
        "From column 54 to column 71: Values passed to IN operator must have compatible types"
    );
}

#[test]
fn what_cannot_be_inserted() {
    assert_eq!(
        one("x INTEGER", "SELECT STREAM ticker_symbol FROM source_sql_stream_001"),
        "From column 15 to column 27: Cannot assign to target field 'X' of type INTEGER from source field 'TICKER_SYMBOL' of type VARCHAR(4)"
    );
    assert_eq!(
        one("x INTEGER, y REAL, z REAL", "SELECT STREAM change, price FROM source_sql_stream_001"),
        "From column 1 to column 54: Number of INSERT target columns (3) does not equal number of source items (2)"
    );
    let errors_of = |code: &str| errors(&format!("CREATE STREAM d (a REAL NOT NULL, b REAL);\n{code}"), &tickers());
    assert_eq!(
        errors_of("CREATE PUMP p AS INSERT INTO d (c) SELECT price FROM source_sql_stream_001"),
        ["At line 2, column 33: Unknown target column 'C'"]
    );
    assert_eq!(
        errors_of("CREATE PUMP p AS INSERT INTO d (b) SELECT price FROM source_sql_stream_001"),
        ["At line 2, column 33: Column 'A' has no default value and does not allow NULLs"]
    );
    assert_eq!(
        errors_of("CREATE PUMP p AS INSERT INTO d (a, a) SELECT price, price FROM source_sql_stream_001"),
        ["At line 2, column 36: Target column 'A' is assigned more than once"]
    );
    assert_eq!(
        errors_of("CREATE PUMP p AS INSERT INTO e SELECT price FROM source_sql_stream_001"),
        ["At line 2, column 30: Object 'E' not found"]
    );
    assert_eq!(
        errors_of("CREATE PUMP p AS INSERT INTO d (a, ROWTIME) SELECT price, sector FROM source_sql_stream_001"),
        [
            "From line 2, column 59 to line 2, column 64: Cannot assign to target field 'ROWTIME' of type TIMESTAMP(0) from source field \
          'SECTOR' of type VARCHAR(16)"
        ]
    );
}

#[test]
fn literals_that_are_none() {
    assert_eq!(
        one("a DATE", "SELECT STREAM DATE '2004-12-02 ' FROM source_sql_stream_001"),
        "From column 15 to column 32: Illegal DATE literal '2004-12-02 ': not in format 'yyyy-MM-dd'"
    );
    assert_eq!(
        one("a BIGINT", "SELECT STREAM COUNT(*) FROM source_sql_stream_001 GROUP BY STEP(ROWTIME BY INTERVAL '120' MINUTE)"),
        "From column 76 to column 96: Interval field value 120 exceeds precision of MINUTE(2) field"
    );
    assert_eq!(
        one(
            "a BIGINT",
            "SELECT STREAM COUNT(*) OVER (RANGE INTERVAL '1:99' MINUTE TO SECOND PRECEDING) FROM source_sql_stream_001"
        ),
        "From column 36 to column 67: Illegal interval literal format '1:99' for INTERVAL MINUTE TO SECOND"
    );
    assert_eq!(
        one("a BIGINT", "SELECT STREAM 99999999999999999999 FROM source_sql_stream_001"),
        "From column 15 to column 34: Numeric literal '99999999999999999999' out of range"
    );
}

#[test]
fn aggregates_where_they_cannot_be() {
    assert_eq!(
        one(
            "a REAL, b REAL",
            "SELECT STREAM price, SUM(change) FROM source_sql_stream_001 GROUP BY sector, FLOOR(ROWTIME TO DAY)"
        ),
        "From column 15 to column 19: Expression 'PRICE' is not being grouped".replace("PRICE", "price")
    );
    assert_eq!(
        one("a REAL", "SELECT STREAM SUM(change) FROM source_sql_stream_001 WHERE MAX(price) > 1 GROUP BY FLOOR(ROWTIME TO DAY)"),
        "From column 60 to column 69: Aggregate expression is illegal in WHERE clause"
    );
    assert_eq!(
        one("a REAL", "SELECT STREAM price FROM source_sql_stream_001 WHERE COUNT(*) OVER (ROWS 2 PRECEDING) > 1"),
        "From column 54 to column 85: Windowed aggregate expression is illegal in WHERE clause"
    );
    assert_eq!(
        one("a REAL", "SELECT STREAM SUM(MAX(price)) FROM source_sql_stream_001 GROUP BY FLOOR(ROWTIME TO DAY)"),
        "From column 19 to column 28: Aggregate expressions cannot be nested"
    );
    let no_key = "Streaming aggregation requires at least one monotonic expression in GROUP BY clause";
    assert_eq!(
        one(
            "a REAL",
            "SELECT STREAM SUM(price) FROM source_sql_stream_001 GROUP BY sector, STEP(event_time BY INTERVAL '1' HOUR)"
        ),
        format!("From column 53 to column 106: {no_key}")
    );
    assert_eq!(
        one("a REAL", "SELECT STREAM SUM(price) FROM source_sql_stream_001"),
        format!("From column 15 to column 24: {no_key}")
    );
    assert_eq!(
        one("a BIGINT", "SELECT STREAM COUNT(DISTINCT price) FROM source_sql_stream_001 GROUP BY FLOOR(ROWTIME TO DAY)"),
        "From column 15 to column 35: DISTINCT is not allowed in COUNT over a stream"
    );
    assert_eq!(
        one("a REAL", "SELECT STREAM FIRST_VALUE(price) FROM source_sql_stream_001 GROUP BY FLOOR(ROWTIME TO DAY)"),
        "From column 15 to column 32: OVER clause is necessary for window functions"
    );
    assert_eq!(
        one(
            "a BIGINT",
            "SELECT STREAM COUNT(*) FROM source_sql_stream_001 GROUP BY FLOOR(ROWTIME TO DAY), FLOOR(ROWTIME TO HOUR)"
        ),
        "From column 83 to column 104: GROUP BY clause cannot have more than one ROWTIME-based expression"
    );
    assert_eq!(
        one("a TIMESTAMP", "SELECT STREAM s.ROWTIME FROM source_sql_stream_001 s GROUP BY FLOOR(s.ROWTIME TO DAY)"),
        "From column 15 to column 23: Expression 's.ROWTIME' is not being grouped"
    );
}

#[test]
fn order_and_distinct_need_time() {
    assert_eq!(
        one("a REAL", "SELECT STREAM price FROM source_sql_stream_001 ORDER BY price"),
        "From column 57 to column 61: Streaming ORDER BY must start with monotonic expression"
    );
    assert_eq!(
        one("a REAL", "SELECT STREAM DISTINCT price, change FROM source_sql_stream_001"),
        "From column 24 to column 36: Streaming SELECT DISTINCT requires at least one monotonic expression in SELECT clause"
    );
    assert_eq!(
        one(
            "a REAL",
            "SELECT STREAM DISTINCT price, FLOOR(ROWTIME TO DAY) FROM source_sql_stream_001 ORDER BY FLOOR(ROWTIME TO DAY), sector"
        ),
        "From column 112 to column 117: Expression 'sector' is not in the select clause"
    );
    assert!(
        one("a REAL", "SELECT STREAM price FROM source_sql_stream_001 ORDER BY event_time WITHIN INTERVAL '1' SECOND")
            .contains("ROWTIME")
    );
}

#[test]
fn windows_that_cannot_be() {
    for (window, place, text) in [
        ("ORDER BY ROWTIME ROWS 2 PRECEDING", "From column 39 to column 45", "ORDER BY is not allowed"),
        ("ROWS 2 FOLLOWING", "From column 30 to column 45", "FOLLOWING cannot be specified"),
        ("ROWS BETWEEN 4 PRECEDING AND 2 PRECEDING", "From column 30 to column 69", "must end at the current row"),
        ("ROWS -2 PRECEDING", "From column 35 to column 36", "Window has negative size"),
        ("RANGE INTERVAL '1' MONTH PRECEDING", "From column 36 to column 53", "must be a day-time interval"),
    ] {
        let error = one("a BIGINT", &format!("SELECT STREAM COUNT(*) OVER ({window}) FROM source_sql_stream_001"));
        assert!(error.starts_with(place) && error.contains(text), "{window}: {error}");
    }
}

#[test]
fn arguments_of_the_forest() {
    let forest = |query: &str, args: &str| {
        one("a DOUBLE", &format!("SELECT STREAM ANOMALY_SCORE FROM TABLE(RANDOM_CUT_FOREST(CURSOR({query}){args}))"))
    };
    let rows = "SELECT STREAM price FROM source_sql_stream_001";
    assert_eq!(
        forest(rows, ", 2000"),
        "From column 114 to column 117: numberOfTrees of RANDOM_CUT_FOREST must be between 1 and 1000"
    );
    assert!(forest(rows, ", 100, 256, 200").ends_with("subSampleSize of RANDOM_CUT_FOREST must be less than timeDecay"));
    assert!(forest(rows, ", 100, 256, 100000, 31").ends_with("shingleSize of RANDOM_CUT_FOREST must be between 1 and 30"));
    assert!(forest(rows, ", 1, 10, 100, 1, TRUE").contains("at most 4 arguments"));
    assert!(forest(rows, ", price").contains("A literal is expected here"));
    assert!(forest("SELECT STREAM sector FROM source_sql_stream_001", "").contains("1 to 30 numeric columns, not 0"));
    assert!(
        forest("SELECT STREAM CAST(price AS DECIMAL(8,2)) AS p FROM source_sql_stream_001", "")
            .contains("does not take column 'P' of type DECIMAL(8, 2)")
    );
}

#[test]
fn what_is_not_supported_yet_says_so() {
    for (query, what) in [
        (
            "SELECT STREAM * FROM TABLE(TOP_K_ITEMS_TUMBLING(CURSOR(SELECT STREAM * FROM source_sql_stream_001), 'A', 10, 60))",
            "TOP_K_ITEMS_TUMBLING",
        ),
        (
            "SELECT STREAM price FROM source_sql_stream_001 WHERE price IN (SELECT price FROM source_sql_stream_001)",
            "A query inside an expression",
        ),
    ] {
        let error = one("a REAL", query);
        assert!(error.ends_with(&format!("{what} is not supported yet")), "{error}");
    }
}

#[test]
fn every_error_once_and_none_that_follows() {
    let code = "CREATE STREAM broken (a INTERVAL DAY);
CREATE PUMP p AS INSERT INTO broken SELECT price FROM source_sql_stream_001;
CREATE STREAM d (a REAL, b REAL);
CREATE PUMP q AS INSERT INTO d SELECT broken.a, b FROM broken;
CREATE PUMP r AS INSERT INTO d SELECT STREAM nope, price + nada FROM source_sql_stream_001 WHERE nowhere = 1 GROUP BY never;
CREATE PUMP s AS INSERT INTO d SELECT STREAM 1, 2 FROM nothing";
    let places: Vec<_> = errors(code, &tickers()).iter().map(|text| text.split(": ").collect::<Vec<_>>()[1].to_owned()).collect();
    assert_eq!(
        places,
        [
            "A column cannot have the type INTERVAL DAY",
            "Column 'NOPE' not found in any table",
            "Column 'NADA' not found in any table",
            "Column 'NOWHERE' not found in any table",
            "Column 'NEVER' not found in any table",
            "Object 'NOTHING' not found",
        ]
    );
}

#[test]
fn scripts_that_cannot_be() {
    for (code, error) in [
        (
            "CREATE STREAM error_stream (a REAL)",
            "From line 1, column 15 to line 1, column 26: Stream name 'ERROR_STREAM' is reserved",
        ),
        ("CREATE STREAM s (a REAL); CREATE STREAM s (a REAL)", "At line 1, column 41: Object 'S' already exists"),
        (
            "CREATE STREAM s (a REAL); CREATE PUMP p AS INSERT INTO s SELECT price FROM source_sql_stream_001; CREATE OR REPLACE STREAM s (a REAL)",
            "At line 1, column 124: Stream 'S' cannot be replaced: a pump uses it",
        ),
        (
            "CREATE STREAM s (a REAL); CREATE STREAM t (a REAL); CREATE PUMP p AS INSERT INTO t SELECT a FROM s;\nCREATE PUMP q AS INSERT INTO s SELECT a FROM t",
            "At line 2, column 30: Inserting into 'S' closes a cycle of pumps",
        ),
        (
            "CREATE PUMP q AS INSERT INTO source_sql_stream_001 SELECT 1",
            "From line 1, column 30 to line 1, column 50: Cannot insert into 'SOURCE_SQL_STREAM_001': it is an input of the application",
        ),
        ("CREATE STREAM s (a REAL, b REAL, A REAL)", "At line 1, column 34: Duplicate column name 'A'"),
        ("DROP STREAM s", "At line 1, column 13: Object 'S' not found"),
    ] {
        assert_eq!(errors(code, &tickers()), [error]);
    }
    assert_eq!(errors("CREATE STREAM s (a DECIMAL(20,2))", &Catalog::default()).len(), 1);
    let two = "CREATE STREAM d (a REAL); CREATE PUMP p AS INSERT INTO d SELECT 1; CREATE PUMP p AS INSERT INTO d SELECT 1";
    assert!(errors(two, &catalog("a REAL"))[0].ends_with("Object 'P' already exists"));
}
