//! Admission by token buckets: what a shard takes and gives in a second, and how often a stream may be asked.
//!
//! A bucket holds a second's worth and refills steadily, so a burst within a second passes and a sustained excess does not. With a limit
//! of [`UNLIMITED`] nothing is counted.

use crate::base::clock::Millis;
use crate::base::limits::{KinesisLimits, UNLIMITED};
use rustc_hash::FxHashMap;
use std::sync::{Mutex, PoisonError};

/// Tokens left and when they were counted. Tokens are thousandths, so that a millisecond of a small rate counts.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: i128,
    at_ms: Millis,
}

impl Bucket {
    fn full(per_second: u64, now_ms: Millis) -> Self {
        Self { left: i128::from(per_second) * 1000, at_ms: now_ms }
    }

    fn refill(&mut self, per_second: u64, now_ms: Millis) {
        let elapsed_ms = (now_ms - self.at_ms).max(0);
        let capacity = i128::from(per_second) * 1000;
        self.left = (self.left + i128::from(elapsed_ms) * i128::from(per_second)).min(capacity);
        self.at_ms = self.at_ms.max(now_ms);
    }

    /// Whether `amount` fits now. An amount above a full bucket passes when the bucket is full and leaves it in debt, which is how a
    /// record of 10 MiB gets through a shard of 1 MiB/s.
    fn fits(&self, per_second: u64, amount: u64) -> bool {
        self.left >= (i128::from(amount) * 1000).min(i128::from(per_second) * 1000)
    }

    fn take(&mut self, amount: u64) {
        self.left -= i128::from(amount) * 1000;
    }
}

/// The buckets of one shard.
#[derive(Clone, Copy, Debug)]
struct ShardBuckets {
    write_bytes: Bucket,
    write_records: Bucket,
    read_bytes: Bucket,
    reads: Bucket,
}

impl ShardBuckets {
    fn full(limits: &KinesisLimits, now_ms: Millis) -> Self {
        Self {
            write_bytes: Bucket::full(limits.shard_write_bytes_per_second, now_ms),
            write_records: Bucket::full(limits.shard_write_records_per_second, now_ms),
            read_bytes: Bucket::full(limits.shard_read_bytes_per_second, now_ms),
            reads: Bucket::full(limits.shard_reads_per_second, now_ms),
        }
    }
}

/// The buckets of one stream.
#[derive(Debug, Default)]
pub(super) struct Throughput {
    shards: Mutex<FxHashMap<u32, ShardBuckets>>,
    control: Mutex<Option<Bucket>>,
}

impl Throughput {
    /// Whether writes are counted at all; if not, there is no need to ask for each record.
    pub(super) fn limits_writes(limits: &KinesisLimits) -> bool {
        limits.shard_write_bytes_per_second != UNLIMITED || limits.shard_write_records_per_second != UNLIMITED
    }

    /// Takes one record of `bytes` for a shard; false if it is too much.
    pub(super) fn admit_write(&self, limits: &KinesisLimits, shard: u32, bytes: usize, now_ms: Millis) -> bool {
        let (bytes_rate, records_rate) = (limits.shard_write_bytes_per_second, limits.shard_write_records_per_second);
        self.with_shard(limits, shard, now_ms, |buckets| {
            buckets.write_bytes.refill(bytes_rate, now_ms);
            buckets.write_records.refill(records_rate, now_ms);
            let admitted = buckets.write_bytes.fits(bytes_rate, bytes as u64) && buckets.write_records.fits(records_rate, 1);
            if admitted {
                buckets.write_bytes.take(bytes as u64);
                buckets.write_records.take(1);
            }
            admitted
        })
    }

    /// Takes one GetRecords call for a shard; false if there were too many, or earlier answers have used up the bytes.
    pub(super) fn admit_read(&self, limits: &KinesisLimits, shard: u32, now_ms: Millis) -> bool {
        let (bytes_rate, reads_rate) = (limits.shard_read_bytes_per_second, limits.shard_reads_per_second);
        if bytes_rate == UNLIMITED && reads_rate == UNLIMITED {
            return true;
        }
        self.with_shard(limits, shard, now_ms, |buckets| {
            buckets.read_bytes.refill(bytes_rate, now_ms);
            buckets.reads.refill(reads_rate, now_ms);
            let admitted = buckets.read_bytes.left >= 0 && buckets.reads.fits(reads_rate, 1);
            if admitted {
                buckets.reads.take(1);
            }
            admitted
        })
    }

    /// Counts the bytes of an answer of GetRecords: 10 MiB at 2 MiB/s keep further calls out for four to five seconds.
    pub(super) fn count_read(&self, limits: &KinesisLimits, shard: u32, bytes: usize, now_ms: Millis) {
        if limits.shard_read_bytes_per_second != UNLIMITED {
            self.with_shard(limits, shard, now_ms, |buckets| buckets.read_bytes.take(bytes as u64));
        }
    }

    /// Takes one control call; false if there were too many.
    pub(super) fn admit_control(&self, limits: &KinesisLimits, now_ms: Millis) -> bool {
        let rate = limits.control_calls_per_second;
        if rate == UNLIMITED {
            return true;
        }
        let mut control = self.control.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = control.get_or_insert_with(|| Bucket::full(rate, now_ms));
        bucket.refill(rate, now_ms);
        let admitted = bucket.fits(rate, 1);
        if admitted {
            bucket.take(1);
        }
        admitted
    }

    fn with_shard<T>(&self, limits: &KinesisLimits, shard: u32, now_ms: Millis, act: impl FnOnce(&mut ShardBuckets) -> T) -> T {
        let mut shards = self.shards.lock().unwrap_or_else(PoisonError::into_inner);
        act(shards.entry(shard).or_insert_with(|| ShardBuckets::full(limits, now_ms)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::{Limits, Profile};

    #[test]
    fn a_shard_takes_a_thousand_records_a_second_with_a_burst_of_one_second() {
        let limits = Limits::of(Profile::Aws).kinesis;
        let throughput = Throughput::default();
        let admitted = |now_ms, tries| (0..tries).filter(|_| throughput.admit_write(&limits, 0, 10, now_ms)).count();
        assert_eq!(admitted(1_000, 1_500), 1_000);
        assert_eq!(admitted(1_100, 1_500), 100);
        assert_eq!(admitted(9_000, 1_500), 1_000);
        assert!(throughput.admit_write(&limits, 1, 10, 9_000), "each shard has its own");
    }

    #[test]
    fn a_large_record_passes_a_full_bucket_and_is_paid_for_after() {
        let limits = Limits::of(Profile::Aws).kinesis;
        let throughput = Throughput::default();
        assert!(throughput.admit_write(&limits, 0, 10 << 20, 0));
        assert!(!throughput.admit_write(&limits, 0, 1, 5_000));
        assert!(throughput.admit_write(&limits, 0, 1, 9_100));
    }

    #[test]
    fn five_reads_a_second_and_none_while_bytes_are_owed() {
        let limits = Limits::of(Profile::Aws).kinesis;
        let throughput = Throughput::default();
        assert_eq!((0..10).filter(|_| throughput.admit_read(&limits, 0, 0)).count(), 5);
        throughput.count_read(&limits, 0, 10 << 20, 0);
        assert!(!throughput.admit_read(&limits, 0, 3_900));
        assert!(throughput.admit_read(&limits, 0, 4_000));
        assert!(Throughput::default().admit_read(&Limits::of(Profile::Local).kinesis, 0, 0));
    }
}
