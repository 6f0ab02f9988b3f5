//! The TIMESTAMP of a proof: `Wed Apr 5 12:34:56 UTC 2017`, in English, the day without a leading zero.

/// Names of the days.
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Names of the months.
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Whether a text has the form, and names a day and a time that there are.
pub(super) fn is_timestamp(text: &str) -> bool {
    let mut parts = text.split(' ');
    let mut next = || parts.next().unwrap_or_default();
    let (weekday, month, day, time, zone, year) = (next(), next(), next(), next(), next(), next());
    let month = MONTHS.iter().position(|name| *name == month);
    let plain_day = !day.starts_with('0') && is_number(day, 1..=2);
    let (Some(month), true) = (month, plain_day && is_number(year, 4..=4)) else { return false };
    let (Ok(year), Ok(month), Ok(day)) = (year.parse(), i8::try_from(month + 1), day.parse()) else { return false };
    let exists = jiff::civil::Date::new(year, month, day).is_ok();
    exists && DAYS.contains(&weekday) && is_time(time) && zone == "UTC" && parts.next().is_none()
}

fn is_number(text: &str, digits: std::ops::RangeInclusive<usize>) -> bool {
    digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `12:34:56`.
fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(4, ':').collect();
    let below = |part: &str, bound: u8| is_number(part, 2..=2) && part.parse::<u8>().is_ok_and(|number| number < bound);
    matches!(parts.as_slice(), [hour, minute, second] if below(hour, 24) && below(minute, 60) && below(second, 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_has_no_leading_zero() {
        assert!(is_timestamp("Wed Apr 5 12:34:56 UTC 2017") && is_timestamp("Sat Nov 25 00:00:00 UTC 2023"));
        for text in [
            "",
            "Wed Apr 05 12:34:56 UTC 2017",
            "Wed Apr  5 12:34:56 UTC 2017",
            "Wed Apr 5 12:34:56 UTC 2017 ",
            "Wed Apr 5 24:00:00 UTC 2017",
            "Wed Apr 5 12:34 UTC 2017",
            "Wed Apr 31 12:34:56 UTC 2017",
            "Wed Apr 5 12:34:56 CET 2017",
            "Mi Apr 5 12:34:56 UTC 2017",
            "2017-04-05T12:34:56Z",
        ] {
            assert!(!is_timestamp(text), "{text:?}");
        }
    }
}
