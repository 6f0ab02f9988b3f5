//! JSON that goes over lines (an array of documents, indented documents) as one document a line.

use std::io::{self, Read};

/// How much is read at once.
const CHUNK_BYTES: usize = 64 << 10;

/// Gives the documents of a source, each on a line of its own. A first array around them is taken away; line ends within them too; what
/// stands between them is passed.
pub(super) struct Documents<R> {
    source: R,
    chunk: Vec<u8>,
    out: Vec<u8>,
    given: usize,
    /// How many braces and brackets are open.
    depth: usize,
    /// How many of them are around the documents.
    around: usize,
    text: Text,
    begun: bool,
}

/// Where in a string it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Outside,
    Inside,
    Escaped,
}

impl<R: Read> Documents<R> {
    pub(super) fn new(source: R) -> Self {
        let chunk = vec![0; CHUNK_BYTES];
        Self { source, chunk, out: Vec::new(), given: 0, depth: 0, around: 0, text: Text::Outside, begun: false }
    }

    fn take(&mut self, byte: u8) {
        if self.text != Text::Outside {
            self.text = match (self.text, byte) {
                (Text::Escaped, _) => Text::Inside,
                (_, b'\\') => Text::Escaped,
                (_, b'"') => Text::Outside,
                _ => Text::Inside,
            };
            return self.keep(byte);
        }
        match byte {
            b'[' if !self.begun => (self.depth, self.around) = (1, 1),
            b'{' | b'[' => {
                self.depth += 1;
                self.keep(byte);
            }
            b'}' | b']' => {
                self.keep(byte);
                self.depth = self.depth.saturating_sub(1);
                if self.depth == self.around {
                    self.out.push(b'\n');
                }
                self.around = self.around.min(self.depth);
            }
            b'"' => {
                self.text = Text::Inside;
                self.keep(byte);
            }
            b'\n' | b'\r' => {}
            _ => self.keep(byte),
        }
        self.begun |= !byte.is_ascii_whitespace();
    }

    /// Only what is within a document.
    fn keep(&mut self, byte: u8) {
        if self.depth > self.around {
            self.out.push(byte);
        }
    }
}

impl<R: Read> Read for Documents<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.out.len() {
            self.out.clear();
            self.given = 0;
            let mut chunk = std::mem::take(&mut self.chunk);
            let read = self.source.read(&mut chunk);
            if let Ok(read) = read {
                chunk[..read].iter().for_each(|byte| self.take(*byte));
            }
            self.chunk = chunk;
            if read? == 0 {
                return Ok(0);
            }
        }
        let few = into.len().min(self.out.len() - self.given);
        into[..few].copy_from_slice(&self.out[self.given..self.given + few]);
        self.given += few;
        Ok(few)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_come_one_a_line() {
        for (text, lines) in [
            ("[\n  {\"a\": 1},\n  {\"a\": [2, {}]}\n]\n", "{\"a\": 1}\n{\"a\": [2, {}]}\n"),
            ("{\n \"a\": \"]}\\\"{\"\n}\n{\"b\":{}}", "{ \"a\": \"]}\\\"{\"}\n{\"b\":{}}\n"),
            ("[{\"a\":1}]\n[{\"a\":2}]", "{\"a\":1}\n[{\"a\":2}]\n"),
            ("", ""),
        ] {
            let mut out = String::new();
            Documents::new(text.as_bytes()).read_to_string(&mut out).unwrap();
            assert_eq!(out, lines, "{text}");
        }
    }
}
