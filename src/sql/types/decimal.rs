//! Decimal arithmetic on unscaled whole numbers.

/// 10⁰ to 10¹⁸.
pub const POWERS_OF_TEN: [i64; 19] = {
    let mut powers = [1; 19];
    let mut i = 1;
    while i < 19 {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

fn power(digits: u8) -> i128 {
    i128::from(POWERS_OF_TEN[usize::from(digits.min(18))])
}

/// `value` divided by `by`, rounded to the nearest, halves away from zero; `by` is not 0.
pub fn divide_rounded(value: i128, by: i128) -> i128 {
    let (quotient, rest) = (value / by, value % by);
    if rest.unsigned_abs() >= by.unsigned_abs() - rest.unsigned_abs() {
        quotient + value.signum() * by.signum()
    } else {
        quotient
    }
}

/// An unscaled number of scale `from` as one of scale `to`, rounded (halves away from zero); `None` when it does not fit 64 bits.
pub fn rescale(value: i64, from: u8, to: u8) -> Option<i64> {
    i64::try_from(rescale_exact(i128::from(value), from, to)).ok()
}

/// As [`rescale`], in 128 bits: scales differ by at most 18, so 64-bit values always fit.
pub fn rescale_exact(value: i128, from: u8, to: u8) -> i128 {
    if to >= from { value * power(to - from) } else { divide_rounded(value, power(from - to)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(
            [rescale(25, 1, 0), rescale(-25, 1, 0), rescale(24, 1, 0), rescale(-24, 1, 0)],
            [Some(3), Some(-3), Some(2), Some(-2)]
        );
        assert_eq!(rescale(7, 0, 2), Some(700));
        assert_eq!(rescale(i64::MAX, 0, 1), None);
        assert_eq!(divide_rounded(5, -2), -3);
        assert_eq!(divide_rounded(1, 3), 0);
    }
}
