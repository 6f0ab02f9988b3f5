//! One input: its bytes become rows with ROWTIME.

use super::CliError;
use super::job::{Job, Records};
use super::lines::Lines;
use super::source::{Bytes, Source};
use super::timeline::Timeline;
use crate::base::clock::{Clock, Millis};
use crate::services::analytics::mapping::{Decoder, Rejected, Sink};
use crate::sql::plan::{Plan, Stream, StreamIndex};
use crate::sql::types::{Block, Cell, Column, DataType};

/// What scripts may read beside the mapped columns; here it is the row's ROWTIME.
const ARRIVAL_TIME: &str = "APPROXIMATE_ARRIVAL_TIME";

/// An input stream and where its rows come from.
pub(super) struct Input {
    pub(super) lines: Lines<Bytes>,
    pub(super) rows: Rows,
    /// What errors call it.
    origin: String,
    /// How many bytes there are, where that is known.
    pub(super) length: Option<u64>,
    /// How many of them were read.
    pub(super) bytes: u64,
    /// Whether no more rows are to be had.
    pub(super) ended: bool,
}

/// Lines on their way into the program.
pub(super) struct Rows {
    decoder: Decoder,
    pub(super) timeline: Timeline,
    /// Rows after this time are not wanted.
    until: Millis,
    /// The stream's place in the plan.
    pub(super) stream: StreamIndex,
    /// The column that repeats ROWTIME, where the script reads it.
    arrival: Option<usize>,
    /// Whether the next line is one of names.
    header: bool,
    /// Rows of the lines decoded last.
    pub(super) block: Block,
    /// How many of them were given to the program.
    pub(super) given: usize,
    /// What was not inserted.
    pub(super) rejected: Vec<Rejected>,
}

/// The in-application stream of an input.
pub(super) fn stream(name: &str, decoder: &Decoder) -> Stream {
    let mut columns = decoder.columns().to_vec();
    let declared = columns.len();
    columns.push(Column { name: ARRIVAL_TIME.into(), data_type: DataType::Timestamp, nullable: true });
    Stream { name: name.to_owned(), columns, declared, input: true }
}

impl Input {
    /// Puts a decoder before a stream of the plan.
    pub(super) fn new(records: &Records, job: &Job, source: Source, decoder: Decoder, plan: &Plan) -> Result<Self, CliError> {
        let stream = plan.streams.iter().position(|stream| stream.input && stream.name == records.name);
        let stream = stream.ok_or_else(|| format!("{}: the script has no such input", records.name))?;
        let columns = &plan.streams[stream].columns;
        let timeline = match &records.rowtime {
            Some(column) => Timeline::of_column(column, decoder.columns())?,
            None if job.follow => Timeline::of_clock(Clock::real()),
            None => Timeline::of_arrival(job.arrival),
        };
        let lines = Lines::new(source.bytes, decoder.dialect().cloned());
        let rows = Rows {
            arrival: (columns.len() > decoder.columns().len()).then(|| decoder.columns().len()),
            block: Block::new(columns.len()),
            decoder,
            timeline,
            until: job.until.unwrap_or(Millis::MAX),
            stream,
            header: source.header,
            given: 0,
            rejected: Vec::new(),
        };
        let origin = records.origin.to_string();
        Ok(Self { lines, rows, origin, length: source.length, bytes: 0, ended: false })
    }

    /// Decodes the next lines, when all rows were given.
    pub(super) fn fill(&mut self) -> std::io::Result<()> {
        if self.ended || !self.rows.is_empty() {
            return Ok(());
        }
        match self.lines.next_block().map_err(|error| std::io::Error::new(error.kind(), format!("{}: {error}", self.origin)))? {
            Some(lines) => {
                self.bytes += lines.len() as u64;
                self.ended = !self.rows.decode(lines);
            }
            None => self.ended = true,
        }
        Ok(())
    }
}

impl Rows {
    /// Whether all rows were given.
    pub(super) fn is_empty(&self) -> bool {
        self.given == self.block.len()
    }

    /// The ROWTIME of the next row.
    pub(super) fn next(&self) -> Option<Millis> {
        (!self.is_empty()).then(|| self.block.rowtime(self.given))
    }

    /// Decodes lines in place of those before; false when their last rows are later than wanted, and so will be all that follow.
    pub(super) fn decode(&mut self, mut lines: &[u8]) -> bool {
        self.block.clear();
        self.given = 0;
        if std::mem::take(&mut self.header) {
            lines = &lines[self.decoder.first_row(lines)..];
        }
        let system: &[Cell] = if self.arrival.is_some() { &[Cell::Null] } else { &[] };
        let mut sink = Sink { rowtime: 0, system, block: &mut self.block, rejected: &mut self.rejected };
        self.decoder.decode_lines(lines, &mut sink);
        self.timeline.stamp(&mut self.block);
        if let Some(column) = self.arrival {
            for row in 0..self.block.len() {
                let rowtime = self.block.rowtime(row);
                self.block.cells_mut(row)[column] = Cell::Int(rowtime);
            }
        }
        if self.timeline.now <= self.until {
            return true;
        }
        let wanted = (0..self.block.len()).take_while(|row| self.block.rowtime(*row) <= self.until).count();
        self.block.truncate(wanted);
        false
    }
}
