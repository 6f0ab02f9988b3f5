//! Connections to the database file, and the one place that sets pragmas.

use super::{Durability, StoreError};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The writer thread's.
    Writer,
    /// One of the pool's.
    Reader,
    /// The one that copies the write-ahead log into the database file.
    Checkpointer,
}

/// Bytes of a page. Larger pages keep a segment of one request in few pages; fixed when the file is made.
pub(super) const PAGE_BYTES: u32 = 16 * 1024;

/// How long a connection waits for a lock. Only a checkpoint's last step and recovery after a crash ever hold one for long.
const BUSY_TIMEOUT_MS: i64 = 5_000;

/// Statements kept prepared on each connection: more than the store has.
const PREPARED_STATEMENTS: usize = 64;

/// The write-ahead log file is cut back to this size when it is started over.
const WAL_FILE_BYTES: i64 = 64 * 1024 * 1024;

/// Opens `file` for `role` and sets its pragmas.
pub(super) fn open(file: &Path, role: Role, durability: Durability) -> Result<Connection, StoreError> {
    let access = if role == Role::Reader {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    };
    let connection = Connection::open_with_flags(file, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    set_pragmas(&connection, role, durability)?;
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    Ok(connection)
}

/// Every pragma Millpond sets, and why.
fn set_pragmas(connection: &Connection, role: Role, durability: Durability) -> Result<(), StoreError> {
    connection.pragma_update(None, "busy_timeout", BUSY_TIMEOUT_MS)?;
    if role == Role::Writer {
        // Takes effect only while the file is empty.
        connection.pragma_update(None, "page_size", PAGE_BYTES)?;
        // Readers run beside the writer and a commit is one sequential write.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "journal_size_limit", WAL_FILE_BYTES)?;
    }
    if role != Role::Reader {
        // OFF: an ephemeral store. NORMAL: a commit survives the process. FULL: a commit survives the machine.
        let synchronous = match durability {
            Durability::Ephemeral => "OFF",
            Durability::Normal => "NORMAL",
            Durability::Full => "FULL",
        };
        connection.pragma_update(None, "synchronous", synchronous)?;
        // Checkpoints are another thread's work (maintenance.rs), or a put's slowest percent would be theirs.
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    }
    // The negative unit is KiB. The writer's holds the pages of one group; a reader's the inner pages of the trees.
    connection.pragma_update(None, "cache_size", if role == Role::Writer { -8192 } else { -1024 })?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}
