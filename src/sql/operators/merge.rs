//! UNION ALL, and streams into which several pumps write.

use super::map::out_of_order;
use super::{END_OF_TIME, Operator, Reader, Step, Writer};
use crate::base::clock::Millis;
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::Block;

/// Merges its inputs in order of ROWTIME; among equal times the first input's rows come first.
///
/// Rows wait until no input that follows the clock can give an earlier one. Inputs whose ROWTIME comes from data do not hold the others up (they may be silent
/// for ever); a row of theirs that is behind what was emitted is late and fails.
#[derive(Debug)]
pub(super) struct Merge {
    inputs: Vec<Input>,
    width: usize,
    /// No earlier row may leave.
    high_water: Millis,
}

#[derive(Debug)]
struct Input {
    /// Whether its bounds follow the clock.
    timed: bool,
    rows: Block,
    taken: usize,
}

impl Merge {
    pub(super) fn new(width: usize, timed: &[bool]) -> Self {
        let input = |timed: &bool| Input { timed: *timed, rows: Block::new(width), taken: 0 };
        Self { inputs: timed.iter().map(input).collect(), width, high_water: Millis::MIN }
    }

    fn release(&mut self, limit: Millis, step: &mut Step<'_>) {
        loop {
            let heads = self.inputs.iter().enumerate().filter(|(_, input)| input.taken < input.rows.len());
            let Some((rowtime, place)) = heads.map(|(place, input)| (input.rows.rowtime(input.taken), place)).min() else {
                break;
            };
            if rowtime > limit {
                break;
            }
            let input = &mut self.inputs[place];
            let cells = input.rows.cells(input.taken);
            input.taken += 1;
            if rowtime < self.high_water {
                step.fail(rowtime, cells, &out_of_order(rowtime, self.high_water));
            } else {
                self.high_water = rowtime;
                step.out.push_row(rowtime, cells);
            }
        }
        for input in &mut self.inputs {
            input.forget_taken();
        }
    }
}

impl Input {
    fn forget_taken(&mut self) {
        if self.taken == self.rows.len() {
            self.rows.clear();
            self.taken = 0;
        } else if self.taken > self.rows.len() / 2 {
            let mut rest = Block::new(self.rows.width());
            self.rows.rows().skip(self.taken).for_each(|(rowtime, cells)| rest.push_row(rowtime, cells));
            self.rows = rest;
            self.taken = 0;
        }
    }
}

impl Operator for Merge {
    fn push(&mut self, port: usize, rows: &Block, _: &mut Step<'_>) {
        let waiting = &mut self.inputs[port].rows;
        rows.rows().for_each(|(rowtime, cells)| waiting.push_row(rowtime, cells));
    }

    fn take(&mut self, port: usize, rows: &mut Block, _: &mut Step<'_>) {
        self.inputs[port].rows.append(rows);
    }

    fn advance(&mut self, bounds: &[Millis], step: &mut Step<'_>) -> Millis {
        let all = || self.inputs.iter().zip(bounds);
        let timed = all().filter(|(input, _)| input.timed).map(|(_, bound)| *bound).min();
        let ended = all().all(|(_, bound)| *bound == END_OF_TIME);
        self.release(timed.unwrap_or(END_OF_TIME), step);
        if ended {
            return END_OF_TIME;
        }
        // Whatever an input from data still gives before the clock's bound is late now.
        if let Some(bound) = timed.filter(|bound| *bound != END_OF_TIME) {
            self.high_water = self.high_water.max(bound);
        }
        self.high_water
    }

    fn save(&self, out: &mut Writer) {
        out.i64(self.high_water);
        for input in &self.inputs {
            let mut rest = Block::new(self.width);
            input.rows.rows().skip(input.taken).for_each(|(rowtime, cells)| rest.push_row(rowtime, cells));
            out.block(&rest);
        }
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        self.high_water = from.millis()?;
        for input in &mut self.inputs {
            (input.rows, input.taken) = (from.block(self.width)?, 0);
        }
        Ok(())
    }
}
