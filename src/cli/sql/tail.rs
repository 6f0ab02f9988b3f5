//! A file that grows.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::time::Duration;

/// How often a file at its end is looked at again.
const INTERVAL: Duration = Duration::from_millis(100);

/// A file without an end: at its end it waits for more. One that became shorter is read from its start.
pub(super) struct Tail {
    file: File,
    at: u64,
}

impl Tail {
    pub(super) fn new(file: File) -> Self {
        Self { file, at: 0 }
    }
}

impl Read for Tail {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.file.read(into)?;
            self.at += read as u64;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            if self.file.metadata()?.len() < self.at {
                self.at = self.file.seek(SeekFrom::Start(0))?;
            }
            std::thread::sleep(INTERVAL);
        }
    }
}
