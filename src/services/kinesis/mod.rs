//! Kinesis Data Streams.
//!
//! A stream is a document in the catalog (`stream`) and one record log a shard (`shard`). `put` routes records to open shards and
//! appends them, `operations` are the API, `change` and `reshard` change streams, `retention` forgets what is too old.
//! Other services hold a [`Kinesis`] and go through its [`StreamHandle`]: they follow streams with [`StreamTail`] and write with PutRecords.

mod change;
mod consumer;
mod error;
mod handle;
mod hash_key;
mod iterator;
mod metrics;
mod operations;
mod put;
mod reshard;
mod retention;
mod sequence_number;
mod shard;
mod stream;
mod streams;
mod subscription;
mod tail;
#[cfg(test)]
mod tests;
mod throughput;
mod token;

pub use consumer::Consumer;
pub use error::KinesisError;
pub use handle::{LatestRecord, StreamHandle};
pub use hash_key::{HashKey, HashKeyRange};
pub use metrics::{ConsumerMetrics, StreamMetrics};
pub use operations::routes;
pub use sequence_number::SequenceNumber;
pub use shard::{Shard, shard_id};
pub use stream::{Mode, Snapshot, Status, StreamDocument, StreamKey};
pub use tail::{BATCH_LIMIT, StartingPosition, StreamBatch, StreamTail};

use crate::base::account::Scope;
use crate::base::arn::Arn;
use crate::base::clock::Clock;
use crate::base::limits::KinesisLimits;
use crate::base::spawner::Spawner;
use crate::store::{Collection, Key, Store, StoreError};
use std::sync::Arc;
use stream::Stream;
use streams::Streams;

/// The service; clones share it.
#[derive(Clone)]
pub struct Kinesis(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    limits: KinesisLimits,
    spawner: Spawner,
    streams: Streams,
}

impl Kinesis {
    /// Loads the streams of `store`, goes on with the changes that were under way, and starts forgetting what is too old.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open(store: Store, clock: Clock, limits: KinesisLimits, spawner: Spawner) -> Result<Self, StoreError> {
        let found = store.list_everywhere::<StreamDocument>("kinesis", "stream").await?;
        let kinesis = Self(Arc::new(Inner { store, clock, limits, spawner, streams: Streams::default() }));
        for entry in found {
            let key = StreamKey { scope: entry.scope, name: entry.name };
            let stream = kinesis.0.streams.insert(Stream::new(key, entry.document));
            kinesis.schedule(&stream);
        }
        kinesis.start_retention();
        Ok(kinesis)
    }

    /// The stream called `name_or_arn`; a plain name is looked up in `scope`, an ARN says its own account and region.
    ///
    /// # Errors
    /// [`KinesisError::NotFound`], [`KinesisError::InvalidArgument`] for an ARN of something else.
    pub fn stream(&self, scope: &Scope, name_or_arn: &str) -> Result<StreamHandle, KinesisError> {
        let (name, arn) = if name_or_arn.starts_with("arn:") { (None, Some(name_or_arn)) } else { (Some(name_or_arn), None) };
        Ok(StreamHandle::new(self.clone(), self.find(scope, name, arn)?))
    }

    /// The live stream that a call names.
    fn find(&self, scope: &Scope, name: Option<&str>, arn: Option<&str>) -> Result<Arc<Stream>, KinesisError> {
        if let (Some(name), None) = (name, arn) {
            // The hot path: nothing is copied to look a stream up by name.
            return self
                .0
                .streams
                .get(scope, name)
                .ok_or_else(|| StreamKey { scope: scope.clone(), name: name.into() }.not_found());
        }
        let key = stream_key(scope, name, arn)?;
        self.0.streams.get(&key.scope, &key.name).ok_or_else(|| key.not_found())
    }

    /// The same, for an operation that changes or describes the stream: such calls are counted.
    fn find_for_control(&self, scope: &Scope, name: Option<&str>, arn: Option<&str>) -> Result<Arc<Stream>, KinesisError> {
        let stream = self.find(scope, name, arn)?;
        if stream.throughput.admit_control(&self.0.limits, self.0.clock.now_ms()) {
            Ok(stream)
        } else {
            Err(stream.key.calls_throttled())
        }
    }
}

/// The stream that name and ARN name; when both are given they must agree.
fn stream_key(scope: &Scope, name: Option<&str>, arn: Option<&str>) -> Result<StreamKey, KinesisError> {
    let Some(arn) = arn else {
        let name = name.ok_or_else(error::no_stream_named)?;
        return Ok(StreamKey { scope: scope.clone(), name: name.into() });
    };
    let parsed = Arn::parse(arn).filter(|parsed| parsed.service == "kinesis");
    let named = parsed.as_ref().and_then(|parsed| parsed.resource_after("stream")).filter(|name| !name.contains('/'));
    let (Some(parsed), Some(named)) = (&parsed, named) else { return Err(error::not_a_stream_arn(arn)) };
    if let Some(name) = name.filter(|name| *name != named) {
        return Err(error::names_disagree(name, arn));
    }
    Ok(StreamKey { scope: parsed.scope(), name: named.into() })
}

/// The catalog key of a stream's document.
fn document_key(stream: &StreamKey) -> Key {
    Collection::new("kinesis", "stream", &stream.scope).key(&*stream.name)
}
