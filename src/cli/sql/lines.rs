//! A file in blocks of whole lines.

use std::io::{self, Read};

/// How much is read at once: few enough rows that decoded blocks stay in the cache.
const BLOCK_BYTES: usize = 64 << 10;
/// The longest line: what a Kinesis record can hold, with room.
const LINE_BYTES_MAX: usize = 16 << 20;

/// A reader that gives whole lines only.
pub(super) struct Lines<R> {
    source: R,
    buffer: Vec<u8>,
    /// Where the lines not given yet start and end.
    start: usize,
    end: usize,
    ended: bool,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, buffer: vec![0; BLOCK_BYTES], start: 0, end: 0, ended: false }
    }

    /// The next lines, at least one, each with its line feed; only the last line of the file may lack it. None at the end.
    pub(super) fn next_block(&mut self) -> io::Result<Option<&[u8]>> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        loop {
            if self.end == self.buffer.len() {
                self.enlarge()?;
            }
            let read = if self.ended { 0 } else { self.source.read(&mut self.buffer[self.end..])? };
            let fresh = self.end;
            self.end += read;
            self.ended |= read == 0;
            if self.ended {
                self.start = self.end;
                return Ok((self.end > 0).then_some(&self.buffer[..self.end]));
            }
            if let Some(feed) = memchr::memrchr(b'\n', &self.buffer[fresh..self.end]) {
                self.start = fresh + feed + 1;
                return Ok(Some(&self.buffer[..self.start]));
            }
        }
    }

    fn enlarge(&mut self) -> io::Result<()> {
        let size = self.buffer.len() * 2;
        if size > LINE_BYTES_MAX {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a line is longer than {LINE_BYTES_MAX} bytes")));
        }
        self.buffer.resize(size, 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives at most three bytes a read.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let few = into.len().min(3);
            self.0.read(&mut into[..few])
        }
    }

    #[test]
    fn blocks_are_whole_lines_and_all_of_the_file() {
        let long = format!("{}\n", "x".repeat(200_000));
        for text in ["", "a\nbb\n\nccccccc\nlast", "a\n", "\n\n\n", long.as_str()] {
            let mut lines = Lines::new(Drip(text.as_bytes()));
            let mut all = Vec::new();
            while let Some(block) = lines.next_block().unwrap() {
                assert!(!block.is_empty());
                all.extend_from_slice(block);
                assert!(block.ends_with(b"\n") || all.len() == text.len());
            }
            assert_eq!(all, text.as_bytes());
        }
    }

    #[test]
    fn a_line_has_a_longest_length() {
        let mut lines = Lines::new(io::repeat(b'x'));
        assert_eq!(lines.next_block().unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
