//! Rates, durations and instants as flags have them.

use crate::base::clock::Millis;
use crate::generate::parse_date;
use jiff::tz::TimeZone;
use std::time::Duration;

/// Records a second; `max` is without end.
pub(super) fn rate(text: &str) -> Result<f64, String> {
    match (text, text.parse::<f64>()) {
        ("max", _) => Ok(f64::INFINITY),
        (_, Ok(rate)) if rate > 0.0 && rate.is_finite() => Ok(rate),
        _ => Err("is neither a number above 0 nor max".into()),
    }
}

/// `90`, `1.5s`, `200ms`, `5m`, `2h`, `1d`; a bare number is seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let units = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let unit = match &text[units..] {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return Err("a duration ends in ms, s, m, h or d".into()),
    };
    let number: f64 = text[..units].parse().map_err(|_| "a duration begins with a number")?;
    Duration::try_from_secs_f64(number * unit).map_err(|error| error.to_string())
}

/// An instant: ISO 8601, in the zone when it has no offset, or a date, whose midnight is the zone's too.
pub(super) fn instant(text: &str, zone: &TimeZone) -> Option<Millis> {
    let midnight = if text.trim().len() == 10 { format!("{}T00:00:00", text.trim()) } else { text.to_owned() };
    parse_date(&midnight, zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        let ms = |text| duration(text).map(|duration| duration.as_millis());
        assert_eq!([ms("90"), ms("1.5s"), ms("200ms"), ms("5m")], [Ok(90_000), Ok(1500), Ok(200), Ok(300_000)]);
        assert_eq!([ms("2h"), ms("1d")], [Ok(7_200_000), Ok(86_400_000)]);
        for wrong in ["", "s", "5 parsecs", "-1s", "1e300d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn rates_are_numbers_or_max() {
        assert_eq!((rate("0.5"), rate("max")), (Ok(0.5), Ok(f64::INFINITY)));
        assert!(rate("0").is_err() && rate("-1").is_err() && rate("inf").is_err() && rate("many").is_err());
    }

    #[test]
    fn instants_are_of_the_zone() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(instant("2026-01-01", &berlin), Some(1_767_222_000_000));
        assert_eq!(instant("2026-01-01T00:00:00Z", &berlin), Some(1_767_225_600_000));
        assert_eq!(instant("soon", &berlin), None);
    }
}
