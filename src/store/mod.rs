//! The store: one SQLite file that holds every resource, every record and every position.
//!
//! It knows neither API shapes nor HTTP. What it offers:
//!
//! - **Record logs** ([`LogId`]): append-only sequences of records, numbered from 1 without gaps. A Kinesis shard is one, a delivery
//!   stream's incoming data is one. [`Append`] packs records as they are pushed; [`Store::append`] makes appends durable and tells where each one's
//!   records are; [`Store::read`], [`Store::find_by_time`] and [`Store::tail`] read and follow; [`Store::trim`] drops what is too old.
//! - **The catalog** ([`Collection`], [`Key`]): JSON documents of resources by service, kind, account, region and name.
//! - **Checkpoints** ([`Checkpoint`]): how far a consumer has processed which logs, and its state, in one write.
//! - **Transactions** ([`Store::transaction`]): several such changes at once, all or none.
//!
//! Guarantees:
//! - A call that writes returns only after the commit. With [`Durability::Normal`] what was committed survives the end of the process
//!   (kill -9), with [`Durability::Full`] also that of the machine.
//! - A record's ordinal is given, and the record becomes visible, in the same step: whoever reads up to [`LogState::last_ordinal`] has read
//!   everything below it, for ever.
//! - A sealed log takes no more records, not even those of calls that were under way: they get [`Refusal::Sealed`].
//! - Failures are typed ([`StoreError`]); after one, what the call asked for is not there. After a full disk the store works on once there is room.
//!
//! ```no_run
//! # async fn example() -> Result<(), millpond::store::StoreError> {
//! use millpond::store::{Append, Collection, ReadLimit, Store, StoreOptions};
//! let store = Store::open(&StoreOptions::default())?;
//! let streams = Collection::new("kinesis", "stream", &millpond::base::account::Scope::new("000000000000", "us-east-1"));
//! let log = store.transaction(move |tx| {
//!     let log = tx.create_log()?;
//!     tx.put(&streams.key("orders"), &log)?;
//!     Ok::<_, millpond::store::StoreError>(log)
//! }).await?;
//! let mut append = Append::new(log, 1_700_000_000_000);
//! append.push("partition key", b"data");
//! let first = store.append(vec![append]).await?;            // [Ok(Placement { first: 1, .. })]
//! let mut tail = store.tail(log)?;
//! let state = tail.beyond(0).await?;                         // there is a record after ordinal 0
//! let records = store.read(log, 1, ReadLimit { records: 10_000, bytes: 10 << 20 }).await?;
//! # Ok(()) }
//! ```

mod catalog;
mod checkpoint;
mod connection;
mod error;
mod folder;
mod log;
mod maintenance;
mod migration;
mod readers;
mod record_log;
mod refusing;
mod segment;
#[cfg(test)]
mod tests;
mod transaction;
mod work;
mod writer;

pub use catalog::{Collection, Entry, Key, Listing};
pub use checkpoint::Checkpoint;
pub use error::StoreError;
pub use log::{LogId, LogState, Ordinal, Tail};
pub use record_log::ReadLimit;
pub use segment::{Append, Record};
pub use transaction::{Placement, Refusal, Transaction};
pub use writer::Appended;

use crate::base::clock::Millis;
use connection::Role;
use folder::Folder;
use log::LogTable;
use readers::{READERS, Readers};
use refusing::Refusing;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::{Semaphore, mpsc, oneshot};
use writer::Job;

/// Jobs that may wait for the writer; callers beyond it wait for room.
const QUEUE_JOBS: usize = 4_096;

/// Bytes of records that may wait for the writer. The largest call (10 MiB) fits several times.
const QUEUE_BYTES: usize = 64 * 1024 * 1024;

/// Bytes a permit of the queue stands for.
const PERMIT_BYTES: usize = 1024;

/// Segments deleted in one transaction of [`Store::trim`] (about 8 MiB of full ones), so that appends go between.
const TRIM_SEGMENTS: u32 = 64;

/// What an acknowledged write survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Nothing: the data is deleted when the store is closed.
    Ephemeral,
    /// The end of the process, however it ends.
    #[default]
    Normal,
    /// Also a power cut: each commit waits for the disk.
    Full,
}

/// How to open a store.
#[derive(Clone, Debug, Default)]
pub struct StoreOptions {
    /// The data folder, made if need be; `None` keeps the data in a temporary folder that goes away with the store.
    pub path: Option<PathBuf>,
    /// What an acknowledged write survives. Without a path it is always [`Durability::Ephemeral`].
    pub durability: Durability,
}

/// A handle of the store; clones share it. When the last is dropped, what was asked for is finished and the file closed.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    /// `None` only while closing.
    jobs: Option<mpsc::Sender<Job>>,
    room: Arc<Semaphore>,
    logs: Arc<LogTable>,
    readers: Readers,
    threads: Vec<JoinHandle<()>>,
    folder: Folder,
    durability: Durability,
}

impl Store {
    /// Opens the data folder of `options` and starts the store's two threads.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process has it open, [`StoreError::NewerSchema`], [`StoreError::Io`], [`StoreError::Corrupt`].
    pub fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        let folder = Folder::open(options.path.as_deref())?;
        let durability = if options.path.is_none() { Durability::Ephemeral } else { options.durability };
        let file = folder.database();
        let mut connection = connection::open(&file, Role::Writer, durability)?;
        migration::migrate(&mut connection)?;
        let logs = Arc::new(LogTable::default());
        for (log, state) in record_log::states(&connection)? {
            logs.publish(log, Some(state));
        }
        let readers = (0..READERS).map(|_| connection::open(&file, Role::Reader, durability)).collect::<Result<_, _>>()?;
        let checkpointer = connection::open(&file, Role::Checkpointer, durability)?;
        let (jobs, queue) = mpsc::channel(QUEUE_JOBS);
        let threads = start_threads(connection, checkpointer, &logs, queue, &jobs, Refusing::new(folder.path().to_path_buf()))?;
        let room = Arc::new(Semaphore::new(QUEUE_BYTES / PERMIT_BYTES));
        Ok(Self(Arc::new(Inner { jobs: Some(jobs), room, logs, readers: Readers::new(readers), threads, folder, durability })))
    }

    /// The data folder, where services keep files of their own in folders of their own. It goes away with an ephemeral store.
    pub fn folder(&self) -> &Path {
        self.0.folder.path()
    }

    /// What an acknowledged write survives, for the files of services.
    pub fn durability(&self) -> Durability {
        self.0.durability
    }

    /// Appends records to logs, all in one commit, and returns after it. The answer has one entry an append, in their order.
    ///
    /// # Errors
    /// When the commit failed, in which case nothing was appended. A log that takes no records refuses only its own append.
    pub async fn append(&self, appends: Vec<Append>) -> Result<Appended, StoreError> {
        let bytes = appends.iter().map(Append::bytes).sum::<usize>().min(QUEUE_BYTES);
        let permits = u32::try_from(bytes.div_ceil(PERMIT_BYTES)).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.0.room).acquire_many_owned(permits).await.map_err(|_| StoreError::Closed)?;
        let (reply, answer) = oneshot::channel();
        self.send(Job::Append { appends, room, reply }).await?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Runs `change` on the writer's thread. If it returns `Ok`, all it did is committed before this returns; otherwise, or if it panics, none
    /// of it is.
    ///
    /// # Errors
    /// What `change` returns, or the failure of the commit.
    pub async fn transaction<T, E, F>(&self, change: F) -> Result<T, E>
    where
        F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (work, answer) = work::work(change);
        self.send(Job::Transact(work)).await?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// How far `log` reaches. Reads memory only.
    ///
    /// # Errors
    /// [`StoreError::NoSuchLog`].
    pub fn log_state(&self, log: LogId) -> Result<LogState, StoreError> {
        self.0.logs.get(log).ok_or(StoreError::NoSuchLog(log))
    }

    /// The ordinal of the last record of `log`, 0 when none was ever appended. Reads memory only.
    ///
    /// # Errors
    /// [`StoreError::NoSuchLog`].
    pub fn last_ordinal(&self, log: LogId) -> Result<Ordinal, StoreError> {
        Ok(self.log_state(log)?.last_ordinal())
    }

    /// Something that waits for `log` to grow.
    ///
    /// # Errors
    /// [`StoreError::NoSuchLog`].
    pub fn tail(&self, log: LogId) -> Result<Tail, StoreError> {
        self.0.logs.tail(log)
    }

    /// The records of `log` from the ordinal `from` on (from the oldest one, if `from` was trimmed), as many as `limit` allows.
    ///
    /// At the tip it answers without touching the file. The records' bytes are slices of the stored segments.
    ///
    /// # Errors
    /// [`StoreError::NoSuchLog`]; failures to read.
    pub async fn read(&self, log: LogId, from: Ordinal, limit: ReadLimit) -> Result<Vec<Record>, StoreError> {
        let state = self.log_state(log)?;
        let from = from.max(state.first_ordinal);
        if from >= state.next_ordinal || limit.records == 0 {
            return Ok(Vec::new());
        }
        self.0.readers.run(move |connection| record_log::read(connection, log, from, limit)).await
    }

    /// The ordinal of the first record of `log` that arrived at `since_ms` or later, or the one the next record will get if there is none.
    ///
    /// # Errors
    /// [`StoreError::NoSuchLog`]; failures to read.
    pub async fn find_by_time(&self, log: LogId, since_ms: Millis) -> Result<Ordinal, StoreError> {
        let state = self.log_state(log)?;
        if since_ms > state.last_arrival_ms || state.count() == 0 {
            return Ok(state.next_ordinal);
        }
        self.0.readers.run(move |connection| record_log::find_by_time(connection, log, state, since_ms)).await
    }

    /// Drops the records of `log` that arrived before `before_ms`, oldest first, as whole segments: a segment goes when its last record is
    /// too old. The number of records dropped.
    ///
    /// # Errors
    /// [`StoreError::NoSuchLog`]; failures to read or write.
    pub async fn trim(&self, log: LogId, before_ms: Millis) -> Result<u64, StoreError> {
        let state = self.log_state(log)?;
        if state.count() == 0 {
            return Ok(0);
        }
        let before = self.0.readers.run(move |connection| record_log::trim_point(connection, log, state, before_ms)).await?;
        if before > state.first_ordinal {
            while !self.transaction(move |tx| tx.trim_step(log, before, TRIM_SEGMENTS)).await? {}
        }
        Ok(self.log_state(log)?.first_ordinal - state.first_ordinal)
    }

    /// The document under `key`.
    ///
    /// # Errors
    /// [`StoreError::Document`] when its JSON does not fit `T`; failures to read.
    pub async fn get<T: DeserializeOwned + Send + 'static>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let key = key.clone();
        self.0.readers.run(move |connection| catalog::get(connection, &key)).await
    }

    /// Writes one document; [`Store::transaction`] for more than that.
    ///
    /// # Errors
    /// [`StoreError::Document`] when it does not serialize; failures to write.
    pub async fn put<T: Serialize + Send + 'static>(&self, key: &Key, document: T) -> Result<(), StoreError> {
        let key = key.clone();
        self.transaction(move |tx| tx.put(&key, &document)).await
    }

    /// Deletes one document; whether there was one.
    ///
    /// # Errors
    /// Failures to write.
    pub async fn delete(&self, key: &Key) -> Result<bool, StoreError> {
        let key = key.clone();
        self.transaction(move |tx| tx.delete(&key)).await
    }

    /// Names and documents of a collection, by name.
    ///
    /// # Errors
    /// [`StoreError::Document`] when one does not fit `T`; failures to read.
    pub async fn list<T: DeserializeOwned + Send + 'static>(
        &self,
        of: &Collection,
        listing: Listing,
    ) -> Result<Vec<(String, T)>, StoreError> {
        let of = of.clone();
        self.0.readers.run(move |connection| catalog::list(connection, &of, &listing)).await
    }

    /// The documents of a kind in all accounts and regions: what a service loads when it starts.
    ///
    /// # Errors
    /// [`StoreError::Document`] when one does not fit `T`; failures to read.
    pub async fn list_everywhere<T: DeserializeOwned + Send + 'static>(
        &self,
        service: &'static str,
        kind: &'static str,
    ) -> Result<Vec<Entry<T>>, StoreError> {
        self.0.readers.run(move |connection| catalog::list_everywhere(connection, service, kind)).await
    }

    /// Positions and state of `consumer` (a name that its service makes unique, such as `firehose/ACCOUNT/REGION/NAME`), of one commit.
    ///
    /// # Errors
    /// Failures to read.
    pub async fn load_checkpoint(&self, consumer: &str) -> Result<Checkpoint, StoreError> {
        let consumer = consumer.to_owned();
        self.0.readers.run(move |connection| checkpoint::load(connection, &consumer)).await
    }

    /// The last record of `log` that `consumer` has processed, if it ever said so.
    ///
    /// # Errors
    /// Failures to read.
    pub async fn load_position(&self, consumer: &str, log: LogId) -> Result<Option<Ordinal>, StoreError> {
        let consumer = consumer.to_owned();
        self.0.readers.run(move |connection| checkpoint::position(connection, &consumer, log)).await
    }

    /// The last record of `log` that every consumer with a position in it has processed.
    ///
    /// # Errors
    /// Failures to read.
    pub async fn slowest_position(&self, log: LogId) -> Result<Option<Ordinal>, StoreError> {
        self.0.readers.run(move |connection| checkpoint::slowest(connection, log)).await
    }

    /// Writes `checkpoint` of `consumer` in one commit; positions in logs it does not name and a state it does not give stay as they are.
    ///
    /// # Errors
    /// Failures to write.
    pub async fn save_checkpoint(&self, consumer: &str, checkpoint: Checkpoint) -> Result<(), StoreError> {
        let consumer = consumer.to_owned();
        self.transaction(move |tx| tx.save_checkpoint(&consumer, &checkpoint)).await
    }

    async fn send(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.0.jobs.as_ref().ok_or(StoreError::Closed)?;
        jobs.send(job).await.map_err(|_| StoreError::Closed)
    }
}

fn start_threads(
    connection: rusqlite::Connection,
    checkpointer: rusqlite::Connection,
    logs: &Arc<LogTable>,
    queue: mpsc::Receiver<Job>,
    jobs: &mpsc::Sender<Job>,
    refusing: Refusing,
) -> Result<Vec<JoinHandle<()>>, StoreError> {
    let (signal, signals) = std::sync::mpsc::channel();
    // Logs that were deleted shortly before the last stop may still wait to be swept.
    let _ = signal.send(maintenance::Signal::Dropped);
    let (logs, jobs) = (Arc::clone(logs), jobs.downgrade());
    let writer = std::thread::Builder::new()
        .name("store-writer".into())
        .spawn(move || writer::run(connection, logs, queue, signal, refusing))?;
    let upkeep = std::thread::Builder::new()
        .name("store-upkeep".into())
        .spawn(move || maintenance::run(&checkpointer, &signals, &jobs))?;
    Ok(vec![writer, upkeep])
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A transaction's closure may hold the last handle; the writer's thread cannot wait for itself.
            if thread.thread().id() != std::thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}
