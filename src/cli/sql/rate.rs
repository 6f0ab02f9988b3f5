//! How fast rows arrive in virtual time.

use crate::base::clock::Millis;
use std::fmt;
use std::str::FromStr;

/// So many rows in so many ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate {
    rows: u32,
    period_ms: u32,
}

impl Rate {
    /// When row number `row` (from 0) arrives, in ms after the first.
    pub(super) fn after(self, row: u64) -> Millis {
        let ms = u128::from(row) * u128::from(self.period_ms) / u128::from(self.rows);
        Millis::try_from(ms).unwrap_or(Millis::MAX)
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self { rows: 1000, period_ms: 1000 }
    }
}

impl FromStr for Rate {
    type Err = String;

    /// `100` or `100/s`, `600/m`, `50/h`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (rows, period) = text.split_once('/').unwrap_or((text, "s"));
        let period_ms = match period.trim() {
            "s" => 1000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            _ => return Err("a rate is rows a second, minute or hour: 100/s, 600/m, 50/h".to_owned()),
        };
        match rows.trim().parse() {
            Ok(rows @ 1..) => Ok(Self { rows, period_ms }),
            _ => Err("a rate is a whole number of rows, at least 1".to_owned()),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows in {} ms", self.rows, self.period_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_and_rows_arrive_in_time() {
        let at = |rate: &str, row| rate.parse::<Rate>().map(|rate| rate.after(row));
        assert_eq!(at("2", 3), Ok(1500));
        assert_eq!(at("2/s", 3), Ok(1500));
        assert_eq!(at("3/m", 2), Ok(40_000));
        assert_eq!(at("50/h", 1), Ok(72_000));
        for wrong in ["0", "-1", "1.5", "x", "5/d", ""] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
        }
    }
}
