//! How operators write down their state: little-endian, no names, in the order in which it is read back.

use crate::base::clock::Millis;
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::{Block, Cell};
use std::sync::Arc;

/// Collects a snapshot.
#[derive(Debug, Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(crate) fn bool(&mut self, value: bool) {
        self.u8(u8::from(value));
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn len(&mut self, value: usize) {
        self.u64(value as u64);
    }

    pub(crate) fn i64(&mut self, value: i64) {
        self.u64(value.cast_unsigned());
    }

    pub(crate) fn i128(&mut self, value: i128) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn f64(&mut self, value: f64) {
        self.u64(value.to_bits());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.len(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn cell(&mut self, cell: &Cell) {
        match cell {
            Cell::Null => self.u8(0),
            Cell::Bool(value) => self.u8(1 + u8::from(*value)),
            Cell::Int(value) => {
                self.u8(3);
                self.i64(*value);
            }
            Cell::Double(value) => {
                self.u8(4);
                self.f64(*value);
            }
            Cell::Short(_) | Cell::Long(_) => {
                self.u8(5);
                self.bytes(cell.text_bytes().unwrap_or_default());
            }
            Cell::Bytes(bytes) => {
                self.u8(6);
                self.bytes(bytes);
            }
            Cell::Row(cells) => {
                self.u8(7);
                self.cells(cells.as_slice());
            }
        }
    }

    pub(crate) fn cells<'a>(&mut self, cells: impl IntoIterator<Item = &'a Cell, IntoIter: ExactSizeIterator>) {
        let cells = cells.into_iter();
        self.len(cells.len());
        cells.for_each(|cell| self.cell(cell));
    }

    pub(crate) fn block(&mut self, block: &Block) {
        self.len(block.width());
        self.len(block.len());
        for (rowtime, cells) in block.rows() {
            self.i64(rowtime);
            cells.iter().for_each(|cell| self.cell(cell));
        }
    }
}

/// Reads a snapshot; everything is checked, so that a damaged one is an error and not a panic.
#[derive(Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

type Read<T> = Result<T, SnapshotMismatch>;

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn take(&mut self, length: usize) -> Read<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(SnapshotMismatch::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        self.take(N)?.try_into().map_err(|_| SnapshotMismatch::Damaged)
    }

    /// Fails unless everything was read.
    pub(crate) fn end(self) -> Read<()> {
        if self.0.is_empty() { Ok(()) } else { Err(SnapshotMismatch::Damaged) }
    }

    pub(crate) fn u8(&mut self) -> Read<u8> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn bool(&mut self) -> Read<bool> {
        Ok(self.u8()? != 0)
    }

    pub(crate) fn u32(&mut self) -> Read<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Read<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// A number of things that take at least one byte each.
    pub(crate) fn len(&mut self) -> Read<usize> {
        let length = usize::try_from(self.u64()?).map_err(|_| SnapshotMismatch::Damaged)?;
        if length > self.0.len() { Err(SnapshotMismatch::Damaged) } else { Ok(length) }
    }

    pub(crate) fn i64(&mut self) -> Read<i64> {
        Ok(self.u64()?.cast_signed())
    }

    pub(crate) fn i128(&mut self) -> Read<i128> {
        Ok(i128::from_le_bytes(self.array()?))
    }

    pub(crate) fn f64(&mut self) -> Read<f64> {
        Ok(f64::from_bits(self.u64()?))
    }

    pub(crate) fn bytes(&mut self) -> Read<&'a [u8]> {
        let length = self.len()?;
        self.take(length)
    }

    pub(crate) fn cell(&mut self) -> Read<Cell> {
        Ok(match self.u8()? {
            0 => Cell::Null,
            1 => Cell::Bool(false),
            2 => Cell::Bool(true),
            3 => Cell::Int(self.i64()?),
            4 => Cell::Double(self.f64()?),
            5 => Cell::text(std::str::from_utf8(self.bytes()?).map_err(|_| SnapshotMismatch::Damaged)?),
            6 => Cell::Bytes(Arc::new(self.bytes()?.to_vec())),
            7 => Cell::Row(Arc::new(self.cells()?)),
            _ => return Err(SnapshotMismatch::Damaged),
        })
    }

    pub(crate) fn cells(&mut self) -> Read<Vec<Cell>> {
        (0..self.len()?).map(|_| self.cell()).collect()
    }

    pub(crate) fn millis(&mut self) -> Read<Millis> {
        self.i64()
    }

    /// A block of the expected width.
    pub(crate) fn block(&mut self, width: usize) -> Read<Block> {
        let written = usize::try_from(self.u64()?).map_err(|_| SnapshotMismatch::Damaged)?;
        if written != width {
            return Err(SnapshotMismatch::Damaged);
        }
        let mut block = Block::new(width);
        for _ in 0..self.len()? {
            let rowtime = self.millis()?;
            block.push_with(rowtime, |out| {
                for _ in 0..width {
                    out.push(self.cell()?);
                }
                Ok::<_, SnapshotMismatch>(())
            })?;
        }
        Ok(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let cells = vec![
            Cell::Null,
            Cell::Bool(true),
            Cell::Bool(false),
            Cell::Int(-7),
            Cell::Double(-0.5),
            Cell::text("short"),
            Cell::text("longer than fourteen"),
        ];
        let mut block = Block::new(cells.len());
        block.push(-5, cells.clone());
        let mut writer = Writer::default();
        writer.block(&block);
        writer.cell(&Cell::Row(Arc::new(cells.clone())));
        writer.i128(-1 << 100);
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes);
        let read = reader.block(cells.len()).unwrap();
        assert_eq!((read.rowtime(0), read.cells(0)), (-5, cells.as_slice()));
        assert_eq!(reader.cell(), Ok(Cell::Row(Arc::new(cells))));
        assert_eq!(reader.i128(), Ok(-1 << 100));
        assert_eq!(reader.end(), Ok(()));
        for cut in 0..bytes.len() {
            let mut reader = Reader::new(&bytes[..cut]);
            assert!(reader.block(7).and_then(|_| reader.cell()).and_then(|_| reader.i128()).is_err(), "cut at {cut}");
        }
    }
}
