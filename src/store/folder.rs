//! The data folder: where the database file lies, and the lock that keeps a second process out.

use super::StoreError;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// The database file's name in the data folder.
const DATABASE: &str = "millpond.db";

/// A file that is locked while the store is open. It stays behind; only the lock on it counts, and that ends with the process.
const LOCK: &str = "millpond.lock";

/// What the names of temporary data folders begin with.
const TEMPORARY: &str = "millpond-ephemeral-";

/// An open data folder. Dropping it unlocks it, and deletes it if it is temporary.
pub(super) struct Folder {
    path: PathBuf,
    temporary: bool,
    _lock: File,
}

impl Folder {
    /// Opens the folder at `path`, made if need be, or a new temporary one.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, StoreError> {
        let Some(path) = path else { return Self::temporary() };
        let lock = lock(path)?;
        Ok(Self { path: path.to_path_buf(), temporary: false, _lock: lock })
    }

    /// A new folder in the system's temporary one, after what killed processes left there is cleared away.
    fn temporary() -> Result<Self, StoreError> {
        let parent = std::env::temp_dir();
        for entry in fs::read_dir(&parent)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(TEMPORARY) && is_abandoned(&entry.path()) {
                // It may be another user's; then it is that user's to clear.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        // It gets the name by which others look for it only once it is locked.
        let id = uuid::Uuid::new_v4();
        let (unlocked, path) = (parent.join(format!("millpond-new-{id}")), parent.join(format!("{TEMPORARY}{id}")));
        let lock = lock(&unlocked)?;
        fs::rename(&unlocked, &path)?;
        Ok(Self { path, temporary: true, _lock: lock })
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

/// Makes `folder` if need be and locks it.
fn lock(folder: &Path) -> Result<File, StoreError> {
    fs::create_dir_all(folder)?;
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(folder.into())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Whether a folder has our lock file and no process holds the lock.
fn is_abandoned(folder: &Path) -> bool {
    File::options().write(true).open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok())
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary {
            // Nobody is left to tell; at worst a temporary folder stays.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_folder_lives_as_long_as_its_owner() {
        let folder = Folder::open(None).unwrap();
        let path = folder.path().to_path_buf();
        assert!(!is_abandoned(&path), "it is locked");
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn what_a_killed_process_left_is_cleared_away() {
        let left = std::env::temp_dir().join(format!("{TEMPORARY}test-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&left).unwrap();
        let lock = File::create(left.join(LOCK)).unwrap();
        lock.lock().unwrap();
        assert!(!is_abandoned(&left));
        drop(lock);
        let _other = Folder::open(None).unwrap();
        assert!(!left.exists());
    }
}
