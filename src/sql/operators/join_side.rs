//! One side of a join of streams: the rows that the other side can still meet.

use super::keys::Keys;
use super::{Reader, Writer};
use crate::base::clock::Millis;
use crate::sql::expressions::{Operand, Operands, Scope};
use crate::sql::plan::Frame;
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::{Block, Cell};
use std::collections::VecDeque;

/// Keys without rows kept before they are forgotten.
const EMPTY_KEYS_MAX: usize = 4_096;

/// A row that waits for partners.
#[derive(Debug)]
pub(super) struct Kept {
    pub time: Millis,
    pub cells: Vec<Cell>,
    pub matched: bool,
    /// Matches that wait for a FOLLOWING window to pass.
    pub results: Vec<Vec<Cell>>,
    group: Option<usize>,
}

/// The rows of a side, in order, and by key.
#[derive(Debug)]
pub(super) struct Side {
    pub width: usize,
    pub keys: Operands,
    /// Whether rows that met none are emitted with NULLs.
    pub preserved: bool,
    /// How old a row may be to be met.
    pub visible_ms: Millis,
    /// How long a row stays.
    pub kept_ms: Millis,
    rows_max: Option<u64>,
    rows: VecDeque<Kept>,
    /// The number of the oldest row.
    first: u64,
    index: Keys,
    /// The numbers of the rows of each key.
    lists: Vec<VecDeque<u64>>,
    /// Rows not processed yet, because the other input may still give earlier ones.
    waiting: Block,
    taken: usize,
}

impl Side {
    pub(super) fn new(width: usize, frame: Option<Frame>, keys: Vec<Operand>, preserved: bool) -> Self {
        let (kept_ms, rows_max) = match frame {
            None => (0, None),
            Some(Frame::RangePreceding(range) | Frame::RangeFollowing(range)) => (range, None),
            Some(Frame::RowsPreceding(rows)) => (Millis::MAX, Some(rows.saturating_add(1))),
            Some(Frame::Unbounded) => (Millis::MAX, None),
        };
        Self {
            width,
            index: Keys::new(keys.len()),
            keys: Operands::new(keys),
            preserved,
            visible_ms: kept_ms,
            kept_ms,
            rows_max,
            rows: VecDeque::new(),
            first: 0,
            lists: Vec::new(),
            waiting: Block::new(width),
            taken: 0,
        }
    }

    /// Takes rows that are to be processed later.
    pub(super) fn wait(&mut self, rows: &Block) {
        rows.rows().for_each(|(rowtime, cells)| self.waiting.push_row(rowtime, cells));
    }

    pub(super) fn waiting_head(&self) -> Option<Millis> {
        (self.taken < self.waiting.len()).then(|| self.waiting.rowtime(self.taken))
    }

    pub(super) fn take_waiting(&mut self) -> Option<(Millis, Vec<Cell>)> {
        let rowtime = self.waiting_head()?;
        let cells = self.waiting.cells(self.taken).to_vec();
        self.taken += 1;
        if self.taken == self.waiting.len() {
            self.waiting.clear();
            self.taken = 0;
        }
        Some((rowtime, cells))
    }

    /// When the oldest row's time is over.
    pub(super) fn oldest_end(&self) -> Option<Millis> {
        self.rows.front().map(|kept| kept.time.saturating_add(self.kept_ms))
    }

    pub(super) fn drop_oldest(&mut self) -> Option<Kept> {
        let kept = self.rows.pop_front()?;
        if let Some(group) = kept.group {
            self.lists[group].pop_front();
        }
        self.first += 1;
        if self.index.len() > 2 * self.rows.len() + EMPTY_KEYS_MAX {
            self.forget_empty_keys();
        }
        Some(kept)
    }

    fn forget_empty_keys(&mut self) {
        let mut numbers = vec![0; self.lists.len()];
        let mut next = 0;
        for (number, list) in numbers.iter_mut().zip(&self.lists) {
            *number = next;
            next += usize::from(!list.is_empty());
        }
        let lists = &self.lists;
        self.index.retain(|group| !lists[group].is_empty());
        self.lists.retain(|list| !list.is_empty());
        self.rows.iter_mut().for_each(|kept| kept.group = kept.group.map(|group| numbers[group]));
    }

    /// The numbers of the rows with this key that a row at `now` sees.
    pub(super) fn partners<'k>(&self, key: impl Iterator<Item = &'k Cell> + Clone, now: Millis) -> Vec<u64> {
        let group = if key.clone().any(Cell::is_null) { None } else { self.index.find(key) };
        let oldest = now.saturating_sub(self.visible_ms);
        let visible = |number: &u64| self.row(*number).is_some_and(|kept| kept.time >= oldest);
        group.map_or(Vec::new(), |group| self.lists[group].iter().copied().filter(visible).collect())
    }

    fn place(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }

    pub(super) fn row(&self, number: u64) -> Option<&Kept> {
        self.rows.get(self.place(number)?)
    }

    pub(super) fn row_mut(&mut self, number: u64) -> Option<&mut Kept> {
        let place = self.place(number)?;
        self.rows.get_mut(place)
    }

    /// Keeps a row, for which the keys were evaluated; returns the one that must make room.
    pub(super) fn keep(&mut self, time: Millis, cells: &[Cell], matched: bool) -> Option<Kept> {
        let group = self.group(cells);
        if let Some(group) = group {
            self.lists[group].push_back(self.first + self.rows.len() as u64);
        }
        self.rows.push_back(Kept { time, cells: cells.to_vec(), matched, results: Vec::new(), group });
        if self.rows_max.is_some_and(|max| self.rows.len() as u64 > max) { self.drop_oldest() } else { None }
    }

    /// The number of the row's key; a key with NULL matches nothing.
    fn group(&mut self, cells: &[Cell]) -> Option<usize> {
        if self.keys.iter(cells).any(Cell::is_null) {
            return None;
        }
        let (group, is_new) = self.index.number(self.keys.iter(cells));
        if is_new {
            self.lists.push(VecDeque::new());
        }
        Some(group)
    }

    pub(super) fn save(&self, out: &mut Writer) {
        let mut rest = Block::new(self.width);
        self.waiting.rows().skip(self.taken).for_each(|(rowtime, cells)| rest.push_row(rowtime, cells));
        out.block(&rest);
        out.len(self.rows.len());
        for kept in &self.rows {
            out.i64(kept.time);
            out.cells(&kept.cells);
            out.bool(kept.matched);
            out.len(kept.results.len());
            kept.results.iter().for_each(|result| out.cells(result));
        }
    }

    pub(super) fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        (self.waiting, self.taken) = (from.block(self.width)?, 0);
        for _ in 0..from.len()? {
            let (time, cells, matched) = (from.millis()?, from.cells()?, from.bool()?);
            let results = (0..from.len()?).map(|_| from.cells()).collect::<Result<_, _>>()?;
            if cells.len() != self.width {
                return Err(SnapshotMismatch::Damaged);
            }
            let computed = self.keys.evaluate(&Scope { cells: &cells, rowtime: time, now_ms: time });
            if computed.is_err() {
                return Err(SnapshotMismatch::Damaged);
            }
            self.keep(time, &cells, matched);
            if let Some(kept) = self.rows.back_mut() {
                kept.results = results;
            }
        }
        Ok(())
    }
}
