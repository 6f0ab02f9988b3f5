//! GROUP BY: tumbling windows.

use super::accumulator::{self, Call, State};
use super::boundary::Boundary;
use super::keys::Keys;
use super::{Operator, Reader, Step, Writer};
use crate::base::clock::Millis;
use crate::sql::expressions::{Compiler, Operands, RowError};
use crate::sql::plan::{AggregateCall, Expr, MonotonicKey};
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::{Block, Cell};

/// Groups rows until a monotonic key changes, then emits one row a group, in the order in which the groups were first seen, stamped with the
/// instant at which the groups were complete.
#[derive(Debug)]
pub(super) struct Aggregate {
    boundary: Boundary,
    /// Where each output key comes from.
    sources: Vec<Source>,
    /// The keys that are not constant within a bucket.
    keys: Operands,
    groups: Keys,
    args: Operands,
    calls: Vec<Call>,
    /// One state a call, group by group.
    states: Vec<State>,
}

#[derive(Debug)]
enum Source {
    /// The place among the keys that tell groups apart.
    Group(usize),
    /// Constant within the bucket.
    Bucket(usize),
}

impl Aggregate {
    pub(super) fn new(keys: &[Expr], monotonic: &[MonotonicKey], aggregates: &[AggregateCall], compiler: Compiler) -> Self {
        let boundary = Boundary::new(monotonic, compiler);
        let mut compiled = Vec::new();
        let sources = keys.iter().enumerate().map(|(place, key)| {
            if boundary.is_constant(place) {
                return Source::Bucket(place);
            }
            compiled.push(compiler.compile(key));
            Source::Group(compiled.len() - 1)
        });
        let sources = sources.collect();
        let (calls, args) = accumulator::compile(&aggregates.iter().collect::<Vec<_>>(), compiler);
        Self {
            boundary,
            sources,
            groups: Keys::new(compiled.len()),
            keys: Operands::new(compiled),
            args: Operands::new(args),
            calls,
            states: Vec::new(),
        }
    }

    fn add(&mut self, rowtime: Millis, cells: &[Cell], step: &mut Step<'_>) -> Result<(), RowError> {
        let scope = step.scope(rowtime, cells);
        self.keys.evaluate(&scope)?;
        self.args.evaluate(&scope)?;
        let (sources, keys) = (&self.sources, &self.keys);
        let value = |place: usize| match &sources[place] {
            Source::Group(place) => keys.get(*place, cells),
            Source::Bucket(_) => &Cell::Null,
        };
        if self.boundary.close_by_data(value) {
            self.emit(rowtime, step);
        }
        let (sources, keys) = (&self.sources, &self.keys);
        self.boundary.open_at(rowtime, |place| match &sources[place] {
            Source::Group(place) => keys.get(*place, cells),
            Source::Bucket(_) => &Cell::Null,
        });
        let (group, is_new) = self.groups.number(self.keys.iter(cells));
        if is_new {
            self.states.extend(self.calls.iter().map(State::new));
        }
        let start = group * self.calls.len();
        for (call, state) in self.calls.iter().zip(&mut self.states[start..]) {
            state.add(call, call.arg.map_or(&Cell::Null, |arg| self.args.get(arg, cells)));
        }
        Ok(())
    }

    fn emit(&mut self, rowtime: Millis, step: &mut Step<'_>) {
        let constants: Vec<(usize, &Cell)> = self.boundary.constants().collect();
        let constant =
            |place: usize| constants.iter().find(|(at, _)| *at == place).map_or(Cell::Null, |(_, cell)| (*cell).clone());
        for group in 0..self.groups.len() {
            let key = self.groups.key(group);
            let states = &self.states[group * self.calls.len()..];
            let row = step.out.push_with(rowtime, |out| {
                out.extend(self.sources.iter().map(|source| match source {
                    Source::Group(place) => key[*place].clone(),
                    Source::Bucket(place) => constant(*place),
                }));
                for (call, state) in self.calls.iter().zip(states) {
                    out.push(state.value(call)?);
                }
                Ok(())
            });
            if let Err(error) = row {
                step.fail(rowtime, key, &error);
            }
        }
        self.groups.clear();
        self.states.clear();
    }
}

impl Operator for Aggregate {
    fn push(&mut self, _: usize, rows: &Block, step: &mut Step<'_>) {
        for (rowtime, cells) in rows.rows() {
            if let Some(at) = self.boundary.close_at(rowtime) {
                self.emit(at, step);
            }
            if let Err(error) = self.add(rowtime, cells, step) {
                step.fail(rowtime, cells, &error);
            }
        }
    }

    fn advance(&mut self, bounds: &[Millis], step: &mut Step<'_>) -> Millis {
        if let Some(at) = self.boundary.close_at(bounds[0]) {
            self.emit(at, step);
        }
        bounds[0]
    }

    fn save(&self, out: &mut Writer) {
        self.boundary.save(out);
        self.groups.save(out);
        self.states.iter().for_each(|state| state.save(out));
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        self.boundary.restore(from)?;
        self.groups.restore(from)?;
        self.states.clear();
        for _ in 0..self.groups.len() {
            for call in &self.calls {
                let mut state = State::new(call);
                state.restore(from)?;
                self.states.push(state);
            }
        }
        Ok(())
    }
}
