//! Aggregate and analytic functions over a sliding window: constant work a row, on average.

use super::accumulator::{Call, State};
use super::keys::Keys;
use super::{Reader, Writer};
use crate::base::clock::Millis;
use crate::sql::expressions::RowError;
use crate::sql::plan::{AggregateFunction as Function, Frame};
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::{Cell, compare};
use std::collections::VecDeque;

/// The rows of a window: their ROWTIMEs and the values of the window's arguments.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The number of the oldest row; rows are numbered in order of arrival.
    pub first: u64,
    pub times: VecDeque<Millis>,
    pub values: VecDeque<Cell>,
    /// How many arguments there are.
    pub stride: usize,
}

impl Rows {
    /// The value of argument `arg` of the row that is `place`th from the oldest.
    #[inline]
    pub(super) fn value(&self, place: usize, arg: usize) -> &Cell {
        &self.values[place * self.stride + arg]
    }

    pub(super) fn drop_oldest(&mut self) {
        self.times.pop_front();
        for _ in 0..self.stride {
            self.values.pop_front();
        }
        self.first += 1;
    }
}

/// What a call remembers of a window.
#[derive(Debug)]
pub(super) enum Rolling {
    /// Values are counted in and out.
    Plain(State),
    /// MIN and MAX: the rows that can still become the extreme, each better than those after it.
    Extreme(VecDeque<(u64, Cell)>),
    /// FIRST_VALUE, LAST_VALUE, NTH_VALUE, LAG by place.
    Place,
    /// The same, passing over NULLs: the numbers of the rows that are not NULL.
    PlaceOfValues(VecDeque<u64>),
    /// EXP_AVG: Σ x·2^(−age/h) and Σ 2^(−age/h) as of `at`.
    Decay { sum: f64, weight: f64, at: Millis },
    /// DISTINCT: computed from the rows each time.
    Distinct,
}

impl Rolling {
    pub(super) fn new(call: &Call, frame: Frame) -> Self {
        let unbounded = frame == Frame::Unbounded;
        match call.function {
            _ if call.distinct && unbounded => Self::Plain(State::new(call)),
            _ if call.distinct => Self::Distinct,
            Function::FirstValue | Function::LastValue if unbounded => Self::Plain(State::new(call)),
            Function::Min | Function::Max if !unbounded => Self::Extreme(VecDeque::new()),
            Function::FirstValue | Function::LastValue | Function::NthValue { .. } | Function::Lag if call.ignore_nulls => {
                Self::PlaceOfValues(VecDeque::new())
            }
            Function::FirstValue | Function::LastValue | Function::NthValue { .. } | Function::Lag => Self::Place,
            Function::ExpAvg => Self::Decay { sum: 0.0, weight: 0.0, at: Millis::MIN },
            _ => Self::Plain(State::new(call)),
        }
    }

    /// Whether the rows of an unbounded window must be kept for it.
    pub(super) fn needs_rows(&self) -> bool {
        matches!(self, Self::Place | Self::PlaceOfValues(_))
    }

    /// Whether the values of its argument must be kept while they are in the window.
    pub(super) fn needs_values(&self) -> bool {
        !matches!(self, Self::Extreme(_))
    }

    /// A row, numbered `number`, enters at `now`.
    #[inline]
    pub(super) fn enter(&mut self, call: &Call, number: u64, now: Millis, half_life: &Cell, cell: &Cell) {
        match self {
            Self::Plain(state) => state.add(call, cell),
            Self::Extreme(best) if !cell.is_null() => {
                let worse = call.better().reverse();
                while best.pop_back_if(|(_, last)| compare(cell, last) != worse).is_some() {}
                best.push_back((number, cell.clone()));
            }
            Self::PlaceOfValues(numbers) if !cell.is_null() => numbers.push_back(number),
            Self::Decay { sum, weight, at } if !cell.is_null() => {
                let factor = decay(now.saturating_sub(*at), half_life);
                *sum = *sum * factor + call.number(cell);
                *weight = *weight * factor + 1.0;
                *at = now;
            }
            _ => {}
        }
    }

    /// The oldest row, numbered `number` and `time` old, leaves.
    #[inline]
    pub(super) fn leave(&mut self, call: &Call, number: u64, time: Millis, half_life: &Cell, cell: &Cell) {
        match self {
            Self::Plain(state) => state.take(call, cell),
            Self::Extreme(best) if best.front().is_some_and(|(first, _)| *first == number) => {
                best.pop_front();
            }
            Self::PlaceOfValues(numbers) if numbers.front() == Some(&number) => {
                numbers.pop_front();
            }
            Self::Decay { sum, weight, at } if !cell.is_null() => {
                let factor = decay(at.saturating_sub(time), half_life);
                *sum -= call.number(cell) * factor;
                *weight -= factor;
            }
            _ => {}
        }
    }

    /// The result for the newest row; `arg` is the argument's place in `rows`, `more` gives the other arguments as of that row.
    #[inline]
    pub(super) fn value(&self, call: &Call, rows: &Rows, arg: usize, more: impl Fn(usize) -> Cell) -> Result<Cell, RowError> {
        match self {
            Self::Plain(state) => state.value(call),
            Self::Extreme(best) => Ok(best.front().map_or(Cell::Null, |(_, cell)| cell.clone())),
            Self::Place => Ok(place(call, rows.times.len(), rows.times.len() - 1, &more)
                .map_or_else(|| otherwise(call, &more), |place| rows.value(place, arg).clone())),
            Self::PlaceOfValues(numbers) => {
                // LAG counts from the rows before the current one.
                let current = numbers.back().is_some_and(|last| *last + 1 == rows.first + rows.times.len() as u64);
                let before = numbers.len() - usize::from(current);
                let found = place(call, numbers.len(), before, &more).and_then(|place| numbers.get(place));
                let value = |number: &u64| rows.value(usize::try_from(number - rows.first).unwrap_or_default(), arg).clone();
                Ok(found.map_or_else(|| otherwise(call, &more), value))
            }
            Self::Decay { sum, weight, .. } => Ok(if *weight > 0.0 { Cell::Double(sum / weight) } else { Cell::Null }),
            Self::Distinct => distinct(call, rows, arg),
        }
    }

    pub(super) fn save(&self, out: &mut Writer) {
        match self {
            Self::Plain(state) => state.save(out),
            Self::Extreme(best) => {
                out.len(best.len());
                for (number, cell) in best {
                    out.u64(*number);
                    out.cell(cell);
                }
            }
            Self::PlaceOfValues(numbers) => {
                out.len(numbers.len());
                numbers.iter().for_each(|number| out.u64(*number));
            }
            Self::Decay { sum, weight, at } => {
                out.f64(*sum);
                out.f64(*weight);
                out.i64(*at);
            }
            Self::Place | Self::Distinct => {}
        }
    }

    pub(super) fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        match self {
            Self::Plain(state) => state.restore(from)?,
            Self::Extreme(best) => *best = (0..from.len()?).map(|_| Ok((from.u64()?, from.cell()?))).collect::<Result<_, _>>()?,
            Self::PlaceOfValues(numbers) => *numbers = (0..from.len()?).map(|_| from.u64()).collect::<Result<_, _>>()?,
            Self::Decay { sum, weight, at } => (*sum, *weight, *at) = (from.f64()?, from.f64()?, from.millis()?),
            Self::Place | Self::Distinct => {}
        }
        Ok(())
    }
}

/// The weight of a value of that age: it halves each half-life.
fn decay(age_ms: Millis, half_life: &Cell) -> f64 {
    match half_life.as_int() {
        Some(half_life) if half_life > 0 => (-(age_ms as f64) / half_life as f64).exp2(),
        _ => 0.0,
    }
}

/// The place wanted among `count` rows, of which `before` precede the current one.
fn place(call: &Call, count: usize, before: usize, more: &impl Fn(usize) -> Cell) -> Option<usize> {
    let n = |missing: usize| match call.more.first() {
        Some(_) => usize::try_from(more(0).as_int()?).ok(),
        None => Some(missing),
    };
    match call.function {
        Function::FirstValue => (count > 0).then_some(0),
        Function::NthValue { from_last: false } => n(1)?.checked_sub(1).filter(|place| *place < count),
        Function::NthValue { from_last: true } => n(1).filter(|n| *n > 0).and_then(|n| count.checked_sub(n)),
        Function::Lag => before.checked_sub(n(1)?),
        _ => count.checked_sub(1),
    }
}

/// LAG's default.
fn otherwise(call: &Call, more: &impl Fn(usize) -> Cell) -> Cell {
    if call.function == Function::Lag && call.more.len() > 1 { more(1) } else { Cell::Null }
}

fn distinct(call: &Call, rows: &Rows, arg: usize) -> Result<Cell, RowError> {
    let mut state = State::new(call);
    let mut seen = Keys::new(1);
    for place in 0..rows.times.len() {
        let cell = rows.value(place, arg);
        if seen.number([cell].into_iter()).1 {
            state.add(call, cell);
        }
    }
    state.value(call)
}
