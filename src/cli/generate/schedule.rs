//! When which record is due.
//!
//! Time is cut into seconds; each has a number of records, spread evenly over it. Against the clock a record waits for its moment; in simulated time
//! it does not.

use crate::base::clock::{Clock, Millis};
use crate::generate::Chance;
use crate::generate::periods::Periods;
use jiff::tz::TimeZone;
use std::time::Duration;

/// How many records a second has.
#[derive(Debug)]
pub(super) enum Pace {
    /// The same number in each, on average.
    Constant(f64),
    /// By hour and day, with chance.
    Periods(Periods),
    /// As many as can be made.
    Max,
}

/// What is to be done next.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// Make a record that bears this time; it is late by so many milliseconds.
    Record {
        /// Milliseconds since 1970.
        at_ms: Millis,
        /// How far behind the plan this is.
        lag_ms: u64,
    },
    /// Nothing is due for so long.
    Wait(Duration),
    /// All is made.
    End,
}

/// The plan.
#[derive(Debug)]
pub(super) struct Schedule {
    pace: Pace,
    zone: TimeZone,
    clock: Clock,
    /// When the first second begins, on the clock or simulated.
    start_ms: Millis,
    simulated: bool,
    span: Option<Duration>,
    left: Option<u64>,
    /// Seconds that are done.
    second: u64,
    /// Records of this second, those made of them, and those of all seconds before.
    in_second: Option<u64>,
    made: u64,
    before: u64,
}

impl Schedule {
    /// A plan that starts now, or in simulated time; that lasts so long and makes so many records, if there are bounds.
    pub(super) fn new(
        pace: Pace,
        simulated_ms: Option<Millis>,
        span: Option<Duration>,
        count: Option<u64>,
        zone: TimeZone,
        clock: Clock,
    ) -> Self {
        let start_ms = simulated_ms.unwrap_or_else(|| clock.now_ms());
        let simulated = simulated_ms.is_some();
        Self { pace, zone, clock, start_ms, simulated, span, left: count, second: 0, in_second: None, made: 0, before: 0 }
    }

    /// The time of the first record.
    pub(super) fn start_ms(&self) -> Millis {
        self.start_ms
    }

    /// What to do now.
    pub(super) fn next(&mut self, chance: &mut Chance) -> Step {
        if self.left == Some(0) {
            return Step::End;
        }
        let step = if matches!(self.pace, Pace::Max) { self.at_once() } else { self.on_time(chance) };
        if matches!(step, Step::Record { .. }) {
            self.left = self.left.map(|left| left - 1);
        }
        step
    }

    fn at_once(&self) -> Step {
        let now = self.clock.now_ms();
        match self.span {
            Some(span) if u128::from(now.abs_diff(self.start_ms)) >= span.as_millis() => Step::End,
            _ => Step::Record { at_ms: now, lag_ms: 0 },
        }
    }

    fn on_time(&mut self, chance: &mut Chance) -> Step {
        let mut in_second = self.count(chance);
        while self.made >= in_second {
            if self.is_over(self.second.saturating_add(1).saturating_mul(1000)) {
                return Step::End;
            }
            if let Some(wait) = self.wait(self.second.saturating_mul(1000)) {
                return wait;
            }
            (self.second, self.made, self.before) = (self.second + 1, 0, self.before + in_second);
            self.in_second = None;
            in_second = self.count(chance);
        }
        let planned = self.second.saturating_mul(1000).saturating_add(self.made.saturating_mul(1000) / in_second.max(1));
        if self.is_over(planned) {
            return Step::End;
        }
        if let Some(wait) = self.wait(planned) {
            return wait;
        }
        self.made += 1;
        let planned_ms = self.start_ms.saturating_add_unsigned(planned);
        let now = if self.simulated { planned_ms } else { self.clock.now_ms() };
        Step::Record { at_ms: now, lag_ms: now.saturating_sub(planned_ms).max(0).unsigned_abs() }
    }

    /// How many records this second has; drawn once.
    fn count(&mut self, chance: &mut Chance) -> u64 {
        if let Some(count) = self.in_second {
            return count;
        }
        let count = match &self.pace {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a cast saturates"
            )]
            Pace::Constant(rate) => ((self.second + 1) as f64 * rate).floor() as u64 - self.before,
            Pace::Periods(periods) => {
                periods.count(self.start_ms.saturating_add_unsigned(self.second.saturating_mul(1000)), &self.zone, chance)
            }
            Pace::Max => 0,
        };
        self.in_second = Some(count);
        count
    }

    fn is_over(&self, planned: u64) -> bool {
        self.span.is_some_and(|span| u128::from(planned) >= span.as_millis())
    }

    /// The wait for a moment of the plan, if it is to come.
    fn wait(&self, planned: u64) -> Option<Step> {
        let early = self.start_ms.saturating_add_unsigned(planned).saturating_sub(self.clock.now_ms());
        (!self.simulated && early > 0).then(|| Step::Wait(Duration::from_millis(early.unsigned_abs())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Millis = 1_000_000;

    fn schedule(pace: Pace, simulated: bool, span_s: Option<u64>, count: Option<u64>, clock: &Clock) -> Schedule {
        let start = simulated.then_some(START);
        Schedule::new(pace, start, span_s.map(Duration::from_secs), count, TimeZone::UTC, clock.clone())
    }

    /// All records, advancing the clock through the waits.
    fn play(mut schedule: Schedule, clock: &Clock) -> Vec<Millis> {
        let (mut chance, mut times) = (Chance::new(1), Vec::new());
        loop {
            match schedule.next(&mut chance) {
                Step::Record { at_ms, .. } => times.push(at_ms - START),
                Step::Wait(wait) => clock.advance_to(clock.now_ms() + Millis::try_from(wait.as_millis()).unwrap()),
                Step::End => return times,
            }
        }
    }

    #[test]
    fn a_constant_rate_is_spread_over_the_second() {
        let clock = Clock::virtual_at(START);
        let times = play(schedule(Pace::Constant(4.0), false, Some(2), None, &clock), &clock);
        assert_eq!(times, [0, 250, 500, 750, 1000, 1250, 1500, 1750]);
    }

    #[test]
    fn a_rate_below_one_skips_seconds() {
        let clock = Clock::virtual_at(START);
        assert_eq!(play(schedule(Pace::Constant(0.5), false, Some(6), None, &clock), &clock), [1000, 3000, 5000]);
        assert_eq!(play(schedule(Pace::Constant(0.001), true, None, Some(2), &clock), &clock), [999_000, 1_999_000]);
    }

    #[test]
    fn a_count_ends_it_too() {
        let clock = Clock::virtual_at(START);
        assert_eq!(play(schedule(Pace::Constant(1000.0), false, None, Some(3), &clock), &clock), [0, 1, 2]);
        assert_eq!(play(schedule(Pace::Max, false, None, Some(3), &clock), &clock).len(), 3);
        assert_eq!(play(schedule(Pace::Max, false, None, Some(0), &clock), &clock).len(), 0);
    }

    #[test]
    fn simulated_time_does_not_wait_and_repeats() {
        let periods = || Pace::Periods(Periods::read("mu = 5\nsigma = 2", false).unwrap());
        let clock = Clock::virtual_at(0);
        let times = play(schedule(periods(), true, Some(100), None, &clock), &clock);
        assert_eq!(clock.now_ms(), 0);
        assert!((400..650).contains(&times.len()), "{}", times.len());
        assert!(times.is_sorted() && times.iter().all(|time| *time < 100_000));
        assert_eq!(times, play(schedule(periods(), true, Some(100), None, &clock), &clock));
    }

    #[test]
    fn what_is_late_is_made_at_once_and_says_so() {
        let clock = Clock::virtual_at(START);
        let mut schedule = schedule(Pace::Constant(10.0), false, None, None, &clock);
        clock.advance_to(START + 1000);
        let mut chance = Chance::new(1);
        assert_eq!(schedule.next(&mut chance), Step::Record { at_ms: START + 1000, lag_ms: 1000 });
        let lags: Vec<Step> = (0..10).map(|_| schedule.next(&mut chance)).collect();
        assert_eq!(lags[9], Step::Record { at_ms: START + 1000, lag_ms: 0 });
        assert_eq!(schedule.next(&mut chance), Step::Wait(Duration::from_millis(100)));
    }

    #[test]
    fn as_many_as_possible_ends_by_the_clock() {
        let clock = Clock::virtual_at(START);
        let mut schedule = schedule(Pace::Max, false, Some(1), None, &clock);
        assert_eq!(schedule.next(&mut Chance::new(1)), Step::Record { at_ms: START, lag_ms: 0 });
        clock.advance_to(START + 1000);
        assert_eq!(schedule.next(&mut Chance::new(1)), Step::End);
    }
}
