//! When a monotonic key changes.

use super::{END_OF_TIME, Reader, Writer};
use crate::base::clock::Millis;
use crate::sql::expressions::{Compiler, Operand, RowError, Scope};
use crate::sql::plan::MonotonicKey;
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::Cell;

/// How far the search for a key's next value goes: about 560 years.
const HORIZON_MS: Millis = 1 << 44;

/// The monotonic keys of an operator and the bucket that is open. Keys of ROWTIME alone are constant until `next`, so they cost a row one comparison;
/// keys of data are compared row by row.
#[derive(Debug)]
pub(super) struct Boundary {
    of_rowtime: Vec<TimeKey>,
    of_data: Vec<DataKey>,
    open: bool,
    next: Millis,
    /// The latest instant known: of a row or a bound.
    latest: Millis,
}

#[derive(Debug)]
struct TimeKey {
    place: usize,
    expr: Operand,
    value: Cell,
    /// Where it changed last and how long that bucket was: the first guess for the next change.
    last: Millis,
    length: Millis,
}

#[derive(Debug)]
struct DataKey {
    place: usize,
    value: Cell,
}

impl Boundary {
    /// No bucket is open.
    pub(super) fn new(keys: &[MonotonicKey], compiler: Compiler) -> Self {
        let mut of_rowtime = Vec::new();
        let mut of_data = Vec::new();
        for key in keys {
            match &key.of_rowtime {
                Some(expr) => {
                    let expr = compiler.compile(expr);
                    of_rowtime.push(TimeKey { place: key.key, expr, value: Cell::Null, last: 0, length: 0 });
                }
                None => of_data.push(DataKey { place: key.key, value: Cell::Null }),
            }
        }
        Self { of_rowtime, of_data, open: false, next: END_OF_TIME, latest: Millis::MIN }
    }

    /// The places of the keys that are constant within a bucket because they depend on ROWTIME alone, with their value.
    pub(super) fn constants(&self) -> impl Iterator<Item = (usize, &Cell)> {
        self.of_rowtime.iter().map(|key| (key.place, &key.value))
    }

    /// Whether a key's value is given by [`Boundary::constants`].
    pub(super) fn is_constant(&self, place: usize) -> bool {
        self.of_rowtime.iter().any(|key| key.place == place)
    }

    /// When the open bucket ends at `time` or before: the instant at which it was complete. The bucket is closed then.
    #[inline]
    pub(super) fn close_at(&mut self, time: Millis) -> Option<Millis> {
        if time < self.next {
            self.latest = time.max(self.latest);
            return None;
        }
        self.close_before(time)
    }

    #[cold]
    fn close_before(&mut self, time: Millis) -> Option<Millis> {
        let known = if time == END_OF_TIME { self.latest } else { time };
        let at = if self.next == END_OF_TIME { known } else { self.next };
        self.latest = self.latest.max(known);
        self.next = END_OF_TIME;
        std::mem::take(&mut self.open).then_some(at)
    }

    /// When a key of data, whose values for a row are `values`, has changed: closes the bucket.
    #[inline]
    pub(super) fn close_by_data<'c>(&mut self, mut value: impl FnMut(usize) -> &'c Cell) -> bool {
        if !self.open || self.of_data.iter().all(|key| key.value.same(value(key.place))) {
            return false;
        }
        self.open = false;
        true
    }

    /// Opens a bucket with a row, when none is open.
    #[inline]
    pub(super) fn open_at<'c>(&mut self, time: Millis, value: impl FnMut(usize) -> &'c Cell) {
        if !self.open {
            self.open_new(time, value);
        }
    }

    #[cold]
    fn open_new<'c>(&mut self, time: Millis, mut value: impl FnMut(usize) -> &'c Cell) {
        self.open = true;
        self.next = END_OF_TIME;
        for key in &mut self.of_rowtime {
            self.next = self.next.min(key.enter(time));
        }
        for key in &mut self.of_data {
            key.value = value(key.place).clone();
        }
    }

    pub(super) fn save(&self, out: &mut Writer) {
        out.bool(self.open);
        out.i64(self.next);
        out.i64(self.latest);
        self.of_rowtime.iter().for_each(|key| out.cell(&key.value));
        self.of_data.iter().for_each(|key| out.cell(&key.value));
    }

    pub(super) fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        self.open = from.bool()?;
        self.next = from.millis()?;
        self.latest = from.millis()?;
        for key in &mut self.of_rowtime {
            key.value = from.cell()?;
        }
        for key in &mut self.of_data {
            key.value = from.cell()?;
        }
        Ok(())
    }
}

impl TimeKey {
    fn at(&self, time: Millis) -> Result<Cell, RowError> {
        self.expr.cell(&Scope { cells: &[], rowtime: time, now_ms: time })
    }

    /// Takes the value at `time` and returns when it changes.
    fn enter(&mut self, time: Millis) -> Millis {
        self.value = self.at(time).unwrap_or_default();
        let next = self.guess(time).unwrap_or_else(|| self.search(time));
        if next != END_OF_TIME {
            if self.length == 0 || (next - self.last) % self.length != 0 {
                self.length = self.search(next).saturating_sub(next);
            }
            self.last = next;
        }
        next
    }

    fn differs(&self, time: Millis) -> bool {
        // Where the key cannot be computed (an overflow), it differs.
        !self.at(time).is_ok_and(|value| value.same(&self.value))
    }

    /// Buckets are mostly of one length.
    fn guess(&self, time: Millis) -> Option<Millis> {
        if self.length <= 0 || self.length > HORIZON_MS {
            return None;
        }
        let next = time
            .checked_sub(self.last)?
            .div_euclid(self.length)
            .checked_add(1)?
            .checked_mul(self.length)?
            .checked_add(self.last)?;
        (!self.differs(next - 1) && self.differs(next)).then_some(next)
    }

    /// The first instant after `time` at which the value differs from the one at `time`: steps that double, then halves.
    fn search(&self, time: Millis) -> Millis {
        let Ok(value) = self.at(time) else { return time.saturating_add(1) };
        let differs = |at: Millis| !self.at(at).is_ok_and(|other| other.same(&value));
        let mut step = 1;
        while !differs(time.saturating_add(step)) {
            if step >= HORIZON_MS {
                return END_OF_TIME;
            }
            step *= 2;
        }
        let (mut same, mut different) = (time.saturating_add(step / 2), time.saturating_add(step));
        if step == 1 {
            return different;
        }
        while different - same > 1 {
            let middle = same + (different - same) / 2;
            if differs(middle) { different = middle } else { same = middle }
        }
        different
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::types::{DAY_MS, days_of};

    fn key(step: impl Fn(i64) -> i64 + Send + Sync + 'static) -> Boundary {
        let expr = Operand::computed(move |scope| Ok(Cell::Int(step(scope.rowtime))));
        let of_rowtime = vec![TimeKey { place: 0, expr, value: Cell::Null, last: 0, length: 0 }];
        Boundary { of_rowtime, of_data: Vec::new(), open: false, next: END_OF_TIME, latest: Millis::MIN }
    }

    fn ends(boundary: &mut Boundary, times: &[Millis]) -> Vec<Millis> {
        let mut ends = Vec::new();
        for time in times {
            ends.extend(boundary.close_at(*time));
            boundary.open_at(*time, |_| &Cell::Null);
        }
        ends.extend(boundary.close_at(END_OF_TIME));
        ends
    }

    #[test]
    fn buckets_end_where_the_key_changes() {
        assert_eq!(ends(&mut key(|t| t.div_euclid(10)), &[-5, 3, 9, 10, 47, 100]), [0, 10, 20, 50, 110]);
        // CEIL changes a millisecond after the whole.
        assert_eq!(ends(&mut key(|t| (t + 9).div_euclid(10)), &[3, 10, 11]), [11, 21]);
        assert_eq!(ends(&mut key(|t| t), &[3, 3, 4]), [4, 5]);
        assert_eq!(ends(&mut key(|_| 0), &[3, 7]), [7]);
    }

    #[test]
    fn months_have_different_lengths() {
        let month = |t: i64| {
            let date = crate::sql::types::civil(t.div_euclid(DAY_MS));
            date.year * 12 + date.month
        };
        let day = |month, day| days_of(2023, month, day) * DAY_MS;
        assert_eq!(
            ends(&mut key(month), &[day(1, 5), day(2, 5), day(3, 5), day(12, 31)]),
            [day(2, 1), day(3, 1), day(4, 1), day(13, 1)]
        );
    }
}
