//! What the log hears of a disk that takes no more: one sentence when it begins and one when it is over, however many calls fail between.

use super::StoreError;
use crate::base::clock::Stopwatch;
use std::path::PathBuf;
use std::time::Duration;

/// The disk takes writes again when one succeeds and none has failed for this long: on a full disk a small write may still find room where a
/// large one does not.
const CALM: Duration = Duration::from_secs(2);

/// Whether the disk refuses writes at present.
pub(super) struct Refusing {
    folder: PathBuf,
    /// Since the last write failed; `None` while all is well.
    failed: Option<Stopwatch>,
    /// Calls refused since the log was told.
    calls: usize,
}

impl Refusing {
    /// All is well with `folder`.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, failed: None, calls: 0 }
    }

    /// A commit of `calls` calls failed.
    pub(super) fn failed(&mut self, error: &StoreError, calls: usize) {
        let folder = self.folder.display();
        let begins = self.failed.is_none();
        match error {
            StoreError::DiskFull(_) if begins => tracing::error!(
                "the disk that holds {folder} is full: writes are refused, nothing that was acknowledged is lost, reads go on. \
                 Free space on it; writes are taken again by themselves then, without a restart"
            ),
            StoreError::Io(why) if begins => tracing::error!(
                "{folder} cannot be written ({why}): writes are refused, nothing that was acknowledged is lost, reads go on. \
                 Look at the disk, its quota and the folder's permissions; writes are taken again by themselves then, without a restart"
            ),
            StoreError::DiskFull(_) | StoreError::Io(_) => {}
            error => {
                tracing::error!(%error, calls, "a commit failed; its callers are told");
                return;
            }
        }
        self.failed = Some(Stopwatch::start());
        self.calls += calls;
    }

    /// A commit has written something.
    pub(super) fn wrote(&mut self) {
        if self.failed.is_some_and(|failed| failed.elapsed() >= CALM) {
            tracing::warn!(refused = self.calls, "{} takes writes again", self.folder.display());
            (self.failed, self.calls) = (None, 0);
        }
    }
}
