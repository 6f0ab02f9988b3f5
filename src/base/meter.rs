//! What is counted while work goes on, to be shown by whoever is asked. Counting is an atomic addition; reading happens at a scrape.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// A number that only grows while the process lives.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds to it.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// The sum so far.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that is what it was set to last.
#[derive(Debug, Default)]
pub struct Gauge(AtomicI64);

impl Gauge {
    /// Sets it.
    pub fn set(&self, n: i64) {
        self.0.store(n, Ordering::Relaxed);
    }

    /// What it was set to.
    pub fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Records that have passed a place, and their bytes.
#[derive(Debug, Default)]
pub struct Traffic {
    /// How many records.
    pub records: Counter,
    /// Bytes of their data.
    pub bytes: Counter,
}

impl Traffic {
    /// Counts records that have passed.
    pub fn add(&self, records: usize, bytes: usize) {
        self.records.add(records as u64);
        self.bytes.add(bytes as u64);
    }

    /// Records and bytes so far.
    pub fn totals(&self) -> (u64, u64) {
        (self.records.get(), self.bytes.get())
    }
}

/// Upper bounds of the classes of latency, in microseconds; a last class has no bound. From what a put in memory takes to what a client
/// would wait for.
pub const LATENCY_BOUNDS_US: [u64; 14] =
    [250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000, 10_000_000];

/// How long something took, in classes.
#[derive(Debug, Default)]
pub struct Latency {
    classes: [Counter; LATENCY_BOUNDS_US.len() + 1],
    sum_us: Counter,
}

impl Latency {
    /// Counts one.
    pub fn record(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.classes[LATENCY_BOUNDS_US.partition_point(|bound| *bound < us)].add(1);
        self.sum_us.add(us);
    }

    /// How many there were in each class.
    pub fn classes(&self) -> [u64; LATENCY_BOUNDS_US.len() + 1] {
        self.classes.each_ref().map(Counter::get)
    }

    /// The sum of all.
    pub fn sum(&self) -> Duration {
        Duration::from_micros(self.sum_us.get())
    }
}

/// HTTP statuses that are counted each for itself.
const STATUSES: [u16; 19] = [200, 201, 202, 204, 206, 301, 304, 307, 400, 403, 404, 405, 409, 412, 413, 416, 429, 500, 503];

/// The requests of one operation, by how they were answered.
#[derive(Debug, Default)]
pub struct Requests {
    /// One a status, and a last one for all others.
    answered: [Counter; STATUSES.len() + 1],
    /// How long answers took.
    pub latency: Latency,
}

impl Requests {
    /// Counts a request that was answered with this HTTP status.
    pub fn record(&self, status: u16, took: Duration) {
        self.answered[STATUSES.iter().position(|known| *known == status).unwrap_or(STATUSES.len())].add(1);
        self.latency.record(took);
    }

    /// How many were answered with each status; `None` is any other. Without those that never were.
    pub fn answered(&self) -> impl Iterator<Item = (Option<u16>, u64)> {
        let statuses = STATUSES.iter().copied().map(Some).chain([None]);
        statuses.zip(self.answered.iter().map(Counter::get)).filter(|(_, count)| *count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latency_falls_into_the_first_class_that_holds_it() {
        let latency = Latency::default();
        for us in [0, 250, 251, 20_000_000] {
            latency.record(Duration::from_micros(us));
        }
        let classes = latency.classes();
        assert_eq!((classes[0], classes[1], classes[LATENCY_BOUNDS_US.len()]), (2, 1, 1));
        assert_eq!(latency.sum(), Duration::from_micros(20_000_501));
    }

    #[test]
    fn requests_are_counted_by_status() {
        let requests = Requests::default();
        for status in [200, 200, 400, 418] {
            requests.record(status, Duration::from_millis(1));
        }
        assert_eq!(requests.answered().collect::<Vec<_>>(), [(Some(200), 2), (Some(400), 1), (None, 1)]);
    }
}
