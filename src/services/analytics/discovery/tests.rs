//! Schemas found in samples.

use super::*;
use crate::services::analytics::mapping::RecordFormat;

fn columns(found: &Discovered) -> Vec<String> {
    let column =
        |c: &super::super::mapping::RecordColumn| format!("{} {} {}", c.name, c.sql_type, c.mapping.as_deref().unwrap_or("-"));
    found.schema.columns.iter().map(column).collect()
}

fn texts(found: &Discovered) -> Vec<String> {
    found.rows.iter().map(|row| row.iter().map(|v| v.as_deref().unwrap_or("NULL")).collect::<Vec<_>>().join("|")).collect()
}

#[test]
fn records_of_the_data_generator() {
    let found = discover(&[
        "{    \"sensorId\": 8,    \"eventTimeStamp\": \"2026-11-22T23:27:03Z\",    \"currentTemperature\": 63,    \"status\": \"FAIL \"}\n",
        "{    \"sensorId\": 12,    \"eventTimeStamp\": \"2026-11-22T23:27:04Z\",    \"currentTemperature\": 63,    \"status\": \"OK\"}\n",
    ])
    .unwrap();
    assert_eq!(
        columns(&found),
        [
            "sensorId INTEGER $.sensorId",
            "eventTimeStamp VARCHAR(64) $.eventTimeStamp",
            "currentTemperature INTEGER $.currentTemperature",
            "status VARCHAR(16) $.status"
        ]
    );
    assert_eq!(texts(&found), ["8|2026-11-22T23:27:03Z|63|FAIL ", "12|2026-11-22T23:27:04Z|63|OK"]);
    assert_eq!(found.schema.format, RecordFormat::Json { row_path: "$".into() });
}

#[test]
fn types_and_lengths() {
    let found = discover(&[
        r#"{"a":1,"b":1.5,"c":true,"d":"AK","e":"2020-01-01 00:00:00.0","f":null,"g":3000000000,"h":1,"i":"ShortTons"}"#,
        r#"{"a":-7,"b":2,"c":false,"d":"Coal","e":"2020-01-01 00:00:00","f":null,"g":1,"h":"x","j":[1, 2]}"#,
    ])
    .unwrap();
    let types: Vec<&str> = found.schema.columns.iter().map(|c| c.sql_type.as_str()).collect();
    assert_eq!(
        types,
        [
            "INTEGER",
            "DOUBLE",
            "BOOLEAN",
            "VARCHAR(4)",
            "TIMESTAMP",
            "VARCHAR(4)",
            "BIGINT",
            "VARCHAR(4)",
            "VARCHAR(16)",
            "VARCHAR(16)"
        ]
    );
    assert_eq!(found.schema.columns[9].mapping.as_deref(), Some("$.j[0:]"));
    assert_eq!(texts(&found)[1], "-7|2.0|false|Coal|2020-01-01 00:00:00.000|NULL|1|x|NULL|[1,2]");
}

#[test]
fn names_are_made_fit() {
    let found =
        discover(&[r#"{"year":1,"USER@DOMAIN":1,"@@":1,"2nd":1,"time":1,"a b":1,"ab":1,"a.b":{"c":{"d":{"e":1}},"f":2}}"#])
            .unwrap();
    assert_eq!(
        columns(&found),
        [
            "COL_year INTEGER $.year",
            "COL_USERDOMAIN INTEGER $.USER@DOMAIN",
            "COL_2 INTEGER $.@@",
            "COL_2nd INTEGER $.2nd",
            "COL_time INTEGER $.time",
            "COL_ab INTEGER $.a b",
            "ab INTEGER $.ab",
            "COL_ab_c_d VARCHAR(16) $['a.b'].c.d",
            "COL_ab_f INTEGER $['a.b'].f"
        ]
    );
    assert_eq!(texts(&found), ["1|1|1|1|1|1|1|{\"e\":1}|2"]);
}

#[test]
fn delimited_text() {
    let found = discover(&["Ticker,Price,year\r\nAMZN,1.5,2017\r\n\"A, B\",2,\r\n"]).unwrap();
    assert_eq!(columns(&found), ["Ticker VARCHAR(4) -", "Price DOUBLE -", "COL_year INTEGER -"]);
    assert_eq!(texts(&found), ["Ticker|NULL|NULL", "AMZN|1.5|2017", "A, B|2|NULL"]);
    assert_eq!(found.schema.format, RecordFormat::Csv { row_delimiter: "\r\n".into(), column_delimiter: ",".into() });
    let found = discover(&["1|x\n", "2|y\n"]).unwrap();
    assert_eq!(columns(&found), ["COL_0 INTEGER -", "COL_1 VARCHAR(4) -"]);
}

#[test]
fn what_has_no_schema() {
    for sample in ["", " \n", "hello", "{", "{}", "[1, 2]", "{\"a\""] {
        assert_eq!(discover(&[sample]), Err(Undetectable), "{sample}");
    }
    assert_eq!(discover(&[b"a,\xff"]), Err(Undetectable));
}
