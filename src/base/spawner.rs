//! The one way to start a long-lived task, so that a stop can wait for all of them; and the way to work that outlives its caller.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Starts long-lived tasks and stops them together. Clones share the tasks.
#[derive(Clone, Debug)]
pub struct Spawner {
    tasks: Arc<Mutex<JoinSet<()>>>,
    stop: Arc<watch::Sender<bool>>,
}

/// Tells a task that it should come to an end.
#[derive(Clone, Debug)]
pub struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// Returns when the process is stopping; for `tokio::select!`.
    pub async fn wait(&mut self) {
        // The sender lives in the spawner; were it gone, the process would be stopping too.
        let _ = self.0.wait_for(|stopping| *stopping).await;
    }

    /// Whether the process is stopping.
    pub fn is_stopping(&self) -> bool {
        *self.0.borrow()
    }
}

impl Default for Spawner {
    fn default() -> Self {
        Self { tasks: Arc::default(), stop: Arc::new(watch::Sender::new(false)) }
    }
}

impl Spawner {
    /// Starts a task. It should end soon after [`Spawner::stopping`] says so; what does not is cut off at the end of the drain.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(ended) = tasks.try_join_next() {
            log_panic(ended);
        }
        tasks.spawn(task);
    }

    /// The signal to stop.
    pub fn stopping(&self) -> Stopping {
        Stopping(self.stop.subscribe())
    }

    /// Tells all tasks to stop and waits for them, `patience` at most. Says whether all ended by themselves.
    pub async fn stop(&self, patience: Duration) -> bool {
        self.stop.send_replace(true);
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        let drained = tokio::time::timeout(patience, async {
            while let Some(ended) = tasks.join_next().await {
                log_panic(ended);
            }
        });
        let all_ended = drained.await.is_ok();
        tasks.shutdown().await;
        all_ended
    }
}

/// Runs `work` to its end, also when the caller stops waiting for it: what has begun to change something must not stop between its steps
/// because a client has hung up.
///
/// # Errors
/// When `work` panics.
pub async fn to_its_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<T, tokio::task::JoinError> {
    tokio::spawn(work).await
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a task ended in a panic");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stop_waits_for_tasks_that_end_and_cuts_off_the_rest() {
        let spawner = Spawner::default();
        let (done, ended) = tokio::sync::oneshot::channel();
        let mut stopping = spawner.stopping();
        spawner.spawn(async move {
            stopping.wait().await;
            let _ = done.send(());
        });
        assert!(spawner.stop(Duration::from_secs(5)).await);
        assert!(ended.await.is_ok());
        spawner.spawn(std::future::pending());
        assert!(!spawner.stop(Duration::from_millis(10)).await);
    }
}
