//! Text into values, as CAST reads it (SQL reference, "CAST"; a fraction of seconds is taken, as the page's own example has one).

use super::calendar::{DAY_MS, days_of, month_length};
use super::{IntervalQualifier, IntervalUnit, POWERS_OF_TEN, whole_part};

/// `yyyy-MM-dd HH:mm:ss`, with `.fraction` of which milliseconds are kept; also ISO 8601's `T` and zone (`Z`, `+01:00`, `+0100`), which the workshop
/// casts (`2017-04-05T12:00:00.123Z`). Blanks behind it do not matter.
pub fn timestamp(text: &[u8]) -> Option<i64> {
    let (date_part, rest) = text.split_at_checked(10)?;
    let [b' ' | b'T', rest @ ..] = rest.trim_ascii_end() else { return None };
    let zone_at = rest.iter().position(|byte| matches!(byte, b'Z' | b'+' | b'-')).unwrap_or(rest.len());
    let (time_part, zone) = rest.split_at(zone_at);
    Some(date(date_part)? + time_of(time_part)? - zone_ms(zone)?)
}

/// How far a zone is ahead of UTC.
fn zone_ms(text: &[u8]) -> Option<i64> {
    let (sign, hours, minutes) = match *text {
        [] | [b'Z'] => return Some(0),
        [sign, h1, h2, b':', m1, m2] | [sign, h1, h2, m1, m2] => (sign, number(&[h1, h2])?, number(&[m1, m2])?),
        [sign, h1, h2] => (sign, number(&[h1, h2])?, 0),
        _ => return None,
    };
    let ms = (hours * 60 + minutes) * 60_000;
    (sign != b'Z' && hours < 24 && minutes < 60).then_some(if sign == b'-' { -ms } else { ms })
}

/// `yyyy-MM-dd`, nothing more.
pub fn date(text: &[u8]) -> Option<i64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else { return None };
    let (year, month, day) = (number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?);
    let exists = (1..=12).contains(&month) && day >= 1 && (day <= 28 || day <= month_length(year, month));
    exists.then(|| days_of(year, month, day) * DAY_MS)
}

/// `HH:mm:ss`, with `.fraction`; blanks before it do not matter.
pub fn time(text: &[u8]) -> Option<i64> {
    time_of(text.trim_ascii_start())
}

fn time_of(text: &[u8]) -> Option<i64> {
    let (clock, fraction) = text.split_at_checked(8)?;
    let [h1, h2, b':', m1, m2, b':', s1, s2] = *clock else { return None };
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(((hour * 60 + minute) * 60 + second) * 1_000 + fraction_ms(fraction)?)
}

/// Milliseconds of `.fraction`, or 0 of nothing.
fn fraction_ms(text: &[u8]) -> Option<i64> {
    match text {
        [] => Some(0),
        [b'.', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            let kept = &digits[..digits.len().min(3)];
            Some(number(kept)? * POWERS_OF_TEN[3 - kept.len()])
        }
        _ => None,
    }
}

/// Digits only.
#[inline]
fn number(digits: &[u8]) -> Option<i64> {
    let mut value = 0i64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(value)
}

/// `true` and `false` in any case; `unknown` is NULL.
pub fn boolean(text: &[u8]) -> Option<Option<bool>> {
    let text = text.trim_ascii();
    if text.eq_ignore_ascii_case(b"true") {
        Some(Some(true))
    } else if text.eq_ignore_ascii_case(b"false") {
        Some(Some(false))
    } else {
        text.eq_ignore_ascii_case(b"unknown").then_some(None)
    }
}

/// A number in decimal or scientific notation.
pub fn double(text: &[u8]) -> Option<f64> {
    let text = text.trim_ascii();
    // Rust also reads "inf" and "nan", which are no numbers of the dialect.
    let numeric =
        !text.is_empty() && text.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    if numeric { std::str::from_utf8(text).ok()?.parse().ok() } else { None }
}

/// A number as an unscaled whole number of the given scale, rounded.
pub fn decimal(text: &[u8], scale: u8) -> Option<i128> {
    let text = text.trim_ascii();
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let point = digits.iter().position(|byte| *byte == b'.').unwrap_or(digits.len());
    let (whole, fraction) = (&digits[..point], digits.get(point + 1..).unwrap_or_default());
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    if whole.len() > 20 || fraction.len() > 18 || digits.contains(&b'e') || digits.contains(&b'E') {
        return of_double(double(text)?, scale);
    }
    let unscaled = i128::from(long(whole)?) * i128::from(POWERS_OF_TEN[fraction.len()]) + i128::from(long(fraction)?);
    let signed = if negative { -unscaled } else { unscaled };
    Some(super::rescale_exact(signed, u8::try_from(fraction.len()).ok()?, scale))
}

fn long(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0u64, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 { None } else { value.checked_mul(10)?.checked_add(u64::from(digit)) }
    })
}

fn of_double(value: f64, scale: u8) -> Option<i128> {
    let scaled = (value * POWERS_OF_TEN[usize::from(scale.min(18))] as f64).round();
    (scaled.abs() < 1e30).then(|| whole_part(scaled))
}

/// The text of an interval literal: `3 04:20` DAY TO MINUTE in ms, `4-04` YEAR TO MONTH in months. The leading field's digits are not
/// counted; the others must be in range.
pub fn interval(text: &str, qualifier: IntervalQualifier) -> Option<i64> {
    let text = text.trim();
    let (sign, text) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let value = if qualifier.is_year_month() { months(text, qualifier)? } else { millis(text, qualifier)? };
    Some(sign * value)
}

fn months(text: &str, qualifier: IntervalQualifier) -> Option<i64> {
    let whole = |digits: &str| if digits.len() <= 10 { number(digits.as_bytes()) } else { None };
    match (qualifier.from, qualifier.to) {
        (IntervalUnit::Year, IntervalUnit::Month) => {
            let (years, months) = text.split_once('-')?;
            let months = whole(months).filter(|months| *months < 12)?;
            Some(whole(years)? * 12 + months)
        }
        (IntervalUnit::Year, _) => Some(whole(text)? * 12),
        _ => whole(text),
    }
}

fn millis(text: &str, qualifier: IntervalQualifier) -> Option<i64> {
    let mut rest = text;
    let mut total = 0i64;
    for unit in [IntervalUnit::Day, IntervalUnit::Hour, IntervalUnit::Minute, IntervalUnit::Second] {
        if unit < qualifier.from || unit > qualifier.to {
            continue;
        }
        let separator = if unit == IntervalUnit::Day { ' ' } else { ':' };
        let (field, after) = if unit == qualifier.to { (rest, "") } else { rest.split_once(separator)? };
        rest = after;
        let (digits, fraction) =
            if unit == IntervalUnit::Second { field.split_at(field.find('.').unwrap_or(field.len())) } else { (field, "") };
        if digits.is_empty() || digits.len() > 10 {
            return None;
        }
        let limit = match unit {
            _ if unit == qualifier.from => i64::MAX,
            IntervalUnit::Hour => 24,
            _ => 60,
        };
        let count = number(digits.as_bytes()).filter(|count| *count < limit)?;
        total = total.checked_add(count.checked_mul(unit.millis())?)?.checked_add(fraction_ms(fraction.as_bytes())?)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use IntervalUnit::{Day, Hour, Minute, Month, Second, Year};

    #[test]
    fn datetimes_are_read_strictly() {
        assert_eq!(timestamp(b"1970-01-02 00:00:01.5"), Some(DAY_MS + 1_500));
        assert_eq!(timestamp(b"1970-01-01T01:00:00.123456Z  "), Some(3_600_123));
        assert_eq!(timestamp(b"1970-01-01T01:00:00+01:00"), Some(0));
        assert_eq!(timestamp(b"1970-01-01 01:00:00-0130"), Some(9_000_000));
        assert_eq!(timestamp(b"2007-02-19 21:23:45.0").map(|ms| ms % DAY_MS), Some(77_025_000));
        for wrong in [
            "2007-02-19",
            "2007-02-19/21:23:45",
            "2007-02-19 21:23:45Q",
            "2007-02-19 21:23:45Z00:00",
            "2007-02-30 00:00:00",
            "2007-02-19 21:23",
            "2007-02-19 24:00:00",
            "2007-02-19 21:23:45.",
        ] {
            assert_eq!(timestamp(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(date(b"2004-12-02 "), None);
        assert_eq!(time(b" 21:23:45.0"), Some(77_025_000));
        assert_eq!(time(b"21:23:45:11"), None);
    }

    #[test]
    fn numbers() {
        assert_eq!(decimal(b" -12.345 ", 2), Some(-1_235));
        assert_eq!(decimal(b"7", 3), Some(7_000));
        assert_eq!(decimal(b"1e3", 0), Some(1_000));
        assert_eq!([decimal(b"a", 0), decimal(b"", 0), decimal(b".", 0), decimal(b"1.2.3", 0)], [None; 4]);
        assert_eq!(double(b" 1.5E-6 "), Some(1.5e-6));
        assert_eq!([double(b"inf"), double(b"nan"), double(b"")], [None; 3]);
    }

    #[test]
    fn intervals() {
        let read = |text, from, to| interval(text, IntervalQualifier::new(from, to));
        assert_eq!(read("25 3", Day, Hour), Some(25 * DAY_MS + 3 * 3_600_000));
        assert_eq!(read("3:45:04.0", Day, Hour), None);
        assert_eq!(read("-3 4:20", Day, Minute), Some(-(3 * DAY_MS + 4 * 3_600_000 + 20 * 60_000)));
        assert_eq!(read("59:59.999", Minute, Second), Some(3_599_999));
        assert_eq!(read("3-4", Year, Month), Some(40));
        assert_eq!(read("3 24", Day, Hour), None);
        assert_eq!(read("+10", Second, Second), Some(10_000));
    }
}
