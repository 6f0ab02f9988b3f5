//! `+ - * /` over numbers, datetimes and intervals (SQL reference, "Numeric Types and Precision", "Date, Timestamp, and Interval Operators").

use super::signature::{Signature, without_nulls};
use super::{Call, Entry, two};
use crate::sql::expressions::{Operand, RowError, fitting, range};
use crate::sql::types::{
    Cell, DAY_MS, DataType, IntervalQualifier, IntervalUnit, MAX_PRECISION, POWERS_OF_TEN, add_months, divide_rounded,
    nearest_real, rescale_exact, whole_part,
};

const NUMERIC: &str = "sql-reference-numeric-types-precision";
const DATETIME: &str = "sql-reference-date-timestamp-interval";

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "+",
        forms: &["<NUMERIC> + <NUMERIC>"],
        source: NUMERIC,
        signature: add_signature,
        build: |call| number(call, Operator::Add),
    },
    Entry {
        name: "+",
        forms: &[
            "<DATETIME_INTERVAL> + <DATETIME_INTERVAL>",
            "<DATETIME> + <DATETIME_INTERVAL>",
            "<DATETIME_INTERVAL> + <DATETIME>",
        ],
        source: DATETIME,
        signature: time_add_signature,
        build: |call| time(call, 1),
    },
    Entry {
        name: "-",
        forms: &["<NUMERIC> - <NUMERIC>"],
        source: NUMERIC,
        signature: add_signature,
        build: |call| number(call, Operator::Subtract),
    },
    Entry {
        name: "-",
        forms: &["<DATETIME_INTERVAL> - <DATETIME_INTERVAL>", "<DATETIME> - <DATETIME_INTERVAL>"],
        source: DATETIME,
        signature: time_subtract_signature,
        build: |call| time(call, -1),
    },
    Entry {
        name: "-",
        forms: &["- <NUMERIC>", "- <DATETIME_INTERVAL>"],
        source: NUMERIC,
        signature: negate_signature,
        build: negate,
    },
    Entry {
        name: "*",
        forms: &["<NUMERIC> * <NUMERIC>"],
        source: NUMERIC,
        signature: multiply_signature,
        build: |call| number(call, Operator::Multiply),
    },
    Entry {
        name: "*",
        forms: &["<DATETIME_INTERVAL> * <NUMERIC>", "<NUMERIC> * <DATETIME_INTERVAL>"],
        source: DATETIME,
        signature: scale_signature,
        build: |call| scale(call, false),
    },
    Entry {
        name: "/",
        forms: &["<NUMERIC> / <NUMERIC>"],
        source: NUMERIC,
        signature: divide_signature,
        build: |call| number(call, Operator::Divide),
    },
    Entry {
        name: "/",
        forms: &["<DATETIME_INTERVAL> / <NUMERIC>"],
        source: DATETIME,
        signature: |types| if let [DataType::Interval(_), _] = types { scale_signature(types) } else { None },
        build: |call| scale(call, true),
    },
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// Precision and scale of a DECIMAL.
type Digits = (u8, u8);

/// Two numbers; where both are exact and one a DECIMAL, `decimal` gives the result's precision and scale from theirs.
fn numbers(types: &[DataType], decimal: fn(Digits, Digits) -> Digits) -> Option<Signature> {
    let types = without_nulls(types);
    let [a, b] = types.as_slice() else { return None };
    if !a.is_numeric() || !b.is_numeric() {
        return None;
    }
    if a.is_approximate() || b.is_approximate() {
        let result = if a == b { a.clone() } else { DataType::Double };
        return Some(Signature::new(vec![result.clone(), result.clone()], result));
    }
    if a.is_whole() && b.is_whole() {
        let result = DataType::common(&[a, b])?;
        return Some(Signature::new(vec![result.clone(), result.clone()], result));
    }
    let (precision, scale) = decimal(a.digits()?, b.digits()?);
    Some(Signature::same(&types, DataType::Decimal { precision, scale }))
}

fn add_signature(types: &[DataType]) -> Option<Signature> {
    numbers(types, |(p1, s1), (p2, s2)| {
        let scale = s1.max(s2);
        (((p1 - s1).max(p2 - s2) + scale + 1).min(MAX_PRECISION), scale)
    })
}

fn multiply_signature(types: &[DataType]) -> Option<Signature> {
    numbers(types, |(p1, s1), (p2, s2)| ((p1 + p2).min(MAX_PRECISION), (s1 + s2).min(MAX_PRECISION)))
}

/// Whole digits first, then a scale of at least 6, as long as there is room; never less scale than the dividend's.
fn divide_signature(types: &[DataType]) -> Option<Signature> {
    numbers(types, |(p1, s1), (p2, s2)| {
        let whole = (p1 - s1 + s2).min(MAX_PRECISION);
        let scale = (s1 + p2 + 1).max(6).min(MAX_PRECISION - whole).max(s1);
        ((whole + scale).min(MAX_PRECISION), scale)
    })
}

fn negate_signature(types: &[DataType]) -> Option<Signature> {
    let types = if types.len() == 1 { without_nulls(types) } else { return None };
    let [of] = types.as_slice() else { return None };
    (of.is_numeric() || matches!(of, DataType::Interval(_))).then(|| Signature::same(&types, of.clone()))
}

fn time_add_signature(types: &[DataType]) -> Option<Signature> {
    match types {
        [DataType::Interval(_), datetime] if datetime.is_datetime() => Some(Signature::same(types, datetime.clone())),
        _ => time_subtract_signature(types),
    }
}

fn time_subtract_signature(types: &[DataType]) -> Option<Signature> {
    let second = DataType::Interval(IntervalQualifier::new(IntervalUnit::Day, IntervalUnit::Second));
    let types: Vec<_> = match types {
        [a, DataType::Null] => vec![a.clone(), if a.is_datetime() { second } else { a.clone() }],
        [DataType::Null, b] => vec![b.clone(), b.clone()],
        _ => types.to_vec(),
    };
    match types.as_slice() {
        [a @ DataType::Interval(_), b @ DataType::Interval(_)] => {
            let result = DataType::common(&[a, b])?;
            Some(Signature::same(&types, result))
        }
        [datetime, DataType::Interval(_)] if datetime.is_datetime() => Some(Signature::same(&types, datetime.clone())),
        _ => None,
    }
}

fn scale_signature(types: &[DataType]) -> Option<Signature> {
    let typed: Vec<_> = types.iter().map(|of| if *of == DataType::Null { DataType::Integer } else { of.clone() }).collect();
    match typed.as_slice() {
        [interval @ DataType::Interval(_), number] | [number, interval @ DataType::Interval(_)] if number.is_numeric() => {
            Some(Signature::same(&typed, interval.clone()))
        }
        _ => None,
    }
}

fn number(call: Call, operator: Operator) -> Operand {
    match &call.result {
        DataType::Real | DataType::Double => float(call, operator),
        DataType::Decimal { .. } => decimal(call, operator),
        _ => whole(call, operator),
    }
}

fn float(call: Call, operator: Operator) -> Operand {
    let real = call.result == DataType::Real;
    let result = call.result;
    let (a, b) = two(call.args);
    let compute: fn(f64, f64) -> f64 = match operator {
        Operator::Add => |a, b| a + b,
        Operator::Subtract => |a, b| a - b,
        Operator::Multiply => |a, b| a * b,
        Operator::Divide => |a, b| a / b,
    };
    Operand::computed(move |scope| {
        let (Some(a), Some(b)) = (a.double(scope)?, b.double(scope)?) else { return Ok(Cell::Null) };
        if operator == Operator::Divide && b == 0.0 {
            return Err(RowError::division());
        }
        let value = if real { nearest_real(compute(a, b)) } else { compute(a, b) };
        if value.is_infinite() && a.is_finite() && b.is_finite() {
            Err(RowError::overflow(&result))
        } else {
            Ok(Cell::Double(value))
        }
    })
}

/// Whole numbers: the arguments have the result's type, so the result fits 64 bits or fails.
fn whole(call: Call, operator: Operator) -> Operand {
    let (low, high) = range(&call.result);
    let result = call.result;
    let (a, b) = two(call.args);
    let compute: fn(i64, i64) -> Option<i64> = match operator {
        Operator::Add => i64::checked_add,
        Operator::Subtract => i64::checked_sub,
        Operator::Multiply => i64::checked_mul,
        Operator::Divide => i64::checked_div,
    };
    Operand::computed(move |scope| {
        let (Some(a), Some(b)) = (a.int(scope)?, b.int(scope)?) else { return Ok(Cell::Null) };
        if operator == Operator::Divide && b == 0 {
            return Err(RowError::division());
        }
        compute(a, b).filter(|value| (low..=high).contains(value)).map(Cell::Int).ok_or_else(|| RowError::overflow(&result))
    })
}

fn decimal(call: Call, operator: Operator) -> Operand {
    let scales = [call.types.first().map_or(0, DataType::scale), call.types.get(1).map_or(0, DataType::scale)];
    let result = call.result;
    let (a, b) = two(call.args);
    Operand::computed(move |scope| {
        let (Some(a), Some(b)) = (a.int(scope)?, b.int(scope)?) else { return Ok(Cell::Null) };
        if operator == Operator::Divide && b == 0 {
            return Err(RowError::division());
        }
        let value = unscaled(operator, i128::from(a), i128::from(b), scales, result.scale());
        fitting(value.ok_or_else(|| RowError::overflow(&result))?, &result)
    })
}

/// The unscaled result, of scale `to`; `None` beyond 128 bits.
fn unscaled(operator: Operator, a: i128, b: i128, [s1, s2]: [u8; 2], to: u8) -> Option<i128> {
    match operator {
        Operator::Add => rescale_exact(a, s1, to).checked_add(rescale_exact(b, s2, to)),
        Operator::Subtract => rescale_exact(a, s1, to).checked_sub(rescale_exact(b, s2, to)),
        Operator::Multiply => {
            let product = a.checked_mul(b)?;
            Some(if s1 + s2 > to { rescale_exact(product, s1 + s2, to) } else { product })
        }
        // a·10^−s1 / (b·10^−s2), in units of 10^−to.
        Operator::Divide => {
            let shift = i32::from(to) + i32::from(s2) - i32::from(s1);
            let power = |digits: i32| 10i128.checked_pow(u32::try_from(digits).ok()?);
            if shift >= 0 {
                Some(divide_rounded(a.checked_mul(power(shift)?)?, b))
            } else {
                Some(divide_rounded(a, b.checked_mul(power(-shift)?)?))
            }
        }
    }
}

fn negate(call: Call) -> Operand {
    let result = call.result;
    super::strict::<1>(call.args, move |[cell]| match cell {
        Cell::Double(value) => Ok(Cell::Double(-value)),
        Cell::Int(value) if result.is_exact() => fitting(-i128::from(value), &result),
        Cell::Int(value) => Ok(Cell::Int(value.wrapping_neg())),
        _ => Ok(Cell::Null),
    })
}

/// Datetime ± interval, interval ± interval, interval + datetime.
fn time(call: Call, sign: i64) -> Operand {
    let months = call.types.iter().any(|of| matches!(of, DataType::Interval(qualifier) if qualifier.is_year_month()));
    let interval_first = matches!(call.types.first(), Some(DataType::Interval(_)));
    let result = call.result;
    let of_day = result == DataType::Time;
    let of_date = result == DataType::Date;
    let to_datetime = result.is_datetime();
    let (mut a, mut b) = two(call.args);
    if to_datetime && interval_first {
        std::mem::swap(&mut a, &mut b);
    }
    Operand::computed(move |scope| {
        let (Some(a), Some(b)) = (a.int(scope)?, b.int(scope)?) else { return Ok(Cell::Null) };
        if to_datetime && months {
            return Ok(Cell::Int(add_months(a, sign * b)));
        }
        let value = b.checked_mul(sign).and_then(|b| a.checked_add(b)).ok_or_else(|| RowError::overflow(&result))?;
        Ok(Cell::Int(match (of_day, of_date) {
            (true, _) => value.rem_euclid(DAY_MS),
            (_, true) => value - value.rem_euclid(DAY_MS),
            _ => value,
        }))
    })
}

/// Interval × or ÷ number; what is below a millisecond is cut.
fn scale(call: Call, divide: bool) -> Operand {
    let number_first = !matches!(call.types.first(), Some(DataType::Interval(_)));
    let unit = i128::from(POWERS_OF_TEN[usize::from(call.types.iter().map(DataType::scale).max().unwrap_or_default().min(18))]);
    let result = call.result;
    let (mut interval, mut by) = two(call.args);
    if number_first {
        std::mem::swap(&mut interval, &mut by);
    }
    Operand::computed(move |scope| {
        let (Some(interval), number) = (interval.int(scope)?, by.cell(scope)?) else { return Ok(Cell::Null) };
        let value = match number {
            Cell::Int(0) if divide => return Err(RowError::division()),
            Cell::Double(0.0) if divide => return Err(RowError::division()),
            Cell::Int(by) if divide => i128::from(interval) * unit / i128::from(by),
            Cell::Int(by) => i128::from(interval) * i128::from(by) / unit,
            Cell::Double(by) => whole_part(if divide { interval as f64 / by } else { interval as f64 * by }),
            _ => return Ok(Cell::Null),
        };
        i64::try_from(value).map(Cell::Int).map_err(|_| RowError::overflow(&result))
    })
}
