//! Joins: the six examples of the reference's JOIN page, reference tables.

use super::Script;

const ORDERS: [&str; 5] = ["10:00:00 | 101", "10:00:20 | 102", "10:00:30 | 103", "10:00:40 | 104", "10:00:45 | 100"];
const SHIPMENTS: [&str; 3] = ["10:00:00 | 100", "10:00:45 | 104", "10:00:50 | 105"];

fn join(from: &str) -> Vec<String> {
    let code = format!(
        "CREATE STREAM O (o INTEGER, s INTEGER); CREATE PUMP P AS INSERT INTO O SELECT STREAM o.ID, s.ID FROM {from} ON o.ID = s.ID;"
    );
    let mut results = [1, 9].map(|size| {
        let mut script = Script::with(&code, &[("ORDERS", "ID INTEGER"), ("SHIPMENTS", "ID INTEGER")], &[]);
        for rows in ORDERS.chunks(size) {
            script.push_to("ORDERS", rows);
        }
        for rows in SHIPMENTS.chunks(size) {
            script.push_to("SHIPMENTS", rows);
        }
        script.finish();
        assert_eq!(script.errors(), Vec::<String>::new());
        script.rows()
    });
    assert_eq!(results[0], results[1]);
    std::mem::take(&mut results[0])
}

const WINDOW: &str = "OVER (RANGE INTERVAL '1' MINUTE PRECEDING)";

#[test]
fn inner() {
    assert_eq!(join(&format!("ORDERS {WINDOW} AS o JOIN SHIPMENTS AS s")), ["10:00:45 | 104 | 104"]);
    let both = join(&format!("ORDERS {WINDOW} AS o JOIN SHIPMENTS {WINDOW} AS s"));
    assert_eq!(both, ["10:00:45 | 100 | 100", "10:00:45 | 104 | 104"]);
}

#[test]
fn right() {
    let one = join(&format!("ORDERS {WINDOW} AS o RIGHT JOIN SHIPMENTS AS s"));
    assert_eq!(one, ["10:00:00 | null | 100", "10:00:45 | 104 | 104", "10:00:50 | null | 105"]);
    let both = join(&format!("ORDERS {WINDOW} AS o RIGHT JOIN SHIPMENTS {WINDOW} AS s"));
    assert_eq!(both, ["10:00:45 | 100 | 100", "10:00:45 | 104 | 104", "10:01:50 | null | 105"]);
}

#[test]
fn left() {
    let one = join(&format!("ORDERS {WINDOW} AS o LEFT JOIN SHIPMENTS AS s"));
    let expected = [
        "10:00:45 | 104 | 104",
        "10:01:00 | 101 | null",
        "10:01:20 | 102 | null",
        "10:01:30 | 103 | null",
        "10:01:45 | 100 | null",
    ];
    assert_eq!(one, expected);
    let both = join(&format!("ORDERS {WINDOW} AS o LEFT JOIN SHIPMENTS {WINDOW} AS s"));
    let expected = [
        "10:00:45 | 100 | 100",
        "10:00:45 | 104 | 104",
        "10:01:00 | 101 | null",
        "10:01:20 | 102 | null",
        "10:01:30 | 103 | null",
    ];
    assert_eq!(both, expected);
}

#[test]
fn following() {
    let found = join("ORDERS AS o JOIN SHIPMENTS OVER (RANGE INTERVAL '1' MINUTE FOLLOWING) AS s");
    assert_eq!(found, ["10:00:40 | 104 | 104"]);
    let found = join("ORDERS AS o LEFT JOIN SHIPMENTS OVER (RANGE INTERVAL '1' MINUTE FOLLOWING) AS s");
    assert_eq!(
        found,
        [
            "10:00:00 | 101 | null",
            "10:00:20 | 102 | null",
            "10:00:30 | 103 | null",
            "10:00:40 | 104 | 104",
            "10:00:45 | 100 | null"
        ]
    );
}

#[test]
fn reference_tables() {
    let code = |kind: &str| {
        format!(
            "CREATE STREAM O (t VARCHAR(4), c VARCHAR(20)); CREATE PUMP P AS INSERT INTO O SELECT STREAM S.T, R.C FROM S {kind} R ON S.T = R.T;"
        )
    };
    let table = (
        "R",
        "T VARCHAR(4), C VARCHAR(20)",
        &["00:00 | AMZN | Amazon", "00:00 | TWO | first", "00:00 | TWO | second", "00:00 | null | nobody"][..],
    );
    let run = |kind| {
        let mut script = Script::with(&code(kind), &[("S", "T VARCHAR(4)")], &[table]);
        script.push(&["10:00 | AMZN", "10:01 | XYZ", "10:02 | TWO", "10:03 | null"]).rows()
    };
    assert_eq!(run("JOIN"), ["10:00:00 | AMZN | Amazon", "10:02:00 | TWO | first", "10:02:00 | TWO | second"]);
    let left = [
        "10:00:00 | AMZN | Amazon",
        "10:01:00 | XYZ | null",
        "10:02:00 | TWO | first",
        "10:02:00 | TWO | second",
        "10:03:00 | null | null",
    ];
    assert_eq!(run("LEFT JOIN"), left);
}
