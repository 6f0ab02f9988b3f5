//! `ORDER BY t WITHIN INTERVAL …`: reordering by an event time.

use super::map::out_of_order;
use super::{END_OF_TIME, Operator, Reader, Step, Writer};
use crate::base::clock::Millis;
use crate::sql::expressions::{Compiler, Operand};
use crate::sql::plan::Expr;
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::{Block, Cell};

/// Holds rows back for the slack and emits them in order of the key, which becomes ROWTIME. Rows of equal time keep their order of arrival.
///
/// The watermark is the latest key seen less the slack; a row behind it is late and fails, a row without key is dropped.
/// Rows wait in sorted runs: the rows of a block make one, runs of like length are merged (as in a merge sort that never ends), so that a row moves
/// O(log n) times, over memory in sequence.
#[derive(Debug)]
pub(super) struct TimeSort {
    key: Operand,
    within_ms: Millis,
    latest: Millis,
    width: usize,
    /// Each sorted by time, the earliest last; later runs arrived later.
    runs: Vec<Vec<Waiting>>,
    slots: Slots,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    time: Millis,
    slot: u32,
}

/// The cells of the rows that wait.
#[derive(Debug, Default)]
struct Slots {
    cells: Vec<Cell>,
    free: Vec<u32>,
}

impl Slots {
    #[inline]
    fn put(&mut self, width: usize, cells: impl Iterator<Item = Cell>) -> u32 {
        if let Some(slot) = self.free.pop() {
            self.cells[slot as usize * width..][..width].iter_mut().zip(cells).for_each(|(to, from)| *to = from);
            return slot;
        }
        let slot = self.cells.len() / width.max(1);
        self.cells.extend(cells);
        // More than 2³² rows do not fit in memory.
        u32::try_from(slot).unwrap_or(u32::MAX)
    }

    fn row(&mut self, width: usize, slot: u32) -> &mut [Cell] {
        &mut self.cells[slot as usize * width..][..width]
    }
}

impl TimeSort {
    pub(super) fn new(key: &Expr, within_ms: Millis, width: usize, compiler: Compiler) -> Self {
        Self { key: compiler.compile(key), within_ms, latest: Millis::MIN, width, runs: Vec::new(), slots: Slots::default() }
    }

    fn watermark(&self) -> Millis {
        self.latest.saturating_sub(self.within_ms)
    }

    /// The time of a row that is to wait; `None` drops it.
    #[inline]
    fn time(&mut self, rowtime: Millis, cells: &[Cell], step: &mut Step<'_>) -> Option<Millis> {
        match self.key.int(&step.scope(rowtime, cells)) {
            Ok(Some(time)) if time < self.watermark() => step.fail(rowtime, cells, &out_of_order(time, self.watermark())),
            Ok(Some(time)) => {
                self.latest = self.latest.max(time);
                return Some(time);
            }
            Ok(None) => {}
            Err(error) => step.fail(rowtime, cells, &error),
        }
        None
    }

    fn accept(&mut self, run: Vec<Waiting>, step: &mut Step<'_>) {
        if !run.is_empty() {
            self.add(run);
            self.release(self.watermark(), step.out);
        }
    }

    /// Adds a run, newest times first, and merges runs until each is more than twice as long as the next.
    fn add(&mut self, mut run: Vec<Waiting>) {
        // Equal times must leave in order of arrival, and the end of a run leaves first.
        run.reverse();
        run.sort_by_key(|waiting| std::cmp::Reverse(waiting.time));
        self.runs.retain(|run| !run.is_empty());
        while let Some(last) = self.runs.pop_if(|last| last.len() / 2 <= run.len()) {
            run = merge(&last, &run);
        }
        self.runs.push(run);
    }

    /// Emits the rows up to `bound`.
    fn release(&mut self, bound: Millis, out: &mut Block) {
        loop {
            let next = |run: &Vec<Waiting>| run.last().map_or(END_OF_TIME, |waiting| waiting.time);
            // Of equal times the earliest run's come first.
            let Some((first, _)) = self.runs.iter().enumerate().min_by_key(|(place, run)| (next(run), *place)) else { return };
            let until =
                self.runs.iter().enumerate().filter(|(place, _)| *place != first).map(|(place, run)| (next(run), place)).min();
            let run = &mut self.runs[first];
            let before = run.len();
            while let Some(waiting) =
                run.pop_if(|waiting| waiting.time <= bound && until.is_none_or(|until| (waiting.time, first) < until))
            {
                out.push(waiting.time, self.slots.row(self.width, waiting.slot).iter_mut().map(std::mem::take));
                self.slots.free.push(waiting.slot);
            }
            if run.len() == before {
                return;
            }
        }
    }
}

/// Merges two runs, of which `older` arrived first: its rows lie nearer to the end among equal times.
fn merge(older: &[Waiting], newer: &[Waiting]) -> Vec<Waiting> {
    let mut merged = Vec::with_capacity(older.len() + newer.len());
    let (mut o, mut n) = (0, 0);
    while let (Some(old), Some(new)) = (older.get(o), newer.get(n)) {
        let take_new = new.time >= old.time;
        merged.push(if take_new { *new } else { *old });
        n += usize::from(take_new);
        o += usize::from(!take_new);
    }
    merged.extend_from_slice(&older[o..]);
    merged.extend_from_slice(&newer[n..]);
    merged
}

impl Operator for TimeSort {
    fn push(&mut self, _: usize, rows: &Block, step: &mut Step<'_>) {
        let mut run = Vec::with_capacity(rows.len());
        for (rowtime, cells) in rows.rows() {
            if let Some(time) = self.time(rowtime, cells, step) {
                run.push(Waiting { time, slot: self.slots.put(self.width, cells.iter().cloned()) });
            }
        }
        self.accept(run, step);
    }

    fn take(&mut self, _: usize, rows: &mut Block, step: &mut Step<'_>) {
        let mut run = Vec::with_capacity(rows.len());
        for row in 0..rows.len() {
            if let Some(time) = self.time(rows.rowtime(row), rows.cells(row), step) {
                let cells = rows.cells_mut(row).iter_mut().map(std::mem::take);
                run.push(Waiting { time, slot: self.slots.put(self.width, cells) });
            }
        }
        self.accept(run, step);
    }

    fn advance(&mut self, bounds: &[Millis], step: &mut Step<'_>) -> Millis {
        // The clock says nothing about event times; only the end of all rows lets the last ones go.
        if bounds[0] != END_OF_TIME {
            return self.watermark();
        }
        self.release(END_OF_TIME, step.out);
        END_OF_TIME
    }

    fn save(&self, out: &mut Writer) {
        out.i64(self.latest);
        let mut waiting: Vec<(Millis, usize, &Waiting)> = Vec::new();
        for (place, run) in self.runs.iter().enumerate() {
            waiting.extend(run.iter().rev().map(|row| (row.time, place, row)));
        }
        waiting.sort_by_key(|(time, place, _)| (*time, *place));
        out.len(waiting.len());
        for (time, _, row) in waiting {
            out.i64(time);
            self.slots.cells[row.slot as usize * self.width..][..self.width].iter().for_each(|cell| out.cell(cell));
        }
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        self.latest = from.millis()?;
        self.runs.clear();
        self.slots = Slots::default();
        let mut run = Vec::new();
        for _ in 0..from.len()? {
            let time = from.millis()?;
            let cells: Vec<_> = (0..self.width).map(|_| from.cell()).collect::<Result<_, _>>()?;
            run.push(Waiting { time, slot: self.slots.put(self.width, cells.into_iter()) });
        }
        if !run.is_empty() {
            self.add(run);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::operators::Origin;
    use proptest::prelude::*;

    fn sorted(times: &[Millis], block: usize, within_ms: Millis) -> (Vec<(Millis, i64)>, usize) {
        let mut sort = TimeSort {
            key: Operand::Column(0),
            within_ms,
            latest: Millis::MIN,
            width: 2,
            runs: Vec::new(),
            slots: Slots::default(),
        };
        let (mut out, mut errors, origin) = (Block::new(2), Vec::new(), Origin::default());
        let mut step = Step { out: &mut out, now_ms: 0, errors: &mut errors, origin: &origin };
        let rows: Vec<_> = times.iter().zip(0i64..).collect();
        for chunk in rows.chunks(block) {
            let mut input = Block::new(2);
            chunk.iter().for_each(|(time, number)| input.push(0, [Cell::Int(**time), Cell::Int(*number)]));
            sort.push(0, &input, &mut step);
        }
        sort.advance(&[END_OF_TIME], &mut step);
        (out.rows().map(|(time, cells)| (time, cells[1].as_int().unwrap())).collect(), errors.len())
    }

    proptest! {
        #[test]
        fn sorts_stably_and_drops_what_is_late(times in proptest::collection::vec(0i64..60, 1..200), block in 1usize..20, within_ms in 0i64..30) {
            let mut latest = Millis::MIN;
            let mut expected = Vec::new();
            for (time, number) in times.iter().zip(0i64..) {
                if *time >= latest.saturating_sub(within_ms) {
                    expected.push((*time, number));
                    latest = latest.max(*time);
                }
            }
            let late = times.len() - expected.len();
            expected.sort();
            prop_assert_eq!(sorted(&times, block, within_ms), (expected, late));
        }
    }
}
