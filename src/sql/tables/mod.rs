//! Reference tables: rows loaded before the program starts, found by hash.

use super::expressions::{Operands, Scope};
use super::operators::Keys;
use super::types::{Block, Cell};
use std::sync::Arc;

/// The rows of a program's reference tables.
#[derive(Debug, Default)]
pub(crate) struct Tables(Vec<Arc<Block>>);

impl Tables {
    pub(crate) fn new(tables: &[Block]) -> Self {
        Self(tables.iter().map(|rows| Arc::new(rows.clone())).collect())
    }

    /// The rows of a table by their keys. A table that was not loaded is empty. Rows whose key is NULL or cannot be computed match nothing.
    pub(crate) fn lookup(&self, table: usize, mut keys: Operands) -> Lookup {
        let rows = self.0.get(table).cloned().unwrap_or_default();
        let mut lookup = Lookup { keys: Keys::new(keys.len()), groups: Vec::new(), rows };
        for row in 0..lookup.rows.len() {
            let cells = lookup.rows.cells(row);
            let scope = Scope { cells, rowtime: lookup.rows.rowtime(row), now_ms: 0 };
            if keys.evaluate(&scope).is_err() || keys.iter(cells).any(Cell::is_null) {
                continue;
            }
            let (group, is_new) = lookup.keys.number(keys.iter(cells));
            if is_new {
                lookup.groups.push(Vec::new());
            }
            lookup.groups[group].push(row);
        }
        lookup
    }
}

/// A reference table's rows, by key.
#[derive(Debug)]
pub(crate) struct Lookup {
    keys: Keys,
    groups: Vec<Vec<usize>>,
    rows: Arc<Block>,
}

impl Lookup {
    /// The rows with this key, in the table's order.
    pub(crate) fn rows<'a, 'k>(&'a self, key: impl Iterator<Item = &'k Cell> + Clone) -> impl Iterator<Item = &'a [Cell]> {
        let group = if key.clone().any(Cell::is_null) { None } else { self.keys.find(key) };
        group.and_then(|group| self.groups.get(group)).into_iter().flatten().map(|row| self.rows.cells(*row))
    }
}
