//! Dates, times and timestamps as source records write them.
//!
//! The guide names `1992-02-14` and `1992-02-14 18:35:44.0`; its samples also map ISO 8601 texts with `T` and six fraction digits.
//! Accepted: a blank or `T` between day and time, up to nine fraction digits (cut to ms), and a zone (`Z`, `+02:00`, `+0200`), which is
//! converted to UTC.

use crate::base::clock::Millis;

/// Milliseconds of a day.
pub const DAY_MS: Millis = 86_400_000;

/// Milliseconds since 1970 of a date or a date with time.
pub fn timestamp(text: &[u8]) -> Option<Millis> {
    let text = text.trim_ascii();
    let date = day(text.first_chunk()?)? * DAY_MS;
    match text.get(10) {
        None => Some(date),
        Some(b' ' | b'T' | b't') => {
            let (time, rest) = time_of_day(&text[11..])?;
            Some(date + time - zone(rest)?)
        }
        Some(_) => None,
    }
}

/// Milliseconds since 1970 of the day of a date or a date with time.
pub fn date(text: &[u8]) -> Option<Millis> {
    Some(timestamp(text)?.div_euclid(DAY_MS) * DAY_MS)
}

/// Milliseconds of the day of `HH:mm:ss`, with or without a fraction.
pub fn time(text: &[u8]) -> Option<Millis> {
    let (time, rest) = time_of_day(text.trim_ascii())?;
    rest.is_empty().then_some(time)
}

/// Days since 1970 of `yyyy-MM-dd`, which must be in the calendar.
#[inline]
fn day(text: &[u8; 10]) -> Option<i64> {
    if text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let year = pair(text[0], text[1])? * 100 + pair(text[2], text[3])?;
    let (month, day) = (pair(text[5], text[6])?, pair(text[8], text[9])?);
    ((1..=12).contains(&month) && day >= 1 && day <= days_in_month(year, month)).then(|| days_since_epoch(year, month, day))
}

#[inline]
fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a day of the proleptic Gregorian calendar: years are counted from March, so that the leap day ends one.
#[inline]
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (month * 153 + 2) / 5 + day - 1 - 719_468
}

/// `HH:mm:ss[.fraction]` at the start of a text, and what follows it.
#[inline]
fn time_of_day(text: &[u8]) -> Option<(Millis, &[u8])> {
    let head: &[u8; 8] = text.first_chunk()?;
    if head[2] != b':' || head[5] != b':' {
        return None;
    }
    let (hour, minute, second) = (pair(head[0], head[1])?, pair(head[3], head[4])?, pair(head[6], head[7])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (fraction, rest) = fraction(&text[8..])?;
    Some((((hour * 60 + minute) * 60 + second) * 1000 + fraction, rest))
}

/// `.123456` in ms, none as 0; and what follows.
#[inline]
fn fraction(text: &[u8]) -> Option<(Millis, &[u8])> {
    let [b'.', digits @ ..] = text else {
        return Some((0, text));
    };
    let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=9).contains(&count) {
        return None;
    }
    let millis = digits[..count].iter().chain(b"00").take(3).fold(0, |ms, b| ms * 10 + Millis::from(b - b'0'));
    Some((millis, &digits[count..]))
}

/// How far the zone is ahead of UTC, in ms; no zone is UTC.
fn zone(text: &[u8]) -> Option<Millis> {
    let (sign, hours, minutes) = match *text {
        [] | [b'Z' | b'z'] => return Some(0),
        [sign, h1, h2] => (sign, pair(h1, h2)?, 0),
        [sign, h1, h2, m1, m2] | [sign, h1, h2, b':', m1, m2] => (sign, pair(h1, h2)?, pair(m1, m2)?),
        _ => return None,
    };
    let ahead = (hours * 60 + minutes) * 60_000;
    match sign {
        b'+' if hours < 24 && minutes < 60 => Some(ahead),
        b'-' if hours < 24 && minutes < 60 => Some(-ahead),
        _ => None,
    }
}

/// Two digits as a number.
#[inline]
fn pair(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens * 10 + ones))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted_texts() {
        let noon = 1_491_393_600_000;
        for (text, expected) in [
            ("2017-04-05T12:00:00.123Z", noon + 123),
            ("2017-04-05 12:00:00", noon),
            ("2017-04-05 12:00:00.5", noon + 500),
            ("2017-04-05T12:00:00.337510", noon + 337),
            (" 2017-04-05T14:00:00+02:00 ", noon),
            ("2017-04-05T03:30:00-0830", noon),
            ("2017-04-05T13:00:00+01", noon),
            ("1970-01-01", 0),
            ("1969-12-31 23:59:59.999", -1),
            ("2000-02-29", 951_782_400_000),
            ("0001-01-01", -62_135_596_800_000),
        ] {
            assert_eq!(timestamp(text.as_bytes()), Some(expected), "{text}");
        }
        assert_eq!(date(b"1992-02-14 18:35:44.0"), Some(698_025_600_000));
        assert_eq!(time(b"18:35:44.25"), Some(66_944_250));
    }

    #[test]
    fn refused_texts() {
        for text in [
            "",
            "2017",
            "2017-02-29",
            "2017-13-01",
            "2017-00-10",
            "2017-04-31",
            "2017/04/05",
            "2017-04-05T24:00:00",
            "2017-04-05T12:60:00",
            "2017-04-05T12:00",
            "2017-04-05T12:00:00.",
            "2017-04-05T12:00:00.1234567890",
            "2017-04-05T12:00:00+2",
            "2017-04-05x12:00:00",
            "2017-04-05T12:00:00Zx",
            "2O17-04-05",
        ] {
            assert_eq!(timestamp(text.as_bytes()), None, "{text}");
        }
        assert_eq!(time(b"18:35"), None);
    }
}
