//! The one place that tells the time.
//!
//! Everything that waits or stamps asks a [`Clock`]: the real one in the server, a virtual one in tests and in
//! `millpond sql`, where windows, retention and buffering pass in milliseconds of real time.

use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Milliseconds since 1970-01-01T00:00:00Z, the unit of every time in Millpond.
pub type Millis = i64;

/// Measures how long something really takes, whatever a clock says: for meters and for patience with other processes.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins to measure.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// A source of time. Clones share it.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    Real,
    Virtual(Arc<watch::Sender<Millis>>),
}

impl Clock {
    /// The machine's clock.
    pub fn real() -> Self {
        Self(Source::Real)
    }

    /// A clock that stands at `start_ms` until [`Clock::advance_to`] moves it.
    pub fn virtual_at(start_ms: Millis) -> Self {
        Self(Source::Virtual(Arc::new(watch::Sender::new(start_ms))))
    }

    /// The present time in milliseconds.
    pub fn now_ms(&self) -> Millis {
        match &self.0 {
            Source::Real => real_now_ms(),
            Source::Virtual(now) => *now.borrow(),
        }
    }

    /// Moves a virtual clock forward and wakes who sleeps on it; never back. A real clock stays as it is.
    pub fn advance_to(&self, to_ms: Millis) {
        if let Source::Virtual(now) = &self.0 {
            now.send_if_modified(|at| {
                let later = to_ms > *at;
                *at = (*at).max(to_ms);
                later
            });
        }
    }

    /// Returns when the clock has reached `until_ms`.
    pub async fn sleep_until(&self, until_ms: Millis) {
        match &self.0 {
            Source::Real => {
                tokio::time::sleep(Duration::from_millis(until_ms.saturating_sub(real_now_ms()).max(0).unsigned_abs())).await
            }
            Source::Virtual(now) => {
                // The sender lives in `self`, so waiting cannot end in an error.
                let _ = now.subscribe().wait_for(|at| *at >= until_ms).await;
            }
        }
    }

    /// Returns after `duration` of this clock's time.
    pub async fn sleep(&self, duration: Duration) {
        match &self.0 {
            Source::Real => tokio::time::sleep(duration).await,
            Source::Virtual(_) => {
                let wait_ms = Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX);
                self.sleep_until(self.now_ms().saturating_add(wait_ms)).await;
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock")]
fn real_now_ms() -> Millis {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since_epoch.as_millis()).unwrap_or(Millis::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_virtual_clock_wakes_sleepers_and_never_goes_back() {
        let clock = Clock::virtual_at(1_000);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep_until(5_000).await;
                clock.now_ms()
            }
        });
        clock.advance_to(6_000);
        clock.advance_to(2_000);
        assert_eq!(sleeper.await.unwrap(), 6_000);
    }
}
