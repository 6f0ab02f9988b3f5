//! JSON documents to rows, in one pass and without a tree of values.

pub mod scan;
mod tree;
mod walk;

use super::coerce::{CoercionError, Target};
use super::rejected::Rejected;
use super::schema::{RecordColumn, SchemaError};
use super::{ROW_BYTES_MAX, Resume, Sink, row_bytes};
use crate::sql::types::Cell;
use scan::{Scan, SyntaxError};
use tree::{Layouts, Tree};
use walk::{Failure, Spread, Walk};

/// The most cells that one document's array may be spread into: a record of 1 MiB can hold half a million elements.
pub const SPREAD_CELLS_MAX: usize = 1 << 22;

/// Where a document is no JSON, and why.
#[derive(Clone, Copy, Debug)]
struct Broken {
    at: usize,
    error: SyntaxError,
}

/// The offset after something, if it is JSON.
type Passed = Result<usize, Broken>;

/// A decoder compiled from the paths of a schema.
#[derive(Debug)]
pub(super) struct JsonDecoder {
    tree: Tree,
    layouts: Layouts,
    columns: usize,
    /// What filling up CHAR columns may add to a row.
    padding: usize,
    scratch: Vec<u8>,
    base: Vec<Cell>,
}

impl JsonDecoder {
    pub(super) fn compile(row_path: &str, columns: &[RecordColumn], targets: &[Target]) -> Result<Self, SchemaError> {
        let tree = Tree::compile(row_path, columns, targets)?;
        Ok(Self {
            layouts: Layouts::new(&tree),
            tree,
            columns: columns.len(),
            padding: targets.iter().map(|t| t.padding()).sum(),
            scratch: Vec::new(),
            base: Vec::new(),
        })
    }

    /// Decodes all documents of `record`, which may follow each other with or without blanks.
    pub(super) fn decode(&mut self, record: &[u8], resume: Resume, sink: &mut Sink<'_>) {
        let mut scan = Scan::new(record, if record.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 });
        loop {
            scan.blanks();
            if scan.at == record.len() {
                return;
            }
            let rows = sink.block.len();
            match self.document(record, scan.at, sink) {
                Ok(end) => scan.at = end,
                Err(broken) => {
                    while sink.block.len() > rows {
                        sink.block.pop();
                    }
                    let end = resume.after(record, scan.at);
                    sink.rejected.push(Rejected::new(describe(broken, record), record[scan.at..end].trim_ascii_end()));
                    scan.at = end;
                }
            }
        }
    }

    /// Decodes the document at `at` and says where it ends.
    fn document(&mut self, record: &[u8], at: usize, sink: &mut Sink<'_>) -> Passed {
        if record[at] == b'[' && self.tree.nodes[0].elements.is_none() {
            return each_element(record, at, |at| self.row(record, at, sink));
        }
        self.row(record, at, sink)
    }

    /// One row, or several where an array is spread.
    fn row(&mut self, record: &[u8], at: usize, sink: &mut Sink<'_>) -> Passed {
        let cells = sink.block.push_empty(sink.rowtime);
        let (cells, system) = cells.split_at_mut(self.columns);
        system.clone_from_slice(sink.system);
        let mut walk = Walk {
            tree: &self.tree,
            layouts: &mut self.layouts,
            scan: Scan::new(record, at),
            scratch: &mut self.scratch,
            spread: None,
        };
        let walked = walk.value(0, cells);
        let (end, spread) = (walk.scan.at, walk.spread);
        match (walked, spread) {
            (Ok(()), None) => self.keep_if_small(&record[at..end], sink),
            (Ok(()), Some(spread)) => self.spread(&record[..end], at, spread, sink)?,
            (Err(Failure::Syntax(error)), _) => return Err(Broken { at: end, error }),
            (Err(Failure::Coercion(error)), _) => return reject(record, at, error, sink),
        }
        Ok(end)
    }

    /// Repeats the row added last for each element of an array; an empty array leaves it as it is.
    fn spread(&mut self, record: &[u8], start: usize, spread: Spread, sink: &mut Sink<'_>) -> Result<(), Broken> {
        let document = &record[start..];
        self.base.clear();
        self.base.extend_from_slice(sink.block.cells(sink.block.len() - 1));
        sink.block.pop();
        let (mut seen, rows_max) = (0, SPREAD_CELLS_MAX / self.base.len().max(1));
        each_element(record, spread.at, |at| {
            seen += 1;
            if seen > rows_max {
                return skip(record, at);
            }
            self.element(record, document, at, spread.node, sink)
        })?;
        if seen > rows_max {
            sink.rejected.push(Rejected::new(
                format!("An array can be spread into {rows_max} rows of this schema, this one has {seen} elements"),
                document,
            ));
        }
        if seen == 0 {
            sink.block.push(sink.rowtime, self.base.drain(..));
        }
        Ok(())
    }

    fn element(&mut self, record: &[u8], document: &[u8], at: usize, node: usize, sink: &mut Sink<'_>) -> Passed {
        let cells = sink.block.push_empty(sink.rowtime);
        cells.clone_from_slice(&self.base);
        let mut walk = Walk {
            tree: &self.tree,
            layouts: &mut self.layouts,
            scan: Scan::new(record, at),
            scratch: &mut self.scratch,
            spread: None,
        };
        let walked = walk.value(node, &mut cells[..self.columns]);
        let end = walk.scan.at;
        match walked {
            Ok(()) => self.keep_if_small(document, sink),
            Err(Failure::Syntax(error)) => return Err(Broken { at: end, error }),
            Err(Failure::Coercion(error)) => {
                sink.block.pop();
                sink.rejected.push(Rejected::new(*error.0, document));
                return skip(record, at);
            }
        }
        Ok(end)
    }

    /// Takes the row added last back when it is larger than an in-application stream takes.
    fn keep_if_small(&self, document: &[u8], sink: &mut Sink<'_>) {
        if document.len() + self.padding <= ROW_BYTES_MAX {
            return;
        }
        let bytes = row_bytes(sink.block.cells(sink.block.len() - 1));
        if bytes > ROW_BYTES_MAX {
            sink.block.pop();
            sink.rejected.push(Rejected::new(super::too_large(bytes), document));
        }
    }
}

/// Takes the row added last back because of `error`, and passes its document.
fn reject(record: &[u8], at: usize, error: CoercionError, sink: &mut Sink<'_>) -> Passed {
    let end = skip(record, at)?;
    sink.block.pop();
    sink.rejected.push(Rejected::new(*error.0, &record[at..end]));
    Ok(end)
}

/// The offset after the value at `at`.
fn skip(record: &[u8], at: usize) -> Passed {
    let mut scan = Scan::new(record, at);
    match scan.skip_value() {
        Ok(_) => Ok(scan.at),
        Err(error) => Err(Broken { at: scan.at, error }),
    }
}

/// Calls `element` with the offset of each element of the array at `at`; it gives the element's end. Gives the array's end.
fn each_element(bytes: &[u8], at: usize, mut element: impl FnMut(usize) -> Passed) -> Passed {
    let mut scan = Scan::new(bytes, at + 1);
    scan.blanks();
    if scan.peek() == b']' {
        return Ok(scan.at + 1);
    }
    loop {
        scan.at = element(scan.at)?;
        scan.blanks();
        if scan.peek() == b']' {
            return Ok(scan.at + 1);
        }
        scan.expect(b',').map_err(|error| Broken { at: scan.at, error })?;
        scan.blanks();
    }
}

/// What MESSAGE says of a record that is no JSON.
fn describe(Broken { at, error }: Broken, record: &[u8]) -> String {
    let position = at + 1;
    if error == SyntaxError::Nesting {
        return format!("JSON nested deeper than {} levels at byte {position}", scan::NESTING_MAX);
    }
    match record.get(at) {
        Some(byte @ 0x20..0x7f) => format!("Unexpected character ('{}' (code {byte})) at byte {position}", char::from(*byte)),
        Some(byte) => format!("Unexpected byte (code {byte}) at byte {position}"),
        None => "Unexpected end of JSON".to_owned(),
    }
}
