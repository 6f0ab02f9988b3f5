//! Values as JavaScript sees and prints them, as far as templates can tell.

use serde_json::Value;

/// Whether a condition holds.
pub(super) fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// The number a value counts for; NaN when it is none.
pub(super) fn to_number(value: &Value) -> f64 {
    match value {
        Value::Null => 0.0,
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Number(number) => number.as_f64().unwrap_or(f64::NAN),
        Value::String(text) if text.trim().is_empty() => 0.0,
        Value::String(text) => text.trim().parse().unwrap_or(f64::NAN),
        Value::Array(_) | Value::Object(_) => f64::NAN,
    }
}

/// A value where text is wanted: arrays are joined by commas, objects are `[object Object]`.
pub(super) fn to_text(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number_text(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => text.clone(),
        Value::Array(values) => {
            let text = |value: &Value| if value.is_null() { String::new() } else { to_text(value) };
            values.iter().map(text).collect::<Vec<_>>().join(",")
        }
        Value::Object(_) => "[object Object]".into(),
    }
}

/// A number as `String(number)` writes it.
pub(super) fn number_text(number: f64) -> String {
    let mut text = String::new();
    push_number(number, &mut text);
    text
}

/// Writes a number as `String(number)` does: the fewest digits that tell it, an exponent from 1e21 on and below 1e-6.
pub(super) fn push_number(number: f64, out: &mut String) {
    use std::fmt::Write;
    let size = number.abs();
    // Writing to a String cannot fail.
    let _ = if number.is_nan() {
        write!(out, "NaN")
    } else if number.is_infinite() {
        write!(out, "{}Infinity", if number < 0.0 { "-" } else { "" })
    } else if size >= 1e21 || (size < 1e-6 && size > 0.0) {
        let text = format!("{number:e}");
        let plus = if text.contains("e-") { "e" } else { "e+" };
        write!(out, "{}", text.replace('e', plus))
    } else if number.fract() == 0.0 && size < 9e15 {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        let whole = number as i64;
        out.push_str(itoa::Buffer::new().format(whole));
        Ok(())
    } else {
        write!(out, "{number}")
    };
}

/// `number.toFixed(digits)`: exact, halves away from zero.
pub(super) fn to_fixed(number: f64, digits: u8) -> String {
    // A half at this digit is an odd multiple of 2^-(digits+1); Rust would round it to even.
    let halves = number * 2f64.powi(i32::from(digits) + 1);
    let number = if halves.fract() == 0.0 && (halves % 2.0).abs() == 1.0 {
        let scale = 10f64.powi(i32::from(digits));
        ((number.abs() * scale + 0.5).floor() / scale).copysign(number)
    } else {
        number
    };
    format!("{number:.*}", usize::from(digits))
}

/// What `text.replace(found, replacement)` puts in the place of `found`, which stands between `before` and `after`.
pub(super) fn expand_replacement(replacement: &str, before: &str, found: &str, after: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(replacement.len()), replacement);
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let part = match rest.as_bytes().get(at + 1) {
            Some(b'$') => "$",
            Some(b'&') => found,
            Some(b'`') => before,
            Some(b'\'') => after,
            _ => {
                out.push('$');
                rest = &rest[at + 1..];
                continue;
            }
        };
        out.push_str(part);
        rest = &rest[at + 2..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_print_as_in_javascript() {
        let cases = [
            (0.1 + 0.2, "0.30000000000000004"),
            (1e21, "1e+21"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (0.000_001, "0.000001"),
            (1.5e-7, "1.5e-7"),
            (-5.0, "-5"),
            (-0.0, "0"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (number, text) in cases {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn values_print_as_in_javascript() {
        let value = json!([1, null, [true, {"a": 1}], "x"]);
        assert_eq!(to_text(&value), "1,,true,[object Object],x");
        assert_eq!(to_text(&Value::Null), "null");
    }

    #[test]
    fn fixed_digits_round_halves_up_when_they_are_halves() {
        // As node prints them.
        let cases = [(0.125, 2, "0.13"), (2.5, 0, "3"), (1.005, 2, "1.00"), (1.45, 1, "1.4"), (-2.5, 0, "-3"), (7.0, 2, "7.00")];
        for (number, digits, text) in cases {
            assert_eq!(to_fixed(number, digits), text, "{number}");
        }
    }

    #[test]
    fn dollar_signs_of_a_replacement_are_special() {
        assert_eq!(expand_replacement("$$ $& $` $' $1 $", "B", "F", "A"), "$ F B A $1 $");
    }

    #[test]
    fn numbers_of_values() {
        assert_eq!(to_number(&json!(" 12 ")), 12.0);
        assert_eq!(to_number(&json!(true)), 1.0);
        assert!(to_number(&json!({})).is_nan());
        assert!(!truthy(&json!("")) && truthy(&json!("0")) && !truthy(&json!(0)) && truthy(&json!([])));
    }
}
