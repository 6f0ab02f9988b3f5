//! The index of a document: the configured name, and a suffix from the UTC time at which the record arrived (spec/firehose 3.2).

use super::super::date_pattern::us_week;
use crate::api::firehose::ElasticsearchIndexRotationPeriod as Rotation;
use crate::base::clock::Millis;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Milliseconds of the shortest period; a suffix never changes within one.
const HOUR_MS: Millis = 3_600_000;

/// The name with the suffix of an arrival time. Weeks follow the guide's note (they begin on Sunday, week 1 holds 1 January), not its table.
pub(super) fn index_name(name: &str, rotation: Rotation, arrival_ms: Millis) -> String {
    let arrival = Timestamp::from_millisecond(arrival_ms).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::UTC);
    match rotation {
        Rotation::NoRotation => name.to_owned(),
        Rotation::OneHour => format!("{name}-{}", arrival.strftime("%Y-%m-%d-%H")),
        Rotation::OneDay => format!("{name}-{}", arrival.strftime("%Y-%m-%d")),
        Rotation::OneMonth => format!("{name}-{}", arrival.strftime("%Y-%m")),
        Rotation::OneWeek => {
            let (year, week) = us_week(arrival.date());
            format!("{name}-{year}-w{week:02}")
        }
    }
}

/// The hour of an arrival time: within it the name stays the same.
pub(super) fn hour(arrival_ms: Millis) -> Millis {
    arrival_ms.div_euclid(HOUR_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, rotation: Rotation) -> String {
        index_name("logs", rotation, text.parse::<Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn suffixes_of_every_period() {
        let arrival = "2016-02-25T13:00:00Z";
        assert_eq!(at(arrival, Rotation::NoRotation), "logs");
        assert_eq!(at(arrival, Rotation::OneHour), "logs-2016-02-25-13");
        assert_eq!(at(arrival, Rotation::OneDay), "logs-2016-02-25");
        assert_eq!(at(arrival, Rotation::OneWeek), "logs-2016-w09");
        assert_eq!(at(arrival, Rotation::OneMonth), "logs-2016-02");
    }

    #[test]
    fn weeks_turn_on_sundays_and_around_new_year() {
        for (arrival, expected) in [
            ("2026-11-21T23:59:59Z", "logs-2026-w47"),
            ("2026-11-22T00:00:00Z", "logs-2026-w48"),
            ("2026-12-26T23:59:59Z", "logs-2026-w52"),
            ("2026-12-27T00:00:00Z", "logs-2027-w01"),
            ("2027-01-02T23:59:59Z", "logs-2027-w01"),
            ("2027-01-03T00:00:00Z", "logs-2027-w02"),
        ] {
            assert_eq!(at(arrival, Rotation::OneWeek), expected, "{arrival}");
        }
    }
}
