//! Conversions between kinds of numbers that lose something on purpose.

/// The nearest REAL, held in 64 bits.
#[expect(clippy::cast_possible_truncation, reason = "rounding to 32 bits is what REAL means")]
pub(crate) fn nearest_real(value: f64) -> f64 {
    f64::from(value as f32)
}

/// The whole part; what does not fit becomes the nearest number that does.
#[expect(clippy::cast_possible_truncation, reason = "`as` cuts the fraction and saturates, which is what is wanted")]
pub(crate) fn whole_part(value: f64) -> i128 {
    value as i128
}
