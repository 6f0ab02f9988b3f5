//! Templates of datetimes: the letters of Java's SimpleDateFormat, English names, UTC (SQL reference, "Template Strings to Specify
//! Format": input after what the template needs is ignored, fields left out are those of 1970-01-01 00:00:00.000, values out of range fail).

use crate::base::clock::Millis;
use crate::sql::types::{Civil, DAY_MS, civil, days_of, month_length};
use std::fmt::Write;

/// A template, read once.
pub(super) struct Template {
    parts: Vec<Part>,
    /// Two-digit years are read as the hundred years that begin with this one: 80 years before the pump's start.
    century_start: i64,
}

enum Part {
    Literal(String),
    Field { letter: char, count: usize, next_is_number: bool },
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Zone names of log files, in minutes east of UTC.
const ZONES: [(&str, i64); 11] = [
    ("UTC", 0),
    ("GMT", 0),
    ("UT", 0),
    ("PST", -480),
    ("PDT", -420),
    ("MST", -420),
    ("MDT", -360),
    ("CST", -360),
    ("CDT", -300),
    ("EST", -300),
    ("EDT", -240),
];

#[derive(Default)]
struct Fields {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: Option<i64>,
    hour12: Option<i64>,
    minute: i64,
    second: i64,
    milli: i64,
    afternoon: bool,
    before_christ: bool,
    zone_minutes: i64,
}

impl Template {
    pub(super) fn new(text: &str, start_ms: Millis) -> Self {
        let mut parts = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(letter) = chars.next() {
            if letter == '\'' {
                literal(&mut parts, &quoted(&mut chars));
            } else if letter.is_ascii_alphabetic() {
                let mut count = 1;
                while chars.next_if_eq(&letter).is_some() {
                    count += 1;
                }
                parts.push(Part::Field { letter, count, next_is_number: false });
            } else {
                literal(&mut parts, letter.encode_utf8(&mut [0; 4]));
            }
        }
        for place in 1..parts.len() {
            if let Part::Field { letter, count, .. } = parts[place] {
                let is_number = is_number(letter, count);
                if let Part::Field { next_is_number, .. } = &mut parts[place - 1] {
                    *next_is_number = is_number;
                }
            }
        }
        Self { parts, century_start: civil(start_ms.div_euclid(DAY_MS)).year - 80 }
    }

    /// Milliseconds since 1970, or `None` when the text does not fit.
    pub(super) fn parse(&self, text: &str) -> Option<i64> {
        let mut rest = text;
        let mut fields = Fields::default();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => rest = rest.strip_prefix(literal.as_str())?,
                Part::Field { letter, count, next_is_number } => {
                    rest = self.field(rest.trim_start_matches([' ', '\t']), (*letter, *count), *next_is_number, &mut fields)?;
                }
            }
        }
        fields.millis()
    }

    fn field<'a>(&self, text: &'a str, (letter, count): (char, usize), fixed: bool, fields: &mut Fields) -> Option<&'a str> {
        if !is_number(letter, count) {
            return named(text, letter, fields);
        }
        let end = text.bytes().take(if fixed { count } else { 18 }).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = text.split_at(end);
        let value: i64 = digits.parse().ok()?;
        let within = |low, high| (low..=high).contains(&value).then_some(value);
        match letter {
            'y' | 'Y' if count == 2 && digits.len() == 2 => {
                fields.year = Some(self.century_start + (value - self.century_start).rem_euclid(100))
            }
            'y' | 'Y' => fields.year = Some(value),
            'M' => fields.month = Some(within(1, 12)?),
            'd' => fields.day = Some(within(1, 31)?),
            'D' => fields.day_of_year = Some(within(1, 366)?),
            'H' => fields.hour = Some(within(0, 23)?),
            'k' => fields.hour = Some(within(1, 24)? % 24),
            'K' => fields.hour12 = Some(within(0, 11)?),
            'h' => fields.hour12 = Some(within(1, 12)? % 12),
            'm' => fields.minute = within(0, 59)?,
            's' => fields.second = within(0, 59)?,
            'S' => fields.milli = within(0, 999)?,
            // Weeks and numbers of days within a week or month do not name a day by themselves here.
            _ => {}
        }
        Some(rest)
    }

    /// The text of an instant.
    pub(super) fn format(&self, ms: i64) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => out.push_str(literal),
                Part::Field { letter, count, .. } => format_field(&mut out, ms, *letter, *count),
            }
        }
        out
    }
}

fn literal(parts: &mut Vec<Part>, text: &str) {
    if let Some(Part::Literal(before)) = parts.last_mut() {
        before.push_str(text);
    } else {
        parts.push(Part::Literal(text.to_owned()));
    }
}

/// The rest of `'quoted'`; `''` is a quote, inside and by itself.
fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    if chars.next_if_eq(&'\'').is_some() {
        return "'".to_owned();
    }
    let mut text = String::new();
    while let Some(next) = chars.next() {
        if next == '\'' && chars.next_if_eq(&'\'').is_none() {
            break;
        }
        text.push(next);
    }
    text
}

fn is_number(letter: char, count: usize) -> bool {
    match letter {
        'M' => count <= 2,
        'G' | 'E' | 'a' | 'z' | 'Z' | 'X' => false,
        _ => true,
    }
}

fn named<'a>(text: &'a str, letter: char, fields: &mut Fields) -> Option<&'a str> {
    match letter {
        'M' => {
            let (month, rest) = name(text, &MONTHS)?;
            fields.month = Some(month + 1);
            Some(rest)
        }
        'E' => Some(name(text, &DAYS)?.1),
        'a' => {
            let (half, rest) = word(text, &["AM", "PM"])?;
            fields.afternoon = half == 1;
            Some(rest)
        }
        'G' => {
            let (era, rest) = word(text, &["BC", "AD"])?;
            fields.before_christ = era == 0;
            Some(rest)
        }
        _ => zone(text, fields),
    }
}

/// A full or three-letter name in any case, and its place.
fn name<'a>(text: &'a str, names: &[&str]) -> Option<(i64, &'a str)> {
    let found = |length: fn(&str) -> usize| {
        names
            .iter()
            .position(|name| text.get(..length(name)).is_some_and(|start| start.eq_ignore_ascii_case(&name[..length(name)])))
            .map(|at| (at, length(names[at])))
    };
    let (place, length) = found(str::len).or_else(|| found(|_| 3))?;
    Some((i64::try_from(place).ok()?, &text[length..]))
}

fn word<'a>(text: &'a str, words: &[&str]) -> Option<(usize, &'a str)> {
    let place = words.iter().position(|word| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))?;
    Some((place, &text[words[place].len()..]))
}

/// `UTC`, `PST`, `GMT+01:00`, `+0100`, `+01:00`, `Z`.
fn zone<'a>(text: &'a str, fields: &mut Fields) -> Option<&'a str> {
    let mut rest = text;
    let named = ZONES.iter().find(|(name, _)| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
    if let Some((name, minutes)) = named {
        fields.zone_minutes = *minutes;
        rest = &text[name.len()..];
    } else if let Some(after) = text.strip_prefix(['Z', 'z']) {
        return Some(after);
    }
    let sign = match rest.bytes().next() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return named.map(|_| rest),
    };
    let digits = |text: &str| text.get(..2).filter(|two| two.bytes().all(|b| b.is_ascii_digit()))?.parse::<i64>().ok();
    let after_sign = &rest[1..];
    let Some(hours) = digits(after_sign) else { return named.map(|_| rest) };
    let after_hours = &after_sign[2..];
    let minutes_text = after_hours.strip_prefix(':').unwrap_or(after_hours);
    let (minutes, rest) = digits(minutes_text).map_or((0, after_hours), |minutes| (minutes, &minutes_text[2..]));
    fields.zone_minutes = sign * (hours * 60 + minutes);
    Some(rest)
}

impl Fields {
    fn millis(&self) -> Option<i64> {
        let given = self.year.unwrap_or(1970);
        let year = if self.before_christ { 1 - given } else { given };
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        let days = match self.day_of_year {
            Some(day) => days_of(year, 1, 1) + day - 1,
            None if day > month_length(year, month) => return None,
            None => days_of(year, month, day),
        };
        let hour = self.hour.unwrap_or_else(|| self.hour12.unwrap_or_default() + if self.afternoon { 12 } else { 0 });
        let minutes = hour * 60 + self.minute - self.zone_minutes;
        Some(days * DAY_MS + (minutes * 60 + self.second) * 1_000 + self.milli)
    }
}

fn format_field(out: &mut String, ms: i64, letter: char, count: usize) {
    let days = ms.div_euclid(DAY_MS);
    let Civil { year, month, day } = civil(days);
    let of_day = ms.rem_euclid(DAY_MS);
    let hour = of_day / 3_600_000;
    let weekday = (days + 3).rem_euclid(7);
    let number = match letter {
        'y' | 'Y' if count == 2 => year.rem_euclid(100),
        'y' | 'Y' => {
            if year > 0 {
                year
            } else {
                1 - year
            }
        }
        'M' if count <= 2 => month,
        'd' => day,
        'D' => days - days_of(year, 1, 1) + 1,
        'F' => (day - 1) / 7 + 1,
        'W' => (day + 6 - (weekday + 1) % 7 + 6) / 7,
        'w' => (days - days_of(year, 1, 1) + (days_of(year, 1, 1) + 4).rem_euclid(7)) / 7 + 1,
        'u' => weekday + 1,
        'H' => hour,
        'k' => {
            if hour == 0 {
                24
            } else {
                hour
            }
        }
        'K' => hour % 12,
        'h' => {
            if hour % 12 == 0 {
                12
            } else {
                hour % 12
            }
        }
        'm' => of_day / 60_000 % 60,
        's' => of_day / 1_000 % 60,
        'S' => of_day % 1_000,
        _ => return out.push_str(&name_of(letter, count, year, month, hour, weekday)),
    };
    // Writing to a String does not fail.
    let _ = write!(out, "{number:0count$}");
}

fn name_of(letter: char, count: usize, year: i64, month: i64, hour: i64, weekday: i64) -> String {
    let pick = |names: &[&'static str], place: i64| {
        let name = usize::try_from(place).ok().and_then(|place| names.get(place).copied()).unwrap_or_default();
        if count >= 4 { name } else { &name[..3.min(name.len())] }
    };
    match letter {
        'M' => pick(&MONTHS, month - 1),
        'E' => pick(&DAYS, weekday),
        'G' => {
            if year > 0 {
                "AD"
            } else {
                "BC"
            }
        }
        'a' => {
            if hour < 12 {
                "AM"
            } else {
                "PM"
            }
        }
        'z' => "UTC",
        'Z' => "+0000",
        'X' => "Z",
        _ => "",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::types::write_timestamp;

    const IN_2011: i64 = 1_300_000_000_000;

    fn read(template: &str, text: &str) -> Option<String> {
        let ms = Template::new(template, IN_2011).parse(text)?;
        let mut out = String::new();
        write_timestamp(&mut out, ms, false);
        Some(out)
    }

    /// The pairs of the reference's "CHAR_TO_TIMESTAMP (Sys)" page.
    #[test]
    fn published_pairs() {
        for (template, text, expected) in [
            ("yyyy-MM-dd hh:mm:ss", "2009-09-16 03:15:24", "2009-09-16 03:15:24"),
            ("yyyy-MM-dd", "2009-09-16 03:15:24", "2009-09-16 00:00:00"),
            ("yyyy-mm", "2011-02-08 07:23:19", "2011-01-01 00:02:00"),
            ("MMM dd, yyyy", "March 7, 2010", "2010-03-07 00:00:00"),
            ("MMM dd,", "March 7, 2010", "1970-03-07 00:00:00"),
            ("MMM dd,y", "March 7, 10", "0010-03-07 00:00:00"),
            ("M-d", "2-8", "1970-02-08 00:00:00"),
            ("MM-dd-yyyy", "06-23-2011 10:11:12", "2011-06-23 00:00:00"),
            ("dd-MM-yy hh:mm:ss", "23-06-11 10:11:12", "2011-06-23 10:11:12"),
            ("MM-dd-yy ss:hh:mm", "06-23-11 12:10:11", "2011-06-23 10:11:12"),
            ("yy-dd-MM ss:hh:mm", "06-23-11 12:10:11", "2006-11-23 10:11:12"),
            ("dd-MM-yy", "23-06-1", "0001-06-23 00:00:00"),
            ("yyyy-hh-mm", "2009-09-16 03:15:24", "2009-01-01 09:16:00"),
            ("yyyy", "09-16 03:15", "0009-01-01 00:00:00"),
            ("MM/dd/yy HH:mm:ss", "12/19/11 21:08:07", "2011-12-19 21:08:07"),
            ("yyyy-MM-dd hh:mm:ss", "2009-09-16 12:11:12", "2009-09-16 00:11:12"),
            ("dd/MMM/yyyy:HH:mm:ss z", "19/Feb/2016:18:02:43 GMT", "2016-02-19 18:02:43"),
            ("yyyy-MM-dd'T'HH:mm:ss.SSSX", "2016-02-19T18:02:43.999+01:30", "2016-02-19 16:32:43"),
            ("yyyyMMddHHmmss", "20160219180243", "2016-02-19 18:02:43"),
        ] {
            assert_eq!(read(template, text).as_deref(), Some(expected), "{template} of {text}");
        }
        for (template, text) in [
            ("yyyy hh", "2009-09-16 03:15:24"),
            ("MM/dd/yy hh:mm:ss", "2009/09/16 03:15:24"),
            ("MM-dd-yyyy", "02-30-2009"),
            ("MMM d", "Foo 1"),
        ] {
            assert_eq!(read(template, text), None, "{template} of {text}");
        }
    }

    #[test]
    fn formats() {
        let at = days_of(2018, 5, 9) * DAY_MS + (12 * 60 + 50) * 60_000 + 41_337;
        let show = |template, ms| Template::new(template, IN_2011).format(ms);
        assert_eq!(show("yyyy-MM-dd hh:mm:ss", at), "2018-05-09 12:50:41");
        assert_eq!(show("yyyy-MM-dd hh:mm:ss", at + 3_600_000), "2018-05-09 01:50:41");
        assert_eq!(show("EEE, d MMMM yy HH:mm:ss.SSS a z 'o''clock'", at), "Wed, 9 May 18 12:50:41.337 PM UTC o'clock");
        assert_eq!(show("D u", at), "129 3");
    }
}
