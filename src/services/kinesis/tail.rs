//! Following a stream: all its shards, parents before children, as records are committed. What Firehose and Analytics stand on.
//!
//! ```text
//! let mut tail = stream.follow_after(&checkpoint.positions, StartingPosition::Latest).await?;
//! save(tail.positions());                       // so that a restart before the first record begins here too
//! loop {
//!     let batch = tail.next(BATCH_LIMIT).await?; // waits; cancel-safe
//!     process(&batch.records);
//!     save((batch.log, batch.last_ordinal()));   // after the output was acknowledged
//! }
//! ```
//!
//! - Within a shard records come in order, each once. Shards take turns, so a busy one does not starve the others.
//! - A child's records come after all of its parents'. When a shard has ended, one last batch says so.
//! - Positions are ordinals of the shards' logs. Save those of processed batches, and [`StreamTail::positions`] once at the start and
//!   whenever a batch has ended a shard: then a restart goes on exactly where the saved positions are, and shards that came up
//!   meanwhile are read from their beginning.

use super::error::KinesisError;
use super::sequence_number::SequenceNumber;
use super::shard::Shard;
use super::stream::{Snapshot, Stream, StreamDocument};
use crate::base::clock::{Clock, Millis};
use crate::store::{LogId, Ordinal, ReadLimit, Record, Store, StoreError, Tail};
use futures_util::future::select_all;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A batch's usual size: large enough that its cost does not matter, small enough to hold several in memory.
pub const BATCH_LIMIT: ReadLimit = ReadLimit { records: 10_000, bytes: 4 << 20 };

/// Where a reader without positions begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartingPosition {
    /// With the oldest record there is.
    TrimHorizon,
    /// With the next record to come.
    Latest,
    /// With the first record that arrived at this time or later.
    AtTimestamp(Millis),
}

/// Records of one shard.
#[derive(Clone, Debug)]
pub struct StreamBatch {
    /// `shardId-000000000000`.
    pub shard_id: Arc<str>,
    /// The shard's log, under which its position is saved.
    pub log: LogId,
    /// The records, in order; none in the batch that ends a shard.
    pub records: Vec<Record>,
    /// The shard has been split or merged away and this was its last batch.
    pub ended: bool,
    /// How old the last record was when the batch was read, 0 at the tip.
    pub millis_behind_latest: Millis,
    shard: u32,
    shard_created_s: u64,
}

impl StreamBatch {
    /// The position to save once the batch is processed; `None` if it has no records.
    pub fn last_ordinal(&self) -> Option<Ordinal> {
        self.records.last().map(|record| record.ordinal)
    }

    /// The sequence number of a record of this batch.
    pub fn sequence_number(&self, record: &Record) -> SequenceNumber {
        SequenceNumber::of_record(self.shard, self.shard_created_s, record.ordinal, record.arrival_ms)
    }
}

/// One shard being read.
struct Reader {
    shard: u32,
    shard_id: Arc<str>,
    shard_created_s: u64,
    next: Ordinal,
    tail: Tail,
}

impl Reader {
    fn new(store: &Store, shard: &Shard, next: Ordinal) -> Result<Self, StoreError> {
        let tail = store.tail(shard.log)?;
        Ok(Self { shard: shard.index, shard_id: shard.id().into(), shard_created_s: shard.created_s, next, tail })
    }

    fn has_records(&self) -> bool {
        self.tail.state().last_ordinal() >= self.next
    }

    fn is_drained(&self) -> bool {
        let state = self.tail.state();
        state.sealed && state.last_ordinal() < self.next
    }

    fn batch(&self, records: Vec<Record>, ended: bool, now_ms: Millis) -> StreamBatch {
        let last = records.last().filter(|record| record.ordinal < self.tail.state().last_ordinal());
        StreamBatch {
            shard_id: Arc::clone(&self.shard_id),
            log: self.tail.log(),
            millis_behind_latest: last.map_or(0, |record| (now_ms - record.arrival_ms).max(0)),
            records,
            ended,
            shard: self.shard,
            shard_created_s: self.shard_created_s,
        }
    }
}

/// Follows a stream; see the module.
pub struct StreamTail {
    store: Store,
    clock: Clock,
    stream: Arc<Stream>,
    readers: Vec<Reader>,
    /// Shards that are read to their end or that this reader began after.
    finished: BTreeSet<u32>,
    /// Whose turn it is.
    turn: usize,
}

impl StreamTail {
    fn empty(store: Store, clock: Clock, stream: Arc<Stream>) -> Self {
        Self { store, clock, stream, readers: Vec::new(), finished: BTreeSet::new(), turn: 0 }
    }

    pub(super) async fn start(
        store: Store,
        clock: Clock,
        stream: Arc<Stream>,
        start: StartingPosition,
    ) -> Result<Self, KinesisError> {
        let mut tail = Self::empty(store, clock, stream);
        let snapshot = tail.stream.for_data()?;
        let document = &snapshot.document;
        match start {
            StartingPosition::TrimHorizon => {}
            StartingPosition::Latest => tail.start_latest(document)?,
            StartingPosition::AtTimestamp(at_ms) => tail.start_at(document, at_ms.max(document.created_ms)).await?,
        }
        tail.start_ready(document)?;
        Ok(tail)
    }

    /// Goes on after `positions`; `None` if none of them is of a shard of the stream.
    pub(super) fn resume(
        store: Store,
        clock: Clock,
        stream: Arc<Stream>,
        positions: &[(LogId, Ordinal)],
    ) -> Result<Option<Self>, KinesisError> {
        let mut tail = Self::empty(store, clock, stream);
        let snapshot = tail.stream.for_data()?;
        let document = &snapshot.document;
        for shard in &document.shards {
            if let Some((_, last)) = positions.iter().find(|(log, _)| *log == shard.log) {
                tail.readers.push(Reader::new(&tail.store, shard, last + 1)?);
            }
        }
        if tail.readers.is_empty() {
            return Ok(None);
        }
        let read: BTreeSet<u32> = tail.readers.iter().map(|reader| reader.shard).collect();
        tail.finished = ancestors(document, &read).difference(&read).copied().collect();
        tail.start_ready(document)?;
        Ok(Some(tail))
    }

    fn start_latest(&mut self, document: &StreamDocument) -> Result<(), KinesisError> {
        for shard in &document.shards {
            if shard.is_open() {
                let next = self.store.log_state(shard.log)?.next_ordinal;
                self.readers.push(Reader::new(&self.store, shard, next)?);
            } else {
                self.finished.insert(shard.index);
            }
        }
        Ok(())
    }

    async fn start_at(&mut self, document: &StreamDocument, at_ms: Millis) -> Result<(), KinesisError> {
        for shard in &document.shards {
            if shard.was_open_at(at_ms) {
                let next = self.store.find_by_time(shard.log, at_ms).await?;
                self.readers.push(Reader::new(&self.store, shard, next)?);
            } else if shard.opened_ms <= at_ms {
                self.finished.insert(shard.index);
            }
        }
        Ok(())
    }

    /// Begins to read the shards whose parents are all read, or gone.
    fn start_ready(&mut self, document: &StreamDocument) -> Result<(), KinesisError> {
        for shard in &document.shards {
            let waits = shard.parents.iter().any(|parent| document.shard(*parent).is_some() && !self.finished.contains(parent));
            let known = self.finished.contains(&shard.index) || self.readers.iter().any(|reader| reader.shard == shard.index);
            if !waits && !known {
                self.readers.push(Reader::new(&self.store, shard, 1)?);
            }
        }
        Ok(())
    }

    /// The last record handed out of each shard that is being read (0 for none yet), by log.
    pub fn positions(&self) -> Vec<(LogId, Ordinal)> {
        self.readers.iter().map(|reader| (reader.tail.log(), reader.next.saturating_sub(1))).collect()
    }

    /// Whether every record that there is was handed out.
    pub fn is_at_tip(&self) -> bool {
        !self.readers.iter().any(Reader::has_records)
    }

    /// The next records of some shard; waits for them. Cancel-safe: what was not returned comes again.
    ///
    /// # Errors
    /// [`KinesisError::NotFound`] once the stream is deleted; failures of the store, after which it may be called again.
    pub async fn next(&mut self, limit: ReadLimit) -> Result<StreamBatch, KinesisError> {
        let mut changes = self.stream.watch();
        loop {
            let snapshot = Arc::clone(&changes.borrow_and_update());
            if snapshot.deleted {
                return Err(self.stream.key.not_found());
            }
            if let Some(batch) = self.try_next(&snapshot, limit).await? {
                return Ok(batch);
            }
            let growing = self.readers.iter_mut().filter(|reader| !reader.is_drained());
            let waits: Vec<_> = growing.map(|reader| Box::pin(reader.tail.beyond(reader.next - 1))).collect();
            let lost = if waits.is_empty() {
                true
            } else {
                tokio::select! {
                    (grown, _, _) = select_all(waits) => grown.is_err(),
                    _ = changes.changed() => false,
                }
            };
            if lost {
                // Every log is sealed and read, or one was just deleted: the snapshot that says so is about to come.
                let _ = changes.changed().await;
            }
        }
    }

    /// What can be had without waiting.
    async fn try_next(&mut self, snapshot: &Snapshot, limit: ReadLimit) -> Result<Option<StreamBatch>, KinesisError> {
        for _ in 0..self.readers.len() {
            let at = self.turn % self.readers.len();
            self.turn = at + 1;
            let shard = snapshot.document.shard(self.readers[at].shard);
            if shard.is_some() && self.readers[at].has_records() {
                let batch = self.read(at, snapshot, limit).await?;
                if !batch.records.is_empty() {
                    return Ok(Some(batch));
                }
            }
            // A closed shard may expire before it is read to its end.
            if shard.is_none_or(|shard| !shard.is_open() && self.readers[at].is_drained()) {
                let reader = self.readers.remove(at);
                self.finished.insert(reader.shard);
                self.start_ready(&snapshot.document)?;
                return Ok(Some(reader.batch(Vec::new(), true, self.clock.now_ms())));
            }
        }
        Ok(None)
    }

    async fn read(&mut self, at: usize, snapshot: &Snapshot, limit: ReadLimit) -> Result<StreamBatch, KinesisError> {
        let now_ms = self.clock.now_ms();
        let reader = &self.readers[at];
        let (records, next) =
            read_unexpired(&self.store, reader.tail.log(), reader.next, limit, now_ms - snapshot.document.retention_ms()).await?;
        let batch = reader.batch(records, false, now_ms);
        self.readers[at].next = next;
        Ok(batch)
    }
}

/// Reads records from `from` on, without those that arrived before `horizon_ms` and only wait to be dropped; and where to read on.
pub(super) async fn read_unexpired(
    store: &Store,
    log: LogId,
    from: Ordinal,
    limit: ReadLimit,
    horizon_ms: Millis,
) -> Result<(Vec<Record>, Ordinal), StoreError> {
    let mut from = from;
    let mut records = store.read(log, from, limit).await?;
    if records.first().is_some_and(|first| first.arrival_ms < horizon_ms) {
        from = store.find_by_time(log, horizon_ms).await?;
        records = store.read(log, from, limit).await?;
    }
    let next = records.last().map_or(from, |last| last.ordinal + 1);
    Ok((records, next))
}

/// All parents of `shards`, and theirs, and so on.
fn ancestors(document: &StreamDocument, shards: &BTreeSet<u32>) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    let mut open: Vec<u32> = shards.iter().copied().collect();
    while let Some(index) = open.pop() {
        for parent in document.shard(index).into_iter().flat_map(|shard| &shard.parents) {
            if found.insert(*parent) {
                open.push(*parent);
            }
        }
    }
    found
}
