//! Java's date patterns (`java.time.format.DateTimeFormatter`, English), as `!{timestamp:…}` takes them (spec/firehose 4.1).

use jiff::Zoned;
use jiff::civil::{Date, Weekday, date};
use std::fmt::Write;

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The letters that are known, each with the most repetitions it may have.
const LETTERS: &str = "yuYMLdDHhKkmsSEecaGQqwWzZXxOVn";

/// A parsed pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DatePattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(char, usize),
}

impl DatePattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// A sentence that names the letter or character that is not understood.
    pub(super) fn parse(pattern: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = pattern.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '\'' => parts.push(Part::Text(quoted(&mut rest, pattern)?)),
                letter if letter.is_ascii_alphabetic() => {
                    let mut count = 1;
                    while rest.next_if_eq(&letter).is_some() {
                        count += 1;
                    }
                    parts.push(field(letter, count, pattern)?);
                }
                '[' | ']' | '{' | '}' | '#' => {
                    return Err(format!("the timestamp pattern {pattern} has the reserved character {c}"));
                }
                other => parts.push(Part::Text(other.into())),
            }
        }
        if parts.is_empty() {
            return Err("the timestamp pattern is empty".into());
        }
        Ok(Self(parts))
    }

    /// The pattern filled in for an instant in a time zone.
    pub(super) fn format(&self, at: &Zoned, out: &mut String) {
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Field(letter, count) => write_field(*letter, *count, at, out),
            }
        }
    }
}

/// The text up to the closing quote; two quotes are one.
fn quoted(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, pattern: &str) -> Result<String, String> {
    let mut text = String::new();
    loop {
        match rest.next() {
            Some('\'') if rest.next_if_eq(&'\'').is_some() => text.push('\''),
            Some('\'') if text.is_empty() => return Ok("'".into()),
            Some('\'') => return Ok(text),
            Some(c) => text.push(c),
            None => return Err(format!("the timestamp pattern {pattern} has a quote that is not closed")),
        }
    }
}

fn field(letter: char, count: usize, pattern: &str) -> Result<Part, String> {
    let most = match letter {
        'd' | 'H' | 'h' | 'K' | 'k' | 'm' | 's' | 'w' => 2,
        'D' => 3,
        'a' | 'W' => 1,
        'V' => 2,
        'S' | 'n' => 9,
        'y' | 'u' | 'Y' => 10,
        _ => 5,
    };
    if !LETTERS.contains(letter) {
        return Err(format!("the timestamp pattern {pattern} has the unknown letter {letter}"));
    }
    if count > most || (letter == 'V' && count != 2) {
        return Err(format!("the timestamp pattern {pattern} has the wrong number of {letter}"));
    }
    Ok(Part::Field(letter, count))
}

fn write_field(letter: char, count: usize, at: &Zoned, out: &mut String) {
    let hour = i64::from(at.hour());
    let month = i64::from(at.month());
    match letter {
        'y' | 'u' => year(i64::from(at.year()), count, out),
        'Y' => year(i64::from(us_week(at.date()).0), count, out),
        'M' | 'L' => named(month, MONTHS[month_index(at)], count, out),
        'd' => number(i64::from(at.day()), count, out),
        'D' => number(i64::from(at.day_of_year()), count, out),
        'H' => number(hour, count, out),
        'h' => number((hour + 11) % 12 + 1, count, out),
        'K' => number(hour % 12, count, out),
        'k' => number((hour + 23) % 24 + 1, count, out),
        'm' => number(i64::from(at.minute()), count, out),
        's' => number(i64::from(at.second()), count, out),
        'S' => out.push_str(&format!("{:09}", at.subsec_nanosecond())[..count]),
        'n' => number(i64::from(at.subsec_nanosecond()), count, out),
        'a' => out.push_str(if hour < 12 { "AM" } else { "PM" }),
        'E' => named(0, weekday_name(at), count.max(3), out),
        'e' | 'c' => named(i64::from(at.weekday().to_sunday_one_offset()), weekday_name(at), count, out),
        'G' => out.push_str(["AD", "Anno Domini", "A"][count.saturating_sub(3).min(2)]),
        'Q' | 'q' => quarter((month + 2) / 3, count, out),
        'w' => number(i64::from(us_week(at.date()).1), count, out),
        'W' => number(i64::from(week_of_month(at.date())), count, out),
        _ => zone(letter, count, at, out),
    }
}

fn month_index(at: &Zoned) -> usize {
    usize::from(at.month().unsigned_abs() - 1) % MONTHS.len()
}

fn weekday_name(at: &Zoned) -> &'static str {
    WEEKDAYS[usize::from(at.weekday().to_sunday_zero_offset().unsigned_abs()) % WEEKDAYS.len()]
}

fn number(n: i64, width: usize, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{n:0width$}");
}

fn year(year: i64, count: usize, out: &mut String) {
    if count == 2 { number(year.rem_euclid(100), 2, out) } else { number(year, count, out) }
}

/// One or two letters print a number, three the short name, four the whole name, five its first letter.
fn named(n: i64, name: &str, count: usize, out: &mut String) {
    match count {
        1 | 2 => number(n, count, out),
        3 => out.push_str(&name[..3]),
        4 => out.push_str(name),
        _ => out.push_str(&name[..1]),
    }
}

fn quarter(n: i64, count: usize, out: &mut String) {
    match count {
        1 | 2 => number(n, count, out),
        3 => out.push_str(&format!("Q{n}")),
        4 => out.push_str(["1st", "2nd", "3rd", "4th"][usize::try_from(n - 1).unwrap_or_default() % 4].to_owned().as_str()),
        _ => number(n, 1, out),
    }
    if count == 4 {
        out.push_str(" quarter");
    }
}

fn zone(letter: char, count: usize, at: &Zoned, out: &mut String) {
    let seconds = at.offset().seconds();
    let (sign, hours, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 3600, seconds.abs() / 60 % 60);
    match (letter, count) {
        ('X', _) if seconds == 0 => out.push('Z'),
        ('X' | 'x', 1) if minutes == 0 => out.push_str(&format!("{sign}{hours:02}")),
        ('X' | 'x', 1 | 2 | 4) | ('Z', 1..=3) => out.push_str(&format!("{sign}{hours:02}{minutes:02}")),
        ('X' | 'x', _) => out.push_str(&format!("{sign}{hours:02}:{minutes:02}")),
        ('Z', 5) if seconds == 0 => out.push('Z'),
        ('Z', 5) => out.push_str(&format!("{sign}{hours:02}:{minutes:02}")),
        ('Z' | 'O', _) if seconds == 0 => out.push_str("GMT"),
        ('Z', _) => out.push_str(&format!("GMT{sign}{hours:02}:{minutes:02}")),
        ('O', _) if minutes == 0 => out.push_str(&format!("GMT{sign}{hours}")),
        ('O', _) => out.push_str(&format!("GMT{sign}{hours}:{minutes:02}")),
        ('V', _) => out.push_str(at.time_zone().iana_name().unwrap_or("UTC")),
        _ => out.push_str(&at.strftime("%Z").to_string()),
    }
}

/// The week-based year and the week of a day by the US convention: weeks begin on Sunday, week 1 holds 1 January.
pub(super) fn us_week(day: Date) -> (i16, i8) {
    let next_new_year = date(day.year() + 1, 1, 1);
    let saturday = 6 - day.weekday().to_sunday_zero_offset();
    if days_between(day, next_new_year) <= i32::from(saturday) {
        return (day.year() + 1, 1);
    }
    let first = date(day.year(), 1, 1);
    let offset = i32::from(first.weekday().to_sunday_zero_offset());
    let week = (i32::from(day.day_of_year()) - 1 + offset) / 7 + 1;
    (day.year(), i8::try_from(week).unwrap_or(i8::MAX))
}

fn week_of_month(day: Date) -> i8 {
    let first = day.first_of_month().weekday();
    let offset = if first == Weekday::Sunday { 0 } else { first.to_sunday_zero_offset() };
    (day.day() - 1 + offset) / 7 + 1
}

fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Zoned {
        text.parse().unwrap()
    }

    fn formatted(pattern: &str, instant: &str) -> String {
        let mut out = String::new();
        DatePattern::parse(pattern).unwrap().format(&at(instant), &mut out);
        out
    }

    #[test]
    fn patterns_print_as_java_does() {
        // Printed by java.time 17 with Locale.US.
        let instant = "2016-02-05T13:04:09.123456789[UTC]";
        for (pattern, expected) in [
            ("yyyy/MM/dd/HH/", "2016/02/05/13/"),
            ("yy-M-d H:m:s", "16-2-5 13:4:9"),
            ("'year='yyyy'/month='MM", "year=2016/month=02"),
            ("yyyy-MM-dd'T'HH:mm:ss.SSS", "2016-02-05T13:04:09.123"),
            ("hh:mm a", "01:04 PM"),
            ("MMM MMMM E EEEE e", "Feb February Fri Friday 6"),
            ("D DDD Q QQQ QQQQ", "36 036 1 Q1 1st quarter"),
            ("YYYY-'w'ww W", "2016-w06 1"),
            ("K k u uuuuu n", "1 13 2016 02016 123456789"),
            ("G GGGG ZZZZ ZZZZZ VV", "AD Anno Domini GMT Z UTC"),
            ("z Z X XXX xxx O", "UTC +0000 Z Z +00:00 GMT"),
            ("''", "'"),
        ] {
            assert_eq!(formatted(pattern, instant), expected, "{pattern}");
        }
        assert_eq!(formatted("HH z Z XXX", "2016-07-05T13:04:09+02:00[Europe/Berlin]"), "13 CEST +0200 +02:00");
    }

    #[test]
    fn what_java_refuses_is_refused() {
        for pattern in ["", "yyyyT", "ddd", "'open", "{y", "bb", "V", "SSSSSSSSSS"] {
            assert!(DatePattern::parse(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn weeks_follow_the_us_convention() {
        for (day, expected) in [
            (date(2016, 2, 25), (2016, 9)),
            (date(2016, 1, 1), (2016, 1)),
            (date(2016, 1, 3), (2016, 2)),
            (date(2026, 11, 22), (2026, 48)),
            (date(2026, 12, 26), (2026, 52)),
            (date(2026, 12, 27), (2027, 1)),
            (date(2026, 12, 31), (2027, 1)),
            (date(2023, 1, 1), (2023, 1)),
            (date(2023, 1, 7), (2023, 1)),
            (date(2023, 1, 8), (2023, 2)),
        ] {
            assert_eq!(us_week(day), expected, "{day}");
        }
    }
}
