//! Dates as people write them in arguments.

use crate::base::clock::Millis;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// The instant of an ISO 8601 text, as JavaScript's `Date.parse` takes it: a date alone is in UTC, a time without offset in the zone.
pub fn parse_date(text: &str, zone: &TimeZone) -> Option<Millis> {
    let text = text.trim();
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp.as_millisecond());
    }
    if let (10, Ok(date)) = (text.len(), text.parse::<Date>()) {
        return TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok().map(Timestamp::as_millisecond);
    }
    let civil = text.parse::<DateTime>().ok()?;
    zone.to_timestamp(civil).ok().map(Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_utc_and_times_without_offset_local() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(parse_date("2026-01-01", &zone), Some(1_767_225_600_000));
        assert_eq!(parse_date("2026-01-01T01:00:00", &zone), Some(1_767_225_600_000));
        assert_eq!(parse_date("2026-01-01 01:00:00", &zone), Some(1_767_225_600_000));
        assert_eq!(parse_date("2026-01-01T00:00:00Z", &zone), Some(1_767_225_600_000));
        assert_eq!(parse_date("yesterday", &zone), None);
    }
}
