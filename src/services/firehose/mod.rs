//! Amazon Data Firehose: delivery streams, and what carries their records to buckets and search servers.
//!
//! A delivery stream is a log: what producers put is appended durably and acknowledged, and a delivery task follows the log (or the shards of
//! the Kinesis stream it reads) with a stored position that moves only after the destination has taken the records. So nothing that was
//! acknowledged is lost, whatever dies; it may be delivered twice after a crash, and then under the same document ids and object keys.
//!
//! The way of a record: `operations/put` → log → `delivery` (buffering) → `s3` or `search` (one folder a kind of destination).
//! Everything known of the service's behaviour is in the specification that the comments name "spec/firehose".

mod aggregation;
mod allowance;
mod compression;
mod date_pattern;
mod delivery;
mod delivery_stream;
mod destination;
mod entry;
mod error_log;
mod expression;
mod identity;
mod metrics;
mod neighbours;
mod object_key;
mod operations;
mod record_id;
mod refused;
mod registry;
mod s3;
mod search;
mod tail;
#[cfg(test)]
mod tests;

pub use metrics::{DeliveryMetrics, DeliveryStreamMetrics};
pub use neighbours::{Domains, ErrorLog, Object, ObjectStore, ObjectStoreError};
pub use operations::routes;
pub use refused::Refused;
pub use tail::{DeliveryStreamTail, PutTail, SourceTail, TailError};

use crate::base::account::Scope;
use crate::base::clock::{Clock, Millis};
use crate::base::limits::FirehoseLimits;
use crate::base::spawner::Spawner;
use crate::services::kinesis::Kinesis;
use crate::store::{Append, Refusal, Store, StoreError};
use bytes::Bytes;
use delivery_stream::Source;
use refused::{Defects, check_put};
use registry::Registry;
use std::sync::Arc;

/// How long delivered records are kept for a reader inside the process that is behind: as long as the service holds records that it
/// cannot deliver (guide, "Data delivery failure handling": 24 hours).
pub const RECORDS_KEPT_MS: Millis = 24 * 60 * 60 * 1000;

/// What Firehose is built from.
#[derive(Clone)]
pub struct Parts {
    /// Where delivery streams and their records are kept.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Quotas, rates and transition times.
    pub limits: FirehoseLimits,
    /// Starts the delivery tasks.
    pub spawner: Spawner,
    /// The streams that delivery streams may read.
    pub kinesis: Kinesis,
    /// Where objects go.
    pub objects: Arc<dyn ObjectStore>,
    /// Where the servers of search domains are.
    pub domains: Arc<dyn Domains>,
    /// Where errors of delivery are told.
    pub error_log: Arc<dyn ErrorLog>,
    /// Sends requests to search servers.
    pub http: reqwest::Client,
    /// The folder of failed documents in S3.
    pub failed_folder: FailedFolder,
}

/// How the folder of documents that Elasticsearch or OpenSearch did not take is called. The sources disagree (spec/firehose 3.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailedFolder {
    /// `AmazonOpenSearchService-failed`, as the guide has it since 2021, for both kinds of destination.
    #[default]
    OpenSearch,
    /// `elasticsearch-failed`, as the 2017 guide has it, for streams that were made with an Elasticsearch destination.
    Elasticsearch,
}

/// A handle of the service; clones share it.
#[derive(Clone)]
pub struct Firehose(Arc<Inner>);

struct Inner {
    parts: Parts,
    registry: Registry,
    /// One control operation at a time: they are rare, and each reads, changes and stores.
    control: tokio::sync::Mutex<()>,
}

/// What a put answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    /// The ids of the records that were stored: all, or under a throughput limit the first of them.
    pub record_ids: Vec<String>,
    /// Whether they count as encrypted.
    pub encrypted: bool,
}

impl Firehose {
    /// Loads the delivery streams and starts their deliveries where they stopped.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn start(parts: Parts) -> Result<Self, StoreError> {
        let firehose = Self(Arc::new(Inner { parts, registry: Registry::default(), control: tokio::sync::Mutex::default() }));
        firehose.resume().await?;
        Ok(firehose)
    }

    /// Appends records to a delivery stream from inside the process (the output of an application). Same rules as PutRecordBatch.
    ///
    /// # Errors
    /// [`Refused`]; then no record was stored.
    pub async fn put_record_batch(&self, scope: &Scope, name: &str, records: &[Bytes]) -> Result<Put, Refused> {
        self.put(scope, name, records).await
    }

    /// Delivers at once what was put before, without waiting for the buffer to fill, and returns when it is delivered.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn flush_now(&self, scope: &Scope, name: &str) -> Result<(), Refused> {
        let entry = self.find(scope, name).ok_or_else(|| Refused::NotFound(name.to_owned()))?;
        entry.flush().await;
        Ok(())
    }

    async fn put(&self, scope: &Scope, name: &str, records: &[Bytes]) -> Result<Put, Refused> {
        let entry = self.find(scope, name).ok_or_else(|| Refused::NotFound(name.to_owned()))?;
        let (stream, now_ms) = (entry.stream(), self.clock().now_ms());
        if stream.status(now_ms) != crate::api::firehose::DeliveryStreamStatus::Active {
            return Err(Refused::NotActive(name.to_owned()));
        }
        if !matches!(stream.source, Source::DirectPut { .. }) {
            return Err(Refused::NotDirectPut(name.to_owned()));
        }
        let bytes = check_put(&stream, records)?;
        let admitted = entry.allowance.admit(now_ms, records.iter().map(Bytes::len)).min(records.len());
        let encrypted = stream.encryption.is_some();
        if admitted == 0 {
            return Ok(Put { record_ids: Vec::new(), encrypted });
        }
        let mut append = Append::with_capacity(stream.log, now_ms, bytes + 8 * records.len());
        records[..admitted].iter().for_each(|record| append.push("", record));
        let first = match self.store().append(vec![append]).await?.pop() {
            Some(Ok(placement)) => placement.first,
            // The log goes with the delivery stream, which was deleted meanwhile.
            Some(Err(Refusal::NoSuchLog | Refusal::Sealed)) | None => return Err(Refused::NotFound(name.to_owned())),
            Some(Err(Refusal::Full)) => return Err(StoreError::Exhausted(stream.log).into()),
        };
        entry.incoming.add(admitted, records[..admitted].iter().map(Bytes::len).sum());
        let record_ids = (first..first + admitted as u64).map(|ordinal| entry.record_ids.record_id(ordinal)).collect();
        Ok(Put { record_ids, encrypted })
    }

    fn store(&self) -> &Store {
        &self.0.parts.store
    }

    fn clock(&self) -> &Clock {
        &self.0.parts.clock
    }

    fn limits(&self) -> &FirehoseLimits {
        &self.0.parts.limits
    }

    fn transition_ms(&self) -> Millis {
        Millis::try_from(self.limits().transition_ms).unwrap_or(Millis::MAX)
    }

    async fn control(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.control.lock().await
    }
}
