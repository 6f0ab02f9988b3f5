//! All delivery streams at work, by account, region and name; the store holds the same.

use super::delivery::Delivery;
use super::delivery_stream::{self, DeliveryStream, KIND, SERVICE};
use super::entry::{Entry, Role};
use super::{Firehose, Refused};
use crate::api::Fault;
use crate::base::account::Scope;
use crate::store::StoreError;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

type Entries = BTreeMap<(Scope, String), Arc<Entry>>;

/// The delivery streams at work.
#[derive(Default)]
pub(super) struct Registry(RwLock<Entries>);

impl Registry {
    fn with<T>(&self, look: impl FnOnce(&Entries) -> T) -> T {
        look(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// All of them, in the order of account, region and name.
    pub(super) fn all(&self) -> Vec<Arc<Entry>> {
        self.with(|entries| entries.values().cloned().collect())
    }

    fn change<T>(&self, change: impl FnOnce(&mut Entries) -> T) -> T {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Firehose {
    /// The delivery stream, if there is one.
    pub(super) fn find(&self, scope: &Scope, name: &str) -> Option<Arc<Entry>> {
        self.0.registry.with(|entries| entries.get(&(scope.clone(), name.to_owned())).cloned())
    }

    /// The delivery stream, or AWS's error.
    pub(super) fn require(&self, scope: &Scope, name: &str) -> Result<Arc<Entry>, Fault> {
        self.find(scope, name).ok_or_else(|| Refused::NotFound(name.to_owned()).fault(scope))
    }

    /// The names of the delivery streams of a scope that fit, in alphabetical order.
    pub(super) fn names(&self, scope: &Scope, fits: impl Fn(&DeliveryStream) -> bool) -> Vec<String> {
        self.0.registry.with(|entries| {
            let of_scope = entries.iter().filter(|((of, _), entry)| of == scope && fits(&entry.stream()));
            of_scope.map(|((_, name), _)| name.clone()).collect()
        })
    }

    /// Refuses one more delivery stream than the quota allows.
    pub(super) fn check_quota(&self, scope: &Scope) -> Result<(), Fault> {
        let names = self.names(scope, |_| true);
        if (names.len() as u64) < self.limits().delivery_streams {
            return Ok(());
        }
        Err(Refused::Quota(names).fault(scope))
    }

    /// Loads what is stored and puts it to work.
    pub(super) async fn resume(&self) -> Result<(), StoreError> {
        for entry in self.store().list_everywhere::<DeliveryStream>(SERVICE, KIND).await? {
            let deleting = entry.document.gone_ms.is_some();
            let entry = self.enter(&entry.scope, entry.document);
            if deleting {
                self.finish_delete_later(&entry);
            } else {
                self.start_deliveries(&entry);
            }
        }
        Ok(())
    }

    /// Stores a new delivery stream and puts it to work.
    pub(super) async fn add(&self, scope: &Scope, stream: DeliveryStream) -> Result<(), Refused> {
        self.store().put(&delivery_stream::key(scope, &stream.name), stream.clone()).await?;
        let entry = self.enter(scope, stream);
        self.start_deliveries(&entry);
        Ok(())
    }

    /// Stores a changed delivery stream and tells its tasks.
    pub(super) async fn change(&self, entry: &Arc<Entry>, stream: DeliveryStream) -> Result<(), Refused> {
        self.store().put(&delivery_stream::key(&entry.scope, &stream.name), stream.clone()).await?;
        entry.set_stream(stream);
        self.start_deliveries(entry);
        Ok(())
    }

    /// Makes a delivery stream DELETING: its deliveries end now, and it is gone after the transition.
    pub(super) async fn begin_delete(&self, entry: &Arc<Entry>) -> Result<(), Refused> {
        let mut stream = (*entry.stream()).clone();
        stream.gone_ms = Some(self.clock().now_ms().saturating_add(self.transition_ms()));
        self.store().put(&delivery_stream::key(&entry.scope, &stream.name), stream.clone()).await?;
        entry.set_stream(stream);
        if self.limits().transition_ms == 0 {
            return self.finish_delete(entry).await;
        }
        self.finish_delete_later(entry);
        Ok(())
    }

    fn finish_delete_later(&self, entry: &Arc<Entry>) {
        let (firehose, entry) = (self.clone(), Arc::clone(entry));
        let mut stopping = self.0.parts.spawner.stopping();
        self.0.parts.spawner.spawn(async move {
            entry.stop().await;
            let gone_ms = entry.stream().gone_ms.unwrap_or_default();
            tokio::select! {
                // The delete goes on at the next start.
                () = stopping.wait() => return,
                () = firehose.clock().sleep_until(gone_ms) => {}
            }
            if let Err(error) = firehose.finish_delete(&entry).await {
                tracing::error!(stream = entry.stream().name, %error, "a delivery stream could not be deleted; the next start tries again");
            }
        });
    }

    async fn finish_delete(&self, entry: &Arc<Entry>) -> Result<(), Refused> {
        entry.stop().await;
        let (scope, stream) = (entry.scope.clone(), entry.stream());
        let consumers = [Role::Destination, Role::Backup].map(|role| Delivery::consumer(&scope, &stream.name, role));
        let (key, log) = (delivery_stream::key(&scope, &stream.name), stream.log);
        self.store()
            .transaction(move |tx| {
                tx.delete(&key)?;
                tx.delete_log(log)?;
                consumers.iter().try_for_each(|consumer| tx.delete_checkpoint(consumer))
            })
            .await?;
        self.0.registry.change(|entries| entries.remove(&(scope, stream.name.clone())));
        Ok(())
    }

    fn enter(&self, scope: &Scope, stream: DeliveryStream) -> Arc<Entry> {
        let name = stream.name.clone();
        let entry = Arc::new(Entry::new(scope, stream, self.limits()));
        self.0.registry.change(|entries| entries.insert((scope.clone(), name), Arc::clone(&entry)));
        entry
    }

    /// Starts the delivery tasks that the configuration asks for and that do not run yet.
    fn start_deliveries(&self, entry: &Arc<Entry>) {
        let wants_backup = entry.stream().destination.backup().is_some();
        for (role, wanted) in [(Role::Destination, true), (Role::Backup, wants_backup)] {
            if wanted && !entry.has(role) {
                let delivery = Delivery::new(self.0.parts.clone(), entry, role);
                let stopping = self.0.parts.spawner.stopping();
                self.0.parts.spawner.spawn(delivery.run(stopping));
            }
        }
    }
}
