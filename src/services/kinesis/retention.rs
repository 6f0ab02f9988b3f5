//! Forgetting: records older than a stream's retention period are dropped, then closed shards that have none left.

use super::Kinesis;
use super::error::KinesisError;
use super::stream::Stream;
use crate::base::clock::Millis;
use crate::store::StoreError;
use std::time::Duration;

/// How often streams are looked at. Reads hide expired records by themselves, so this is about space only.
const INTERVAL: Duration = Duration::from_secs(60);

impl Kinesis {
    /// Starts the task that looks at all streams from time to time.
    pub(super) fn start_retention(&self) {
        let (kinesis, mut stopping) = (self.clone(), self.0.spawner.stopping());
        self.0.spawner.spawn(async move {
            loop {
                tokio::select! {
                    () = kinesis.0.clock.sleep(INTERVAL) => {}
                    () = stopping.wait() => return,
                }
                kinesis.forget_expired().await;
            }
        });
    }

    /// Looks at all streams once.
    pub(super) async fn forget_expired(&self) {
        for stream in self.0.streams.all() {
            if let Err(error) = self.forget_expired_of(&stream).await {
                // A stream deleted meanwhile is no trouble; anything else is tried again at the next round.
                if !stream.snapshot().deleted {
                    tracing::warn!(stream = stream.arn, %error, "cannot drop expired records");
                }
            }
        }
    }

    async fn forget_expired_of(&self, stream: &Stream) -> Result<(), KinesisError> {
        let snapshot = stream.snapshot();
        let before_ms = self.0.clock.now_ms() - snapshot.document.retention_ms();
        for shard in &snapshot.document.shards {
            self.0.store.trim(shard.log, before_ms).await?;
        }
        let expired = move |closed_ms: Option<Millis>| closed_ms.is_some_and(|closed_ms| closed_ms < before_ms);
        if snapshot.document.shards.iter().any(|shard| expired(shard.closed_ms)) {
            self.edit(stream, move |document, tx| {
                let (gone, kept) = std::mem::take(&mut document.shards).into_iter().partition(|shard| expired(shard.closed_ms));
                document.shards = kept;
                let gone: Vec<super::Shard> = gone;
                gone.iter().try_for_each(|shard| tx.delete_log(shard.log)).map_err(|error: StoreError| error.into())
            })
            .await?;
        }
        Ok(())
    }
}
