//! Rows that go to error_stream.

use super::Script;

#[test]
fn division_by_zero_loses_the_row_only() {
    let code = "CREATE STREAM O (a INTEGER); CREATE PUMP \"my pump\" AS INSERT INTO O SELECT STREAM A / B FROM S;";
    let mut script = Script::new("A INTEGER, B INTEGER", code);
    script.push(&["10:00 | 4 | 2", "10:01 | 1 | 0", "10:02 | 9 | 3"]);
    assert_eq!(script.values(), ["2", "3"]);
    let errors = script.program.drain_errors();
    assert_eq!(errors.len(), 1);
    let error = &errors[0];
    assert_eq!(
        (error.level, error.name, error.message.as_str(), error.pump.as_str()),
        ("WARNING", "Division by zero", "/ by zero", "my pump")
    );
    assert_eq!((error.rowtime, String::from_utf8_lossy(&error.row).as_ref()), (super::millis("10:01"), r#"{"A":1,"B":0}"#));
}

#[test]
fn not_null_columns_take_no_null() {
    let code = "CREATE STREAM O (a INTEGER NOT NULL, b VARCHAR(2)); CREATE PUMP P AS INSERT INTO O SELECT STREAM A, B FROM S;";
    let mut script = Script::new("A INTEGER, B VARCHAR(9)", code);
    script.push(&["10:00 | 1 | abc", "10:01 | null | x"]);
    assert_eq!(script.values(), ["1 | ab"]);
    assert_eq!(script.errors(), [r#"P NULL in NOT NULL column {"A":null,"B":"x"}"#]);
}

#[test]
fn casts_overflows_and_arguments_fail_row_by_row() {
    let code = "CREATE STREAM O (t TIMESTAMP); CREATE PUMP P AS INSERT INTO O SELECT STREAM CAST(A AS TIMESTAMP) FROM S;
        CREATE STREAM Q (i TINYINT); CREATE PUMP R AS INSERT INTO Q SELECT STREAM B FROM S;";
    let mut script = Script::new("A VARCHAR(30), B INTEGER", code);
    script.push(&["10:00 | 2017-04-05T12:00:00.123Z | 127", "10:01 | yesterday | 128"]);
    assert_eq!(script.values(), ["2017-04-05 12:00:00.123"]);
    assert_eq!(script.rows_of("Q").len(), 1);
    assert_eq!(
        script.errors(),
        [r#"P Coercion error {"A":"yesterday","B":128}"#, r#"R Numeric overflow {"A":"yesterday","B":128}"#]
    );
}

#[test]
fn an_input_does_not_go_back_in_time() {
    let code = "CREATE STREAM O (a INTEGER); CREATE PUMP P AS INSERT INTO O SELECT STREAM A FROM S;";
    let mut script = Script::new("A INTEGER", code);
    script.push(&["10:00 | 1", "09:59 | 2", "10:01 | 3"]).push(&["10:00:30 | 4"]);
    assert_eq!(script.values(), ["1", "3"]);
    assert_eq!(script.errors(), [r#"null Rows are out of order {"A":2}"#, r#"null Rows are out of order {"A":4}"#]);
}
