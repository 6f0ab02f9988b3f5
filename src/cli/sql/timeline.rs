//! Where ROWTIME comes from.

use super::CliError;
use super::job::Arrival;
use crate::base::clock::{Clock, Millis};
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
    /// How many rows had no readable time.
    pub(super) untimed: u64,
}

#[derive(Debug)]
enum Source {
    /// A cell of the row.
    Column(usize, Reading),
    /// The place in the file: rows already passed, and when they arrive.
    Rate { rows: u64, arrival: Arrival },
    /// The moment of reading.
    Clock(Clock),
}

/// How a cell says a time.
#[derive(Clone, Copy, Debug)]
enum Reading {
    /// Milliseconds since 1970: TIMESTAMP and BIGINT.
    Millis,
    /// Seconds since 1970: INTEGER, with a fraction DOUBLE.
    Seconds,
    /// A text like those that map to TIMESTAMP.
    Text,
}

impl Timeline {
    /// The timeline of a column of rows with these columns.
    pub(super) fn of_column(name: &str, columns: &[Column]) -> Result<Self, CliError> {
        let place = columns.iter().position(|c| c.name == *name).ok_or_else(|| {
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            format!("--rowtime {name}: the input has no such column; it has {}", names.join(", "))
        })?;
        let reading = match columns[place].data_type {
            DataType::Timestamp | DataType::BigInt => Reading::Millis,
            DataType::Integer | DataType::Double => Reading::Seconds,
            DataType::VarChar(_) | DataType::Char(_) => Reading::Text,
            ref other => return Err(format!("--rowtime {name}: {other} is no time").into()),
        };
        Ok(Self::new(Source::Column(place, reading), Millis::MIN))
    }

    /// Rows arrive one after the other.
    pub(super) fn of_arrival(arrival: Arrival) -> Self {
        Self::new(Source::Rate { rows: 0, arrival }, arrival.start)
    }

    /// Rows arrive when they are read.
    pub(super) fn of_clock(clock: Clock) -> Self {
        let now = clock.now_ms();
        Self::new(Source::Clock(clock), now)
    }

    fn new(source: Source, now: Millis) -> Self {
        Self { source, now, late: 0, untimed: 0 }
    }

    /// Whether time stands still while no rows come.
    pub(super) fn follows_rows(&self) -> bool {
        matches!(self.source, Source::Column(..))
    }

    /// Gives each row of the block its ROWTIME; one whose column says none gets that of the row before.
    pub(super) fn stamp(&mut self, block: &mut Block) {
        for row in 0..block.len() {
            let time = match &mut self.source {
                Source::Column(place, reading) => reading.time(&block.cells(row)[*place]),
                Source::Rate { rows, arrival } => {
                    *rows += 1;
                    Some(arrival.start.saturating_add(arrival.rate.after(*rows - 1)))
                }
                Source::Clock(clock) => Some(clock.now_ms().max(self.now)),
            };
            self.untimed += u64::from(time.is_none());
            self.late += u64::from(time.is_some_and(|time| time < self.now));
            self.now = match time {
                Some(time) => self.now.max(time),
                None if self.now == Millis::MIN => 0,
                None => self.now,
            };
            block.set_rowtime(row, self.now);
        }
    }
}

impl Reading {
    #[inline]
    fn time(self, cell: &Cell) -> Option<Millis> {
        match (self, cell) {
            (Self::Millis, Cell::Int(ms)) => Some(*ms),
            (Self::Seconds, Cell::Int(seconds)) => Some(seconds.saturating_mul(1000)),
            (Self::Seconds, Cell::Double(seconds)) => millis(*seconds),
            (Self::Text, cell) => datetime::timestamp(cell.text_bytes()?),
            _ => None,
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the bounds are checked")]
fn millis(seconds: f64) -> Option<Millis> {
    let ms = (seconds * 1000.0).round();
    (ms.abs() < 9e15).then_some(ms as Millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_their_type_says() {
        let read = |data_type: DataType, cell: Cell| {
            let columns = [Column { name: "t".into(), data_type, nullable: true }];
            let mut timeline = Timeline::of_column("t", &columns).unwrap();
            let mut block = Block::new(1);
            block.push(0, [cell]);
            timeline.stamp(&mut block);
            (block.rowtime(0), timeline.untimed)
        };
        assert_eq!(read(DataType::Timestamp, Cell::Int(1_500)), (1_500, 0));
        assert_eq!(read(DataType::BigInt, Cell::Int(1_500)), (1_500, 0));
        assert_eq!(read(DataType::Integer, Cell::Int(15)), (15_000, 0));
        assert_eq!(read(DataType::Double, Cell::Double(1.25)), (1_250, 0));
        assert_eq!(read(DataType::VarChar(64), Cell::text("1970-01-01T00:00:01.5Z")), (1_500, 0));
        assert_eq!(read(DataType::VarChar(64), Cell::text("soon")), (0, 1));
        assert_eq!(read(DataType::Double, Cell::Double(f64::NAN)), (0, 1));
        assert!(Timeline::of_column("t", &[Column { name: "t".into(), data_type: DataType::Boolean, nullable: true }]).is_err());
    }
}
