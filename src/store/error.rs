//! What can go wrong in the store.

use super::LogId;
use rusqlite::{ErrorCode, ffi};
use std::path::PathBuf;

/// A failure of the store. Whoever gets one must treat what it asked for as not done: nothing is acknowledged that was not committed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file system has no room; what is stored is untouched and writes work again once there is room.
    #[error("the disk that holds the data folder is full ({0})")]
    DiskFull(String),
    /// The operating system could not read or write the data folder.
    #[error("cannot read or write the data folder: {0}")]
    Io(String),
    /// The database file or a record segment does not decode.
    #[error("the stored data is damaged: {0}")]
    Corrupt(String),
    /// Another process has the data folder open.
    #[error("the data folder {} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// The file was written by a later version of Millpond.
    #[error("the data folder has schema version {found}; this program knows versions up to {known}")]
    NewerSchema {
        /// The version in the file.
        found: i64,
        /// The latest this program knows.
        known: i64,
    },
    /// The log was deleted, or never was.
    #[error("{0} does not exist")]
    NoSuchLog(LogId),
    /// The log has reached the last ordinal, or there are as many logs as ids.
    #[error("{0} has no more room for records or ids")]
    Exhausted(LogId),
    /// A document does not have the shape its reader expects.
    #[error("the document {0}")]
    Document(String),
    /// A transaction's closure panicked; its changes were undone.
    #[error("a transaction panicked and was undone")]
    TransactionPanicked,
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
    /// Any other answer of SQLite.
    #[error("the database refused: {0}")]
    Database(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        // The index of the write-ahead log (the file -shm) could not grow: SQLite tells this full disk by another number.
        if error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_SHMSIZE) {
            return Self::DiskFull(text);
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull(text),
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                Self::Io(text)
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(text),
            _ => Self::Database(text),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded | std::io::ErrorKind::FileTooLarge => {
                Self::DiskFull(error.to_string())
            }
            _ => Self::Io(error.to_string()),
        }
    }
}
