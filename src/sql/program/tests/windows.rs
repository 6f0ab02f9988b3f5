//! Windows, orders and bounds.

use super::{Script, millis};
use proptest::prelude::*;
use std::collections::HashMap;

const NONE: [&str; 0] = [];

#[test]
fn distinct_emits_the_first_at_once() {
    let code = "CREATE STREAM O (a INTEGER, t TIMESTAMP);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM DISTINCT A, FLOOR(S.ROWTIME TO SECOND) FROM S;";
    let mut script = Script::new("A INTEGER", code);
    assert_eq!(
        script.push(&["10:00:00.100 | 1", "10:00:00.200 | 1", "10:00:00.300 | null", "10:00:00.300 | null"]).rows().len(),
        2
    );
    assert_eq!(script.push(&["10:00:00.999 | 1"]).rows(), NONE);
    assert_eq!(script.push(&["10:00:01 | 1"]).rows(), ["10:00:01 | 1 | 10:00:01"]);
    script.advance("10:00:02");
    assert_eq!(script.push(&["10:00:02 | 1"]).rows().len(), 1);
}

#[test]
fn rows_windows_hold_one_more() {
    let code = "CREATE STREAM O (s BIGINT, f INTEGER, n INTEGER, g INTEGER, c BIGINT);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM SUM(A) OVER W, FIRST_VALUE(A) OVER W, NTH_VALUE(A, 2) OVER W, LAG(A, 1, 99) OVER W, COUNT(A) OVER W FROM S
        WINDOW W AS (ROWS 2 PRECEDING);";
    let mut script = Script::new("A INTEGER", code);
    script.push(&["10:00 | 1", "10:00 | 2", "10:00 | null", "10:00 | 4"]);
    assert_eq!(script.values(), ["1 | 1 | null | 99 | 1", "3 | 1 | 2 | 1 | 2", "3 | 1 | 2 | 2 | 2", "6 | 2 | null | null | 2"]);
}

#[test]
fn lag_passes_over_nulls() {
    let code = "CREATE STREAM O (a INTEGER, b INTEGER, l INTEGER);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM LAG(A, 1, 0) IGNORE NULLS OVER W, LAG(A, 2) IGNORE NULLS OVER W, LAST_VALUE(A) IGNORE NULLS OVER W FROM S
        WINDOW W AS (RANGE INTERVAL '1' HOUR PRECEDING);";
    let mut script = Script::new("A INTEGER", code);
    script.push(&["10:00 | 1", "10:01 | null", "10:02 | 3", "10:03 | null", "11:02 | null"]);
    assert_eq!(script.values(), ["0 | null | 1", "1 | null | 1", "1 | null | 3", "3 | 1 | 3", "3 | null | 3"]);
}

#[test]
fn halves_of_exp_avg() {
    let code = "CREATE STREAM O (a DOUBLE); CREATE PUMP P AS INSERT INTO O
        SELECT STREAM EXP_AVG(A, INTERVAL '10' SECOND) OVER (RANGE INTERVAL '30' SECOND PRECEDING) FROM S;";
    let mut script = Script::new("A DOUBLE", code);
    script.push(&["10:00:00 | 8", "10:00:10 | 2", "10:00:41 | 5"]);
    assert_eq!(script.values(), ["8.0", "4.0", "5.0"]);
}

#[test]
fn statistics() {
    let code = "CREATE STREAM O (a DOUBLE, b DOUBLE, c DOUBLE, d DOUBLE);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM STDDEV_POP(A), STDDEV_SAMP(A), VAR_POP(A), VAR_SAMP(A) FROM S GROUP BY FLOOR(S.ROWTIME TO MINUTE);";
    let mut script = Script::new("A INTEGER", code);
    script
        .push(&[
            "10:00 | 2",
            "10:00 | 4",
            "10:00 | 4",
            "10:00 | 4",
            "10:00 | 5",
            "10:00 | 5",
            "10:00 | 7",
            "10:00 | 9",
            "10:01 | 3",
            "10:02 | null",
        ])
        .finish();
    assert_eq!(
        script.values(),
        ["2.0 | 2.138089935299395 | 4.0 | 4.571428571428571", "0.0 | null | 0.0 | null", "null | null | null | null"]
    );
}

#[test]
fn promoted_times_are_left_alone_by_the_clock() {
    let code = "CREATE STREAM E (a INTEGER); CREATE STREAM O (a INTEGER, n BIGINT);
        CREATE PUMP P AS INSERT INTO E (ROWTIME, a) SELECT STREAM T AS ROWTIME, A FROM S;
        CREATE PUMP Q AS INSERT INTO O SELECT STREAM a, COUNT(*) FROM E GROUP BY a, STEP(E.ROWTIME BY INTERVAL '10' SECOND);";
    let mut script = Script::new("T TIMESTAMP, A INTEGER", code);
    script.push(&["12:00:00 | 10:00:01 | 1", "12:00:01 | 10:00:09 | 1", "12:00:01 | 10:00:08 | 7", "12:00:02 | null | 1"]);
    assert_eq!(script.advance("13:00").rows(), NONE);
    assert_eq!(script.errors(), [r#"P Rows are out of order {"T":"1970-01-01 10:00:08","A":7}"#]);
    assert_eq!(script.push(&["13:00 | 10:00:10 | 1"]).rows(), ["10:00:10 | 1 | 2"]);
    assert_eq!(script.finish().rows(), ["10:00:20 | 1 | 1"]);
}

#[test]
fn event_times_are_sorted_within_the_slack() {
    let code = "CREATE STREAM O (a INTEGER);
        CREATE PUMP P AS INSERT INTO O (ROWTIME, a) SELECT STREAM s.T AS ROWTIME, s.A FROM S AS s ORDER BY s.T WITHIN INTERVAL '3' SECOND;";
    let mut script = Script::new("T TIMESTAMP, A INTEGER", code);
    script.push(&[
        "12:00 | 10:00:05 | 1",
        "12:00 | 10:00:03 | 2",
        "12:00 | 10:00:08 | 3",
        "12:00 | 10:00:04.999 | 4",
        "12:00 | null | 5",
    ]);
    assert_eq!(script.advance("13:00").rows(), ["10:00:03 | 2", "10:00:05 | 1"]);
    assert_eq!(script.errors().len(), 1);
    assert_eq!(script.finish().rows(), ["10:00:08 | 3"]);
}

#[test]
fn order_by_collects_until_the_leading_key_changes() {
    let code = "CREATE STREAM O (a INTEGER); CREATE PUMP P AS INSERT INTO O SELECT STREAM A FROM S ORDER BY FLOOR(S.ROWTIME TO SECOND), A DESC;";
    let mut script = Script::new("A INTEGER", code);
    script.push(&["10:00:00.1 | 1", "10:00:00.2 | 3", "10:00:00.3 | 2"]);
    assert_eq!(script.rows(), NONE);
    assert_eq!(script.push(&["10:00:01 | 9", "10:00:01.5 | 8"]).rows(), ["10:00:01 | 3", "10:00:01 | 2", "10:00:01 | 1"]);
    assert_eq!(script.advance("10:00:02").rows(), ["10:00:01 | 9", "10:00:01.500 | 8"]);
}

#[test]
fn several_pumps_into_one_stream_merge_by_time() {
    let code = "CREATE STREAM O (w VARCHAR(8), n BIGINT);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM 'row', CAST(A AS BIGINT) FROM S;
        CREATE PUMP Q AS INSERT INTO O SELECT STREAM 'minute', COUNT(*) FROM S GROUP BY FLOOR(S.ROWTIME TO MINUTE);";
    let mut script = Script::new("A INTEGER", code);
    script.push(&["10:00:10 | 1", "10:00:20 | 2", "10:01:30 | 3"]);
    assert_eq!(script.rows(), ["10:00:10 | row | 1", "10:00:20 | row | 2", "10:01:00 | minute | 2", "10:01:30 | row | 3"]);
    assert_eq!(script.finish().rows(), ["10:02:00 | minute | 1"]);
    assert_eq!(script.errors(), NONE);
}

#[test]
fn union_waits_for_the_slower_input() {
    let code =
        "CREATE STREAM O (a INTEGER); CREATE PUMP P AS INSERT INTO O SELECT STREAM A FROM S UNION ALL SELECT STREAM A FROM R;";
    let mut script = Script::with(code, &[("S", "A INTEGER"), ("R", "A INTEGER")], &[]);
    assert_eq!(script.push(&["10:00 | 1", "10:02 | 2"]).rows(), NONE);
    assert_eq!(script.push_to("R", &["10:01 | 7"]).rows(), ["10:00:00 | 1", "10:01:00 | 7"]);
    assert_eq!(script.advance("10:05").rows(), ["10:02:00 | 2"]);
}

#[test]
fn anomalies_score_after_the_first_sample() {
    let code = "CREATE STREAM O (a INTEGER, score DOUBLE);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM A, ANOMALY_SCORE FROM TABLE(RANDOM_CUT_FOREST(CURSOR(SELECT STREAM A FROM S), 20, 10, 100));";
    let mut script = Script::new("A INTEGER", code);
    let rows: Vec<String> = (0..40)
        .map(|i| {
            format!(
                "10:00:{i:02} | {}",
                if i == 35 {
                    "1000".to_owned()
                } else if i == 20 {
                    "null".to_owned()
                } else {
                    (i % 3).to_string()
                }
            )
        })
        .collect();
    script.push(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let scores: Vec<f64> = script.values().iter().map(|row| row.split_once(" | ").unwrap().1.parse().unwrap()).collect();
    assert!(scores[..10].iter().all(|score| *score == 0.0) && scores[20] == 0.0 && scores[11] > 0.0, "{scores:?}");
    let highest = (0..40).max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
    assert_eq!(highest, Some(35), "{scores:?}");
}

/// A row of the naive model: time, key, value.
type Row = (i64, i64, Option<i64>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    proptest::collection::vec((0i64..4_000, 0i64..3, proptest::option::of(-50i64..50)), 1..60).prop_map(|mut rows| {
        rows.sort_by_key(|row| row.0);
        rows
    })
}

fn texts(rows: &[Row]) -> Vec<String> {
    let text = |value: &Option<i64>| value.map_or("null".to_owned(), |value| value.to_string());
    rows.iter()
        .map(|(time, key, value)| format!("1970-01-01 00:00:0{}.{:03} | {key} | {}", time / 1_000, time % 1_000, text(value)))
        .collect()
}

fn run(code: &str, rows: &[Row], size: usize) -> Vec<String> {
    let mut script = Script::new("K INTEGER, V INTEGER", code);
    for chunk in texts(rows).chunks(size) {
        script.push(&chunk.iter().map(String::as_str).collect::<Vec<_>>());
        script.advance(chunk.last().unwrap().split(" | ").next().unwrap());
    }
    script.finish();
    script.values()
}

fn opt(value: Option<i64>) -> String {
    value.map_or("null".to_owned(), |value| value.to_string())
}

/// SUM, MIN, MAX, AVG, COUNT of the values that are not NULL.
fn summary(values: &[i64]) -> String {
    let n = i64::try_from(values.len()).unwrap();
    let sum: i64 = values.iter().sum();
    let some = |value: i64| (n > 0).then_some(value);
    let (min, max) = (values.iter().min().copied(), values.iter().max().copied());
    [opt(some(sum)), opt(min), opt(max), opt(some(if n > 0 { sum / n } else { 0 })), n.to_string()].join(" | ")
}

const CALLS: [&str; 5] = ["SUM(V)", "MIN(V)", "MAX(V)", "AVG(V)", "COUNT(V)"];
const OUT: &str = "CREATE STREAM O (k INTEGER, s BIGINT, mn INTEGER, mx INTEGER, av INTEGER, n BIGINT);";

proptest! {
    #[test]
    fn sliding_ranges_are_as_the_naive_model(rows in rows(), size in 1usize..20, range in prop_oneof![Just(0i64), Just(500), Just(1_000)]) {
        let over: Vec<_> = CALLS.iter().map(|call| format!("{call} OVER W")).collect();
        let seconds = format!("{}.{:03}", range / 1_000, range % 1_000);
        let code = format!("{OUT} CREATE PUMP P AS INSERT INTO O SELECT STREAM K, {} FROM S WINDOW W AS (PARTITION BY K RANGE INTERVAL '{seconds}' SECOND PRECEDING);", over.join(", "));
        let expected: Vec<_> = (0..rows.len()).map(|i| {
            let seen = rows[..=i].iter().filter(|row| row.1 == rows[i].1 && row.0 >= rows[i].0 - range).filter_map(|row| row.2);
            format!("{} | {}", rows[i].1, summary(&seen.collect::<Vec<_>>()))
        }).collect();
        prop_assert_eq!(run(&code, &rows, size), expected);
    }

    #[test]
    fn sliding_counts_are_as_the_naive_model(rows in rows(), size in 1usize..20, before in 0usize..5) {
        let over: Vec<_> = CALLS.iter().map(|call| format!("{call} OVER W")).collect();
        let code = format!("{OUT} CREATE PUMP P AS INSERT INTO O SELECT STREAM K, {} FROM S WINDOW W AS (PARTITION BY K ROWS {before} PRECEDING);", over.join(", "));
        let expected: Vec<_> = (0..rows.len()).map(|i| {
            let own: Vec<_> = rows[..=i].iter().filter(|row| row.1 == rows[i].1).collect();
            let seen = own[own.len().saturating_sub(before + 1)..].iter().filter_map(|row| row.2);
            format!("{} | {}", rows[i].1, summary(&seen.collect::<Vec<_>>()))
        }).collect();
        prop_assert_eq!(run(&code, &rows, size), expected);
    }

    #[test]
    fn tumbling_windows_are_as_the_naive_model(rows in rows(), size in 1usize..20) {
        let code = format!("{OUT} CREATE PUMP P AS INSERT INTO O SELECT STREAM K, {} FROM S GROUP BY K, STEP(S.ROWTIME BY INTERVAL '1' SECOND);", CALLS.join(", "));
        let mut groups: HashMap<(i64, i64), Vec<i64>> = HashMap::new();
        for (time, key, value) in &rows {
            groups.entry((time / 1_000, *key)).or_default().extend(value);
        }
        let mut expected: Vec<_> = groups.into_iter().map(|((second, key), values)| (second, format!("{key} | {}", summary(&values)))).collect();
        expected.sort();
        let expected: Vec<_> = expected.into_iter().map(|(_, text)| text).collect();
        let mut found = run(&code, &rows, size);
        let seconds: Vec<_> = {
            let mut seconds: Vec<_> = rows.iter().map(|row| row.0 / 1_000).collect();
            seconds.dedup();
            seconds
        };
        // Within a bucket the order is free.
        let mut at = 0;
        for second in seconds {
            let n = rows.iter().filter(|row| row.0 / 1_000 == second).map(|row| row.1).collect::<std::collections::HashSet<_>>().len();
            found[at..at + n].sort();
            at += n;
        }
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn a_silent_partition_starts_anew() {
    let code = "CREATE STREAM O (k INTEGER, n BIGINT);
        CREATE PUMP P AS INSERT INTO O SELECT STREAM K, COUNT(*) OVER (PARTITION BY K RANGE INTERVAL '1' SECOND PRECEDING) FROM S;";
    let mut script = Script::new("K INTEGER", code);
    script.push(&["10:00:00 | 1", "10:00:00 | 2"]).advance("10:00:30");
    script.push(&["10:00:30 | 2", "10:00:30.5 | 1", "10:00:31 | 2"]);
    assert_eq!(script.values(), ["1 | 1", "2 | 1", "2 | 1", "1 | 1", "2 | 2"]);
    assert!(millis("10:00") > 0);
}

#[test]
fn log_lines_are_taken_apart() {
    let code = "CREATE STREAM O (a VARCHAR(4), b VARCHAR(9));
        CREATE PUMP P AS INSERT INTO O SELECT STREAM t.r.COLUMN1, t.r.COLUMN2 FROM (SELECT STREAM REGEX_LOG_PARSE(A, '(\\w+)-(\\d+)?.*') AS r FROM S) AS t;";
    let mut script = Script::new("A VARCHAR(20)", code);
    assert_eq!(
        script.push(&["10:00 | abcdef-12!", "10:01 | abc-", "10:02 | nothing"]).values(),
        ["abcd | 12", "abc | null", "null | null"]
    );
}
