//! FLOOR and CEIL of datetimes, EXTRACT, and differences of datetimes.

use super::Operand;
use crate::sql::types::{Cell, Civil, DAY_MS, DataType, IntervalUnit, civil, days_of};

/// FLOOR or CEIL of a datetime or an interval TO a unit.
pub(super) fn round(of: Operand, of_type: &DataType, unit: IntervalUnit, up: bool) -> Operand {
    let constant = of.constant().is_some();
    if !up && let Some(floor) = constant_floor(unit) {
        return Operand::computed(move |scope| Ok(of.int(scope)?.map_or(Cell::Null, |value| Cell::Int(floor(value)))))
            .folded(constant);
    }
    let months = matches!(of_type, DataType::Interval(qualifier) if qualifier.is_year_month());
    let floor: fn(i64, IntervalUnit) -> i64 = if months { floor_months } else { floor };
    Operand::computed(move |scope| {
        let Some(value) = of.int(scope)? else { return Ok(Cell::Null) };
        let down = floor(value, unit);
        Ok(Cell::Int(if up && down != value { next(down, unit, months) } else { down }))
    })
    .folded(constant)
}

/// FLOOR to a unit of fixed length, by a division that the compiler knows.
fn constant_floor(unit: IntervalUnit) -> Option<fn(i64) -> i64> {
    Some(match unit {
        IntervalUnit::Second => |value| value - value.rem_euclid(1_000),
        IntervalUnit::Minute => |value| value - value.rem_euclid(60_000),
        IntervalUnit::Hour => |value| value - value.rem_euclid(3_600_000),
        IntervalUnit::Day => |value| value - value.rem_euclid(DAY_MS),
        IntervalUnit::Year | IntervalUnit::Month => return None,
    })
}

fn floor_months(months: i64, unit: IntervalUnit) -> i64 {
    if unit == IntervalUnit::Year { months - months.rem_euclid(12) } else { months }
}

/// The latest whole `unit` not after `ms`.
fn floor(ms: i64, unit: IntervalUnit) -> i64 {
    let date = |ms: i64| civil(ms.div_euclid(DAY_MS));
    match unit {
        IntervalUnit::Year => days_of(date(ms).year, 1, 1) * DAY_MS,
        IntervalUnit::Month => {
            let Civil { year, month, .. } = date(ms);
            days_of(year, month, 1) * DAY_MS
        }
        _ => ms - ms.rem_euclid(unit.millis()),
    }
}

/// The whole `unit` after the whole unit `at`.
fn next(at: i64, unit: IntervalUnit, months: bool) -> i64 {
    let Civil { year, month, .. } = civil(at.div_euclid(DAY_MS));
    match unit {
        IntervalUnit::Year | IntervalUnit::Month if months => at + if unit == IntervalUnit::Year { 12 } else { 1 },
        IntervalUnit::Year => days_of(year + 1, 1, 1) * DAY_MS,
        IntervalUnit::Month => days_of(year, month + 1, 1) * DAY_MS,
        _ => at.saturating_add(unit.millis()),
    }
}

/// EXTRACT. SECOND of a DECIMAL(5,3) counts milliseconds.
pub(super) fn extract(of: Operand, of_type: &DataType, unit: IntervalUnit) -> Operand {
    let constant = of.constant().is_some();
    let field: fn(i64, IntervalUnit) -> i64 = match of_type {
        DataType::Interval(qualifier) if qualifier.is_year_month() => field_of_months,
        DataType::Interval(_) => field_of_interval,
        _ => field_of_datetime,
    };
    Operand::computed(move |scope| Ok(of.int(scope)?.map_or(Cell::Null, |value| Cell::Int(field(value, unit))))).folded(constant)
}

fn field_of_months(months: i64, unit: IntervalUnit) -> i64 {
    match unit {
        IntervalUnit::Year => months / 12,
        IntervalUnit::Month => months % 12,
        _ => 0,
    }
}

fn field_of_interval(ms: i64, unit: IntervalUnit) -> i64 {
    match unit {
        IntervalUnit::Year | IntervalUnit::Month => 0,
        IntervalUnit::Day => ms / DAY_MS,
        IntervalUnit::Hour => ms / 3_600_000 % 24,
        IntervalUnit::Minute => ms / 60_000 % 60,
        IntervalUnit::Second => ms % 60_000,
    }
}

fn field_of_datetime(ms: i64, unit: IntervalUnit) -> i64 {
    let of_day = ms.rem_euclid(DAY_MS);
    match unit {
        IntervalUnit::Year => civil(ms.div_euclid(DAY_MS)).year,
        IntervalUnit::Month => civil(ms.div_euclid(DAY_MS)).month,
        IntervalUnit::Day => civil(ms.div_euclid(DAY_MS)).day,
        IntervalUnit::Hour => of_day / 3_600_000,
        IntervalUnit::Minute => of_day / 60_000 % 60,
        IntervalUnit::Second => of_day % 60_000,
    }
}

/// `(a − b) qualifier`: cut towards zero to the qualifier's last field.
pub(super) fn difference(of: Operand, minus: Operand, result: &DataType) -> Operand {
    let constant = of.constant().is_some() && minus.constant().is_some();
    let DataType::Interval(qualifier) = result else { return Operand::Constant(Cell::Null) };
    let to = qualifier.to;
    let months = qualifier.is_year_month();
    Operand::computed(move |scope| {
        let (Some(of), Some(minus)) = (of.int(scope)?, minus.int(scope)?) else { return Ok(Cell::Null) };
        Ok(Cell::Int(if months {
            cut(months_between(of, minus), if to == IntervalUnit::Year { 12 } else { 1 })
        } else if to == IntervalUnit::Second {
            of - minus
        } else {
            cut(of - minus, to.millis())
        }))
    })
    .folded(constant)
}

fn cut(value: i64, unit: i64) -> i64 {
    value / unit * unit
}

/// Whole months from `from` to `to`.
fn months_between(to: i64, from: i64) -> i64 {
    let month = |ms: i64| {
        let Civil { year, month, day } = civil(ms.div_euclid(DAY_MS));
        (year * 12 + month, (day, ms.rem_euclid(DAY_MS)))
    };
    let ((to_month, to_rest), (from_month, from_rest)) = (month(to), month(from));
    let months = to_month - from_month;
    match months.signum() {
        1 if to_rest < from_rest => months - 1,
        -1 if to_rest > from_rest => months + 1,
        _ => months,
    }
}
