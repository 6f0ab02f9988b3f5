//! The latest rows of each in-application stream of a running application, for those who look at it.

use super::output::format::{OutputFormat, RowFormatter};
use crate::base::clock::Millis;
use crate::sql::types::{Block, Cell, Column, DataType};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// How many rows of a stream are kept to be looked at.
pub const ROWS_KEPT: usize = 1_000;

/// The taps of one application. Writing costs the rows that are kept, not those that pass.
#[derive(Debug, Default)]
pub(super) struct Taps(Mutex<HashMap<String, Ring>>);

#[derive(Debug)]
struct Ring {
    columns: Vec<Column>,
    rows: VecDeque<(Millis, Vec<Cell>)>,
}

impl Taps {
    /// Forgets all streams and begins with these.
    pub(super) fn reset(&self, streams: impl Iterator<Item = (String, Vec<Column>)>) {
        let ring = |(name, columns)| (name, Ring { columns, rows: VecDeque::new() });
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = streams.map(ring).collect();
    }

    /// Adds the rows of a block, each cut to the stream's columns.
    pub(super) fn push(&self, stream: &str, block: &Block) {
        if block.is_empty() {
            return;
        }
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(ring) = streams.get_mut(stream) else { return };
        for row in block.len().saturating_sub(ROWS_KEPT)..block.len() {
            if ring.rows.len() == ROWS_KEPT {
                ring.rows.pop_front();
            }
            ring.rows.push_back((block.rowtime(row), block.cells(row)[..ring.columns.len()].to_vec()));
        }
    }

    /// The names of the streams.
    pub(super) fn streams(&self) -> Vec<String> {
        let mut names: Vec<_> = self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect();
        names.sort_unstable();
        names
    }

    /// The last `limit` rows of a stream as JSON objects, ROWTIME first, the newest row last; `None` if there is no such stream. None while the
    /// program is still being built.
    pub(super) fn latest(&self, stream: &str, limit: usize) -> Option<Vec<String>> {
        let streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if streams.is_empty() {
            return Some(Vec::new());
        }
        let ring = streams.get(stream)?;
        let rowtime = Column { name: "ROWTIME".into(), data_type: DataType::Timestamp, nullable: false };
        let columns: Vec<Column> = std::iter::once(rowtime).chain(ring.columns.iter().cloned()).collect();
        let mut formatter = RowFormatter::new(OutputFormat::Json, &columns);
        let json = |(rowtime, cells): &(Millis, Vec<Cell>)| {
            let row: Vec<Cell> = std::iter::once(Cell::Int(*rowtime)).chain(cells.iter().cloned()).collect();
            let mut text = Vec::new();
            formatter.write(&row, &mut text);
            String::from_utf8_lossy(&text).into_owned()
        };
        Some(ring.rows.iter().skip(ring.rows.len().saturating_sub(limit)).map(json).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_rows_are_kept() {
        let taps = Taps::default();
        assert_eq!(taps.latest("S", 1), Some(Vec::new()));
        let column = Column { name: "X".into(), data_type: DataType::Integer, nullable: true };
        taps.reset(std::iter::once(("S".to_owned(), vec![column])));
        let mut block = Block::new(2);
        (0..1_500).for_each(|n| block.push(n, [Cell::Int(n), Cell::Null]));
        taps.push("S", &block);
        taps.push("T", &block);
        let rows = taps.latest("S", 2).unwrap();
        assert_eq!(
            rows,
            [r#"{"ROWTIME":"1970-01-01 00:00:01.498","X":1498}"#, r#"{"ROWTIME":"1970-01-01 00:00:01.499","X":1499}"#]
        );
        assert_eq!(taps.latest("S", 5_000).unwrap().len(), ROWS_KEPT);
        assert_eq!((taps.latest("T", 1), taps.streams()), (None, vec!["S".to_owned()]));
    }
}
