//! Joins of two streams over windows.

use super::join_side::{Kept, Side};
use super::{END_OF_TIME, Operator, Reader, Step, Writer};
use crate::base::clock::Millis;
use crate::sql::expressions::{Compiler, Operand, RowError, Scope};
use crate::sql::plan::{Expr, Frame, JoinKind, JoinSide};
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::{Block, Cell};

/// Takes the rows of both inputs in order of ROWTIME; each meets the rows of the other side that are in that side's window (a side without window shows only
/// rows of the same instant). A match has the later ROWTIME of the two. A row of a preserved side that met none is emitted with NULLs when its window has passed.
///
/// With a FOLLOWING window the matches of a row are emitted when that window has passed, with the ROWTIME of the row without window.
#[derive(Debug)]
pub(super) struct StreamJoin {
    sides: [Side; 2],
    condition: Option<Operand>,
    /// Length of the FOLLOWING window, which the matches wait for.
    following: Option<Millis>,
    joined: Vec<Cell>,
}

impl StreamJoin {
    pub(super) fn new(
        (left, right): (&JoinSide, &JoinSide),
        kind: JoinKind,
        equal: &[(Expr, Expr)],
        condition: Option<&Expr>,
        compiler: Compiler,
    ) -> Self {
        let (left_keys, right_keys): (Vec<_>, Vec<_>) = equal.iter().map(|(a, b)| compiler.compile_equal(a, b)).unzip();
        let following = [left, right].into_iter().enumerate().find_map(|(place, side)| match side.frame {
            Some(Frame::RangeFollowing(range)) => Some((range, 1 - place)),
            _ => None,
        });
        let mut sides = [
            Side::new(left.width, left.frame, left_keys, matches!(kind, JoinKind::Left | JoinKind::Full)),
            Side::new(right.width, right.frame, right_keys, matches!(kind, JoinKind::Right | JoinKind::Full)),
        ];
        if let Some((range, waiting)) = following {
            // Rows of the side without window stay until the window after them has passed; a row of the other side meets them when it comes.
            sides[waiting].visible_ms = range;
            sides[1 - waiting].visible_ms = 0;
            sides.iter_mut().for_each(|side| side.kept_ms = range);
        }
        let following = following.map(|(range, _)| range);
        Self { sides, condition: condition.map(|condition| compiler.compile(condition)), following, joined: Vec::new() }
    }

    /// Processes what can no longer be preceded by anything.
    fn run(&mut self, limit: Millis, step: &mut Step<'_>) {
        loop {
            let head = |side: &Side| side.waiting_head().filter(|rowtime| *rowtime <= limit);
            let place = match (head(&self.sides[0]), head(&self.sides[1])) {
                (None, None) => break,
                (Some(_), None) => 0,
                (None, Some(_)) => 1,
                (Some(left), Some(right)) => usize::from(right < left),
            };
            let Some((rowtime, cells)) = self.sides[place].take_waiting() else { break };
            self.expire(rowtime, step);
            if let Err(error) = self.enter(place, rowtime, &cells, step) {
                step.fail(rowtime, &cells, &error);
            }
        }
        self.expire(limit, step);
    }

    /// Lets go the rows whose time was over before `now`, in order.
    fn expire(&mut self, now: Millis, step: &mut Step<'_>) {
        loop {
            let end = |side: &Side| side.oldest_end().filter(|end| *end < now || now == END_OF_TIME);
            let place = match (end(&self.sides[0]), end(&self.sides[1])) {
                (None, None) => return,
                (Some(_), None) => 0,
                (None, Some(_)) => 1,
                (Some(left), Some(right)) => usize::from(right < left),
            };
            let end = self.sides[place].oldest_end().unwrap_or(now);
            let Some(kept) = self.sides[place].drop_oldest() else { return };
            self.let_go(place, kept, end, step);
        }
    }

    /// Emits what a row that leaves still owes.
    fn let_go(&mut self, place: usize, kept: Kept, end: Millis, step: &mut Step<'_>) {
        let rowtime = if self.following.is_some() { kept.time } else { end };
        for result in &kept.results {
            step.out.push_row(rowtime, result);
        }
        if self.sides[place].preserved && !kept.matched {
            let nulls = std::iter::repeat_n(Cell::Null, self.sides[1 - place].width);
            let cells = kept.cells.iter().cloned();
            if place == 0 { step.out.push(rowtime, cells.chain(nulls)) } else { step.out.push(rowtime, nulls.chain(cells)) }
        }
    }

    /// A row meets the other side and joins its own.
    fn enter(&mut self, place: usize, rowtime: Millis, cells: &[Cell], step: &mut Step<'_>) -> Result<(), RowError> {
        let scope = step.scope(rowtime, cells);
        self.sides[place].keys.evaluate(&scope)?;
        let partners = {
            let (own, other) = (&self.sides[place], &self.sides[1 - place]);
            other.partners(own.keys.iter(cells), rowtime)
        };
        let mut matched = false;
        let before = step.out.len();
        for partner in partners {
            self.join(place, cells, partner);
            let holds = match &self.condition {
                Some(condition) => condition.truth(&Scope { cells: &self.joined, ..scope }),
                None => Ok(Some(true)),
            };
            match holds {
                Ok(Some(true)) => {
                    matched = true;
                    self.emit(place, partner, rowtime, step);
                }
                Ok(_) => {}
                Err(error) => {
                    step.out.truncate(before);
                    return Err(error);
                }
            }
        }
        let evicted = self.sides[place].keep(rowtime, cells, matched);
        if let Some(kept) = evicted {
            self.let_go(place, kept, rowtime, step);
        }
        Ok(())
    }

    /// Puts the two rows side by side, left first.
    fn join(&mut self, place: usize, cells: &[Cell], partner: u64) {
        self.joined.clear();
        let other = self.sides[1 - place].row(partner).map_or(&[][..], |kept| &kept.cells);
        let (left, right) = if place == 0 { (cells, other) } else { (other, cells) };
        self.joined.extend_from_slice(left);
        self.joined.extend_from_slice(right);
    }

    fn emit(&mut self, place: usize, partner: u64, rowtime: Millis, step: &mut Step<'_>) {
        let Some(kept) = self.sides[1 - place].row_mut(partner) else { return };
        kept.matched = true;
        if self.following.is_some() {
            // The partner is the row without window, or one of the same instant.
            kept.results.push(self.joined.clone());
        } else {
            step.out.push_row(rowtime, &self.joined);
        }
    }
}

impl Operator for StreamJoin {
    fn push(&mut self, port: usize, rows: &Block, _: &mut Step<'_>) {
        self.sides[port].wait(rows);
    }

    fn advance(&mut self, bounds: &[Millis], step: &mut Step<'_>) -> Millis {
        let bound = bounds[0].min(bounds[1]);
        self.run(bound, step);
        match self.following {
            Some(range) if bound != END_OF_TIME => bound.saturating_sub(range),
            _ => bound,
        }
    }

    fn save(&self, out: &mut Writer) {
        self.sides.iter().for_each(|side| side.save(out));
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        self.sides.iter_mut().try_for_each(|side| side.restore(from))
    }
}
