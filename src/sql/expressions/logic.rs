//! Three-valued logic, CASE and COALESCE.

use super::Operand;
use crate::sql::types::Cell;

fn truth(value: Option<bool>) -> Cell {
    value.map_or(Cell::Null, Cell::Bool)
}

fn are_constant(parts: &[Operand]) -> bool {
    parts.iter().all(|part| part.constant().is_some())
}

/// FALSE as soon as one part is FALSE, then UNKNOWN when one is, else TRUE.
pub(super) fn and(parts: Vec<Operand>) -> Operand {
    junction(parts, false)
}

/// TRUE as soon as one part is TRUE, then UNKNOWN when one is, else FALSE.
pub(super) fn or(parts: Vec<Operand>) -> Operand {
    junction(parts, true)
}

fn junction(parts: Vec<Operand>, decides: bool) -> Operand {
    let constant = are_constant(&parts);
    Operand::computed(move |scope| {
        let mut result = Some(!decides);
        for part in &parts {
            match part.truth(scope)? {
                Some(value) if value == decides => return Ok(Cell::Bool(decides)),
                Some(_) => {}
                None => result = None,
            }
        }
        Ok(truth(result))
    })
    .folded(constant)
}

/// NOT.
pub(super) fn not(of: Operand) -> Operand {
    let constant = of.constant().is_some();
    Operand::computed(move |scope| Ok(truth(of.truth(scope)?.map(|value| !value)))).folded(constant)
}

/// The result of the first branch whose condition is TRUE.
pub(super) fn case(branches: Vec<(Operand, Operand)>, otherwise: Operand) -> Operand {
    Operand::computed(move |scope| {
        for (condition, result) in &branches {
            if condition.truth(scope)? == Some(true) {
                return result.cell(scope);
            }
        }
        otherwise.cell(scope)
    })
}

/// The first value that is not NULL.
pub(super) fn coalesce(parts: Vec<Operand>) -> Operand {
    let constant = are_constant(&parts);
    Operand::computed(move |scope| {
        for part in &parts {
            let cell = part.cell(scope)?;
            if !cell.is_null() {
                return Ok(cell);
            }
        }
        Ok(Cell::Null)
    })
    .folded(constant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_tables() {
        let operand = |value: Option<bool>| Operand::Constant(truth(value));
        let value = |operand: Operand| operand.constant().and_then(Cell::as_bool);
        let all = [Some(true), Some(false), None];
        for a in all {
            for b in all {
                let both = if a == Some(false) || b == Some(false) { Some(false) } else { a.and(b) };
                let either = if a == Some(true) || b == Some(true) { Some(true) } else { a.and(b) };
                assert_eq!(value(and(vec![operand(a), operand(b)])), both, "{a:?} AND {b:?}");
                assert_eq!(value(or(vec![operand(a), operand(b)])), either, "{a:?} OR {b:?}");
            }
            assert_eq!(value(not(operand(a))), a.map(|a| !a));
        }
    }
}
