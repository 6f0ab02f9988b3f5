//! The writer thread: it alone writes to the database, many callers' jobs in one transaction.
//!
//! It waits for a job, takes all others that wait too, up to a cap, does them in one transaction, commits once, shows the new state of the
//! logs, then answers every caller. Ordinals are given here, so a log's order, its numbers and what readers can see never disagree.

use super::connection::PAGE_BYTES;
use super::log::LogTable;
use super::maintenance::{self, Signal};
use super::refusing::Refusing;
use super::transaction::{Group, Placement, Refusal, Transaction};
use super::{Append, StoreError, record_log};
use rusqlite::Connection;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

/// Jobs taken into one transaction at most: bounds how long the first of them waits for the last.
const GROUP_JOBS: usize = 1_024;

/// Bytes of records taken into one transaction at most, for the same reason; a larger append still goes in whole.
const GROUP_BYTES: usize = 4 * 1024 * 1024;

/// After so many bytes the maintenance thread is told that the write-ahead log has grown.
const SIGNAL_BYTES: usize = 8 * 1024 * 1024;

/// Each commit writes whole pages: at least about so many bytes, however little changed.
const COMMIT_BYTES: usize = 2 * PAGE_BYTES as usize;

/// What each append of a call came to: where its records are, or why it was not made.
pub type Appended = Vec<Result<Placement, Refusal>>;

/// Tells a caller how its job ended, given how the commit ended.
pub(super) type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// A transaction's closure, with its caller's answer channel inside.
pub(super) trait Work: Send {
    /// Runs the closure; whether its changes are to be kept, and how to answer.
    fn run(self: Box<Self>, transaction: &mut Transaction<'_>) -> (bool, Answer);
    /// How to answer when it cannot be run.
    fn refuse(self: Box<Self>) -> Answer;
}

/// What the writer is asked to do.
pub(super) enum Job {
    /// Append records; `room` is their share of the queue.
    Append { appends: Vec<Append>, room: OwnedSemaphorePermit, reply: oneshot::Sender<Result<Appended, StoreError>> },
    /// Run a transaction.
    Transact(Box<dyn Work>),
    /// Copy what is left of the write-ahead log between two commits, so that it can start over. From the maintenance thread, which waits for
    /// the answer: two checkpoints at once would each find the other in its way.
    FinishCheckpoint(oneshot::Sender<()>),
    /// Delete some segments of deleted logs; whether more remain. From the maintenance thread.
    Sweep(oneshot::Sender<bool>),
}

impl Job {
    fn bytes(&self) -> usize {
        match self {
            Self::Append { appends, .. } => appends.iter().map(Append::bytes).sum(),
            _ => 0,
        }
    }
}

/// The writer's state.
pub(super) struct Writer {
    connection: Rc<Connection>,
    logs: Arc<LogTable>,
    maintenance: Sender<Signal>,
    unsignalled: usize,
    refusing: Refusing,
    /// Rows changed by this connection up to the last commit.
    changes: u64,
}

/// Works on the calling thread until every handle of the store is gone and every job is done.
pub(super) fn run(
    connection: Connection,
    logs: Arc<LogTable>,
    mut jobs: mpsc::Receiver<Job>,
    maintenance: Sender<Signal>,
    refusing: Refusing,
) {
    let mut writer = Writer { connection: Rc::new(connection), logs, maintenance, unsignalled: 0, refusing, changes: 0 };
    while let Some(first) = jobs.blocking_recv() {
        let mut bytes = first.bytes();
        let mut group = vec![first];
        while group.len() < GROUP_JOBS && bytes < GROUP_BYTES {
            let Ok(next) = jobs.try_recv() else { break };
            bytes += next.bytes();
            group.push(next);
        }
        writer.commit(group);
    }
}

impl Writer {
    /// Does `jobs` in one transaction and answers them.
    fn commit(&mut self, jobs: Vec<Job>) {
        let mut group = Group::new(Rc::clone(&self.connection), Arc::clone(&self.logs));
        let mut answers: Vec<Answer> = Vec::with_capacity(jobs.len());
        let mut finish_checkpoint = None;
        let mut result = self.execute("BEGIN IMMEDIATE");
        for job in jobs {
            match job {
                Job::Append { appends, room, reply } => {
                    let appended: Appended = appends.into_iter().map(|append| group.append(append)).collect();
                    answers.push(Box::new(move |result| {
                        drop(room);
                        let _ = reply.send(result.map(|()| appended));
                    }));
                }
                Job::Transact(work) => {
                    let (answer, ended) = transact(&mut group, work, result);
                    answers.push(answer);
                    result = ended;
                }
                Job::Sweep(reply) => {
                    let swept = record_log::sweep(&self.connection).unwrap_or_default();
                    answers.push(Box::new(move |result| {
                        let _ = reply.send(swept && result.is_ok());
                    }));
                }
                Job::FinishCheckpoint(reply) => finish_checkpoint = Some(reply),
            }
        }
        let result = result.and_then(|()| group.flush()).and_then(|()| self.execute("COMMIT"));
        self.settle(result, group, answers);
        if let Some(reply) = finish_checkpoint {
            maintenance::finish_checkpoint(&self.connection);
            let _ = reply.send(());
        }
    }

    /// Shows what was committed, or undoes it; then answers.
    fn settle(&mut self, result: Result<(), StoreError>, group: Group, answers: Vec<Answer>) {
        match &result {
            Ok(()) => {
                self.signal(group.written + COMMIT_BYTES, group.dropped);
                group.publish();
                let changes = self.connection.total_changes();
                if changes != self.changes {
                    self.refusing.wrote();
                }
                self.changes = changes;
            }
            Err(error) => {
                self.refusing.failed(error, answers.len());
                self.changes = self.connection.total_changes();
                // SQLite has already rolled back by itself after some failures.
                if !self.connection.is_autocommit()
                    && let Err(error) = self.execute("ROLLBACK")
                {
                    tracing::error!(%error, "rollback failed");
                }
            }
        }
        for answer in answers {
            answer(result.clone());
        }
    }

    fn signal(&mut self, written: usize, dropped: bool) {
        self.unsignalled += written;
        if self.unsignalled >= SIGNAL_BYTES {
            self.unsignalled = 0;
            // The maintenance thread ends only after this one.
            let _ = self.maintenance.send(Signal::Grown);
        }
        if dropped {
            let _ = self.maintenance.send(Signal::Dropped);
        }
    }

    fn execute(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }
}

/// Runs `work` in the group's transaction if that is still sound; how to answer, and whether it is sound after.
fn transact(group: &mut Group, work: Box<dyn Work>, so_far: Result<(), StoreError>) -> (Answer, Result<(), StoreError>) {
    if let Err(error) = so_far.and_then(|()| group.begin_work()) {
        return (work.refuse(), Err(error));
    }
    let (keep, answer) = work.run(&mut Transaction(group));
    (answer, group.end_work(keep))
}
