//! What is counted of delivery streams, under the names of CloudWatch's metrics for them (developer guide, "Monitoring with CloudWatch").

use super::Firehose;
use super::delivery::Delivery;
use super::delivery_stream::Source;
use super::entry::{Entry, Role};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::store::{LogId, Ordinal, ReadLimit, StoreError};

/// A delivery stream's metrics at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryStreamMetrics {
    /// Its account and region.
    pub scope: Scope,
    /// Its name.
    pub name: String,
    /// The ARN of the Kinesis stream that it reads; none for what producers put.
    pub source: Option<String>,
    /// Where it delivers: `s3://BUCKET/PREFIX`, or the index and the ARN or endpoint of the domain.
    pub destination: String,
    /// Records put since the process began, and their bytes (IncomingRecords, IncomingBytes); nothing for a Kinesis source.
    pub incoming: (u64, u64),
    /// To its destination, and to its backup bucket where it has one.
    pub deliveries: Vec<DeliveryMetrics>,
}

/// The metrics of one delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryMetrics {
    /// `destination` or `backup`.
    pub to: &'static str,
    /// Records delivered since the process began, failed ones that went to their bucket among them, and their bytes.
    pub delivered: (u64, u64),
    /// Records that wait to be delivered.
    pub backlog: u64,
    /// How long the oldest of them has waited (DataFreshness); 0 when none does.
    pub freshness_ms: Millis,
}

impl Firehose {
    /// The metrics of all delivery streams, in the order of account, region and name. What waits is looked up in the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn metrics(&self) -> Result<Vec<DeliveryStreamMetrics>, StoreError> {
        let mut all = Vec::new();
        for entry in self.0.registry.all() {
            let mut deliveries = Vec::new();
            for (role, delivered) in entry.delivered() {
                let (backlog, freshness_ms) = self.waiting(&entry, role).await?;
                let to = if role == Role::Destination { "destination" } else { "backup" };
                deliveries.push(DeliveryMetrics { to, delivered: delivered.totals(), backlog, freshness_ms });
            }
            let (scope, stream) = (entry.scope.clone(), entry.stream());
            let (source, destination) = (stream.source_arn().map(str::to_owned), stream.destination.place());
            let (name, incoming) = (stream.name.clone(), entry.incoming.totals());
            all.push(DeliveryStreamMetrics { scope, name, source, destination, incoming, deliveries });
        }
        Ok(all)
    }

    /// How many records wait for a delivery, and for how long the oldest has waited.
    async fn waiting(&self, entry: &Entry, role: Role) -> Result<(u64, Millis), StoreError> {
        let stream = entry.stream();
        let consumer = Delivery::consumer(&entry.scope, &stream.name, role);
        let positions = match stream.source {
            Source::DirectPut { .. } => vec![(stream.log, self.store().load_position(&consumer, stream.log).await?.unwrap_or(0))],
            Source::KinesisStream { .. } => self.store().load_checkpoint(&consumer).await?.positions,
        };
        let (mut backlog, mut oldest_ms) = (0, Millis::MAX);
        for (log, position) in positions {
            let (waiting, arrival_ms) = self.waiting_in(log, position).await?;
            backlog += waiting;
            oldest_ms = oldest_ms.min(arrival_ms);
        }
        Ok((backlog, self.clock().now_ms().saturating_sub(oldest_ms).max(0)))
    }

    /// How many records of a log lie behind a position, and when the first of them arrived.
    async fn waiting_in(&self, log: LogId, position: Ordinal) -> Result<(u64, Millis), StoreError> {
        // A log that is gone has nothing that waits.
        let Ok(last) = self.store().last_ordinal(log) else { return Ok((0, Millis::MAX)) };
        if last <= position {
            return Ok((0, Millis::MAX));
        }
        let first = self.store().read(log, position + 1, ReadLimit { records: 1, bytes: 1 }).await?.pop();
        Ok(first.map_or((0, Millis::MAX), |first| (last + 1 - first.ordinal, first.arrival_ms)))
    }
}
