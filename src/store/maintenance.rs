//! The maintenance thread: keeps the write-ahead log short and gives back the space of deleted logs, off the writer's path.
//!
//! Copying the write-ahead log into the database file (a checkpoint) takes a tenth of a second for 32 MiB and goes on beside the
//! writer. The log can start over only when all of it has been copied while nobody appends, so once it is long the writer itself copies
//! the small remainder between two commits.

use super::writer::Job;
use rusqlite::Connection;
use std::sync::mpsc::Receiver;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// What the writer tells this thread.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// The write-ahead log has grown.
    Grown,
    /// A log was deleted.
    Dropped,
}

/// The write-ahead log is started over when it holds so many pages (32 MiB): a restart after a crash has to read it all.
const START_OVER_PAGES: i64 = 2_048;

/// What is left may be copied by the writer when it is at most so many pages (2 MiB, about 3 ms).
const REMAINDER_PAGES: i64 = 128;

/// Rounds of copying before the writer is left with whatever remains; each is shorter than the one before it unless the disk cannot keep up.
const ROUNDS: usize = 4;

/// Past so many pages (256 MiB) the writer waits for readers that keep the log from starting over.
const TOO_LONG_PAGES: i64 = 16_384;

/// The pause between two steps of giving back space, so that appends go between.
const SWEEP_PAUSE: Duration = Duration::from_millis(2);

/// Works on the calling thread until the writer is gone.
pub(super) fn run(connection: &Connection, signals: &Receiver<Signal>, jobs: &mpsc::WeakSender<Job>) {
    while let Ok(first) = signals.recv() {
        let (mut grown, mut dropped) = (first == Signal::Grown, first == Signal::Dropped);
        for signal in signals.try_iter() {
            grown |= signal == Signal::Grown;
            dropped |= signal == Signal::Dropped;
        }
        if grown {
            shorten(connection, jobs);
        }
        if dropped {
            sweep(jobs);
        }
    }
}

/// Copies what it can; if the log is long, has the writer copy the rest.
fn shorten(connection: &Connection, jobs: &mpsc::WeakSender<Job>) {
    for _ in 0..ROUNDS {
        let Some(progress) = checkpoint(connection, "PASSIVE") else { return };
        if progress.pages < START_OVER_PAGES {
            return;
        }
        if progress.remainder() <= REMAINDER_PAGES {
            break;
        }
    }
    let (reply, done) = oneshot::channel();
    let Some(jobs) = jobs.upgrade() else { return };
    // A closed channel means that the store is closing, which copies everything anyway.
    if jobs.blocking_send(Job::FinishCheckpoint(reply)).is_ok() {
        drop(jobs);
        let _ = done.blocking_recv();
    }
}

/// The writer's part of a checkpoint.
pub(super) fn finish_checkpoint(connection: &Connection) {
    let done = checkpoint(connection, "PASSIVE");
    if done.is_some_and(|progress| progress.pages > TOO_LONG_PAGES) {
        checkpoint(connection, "RESTART");
    }
}

/// How far a checkpoint came.
struct Progress {
    pages: i64,
    copied: i64,
}

impl Progress {
    fn remainder(&self) -> i64 {
        self.pages - self.copied
    }
}

fn checkpoint(connection: &Connection, mode: &str) -> Option<Progress> {
    let sql = format!("PRAGMA wal_checkpoint({mode})");
    let progress = connection
        .prepare_cached(&sql)
        .and_then(|mut statement| statement.query_row([], |row| Ok(Progress { pages: row.get(1)?, copied: row.get(2)? })));
    match progress {
        Ok(progress) => Some(progress),
        Err(error) => {
            // Nothing is lost: the log keeps what was not copied, and the next signal tries again.
            tracing::warn!(%error, "checkpoint failed");
            None
        }
    }
}

/// Has the writer delete the segments of deleted logs step by step.
pub(super) fn sweep(jobs: &mpsc::WeakSender<Job>) {
    loop {
        let (reply, more) = oneshot::channel();
        let Some(jobs) = jobs.upgrade() else { return };
        if jobs.blocking_send(Job::Sweep(reply)).is_err() {
            return;
        }
        drop(jobs);
        if !more.blocking_recv().unwrap_or(false) {
            return;
        }
        std::thread::sleep(SWEEP_PAUSE);
    }
}
