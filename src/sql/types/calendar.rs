//! Days, calendar dates and the texts of datetimes. Proleptic Gregorian, UTC.

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Civil {
    /// Year; 0 is 1 BC.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
}

/// The calendar day that is `days` after 1970-01-01. (Algorithm: years begin in March, 400-year cycles of 146,097 days.)
pub fn civil(days: i64) -> Civil {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    Civil { year: year_of_era + era * 400 + i64::from(month <= 2), month, day: day_of_year - (153 * shifted + 2) / 5 + 1 }
}

/// Days from 1970-01-01 to a calendar day; `month` may lie outside 1 to 12 and then carries into the year.
pub fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let months = year * 12 + month - 1;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// How many days a month has.
pub(crate) fn month_length(year: i64, month: i64) -> i64 {
    days_of(year, month + 1, 1) - days_of(year, month, 1)
}

/// `ms` moved by calendar months; the day is kept, or is the month's last.
pub(crate) fn add_months(ms: i64, months: i64) -> i64 {
    let date = civil(ms.div_euclid(DAY_MS));
    let total = date.year * 12 + date.month - 1 + months;
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    days_of(year, month, date.day.min(month_length(year, month))) * DAY_MS + ms.rem_euclid(DAY_MS)
}

/// Writes the digits of `value` at `at`, `width` of them.
fn digits(bytes: &mut [u8], at: usize, width: usize, mut value: i64) {
    for byte in bytes[at..at + width].iter_mut().rev() {
        *byte = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

/// Appends `yyyy-MM-dd`.
pub(crate) fn write_date(out: &mut String, ms: i64) {
    let date = civil(ms.div_euclid(DAY_MS));
    if !(0..=9_999).contains(&date.year) {
        use std::fmt::Write;
        // Writing to a String does not fail.
        let _ = write!(out, "{:04}-{:02}-{:02}", date.year, date.month, date.day);
        return;
    }
    let mut text = *b"0000-00-00";
    digits(&mut text, 0, 4, date.year);
    digits(&mut text, 5, 2, date.month);
    digits(&mut text, 8, 2, date.day);
    out.push_str(std::str::from_utf8(&text).unwrap_or_default());
}

/// Appends `HH:mm:ss`, and `.SSS` when `fraction`.
pub(crate) fn write_time(out: &mut String, ms: i64, fraction: bool) {
    let of_day = ms.rem_euclid(DAY_MS);
    let mut text = *b"00:00:00.000";
    digits(&mut text, 0, 2, of_day / 3_600_000);
    digits(&mut text, 3, 2, of_day / 60_000 % 60);
    digits(&mut text, 6, 2, of_day / 1_000 % 60);
    digits(&mut text, 9, 3, of_day % 1_000);
    out.push_str(std::str::from_utf8(&text[..if fraction { 12 } else { 8 }]).unwrap_or_default());
}

/// Appends `yyyy-MM-dd HH:mm:ss`, and `.SSS` when `fraction`; `ms` since 1970.
pub fn write_timestamp(out: &mut String, ms: i64, fraction: bool) {
    write_date(out, ms);
    out.push(' ');
    write_time(out, ms, fraction);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_go_there_and_back() {
        for days in (-800_000..800_000).step_by(97) {
            let date = civil(days);
            assert_eq!(days_of(date.year, date.month, date.day), days);
        }
        assert_eq!(civil(0), Civil { year: 1970, month: 1, day: 1 });
        assert_eq!(civil(days_of(2024, 2, 29)), Civil { year: 2024, month: 2, day: 29 });
        assert_eq!(days_of(2023, 13, 1), days_of(2024, 1, 1));
        assert_eq!([month_length(2023, 2), month_length(2000, 2), month_length(2023, 12)], [28, 29, 31]);
    }

    #[test]
    fn texts() {
        let mut text = String::new();
        write_timestamp(&mut text, days_of(2019, 6, 18) * DAY_MS + 69_839_393, true);
        assert_eq!(text, "2019-06-18 19:23:59.393");
    }

    #[test]
    fn months_keep_the_day_or_take_the_last() {
        let jan31 = days_of(2023, 1, 31) * DAY_MS + 5;
        assert_eq!(add_months(jan31, 1), days_of(2023, 2, 28) * DAY_MS + 5);
        assert_eq!(add_months(jan31, -11), days_of(2022, 2, 28) * DAY_MS + 5);
    }
}
