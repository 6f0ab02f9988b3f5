//! Group keys: from the cells of a key to a dense number.

use super::{Reader, Writer};
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::{Cell, hash_cells};
use hashbrown::HashTable;

/// A set of keys of one width, numbered in the order in which they were first seen.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    width: usize,
    cells: Vec<Cell>,
    hashes: Vec<u64>,
    table: HashTable<u32>,
}

impl Keys {
    pub(crate) fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.hashes.len()
    }

    /// The key with a number.
    pub(super) fn key(&self, number: usize) -> &[Cell] {
        &self.cells[number * self.width..(number + 1) * self.width]
    }

    /// The number of a key, and whether it is new. `cells` gives the key's cells.
    #[inline]
    pub(crate) fn number<'a, I>(&mut self, cells: I) -> (usize, bool)
    where
        I: Iterator<Item = &'a Cell> + Clone,
    {
        let hash = hash_cells(cells.clone());
        let (stored, width) = (&self.cells, self.width);
        let found = self.table.find(hash, |number| {
            let start = *number as usize * width;
            stored[start..start + width].iter().zip(cells.clone()).all(|(a, b)| a.same(b))
        });
        if let Some(number) = found {
            return (*number as usize, false);
        }
        let number = self.hashes.len();
        self.cells.extend(cells.cloned());
        self.add(hash);
        (number, true)
    }

    fn add(&mut self, hash: u64) {
        // More than 2³² groups do not fit in memory.
        let number = u32::try_from(self.hashes.len()).unwrap_or(u32::MAX);
        self.hashes.push(hash);
        let hashes = &self.hashes;
        self.table.insert_unique(hash, number, |number| hashes[*number as usize]);
    }

    /// The number of a key that is there already.
    pub(crate) fn find<'a>(&self, key: impl Iterator<Item = &'a Cell> + Clone) -> Option<usize> {
        let same = |number: &u32| self.key(*number as usize).iter().zip(key.clone()).all(|(a, b)| a.same(b));
        self.table.find(hash_cells(key.clone()), same).map(|number| *number as usize)
    }

    /// Forgets all keys, keeps the memory.
    pub(super) fn clear(&mut self) {
        self.cells.clear();
        self.hashes.clear();
        self.table.clear();
    }

    /// Forgets the keys that are not wanted and numbers the others anew, in their order.
    pub(super) fn retain(&mut self, mut wanted: impl FnMut(usize) -> bool) {
        let old = std::mem::replace(self, Self::new(self.width));
        for (number, hash) in old.hashes.into_iter().enumerate() {
            if wanted(number) {
                self.cells.extend_from_slice(&old.cells[number * self.width..(number + 1) * self.width]);
                self.add(hash);
            }
        }
    }

    pub(super) fn save(&self, out: &mut Writer) {
        out.len(self.len());
        self.cells.iter().for_each(|cell| out.cell(cell));
    }

    pub(super) fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        self.clear();
        for _ in 0..from.len()? {
            let key: Vec<_> = (0..self.width).map(|_| from.cell()).collect::<Result<_, _>>()?;
            self.number(key.iter());
        }
        Ok(())
    }
}
