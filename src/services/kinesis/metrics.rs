//! What is counted of streams, under the names of CloudWatch's metrics for them (developer guide, "Monitoring with CloudWatch").

use super::Kinesis;
use super::consumer::Consumer;
use super::stream::{Status, StreamKey};
use crate::base::clock::Millis;
use crate::base::meter::{Counter, Gauge, Traffic};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The meters of a live stream; they begin at 0 with the process.
#[derive(Debug, Default)]
pub(super) struct StreamMeters {
    /// Records that were stored, data and partition keys.
    pub(super) incoming: Traffic,
    /// Records that GetRecords has answered.
    pub(super) outgoing: Traffic,
    /// Records refused because their shard takes no more in this second.
    pub(super) write_throttled: Counter,
    /// Calls of GetRecords refused for the same reason.
    pub(super) read_throttled: Counter,
    /// Age of the last record of the last GetRecords, in milliseconds; 0 at the tip.
    pub(super) iterator_age_ms: Gauge,
    /// By the name and registration of consumers that have subscribed.
    consumers: Mutex<BTreeMap<(String, Millis), Arc<ConsumerMeters>>>,
}

/// The meters of a consumer: of all its subscriptions together.
#[derive(Debug, Default)]
pub(super) struct ConsumerMeters {
    /// Records pushed by SubscribeToShard.
    pub(super) pushed: Traffic,
    /// MillisBehindLatest of the last event.
    pub(super) behind_ms: Gauge,
}

impl StreamMeters {
    /// The meters of a consumer. Those of consumers that are not `registered` any more are dropped, so there are no more than consumers.
    pub(super) fn of_consumer(&self, consumer: &Consumer, registered: &[Consumer]) -> Arc<ConsumerMeters> {
        let mut meters = self.consumers.lock().unwrap_or_else(PoisonError::into_inner);
        meters.retain(|(name, created_ms), _| registered.iter().any(|one| one.name == *name && one.created_ms == *created_ms));
        Arc::clone(meters.entry((consumer.name.clone(), consumer.created_ms)).or_default())
    }

    fn of_consumers(&self, registered: &[Consumer]) -> Vec<ConsumerMetrics> {
        let meters = self.consumers.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |consumer: &Consumer| {
            let meters = meters.get(&(consumer.name.clone(), consumer.created_ms))?;
            let (pushed, behind_ms) = (meters.pushed.totals(), meters.behind_ms.get());
            Some(ConsumerMetrics { name: consumer.name.clone(), pushed, behind_ms })
        };
        registered.iter().filter_map(of).collect()
    }
}

/// The metrics of a registered consumer that has subscribed, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerMetrics {
    /// Its name.
    pub name: String,
    /// Records pushed, and their bytes (SubscribeToShardEvent.Records, SubscribeToShardEvent.Bytes).
    pub pushed: (u64, u64),
    /// SubscribeToShardEvent.MillisBehindLatest of the last event.
    pub behind_ms: Millis,
}

/// A stream's metrics at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamMetrics {
    /// Whose metrics.
    pub key: StreamKey,
    /// Records stored since the process began, and their bytes (IncomingRecords, IncomingBytes).
    pub incoming: (u64, u64),
    /// Records answered by GetRecords, and their bytes (GetRecords.Records, GetRecords.Bytes).
    pub outgoing: (u64, u64),
    /// Records throttled (WriteProvisionedThroughputExceeded).
    pub write_throttled: u64,
    /// Reads throttled (ReadProvisionedThroughputExceeded).
    pub read_throttled: u64,
    /// GetRecords.IteratorAgeMilliseconds of the last call.
    pub iterator_age_ms: Millis,
    /// Shards that take records.
    pub open_shards: usize,
    /// Consumers that have subscribed.
    pub consumers: Vec<ConsumerMetrics>,
}

impl Kinesis {
    /// The metrics of all streams that are there, in the order of account, region and name.
    pub fn metrics(&self) -> Vec<StreamMetrics> {
        let mut streams = self.0.streams.all();
        streams.retain(|stream| stream.snapshot().document.status != Status::Deleting);
        streams.sort_by(|a, b| (&a.key.scope, &a.key.name).cmp(&(&b.key.scope, &b.key.name)));
        let of = |stream: &Arc<super::stream::Stream>| StreamMetrics {
            key: stream.key.clone(),
            incoming: stream.meters.incoming.totals(),
            outgoing: stream.meters.outgoing.totals(),
            write_throttled: stream.meters.write_throttled.get(),
            read_throttled: stream.meters.read_throttled.get(),
            iterator_age_ms: stream.meters.iterator_age_ms.get(),
            open_shards: stream.snapshot().open.len(),
            consumers: stream.meters.of_consumers(&stream.snapshot().document.consumers),
        };
        streams.iter().map(of).collect()
    }
}
