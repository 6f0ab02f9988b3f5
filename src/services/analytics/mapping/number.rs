//! Numbers as JSON and CSV write them.

/// Powers of ten that a double holds exactly.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
    1e22,
];
/// Up to this, every whole number is a double.
const EXACT_MAX: u64 = 1 << 53;
/// Digits that always fit in 64 bits.
const DIGITS: usize = 18;
/// The largest decimal exponent followed; beyond it a value is 0 or out of every type's range.
const EXPONENT_MAX: i32 = 1_000;

/// A number taken apart: `±mantissa × 10^exponent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    mantissa: u128,
    exponent: i32,
}

impl Decimal {
    /// Reads `-12.5e3`; a leading plus, leading zeros and blanks around are taken too. `None` when it is no number or has more than 38 digits.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = text.trim_ascii();
        let (negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        let end = text.iter().position(|b| matches!(b, b'e' | b'E')).unwrap_or(text.len());
        let power = if end < text.len() { exponent(&text[end + 1..])? } else { 0 };
        let point = text[..end].iter().position(|b| *b == b'.').unwrap_or(end);
        let (whole, fraction) = (&text[..point], text[..end].get(point + 1..).unwrap_or_default());
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let mut mantissa: u128 = 0;
        for byte in whole.iter().chain(fraction) {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            mantissa = mantissa.checked_mul(10)?.checked_add(u128::from(digit))?;
        }
        Some(Self { negative, mantissa, exponent: power - i32::try_from(fraction.len()).ok()? })
    }

    /// The value as a whole number of `10^-scale`, rounded half away from zero. `None` beyond 64 bits.
    pub fn scaled(self, scale: u8) -> Option<i64> {
        let (magnitude, rest) = self.split(i32::from(scale))?;
        self.signed(magnitude + u128::from(rest >= 5))
    }

    /// The value as a whole number. `None` when it has a fraction or is beyond 64 bits.
    pub fn whole(self) -> Option<i64> {
        let exact = self.exponent >= 0 || self.mantissa.is_multiple_of(10_u128.checked_pow(self.exponent.unsigned_abs())?);
        if exact { self.signed(self.split(0)?.0) } else { None }
    }

    /// Whether it is not zero.
    pub fn is_nonzero(self) -> bool {
        self.mantissa != 0
    }

    /// `mantissa × 10^(exponent + shift)`: what is before the point, and the first digit after it.
    fn split(self, shift: i32) -> Option<(u128, u8)> {
        let exponent = self.exponent + shift;
        if exponent >= 0 {
            let factor = if self.mantissa == 0 { 0 } else { 10_u128.checked_pow(exponent.unsigned_abs())? };
            return Some((self.mantissa.checked_mul(factor)?, 0));
        }
        let Some(tenth) = 10_u128.checked_pow(exponent.unsigned_abs() - 1) else {
            return Some((0, 0));
        };
        let tenths = self.mantissa / tenth;
        Some((tenths / 10, u8::try_from(tenths % 10).unwrap_or_default()))
    }

    fn signed(self, magnitude: u128) -> Option<i64> {
        let magnitude = i128::try_from(magnitude).ok()?;
        i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
    }
}

fn exponent(text: &[u8]) -> Option<i32> {
    let text = std::str::from_utf8(text).ok()?;
    let value: i32 = text.parse().ok()?;
    Some(value.clamp(-EXPONENT_MAX, EXPONENT_MAX))
}

/// The digits at the start of `text` as a number, with a minus or without, and how many bytes they took. `None` when there are none or
/// so many that 64 bits may not hold them.
#[inline]
pub fn integer_prefix(text: &[u8]) -> Option<(i64, usize)> {
    let negative = text.first() == Some(&b'-');
    let digits = &text[usize::from(negative)..];
    let mut value: i64 = 0;
    let mut count = 0;
    while let Some(digit) = digits.get(count).map(|b| b.wrapping_sub(b'0')).filter(|d| *d < 10) {
        if count == DIGITS {
            return None;
        }
        value = value * 10 + i64::from(digit);
        count += 1;
    }
    (count > 0).then_some((if negative { -value } else { value }, count + usize::from(negative)))
}

/// The nearest double. Short numbers take the exact path (mantissa and power of ten are both doubles), the others the library's.
pub fn double(text: &[u8]) -> Option<f64> {
    exact_double(text).or_else(|| slow_double(text))
}

fn exact_double(text: &[u8]) -> Option<f64> {
    let (whole, taken) = integer_prefix(text)?;
    let rest = &text[taken..];
    if rest.is_empty() {
        return (whole.unsigned_abs() <= EXACT_MAX && (whole != 0 || taken == 1)).then_some(whole as f64);
    }
    let [b'.', fraction @ ..] = rest else {
        return None;
    };
    let (digits, count) = integer_prefix(fraction)?;
    if count != fraction.len() || digits < 0 || count + taken > DIGITS {
        return None;
    }
    let mantissa = whole.unsigned_abs() * 10_u64.pow(u32::try_from(count).ok()?) + digits.unsigned_abs();
    let magnitude = (mantissa <= EXACT_MAX).then_some(mantissa as f64)? / TENS.get(count)?;
    Some(if text[0] == b'-' { -magnitude } else { magnitude })
}

/// Everything else; words such as `inf` are no numbers here.
fn slow_double(text: &[u8]) -> Option<f64> {
    let text = text.trim_ascii();
    let plain = text.iter().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    let value: f64 = if plain { std::str::from_utf8(text).ok()?.parse().ok()? } else { return None };
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_round_half_away_from_zero() {
        let scaled = |text: &str, scale| Decimal::parse(text.as_bytes()).unwrap().scaled(scale);
        assert_eq!(scaled("33.119", 2), Some(3312));
        assert_eq!(scaled("-2.5", 0), Some(-3));
        assert_eq!(scaled("1e3", 2), Some(100_000));
        assert_eq!(scaled("0.0449", 1), Some(0));
        assert_eq!(scaled("1e-900", 2), Some(0));
        assert_eq!(scaled("0e900", 2), Some(0));
        assert_eq!(scaled("92233720368547758.08", 2), None);
    }

    #[test]
    fn whole_numbers_have_no_fraction() {
        let whole = |text: &str| Decimal::parse(text.as_bytes()).and_then(Decimal::whole);
        assert_eq!(whole("123.0"), Some(123));
        assert_eq!(whole("1.5e1"), Some(15));
        assert_eq!(whole("123.4"), None);
        assert_eq!(whole("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(whole("9223372036854775808"), None);
        for text in ["", "-", ".", "a", "1 2", "1e", "0x10", "1.2.3"] {
            assert_eq!(Decimal::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn words_are_no_doubles() {
        for text in ["", "-", "inf", "NaN", "1e999", "0x1p3", "1_000"] {
            assert_eq!(double(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn doubles_are_those_of_the_library(text in "-?[0-9]{1,20}(\\.[0-9]{1,20})?(e-?[0-9]{1,2})?") {
            prop_assert_eq!(double(text.as_bytes()).map(f64::to_bits), text.parse::<f64>().ok().map(f64::to_bits));
        }

        #[test]
        fn integers_are_those_of_the_library(value in any::<i64>()) {
            let text = value.to_string();
            prop_assert_eq!(Decimal::parse(text.as_bytes()).and_then(Decimal::whole), Some(value));
            if let Some(prefix) = integer_prefix(format!("{text},").as_bytes()) {
                prop_assert_eq!(prefix, (value, text.len()));
            }
        }
    }
}
