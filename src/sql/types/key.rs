//! Cells as keys: hashing, sameness (NULL is NULL) and order.

use super::Cell;
use std::cmp::Ordering;
use std::hash::Hasher;

/// Feeds a cell into a hash; cells that are the [`same`](Cell::same) feed the same.
#[inline]
pub fn hash_cell(cell: &Cell, state: &mut impl Hasher) {
    match cell {
        Cell::Null => state.write_u64(0x9e37_79b9),
        Cell::Bool(value) => state.write_u64(u64::from(*value)),
        Cell::Int(value) => state.write_u64(value.cast_unsigned()),
        // 0.0 and −0.0 are equal, so they hash alike.
        Cell::Double(value) => state.write_u64((value + 0.0).to_bits()),
        Cell::Short(text) => {
            let (first, last) = text.words();
            state.write_u64(first);
            state.write_u64(last);
        }
        Cell::Long(text) => state.write(text.as_bytes()),
        Cell::Bytes(bytes) => state.write(bytes),
        Cell::Row(cells) => cells.iter().for_each(|cell| hash_cell(cell, state)),
    }
}

/// The hash of several cells.
#[inline]
pub fn hash_cells<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> u64 {
    let mut state = rustc_hash::FxHasher::default();
    for cell in cells {
        hash_cell(cell, &mut state);
    }
    state.finish()
}

impl Cell {
    /// IS NOT DISTINCT FROM: as `=`, but NULL is the same as NULL and NaN as NaN.
    #[inline]
    pub fn same(&self, other: &Cell) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Short(a), Self::Short(b)) => a == b,
            (Self::Double(a), Self::Double(b)) => a == b || (a.is_nan() && b.is_nan()),
            (Self::Row(a), Self::Row(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.same(b)),
            (a, b) => a == b,
        }
    }
}

/// The order of two cells of one type, NULL above everything (the reference is silent; this is the order of its relatives).
/// Text compares by code point, without the blanks at its end.
#[inline]
pub fn compare(a: &Cell, b: &Cell) -> Ordering {
    match (a, b) {
        (Cell::Int(a), Cell::Int(b)) => a.cmp(b),
        (Cell::Double(a), Cell::Double(b)) => a.partial_cmp(b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())),
        (Cell::Bool(a), Cell::Bool(b)) => a.cmp(b),
        (Cell::Bytes(a), Cell::Bytes(b)) => a.cmp(b),
        (Cell::Null, b) => {
            if b.is_null() {
                Ordering::Equal
            } else {
                Ordering::Greater
            }
        }
        (_, Cell::Null) => Ordering::Less,
        (a, b) => compare_text(a.text_bytes().unwrap_or_default(), b.text_bytes().unwrap_or_default()),
    }
}

/// SQL's comparison of text: the shorter one counts as padded with blanks. UTF-8 bytes are in the order of code points.
fn compare_text(a: &[u8], b: &[u8]) -> Ordering {
    if a == b { Ordering::Equal } else { without_blanks(a).cmp(without_blanks(b)) }
}

fn without_blanks(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_hash_the_same() {
        for (a, b) in
            [(Cell::Double(0.0), Cell::Double(-0.0)), (Cell::Null, Cell::Null), (Cell::Double(f64::NAN), Cell::Double(f64::NAN))]
        {
            assert!(a.same(&b));
        }
        assert_eq!(hash_cells(&[Cell::Double(0.0)]), hash_cells(&[Cell::Double(-0.0)]));
        assert!(!Cell::Null.same(&Cell::Int(0)));
        assert_ne!(hash_cells(&[Cell::text("FAIL")]), hash_cells(&[Cell::text("OK")]));
    }

    #[test]
    fn trailing_blanks_do_not_count_in_comparisons() {
        assert_eq!(compare(&Cell::text("fred"), &Cell::text("fred            ")), Ordering::Equal);
        assert_eq!(compare(&Cell::text("a"), &Cell::text("b")), Ordering::Less);
        assert_eq!(compare(&Cell::Null, &Cell::Int(1)), Ordering::Greater);
    }
}
