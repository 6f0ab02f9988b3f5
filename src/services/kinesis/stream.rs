//! Streams: what the catalog keeps of one, and the live object that calls and tails share.

use super::consumer::Consumer;
use super::error::KinesisError;
use super::hash_key::{HashKey, Routing};
use super::metrics::StreamMeters;
use super::shard::Shard;
use super::subscription::Subscriptions;
use super::throughput::Throughput;
use crate::api::kinesis as api;
use crate::base::account::Scope;
use crate::base::arn::Arn;
use crate::base::clock::Millis;
use crate::base::limits::UNLIMITED;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use tokio::sync::watch;

/// Names a stream.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StreamKey {
    /// Account and region.
    pub scope: Scope,
    /// The stream's name.
    pub name: String,
}

impl StreamKey {
    /// The stream's ARN.
    pub fn arn(&self) -> Arn {
        Arn::of("kinesis", &self.scope, format!("stream/{}", self.name))
    }
}

/// A stream's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Being made; has no shards to see yet.
    Creating,
    /// At rest.
    Active,
    /// Being split, merged or changed otherwise; takes reads and writes.
    Updating,
    /// Going away.
    Deleting,
}

impl From<Status> for api::StreamStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Creating => Self::Creating,
            Status::Active => Self::Active,
            Status::Updating => Self::Updating,
            Status::Deleting => Self::Deleting,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(api::StreamStatus::from(*self).as_str())
    }
}

/// How a stream's capacity is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Mode {
    /// By the number of its shards.
    Provisioned,
    /// By the service.
    OnDemand,
}

impl From<Mode> for api::StreamModeDetails {
    fn from(mode: Mode) -> Self {
        let stream_mode = match mode {
            Mode::Provisioned => api::StreamMode::Provisioned,
            Mode::OnDemand => api::StreamMode::OnDemand,
        };
        Self { stream_mode }
    }
}

impl From<&api::StreamModeDetails> for Mode {
    fn from(details: &api::StreamModeDetails) -> Self {
        match details.stream_mode {
            api::StreamMode::Provisioned => Self::Provisioned,
            api::StreamMode::OnDemand => Self::OnDemand,
        }
    }
}

/// What is to happen when a transitional state ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// Nothing but that the stream is at rest: it was created, or a setting was changed.
    Settle,
    /// A shard is split.
    Split {
        /// Its index.
        shard: u32,
        /// The first hash key of the second child.
        at: HashKey,
    },
    /// Two shards become one.
    Merge {
        /// The one named first, which becomes the parent.
        shard: u32,
        /// The other, which becomes the adjacent parent.
        adjacent: u32,
    },
    /// The shards become so many of even ranges.
    Scale {
        /// How many.
        target: u32,
    },
    /// The stream goes away.
    Delete,
}

/// A change under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// When it takes effect.
    pub due_ms: Millis,
    /// What it is.
    pub change: Change,
}

/// A stream as the catalog keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamDocument {
    /// Tells it from an earlier stream of the same name.
    pub id: String,
    /// Counts its changes.
    pub revision: u64,
    /// When it was created.
    pub created_ms: Millis,
    /// Its state.
    pub status: Status,
    /// The change under way in a transitional state.
    pub transition: Option<Transition>,
    /// Its capacity mode.
    pub mode: Mode,
    /// How long records are kept.
    pub retention_hours: u32,
    /// The largest record, data and partition key together.
    pub max_record_kib: u32,
    /// The warm throughput asked for, MiB/s.
    pub warm_throughput_mib: Option<u32>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its shards by index, closed ones until their records have expired.
    pub shards: Vec<Shard>,
    /// The index of the next shard.
    pub next_shard: u32,
    /// Its consumers for enhanced fan-out, in order of names.
    #[serde(default)]
    pub consumers: Vec<Consumer>,
    /// The shard-level metrics asked for, by AWS's names.
    #[serde(default)]
    pub shard_level_metrics: Vec<String>,
    /// The key that server-side encryption was asked for with. Shown, not used: data lies as it came.
    #[serde(default)]
    pub encryption_key: Option<String>,
    /// Its resource policy. Shown, not enforced.
    #[serde(default)]
    pub policy: Option<String>,
    /// When the shard count and the capacity mode were changed in the last day, where that is limited.
    #[serde(default)]
    pub changes: Changes,
}

/// Changes that are limited by the day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Of the shard count.
    pub shard_count_ms: Vec<Millis>,
    /// Of the capacity mode.
    pub mode_ms: Vec<Millis>,
}

impl Changes {
    /// Counts a change at `now_ms` among `earlier` ones; false if there were `most` in the last 24 hours.
    pub(super) fn admit(earlier: &mut Vec<Millis>, most: u64, now_ms: Millis) -> bool {
        if most == UNLIMITED {
            return true;
        }
        earlier.retain(|at_ms| *at_ms > now_ms - DAY_MS);
        let admitted = (earlier.len() as u64) < most;
        if admitted {
            earlier.push(now_ms);
        }
        admitted
    }
}

const DAY_MS: Millis = 86_400_000;

impl StreamDocument {
    /// Where records older than this are no longer served; not before the stream itself.
    pub fn trim_horizon_ms(&self, now_ms: Millis) -> Millis {
        (now_ms - self.retention_ms()).max(self.created_ms)
    }

    /// What answers about single records say of their encryption: nothing for a stream without a key.
    pub(super) fn record_encryption(&self) -> Option<api::EncryptionType> {
        self.encryption_key.as_ref().map(|_| api::EncryptionType::Kms)
    }

    /// How long records are kept, in milliseconds.
    pub fn retention_ms(&self) -> Millis {
        Millis::from(self.retention_hours) * 3_600_000
    }

    /// The shard with this index.
    pub fn shard(&self, index: u32) -> Option<&Shard> {
        let at = self.shards.binary_search_by_key(&index, |shard| shard.index).ok()?;
        self.shards.get(at)
    }

    pub(super) fn shard_mut(&mut self, index: u32) -> Option<&mut Shard> {
        let at = self.shards.binary_search_by_key(&index, |shard| shard.index).ok()?;
        self.shards.get_mut(at)
    }

    /// The shards that a shard was split or merged into.
    pub fn children(&self, of: u32) -> impl Iterator<Item = &Shard> {
        self.shards.iter().filter(move |shard| shard.parents.contains(&of))
    }

    /// The shards that take records.
    pub fn open_shards(&self) -> impl Iterator<Item = &Shard> {
        self.shards.iter().filter(|shard| shard.is_open())
    }
}

/// A stream at one moment: the document, and what is worked out from it once.
#[derive(Debug)]
pub struct Snapshot {
    /// The document.
    pub document: StreamDocument,
    /// Finds a position in `open` by hash key.
    pub routing: Routing,
    /// Positions of open shards in the document's list.
    pub open: Vec<usize>,
    /// Whether the stream is gone.
    pub deleted: bool,
}

impl Snapshot {
    fn new(document: StreamDocument, deleted: bool) -> Self {
        let open: Vec<usize> = (0..document.shards.len()).filter(|at| document.shards[*at].is_open()).collect();
        let routing = Routing::new(open.iter().enumerate().map(|(slot, at)| (document.shards[*at].range, slot)));
        Self { document, routing, open, deleted }
    }
}

/// A live stream. Calls take a snapshot and work on it; changes put a newer one in its place.
#[derive(Debug)]
pub(super) struct Stream {
    /// Its name.
    pub key: StreamKey,
    /// Its ARN.
    pub arn: String,
    /// Admission of reads, writes and control calls.
    pub throughput: Throughput,
    /// What is counted.
    pub meters: StreamMeters,
    /// Who is subscribed to which shard.
    pub subscriptions: Subscriptions,
    id: String,
    snapshot: watch::Sender<Arc<Snapshot>>,
}

impl Stream {
    pub(super) fn new(key: StreamKey, document: StreamDocument) -> Self {
        let (arn, id) = (key.arn().to_string(), document.id.clone());
        let snapshot = watch::Sender::new(Arc::new(Snapshot::new(document, false)));
        let (throughput, meters, subscriptions) = (Throughput::default(), StreamMeters::default(), Subscriptions::default());
        Self { key, arn, throughput, meters, subscriptions, id, snapshot }
    }

    /// The document's id, which tells streams of one name apart.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The stream as it is now.
    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.borrow())
    }

    /// Tells of newer snapshots.
    pub(super) fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshot.subscribe()
    }

    /// Puts `document` in place unless there is a newer one already.
    pub(super) fn publish(&self, document: StreamDocument, deleted: bool) {
        self.snapshot.send_if_modified(|now| {
            let newer = !now.deleted && (deleted || document.revision > now.document.revision);
            if newer {
                *now = Arc::new(Snapshot::new(document, deleted));
            }
            newer
        });
    }

    /// The snapshot, if the stream is past CREATING.
    pub(super) fn for_data(&self) -> Result<Arc<Snapshot>, KinesisError> {
        let snapshot = self.snapshot();
        if snapshot.deleted || snapshot.document.status == Status::Creating { Err(self.key.not_found()) } else { Ok(snapshot) }
    }
}
