//! WINDOWED BY STAGGER: a window for each key, opened by its first row.

use super::accumulator::{self, Call, State};
use super::keys::Keys;
use super::{Operator, Reader, Step, Writer};
use crate::base::clock::Millis;
use crate::sql::expressions::{Compiler, Operands, RowError};
use crate::sql::plan::{AggregateCall, Expr};
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::{Block, Cell};
use std::collections::VecDeque;

/// Closed windows kept before their keys are forgotten.
const CLOSED_MAX: usize = 4_096;

/// A key's first row opens its window, which closes `range_ms` later (the end is not part of it) with one row stamped with the closing time.
#[derive(Debug)]
pub(super) struct Stagger {
    keys: Operands,
    range_ms: Millis,
    args: Operands,
    calls: Vec<Call>,
    groups: Keys,
    /// The states of each group's open window; empty when it has none.
    states: Vec<Vec<State>>,
    has_open: Vec<bool>,
    /// Closing time and group of the open windows: all are equally long, so they close in the order in which they opened.
    open: VecDeque<(Millis, usize)>,
}

impl Stagger {
    pub(super) fn new(keys: &[Expr], range_ms: Millis, aggregates: &[AggregateCall], compiler: Compiler) -> Self {
        let (calls, args) = accumulator::compile(&aggregates.iter().collect::<Vec<_>>(), compiler);
        Self {
            keys: Operands::new(compiler.compile_all(keys)),
            range_ms,
            args: Operands::new(args),
            calls,
            groups: Keys::new(keys.len()),
            states: Vec::new(),
            has_open: Vec::new(),
            open: VecDeque::new(),
        }
    }

    fn add(&mut self, rowtime: Millis, cells: &[Cell], step: &Step<'_>) -> Result<(), RowError> {
        let scope = step.scope(rowtime, cells);
        self.keys.evaluate(&scope)?;
        self.args.evaluate(&scope)?;
        let (group, is_new) = self.groups.number(self.keys.iter(cells));
        if is_new {
            self.states.push(Vec::new());
            self.has_open.push(false);
        }
        if !self.has_open[group] {
            self.has_open[group] = true;
            self.states[group] = self.calls.iter().map(State::new).collect();
            self.open.push_back((rowtime.saturating_add(self.range_ms), group));
        }
        for (call, state) in self.calls.iter().zip(&mut self.states[group]) {
            state.add(call, call.arg.map_or(&Cell::Null, |arg| self.args.get(arg, cells)));
        }
        Ok(())
    }

    fn close_until(&mut self, time: Millis, step: &mut Step<'_>) {
        while let Some((close, group)) = self.open.pop_front_if(|(close, _)| *close <= time) {
            self.has_open[group] = false;
            let states = std::mem::take(&mut self.states[group]);
            let key = self.groups.key(group);
            let row = step.out.push_with(close, |out| {
                out.extend_from_slice(key);
                for (call, state) in self.calls.iter().zip(&states) {
                    out.push(state.value(call)?);
                }
                Ok(())
            });
            if let Err(error) = row {
                step.fail(close, key, &error);
            }
        }
        if self.groups.len() > 2 * self.open.len() + CLOSED_MAX {
            self.forget_closed();
        }
    }

    fn forget_closed(&mut self) {
        let has_open = std::mem::take(&mut self.has_open);
        let mut numbers = vec![0; has_open.len()];
        let mut next = 0;
        for (number, open) in numbers.iter_mut().zip(&has_open) {
            *number = next;
            next += usize::from(*open);
        }
        self.groups.retain(|group| has_open[group]);
        let mut group = 0..;
        self.states.retain(|_| group.next().is_some_and(|group: usize| has_open[group]));
        self.has_open = vec![true; next];
        self.open.iter_mut().for_each(|(_, group)| *group = numbers[*group]);
    }
}

impl Operator for Stagger {
    fn push(&mut self, _: usize, rows: &Block, step: &mut Step<'_>) {
        for (rowtime, cells) in rows.rows() {
            self.close_until(rowtime, step);
            if let Err(error) = self.add(rowtime, cells, step) {
                step.fail(rowtime, cells, &error);
            }
        }
    }

    fn advance(&mut self, bounds: &[Millis], step: &mut Step<'_>) -> Millis {
        self.close_until(bounds[0], step);
        bounds[0]
    }

    fn save(&self, out: &mut Writer) {
        self.groups.save(out);
        for (states, open) in self.states.iter().zip(&self.has_open) {
            out.bool(*open);
            states.iter().for_each(|state| state.save(out));
        }
        out.len(self.open.len());
        for (close, group) in &self.open {
            out.i64(*close);
            out.u64(*group as u64);
        }
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        self.groups.restore(from)?;
        (self.states, self.has_open) = (Vec::new(), Vec::new());
        for _ in 0..self.groups.len() {
            let open = from.bool()?;
            let mut states: Vec<State> = if open { self.calls.iter().map(State::new).collect() } else { Vec::new() };
            for state in &mut states {
                state.restore(from)?;
            }
            self.states.push(states);
            self.has_open.push(open);
        }
        self.open.clear();
        for _ in 0..from.len()? {
            let (close, group) = (from.millis()?, usize::try_from(from.u64()?).map_err(|_| SnapshotMismatch::Damaged)?);
            if group >= self.groups.len() {
                return Err(SnapshotMismatch::Damaged);
            }
            self.open.push_back((close, group));
        }
        Ok(())
    }
}
