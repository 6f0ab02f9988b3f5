//! A batch until its records are taken: what was not taken is sent again, alone, after a growing wait.

use super::batch::Batch;
use super::client::{CallError, Client};
use super::statistics::Statistics;
use super::target::Target;
use crate::base::retry::Backoff;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};

/// Waits between tries of the same records.
pub(super) const BACKOFF: Backoff = Backoff { first: Duration::from_millis(100), most: Duration::from_secs(5) };

/// What the connections share.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) client: Client,
    pub(super) target: Target,
    pub(super) retries: u32,
    pub(super) backoff: Backoff,
    pub(super) statistics: Arc<Statistics>,
    pub(super) queue: Mutex<mpsc::Receiver<Batch>>,
}

impl Delivery {
    /// Sends batches until there are no more; an error ends all, since it would meet every batch.
    pub(super) async fn run(self: Arc<Self>) -> Result<(), String> {
        loop {
            let batch = self.queue.lock().await.recv().await;
            let Some(batch) = batch else { return Ok(()) };
            if let Err(error) = self.deliver(&batch).await {
                self.statistics.stop();
                self.queue.lock().await.close();
                return Err(error);
            }
        }
    }

    async fn deliver(&self, batch: &Batch) -> Result<(), String> {
        let mut waiting: Vec<usize> = (0..batch.len()).collect();
        let mut tries = 0;
        loop {
            let outcome = self.client.put(batch.body(&waiting, &self.target), waiting.len()).await;
            let count = waiting.len();
            let trouble = match outcome {
                Ok(failed) => {
                    waiting = failed.into_iter().filter_map(|place| waiting.get(place).copied()).collect();
                    None
                }
                Err(CallError::Transient(error)) => Some(error),
                Err(CallError::Permanent(error)) => return self.give_up(count, Some(error)),
            };
            let taken = (count - waiting.len()) * usize::from(trouble.is_none());
            self.statistics.sent(taken as u64, batch.bytes_of(taken));
            if waiting.is_empty() {
                return Ok(());
            }
            tries += 1;
            if tries > self.retries {
                return self.give_up(waiting.len(), trouble);
            }
            self.statistics.retried(waiting.len() as u64);
            tokio::time::sleep(self.backoff.wait(tries)).await;
        }
    }

    /// Counts records as failed. Single records that were refused do not end the run; a call that fails as a whole does.
    fn give_up(&self, records: usize, error: Option<String>) -> Result<(), String> {
        self.statistics.failed(records as u64);
        error.map_or(Ok(()), Err)
    }
}
