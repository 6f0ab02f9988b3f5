//! Sums that stay exact when values leave again.

use super::{Reader, Writer};
use crate::sql::program::SnapshotMismatch;

/// A floating sum in two parts of 53 bits: adding and taking away leaves no trace that a result would show. Values that are not finite are counted apart.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct RealSum {
    high: f64,
    low: f64,
    positive_infinities: u32,
    negative_infinities: u32,
    nans: u32,
}

impl RealSum {
    #[inline]
    pub(super) fn add(&mut self, value: f64) {
        if value.is_finite() { self.add_parts(value, 0.0) } else { self.count(value, 1) }
    }

    #[inline]
    pub(super) fn take(&mut self, value: f64) {
        if value.is_finite() { self.add_parts(-value, 0.0) } else { self.count(value, -1) }
    }

    /// Adds value² (or takes it away), without rounding it.
    #[inline]
    pub(super) fn add_square(&mut self, value: f64, sign: f64) {
        let square = value * value;
        if square.is_finite() {
            self.add_parts(sign * square, sign * value.mul_add(value, -square));
        } else {
            self.count(square, if sign < 0.0 { -1 } else { 1 });
        }
    }

    /// Knuth's two-sum, then renormalised.
    #[inline]
    fn add_parts(&mut self, value: f64, rest: f64) {
        let sum = self.high + value;
        let of_value = sum - self.high;
        let error = (self.high - (sum - of_value)) + (value - of_value);
        let low = self.low + error + rest;
        self.high = sum + low;
        self.low = low - (self.high - sum);
    }

    #[cold]
    fn count(&mut self, value: f64, by: i32) {
        let counter = if value.is_nan() {
            &mut self.nans
        } else if value > 0.0 {
            &mut self.positive_infinities
        } else {
            &mut self.negative_infinities
        };
        *counter = counter.saturating_add_signed(by);
    }

    #[inline]
    pub(super) fn value(&self) -> f64 {
        match (self.nans, self.positive_infinities, self.negative_infinities) {
            (0, 0, 0) => self.high + self.low,
            (0, _, 0) => f64::INFINITY,
            (0, 0, _) => f64::NEG_INFINITY,
            _ => f64::NAN,
        }
    }

    /// Σx² − (Σx)²/n, where `self` is Σx².
    pub(super) fn squares_about_mean(&self, sum: &RealSum, n: f64) -> f64 {
        let mean_square = sum.value() * sum.value() / n;
        if !mean_square.is_finite() || !self.value().is_finite() {
            return self.value() - mean_square;
        }
        // (Σx)²/n in two parts, taken from Σx².
        let square = sum.high * sum.high;
        let square_rest = sum.high.mul_add(sum.high, -square) + 2.0 * sum.high * sum.low;
        let quotient = square / n;
        let quotient_rest = (quotient.mul_add(-n, square) + square_rest) / n;
        let mut difference = *self;
        difference.add_parts(-quotient, -quotient_rest);
        difference.value().max(0.0)
    }

    pub(super) fn save(&self, out: &mut Writer) {
        out.f64(self.high);
        out.f64(self.low);
        [self.positive_infinities, self.negative_infinities, self.nans].iter().for_each(|count| out.u32(*count));
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Result<Self, SnapshotMismatch> {
        Ok(Self {
            high: from.f64()?,
            low: from.f64()?,
            positive_infinities: from.u32()?,
            negative_infinities: from.u32()?,
            nans: from.u32()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_leaves_leaves_no_trace() {
        let mut sum = RealSum::default();
        [0.1, 0.2, 0.3, 1e16].iter().for_each(|value| sum.add(*value));
        sum.take(1e16);
        assert_eq!(sum.value(), 0.6);
        sum.add(f64::INFINITY);
        assert_eq!(sum.value(), f64::INFINITY);
        sum.take(f64::INFINITY);
        assert_eq!(sum.value(), 0.6);
    }

    proptest! {
        #[test]
        fn variance_is_never_negative_and_right(values in proptest::collection::vec(-1e6f64..1e6, 1..50)) {
            let (mut sum, mut squares) = (RealSum::default(), RealSum::default());
            for value in &values {
                sum.add(*value);
                squares.add_square(*value, 1.0);
            }
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let expected: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
            let found = squares.squares_about_mean(&sum, n);
            prop_assert!((found - expected).abs() <= 1e-9 * expected.max(1.0), "{found} instead of {expected}");
        }
    }
}
