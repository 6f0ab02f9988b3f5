//! Comparisons, IS …, IS DISTINCT FROM (SQL reference, "Logical Operators").

use super::signature::{Signature, without_nulls};
use super::{Call, Entry, two};
use crate::sql::expressions::{Operand, RowError, Scope};
use crate::sql::types::{Cell, DataType, compare, rescale_exact};
use std::cmp::Ordering;

const SOURCE: &str = "sql-reference-logical-operators";

macro_rules! comparison {
    ($name:literal, $form:literal, $test:expr) => {
        Entry { name: $name, forms: &[$form], source: SOURCE, signature: ordered, build: |call| comparison(call, $test) }
    };
}

macro_rules! is {
    ($name:literal, $form:literal, $signature:expr, $test:expr) => {
        Entry { name: $name, forms: &[$form], source: SOURCE, signature: $signature, build: |call| is(call, $test) }
    };
}

pub(super) const ENTRIES: &[Entry] = &[
    comparison!("=", "<COMPARABLE_TYPE> = <COMPARABLE_TYPE>", Ordering::is_eq),
    comparison!("<>", "<COMPARABLE_TYPE> <> <COMPARABLE_TYPE>", Ordering::is_ne),
    comparison!("<", "<COMPARABLE_TYPE> < <COMPARABLE_TYPE>", Ordering::is_lt),
    comparison!("<=", "<COMPARABLE_TYPE> <= <COMPARABLE_TYPE>", Ordering::is_le),
    comparison!(">", "<COMPARABLE_TYPE> > <COMPARABLE_TYPE>", Ordering::is_gt),
    comparison!(">=", "<COMPARABLE_TYPE> >= <COMPARABLE_TYPE>", Ordering::is_ge),
    is!("IS NULL", "<ANY> IS NULL", any, Cell::is_null),
    is!("IS NOT NULL", "<ANY> IS NOT NULL", any, |cell| !cell.is_null()),
    is!("IS TRUE", "<BOOLEAN> IS TRUE", boolean, |cell| cell.as_bool() == Some(true)),
    is!("IS NOT TRUE", "<BOOLEAN> IS NOT TRUE", boolean, |cell| cell.as_bool() != Some(true)),
    is!("IS FALSE", "<BOOLEAN> IS FALSE", boolean, |cell| cell.as_bool() == Some(false)),
    is!("IS NOT FALSE", "<BOOLEAN> IS NOT FALSE", boolean, |cell| cell.as_bool() != Some(false)),
    is!("IS UNKNOWN", "<BOOLEAN> IS UNKNOWN", boolean, Cell::is_null),
    is!("IS NOT UNKNOWN", "<BOOLEAN> IS NOT UNKNOWN", boolean, |cell| !cell.is_null()),
    Entry {
        name: "IS DISTINCT FROM",
        forms: &["<COMPARABLE_TYPE> IS DISTINCT FROM <COMPARABLE_TYPE>"],
        source: SOURCE,
        signature: ordered,
        build: |call| distinct(call, true),
    },
    Entry {
        name: "IS NOT DISTINCT FROM",
        forms: &["<COMPARABLE_TYPE> IS NOT DISTINCT FROM <COMPARABLE_TYPE>"],
        source: SOURCE,
        signature: ordered,
        build: |call| distinct(call, false),
    },
    Entry {
        name: "NULLIF",
        forms: &["NULLIF(<COMPARABLE_TYPE>, <COMPARABLE_TYPE>)"],
        source: "sql-reference-nullif",
        signature: |types| {
            let signature = ordered(types)?;
            let result = signature.arguments.first()?.clone();
            Some(Signature { result, nullable: true, ..signature })
        },
        build: nullif,
    },
];

fn any(types: &[DataType]) -> Option<Signature> {
    (types.len() == 1).then(|| Signature::same(types, DataType::Boolean))
}

fn boolean(types: &[DataType]) -> Option<Signature> {
    matches!(types, [DataType::Boolean | DataType::Null]).then(|| Signature::new(vec![DataType::Boolean], DataType::Boolean))
}

/// Two values of one family. Exact numbers stay as they are (they compare across scales), others take the wider type.
fn ordered(types: &[DataType]) -> Option<Signature> {
    let types = without_nulls(types);
    let [a, b] = types.as_slice() else { return None };
    let arguments = match DataType::common(&[a, b])? {
        DataType::Row(_) => return None,
        DataType::Double => vec![DataType::Double, DataType::Double],
        _ => types.clone(),
    };
    Some(Signature::new(arguments, DataType::Boolean))
}

/// How two cells of the call's types compare; neither is NULL.
fn order(types: &[DataType]) -> impl Fn(&Cell, &Cell) -> Ordering + Send + Sync + Copy + 'static {
    let scale = |place: usize| types.get(place).map_or(0, DataType::scale);
    let (s1, s2) = (scale(0), scale(1));
    let common = s1.max(s2);
    move |a, b| match (a, b) {
        (Cell::Int(a), Cell::Int(b)) if s1 != s2 => {
            rescale_exact(i128::from(*a), s1, common).cmp(&rescale_exact(i128::from(*b), s2, common))
        }
        (a, b) => compare(a, b),
    }
}

#[inline]
fn with_both<R>(a: &Operand, b: &Operand, scope: &Scope<'_>, f: impl FnOnce(&Cell, &Cell) -> R) -> Result<R, RowError> {
    a.with(scope, |a| b.with(scope, |b| f(a, b)))?
}

fn comparison(call: Call, test: impl Fn(Ordering) -> bool + Send + Sync + 'static) -> Operand {
    let order = order(&call.types);
    let (a, b) = two(call.args);
    Operand::computed(move |scope| {
        with_both(&a, &b, scope, |a, b| if a.is_null() || b.is_null() { Cell::Null } else { Cell::Bool(test(order(a, b))) })
    })
}

fn is(call: Call, test: fn(&Cell) -> bool) -> Operand {
    let (of, _) = two(call.args);
    Operand::computed(move |scope| of.with(scope, |cell| Cell::Bool(test(cell))))
}

fn distinct(call: Call, is_distinct: bool) -> Operand {
    let order = order(&call.types);
    let (a, b) = two(call.args);
    Operand::computed(move |scope| {
        let same =
            with_both(
                &a,
                &b,
                scope,
                |a, b| if a.is_null() || b.is_null() { a.is_null() && b.is_null() } else { order(a, b).is_eq() },
            )?;
        Ok(Cell::Bool(same != is_distinct))
    })
}

fn nullif(call: Call) -> Operand {
    let order = order(&call.types);
    let (a, b) = two(call.args);
    Operand::computed(move |scope| {
        let value = a.cell(scope)?;
        let equal = b.with(scope, |b| !value.is_null() && !b.is_null() && order(&value, b).is_eq())?;
        Ok(if equal { Cell::Null } else { value })
    })
}
