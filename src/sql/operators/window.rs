//! OVER: sliding windows.

use super::accumulator::{self, Call};
use super::keys::Keys;
use super::window_call::{Rolling, Rows};
use super::{Operator, Reader, Step, Writer};
use crate::base::clock::Millis;
use crate::sql::expressions::{Compiler, Operands, RowError, Scope};
use crate::sql::plan::{AggregateCall, Frame, WindowSpec};
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::{Block, Cell};

/// How often at least (in ms of stream time) silent partitions are looked for.
const SWEEP_MS: Millis = 1_000;

/// Emits one row a row in, at once: the input's cells, then the calls' results over the rows that have come in the window, the current one included.
/// A row exactly as old as the window is long is in it; of two rows of equal time the earlier does not see the later.
#[derive(Debug)]
pub(super) struct Window {
    frames: Vec<Sliding>,
    /// The frame of each call and its place among the frame's calls.
    order: Vec<(usize, usize)>,
    /// The results for the row at hand.
    results: Vec<Cell>,
}

/// One window specification with its partitions.
#[derive(Debug)]
struct Sliding {
    frame: Frame,
    partition_by: Operands,
    args: Operands,
    calls: Vec<Call>,
    /// The arguments whose values must be kept, because they are counted out again or shown later.
    stored: Vec<usize>,
    /// Where each call finds its argument among those.
    slots: Vec<Option<usize>>,
    keys: Keys,
    partitions: Vec<Partition>,
    /// The partition of the current row.
    current: usize,
    swept: Millis,
}

#[derive(Debug)]
struct Partition {
    rows: Rows,
    states: Vec<Rolling>,
    latest: Millis,
}

impl Window {
    pub(super) fn new(windows: &[WindowSpec], calls: &[(usize, AggregateCall)], compiler: Compiler) -> Self {
        let mut counts = vec![0; windows.len()];
        let order = calls.iter().map(|(window, _)| {
            counts[*window] += 1;
            (*window, counts[*window] - 1)
        });
        let order = order.collect();
        let frames = windows.iter().enumerate().map(|(place, spec)| {
            let own: Vec<_> = calls.iter().filter(|(window, _)| *window == place).map(|(_, call)| call).collect();
            Sliding::new(spec, &own, compiler)
        });
        Self { frames: frames.collect(), order, results: Vec::new() }
    }

    #[inline]
    fn add(&mut self, scope: &Scope<'_>) -> Result<(), RowError> {
        for frame in &mut self.frames {
            frame.partition_by.evaluate(scope)?;
            frame.args.evaluate(scope)?;
        }
        for frame in &mut self.frames {
            frame.add(scope);
        }
        self.results.clear();
        for (frame, call) in &self.order {
            self.results.push(self.frames[*frame].value(*call, scope.cells)?);
        }
        Ok(())
    }
}

impl Sliding {
    fn new(spec: &WindowSpec, calls: &[&AggregateCall], compiler: Compiler) -> Self {
        let (calls, args) = accumulator::compile(calls, compiler);
        let partition_by = compiler.compile_all(&spec.partition);
        let mut stored: Vec<usize> = Vec::new();
        let slots = calls.iter().map(|call| {
            let arg = call.arg.filter(|_| Rolling::new(call, spec.frame).needs_values())?;
            Some(stored.iter().position(|known| *known == arg).unwrap_or_else(|| {
                stored.push(arg);
                stored.len() - 1
            }))
        });
        let slots = slots.collect();
        Self {
            stored,
            slots,
            frame: spec.frame,
            keys: Keys::new(partition_by.len()),
            partition_by: Operands::new(partition_by),
            args: Operands::new(args),
            calls,
            partitions: Vec::new(),
            current: 0,
            swept: Millis::MIN,
        }
    }

    fn partition(&self) -> Partition {
        let states = self.calls.iter().map(|call| Rolling::new(call, self.frame)).collect();
        Partition { rows: Rows { stride: self.stored.len(), ..Rows::default() }, states, latest: Millis::MIN }
    }

    #[inline]
    fn add(&mut self, scope: &Scope<'_>) {
        let (number, is_new) = self.keys.number(self.partition_by.iter(scope.cells));
        if is_new {
            let partition = self.partition();
            self.partitions.push(partition);
        }
        self.current = number;
        let Self { frame, calls, slots, stored, args, partitions, .. } = self;
        let partition = &mut partitions[number];
        partition.evict(*frame, scope.rowtime, calls, slots, (args, scope.cells));
        partition.enter(scope, calls, args);
        if *frame != Frame::Unbounded || partition.states.iter().any(Rolling::needs_rows) {
            partition.rows.times.push_back(scope.rowtime);
            for arg in stored {
                partition.rows.values.push_back(args.get(*arg, scope.cells).clone());
            }
        }
    }

    #[inline]
    fn value(&self, call: usize, cells: &[Cell]) -> Result<Cell, RowError> {
        let (partition, call_plan) = (&self.partitions[self.current], &self.calls[call]);
        partition.states[call].value(call_plan, &partition.rows, self.slots[call].unwrap_or_default(), |more| {
            self.args.get(call_plan.more[more], cells).clone()
        })
    }

    /// Frees the partitions that have no row in the window any more.
    fn sweep(&mut self, bound: Millis) {
        let Frame::RangePreceding(range) = self.frame else { return };
        if bound.saturating_sub(self.swept) < range.max(SWEEP_MS) {
            return;
        }
        self.swept = bound;
        let oldest = bound.saturating_sub(range);
        let partitions = &self.partitions;
        if partitions.iter().all(|partition| partition.latest >= oldest) {
            return;
        }
        self.keys.retain(|number| partitions[number].latest >= oldest);
        self.partitions.retain(|partition| partition.latest >= oldest);
    }

    fn save(&self, out: &mut Writer) {
        out.i64(self.swept);
        self.keys.save(out);
        for partition in &self.partitions {
            out.i64(partition.latest);
            out.u64(partition.rows.first);
            out.len(partition.rows.times.len());
            partition.rows.times.iter().for_each(|time| out.i64(*time));
            partition.rows.values.iter().for_each(|cell| out.cell(cell));
            partition.states.iter().for_each(|state| state.save(out));
        }
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        self.swept = from.millis()?;
        self.keys.restore(from)?;
        self.partitions.clear();
        for _ in 0..self.keys.len() {
            let mut partition = self.partition();
            partition.latest = from.millis()?;
            partition.rows.first = from.u64()?;
            let rows = from.len()?;
            partition.rows.times = (0..rows).map(|_| from.millis()).collect::<Result<_, _>>()?;
            partition.rows.values = (0..rows * self.stored.len()).map(|_| from.cell()).collect::<Result<_, _>>()?;
            for state in &mut partition.states {
                state.restore(from)?;
            }
            self.partitions.push(partition);
        }
        Ok(())
    }
}

impl Partition {
    /// Takes out the rows that a row at `now` does not see.
    #[inline]
    fn evict(&mut self, frame: Frame, now: Millis, calls: &[Call], slots: &[Option<usize>], (args, cells): (&Operands, &[Cell])) {
        loop {
            let gone = match (frame, self.rows.times.front()) {
                (Frame::RangePreceding(range), Some(time)) => *time < now.saturating_sub(range),
                (Frame::RowsPreceding(before), Some(_)) => self.rows.times.len() as u64 > before,
                _ => false,
            };
            if !gone {
                return;
            }
            let (number, time) = (self.rows.first, self.rows.times[0]);
            for ((call, slot), state) in calls.iter().zip(slots).zip(&mut self.states) {
                let cell = slot.map_or(&Cell::Null, |slot| self.rows.value(0, slot));
                state.leave(call, number, time, half_life(call, args, cells), cell);
            }
            self.rows.drop_oldest();
        }
    }

    #[inline]
    fn enter(&mut self, scope: &Scope<'_>, calls: &[Call], args: &Operands) {
        let number = self.rows.first + self.rows.times.len() as u64;
        for (call, state) in calls.iter().zip(&mut self.states) {
            let cell = call.arg.map_or(&Cell::Null, |arg| args.get(arg, scope.cells));
            state.enter(call, number, scope.rowtime, half_life(call, args, scope.cells), cell);
        }
        self.latest = scope.rowtime;
    }
}

/// The second argument, which EXP_AVG has as its half-life.
#[inline]
fn half_life<'a>(call: &Call, args: &'a Operands, cells: &'a [Cell]) -> &'a Cell {
    call.more.first().map_or(&Cell::Null, |more| args.get(*more, cells))
}

impl Operator for Window {
    fn push(&mut self, _: usize, rows: &Block, step: &mut Step<'_>) {
        for (rowtime, cells) in rows.rows() {
            match self.add(&step.scope(rowtime, cells)) {
                Ok(()) => step.out.push(rowtime, cells.iter().cloned().chain(self.results.drain(..))),
                Err(error) => step.fail(rowtime, cells, &error),
            }
        }
    }

    fn take(&mut self, _: usize, rows: &mut Block, step: &mut Step<'_>) {
        for row in 0..rows.len() {
            let rowtime = rows.rowtime(row);
            let cells = rows.cells_mut(row);
            match self.add(&step.scope(rowtime, cells)) {
                Ok(()) => step.out.push(rowtime, cells.iter_mut().map(std::mem::take).chain(self.results.drain(..))),
                Err(error) => step.fail(rowtime, cells, &error),
            }
        }
    }

    fn advance(&mut self, bounds: &[Millis], _: &mut Step<'_>) -> Millis {
        self.frames.iter_mut().for_each(|frame| frame.sweep(bounds[0]));
        bounds[0]
    }

    fn save(&self, out: &mut Writer) {
        self.frames.iter().for_each(|frame| frame.save(out));
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        self.frames.iter_mut().try_for_each(|frame| frame.restore(from))
    }
}
