use crate::sql::diagnostic::Span;
use crate::sql::syntax::parse;

fn errors(code: &str) -> Vec<(u32, u32, String)> {
    let errors = parse(code).expect_err(code);
    errors.into_iter().map(|error| (error.span.line, error.span.column, error.to_string())).collect()
}

#[test]
fn one_parenthesis_too_many_is_placed() {
    // The guide's activity 2-F as printed.
    let code = "CREATE OR REPLACE PUMP anomaly_pump AS INSERT INTO anomaly_stream
    SELECT STREAM sensor_id, event_timestamp, current_temp, status, anomaly_score
    FROM TABLE(RANDOM_CUT_FOREST(
        CURSOR(SELECT STREAM * FROM clean_iot_stream))));";
    let errors = errors(code);
    assert_eq!(errors.len(), 1);
    assert_eq!((errors[0].0, errors[0].1), (4, 56));
    assert!(errors[0].2.starts_with("Encountered \")\" at line 4, column 56.\nWas expecting one of:\n    "), "{}", errors[0].2);
    assert!(errors[0].2.contains("\n    <EOF> ...") && errors[0].2.contains("\n    \"WHERE\" ..."), "{}", errors[0].2);
}

#[test]
fn a_wrapped_comment_is_placed() {
    // The guide's activity 2-B: the second half of the comment stands on a line of its own.
    let code = "CREATE OR REPLACE PUMP dedup_pump AS
INSERT INTO clean_iot_stream
SELECT STREAM DISTINCT -- rows equal in all columns are
duplicates
    \"sensorId\",
    CAST(\"eventTimeStamp\" AS TIMESTAMP), -- the text becomes a
timestamp (a wrapped half line)
    \"currentTemperature\"
FROM SOURCE_SQL_STREAM_001;";
    // `duplicates "sensorId"` reads as a column with an alias; the next half line cannot be read.
    let errors = errors(code);
    assert_eq!(errors.len(), 1);
    assert_eq!((errors[0].0, errors[0].1), (7, 1));
    assert!(errors[0].2.starts_with("Encountered \"timestamp\" at line 7, column 1."), "{}", errors[0].2);
}

#[test]
fn every_statement_with_an_error_is_told_of_once() {
    let code =
        "CREATE STREAM s (a INTEGR);\nCREATE STREAM t (a INTEGER);\nCREATE PUMP p AS INSERT INTO t SELECT a, FROM s;\nDROP q;";
    let places: Vec<_> = errors(code).into_iter().map(|(line, column, _)| (line, column)).collect();
    assert_eq!(places, [(1, 20), (3, 42), (4, 6)]);
}

#[test]
fn the_end_has_a_place() {
    let errors = errors("CREATE PUMP p AS INSERT INTO t SELECT a FROM\n  ");
    assert_eq!((errors[0].0, errors[0].1), (1, 45));
    assert!(errors[0].2.starts_with("Encountered \"<EOF>\" at line 1, column 45."), "{}", errors[0].2);
}

#[test]
fn a_single_expectation_reads_as_such() {
    let errors = errors("CREATE PUMP p AS INSERT t SELECT 1");
    assert_eq!(
        errors[0].2,
        "Encountered \"t\" at line 1, column 25.\nWas expecting one of:\n    \"EXPEDITED\" ...\n    \"INTO\" ..."
    );
    let errors = self::errors("CREATE OR STREAM");
    assert_eq!(errors[0].2, "Encountered \"STREAM\" at line 1, column 11.\nWas expecting:\n    \"REPLACE\" ...");
}

#[test]
fn reserved_words_are_no_names() {
    for code in ["CREATE STREAM s (interval INTEGER)", "CREATE STREAM user (a INTEGER)", "CREATE STREAM s (rowtime TIMESTAMP)"] {
        let error = &parse(code).unwrap_err()[0];
        assert!(error.message.starts_with("Encountered \""), "{error}");
    }
    assert!(parse("CREATE STREAM s (\"interval\" INTEGER, change REAL, sector VARCHAR(3), \"ROWTIME\" TIMESTAMP)").is_ok());
}

#[test]
fn limits_of_interval_precisions_are_placed() {
    let error = &parse("CREATE PUMP p AS INSERT INTO t SELECT INTERVAL '1' SECOND(11) FROM s").unwrap_err()[0];
    assert_eq!(error.span, Span { line: 1, column: 59, end_line: 1, end_column: 60 });
    assert_eq!(error.to_string(), "From line 1, column 59 to line 1, column 60: Interval precision 11 must be between 1 and 10");
}
