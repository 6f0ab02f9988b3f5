//! Kinesis Data Analytics for SQL applications, versions 1 and 2 of the API.
//!
//! - [`application`]: the one model of an application behind both versions.
//! - `configuration`, `lifecycle`, `tags`: what the operations do with it.
//! - [`v1`], [`v2`]: the operations as the two APIs spell them.
//! - `runner`: running applications, a task each. `taps`: their latest rows. `messages`: what they tell in CloudWatch Logs.
//! - `code`: the check of a script against the application's inputs.
//! - [`mapping`]: records → rows. [`output`]: rows → records.

pub mod application;
mod code;
mod configuration;
pub mod discovery;
pub mod error_stream;
mod lifecycle;
pub mod mapping;
mod messages;
mod metrics;
mod neighbours;
pub mod output;
mod reference;
mod refusal;
mod runner;
mod sampling;
#[macro_use]
mod shapes;
mod tags;
mod taps;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod v1;
pub mod v2;

pub use metrics::ApplicationMetrics;
pub use neighbours::{DeliveryStreams, MessageLog, NeighbourError, Nobody, Objects};
pub use refusal::Refusal;
pub use taps::ROWS_KEPT;

use crate::base::account::Scope;
use crate::base::arn::Arn;
use crate::base::clock::Clock;
use crate::base::limits::AnalyticsLimits;
use crate::base::spawner::Spawner;
use crate::services::kinesis::Kinesis;
use crate::store::{Collection, Key, Store};
use application::Application;
use runner::Runners;
use std::hash::{BuildHasher, BuildHasherDefault};
use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard};

/// How many locks applications share; two changes of one application never happen at once.
const LOCKS: usize = 64;

/// The service's handle; clones share it.
#[derive(Clone)]
pub struct Analytics(Arc<Inner>);

/// What the service is made of.
pub struct Parts {
    /// Where applications and their state are kept.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Limits and transition times.
    pub limits: AnalyticsLimits,
    /// What starts the tasks of running applications.
    pub spawner: Spawner,
    /// The streams that are read and written.
    pub kinesis: Kinesis,
    /// The delivery streams that are read and written.
    pub delivery_streams: Arc<dyn DeliveryStreams>,
    /// Where reference data is.
    pub objects: Arc<dyn Objects>,
    /// Where messages of applications go.
    pub messages: Arc<dyn MessageLog>,
}

struct Inner {
    parts: Parts,
    locks: [Mutex<()>; LOCKS],
    runners: Runners,
}

impl Analytics {
    /// The service over its parts. Applications that were running go on with [`Analytics::resume`].
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner { parts, locks: std::array::from_fn(|_| Mutex::new(())), runners: Runners::default() }))
    }

    fn store(&self) -> &Store {
        &self.0.parts.store
    }

    fn clock(&self) -> &Clock {
        &self.0.parts.clock
    }

    fn limits(&self) -> &AnalyticsLimits {
        &self.0.parts.limits
    }

    /// Keeps other changes of this application away until dropped.
    async fn lock(&self, scope: &Scope, name: &str) -> MutexGuard<'_, ()> {
        let hash = BuildHasherDefault::<rustc_hash::FxHasher>::default().hash_one((scope, name));
        self.0.locks[usize::try_from(hash % LOCKS as u64).unwrap_or_default()].lock().await
    }

    /// The application, as it is stored.
    async fn load(&self, scope: &Scope, name: &str) -> Result<Application, Refusal> {
        let found = self.store().get(&key(scope, name)).await?;
        found.ok_or_else(|| Refusal::no_application(&arn(scope, name)))
    }

    async fn save(&self, scope: &Scope, application: &Application) -> Result<(), Refusal> {
        Ok(self.store().put(&key(scope, &application.name), application.clone()).await?)
    }
}

fn collection(scope: &Scope) -> Collection {
    Collection::new("analytics", "application", scope)
}

fn key(scope: &Scope, name: &str) -> Key {
    collection(scope).key(name)
}

/// The ARN of an application; the same in both versions.
fn arn(scope: &Scope, name: &str) -> String {
    Arn::of("kinesisanalytics", scope, format!("application/{name}")).to_string()
}

/// The name under which an application's positions and state are kept.
fn consumer(scope: &Scope, name: &str) -> String {
    format!("analytics/{}/{}/{name}", scope.account(), scope.region())
}
