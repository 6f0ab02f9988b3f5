//! What each token of a format writes.

use super::Moment;
use std::fmt::Write;

/// Writes a part of a time.
pub(super) type Token = fn(&Moment, &mut String);

/// Every token of moment.js 2.17.
pub(super) const TOKENS: &[(&str, Token)] = &[
    ("M", |m, out| number(m.civil.month(), 1, out)),
    ("MM", |m, out| number(m.civil.month(), 2, out)),
    ("Mo", |m, out| ordinal(m.civil.month(), out)),
    ("MMM", |m, out| out.push_str(&m.month_name()[..3])),
    ("MMMM", |m, out| out.push_str(m.month_name())),
    ("Q", |m, out| number(quarter(m), 1, out)),
    ("Qo", |m, out| ordinal(quarter(m), out)),
    ("D", |m, out| number(m.civil.day(), 1, out)),
    ("DD", |m, out| number(m.civil.day(), 2, out)),
    ("Do", |m, out| ordinal(m.civil.day(), out)),
    ("DDD", |m, out| number(m.civil.day_of_year(), 1, out)),
    ("DDDD", |m, out| number(m.civil.day_of_year(), 3, out)),
    ("DDDo", |m, out| ordinal(m.civil.day_of_year(), out)),
    ("d", |m, out| number(weekday(m), 1, out)),
    ("do", |m, out| ordinal(weekday(m), out)),
    ("dd", |m, out| out.push_str(&m.day_name()[..2])),
    ("ddd", |m, out| out.push_str(&m.day_name()[..3])),
    ("dddd", |m, out| out.push_str(m.day_name())),
    ("e", |m, out| number(weekday(m), 1, out)),
    ("E", |m, out| number(m.civil.weekday().to_monday_one_offset(), 1, out)),
    ("w", |m, out| number(local_week(m).1, 1, out)),
    ("ww", |m, out| number(local_week(m).1, 2, out)),
    ("wo", |m, out| ordinal(local_week(m).1, out)),
    ("W", |m, out| number(iso_week(m).1, 1, out)),
    ("WW", |m, out| number(iso_week(m).1, 2, out)),
    ("Wo", |m, out| ordinal(iso_week(m).1, out)),
    ("Y", |m, out| number(m.civil.year(), 1, out)),
    ("YY", |m, out| number(m.civil.year() % 100, 2, out)),
    ("YYYY", |m, out| number(m.civil.year(), 4, out)),
    ("YYYYY", |m, out| number(m.civil.year(), 5, out)),
    ("YYYYYY", |m, out| {
        out.push_str(if m.civil.year() < 0 { "" } else { "+" });
        number(m.civil.year(), 6, out);
    }),
    ("gg", |m, out| number(local_week(m).0 % 100, 2, out)),
    ("gggg", |m, out| number(local_week(m).0, 4, out)),
    ("ggggg", |m, out| number(local_week(m).0, 5, out)),
    ("GG", |m, out| number(iso_week(m).0 % 100, 2, out)),
    ("GGGG", |m, out| number(iso_week(m).0, 4, out)),
    ("GGGGG", |m, out| number(iso_week(m).0, 5, out)),
    ("A", |m, out| out.push_str(if m.civil.hour() < 12 { "AM" } else { "PM" })),
    ("a", |m, out| out.push_str(if m.civil.hour() < 12 { "am" } else { "pm" })),
    ("H", |m, out| number(m.civil.hour(), 1, out)),
    ("HH", |m, out| number(m.civil.hour(), 2, out)),
    ("h", |m, out| number(hour_of_twelve(m), 1, out)),
    ("hh", |m, out| number(hour_of_twelve(m), 2, out)),
    ("k", |m, out| number(hour_from_one(m), 1, out)),
    ("kk", |m, out| number(hour_from_one(m), 2, out)),
    ("m", |m, out| number(m.civil.minute(), 1, out)),
    ("mm", |m, out| number(m.civil.minute(), 2, out)),
    ("s", |m, out| number(m.civil.second(), 1, out)),
    ("ss", |m, out| number(m.civil.second(), 2, out)),
    ("hmm", |m, out| joined(m, hour_of_twelve(m), false, out)),
    ("hmmss", |m, out| joined(m, hour_of_twelve(m), true, out)),
    ("Hmm", |m, out| joined(m, m.civil.hour(), false, out)),
    ("Hmmss", |m, out| joined(m, m.civil.hour(), true, out)),
    ("S", |m, out| number(m.civil.millisecond() / 100, 1, out)),
    ("SS", |m, out| number(m.civil.millisecond() / 10, 2, out)),
    ("SSS", |m, out| number(m.civil.millisecond(), 3, out)),
    ("SSSS", |m, out| fraction(m, "0", out)),
    ("SSSSS", |m, out| fraction(m, "00", out)),
    ("SSSSSS", |m, out| fraction(m, "000", out)),
    ("SSSSSSS", |m, out| fraction(m, "0000", out)),
    ("SSSSSSSS", |m, out| fraction(m, "00000", out)),
    ("SSSSSSSSS", |m, out| fraction(m, "000000", out)),
    ("x", |m, out| number(m.at_ms, 1, out)),
    ("X", |m, out| number(m.at_ms.div_euclid(1000), 1, out)),
    ("z", |m, out| out.push_str(if m.utc { "UTC" } else { "" })),
    ("zz", |m, out| out.push_str(if m.utc { "Coordinated Universal Time" } else { "" })),
    ("Z", |m, out| m.push_offset(":", out)),
    ("ZZ", |m, out| m.push_offset("", out)),
];

/// Digits, padded by zeros.
fn number(number: impl Into<i64>, digits: usize, out: &mut String) {
    let number: i64 = number.into();
    let mut buffer = itoa::Buffer::new();
    let text = buffer.format(number.unsigned_abs());
    if number < 0 {
        out.push('-');
    }
    for _ in text.len()..digits {
        out.push('0');
    }
    out.push_str(text);
}

/// 1st, 2nd, 3rd, 4th, 11th.
fn ordinal(value: impl Into<i64>, out: &mut String) {
    let value: i64 = value.into();
    number(value, 1, out);
    out.push_str(match (value % 10, value % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    });
}

fn quarter(m: &Moment) -> i8 {
    (m.civil.month() + 2) / 3
}

fn weekday(m: &Moment) -> i8 {
    m.civil.weekday().to_sunday_zero_offset()
}

fn hour_of_twelve(m: &Moment) -> i8 {
    (m.civil.hour() + 11) % 12 + 1
}

fn hour_from_one(m: &Moment) -> i8 {
    if m.civil.hour() == 0 { 24 } else { m.civil.hour() }
}

fn joined(m: &Moment, hour: i8, seconds: bool, out: &mut String) {
    number(hour, 1, out);
    number(m.civil.minute(), 2, out);
    if seconds {
        number(m.civil.second(), 2, out);
    }
}

/// Milliseconds and zeros for the digits that are not known.
fn fraction(m: &Moment, zeros: &str, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{:03}{zeros}", m.civil.millisecond());
}

/// Year and week where weeks begin on Monday and week 1 holds 4 January.
fn iso_week(m: &Moment) -> (i16, i8) {
    let week = m.civil.date().iso_week_date();
    (week.year(), week.week())
}

/// Year and week of English: weeks begin on Sunday and week 1 holds 1 January.
fn local_week(m: &Moment) -> (i16, i16) {
    let year = m.civil.year();
    // The weekday of 1 January is how many days of week 1 lie in the year before.
    let first_weekday =
        |year: i16| i16::from(jiff::civil::Date::new(year, 1, 1).map_or(0, |date| date.weekday().to_sunday_zero_offset()));
    let week = (m.civil.day_of_year() - 1 + first_weekday(year)) / 7 + 1;
    let weeks = (m.civil.date().days_in_year() + first_weekday(year)) / 7;
    if week > weeks { (year + 1, 1) } else { (year, week) }
}
