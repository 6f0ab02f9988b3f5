//! Literals: their types and values.

use super::script::{Analysis, Checked};
use crate::base::clock::Millis;
use crate::sql::diagnostic::Span;
use crate::sql::plan::{Expr, ExprKind};
use crate::sql::syntax::{self, Literal};
use crate::sql::types::{Cell, DataType, IntervalQualifier, IntervalUnit};
use std::sync::Arc;

/// The most digits of an exact literal.
const DIGITS_MAX: usize = 18;

impl Analysis<'_> {
    /// A literal, with the sign that stands before a number.
    pub(super) fn literal(&mut self, literal: &Literal, negative: bool, span: Span) -> Checked<Expr> {
        let (cell, data_type) = match literal {
            Literal::Null => (Cell::Null, DataType::Null),
            Literal::Boolean(value) => (value.map_or(Cell::Null, Cell::Bool), DataType::Boolean),
            Literal::Number(text) => match number(text, negative) {
                Some(number) => number,
                None => return self.error(span, format!("Numeric literal '{text}' out of range")),
            },
            Literal::Text(text) => (Cell::text(text), DataType::Char(u32::try_from(text.chars().count()).unwrap_or(u32::MAX))),
            Literal::Binary(bytes) => {
                (Cell::Bytes(Arc::new(bytes.clone())), DataType::Binary(u32::try_from(bytes.len()).unwrap_or(u32::MAX)))
            }
            Literal::Date(text) => (self.time(date(text), "DATE", text, "yyyy-MM-dd", span)?, DataType::Date),
            Literal::Time(text) => (self.time(time(text), "TIME", text, "HH:mm:ss", span)?, DataType::Time),
            Literal::Timestamp(text) => {
                (self.time(timestamp(text), "TIMESTAMP", text, "yyyy-MM-dd HH:mm:ss", span)?, DataType::Timestamp)
            }
        };
        let nullable = cell.is_null();
        Some(Expr { kind: ExprKind::Literal(cell), data_type, nullable, span })
    }

    fn time(&mut self, value: Option<Millis>, kind: &str, text: &str, format: &str, span: Span) -> Checked<Cell> {
        match value {
            Some(value) => Some(Cell::Int(value)),
            None => self.error(span, format!("Illegal {kind} literal '{text}': not in format '{format}'")),
        }
    }

    /// An interval literal.
    pub(super) fn interval(&mut self, text: &str, negative: bool, qualifier: IntervalQualifier, span: Span) -> Checked<Expr> {
        match interval(text, qualifier) {
            Ok(value) => {
                let value = if negative { -value } else { value };
                let kind = ExprKind::Literal(Cell::Int(value));
                Some(Expr { kind, data_type: DataType::Interval(qualifier), nullable: false, span })
            }
            Err(message) => self.error(span, message),
        }
    }

    /// The milliseconds of an interval literal that says how long a window is.
    pub(super) fn window_millis(&mut self, expr: &syntax::Expr) -> Checked<Millis> {
        let syntax::ExprKind::Interval { negative, text, qualifier } = &expr.kind else {
            return self.error(expr.span, "A window's length must be an interval literal");
        };
        let interval = self.interval(text, *negative, qualifier.value, expr.span)?;
        let ExprKind::Literal(Cell::Int(value)) = interval.kind else { return None };
        if qualifier.value.to <= IntervalUnit::Month {
            return self.error(expr.span, "A window's length must be a day-time interval");
        }
        if value < 0 {
            return self.error(expr.span, "Window has negative size");
        }
        Some(value)
    }
}

/// The value and type of a number: exact and whole, exact with a scale, or approximate.
fn number(text: &str, negative: bool) -> Option<(Cell, DataType)> {
    let sign = if negative { "-" } else { "" };
    if text.contains(['e', 'E']) {
        let value: f64 = format!("{sign}{text}").parse().ok()?;
        return value.is_finite().then_some((Cell::Double(value), DataType::Double));
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.is_empty() {
        let value: i64 = format!("{sign}{whole}").parse().ok()?;
        let data_type = if i32::try_from(value).is_ok() { DataType::Integer } else { DataType::BigInt };
        return Some((Cell::Int(value), data_type));
    }
    let whole = whole.trim_start_matches('0');
    let digits = whole.len() + fraction.len();
    if digits > DIGITS_MAX {
        return None;
    }
    let value: i64 = format!("{sign}{whole}{fraction}").parse().ok()?;
    let (precision, scale) = (u8::try_from(digits).ok()?, u8::try_from(fraction.len()).ok()?);
    Some((Cell::Int(value), DataType::Decimal { precision, scale }))
}

/// `yyyy-MM-dd` in ms since 1970.
fn date(text: &str) -> Option<Millis> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let date = jiff::civil::Date::new(digits(text.get(..4)?)?, digits(text.get(5..7)?)?, digits(text.get(8..)?)?).ok()?;
    let days = date.since(jiff::civil::date(1970, 1, 1)).ok()?.get_days();
    Some(i64::from(days) * 86_400_000)
}

/// `HH:mm:ss[.fff…]` in ms of the day.
fn time(text: &str) -> Option<Millis> {
    let (clock, fraction) = text.split_once('.').map_or((text, None), |(clock, fraction)| (clock, Some(fraction)));
    let bytes = clock.as_bytes();
    if bytes.len() != 8 || bytes[2] != b':' || bytes[5] != b':' {
        return None;
    }
    let (hour, minute, second): (i64, i64, i64) = (digits(clock.get(..2)?)?, digits(clock.get(3..5)?)?, digits(clock.get(6..)?)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(((hour * 60 + minute) * 60 + second) * 1000 + fraction.map_or(Some(0), fraction_millis)?)
}

/// `yyyy-MM-dd HH:mm:ss[.fff…]` in ms since 1970.
fn timestamp(text: &str) -> Option<Millis> {
    let (day, clock) = text.split_once(' ')?;
    Some(date(day)? + time(clock)?)
}

/// The milliseconds of the digits behind a point; more than three digits are cut.
fn fraction_millis(text: &str) -> Option<Millis> {
    if text.is_empty() || text.len() > 9 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{text:0<3}").get(..3)?.parse().ok()
}

fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// An interval in ms, or in months, or the message why it is none.
fn interval(text: &str, qualifier: IntervalQualifier) -> Result<Millis, String> {
    let illegal = || format!("Illegal interval literal format '{text}' for INTERVAL {qualifier}");
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let units = units_of(qualifier);
    let mut rest = unsigned;
    let mut total: i64 = 0;
    for (place, unit) in units.iter().enumerate() {
        let (field, after) = match units.get(place + 1) {
            Some(next) => rest.split_once(separator(*next)).ok_or_else(illegal)?,
            None => (rest, ""),
        };
        rest = after;
        let (whole, fraction) = match (unit, field.split_once('.')) {
            (IntervalUnit::Second, Some((whole, fraction))) => (whole, fraction),
            (_, Some(_)) => return Err(illegal()),
            (_, None) => (field, ""),
        };
        let value: i64 = if whole.is_empty() { None } else { digits(whole) }.ok_or_else(illegal)?;
        let fits = if place == 0 { value.to_string().len() <= usize::from(qualifier.precision) } else { value <= largest(*unit) };
        if place == 0 && !fits {
            return Err(format!(
                "Interval field value {value} exceeds precision of {}({}) field",
                unit.name(),
                qualifier.precision
            ));
        }
        if !fits || fraction.len() > usize::from(qualifier.fraction) {
            return Err(illegal());
        }
        total += value * factor(*unit);
        if field.contains('.') {
            total += fraction_millis(fraction).ok_or_else(illegal)?;
        }
    }
    Ok(if negative { -total } else { total })
}

fn units_of(qualifier: IntervalQualifier) -> Vec<IntervalUnit> {
    use IntervalUnit::{Day, Hour, Minute, Month, Second, Year};
    [Year, Month, Day, Hour, Minute, Second].into_iter().filter(|unit| (qualifier.from..=qualifier.to).contains(unit)).collect()
}

/// What stands before a field that is not the leading one.
fn separator(unit: IntervalUnit) -> char {
    match unit {
        IntervalUnit::Month => '-',
        IntervalUnit::Hour => ' ',
        _ => ':',
    }
}

fn largest(unit: IntervalUnit) -> i64 {
    match unit {
        IntervalUnit::Month => 11,
        IntervalUnit::Hour => 23,
        _ => 59,
    }
}

/// Months of a year and a month; ms of the others.
fn factor(unit: IntervalUnit) -> i64 {
    match unit {
        IntervalUnit::Year => 12,
        IntervalUnit::Month => 1,
        other => other.millis(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use IntervalUnit::{Day, Hour, Minute, Month, Second, Year};

    fn of(text: &str, from: IntervalUnit, to: IntervalUnit) -> Result<Millis, String> {
        interval(text, IntervalQualifier { from, to, precision: 2, fraction: 3 })
    }

    #[test]
    fn intervals_have_the_values_they_say() {
        assert_eq!(of("10", Second, Second), Ok(10_000));
        assert_eq!(of("59:59.999", Minute, Second), Ok(3_599_999));
        assert_eq!(of("-3 4:20", Day, Minute), Ok(-((3 * 24 + 4) * 60 + 20) * 60_000));
        assert_eq!(of("3-4", Year, Month), Ok(40));
        assert_eq!(of("25 3", Day, Hour), Ok(25 * 86_400_000 + 3 * 3_600_000));
        assert_eq!(of("2 3:4:5.678", Day, Second), Ok(2 * 86_400_000 + 3 * 3_600_000 + 4 * 60_000 + 5_678));
    }

    #[test]
    fn wrong_intervals_say_why() {
        assert_eq!(of("120", Minute, Minute).unwrap_err(), "Interval field value 120 exceeds precision of MINUTE(2) field");
        for (text, from, to) in [
            ("3:45:04.0", Day, Hour),
            ("1 24", Day, Hour),
            ("", Second, Second),
            ("1.", Second, Second),
            ("1.2345", Second, Second),
        ] {
            assert!(of(text, from, to).unwrap_err().starts_with("Illegal interval literal format"), "{text}");
        }
    }

    #[test]
    fn times_are_exact() {
        assert_eq!(date("1970-01-02"), Some(86_400_000));
        assert_eq!(timestamp("2004-12-02 12:03:34.5"), Some(1_101_989_014_500));
        assert_eq!(time("12:03:34"), Some(43_414_000));
        for wrong in ["2004-12-02 ", "2004-13-02", "2004-2-02", "2004-02-30", "+004-02-03"] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_have_the_type_of_their_digits() {
        let decimal = |precision, scale| DataType::Decimal { precision, scale };
        assert_eq!(number("42", false), Some((Cell::Int(42), DataType::Integer)));
        assert_eq!(number("2147483648", true), Some((Cell::Int(-2_147_483_648), DataType::Integer)));
        assert_eq!(number("2147483648", false), Some((Cell::Int(2_147_483_648), DataType::BigInt)));
        assert_eq!(number("5.0", false), Some((Cell::Int(50), decimal(2, 1))));
        assert_eq!(number("0.5", true), Some((Cell::Int(-5), decimal(1, 1))));
        assert_eq!(number("100.000", false), Some((Cell::Int(100_000), decimal(6, 3))));
        assert_eq!(number("1.5E-6", false), Some((Cell::Double(1.5e-6), DataType::Double)));
        assert_eq!(number("99999999999999999999", false), None);
    }
}
