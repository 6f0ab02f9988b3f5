//! CloudFormation: templates, read and evaluated; stacks, whose resources are made by the operations that a client would call; change sets,
//! exports and events.

mod described;
mod error;
mod evaluation;
mod operations;
mod refusal;
mod resource;
mod source;
mod stack;
mod template;
#[cfg(test)]
mod tests;

pub use described::{DescribedProperty, DescribedType, functions, types};
pub use operations::routes;

use crate::api::ServiceTable;
use crate::base::account::Scope;
use crate::base::clock::Clock;
use crate::base::spawner::Spawner;
use crate::services::s3::S3;
use crate::store::{Store, StoreError};
use resource::Tables;
use stack::{Kept, Resource, Running, Stack, Work};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Operations of stacks that run at once; the others wait in their first state.
const OPERATIONS: usize = 16;

/// How long a call waits for the operation that it begins: clients look at a stack every half a minute, and one that is done sooner should be seen
/// to be at their first look.
const PATIENCE: Duration = Duration::from_secs(1);

/// What CloudFormation is built from.
pub struct Parts {
    /// Where stacks are kept.
    pub store: Store,
    /// What tells the time.
    pub clock: Clock,
    /// What starts the operations' tasks.
    pub spawner: Spawner,
    /// Where templates by URL, and buckets, are.
    pub s3: S3,
    /// The services whose operations make resources.
    pub tables: Vec<ServiceTable>,
}

/// A handle of CloudFormation; clones share it.
#[derive(Clone, Debug)]
pub struct CloudFormation(Arc<Inner>);

/// A handle that does not keep CloudFormation alive.
#[derive(Clone, Debug)]
struct WeakCloudFormation(Weak<Inner>);

impl WeakCloudFormation {
    fn upgrade(&self) -> Option<CloudFormation> {
        self.0.upgrade().map(CloudFormation)
    }
}

#[derive(Debug)]
struct Inner {
    s3: S3,
    kept: Kept,
    clock: Clock,
    spawner: Spawner,
    tables: Tables,
    running: Running,
    room: Arc<Semaphore>,
}

impl CloudFormation {
    /// The stacks of a store. Operations that were running when the process ended go on.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn open(parts: Parts) -> Result<Self, StoreError> {
        let Parts { store, clock, spawner, s3, tables } = parts;
        let tables = Tables::new(tables, s3.clone());
        let (running, room) = (Running::default(), Arc::new(Semaphore::new(OPERATIONS)));
        let this = Self(Arc::new(Inner { s3, kept: Kept::new(store), clock, spawner, tables, running, room }));
        this.0.tables.nest(WeakCloudFormation(Arc::downgrade(&this.0)));
        for entry in this.0.kept.everywhere().await? {
            if entry.document.is_in_progress() {
                tracing::info!(stack = entry.document.name, status = %entry.document.status, "the operation of a stack goes on");
                let resources = this.0.kept.resources(&entry.scope, &entry.document.id).await?;
                let _ = this.start(&entry.scope, entry.document, resources);
            }
        }
        Ok(this)
    }

    /// Starts the operation that the stack's status says.
    fn start(&self, scope: &Scope, stack: Stack, resources: BTreeMap<String, Resource>) -> Arc<Work> {
        let (key, embedded) = ((scope.clone(), stack.id.clone()), !stack.outer.is_empty());
        let inner = &self.0;
        let kept = (inner.kept.clone(), inner.clock.clone(), inner.tables.clone());
        let work = Work::new(kept, scope.clone(), stack, resources);
        inner.running.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), Arc::clone(&work));
        let (this, mut stopping, begun) = (self.clone(), inner.spawner.stopping(), Arc::clone(&work));
        inner.spawner.spawn(async move {
            let operation = async {
                // The stack that an embedded one is part of has room already, and waits for it.
                let _room = match embedded {
                    true => None,
                    false => this.0.room.acquire().await.ok(),
                };
                loop {
                    Arc::clone(&work).run().await;
                    let mut running = this.0.running.lock().unwrap_or_else(PoisonError::into_inner);
                    if !work.is_unwanted() {
                        running.remove(&key);
                        break;
                    }
                }
                work.end();
            };
            tokio::select! {
                () = operation => {}
                () = stopping.wait() => {}
            }
        });
        begun
    }

    /// Starts the operation that the stack's status says, with its first event, and waits a moment for its end.
    async fn begin(&self, scope: &Scope, stack: Stack, resources: BTreeMap<String, Resource>, reason: &str) {
        let work = self.start(scope, self.tell(scope, stack, reason.to_owned()).await, resources);
        work.wait(PATIENCE).await;
    }

    /// Notes in an event that the stack is in its state for this reason.
    async fn tell(&self, scope: &Scope, stack: Stack, reason: String) -> Stack {
        let inner = &self.0;
        let kept = (inner.kept.clone(), inner.clock.clone(), inner.tables.clone());
        Work::new(kept, scope.clone(), stack, BTreeMap::new()).told(reason).await
    }

    /// The operation that runs on a stack.
    fn running(&self, scope: &Scope, stack: &str) -> Option<Arc<Work>> {
        let running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.get(&(scope.clone(), stack.to_owned())).cloned()
    }

    /// Asks the operation that runs on a stack to end, and to delete the stack; whether there was one.
    async fn abandon(&self, scope: &Scope, stack: &str) -> bool {
        let work = {
            // The operation leaves the map by the same lock, so that none ends without having seen the wish.
            let running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(work) = running.get(&(scope.clone(), stack.to_owned())) else { return false };
            work.abandon();
            Arc::clone(work)
        };
        work.keep().await;
        true
    }
}
