//! How much may be put to a delivery stream a second.

use crate::base::clock::Millis;
use crate::base::limits::{FirehoseLimits, UNLIMITED};
use std::sync::{Mutex, PoisonError};

/// Counts records and bytes of the present second.
#[derive(Debug)]
pub(super) struct Allowance {
    records: u64,
    bytes: u64,
    used: Mutex<Used>,
}

#[derive(Debug, Default)]
struct Used {
    second: i64,
    records: u64,
    bytes: u64,
}

impl Allowance {
    /// Nothing used yet.
    pub(super) fn new(limits: &FirehoseLimits) -> Self {
        Self { records: limits.put_records_per_second, bytes: limits.put_bytes_per_second, used: Mutex::default() }
    }

    /// How many of these records, from the first on, may still be put in the present second.
    pub(super) fn admit(&self, now_ms: Millis, sizes: impl Iterator<Item = usize>) -> usize {
        if self.records == UNLIMITED && self.bytes == UNLIMITED {
            return usize::MAX;
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.second != now_ms / 1_000 {
            *used = Used { second: now_ms / 1_000, records: 0, bytes: 0 };
        }
        let mut admitted = 0;
        for size in sizes {
            let bytes = used.bytes.saturating_add(size as u64);
            if used.records >= self.records || bytes > self.bytes {
                break;
            }
            (used.records, used.bytes) = (used.records + 1, bytes);
            admitted += 1;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::{Limits, Profile};

    #[test]
    fn a_second_has_its_share_and_the_next_one_anew() {
        let limits = FirehoseLimits { put_bytes_per_second: 25, ..Limits::of(Profile::Aws).firehose };
        let allowance = Allowance::new(&limits);
        assert_eq!(allowance.admit(1_000, [10, 10, 10].into_iter()), 2);
        assert_eq!(allowance.admit(1_999, [10].into_iter()), 0);
        assert_eq!(allowance.admit(2_000, [10].into_iter()), 1);
    }
}
