//! Times as moment.js 2.17 formats them, in English, and as JavaScript's `Date` prints.

mod format;
mod parse;
mod tokens;

pub(super) use format::Format;
pub use parse::parse_date;

use crate::base::clock::Millis;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::fmt::Write;

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// An instant with its civil time in a zone.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    at_ms: Millis,
    civil: DateTime,
    offset_seconds: i32,
    abbreviation: String,
    /// Made by `utc()`, not merely at offset 0.
    utc: bool,
}

impl Moment {
    /// An instant in a zone. What lies beyond jiff's years (±9999) is the last instant it has.
    pub(super) fn new(at_ms: Millis, zone: &TimeZone, utc: bool) -> Self {
        let end = if at_ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let timestamp = Timestamp::from_millisecond(at_ms).unwrap_or(end);
        let info = zone.to_offset_info(timestamp);
        Self {
            at_ms: timestamp.as_millisecond(),
            civil: info.offset().to_datetime(timestamp),
            offset_seconds: info.offset().seconds(),
            abbreviation: info.abbreviation().to_owned(),
            utc,
        }
    }

    /// Sunday is 0.
    fn weekday(&self) -> usize {
        usize::from(self.civil.weekday().to_sunday_zero_offset().unsigned_abs())
    }

    fn month_name(&self) -> &'static str {
        MONTHS[usize::from(self.civil.month().unsigned_abs()).clamp(1, 12) - 1]
    }

    fn day_name(&self) -> &'static str {
        DAYS[self.weekday()]
    }

    /// `+05:30`, or without the colon.
    fn push_offset(&self, colon: &str, out: &mut String) {
        let minutes = self.offset_seconds / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        // Writing to a String cannot fail.
        let _ = write!(out, "{sign}{:02}{colon}{:02}", minutes.abs() / 60, minutes.abs() % 60);
    }

    /// `Wed Apr 05 2017 12:00:00 GMT+0000 (Coordinated Universal Time)`, as `Date.toString()`; other zones by their abbreviation.
    pub(super) fn push_date(&self, out: &mut String) {
        let civil = self.civil;
        let (day, month) = (&self.day_name()[..3], &self.month_name()[..3]);
        let (hour, minute, second) = (civil.hour(), civil.minute(), civil.second());
        let _ = write!(out, "{day} {month} {:02} {:04} {hour:02}:{minute:02}:{second:02} GMT", civil.day(), civil.year());
        self.push_offset("", out);
        let name = if self.abbreviation == "UTC" { "Coordinated Universal Time" } else { &self.abbreviation };
        let _ = write!(out, " ({name})");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_prints_as_in_javascript() {
        let print = |ms, zone: &TimeZone| {
            let mut out = String::new();
            Moment::new(ms, zone, false).push_date(&mut out);
            out
        };
        let noon = 1_491_393_600_000;
        assert_eq!(print(noon, &TimeZone::UTC), "Wed Apr 05 2017 12:00:00 GMT+0000 (Coordinated Universal Time)");
        let zone = TimeZone::get("America/Chicago").unwrap();
        assert_eq!(print(noon, &zone), "Wed Apr 05 2017 07:00:00 GMT-0500 (CDT)");
        assert!(print(Millis::MAX, &TimeZone::UTC).contains(" 9999 "));
    }
}
