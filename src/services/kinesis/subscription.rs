//! Subscriptions of enhanced fan-out: one consumer, one shard, records pushed as they are committed (spec/streams.md 3.10).
//!
//! A subscription is pulled by the connection: it reads the next records when the client has taken the last event, so what is held in memory
//! is one event. In between it waits for the log to grow.

use super::consumer::Consumer;
use super::error::KinesisError;
use super::metrics::ConsumerMeters;
use super::operations::get_records::shape;
use super::sequence_number::SequenceNumber;
use super::shard::Shard;
use super::stream::{Snapshot, Stream};
use super::tail::read_unexpired;
use super::{Kinesis, shard_id};
use crate::api::kinesis::SubscribeToShardEvent;
use crate::base::clock::Millis;
use crate::base::limits::UNLIMITED;
use crate::base::spawner::Stopping;
use crate::store::{self, Ordinal, ReadLimit, Tail};
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{oneshot, watch};

/// One event: the Go SDK takes 16 MiB of payload at most, in which one record of 10 MiB fits as base64 but no more beside it.
const EVENT_LIMIT: ReadLimit = ReadLimit { records: 10_000, bytes: 1 << 20 };

/// How long a client hears nothing: it wants an event every five seconds (KCL's and the Java SDK's read timeouts stand on that).
const SILENCE_MS: Millis = 4_000;

/// How long a subscription cannot be taken over (API reference, SubscribeToShard).
const UNDISTURBED_MS: Millis = 5_000;

/// Who is subscribed to which shard of a stream.
#[derive(Debug, Default)]
pub(super) struct Subscriptions(Mutex<FxHashMap<(String, u32), Holder>>);

/// The latest subscription of a consumer to a shard.
#[derive(Debug)]
struct Holder {
    turn: u64,
    since_ms: Millis,
    /// Dropped when another takes over; `None` once the subscription has ended.
    open: Option<oneshot::Sender<()>>,
}

/// Tells subscriptions apart.
static TURNS: AtomicU64 = AtomicU64::new(1);

impl Subscriptions {
    /// Takes the place of a consumer at a shard, if it is free or has been held for long enough; `rest_ms` is how long it is kept free
    /// after an ended subscription's beginning.
    fn claim(&self, consumer: &str, shard: u32, now_ms: Millis, rest_ms: Millis) -> Option<(u64, oneshot::Receiver<()>)> {
        let mut holders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        holders.retain(|_, holder| holder.open.is_some() || now_ms < holder.since_ms.saturating_add(rest_ms));
        let key = (consumer.to_owned(), shard);
        if let Some(holder) = holders.get(&key) {
            let undisturbed_ms = if holder.open.is_some() { UNDISTURBED_MS } else { rest_ms };
            if now_ms < holder.since_ms.saturating_add(undisturbed_ms) {
                return None;
            }
        }
        let (open, taken_over) = oneshot::channel();
        let turn = TURNS.fetch_add(1, Ordering::Relaxed);
        holders.insert(key, Holder { turn, since_ms: now_ms, open: Some(open) });
        Some((turn, taken_over))
    }

    fn leave(&self, consumer: &str, shard: u32, turn: u64) {
        let mut holders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(holder) = holders.get_mut(&(consumer.to_owned(), shard)).filter(|holder| holder.turn == turn) {
            holder.open = None;
        }
    }
}

/// One subscription; dropping it ends it.
pub(super) struct Subscription {
    kinesis: Kinesis,
    stream: Arc<Stream>,
    changes: watch::Receiver<Arc<Snapshot>>,
    consumer: Consumer,
    shard: Shard,
    tail: Tail,
    /// The next record to push.
    next: Ordinal,
    /// When the record before that arrived, as far as is known.
    arrival_ms: Millis,
    turn: u64,
    taken_over: oneshot::Receiver<()>,
    stopping: Stopping,
    ends_ms: Millis,
    /// When there must be an event, with or without records.
    heard_ms: Millis,
    /// Before this, no more records: the shard gives so many bytes a second.
    paced_ms: Millis,
    over: bool,
    meters: Arc<ConsumerMeters>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Subscription {
    /// Begins with record `next`.
    ///
    /// # Errors
    /// ResourceInUse when the consumer has subscribed to the shard a moment ago.
    pub(super) fn start(
        kinesis: &Kinesis,
        stream: &Arc<Stream>,
        consumer: Consumer,
        shard: &Shard,
        next: Ordinal,
    ) -> Result<Self, KinesisError> {
        let (now_ms, limits) = (kinesis.0.clock.now_ms(), &kinesis.0.limits);
        let tail = kinesis.0.store.tail(shard.log)?;
        let claimed = stream.subscriptions.claim(&consumer.name, shard.index, now_ms, millis(limits.resubscribe_ms));
        let (turn, taken_over) = claimed.ok_or_else(|| stream.key.another_subscription(&consumer.name, shard.index))?;
        let meters = stream.meters.of_consumer(&consumer, &stream.snapshot().document.consumers);
        Ok(Self {
            meters,
            changes: stream.watch(),
            kinesis: kinesis.clone(),
            stream: Arc::clone(stream),
            consumer,
            shard: shard.clone(),
            tail,
            next: next.max(1),
            arrival_ms: now_ms,
            turn,
            taken_over,
            stopping: kinesis.0.spawner.stopping(),
            ends_ms: now_ms.saturating_add(millis(limits.subscription_ms)),
            // At once, so that the client learns where it stands.
            heard_ms: now_ms,
            paced_ms: now_ms,
            over: false,
        })
    }

    /// The next event, once there is one; `None` at the end. Nothing comes after an error.
    pub(super) async fn next(&mut self) -> Option<Result<SubscribeToShardEvent, KinesisError>> {
        while !self.over {
            let seen = self.look().await;
            self.over |= seen.is_err();
            if self.over {
                // The client may keep the connection; the place is free for its next subscription.
                self.leave();
            }
            match seen.transpose() {
                Some(event) => return Some(event),
                None if self.over => return None,
                None => self.wait().await,
            }
        }
        None
    }

    fn leave(&self) {
        self.stream.subscriptions.leave(&self.consumer.name, self.shard.index, self.turn);
    }

    /// The event that is due now.
    async fn look(&mut self) -> Result<Option<SubscribeToShardEvent>, KinesisError> {
        let now_ms = self.kinesis.0.clock.now_ms();
        if now_ms >= self.ends_ms || self.stopping.is_stopping() {
            self.over = true;
            return Ok(None);
        }
        let snapshot = Arc::clone(&self.changes.borrow_and_update());
        self.check(&snapshot)?;
        let records =
            if self.has_records() && now_ms >= self.paced_ms { self.read(&snapshot, now_ms).await? } else { Vec::new() };
        // The log shows its end before the snapshot does; only the newest one can name the children.
        let children = self.kinesis.children_if_over(&self.stream.snapshot(), &self.shard, self.next)?;
        if records.is_empty() && children.is_none() && now_ms < self.heard_ms {
            return Ok(None);
        }
        self.heard_ms = now_ms.saturating_add(SILENCE_MS);
        self.over = children.is_some();
        let last = records.last().filter(|last| !self.kinesis.is_at_tip(&self.shard, last.ordinal));
        let millis_behind_latest = last.map_or(0, |last| (now_ms - last.arrival_ms).max(0));
        self.meters.pushed.add(records.len(), records.iter().map(store::Record::size).sum());
        self.meters.behind_ms.set(millis_behind_latest);
        Ok(Some(SubscribeToShardEvent {
            millis_behind_latest,
            continuation_sequence_number: children.is_none().then(|| self.reached().to_string()),
            child_shards: children,
            records: shape(records, &self.shard, snapshot.document.record_encryption()),
        }))
    }

    /// Whether the subscription may go on.
    fn check(&mut self, snapshot: &Snapshot) -> Result<(), KinesisError> {
        let (key, shard) = (&self.stream.key, self.shard.index);
        if snapshot.deleted {
            return Err(key.not_found());
        }
        if !matches!(self.taken_over.try_recv(), Err(oneshot::error::TryRecvError::Empty)) {
            return Err(key.another_subscription(&self.consumer.name, shard));
        }
        let registered =
            snapshot.document.find_consumer(&self.consumer.name).ok().and_then(|at| snapshot.document.consumers.get(at));
        if registered.is_none_or(|registered| registered.created_ms != self.consumer.created_ms) {
            return Err(key.consumer_gone(&self.consumer.name));
        }
        snapshot.document.shard(shard).map(drop).ok_or_else(|| key.shard_does_not_exist(&shard_id(shard)))
    }

    fn has_records(&self) -> bool {
        self.tail.state().last_ordinal() >= self.next
    }

    async fn read(&mut self, snapshot: &Snapshot, now_ms: Millis) -> Result<Vec<store::Record>, KinesisError> {
        let horizon_ms = now_ms - snapshot.document.retention_ms();
        let (records, next) = read_unexpired(&self.kinesis.0.store, self.shard.log, self.next, EVENT_LIMIT, horizon_ms).await?;
        self.next = next;
        if let Some(last) = records.last() {
            self.arrival_ms = last.arrival_ms;
        }
        let rate = self.kinesis.0.limits.subscription_bytes_per_second;
        if rate != UNLIMITED {
            let bytes: usize = records.iter().map(store::Record::size).sum();
            self.paced_ms = now_ms.saturating_add(millis((bytes as u64).saturating_mul(1_000) / rate.max(1)));
        }
        Ok(records)
    }

    /// The number to go on after: that of the last record pushed, or of the place before the first one.
    fn reached(&self) -> SequenceNumber {
        SequenceNumber::of_record(self.shard.index, self.shard.created_s, self.next - 1, self.arrival_ms)
    }

    /// Until something may be due.
    async fn wait(&mut self) {
        let (sealed, paced) = (self.tail.state().sealed, self.has_records());
        let clock = self.kinesis.0.clock.clone();
        let until_ms = if paced { self.paced_ms.max(clock.now_ms() + 1).min(self.heard_ms) } else { self.heard_ms };
        let until_ms = until_ms.min(self.ends_ms);
        let (tail, before) = (&mut self.tail, self.next - 1);
        let grown = async {
            // A sealed log grows no more: the snapshot that names the children is about to come. So it is with a deleted one.
            if paced || sealed || tail.beyond(before).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = grown => {}
            _ = self.changes.changed() => {}
            _ = &mut self.taken_over => {}
            () = clock.sleep_until(until_ms) => {}
            () = self.stopping.wait() => {}
        }
    }
}

fn millis(limit: u64) -> Millis {
    Millis::try_from(limit).unwrap_or(Millis::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_undisturbed_for_five_seconds_and_then_taken_over() {
        let places = Subscriptions::default();
        let (first, mut taken_over) = places.claim("c", 0, 0, 0).unwrap();
        assert!(places.claim("c", 0, 4_999, 0).is_none());
        assert!(
            places.claim("c", 1, 0, 0).is_some() && places.claim("d", 0, 0, 0).is_some(),
            "other shards and consumers are free"
        );
        assert_eq!(taken_over.try_recv(), Err(oneshot::error::TryRecvError::Empty));
        let (second, _open) = places.claim("c", 0, 5_000, 0).unwrap();
        assert_eq!(taken_over.try_recv(), Err(oneshot::error::TryRecvError::Closed));
        places.leave("c", 0, first);
        assert!(places.claim("c", 0, 5_001, 0).is_none(), "who was taken over does not free the place of the other");
        places.leave("c", 0, second);
        assert!(places.claim("c", 0, 5_001, 0).is_some(), "an ended subscription leaves its place");
    }

    #[test]
    fn an_ended_subscription_may_rest_too() {
        let places = Subscriptions::default();
        let (turn, _) = places.claim("c", 0, 0, 5_000).unwrap();
        places.leave("c", 0, turn);
        assert!(places.claim("c", 0, 4_999, 5_000).is_none());
        assert!(places.claim("c", 0, 5_000, 5_000).is_some());
    }
}
