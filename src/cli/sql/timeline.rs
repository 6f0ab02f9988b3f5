//! Where ROWTIME comes from.

use super::{CliError, SqlFlags};
use crate::base::clock::Millis;
use crate::services::analytics::mapping::datetime;
use crate::sql::types::{Block, Cell, Column, DataType};

/// ROWTIME of row after row; it never goes back.
#[derive(Debug)]
pub(super) struct Timeline {
    source: Source,
    /// The ROWTIME given last.
    pub(super) now: Millis,
    /// How many rows were older than one before them.
    pub(super) late: u64,
}

#[derive(Debug)]
enum Source {
    /// A cell of the row.
    Column(usize),
    /// The place in the file: rows already passed, first ROWTIME, rows a second.
    Rate { rows: u64, start: Millis, rate: u32 },
}

impl Timeline {
    /// What the flags say of rows with these columns.
    pub(super) fn new(flags: &SqlFlags, columns: &[Column]) -> Result<Self, CliError> {
        let Some(name) = &flags.rowtime else {
            let start = datetime::timestamp(flags.start.as_bytes())
                .ok_or_else(|| format!("--start {}: not a time like 2000-01-01 00:00:00", flags.start))?;
            return Ok(Self { source: Source::Rate { rows: 0, start, rate: flags.rate }, now: start, late: 0 });
        };
        let place = columns
            .iter()
            .position(|c| c.name == *name)
            .ok_or_else(|| format!("--rowtime {name}: the input has no such column"))?;
        if !matches!(columns[place].data_type, DataType::Timestamp | DataType::BigInt) {
            return Err(format!("--rowtime {name}: the column is neither TIMESTAMP nor BIGINT").into());
        }
        Ok(Self { source: Source::Column(place), now: Millis::MIN, late: 0 })
    }

    /// Gives each row of the block its ROWTIME; one whose column is NULL gets that of the row before.
    pub(super) fn stamp(&mut self, block: &mut Block) {
        for row in 0..block.len() {
            let time = match &mut self.source {
                Source::Column(place) => match block.cells(row)[*place] {
                    Cell::Int(ms) => ms,
                    _ => self.now,
                },
                Source::Rate { rows, start, rate } => {
                    *rows += 1;
                    *start + Millis::try_from((*rows - 1) * 1000 / u64::from(*rate)).unwrap_or(Millis::MAX)
                }
            };
            self.late += u64::from(time < self.now);
            self.now = self.now.max(time);
            block.set_rowtime(row, self.now);
        }
    }
}
