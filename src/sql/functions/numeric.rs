//! Numeric functions (SQL reference, "Numeric Scalar Functions").

use super::signature::{Param, Signature, without_nulls};
use super::{Call, Entry, strict};
use crate::sql::expressions::{ErrorKind, Operand, RowError, fitting};
use crate::sql::types::{Cell, DataType, POWERS_OF_TEN};

macro_rules! real_function {
    ($name:literal, $form:literal, $source:literal, $f:expr) => {
        Entry { name: $name, forms: &[$form], source: $source, signature: double, build: |call| real(call, $f) }
    };
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "ABS",
        forms: &["ABS(<NUMERIC>)", "ABS(<DATETIME_INTERVAL>)"],
        source: "sql-reference-abs",
        signature: |types| {
            let types = without_nulls(types);
            let [of] = types.as_slice() else { return None };
            (of.is_numeric() || matches!(of, DataType::Interval(_))).then(|| Signature::same(&types, of.clone()))
        },
        build: abs,
    },
    Entry {
        name: "CEIL",
        forms: &["CEIL(<NUMERIC>)"],
        source: "sql-reference-ceiling",
        signature: whole,
        build: |call| round(call, true),
    },
    Entry {
        name: "CEILING",
        forms: &["CEILING(<NUMERIC>)"],
        source: "sql-reference-ceiling",
        signature: whole,
        build: |call| round(call, true),
    },
    Entry {
        name: "FLOOR",
        forms: &["FLOOR(<NUMERIC>)"],
        source: "sql-reference-floor",
        signature: whole,
        build: |call| round(call, false),
    },
    real_function!("EXP", "EXP(<NUMERIC>)", "sql-reference-exp", |x| finite("EXP", x.exp())),
    real_function!("LN", "LN(<NUMERIC>)", "sql-reference-ln", |x| positive("LN", x).map(f64::ln)),
    real_function!("LOG10", "LOG10(<NUMERIC>)", "sql-reference-log10", |x| positive("LOG10", x).map(f64::log10)),
    real_function!("SQRT", "SQRT(<NUMERIC>)", "sql-reference-reserved-words-keywords", |x| {
        if x < 0.0 { Err(domain("SQRT")) } else { Ok(x.sqrt()) }
    }),
    Entry {
        name: "POWER",
        forms: &["POWER(<NUMERIC>, <NUMERIC>)"],
        source: "sql-reference-power",
        signature: |types| Signature::of(types, &[Param::Is(DataType::Double), Param::Is(DataType::Double)], 0, DataType::Double),
        build: power,
    },
    Entry {
        name: "MOD",
        forms: &["MOD(<EXACT_NUMERIC>, <EXACT_NUMERIC>)"],
        source: "sql-reference-mod",
        signature: modulo_signature,
        build: modulo,
    },
    Entry {
        name: "MONOTONIC",
        forms: &["MONOTONIC(<ANY>)"],
        source: "sql-reference-monotonic-function",
        signature: |types| if let [of] = types { Some(Signature::same(types, of.clone())) } else { None },
        build: |call| call.args.into_iter().next().unwrap_or(Operand::Constant(Cell::Null)),
    },
];

fn double(types: &[DataType]) -> Option<Signature> {
    Signature::of(types, &[Param::Is(DataType::Double)], 0, DataType::Double)
}

fn domain(name: &str) -> RowError {
    RowError::new(ErrorKind::Argument, format!("Invalid argument for {name}"))
}

fn positive(name: &str, x: f64) -> Result<f64, RowError> {
    if x > 0.0 { Ok(x) } else { Err(domain(name)) }
}

fn finite(name: &str, x: f64) -> Result<f64, RowError> {
    if x.is_infinite() { Err(RowError::new(ErrorKind::Overflow, format!("Result of {name} out of range"))) } else { Ok(x) }
}

fn real(call: Call, f: fn(f64) -> Result<f64, RowError>) -> Operand {
    strict::<1>(call.args, move |[x]| Ok(Cell::Double(f(x.as_double().unwrap_or_default())?)))
}

fn abs(call: Call) -> Operand {
    let result = call.result;
    strict::<1>(call.args, move |[x]| match x {
        Cell::Double(x) => Ok(Cell::Double(x.abs())),
        Cell::Int(x) if result.is_exact() => fitting(i128::from(x).abs(), &result),
        Cell::Int(x) => Ok(Cell::Int(x.saturating_abs())),
        _ => Ok(Cell::Null),
    })
}

/// CEIL and FLOOR: the argument's type, a DECIMAL without its scale.
fn whole(types: &[DataType]) -> Option<Signature> {
    let types = without_nulls(types);
    let [of] = types.as_slice() else { return None };
    let result = match of {
        DataType::Decimal { precision, scale } if *scale > 0 => {
            DataType::Decimal { precision: (precision - scale + 1).min(18), scale: 0 }
        }
        of if of.is_numeric() => of.clone(),
        _ => return None,
    };
    Some(Signature::same(&types, result))
}

fn round(call: Call, up: bool) -> Operand {
    let unit = POWERS_OF_TEN[usize::from(call.types.first().map_or(0, DataType::scale).min(18))];
    strict::<1>(call.args, move |[x]| {
        Ok(match x {
            Cell::Double(x) => Cell::Double(if up { x.ceil() } else { x.floor() }),
            Cell::Int(x) => Cell::Int(x.div_euclid(unit) + i64::from(up && x.rem_euclid(unit) != 0)),
            other => other,
        })
    })
}

fn power(call: Call) -> Operand {
    strict::<2>(call.args, |[base, exponent]| {
        let (base, exponent) = (base.as_double().unwrap_or_default(), exponent.as_double().unwrap_or_default());
        if (base == 0.0 && exponent < 0.0) || (base < 0.0 && exponent.fract() != 0.0) {
            return Err(domain("POWER"));
        }
        Ok(Cell::Double(finite("POWER", base.powf(exponent))?))
    })
}

/// Whole numbers, and decimals without scale; the wider type.
fn modulo_signature(types: &[DataType]) -> Option<Signature> {
    let types = without_nulls(types);
    let [a, b] = types.as_slice() else { return None };
    if !a.is_exact() || !b.is_exact() || a.scale() > 0 || b.scale() > 0 {
        return None;
    }
    let result = DataType::common(&[a, b])?;
    Some(Signature::new(vec![result.clone(), result.clone()], result))
}

fn modulo(call: Call) -> Operand {
    strict::<2>(call.args, |[a, b]| match (a, b) {
        (_, Cell::Int(0)) => Err(RowError::division()),
        (Cell::Int(a), Cell::Int(b)) => Ok(Cell::Int(a.wrapping_rem(b))),
        _ => Ok(Cell::Null),
    })
}
