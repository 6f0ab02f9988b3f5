//! Datetime functions and STEP (SQL reference, "Date and Time Functions"; milliseconds, templates first).

use super::date_format::Template;
use super::signature::{Param, Signature, without_nulls};
use super::{Call, Entry, strict, two};
use crate::base::clock::Millis;
use crate::sql::expressions::{ErrorKind, Operand, RowError};
use crate::sql::types::{Cell, Civil, DAY_MS, DataType, MAX_VARCHAR, civil, days_of};
use std::sync::Arc;

const CHAR_TO: &str = "sql-reference-char-to-timestamp";
const TO_CHAR: &str = "sql-reference-datetime-conversion-functions";

macro_rules! read {
    ($name:literal, $result:ident, $keep:expr) => {
        Entry {
            name: $name,
            forms: &[concat!($name, "(<CHARACTER>, <CHARACTER>)")],
            source: CHAR_TO,
            signature: |types| Signature::of(types, &[Param::Text, Param::Text], 0, DataType::$result),
            build: |call| read(call, $keep),
        }
    };
}

macro_rules! show {
    ($name:literal, $of:ident) => {
        Entry {
            name: $name,
            forms: &[concat!($name, "(<CHARACTER>, <", stringify!($of), ">)")],
            source: TO_CHAR,
            signature: |types| Signature::of(types, &[Param::Text, Param::Is(DataType::$of)], 0, DataType::VarChar(MAX_VARCHAR)),
            build: show,
        }
    };
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "STEP",
        forms: &["STEP(<INTEGER> BY <INTEGER>)", "STEP(<DATETIME> BY <DATETIME_INTERVAL>)"],
        source: "sql-reference-step",
        signature: step_signature,
        build: step,
    },
    Entry {
        name: "TSDIFF",
        forms: &["TSDIFF(<TIMESTAMP>, <TIMESTAMP>)"],
        source: "sql-reference-tsdiff",
        signature: |types| {
            let both = |of: DataType| Signature::of(types, &[Param::Is(of.clone()), Param::Is(of)], 0, DataType::BigInt);
            both(DataType::Timestamp).or_else(|| both(DataType::BigInt))
        },
        build: difference,
    },
    Entry {
        name: "UNIX_TIMESTAMP",
        forms: &["UNIX_TIMESTAMP(<TIMESTAMP>)"],
        source: "sql-reference-unix-timestamp",
        signature: |types| Signature::of(types, &[Param::Is(DataType::Timestamp)], 0, DataType::BigInt),
        build: |call| call.args.into_iter().next().unwrap_or(Operand::Constant(Cell::Null)),
    },
    Entry {
        name: "TO_TIMESTAMP",
        forms: &["TO_TIMESTAMP(<BIGINT>)"],
        source: "sql-reference-to-timestamp",
        signature: |types| Signature::of(types, &[Param::Is(DataType::BigInt)], 0, DataType::Timestamp),
        build: |call| call.args.into_iter().next().unwrap_or(Operand::Constant(Cell::Null)),
    },
    read!("CHAR_TO_TIMESTAMP", Timestamp, |ms| ms),
    read!("CHAR_TO_DATE", Date, |ms| ms - ms.rem_euclid(DAY_MS)),
    read!("CHAR_TO_TIME", Time, |ms| ms.rem_euclid(DAY_MS)),
    show!("TIMESTAMP_TO_CHAR", Timestamp),
    show!("DATE_TO_CHAR", Date),
    show!("TIME_TO_CHAR", Time),
];

/// Whole numbers, or a datetime by a constant interval.
fn step_signature(types: &[DataType]) -> Option<Signature> {
    match types {
        [of, DataType::Interval(_)] if of.is_datetime() => Some(Signature::same(types, of.clone())),
        [DataType::Null, DataType::Interval(_)] => {
            Some(Signature::new(vec![DataType::Timestamp, types[1].clone()], DataType::Timestamp))
        }
        [_, _] => {
            let typed = without_nulls(types);
            let result = DataType::common(&[typed.first()?, typed.get(1)?])?;
            (result.is_exact() && result.scale() == 0).then(|| Signature::new(vec![result.clone(), result.clone()], result))
        }
        _ => None,
    }
}

fn step(call: Call) -> Operand {
    let datetime = call.result.is_datetime();
    let months = matches!(call.types.get(1), Some(DataType::Interval(qualifier)) if qualifier.is_year_month());
    let (of, by) = two(call.args);
    let size: fn(i64, i64) -> i64 = match (datetime, months) {
        (true, true) => step_months,
        (true, false) => |of, by| of - of.rem_euclid(by),
        (false, _) => |of, by| of / by * by,
    };
    Operand::computed(move |scope| {
        let (Some(of), Some(by)) = (of.int(scope)?, by.int(scope)?) else { return Ok(Cell::Null) };
        match by {
            0 => Err(RowError::division()),
            by if by < 0 && datetime => Err(RowError::new(ErrorKind::Argument, "STEP by a negative interval")),
            // −1 is the one divisor with which a division can overflow.
            -1 => Ok(Cell::Int(of)),
            by => Ok(Cell::Int(size(of, by))),
        }
    })
}

/// Multiples of calendar months since January 1970.
fn step_months(of: i64, by: i64) -> i64 {
    let Civil { year, month, .. } = civil(of.div_euclid(DAY_MS));
    let months = (year - 1970) * 12 + month - 1;
    days_of(1970, 1 + months - months.rem_euclid(by), 1) * DAY_MS
}

/// Milliseconds between two instants, never negative (two published applications pass the later one first, the reference the earlier one).
fn difference(call: Call) -> Operand {
    strict::<2>(call.args, |[a, b]| {
        let (a, b) = (a.as_int().unwrap_or_default(), b.as_int().unwrap_or_default());
        i64::try_from(a.abs_diff(b)).map(Cell::Int).map_err(|_| RowError::overflow(&DataType::BigInt))
    })
}

/// The template of a call: read once when it is constant.
fn template(args: &[Operand], start_ms: Millis) -> Option<Arc<Template>> {
    let text = args.first()?.constant()?.as_str()?;
    Some(Arc::new(Template::new(text, start_ms)))
}

fn with_template<R>(fixed: Option<&Arc<Template>>, text: &Cell, start_ms: Millis, f: impl FnOnce(&Template) -> R) -> R {
    match fixed {
        Some(template) => f(template),
        None => f(&Template::new(text.as_str().unwrap_or_default(), start_ms)),
    }
}

fn read(call: Call, keep: fn(i64) -> i64) -> Operand {
    let (fixed, start_ms) = (template(&call.args, call.start_ms), call.start_ms);
    strict::<2>(call.args, move |[template, text]| {
        let text = text.as_str().unwrap_or_default();
        let value = with_template(fixed.as_ref(), &template, start_ms, |template| template.parse(text));
        value
            .map(|ms| Cell::Int(keep(ms)))
            .ok_or_else(|| RowError::new(ErrorKind::Coercion, format!("Unparseable date: \"{text}\"")))
    })
}

/// A NULL datetime shows as the text `null` (published).
fn show(call: Call) -> Operand {
    let (fixed, start_ms) = (template(&call.args, call.start_ms), call.start_ms);
    let (template, of) = two(call.args);
    Operand::computed(move |scope| {
        let (text, of) = (template.cell(scope)?, of.int(scope)?);
        let Some(ms) = of.filter(|_| !text.is_null()) else { return Ok(Cell::text("null")) };
        Ok(Cell::owned_text(with_template(fixed.as_ref(), &text, start_ms, |template| template.format(ms))))
    })
}
