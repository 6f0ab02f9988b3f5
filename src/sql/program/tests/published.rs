//! The tables that the SQL reference and the developer guide publish.

use super::Script;

const WEATHER: [&str; 18] = [
    "2018-11-01 01:00 | Denver | 29",
    "2018-11-01 01:00 | Anchorage | 2",
    "2018-11-01 06:00 | Miami | 65",
    "2018-11-01 07:00 | Denver | 32",
    "2018-11-01 09:00 | Anchorage | 9",
    "2018-11-01 13:00 | Denver | 50",
    "2018-11-01 17:00 | Anchorage | 10",
    "2018-11-01 18:00 | Miami | 71",
    "2018-11-01 19:00 | Denver | 43",
    "2018-11-02 01:00 | Anchorage | 4",
    "2018-11-02 01:00 | Denver | 39",
    "2018-11-02 07:00 | Denver | 46",
    "2018-11-02 09:00 | Anchorage | 3",
    "2018-11-02 13:00 | Denver | 56",
    "2018-11-02 17:00 | Anchorage | 2",
    "2018-11-02 19:00 | Denver | 50",
    "2018-11-03 01:00 | Denver | 36",
    "2018-11-03 01:00 | Anchorage | 1",
];

/// Pushes rows in blocks of different sizes; the results may not depend on it.
fn results(input: &str, code: &str, rows: &[&str]) -> Vec<String> {
    let mut all: Vec<Vec<String>> = [1, 2, 5, 100]
        .map(|size| {
            let mut script = Script::new(input, code);
            for rows in rows.chunks(size) {
                script.push(rows);
            }
            script.finish();
            assert_eq!(script.errors(), Vec::<String>::new());
            script.rows()
        })
        .into();
    let first = all.swap_remove(0);
    all.iter().for_each(|other| assert_eq!(*other, first));
    first
}

/// `sql-reference-windowed-aggregation-stream`: all 36 rows.
#[test]
fn weather_sliding() {
    let code = r#"CREATE STREAM O (mn INTEGER, mx INTEGER);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM MIN(TEMP) OVER W, MAX(TEMP) OVER W FROM S WINDOW W AS (RANGE INTERVAL '1' DAY PRECEDING);"#;
    let found = results("CITY VARCHAR(20), TEMP INTEGER", code, &WEATHER);
    let expected = [
        "29 | 29", "2 | 29", "2 | 65", "2 | 65", "2 | 65", "2 | 65", "2 | 65", "2 | 71", "2 | 71", "2 | 71", "2 | 71", "4 | 71",
        "3 | 71", "3 | 71", "2 | 71", "2 | 56", "2 | 56", "1 | 56",
    ];
    for ((found, expected), input) in found.iter().zip(expected).zip(WEATHER) {
        assert_eq!(*found, format!("{}:00 | {expected}", input.split(" | ").next().unwrap()));
    }
    assert_eq!(found.len(), 18);
}

#[test]
fn weather_sliding_by_city() {
    let code = r#"CREATE STREAM O (city VARCHAR(20), mn INTEGER, mx INTEGER, av INTEGER);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM CITY, MIN(TEMP) OVER W, MAX(TEMP) OVER W, AVG(TEMP) OVER W FROM S
        WINDOW W AS (PARTITION BY CITY RANGE INTERVAL '1' DAY PRECEDING);"#;
    let found = results("CITY VARCHAR(20), TEMP INTEGER", code, &WEATHER);
    let expected = [
        "29 | 29 | 29",
        "2 | 2 | 2",
        "65 | 65 | 65",
        "29 | 32 | 30",
        "2 | 9 | 5",
        "29 | 50 | 37",
        "2 | 10 | 7",
        "65 | 71 | 68",
        "29 | 50 | 38",
        "2 | 10 | 6",
        "29 | 50 | 38",
        "32 | 50 | 42",
        "3 | 10 | 6",
        "39 | 56 | 46",
        "2 | 10 | 4",
        "39 | 56 | 46",
        "36 | 56 | 45",
        "1 | 4 | 2",
    ];
    for ((found, expected), input) in found.iter().zip(expected).zip(WEATHER) {
        let city = input.split(" | ").nth(1).unwrap();
        assert!(found.ends_with(&format!("{city} | {expected}")), "{found} instead of {expected}");
    }
    assert_eq!(found.len(), 18);
}

/// `sql-reference-windowed-aggregation-stream`: Trades.
#[test]
fn trades() {
    let code = "CREATE STREAM O (ticker VARCHAR(4), amount INTEGER);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM TICKER, SUM(AMOUNT) OVER (PARTITION BY TICKER RANGE INTERVAL '1' HOUR PRECEDING) FROM S;";
    let rows = ["10:00 | IBM | 10", "10:10 | ORCL | 20", "10:25 | ORCL | 15", "11:05 | IBM | 30"];
    let expected = ["10:00:00 | IBM | 10", "10:10:00 | ORCL | 20", "10:25:00 | ORCL | 35", "11:05:00 | IBM | 30"];
    assert_eq!(results("TICKER VARCHAR(4), AMOUNT INTEGER", code, &rows), expected);
}

/// `sql-reference-aggregate-functions`: days, and days and cities.
#[test]
fn weather_by_day() {
    let code = "CREATE STREAM O (d TIMESTAMP, mn INTEGER, mx INTEGER);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM FLOOR(S.ROWTIME TO DAY), MIN(TEMP), MAX(TEMP) FROM S GROUP BY FLOOR(S.ROWTIME TO DAY);";
    let mut script = Script::new("CITY VARCHAR(20), TEMP INTEGER", code);
    script.push(&WEATHER);
    let days = ["2018-11-02 00:00:00 | 2018-11-01 00:00:00 | 2 | 71", "2018-11-03 00:00:00 | 2018-11-02 00:00:00 | 2 | 56"];
    assert_eq!(script.rows(), days);
    assert_eq!(script.advance("2018-11-03 23:59").rows(), Vec::<String>::new());
    assert_eq!(script.advance("2018-11-04 00:00").rows(), ["2018-11-04 00:00:00 | 2018-11-03 00:00:00 | 1 | 36"]);
    assert_eq!(script.advance("2018-11-09 00:00").finish().rows(), Vec::<String>::new());
}

#[test]
fn weather_by_day_and_city() {
    let code = "CREATE STREAM O (d TIMESTAMP, city VARCHAR(20), mn INTEGER, mx INTEGER, av INTEGER);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM FLOOR(S.ROWTIME TO DAY), CITY, MIN(TEMP), MAX(TEMP), AVG(TEMP) FROM S GROUP BY FLOOR(S.ROWTIME TO DAY), CITY;";
    let mut found = results("CITY VARCHAR(20), TEMP INTEGER", code, &WEATHER);
    found.sort();
    let expected = [
        "2018-11-02 00:00:00 | 2018-11-01 00:00:00 | Anchorage | 2 | 10 | 7",
        "2018-11-02 00:00:00 | 2018-11-01 00:00:00 | Denver | 29 | 50 | 38",
        "2018-11-02 00:00:00 | 2018-11-01 00:00:00 | Miami | 65 | 71 | 68",
        "2018-11-03 00:00:00 | 2018-11-02 00:00:00 | Anchorage | 2 | 4 | 3",
        "2018-11-03 00:00:00 | 2018-11-02 00:00:00 | Denver | 39 | 56 | 47",
        "2018-11-04 00:00:00 | 2018-11-03 00:00:00 | Anchorage | 1 | 1 | 1",
        "2018-11-04 00:00:00 | 2018-11-03 00:00:00 | Denver | 36 | 36 | 36",
    ];
    assert_eq!(found, expected);
}

const EVENTS: [&str; 4] =
    ["11:00:20 | AMZN | 11:00:10", "11:00:30 | AMZN | 11:00:20", "11:01:05 | AMZN | 11:00:55", "11:01:15 | AMZN | 11:01:05"];

/// `stagger-window-concepts`: the tumbling table.
#[test]
fn two_times() {
    let code = "CREATE STREAM O (event TIMESTAMP, ticker VARCHAR(4), n BIGINT);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM FLOOR(EVENT_TIME TO MINUTE), TICKER, COUNT(TICKER) FROM S
        GROUP BY TICKER, FLOOR(EVENT_TIME TO MINUTE), STEP(S.ROWTIME BY INTERVAL '1' MINUTE);";
    let found = results("TICKER VARCHAR(4), EVENT_TIME TIMESTAMP", code, &EVENTS);
    assert_eq!(found, ["11:01:00 | 11:00:00 | AMZN | 2", "11:02:00 | 11:00:00 | AMZN | 1", "11:02:00 | 11:01:00 | AMZN | 1"]);
}

/// `stagger-window-concepts`: the stagger table; the clock alone closes the windows.
#[test]
fn stagger() {
    let code = "CREATE STREAM O (event TIMESTAMP, ticker VARCHAR(4), n BIGINT);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM FLOOR(EVENT_TIME TO MINUTE), TICKER, COUNT(TICKER) FROM S
        WINDOWED BY STAGGER (PARTITION BY FLOOR(EVENT_TIME TO MINUTE), TICKER RANGE INTERVAL '1' MINUTE);";
    let found = results("TICKER VARCHAR(4), EVENT_TIME TIMESTAMP", code, &EVENTS);
    assert_eq!(found, ["11:01:20 | 11:00:00 | AMZN | 3", "11:02:15 | 11:01:00 | AMZN | 1"]);
    let mut script = Script::new("TICKER VARCHAR(4), EVENT_TIME TIMESTAMP", code);
    script.push(&EVENTS);
    assert_eq!(script.advance("11:01:19").rows(), Vec::<String>::new());
    assert_eq!(script.advance("11:01:20").rows().len(), 1);
    assert_eq!(script.advance("11:02:15").rows().len(), 1);
}

/// `timestamps-rowtime-concepts`: a late record makes a row of its own.
#[test]
fn a_late_event_makes_a_partial_result() {
    let code = "CREATE STREAM O (i TIMESTAMP, e TIMESTAMP, ticker VARCHAR(4), n BIGINT);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM STEP(S.ROWTIME BY INTERVAL '60' SECOND), STEP(EVENT_TIME BY INTERVAL '60' SECOND), TICKER, COUNT(*) FROM S
        GROUP BY TICKER, STEP(S.ROWTIME BY INTERVAL '60' SECOND), STEP(EVENT_TIME BY INTERVAL '60' SECOND);";
    let rows = ["17:05:10 | XYZ | 17:05:01", "17:05:20 | XYZ | 17:05:11", "17:06:10 | XYZ | 17:05:59"];
    let found = results("TICKER VARCHAR(4), EVENT_TIME TIMESTAMP", code, &rows);
    assert_eq!(found, ["17:06:00 | 17:05:00 | 17:05:00 | XYZ | 2", "17:07:00 | 17:06:00 | 17:05:00 | XYZ | 1"]);
}

/// `count-distinct-items`: exact, by DISTINCT within.
#[test]
fn exact_distinct_count() {
    let code = "CREATE STREAM O (ticker VARCHAR(4), n BIGINT);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM TICKER, COUNT(d.PRICE) FROM
          (SELECT STREAM DISTINCT ROWTIME AS window_time, TICKER, PRICE, STEP(S.ROWTIME BY INTERVAL '5' SECOND) FROM S) AS d
        GROUP BY TICKER, STEP(d.window_time BY INTERVAL '5' SECOND);";
    let rows = ["10:00:00 | A | 1", "10:00:01 | A | 1", "10:00:02 | A | 2", "10:00:03 | B | 1", "10:00:05 | A | 1"];
    assert_eq!(
        results("TICKER VARCHAR(4), PRICE INTEGER", code, &rows),
        ["10:00:05 | A | 2", "10:00:05 | B | 1", "10:00:10 | A | 1"]
    );
}
