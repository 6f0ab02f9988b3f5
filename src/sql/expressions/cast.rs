//! CAST (SQL reference, "CAST"): one closure a pair of types, chosen at compile time.
//!
//! Numbers round; a number out of range, a text that does not parse, a datetime that does not fit its VARCHAR fail; text and
//! intervals as text are cut.

use super::{Operand, RowError};
use crate::base::clock::Millis;
use crate::sql::types::{
    Cell, DAY_MS, DataType, IntervalQualifier, IntervalUnit, POWERS_OF_TEN, nearest_real, parse, rescale, rescale_exact,
    whole_part, write_cell,
};
use std::sync::Arc;

/// Compiles `CAST(of AS to)`. `start_ms` gives the date of a TIME that becomes a TIMESTAMP.
pub(super) fn cast(of: Operand, from: &DataType, to: &DataType, start_ms: Millis) -> Operand {
    if changes_nothing(from, to) {
        return of;
    }
    let constant = of.constant().is_some();
    if to.is_character() && from.is_character() {
        return fit_text(of, to).folded(constant);
    }
    let convert = conversion(from, to, start_ms);
    Operand::computed(move |scope| of.with(scope, |cell| if cell.is_null() { Ok(Cell::Null) } else { convert(cell) })?)
        .folded(constant)
}

/// Converts a cell that is not NULL.
pub(crate) type Conversion = Box<dyn Fn(&Cell) -> Result<Cell, RowError> + Send + Sync>;

/// CAST of single cells, for functions that make values of declared types.
pub(crate) fn converter(from: &DataType, to: &DataType, start_ms: Millis) -> Conversion {
    if !(from.is_character() && to.is_character()) {
        return if from == to { Box::new(|cell| Ok(cell.clone())) } else { conversion(from, to, start_ms) };
    }
    let (length, fixed) = (length_of(to), matches!(to, DataType::Char(_)));
    Box::new(move |cell| Ok(cell.as_str().map_or(Cell::Null, |text| fitted(text, length, fixed))))
}

fn changes_nothing(from: &DataType, to: &DataType) -> bool {
    use DataType as T;
    match (from, to) {
        (from, to) if from == to => true,
        (T::Null, _) | (T::Real, T::Double) | (T::Date, T::Timestamp) => true,
        (T::Char(a) | T::VarChar(a), T::VarChar(b)) | (T::Binary(a) | T::VarBinary(a), T::VarBinary(b)) => a <= b,
        (a, b) => a.is_whole() && b.is_whole() && a.digits() <= b.digits(),
    }
}

fn conversion(from: &DataType, to: &DataType, start_ms: Millis) -> Conversion {
    use DataType as T;
    match (from, to) {
        (from, T::Real | T::Double) if from.is_numeric() => to_approximate(from, to),
        (from, to) if from.is_approximate() && to.is_exact() => approximate_to_exact(to),
        (from, to) if from.is_exact() && to.is_exact() => exact_to_exact(from, to),
        (T::Interval(qualifier), to) if to.is_exact() => interval_to_exact(*qualifier, to),
        (T::Interval(_), T::Interval(to)) => interval_to_interval(*to),
        (T::Timestamp, T::Date) => ints(|ms| ms - ms.rem_euclid(DAY_MS)),
        (T::Timestamp, T::Time) => ints(|ms| ms.rem_euclid(DAY_MS)),
        (T::Time, T::Timestamp) => ints(move |ms| start_ms - start_ms.rem_euclid(DAY_MS) + ms),
        (from, to) if from.is_binary() => bytes(to),
        (from, to) if from.is_character() => text_to(to),
        (from, to) => to_text(from, to),
    }
}

fn ints(f: impl Fn(i64) -> i64 + Send + Sync + 'static) -> Conversion {
    Box::new(move |cell| Ok(cell.as_int().map_or(Cell::Null, |value| Cell::Int(f(value)))))
}

fn to_approximate(from: &DataType, to: &DataType) -> Conversion {
    let unit = POWERS_OF_TEN[usize::from(from.scale().min(18))] as f64;
    let real = *to == DataType::Real;
    let whole = from.scale() == 0;
    let to = to.clone();
    Box::new(move |cell| {
        let value = match cell {
            Cell::Int(value) if whole => *value as f64,
            Cell::Int(value) => *value as f64 / unit,
            Cell::Double(value) => *value,
            _ => return Ok(Cell::Null),
        };
        if !real {
            return Ok(Cell::Double(value));
        }
        let rounded = nearest_real(value);
        if rounded.is_infinite() && value.is_finite() { Err(RowError::overflow(&to)) } else { Ok(Cell::Double(rounded)) }
    })
}

fn approximate_to_exact(to: &DataType) -> Conversion {
    let unit = POWERS_OF_TEN[usize::from(to.scale().min(18))] as f64;
    let to = to.clone();
    Box::new(move |cell| {
        let Some(value) = cell.as_double() else { return Ok(Cell::Null) };
        // `f64::round` takes halves away from zero.
        let rounded = (value * unit).round();
        if !(-9.3e18..=9.3e18).contains(&rounded) {
            return Err(RowError::overflow(&to));
        }
        fitting(whole_part(rounded), &to)
    })
}

fn exact_to_exact(from: &DataType, to: &DataType) -> Conversion {
    let (from, to, scale) = (from.scale(), to.clone(), to.scale());
    Box::new(move |cell| match cell {
        Cell::Int(value) => fitting(rescale_exact(i128::from(*value), from, scale), &to),
        _ => Ok(Cell::Null),
    })
}

/// A cell of an exact type, when the unscaled value fits it.
pub(crate) fn fitting(value: i128, to: &DataType) -> Result<Cell, RowError> {
    let (low, high) = range(to);
    match i64::try_from(value) {
        Ok(value) if (low..=high).contains(&value) => Ok(Cell::Int(value)),
        _ => Err(RowError::overflow(to)),
    }
}

/// The smallest and largest (unscaled) value of an exact type.
pub(crate) fn range(data_type: &DataType) -> (i64, i64) {
    match data_type {
        DataType::TinyInt => (i64::from(i8::MIN), i64::from(i8::MAX)),
        DataType::SmallInt => (i64::from(i16::MIN), i64::from(i16::MAX)),
        DataType::Integer => (i64::from(i32::MIN), i64::from(i32::MAX)),
        DataType::Decimal { precision, .. } if *precision <= 18 => {
            let limit = POWERS_OF_TEN[usize::from(*precision)];
            (1 - limit, limit - 1)
        }
        _ => (i64::MIN, i64::MAX),
    }
}

fn interval_to_exact(qualifier: IntervalQualifier, to: &DataType) -> Conversion {
    let to = to.clone();
    let unit =
        if qualifier.is_year_month() { if qualifier.to == IntervalUnit::Year { 12 } else { 1 } } else { qualifier.to.millis() };
    Box::new(move |cell| {
        let Some(value) = cell.as_int() else { return Ok(Cell::Null) };
        let scaled = rescale_exact(i128::from(value), 0, to.scale());
        fitting(crate::sql::types::divide_rounded(scaled, i128::from(unit)), &to)
    })
}

fn interval_to_interval(to: IntervalQualifier) -> Conversion {
    let unit = match to.to {
        IntervalUnit::Year => 12,
        IntervalUnit::Month | IntervalUnit::Second => 1,
        unit => unit.millis(),
    };
    ints(move |value| value / unit * unit)
}

fn bytes(to: &DataType) -> Conversion {
    let (length, fixed) = match to {
        DataType::Binary(length) => (*length as usize, true),
        DataType::VarBinary(length) => (*length as usize, false),
        _ => (usize::MAX, false),
    };
    Box::new(move |cell| {
        let Cell::Bytes(bytes) = cell else { return Ok(Cell::Null) };
        let mut bytes = bytes[..bytes.len().min(length)].to_vec();
        if fixed {
            bytes.resize(length, 0);
        }
        Ok(Cell::Bytes(Arc::new(bytes)))
    })
}

fn length_of(to: &DataType) -> usize {
    if let DataType::Char(length) | DataType::VarChar(length) = to { *length as usize } else { usize::MAX }
}

/// CHAR and VARCHAR into CHAR or VARCHAR: cut, and padded for CHAR.
fn fit_text(of: Operand, to: &DataType) -> Operand {
    let length = length_of(to);
    let fixed = matches!(to, DataType::Char(_));
    Operand::computed(move |scope| {
        of.with(scope, |cell| match cell.text_bytes() {
            Some(bytes) if bytes.len() <= length && !fixed => cell.clone(),
            Some(bytes) if bytes.len() == length && bytes.is_ascii() => cell.clone(),
            Some(_) => fitted(cell.as_str().unwrap_or_default(), length, fixed),
            None => Cell::Null,
        })
    })
}

fn fitted(text: &str, length: usize, fixed: bool) -> Cell {
    let end = text.char_indices().nth(length).map_or(text.len(), |(at, _)| at);
    let missing = length - text[..end].chars().count().min(length);
    if fixed && missing > 0 { Cell::owned_text(format!("{text}{}", " ".repeat(missing))) } else { Cell::text(&text[..end]) }
}

/// Everything but text into text. Datetimes need room for their whole part; numbers for all their digits; intervals are cut.
fn to_text(from: &DataType, to: &DataType) -> Conversion {
    let (length, fixed) = (length_of(to), matches!(to, DataType::Char(_)));
    let (from, to) = (from.clone(), to.clone());
    let shortest = match from {
        DataType::Timestamp => 19,
        DataType::Date => 10,
        DataType::Time => 8,
        DataType::Interval(_) => 0,
        _ => usize::MAX,
    };
    Box::new(move |cell| {
        let mut text = String::new();
        write_cell(&mut text, cell, &from);
        if text.len() > length && length < shortest.min(text.len()) {
            return Err(RowError::new(super::ErrorKind::Coercion, format!("Value '{text}' is too long for {to}")));
        }
        Ok(fitted(&text, length, fixed))
    })
}

/// Reads text as a value of the type; none where it is no such text.
type Read = fn(&[u8], &DataType) -> Option<Result<Cell, RowError>>;

/// Text into anything else.
fn text_to(to: &DataType) -> Conversion {
    let to = to.clone();
    let read: Read = match to {
        DataType::Timestamp => |text, _| Some(Ok(Cell::Int(parse::timestamp(text)?))),
        DataType::Date => |text, _| Some(Ok(Cell::Int(parse::date(text)?))),
        DataType::Time => |text, _| Some(Ok(Cell::Int(parse::time(text)?))),
        DataType::Boolean => |text, _| parse::boolean(text).map(|value| Ok(value.map_or(Cell::Null, Cell::Bool))),
        DataType::Real | DataType::Double => |text, to| {
            let value = parse::double(text)?;
            Some(Ok(Cell::Double(if *to == DataType::Real { nearest_real(value) } else { value })))
        },
        DataType::Interval(_) => |text, to| {
            let DataType::Interval(qualifier) = to else { return None };
            Some(Ok(Cell::Int(parse::interval(std::str::from_utf8(text).ok()?, *qualifier)?)))
        },
        _ => |text, to| Some(fitting(parse::decimal(text, to.scale())?, to)),
    };
    Box::new(move |cell| {
        let text = cell.text_bytes().unwrap_or_default();
        read(text, &to).unwrap_or_else(|| Err(RowError::input(&String::from_utf8_lossy(text))))
    })
}

/// An exact value as another type's, for callers outside expressions (input mapping): rounded, `None` when it does not fit.
pub fn exact(value: i64, from_scale: u8, to: &DataType) -> Option<Cell> {
    fitting(i128::from(rescale(value, from_scale, to.scale())?), to).ok()
}
