//! The data folder: where the database file lies, and the lock that keeps a second process out.

use super::StoreError;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// The database file's name in the data folder.
const DATABASE: &str = "millpond.db";

/// A file that is locked while the store is open. It stays behind; only the lock on it counts, and that ends with the process.
const LOCK: &str = "millpond.lock";

/// An open data folder. Dropping it unlocks it, and deletes it if it is temporary.
pub(super) struct Folder {
    path: PathBuf,
    temporary: bool,
    _lock: File,
}

impl Folder {
    /// Opens the folder at `path`, made if need be, or a new temporary one.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, StoreError> {
        let temporary = path.is_none();
        let path =
            path.map_or_else(|| std::env::temp_dir().join(format!("millpond-{}", uuid::Uuid::new_v4())), Path::to_path_buf);
        fs::create_dir_all(&path)?;
        let lock = File::options().create(true).truncate(false).write(true).open(path.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, temporary, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse(path)),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The database file.
    pub(super) fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary {
            // Nobody is left to tell; at worst a temporary folder stays.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}
