//! The live streams by account, region and name.

use super::stream::{Mode, Stream};
use crate::base::account::Scope;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

type ByScope = HashMap<Scope, BTreeMap<String, Arc<Stream>>>;

/// All live streams.
#[derive(Debug, Default)]
pub(super) struct Streams(RwLock<ByScope>);

/// What an account has in a region, for quotas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) open_shards: u64,
    pub(super) on_demand_streams: u64,
    pub(super) creating: u64,
}

impl Streams {
    /// The stream with this name.
    pub(super) fn get(&self, scope: &Scope, name: &str) -> Option<Arc<Stream>> {
        self.read().get(scope)?.get(name).cloned()
    }

    /// Adds a stream, in place of an earlier one of its name.
    pub(super) fn insert(&self, stream: Stream) -> Arc<Stream> {
        let stream = Arc::new(stream);
        let (scope, name) = (stream.key.scope.clone(), stream.key.name.clone());
        let mut streams = self.0.write().unwrap_or_else(PoisonError::into_inner);
        streams.entry(scope).or_default().insert(name, Arc::clone(&stream));
        stream
    }

    /// Takes a stream out, unless a later one of its name is there already.
    pub(super) fn remove(&self, stream: &Stream) {
        let mut streams = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_scope) = streams.get_mut(&stream.key.scope)
            && of_scope.get(&stream.key.name).is_some_and(|found| found.id() == stream.id())
        {
            of_scope.remove(&stream.key.name);
        }
    }

    /// Streams of a scope in the order of their names, those after `after`, at most `limit`.
    pub(super) fn list(&self, scope: &Scope, after: &str, limit: usize) -> Vec<Arc<Stream>> {
        let range = (std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded);
        self.read()
            .get(scope)
            .map(|streams| streams.range::<str, _>(range).take(limit).map(|(_, stream)| Arc::clone(stream)).collect())
            .unwrap_or_default()
    }

    /// Every stream there is.
    pub(super) fn all(&self) -> Vec<Arc<Stream>> {
        self.read().values().flat_map(BTreeMap::values).cloned().collect()
    }

    /// What is used in a scope.
    pub(super) fn usage(&self, scope: &Scope) -> Usage {
        let mut usage = Usage::default();
        for stream in self.read().get(scope).into_iter().flat_map(BTreeMap::values) {
            let snapshot = stream.snapshot();
            match snapshot.document.mode {
                Mode::Provisioned => usage.open_shards += snapshot.open.len() as u64,
                Mode::OnDemand => usage.on_demand_streams += 1,
            }
            usage.creating += u64::from(snapshot.document.status == super::stream::Status::Creating);
        }
        usage
    }

    fn read(&self) -> RwLockReadGuard<'_, ByScope> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}
