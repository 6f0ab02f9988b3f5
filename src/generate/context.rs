//! What a record depends on beside its template: chance and time.

use super::chance::Chance;
use super::moment::Moment;
use crate::base::clock::Millis;
use jiff::tz::TimeZone;

/// Chance, the time of the record, and the time zone of whoever generates.
#[derive(Clone, Debug)]
pub struct Context {
    /// Where numbers and choices come from.
    pub chance: Chance,
    now_ms: Millis,
    zone: TimeZone,
    utc: Option<Moment>,
    local: Option<Moment>,
}

impl Context {
    /// Chance from a seed, at a time, in a zone.
    pub fn new(seed: u64, now_ms: Millis, zone: TimeZone) -> Self {
        Self { chance: Chance::new(seed), now_ms, zone, utc: None, local: None }
    }

    /// Sets the time that `date.now` and its kin tell.
    pub fn set_time(&mut self, now_ms: Millis) {
        if now_ms != self.now_ms {
            self.now_ms = now_ms;
            (self.utc, self.local) = (None, None);
        }
    }

    /// The time of the record.
    pub fn now_ms(&self) -> Millis {
        self.now_ms
    }

    /// Another instant, in the zone.
    pub(super) fn moment(&self, at_ms: Millis) -> Moment {
        Moment::new(at_ms, &self.zone, false)
    }

    /// The time of the record in UTC.
    pub(super) fn utc(&mut self) -> &Moment {
        self.utc.get_or_insert_with(|| Moment::new(self.now_ms, &TimeZone::UTC, true))
    }

    /// The time of the record in the zone.
    pub(super) fn local(&mut self) -> &Moment {
        self.local.get_or_insert_with(|| Moment::new(self.now_ms, &self.zone, false))
    }

    /// Writes one of a list.
    pub(super) fn push(&mut self, list: &[&str], out: &mut String) {
        out.push_str(self.chance.pick(list));
    }
}
