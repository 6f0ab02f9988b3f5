//! Cells as text: what CAST to VARCHAR gives, and what error_stream and file outputs show.

use super::calendar::{write_date, write_time};
use super::{Cell, DataType, IntervalQualifier, IntervalUnit, POWERS_OF_TEN, write_timestamp};
use std::fmt::Write;

/// Appends the text of a cell of the given type. NULL is `null`; a TIMESTAMP has three digits of fraction when its milliseconds are not 0.
pub fn write_cell(out: &mut String, cell: &Cell, data_type: &DataType) {
    match (cell, data_type) {
        (Cell::Null, _) => out.push_str("null"),
        (Cell::Bool(value), _) => out.push_str(if *value { "TRUE" } else { "FALSE" }),
        (Cell::Int(ms), DataType::Timestamp) => write_timestamp(out, *ms, ms.rem_euclid(1_000) != 0),
        (Cell::Int(ms), DataType::Date) => write_date(out, *ms),
        (Cell::Int(ms), DataType::Time) => write_time(out, *ms, ms.rem_euclid(1_000) != 0),
        (Cell::Int(value), DataType::Interval(qualifier)) => write_interval(out, *value, *qualifier),
        (Cell::Int(value), DataType::Decimal { scale, .. }) => write_decimal(out, *value, *scale),
        (Cell::Int(value), _) => out.push_str(itoa::Buffer::new().format(*value)),
        (Cell::Double(value), DataType::Real) => write_real(out, *value),
        (Cell::Double(value), _) => write_double(out, *value),
        (Cell::Short(text), _) => out.push_str(text.as_str()),
        (Cell::Long(text), _) => out.push_str(text),
        (Cell::Bytes(bytes), _) => bytes.iter().for_each(|byte| push(out, format_args!("{byte:02X}"))),
        (Cell::Row(cells), DataType::Row(columns)) => write_row(out, cells, columns),
        (Cell::Row(_), _) => {}
    }
}

fn write_row(out: &mut String, cells: &[Cell], columns: &[super::Column]) {
    for (place, (cell, column)) in cells.iter().zip(columns).enumerate() {
        if place > 0 {
            out.push_str(", ");
        }
        write_cell(out, cell, &column.data_type);
    }
}

/// Writing to a String does not fail.
fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

fn write_decimal(out: &mut String, value: i64, scale: u8) {
    if scale == 0 {
        out.push_str(itoa::Buffer::new().format(value));
        return;
    }
    let unit = POWERS_OF_TEN[usize::from(scale.min(18))].unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    let (whole, rest) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    push(out, format_args!("{sign}{whole}.{rest:0width$}", width = usize::from(scale)));
}

/// Appends the shortest text that reads back as the same DOUBLE: `2.5`, `1.0`, `1.0E10` beyond 10⁷ and below 10⁻³ (Java's form,
/// in which the service prints).
pub fn write_double(out: &mut String, value: f64) {
    write_float(out, value, ryu::Buffer::new().format_finite(value));
}

/// As [`write_double`] for a REAL.
#[expect(clippy::cast_possible_truncation, reason = "a REAL's value has 32 bits already")]
pub fn write_real(out: &mut String, value: f64) {
    write_float(out, value, ryu::Buffer::new().format_finite(value as f32));
}

fn write_float(out: &mut String, value: f64, shortest: &str) {
    if value.is_nan() {
        out.push_str("NaN");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "Infinity" } else { "-Infinity" });
    } else if value == 0.0 || (1e-3..1e7).contains(&value.abs()) {
        plain(out, shortest);
    } else {
        scientific(out, shortest);
    }
}

/// Digits and decimal exponent of `d.ddde±x`: value = 0.digits × 10^exponent.
fn parts(shortest: &str) -> (bool, String, i32) {
    let (negative, text) = shortest.strip_prefix('-').map_or((false, shortest), |rest| (true, rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let leading = all.len() - all.trim_start_matches('0').len();
    let point = i32::try_from(whole.len()).unwrap_or_default() - i32::try_from(leading).unwrap_or_default();
    let digits = all.trim_matches('0');
    (
        negative,
        if digits.is_empty() { "0".to_owned() } else { digits.to_owned() },
        point + exponent.parse::<i32>().unwrap_or_default(),
    )
}

/// Positional, with at least one digit after the point.
fn plain(out: &mut String, shortest: &str) {
    if !shortest.contains(['e', 'E']) {
        out.push_str(shortest);
        return;
    }
    let (negative, digits, point) = parts(shortest);
    if negative {
        out.push('-');
    }
    let Ok(whole) = usize::try_from(point.max(0)) else { return };
    let zeros = usize::try_from(-point.min(0)).unwrap_or_default();
    let (before, after) = digits.split_at(whole.min(digits.len()));
    push(out, format_args!("{}{}", if before.is_empty() { "0" } else { before }, "0".repeat(whole.saturating_sub(digits.len()))));
    push(out, format_args!(".{}{}", "0".repeat(zeros), if after.is_empty() && zeros == 0 { "0" } else { after }));
}

/// `d.dddE±x`.
fn scientific(out: &mut String, shortest: &str) {
    let (negative, digits, point) = parts(shortest);
    let sign = if negative { "-" } else { "" };
    let (first, rest) = digits.split_at(1);
    push(out, format_args!("{sign}{first}.{}E{}", if rest.is_empty() { "0" } else { rest }, point - 1));
}

/// `+6:11`, `+2 00:06:11`, `+4-04`: a sign always, then the fields; the fraction of a second only when it is not 0.
fn write_interval(out: &mut String, value: i64, qualifier: IntervalQualifier) {
    out.push(if value < 0 { '-' } else { '+' });
    let value = value.unsigned_abs();
    if qualifier.is_year_month() {
        match (qualifier.from, qualifier.to) {
            (IntervalUnit::Year, IntervalUnit::Month) => push(out, format_args!("{}-{:02}", value / 12, value % 12)),
            (IntervalUnit::Year, _) => push(out, format_args!("{}", value / 12)),
            _ => push(out, format_args!("{value}")),
        }
        return;
    }
    let mut rest = value;
    for unit in [IntervalUnit::Day, IntervalUnit::Hour, IntervalUnit::Minute, IntervalUnit::Second] {
        if unit < qualifier.from || unit > qualifier.to {
            continue;
        }
        let (count, left) = (rest / unit.millis().unsigned_abs(), rest % unit.millis().unsigned_abs());
        rest = left;
        if unit == qualifier.from {
            push(out, format_args!("{count}"));
        } else {
            push(out, format_args!("{}{count:02}", if unit == IntervalUnit::Hour { ' ' } else { ':' }));
        }
    }
    if qualifier.to == IntervalUnit::Second && rest != 0 {
        let digits = format!("{rest:03}");
        push(out, format_args!(".{}", &digits[..usize::from(qualifier.fraction.clamp(1, 3))]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use IntervalUnit::{Day, Hour, Minute, Month, Second, Year};

    fn text(cell: Cell, data_type: &DataType) -> String {
        let mut out = String::new();
        write_cell(&mut out, &cell, data_type);
        out
    }

    #[test]
    fn intervals_as_published() {
        let interval = |value, from, to| text(Cell::Int(value), &DataType::Interval(IntervalQualifier::new(from, to)));
        assert_eq!(interval(371_000, Minute, Second), "+6:11");
        assert_eq!(interval(371_000, Second, Second), "+371");
        assert_eq!(interval(360_000, Minute, Minute), "+6");
        assert_eq!(interval(2 * 86_400_000 + 371_000, Day, Second), "+2 00:06:11");
        assert_eq!(interval(3 * 86_400_000 + 15_600_000, Day, Minute), "+3 04:20");
        assert_eq!(interval(100 * 3_600_000, Day, Hour), "+4 04");
        assert_eq!(interval(-52, Year, Month), "-4-04");
        assert_eq!(interval(5_678, Second, Second), "+5.678");
    }

    #[test]
    fn numbers() {
        let decimal = |value| text(Cell::Int(value), &DataType::Decimal { precision: 5, scale: 2 });
        assert_eq!([decimal(-5), decimal(12_345), decimal(100)], ["-0.05", "123.45", "1.00"]);
        let double = |value| text(Cell::Double(value), &DataType::Double);
        assert_eq!(
            [double(2.5), double(1.0), double(0.001), double(1e7), double(-1.25e-9)],
            ["2.5", "1.0", "0.001", "1.0E7", "-1.25E-9"]
        );
        assert_eq!(
            [double(0.0), double(f64::NAN), double(9_999_999.0), double(1.234e300)],
            ["0.0", "NaN", "9999999.0", "1.234E300"]
        );
        assert_eq!(text(Cell::Double(f64::from(0.1f32)), &DataType::Real), "0.1");
    }

    #[test]
    fn a_timestamp_shows_its_fraction_only_when_it_has_one() {
        assert_eq!(text(Cell::Int(1_500), &DataType::Timestamp), "1970-01-01 00:00:01.500");
        assert_eq!(text(Cell::Int(1_000), &DataType::Timestamp), "1970-01-01 00:00:01");
    }
}
