//! The decoder as a whole: records in, rows and error rows out.

use super::*;
use proptest::prelude::*;

fn schema(format: RecordFormat, columns: &[(&str, &str, &str)]) -> RecordSchema {
    let column = |(name, sql_type, mapping): &(&str, &str, &str)| RecordColumn {
        name: (*name).into(),
        sql_type: (*sql_type).into(),
        mapping: (!mapping.is_empty()).then(|| (*mapping).into()),
    };
    RecordSchema { format, columns: columns.iter().map(column).collect(), encoding: Some("UTF-8".into()) }
}

fn json(row_path: &str, columns: &[(&str, &str, &str)]) -> Decoder {
    Decoder::compile(&schema(RecordFormat::Json { row_path: row_path.into() }, columns)).unwrap()
}

fn csv(columns: &[(&str, &str, &str)]) -> Decoder {
    let format = RecordFormat::Csv { row_delimiter: "\\n".into(), column_delimiter: ",".into() };
    Decoder::compile(&schema(format, columns)).unwrap()
}

/// Rows as `a|b|c` and messages.
fn decode(decoder: &mut Decoder, record: &[u8]) -> (Vec<String>, Vec<String>) {
    let (mut block, mut rejected) = (Block::new(decoder.columns().len()), Vec::new());
    decoder.decode(record, &mut Sink { rowtime: 5, system: &[], block: &mut block, rejected: &mut rejected });
    let cell = |cell: &Cell| match cell {
        Cell::Null => "NULL".to_owned(),
        Cell::Bool(value) => value.to_string(),
        Cell::Int(value) => value.to_string(),
        Cell::Double(value) => value.to_string(),
        other => other.as_str().unwrap().to_owned(),
    };
    let rows = block.rows().map(|(_, cells)| cells.iter().map(cell).collect::<Vec<_>>().join("|")).collect();
    (rows, rejected.into_iter().map(|r| r.message).collect())
}

const SENSOR: [(&str, &str, &str); 4] = [
    ("sensorId", "INTEGER", "$.sensorId"),
    ("eventTimeStamp", "TIMESTAMP", "$.eventTimeStamp"),
    ("currentTemperature", "INTEGER", "$.currentTemperature"),
    ("status", "VARCHAR(4)", "$.status"),
];

#[test]
fn a_record_of_the_workshop() {
    let record =
        br#"{  "sensorId": 7,  "eventTimeStamp": "2017-04-05T12:00:00.123Z",  "currentTemperature": 63,  "status": "FAIL "}"#;
    let mut decoder = json("$", &SENSOR);
    for _ in 0..3 {
        assert_eq!(decode(&mut decoder, record), (vec!["7|1491393600123|63|FAIL".into()], vec![]));
    }
}

#[test]
fn the_recorded_coercion_error() {
    let mut decoder = json("$", &[("UTC_TIME", "BIGINT", "$.UTC_TIME"), ("INT_VALUE", "INTEGER", "$.INT_VALUE")]);
    let (mut block, mut rejected) = (Block::new(2), Vec::new());
    let record = br#"{"UTC_TIME":1560885836923,"INT_VALUE":"a"}"#;
    decoder.decode(record, &mut Sink { rowtime: 0, system: &[], block: &mut block, rejected: &mut rejected });
    assert!(block.is_empty());
    assert_eq!(rejected.len(), 1);
    assert_eq!(rejected[0].message, r#"For input string: "a""#);
    assert_eq!(rejected[0].data_row, "7B225554435F54494D45223A313536303838353833363932332C22494E545F56414C5545223A2261227D");
}

#[test]
fn members_come_in_any_order_and_number() {
    let mut decoder = json("$", &[("a", "INTEGER", "$.a"), ("b", "VARCHAR(9)", "$.b")]);
    let cases: [(&[u8], &str); 8] = [
        (br#"{"a":1,"b":"x"}"#, "1|x"),
        (br#"{"b":"x","a":1}"#, "1|x"),
        (br#"{"a":  1 , "b"  :   "x"  }"#, "1|x"),
        (br#"{"a":1,"z":{"a":[2,{"b":3}]},"b":"x"}"#, "1|x"),
        (br#"{"a":1,"z":null,"b":"x","y":-1.5e3}"#, "1|x"),
        (br#"{"A":1,"\u0062":"\u0078"}"#, "NULL|x"),
        (br#"{}"#, "NULL|NULL"),
        (br#"{"a":null,"b":{"c" : [1, 2]}}"#, "NULL|{\"c\":[1,2"),
    ];
    for _ in 0..2 {
        for (record, expected) in cases {
            assert_eq!(decode(&mut decoder, record), (vec![expected.into()], vec![]), "{}", String::from_utf8_lossy(record));
        }
    }
}

#[test]
fn several_documents_in_one_record() {
    let mut decoder = json("$", &[("a", "INTEGER", "$.a")]);
    let mut rows = |record: &[u8]| decode(&mut decoder, record).0;
    assert_eq!(rows(b"{\"a\":1}{\"a\":2} \r\n{\"a\":3}\n\n"), ["1", "2", "3"]);
    assert_eq!(rows(b"[{\"a\":1}, {\"a\":2}]"), ["1", "2"]);
    assert_eq!(rows(b" \n"), [""; 0]);
    assert_eq!(rows(b"\xef\xbb\xbf{\"a\":1}"), ["1"]);
}

#[test]
fn what_is_wrong_is_reported_and_the_rest_kept() {
    let mut decoder = json("$", &[("a", "INTEGER", "$.a")]);
    let (rows, messages) = decode(&mut decoder, b"{\"a\":1}{\"a\":1.5,\"z\":[{}]}{\"a\":3}\n{\"a\" 4}{\"a\":5}");
    assert_eq!(rows, ["1", "3"]);
    assert_eq!(messages, ["For input string: \"1.5\"", "Unexpected character ('4' (code 52)) at byte 39"]);
    assert_eq!(decode(&mut decoder, b"{\"a\":1"), (vec![], vec!["Unexpected end of JSON".into()]));
    assert_eq!(decode(&mut decoder, b"hello").1, ["Unexpected character ('h' (code 104)) at byte 1"]);
}

#[test]
fn a_line_that_is_wrong_costs_that_line_only() {
    let mut decoder = json("$", &[("a", "INTEGER", "$.a")]);
    let (mut block, mut rejected) = (Block::new(2), Vec::new());
    let system = [Cell::text("shardId-000000000000")];
    let mut sink = Sink { rowtime: 9, system: &system, block: &mut block, rejected: &mut rejected };
    decoder.decode_lines(b"{\"a\":1}\nnonsense{\n{\"a\":2}\n", &mut sink);
    assert_eq!(
        block.rows().map(|(t, c)| (t, c.to_vec())).collect::<Vec<_>>(),
        [(9, vec![Cell::Int(1), system[0].clone()]), (9, vec![Cell::Int(2), system[0].clone()])]
    );
    assert_eq!(rejected[0].data_row, "6E6F6E73656E73657B");
}

const ORDER: &[u8] =
    br#"{ "customer": "Jo", "orders": [ {"id": "1", "price": 33.99}, {"id": "2"}, {} ], "address": {"city": "Any"} }"#;

#[test]
fn an_array_is_spread_into_rows() {
    let columns = [
        ("customer", "VARCHAR(8)", "$.customer"),
        ("city", "VARCHAR(8)", "$.address.city"),
        ("id", "INTEGER", "$.orders[0:].id"),
        ("price", "DOUBLE", "$.orders[0:].price"),
    ];
    let mut decoder = json("$", &columns);
    assert_eq!(decode(&mut decoder, ORDER).0, ["Jo|Any|1|33.99", "Jo|Any|2|NULL", "Jo|Any|NULL|NULL"]);
    assert_eq!(decode(&mut decoder, br#"{"customer":"Al","orders":[]}"#).0, ["Al|NULL|NULL|NULL"]);
    assert_eq!(decode(&mut decoder, br#"{"customer":"Al"}"#).0, ["Al|NULL|NULL|NULL"]);
    let (rows, messages) = decode(&mut decoder, br#"{"orders":[{"id":1},{"id":"x"},{"id":3}]}"#);
    assert_eq!(
        (rows, messages),
        (vec!["NULL|NULL|1|NULL".into(), "NULL|NULL|3|NULL".into()], vec!["For input string: \"x\"".into()])
    );
}

#[test]
fn an_array_is_mapped_whole() {
    let mut decoder = json(
        "$",
        &[
            ("orders", "VARCHAR(64)", "$.orders[0:]"),
            ("address", "VARCHAR(64)", "$.address"),
            ("city", "CHAR(4)", "$.address.city"),
        ],
    );
    assert_eq!(decode(&mut decoder, ORDER).0, [r#"[{"id":"1","price":33.99},{"id":"2"},{}]|{"city":"Any"}|Any "#]);
}

#[test]
fn the_row_path_may_spread_an_array() {
    for mapping in ["$.orders[0:].id", "$.id"] {
        let mut decoder = json("$.orders[0:]", &[("id", "VARCHAR(4)", mapping), ("customer", "VARCHAR(4)", "$.customer")]);
        assert_eq!(decode(&mut decoder, ORDER).0, ["1|Jo", "2|Jo", "NULL|Jo"], "{mapping}");
    }
}

#[test]
fn wrong_schemas_are_refused() {
    let wrong = |columns: &[(&str, &str, &str)]| {
        Decoder::compile(&schema(RecordFormat::Json { row_path: "$".into() }, columns)).unwrap_err()
    };
    assert_eq!(wrong(&[]), SchemaError::ColumnCount(0));
    assert_eq!(wrong(&[("a", "INTEGER", "")]), SchemaError::NoMapping("a".into()));
    assert_eq!(wrong(&[("a", "INT", "$.a"), ("a", "INT", "$.b")]), SchemaError::RepeatedColumn("a".into()));
    assert!(matches!(wrong(&[("a", "STRING", "$.a")]), SchemaError::Type { .. }));
    assert!(matches!(wrong(&[("a", "INT", "$.a[1]")]), SchemaError::Path { .. }));
    assert!(matches!(wrong(&[("a", "INT", "$.a[0:].x"), ("b", "INT", "$.b[0:].x")]), SchemaError::SecondArray(_)));
    assert!(matches!(wrong(&[("a", "INT", "$.a[0:].x[0:].y")]), SchemaError::SecondArray(_)));
}

#[test]
fn rows_have_a_largest_size() {
    let mut decoder = json("$", &[("a", "VARCHAR(65535)", "$.a")]);
    let large = format!("{{\"a\":\"x\",\"z\":\"{}\"}}", "z".repeat(600_000));
    assert_eq!(decode(&mut decoder, large.as_bytes()).0, ["x"]);
    let columns: Vec<(String, String)> = (0..10).map(|i| (format!("c{i}"), "CHAR(65535)".to_owned())).collect();
    let columns: Vec<(&str, &str, &str)> = columns.iter().map(|(n, t)| (n.as_str(), t.as_str(), "$.a")).collect();
    let (rows, messages) = decode(&mut json("$", &columns), b"{\"a\":\"x\"}");
    assert_eq!(rows.len(), 0);
    assert_eq!(messages, ["A row of 655350 bytes is larger than an in-application stream takes (523264 bytes)"]);
}

#[test]
fn csv_rows() {
    let mut decoder = csv(&[("id", "INTEGER", ""), ("name", "VARCHAR(16)", ""), ("at", "TIMESTAMP", "")]);
    let record = b"1,Jo,1970-01-01 00:00:01\r\n2,\"Al, \"\"the\"\" man\",,ignored,\"x\ny\"\n\n3\nx,y,\n4,,1970-01-01";
    let (rows, messages) = decode(&mut decoder, record);
    assert_eq!(rows, ["1|Jo|1000", "2|Al, \"the\" man|NULL", "3|NULL|NULL", "4||0"]);
    assert_eq!(messages, ["For input string: \"x\""]);
}

#[test]
fn csv_delimiters_may_be_long() {
    let format = RecordFormat::Csv { row_delimiter: "||\n".into(), column_delimiter: "||".into() };
    let mut decoder = Decoder::compile(&schema(format, &[("a", "VARCHAR(9)", ""), ("b", "VARCHAR(9)", "")])).unwrap();
    assert_eq!(decode(&mut decoder, b"1|2||3||\n4||5").0, ["1|2|3", "4|5"]);
    let same = RecordFormat::Csv { row_delimiter: ",".into(), column_delimiter: ",".into() };
    assert_eq!(Decoder::compile(&schema(same, &[("a", "INT", "")])).unwrap_err(), SchemaError::Delimiter);
}

proptest! {
    #[test]
    fn no_record_is_too_strange(record in proptest::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{}\",:ab01\\\\ \n.]{0,60}") {
        let mut decoder = json("$", &[("a", "INTEGER", "$.a"), ("b", "VARCHAR(9)", "$.a.b"), ("c", "DOUBLE", "$.b[0:].a")]);
        let mut delimited = csv(&[("a", "INTEGER", ""), ("b", "VARCHAR(9)", "")]);
        for record in [&record[..], text.as_bytes()] {
            decode(&mut decoder, record);
            decode(&mut delimited, record);
        }
    }

    #[test]
    fn values_come_out_as_they_went_in(a in any::<i32>(), b in ".{0,40}", c in any::<f64>().prop_filter("finite", |c| c.is_finite()), pretty in any::<bool>()) {
        let value = serde_json::json!({"b": b, "x": [b, {"a": 1}], "a": a, "c": c});
        let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        let mut decoder = json("$", &[("a", "INTEGER", "$.a"), ("b", "VARCHAR(100)", "$.b"), ("c", "DOUBLE", "$.c")]);
        let expected = format!("{a}|{b}|{c}");
        for _ in 0..2 {
            prop_assert_eq!(&decode(&mut decoder, text.as_bytes()).0, std::slice::from_ref(&expected));
        }
    }
}
