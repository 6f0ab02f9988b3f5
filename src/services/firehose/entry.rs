//! A delivery stream at work: its present configuration, and the strings that lead to its delivery tasks.

use super::allowance::Allowance;
use super::delivery_stream::DeliveryStream;
use super::record_id::RecordIds;
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::base::limits::FirehoseLimits;
use crate::base::meter::Traffic;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// What a delivery task of a delivery stream does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Delivers to the destination.
    Destination,
    /// Copies every record to the backup bucket.
    Backup,
}

/// A delivery stream at work.
pub(super) struct Entry {
    /// Its account and region.
    pub(super) scope: Scope,
    /// How much may be put.
    pub(super) allowance: Allowance,
    /// Prints ids of its records.
    pub(super) record_ids: RecordIds,
    /// What producers have put.
    pub(super) incoming: Traffic,
    stream: watch::Sender<Arc<DeliveryStream>>,
    stop: watch::Sender<bool>,
    flush: watch::Sender<u64>,
    tasks: Mutex<Vec<Task>>,
}

/// A delivery task, seen from outside.
struct Task {
    role: Role,
    /// The last request to flush that it has fulfilled; closed when the task has ended.
    flushed: watch::Receiver<u64>,
    /// Arrival time of the last record it has delivered.
    delivered_ms: watch::Receiver<Millis>,
    /// What it has delivered.
    delivered: Arc<Traffic>,
}

/// The task's end of the strings.
pub(super) struct Strings {
    /// The present configuration.
    pub(super) stream: watch::Receiver<Arc<DeliveryStream>>,
    /// Set when the delivery stream is deleted.
    pub(super) stop: watch::Receiver<bool>,
    /// The last request to flush.
    pub(super) flush: watch::Receiver<u64>,
    /// The last one fulfilled.
    pub(super) flushed: watch::Sender<u64>,
    /// Arrival time of the last record delivered.
    pub(super) delivered_ms: watch::Sender<Millis>,
    /// What was delivered.
    pub(super) delivered: Arc<Traffic>,
}

impl Entry {
    /// A delivery stream without tasks yet.
    pub(super) fn new(scope: &Scope, stream: DeliveryStream, limits: &FirehoseLimits) -> Self {
        Self {
            scope: scope.clone(),
            allowance: Allowance::new(limits),
            record_ids: RecordIds::of(&stream),
            incoming: Traffic::default(),
            stream: watch::Sender::new(Arc::new(stream)),
            stop: watch::Sender::new(false),
            flush: watch::Sender::new(0),
            tasks: Mutex::default(),
        }
    }

    /// The present configuration.
    pub(super) fn stream(&self) -> Arc<DeliveryStream> {
        Arc::clone(&self.stream.borrow())
    }

    /// Makes a stored configuration the present one.
    pub(super) fn set_stream(&self, stream: DeliveryStream) {
        self.stream.send_replace(Arc::new(stream));
    }

    /// Takes in a task.
    pub(super) fn attach(&self, role: Role) -> Strings {
        let (flushed, flushed_seen) = watch::channel(*self.flush.borrow());
        let (delivered_ms, delivered_seen) = watch::channel(Millis::MIN);
        let delivered = Arc::<Traffic>::default();
        let task = Task { role, flushed: flushed_seen, delivered_ms: delivered_seen, delivered: Arc::clone(&delivered) };
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
        Strings {
            stream: self.stream.subscribe(),
            stop: self.stop.subscribe(),
            flush: self.flush.subscribe(),
            flushed,
            delivered_ms,
            delivered,
        }
    }

    /// Whether it has a task of this role.
    pub(super) fn has(&self, role: Role) -> bool {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|task| task.role == role)
    }

    /// The roles of its tasks, and what each has delivered.
    pub(super) fn delivered(&self) -> Vec<(Role, Arc<Traffic>)> {
        let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.iter().map(|task| (task.role, Arc::clone(&task.delivered))).collect()
    }

    /// Every record that arrived before this is delivered by all tasks.
    pub(super) fn delivered_ms(&self) -> Millis {
        let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.iter().map(|task| *task.delivered_ms.borrow()).min().unwrap_or(Millis::MIN)
    }

    /// Returns when all tasks have delivered what was there at the call, or have ended.
    pub(super) async fn flush(&self) {
        let mut wanted = 0;
        self.flush.send_modify(|requests| {
            *requests += 1;
            wanted = *requests;
        });
        for mut flushed in self.flushed() {
            // An error means that the task has ended.
            let _ = flushed.wait_for(|fulfilled| *fulfilled >= wanted).await;
        }
    }

    /// Ends the tasks and returns when they have ended.
    pub(super) async fn stop(&self) {
        self.stop.send_replace(true);
        for mut flushed in self.flushed() {
            while flushed.changed().await.is_ok() {}
        }
    }

    fn flushed(&self) -> Vec<watch::Receiver<u64>> {
        let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.iter().map(|task| task.flushed.clone()).collect()
    }
}
