//! Retention: events that are older than their group keeps them.
//!
//! An event expires by its own time, and from then on no answer has it. Its room is given back some time later, by when it was put.

use super::Logs;
use super::error::LogsError;
use super::group::{Group, Stream};
use super::put::FUTURE_MS;
use crate::base::clock::Millis;
use crate::base::spawner::Spawner;
use crate::store::StoreError;
use std::collections::HashMap;
use std::time::Duration;

/// What PutRetentionPolicy takes (API reference).
const DAYS: [i32; 22] = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// Events of groups without a retention are dropped this many days after they were put. On AWS they stay for ever; here the bound keeps a
/// forgotten server from filling the disk.
const UNSET_DAYS: i32 = 30;

/// A day.
const DAY_MS: Millis = 24 * 60 * 60 * 1000;

/// How often all streams are looked at. Answers hide expired events by themselves, so this is about space only.
const INTERVAL: Duration = Duration::from_secs(10 * 60);

/// Checks a number of days as AWS does.
pub(super) fn check_days(days: i32) -> Result<i32, LogsError> {
    if DAYS.contains(&days) {
        return Ok(days);
    }
    Err(LogsError::invalid(format!(
        "1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: {DAYS:?}"
    )))
}

impl Group {
    /// The time before which the group's events have expired.
    pub(super) fn horizon_ms(&self, now_ms: Millis) -> Millis {
        self.retention_days.map_or(Millis::MIN, |days| now_ms - Millis::from(days) * DAY_MS)
    }

    /// Events put before have expired. An event may be put ahead of its time.
    fn trim_point_ms(&self, now_ms: Millis) -> Millis {
        now_ms - Millis::from(self.retention_days.unwrap_or(UNSET_DAYS)) * DAY_MS - FUTURE_MS
    }
}

impl Logs {
    /// Starts the task that gives back the room of expired events from time to time.
    pub fn start_retention(&self, tasks: &Spawner) {
        let (logs, mut stopping) = (self.clone(), tasks.stopping());
        tasks.spawn(async move {
            loop {
                tokio::select! {
                    () = logs.clock.sleep(INTERVAL) => {}
                    () = stopping.wait() => return,
                }
                if let Err(error) = logs.forget_expired().await {
                    tracing::warn!(%error, "cannot drop expired log events");
                }
            }
        });
    }

    /// Gives back the room of expired events of all streams.
    pub(super) async fn forget_expired(&self) -> Result<(), StoreError> {
        let now_ms = self.clock.now_ms();
        let groups = self.store.list_everywhere::<Group>("logs", "group").await?;
        let trim_points: HashMap<_, _> =
            groups.into_iter().map(|group| ((group.scope, group.name), group.document.trim_point_ms(now_ms))).collect();
        for stream in self.store.list_everywhere::<Stream>("logs", "stream").await? {
            let group = stream.name.split_once(':').map_or(stream.name.as_str(), |(group, _)| group).to_owned();
            let Some(before_ms) = trim_points.get(&(stream.scope, group)) else { continue };
            match self.store.trim(stream.document.log, *before_ms).await {
                // The stream was deleted meanwhile.
                Ok(_) | Err(StoreError::NoSuchLog(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
