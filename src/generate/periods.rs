//! Rates that vary with the hour of the day and the day of the week, as the generator's page has them.

use super::chance::Chance;
use crate::base::clock::Millis;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

/// Hours of a week, from Sunday, 0 o'clock.
const HOURS: usize = 7 * 24;
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Mean and deviation of the records a second, in each hour of the week.
#[derive(Clone, Debug, PartialEq)]
pub struct Periods {
    hours: Vec<Hour>,
    smooth: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Hour {
    mu: f64,
    sigma: f64,
}

/// The file's own form: a rate for all hours, and others for some.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    mu: f64,
    #[serde(default)]
    sigma: f64,
    #[serde(default)]
    hours: Vec<Range>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    #[serde(default)]
    days: Vec<String>,
    #[serde(default)]
    from: usize,
    #[serde(default = "end_of_day")]
    to: usize,
    mu: f64,
    #[serde(default)]
    sigma: f64,
}

fn end_of_day() -> usize {
    24
}

impl Periods {
    /// Reads the table: what the page keeps in the browser's local storage under `periods` (JSON), or TOML with `mu`, `sigma` and
    /// `[[hours]]` of `days`, `from`, `to`, `mu`, `sigma`. With `smooth`, rates pass from one hour's to the next one's in a line.
    pub fn read(text: &str, smooth: bool) -> Result<Self, String> {
        let hours = if text.trim_start().starts_with('{') { page(text)? } else { file(text)? };
        match hours.iter().all(|hour| hour.mu.is_finite() && hour.sigma.is_finite() && hour.mu >= 0.0 && hour.sigma >= 0.0) {
            true => Ok(Self { hours, smooth }),
            false => Err("mu and sigma are at least 0".into()),
        }
    }

    /// How many records there are in the second that begins at a time.
    pub fn count(&self, at_ms: Millis, zone: &TimeZone, chance: &mut Chance) -> u64 {
        let at = Timestamp::from_millisecond(at_ms).unwrap_or_default().to_zoned(zone.clone());
        let day = usize::from(at.weekday().to_sunday_zero_offset().unsigned_abs());
        let index = day * 24 + usize::from(at.hour().unsigned_abs());
        let Hour { mut mu, mut sigma } = self.hours[index % HOURS];
        if self.smooth {
            let (next, passed) = (self.hours[(index + 1) % HOURS], f64::from(at.minute()) / 60.0);
            mu += (next.mu - mu) * passed;
            sigma += (next.sigma - sigma) * passed;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and a cast saturates")]
        let count = chance.normal(mu, sigma).max(0.0).ceil() as u64;
        count
    }
}

/// `{"#0-13-mu": "100", "#0-13-sig": "10", …}`: day from Sunday, hour; what is missing is 100 and 10, as in a new page.
fn page(text: &str) -> Result<Vec<Hour>, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let number = |name: String, default: f64| match value.get(&name) {
        None => Ok(default),
        Some(Value::Number(number)) => Ok(number.as_f64().unwrap_or(default)),
        Some(Value::String(text)) => text.trim().parse().map_err(|_| format!("{name}: {text:?} is no number")),
        Some(other) => Err(format!("{name}: {other} is no number")),
    };
    let hour = |index: usize| {
        let (day, hour) = (index / 24, index % 24);
        Ok(Hour { mu: number(format!("#{day}-{hour}-mu"), 100.0)?, sigma: number(format!("#{day}-{hour}-sig"), 10.0)? })
    };
    (0..HOURS).map(hour).collect()
}

fn file(text: &str) -> Result<Vec<Hour>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut hours = vec![Hour { mu: file.mu, sigma: file.sigma }; HOURS];
    for range in file.hours {
        if range.from >= range.to || range.to > 24 {
            return Err(format!("hours from {} to {}: 0 to 24, the end not included", range.from, range.to));
        }
        for day in days(&range.days)? {
            hours[day * 24 + range.from..day * 24 + range.to].fill(Hour { mu: range.mu, sigma: range.sigma });
        }
    }
    Ok(hours)
}

/// Days by their first three letters; all when none is named.
fn days(names: &[String]) -> Result<Vec<usize>, String> {
    if names.is_empty() {
        return Ok((0..7).collect());
    }
    let day = |name: &String| {
        let short: String = name.to_lowercase().chars().take(3).collect();
        DAYS.iter().position(|day| *day == short).ok_or_else(|| format!("{name:?} is no day of the week"))
    };
    names.iter().map(day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday, 4 January 2021, 0 o'clock UTC, and so many hours later.
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a week")]
    fn monday(hours: f64) -> Millis {
        1_609_718_400_000 + Millis::from((hours * 60.0) as i32) * 60_000
    }

    fn count(periods: &Periods, hours: f64) -> u64 {
        periods.count(monday(hours), &TimeZone::UTC, &mut Chance::new(1))
    }

    #[test]
    fn the_table_of_the_page_is_read() {
        let periods = Periods::read(r##"{"#1-5-mu": "7", "#1-5-sig": "0", "#1-6-mu": 9, "#1-6-sig": 0}"##, false).unwrap();
        assert_eq!((count(&periods, 5.9), count(&periods, 6.0)), (7, 9));
        let usual = count(&periods, 7.0);
        assert!((50..150).contains(&usual), "{usual}");
        assert!(Periods::read(r##"{"#1-5-mu": "x"}"##, false).unwrap_err().contains("#1-5-mu"));
    }

    #[test]
    fn the_table_of_a_file_is_read() {
        let text = "mu = 10\n[[hours]]\ndays = [\"Mon\", \"tuesday\"]\nfrom = 9\nto = 17\nmu = 50\n";
        let periods = Periods::read(text, false).unwrap();
        assert_eq!((count(&periods, 8.9), count(&periods, 9.0), count(&periods, 17.0), count(&periods, 33.5)), (10, 50, 10, 50));
        assert_eq!(count(&periods, 24.0 * 3.0 + 10.0), 10);
        for wrong in ["mu = 10\n[[hours]]\nfrom=5\nto=5\nmu=1", "mu=1\n[[hours]]\ndays=[\"x\"]\nmu=1", "mu = -1", "sigma = 1"] {
            assert!(Periods::read(wrong, false).is_err(), "{wrong}");
        }
    }

    #[test]
    fn smooth_rates_pass_in_a_line_also_over_midnight_and_the_end_of_the_week() {
        let text = "mu = 0\n[[hours]]\ndays = [\"Mon\"]\nfrom = 0\nto = 1\nmu = 60\n[[hours]]\ndays = [\"Sat\"]\nfrom = 23\nto = 24\nmu = 60\n";
        let periods = Periods::read(text, true).unwrap();
        assert_eq!((count(&periods, 0.0), count(&periods, 0.5), count(&periods, 1.0)), (60, 30, 0));
        assert_eq!((count(&periods, -0.5), count(&periods, 6.0 * 24.0 - 0.5)), (30, 30));
    }

    #[test]
    fn counts_scatter_and_are_never_negative() {
        let periods = Periods::read("mu = 1\nsigma = 100", false).unwrap();
        let mut chance = Chance::new(3);
        let drawn: Vec<u64> = (0..500).map(|_| periods.count(monday(0.0), &TimeZone::UTC, &mut chance)).collect();
        assert!(drawn.contains(&0) && drawn.iter().any(|count| *count > 100) && drawn.iter().all(|count| *count < 1000));
    }
}
