//! The published results of the SQL reference.

use super::*;
use crate::sql::expressions::{ErrorKind, Scope};
use crate::sql::types::{IntervalQualifier, IntervalUnit, parse, write_cell};

/// A constant with its type.
pub(super) type Value = (Cell, DataType);

pub(super) fn text(value: &str) -> Value {
    (Cell::text(value), DataType::VarChar(100))
}

pub(super) fn int(value: i64) -> Value {
    (Cell::Int(value), DataType::Integer)
}

fn double(value: f64) -> Value {
    (Cell::Double(value), DataType::Double)
}

fn decimal(value: i64, precision: u8, scale: u8) -> Value {
    (Cell::Int(value), DataType::Decimal { precision, scale })
}

fn timestamp(value: &str) -> Value {
    (Cell::Int(parse::timestamp(value.as_bytes()).unwrap()), DataType::Timestamp)
}

fn interval(value: &str, from: IntervalUnit, to: IntervalUnit) -> Value {
    let qualifier = IntervalQualifier::new(from, to);
    (Cell::Int(parse::interval(value, qualifier).unwrap()), DataType::Interval(qualifier))
}

/// Calls a function and gives its result as text.
pub(super) fn call(name: &str, values: &[Value]) -> Result<String, ErrorKind> {
    let types: Vec<_> = values.iter().map(|(_, data_type)| data_type.clone()).collect();
    let resolved = resolve(name, &types).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    let literal = |(cell, data_type): &Value, to: &DataType| {
        use crate::sql::plan::{Expr, ExprKind};
        let expr =
            |kind, data_type: &DataType| Expr { kind, data_type: data_type.clone(), nullable: true, span: Default::default() };
        expr(ExprKind::Cast(Box::new(expr(ExprKind::Literal(cell.clone()), data_type))), to)
    };
    let compiler = crate::sql::expressions::Compiler { start_ms: 0 };
    let args = values.iter().zip(&resolved.arguments).map(|(value, to)| compiler.compile(&literal(value, to))).collect();
    let operand =
        build(resolved.function, Call { args, types: resolved.arguments, result: resolved.result.clone(), start_ms: 0 });
    let cell = operand.cell(&Scope { cells: &[], rowtime: 0, now_ms: 0 }).map_err(|error| error.kind())?;
    let mut out = String::new();
    write_cell(&mut out, &cell, &resolved.result);
    Ok(out)
}

fn ok(name: &str, values: &[Value], expected: &str) {
    assert_eq!(call(name, values).as_deref(), Ok(expected), "{name}{values:?}");
}

#[test]
fn arithmetic() {
    ok("/", &[int(5), int(2)], "2");
    ok("/", &[decimal(50, 2, 1), int(2)], "2.500000000000");
    ok("+", &[decimal(150, 3, 2), int(1)], "2.50");
    ok("*", &[decimal(150, 3, 2), decimal(-5, 1, 1)], "-0.750");
    ok("-", &[double(1.5), int(1)], "0.5");
    ok("-", &[int(7)], "-7");
    ok("+", &[int(1), (Cell::Null, DataType::Null)], "null");
    assert_eq!(call("/", &[int(1), int(0)]), Err(ErrorKind::Division));
    assert_eq!(call("/", &[double(1.0), double(0.0)]), Err(ErrorKind::Division));
    assert_eq!(call("+", &[int(2_147_483_647), int(1)]), Err(ErrorKind::Overflow));
    assert_eq!(
        resolve("/", &[DataType::Decimal { precision: 2, scale: 1 }, DataType::Integer]).unwrap().result,
        DataType::Decimal { precision: 13, scale: 12 }
    );
}

#[test]
fn intervals_and_datetimes() {
    use IntervalUnit::{Day, Hour, Minute, Second, Year};
    ok("-", &[interval("1", Day, Day), interval("3 4", Day, Hour)], "-2 04");
    ok("*", &[int(2), interval("3 4", Day, Hour)], "+6 08");
    ok("/", &[interval("3 4", Day, Hour), int(2)], "+1 14");
    ok("+", &[timestamp("2004-02-29 10:00:00"), interval("1", Year, Year)], "2005-02-28 10:00:00");
    ok("-", &[timestamp("2004-02-29 10:00:00"), interval("59:59.999", Minute, Second)], "2004-02-29 09:00:00.001");
    ok("ABS", &[interval("-3 4:20", Day, Minute)], "+3 04:20");
    let Err(Unresolved::WrongTypes { supported }) = resolve("-", &[DataType::Date, DataType::Date]) else {
        panic!("DATE - DATE needs a qualifier")
    };
    assert!(supported.contains(&"<DATETIME> - <DATETIME_INTERVAL>".to_owned()));
    assert_eq!(resolve("FOO", &[]), Err(Unresolved::UnknownName));
}

#[test]
fn steps() {
    use IntervalUnit::{Day, Hour, Minute, Second, Year};
    ok("STEP", &[int(23), int(5)], "20");
    ok("STEP", &[int(30), int(10)], "30");
    let at = timestamp("2004-09-30 13:48:23");
    ok("STEP", &[at.clone(), interval("10", Second, Second)], "2004-09-30 13:48:20");
    ok("STEP", &[at.clone(), interval("2", Hour, Hour)], "2004-09-30 12:00:00");
    ok("STEP", &[at.clone(), interval("5", Minute, Minute)], "2004-09-30 13:45:00");
    ok("STEP", &[at, interval("1", Year, Year)], "2004-01-01 00:00:00");
    ok("STEP", &[timestamp("2004-09-27 13:48:23"), interval("5", Day, Day)], "2004-09-24 00:00:00");
}

#[test]
fn numbers() {
    ok("ABS", &[decimal(-10, 2, 1)], "1.0");
    ok("CEIL", &[decimal(52, 2, 1)], "6");
    ok("CEILING", &[decimal(-33, 2, 1)], "-3");
    ok("FLOOR", &[decimal(-33, 2, 1)], "-4");
    ok("FLOOR", &[double(-3.3)], "-4.0");
    ok("MOD", &[int(-4), int(3)], "-1");
    ok("LOG10", &[decimal(23, 18, 0)], "1.3617278360175928");
    ok("POWER", &[decimal(101, 3, 1), decimal(25, 2, 1)], "324.19285157140644");
    assert_eq!(call("MOD", &[int(1), int(0)]), Err(ErrorKind::Division));
    assert_eq!(call("LN", &[int(0)]), Err(ErrorKind::Argument));
    assert_eq!(call("POWER", &[int(0), int(-1)]), Err(ErrorKind::Argument));
    assert_eq!(call("POWER", &[int(-2), double(0.5)]), Err(ErrorKind::Argument));
}

#[test]
fn texts() {
    ok("CHAR_LENGTH", &[text("")], "0");
    ok("INITCAP", &[text("tHE quick BROWN")], "The Quick Brown");
    ok("TRIM BOTH", &[text(" "), text("  a b ")], "a b");
    ok("TRIM LEADING", &[text("x"), text("xxaxx")], "axx");
    assert_eq!(call("TRIM BOTH", &[text("xy"), text("a")]), Err(ErrorKind::Argument));
    let digits = text("123456789");
    ok("SUBSTRING FROM", &[digits.clone(), int(-1), int(4)], "12");
    ok("SUBSTRING FROM", &[digits.clone(), int(10), int(4)], "");
    ok("SUBSTRING", &[digits.clone(), int(10), int(4)], "null");
    ok("SUBSTRING", &[digits.clone(), int(3)], "3456789");
    ok("SUBSTRING", &[digits.clone(), int(3), int(0)], "");
    ok("SUBSTRING", &[digits, int(8), int(9)], "89");
    ok("SUBSTRING", &[text("日本語"), int(2), int(1)], "本");
    ok("SUBSTRING REGEX", &[text("TECHNOLOGY"), text("L[A-Z]*")], "LOGY");
    ok("SUBSTRING REGEX", &[text("TECHNOLOGY"), text("FOO")], "null");
    ok("SUBSTRING SIMILAR", &[text("123abc456"), text("123#\"%#\"456"), text("#")], "abc");
    ok("POSITION", &[text("c"), text("abc")], "3");
    ok("POSITION", &[text(""), text("abc")], "1");
    ok("POSITION", &[text("x"), text("abc")], "0");
    ok("||", &[text("a"), text("b")], "ab");
    ok("||", &[text("a"), (Cell::Null, DataType::Null)], "null");
}

#[test]
fn overlays() {
    for (from, expected) in [(0, "foo345"), (-2, "foo12345"), (4, "123foo"), (9, "12345foo")] {
        ok("OVERLAY", &[text("12345"), text("foo"), int(from)], expected);
    }
    ok("OVERLAY", &[text("12345"), text("foo"), int(2), int(9)], "1foo");
    assert_eq!(call("OVERLAY", &[text("1"), text("f"), int(1), int(-1)]), Err(ErrorKind::Argument));
}

#[test]
fn regular_expressions() {
    let replace = |with, start, occurrence| {
        call("REGEX_REPLACE", &[text("a1b2c3"), text("([a-z])([0-9])"), text(with), int(start), int(occurrence)])
    };
    assert_eq!(replace("$2$1", 1, 0).as_deref(), Ok("1a2b3c"));
    assert_eq!(replace("-", 1, 2).as_deref(), Ok("a1-c3"));
    assert_eq!(replace("-", 3, 1).as_deref(), Ok("a1-c3"));
    assert_eq!(replace("-", 99, 0).as_deref(), Ok("a1b2c3"));
    assert_eq!(replace("-", 0, 0), Err(ErrorKind::Argument));
    assert_eq!(replace("-", 1, -1), Err(ErrorKind::Argument));
    assert_eq!(replace("$7", 1, 0), Err(ErrorKind::Argument));
}

#[test]
fn datetimes() {
    let (early, late) = (timestamp("2018-01-01 00:00:00"), timestamp("2018-01-01 00:00:01"));
    ok("TSDIFF", &[early.clone(), late.clone()], "1000");
    ok("TSDIFF", &[late.clone(), early], "1000");
    ok("UNIX_TIMESTAMP", &[late], "1514764801000");
    ok("TO_TIMESTAMP", &[(Cell::Int(1_514_764_801_000), DataType::BigInt)], "2018-01-01 00:00:01");
    ok("CHAR_TO_DATE", &[text("yyyy-MM-dd HH"), text("2009-09-16 03:15:24")], "2009-09-16");
    ok("CHAR_TO_TIME", &[text("HH:mm"), text("03:15:24")], "03:15:00");
    assert_eq!(call("CHAR_TO_TIMESTAMP", &[text("yyyy-MM-dd"), text("2009-13-01")]), Err(ErrorKind::Coercion));
    ok("TIMESTAMP_TO_CHAR", &[text("yyyy"), (Cell::Null, DataType::Timestamp)], "null");
}

#[test]
fn comparisons() {
    ok("=", &[int(1), decimal(10, 2, 1)], "TRUE");
    ok("<", &[decimal(11, 2, 1), int(1)], "FALSE");
    ok("<>", &[text("a"), text("a  ")], "FALSE");
    ok("IS DISTINCT FROM", &[int(1), decimal(10, 2, 1)], "FALSE");
    ok("IS DISTINCT FROM", &[(Cell::Null, DataType::Integer), int(1)], "TRUE");
    ok("IS NOT DISTINCT FROM", &[(Cell::Null, DataType::Integer), (Cell::Null, DataType::Null)], "TRUE");
    ok("=", &[(Cell::Null, DataType::Integer), int(1)], "null");
    ok("IS NULL", &[(Cell::Null, DataType::Integer)], "TRUE");
    ok("NULLIF", &[int(4), int(4)], "null");
    assert!(resolve("=", &[DataType::VarChar(2), DataType::Integer]).is_err());
    assert!(resolve("=", &[DataType::Timestamp, DataType::Date]).is_err());
}
