//! A file in blocks of whole lines, or of whole rows of delimited text, which may hold line breaks within quotes.

use crate::services::analytics::mapping::csv::Dialect;
use std::io::{self, Read};

/// How much is read at once: few enough rows that decoded blocks stay in the cache.
const BLOCK_BYTES: usize = 64 << 10;
/// The longest line or row: what a Kinesis record can hold, with room. A quote that is never closed is found out by it.
const LINE_BYTES_MAX: usize = 16 << 20;

/// A reader that gives whole lines only.
pub(super) struct Lines<R> {
    source: R,
    buffer: Vec<u8>,
    /// Where the lines not given yet start and end.
    start: usize,
    end: usize,
    ended: bool,
    /// How rows are told apart, where they are not lines.
    dialect: Option<Dialect>,
    /// Line feeds before the buffer.
    feeds: usize,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(source: R, dialect: Option<Dialect>) -> Self {
        Self { source, buffer: vec![0; BLOCK_BYTES], start: 0, end: 0, ended: false, dialect, feeds: 0 }
    }

    /// The next lines, at least one, each with its line feed; only the last line of the file may lack it. None at the end.
    pub(super) fn next_block(&mut self) -> io::Result<Option<&[u8]>> {
        self.feeds += feeds(&self.buffer[..self.start]);
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
                self.check_closed()?;
                self.start = self.end;
                return Ok((self.end > 0).then_some(&self.buffer[..self.end]));
            }
            let text = &self.buffer[..self.end];
            let whole = match &self.dialect {
                Some(dialect) => dialect.whole_rows(text).end,
                None => memchr::memrchr(b'\n', &text[fresh..]).map_or(0, |feed| fresh + feed + 1),
            };
            if whole > 0 {
                self.start = whole;
                return Ok(Some(&self.buffer[..whole]));
            }
        }
    }

    fn enlarge(&mut self) -> io::Result<()> {
        let size = self.buffer.len() * 2;
        if size > LINE_BYTES_MAX {
            self.check_closed()?;
            return Err(self.wrong(0, &format!("the line is longer than {LINE_BYTES_MAX} bytes")));
        }
        self.buffer.resize(size, 0);
        Ok(())
    }

    /// Refuses a quote that was not closed when it had to be.
    fn check_closed(&self) -> io::Result<()> {
        let text = &self.buffer[..self.end];
        match self.dialect.as_ref().map(|dialect| dialect.whole_rows(text)) {
            Some(whole) if whole.open => {
                let limit = if self.ended { "before the end".to_owned() } else { format!("within {LINE_BYTES_MAX} bytes") };
                Err(self
                    .wrong(whole.end, &format!("a field of the row that begins here opens a quote that is not closed {limit}")))
            }
            _ => Ok(()),
        }
    }

    /// An error that names the line at `at` in the buffer.
    fn wrong(&self, at: usize, what: &str) -> io::Error {
        let line = self.feeds + feeds(&self.buffer[..at]) + 1;
        io::Error::new(io::ErrorKind::InvalidData, format!("line {line}: {what}"))
    }
}

/// How many line feeds there are.
fn feeds(text: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', text).count()
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
            let mut lines = Lines::new(Drip(text.as_bytes()), None);
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
        let mut lines = Lines::new(io::repeat(b'x'), None);
        assert_eq!(lines.next_block().unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    fn csv(row: &str) -> Option<Dialect> {
        Some(Dialect::new(row, ",").unwrap())
    }

    /// The blocks of a text that comes in small pieces.
    fn blocks(text: &str, row: &str) -> Result<Vec<String>, String> {
        let mut lines = Lines::new(Drip(text.as_bytes()), csv(row));
        let mut blocks = Vec::new();
        while let Some(block) = lines.next_block().map_err(|error| error.to_string())? {
            blocks.push(String::from_utf8(block.to_vec()).unwrap());
        }
        Ok(blocks)
    }

    #[test]
    fn rows_are_not_cut_within_quotes() {
        for (text, row, rows) in [
            ("1,\"a\nb\"\n2,c\n", "\n", vec!["1,\"a\nb\"\n", "2,c\n"]),
            ("\"a\n\"\"\n\",x\r\nb,y\r\n", "\r\n", vec!["\"a\n\"\"\n\",x\r\n", "b,y\r\n"]),
            ("\"a\n\"", "\n", vec!["\"a\n\""]),
            ("5\" pipe,a\n6\" pipe,b\n", "\n", vec!["5\" pipe,a\n", "6\" pipe,b\n"]),
            ("\"a\" b,c\nd,e\n", "\n", vec!["\"a\" b,c\n", "d,e\n"]),
            ("a,\"b|c\"|d,e|", "|", vec!["a,\"b|c\"|", "d,e|"]),
        ] {
            let blocks = blocks(text, row).unwrap();
            assert_eq!(blocks.concat(), text);
            // A block may hold several rows, but a row lies in one block.
            let mut ends = rows
                .iter()
                .scan(0, |end, row| {
                    Some({
                        *end += row.len();
                        *end
                    })
                })
                .collect::<Vec<_>>();
            ends.dedup();
            let mut at = 0;
            for block in &blocks {
                at += block.len();
                assert!(ends.contains(&at), "{text:?} is cut at {at} into {blocks:?}");
            }
        }
    }

    #[test]
    fn a_quote_that_stays_open_is_told_with_its_line() {
        let error = blocks("a,b\n\"c\nd\",e\nf,\"g\nh,i\n", "\n").unwrap_err();
        assert_eq!(error, "line 4: a field of the row that begins here opens a quote that is not closed before the end");
        let mut lines = Lines::new(b"a,b\nc,\"".chain(io::repeat(b'\n')), csv("\n"));
        let error = loop {
            match lines.next_block() {
                Ok(block) => assert!(block.is_some()),
                Err(error) => break error.to_string(),
            }
        };
        assert!(error.starts_with("line 2: ") && error.ends_with("not closed within 16777216 bytes"), "{error}");
    }
}
