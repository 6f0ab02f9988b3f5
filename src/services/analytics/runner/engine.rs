//! The synchronous heart of a runner: records in, rows through the program, records for the outputs out. It knows no other service.

use super::source::Batch;
use crate::base::clock::Millis;
use crate::services::analytics::application::{Application, Output};
use crate::services::analytics::code::SystemColumn;
use crate::services::analytics::mapping::{Decoder, Rejected, Sink};
use crate::services::analytics::metrics::ApplicationMeters;
use crate::services::analytics::output::format::RowFormatter;
use crate::services::analytics::taps::Taps;
use crate::services::analytics::{Refusal, error_stream};
use crate::sql::plan::{Plan, Stream, StreamIndex};
use crate::sql::program::Program;
use crate::sql::types::{Block, Cell, Column};
use crate::store::Record;
use bytes::Bytes;
use std::sync::Arc;

/// Records for the outputs, in the outputs' order.
pub(super) type Produced = Vec<Vec<Bytes>>;

/// An application's program with what stands before and behind it.
pub(super) struct Engine {
    program: Program,
    decoder: Option<Decoder>,
    /// The in-application streams of the input; shards are spread over them.
    inputs: Vec<InputStream>,
    /// What is read from the program after each step.
    streams: Vec<Drained>,
    errors: Block,
    rejected: Vec<Rejected>,
    /// How many outputs there are.
    outputs: usize,
    taps: Arc<Taps>,
    meters: Arc<ApplicationMeters>,
    /// The latest ROWTIME given to a row.
    rowtime: Millis,
}

struct InputStream {
    index: StreamIndex,
    system: Vec<SystemColumn>,
    block: Block,
}

/// A stream whose rows are looked at and perhaps delivered.
struct Drained {
    name: String,
    /// `None` is error_stream.
    index: Option<StreamIndex>,
    /// The outputs that take its rows, with what writes them.
    outputs: Vec<(usize, RowFormatter)>,
}

/// All streams of a plan: a program for an [`Engine`] needs to be tapped at these.
pub(super) fn taps(plan: &Plan) -> Vec<StreamIndex> {
    (0..plan.streams.len()).collect()
}

fn declared(stream: &Stream) -> &[Column] {
    &stream.columns[..stream.declared.min(stream.columns.len())]
}

impl Engine {
    /// Puts an application's decoder and formatters around its program. No ROWTIME will be smaller than `rowtime`.
    pub(super) fn new(
        application: &Application,
        program: Program,
        taps: Arc<Taps>,
        meters: Arc<ApplicationMeters>,
        rowtime: Millis,
    ) -> Result<Self, Refusal> {
        let plan = program.plan();
        let mut streams: Vec<Drained> = plan
            .streams
            .iter()
            .enumerate()
            .map(|(index, stream)| Drained {
                name: stream.name.clone(),
                index: Some(index),
                outputs: formatters(&application.outputs, &stream.name, declared(stream)),
            })
            .collect();
        let outputs = formatters(&application.outputs, error_stream::NAME, &error_stream::columns());
        streams.push(Drained { name: error_stream::NAME.into(), index: None, outputs });
        let looked_at = plan.streams.iter().map(|stream| (stream.name.clone(), declared(stream).to_vec()));
        taps.reset(looked_at.chain(std::iter::once((error_stream::NAME.to_owned(), error_stream::columns()))));
        let input = application.inputs.first();
        let decoder = input.map(|input| Decoder::compile(&input.schema)).transpose();
        let decoder = decoder.map_err(|error| Refusal::Configuration(format!("InputSchema: {error}")))?;
        let names = input.map(|input| input.stream_names()).unwrap_or_default();
        let inputs = names.iter().filter_map(|name| InputStream::of(plan, name)).collect();
        let errors = Block::new(error_stream::columns().len());
        Ok(Self {
            decoder,
            inputs,
            streams,
            errors,
            rejected: Vec::new(),
            outputs: application.outputs.len(),
            taps,
            meters,
            rowtime,
            program,
        })
    }

    /// Inserts the records of a batch as rows with ROWTIME `now_ms` and takes what comes out.
    pub(super) fn process(&mut self, batch: &Batch, now_ms: Millis) -> Produced {
        self.rowtime = self.rowtime.max(now_ms);
        let shard = shard_number(batch.shard_id());
        let count = self.inputs.len().max(1);
        if let (Some(decoder), Some(input)) = (&mut self.decoder, self.inputs.get_mut(shard % count)) {
            let mut system = Vec::with_capacity(input.system.len());
            let mut bytes = 0;
            for record in batch.records() {
                bytes += record.data.len();
                system.clear();
                system.extend(input.system.iter().map(|column| system_cell(*column, batch, record)));
                let (block, rejected) = (&mut input.block, &mut self.rejected);
                decoder.decode(&record.data, &mut Sink { rowtime: self.rowtime, system: &system, block, rejected });
            }
            self.meters.input.add(batch.records().len(), bytes);
            self.program.push(input.index, &input.block, now_ms);
            input.block.clear();
        }
        self.advance(now_ms)
    }

    /// Lets time pass, which closes windows, and takes what comes out.
    pub(super) fn advance(&mut self, now_ms: Millis) -> Produced {
        self.rowtime = self.rowtime.max(now_ms);
        self.program.advance(self.rowtime);
        self.collect_errors(now_ms);
        self.meters.error_rows.add(self.errors.len() as u64);
        let mut produced = Collector::new(self.outputs);
        for stream in &mut self.streams {
            let Some(index) = stream.index else {
                self.taps.push(&stream.name, &self.errors);
                produced.take(stream, &self.errors);
                continue;
            };
            let block = self.program.drain(index);
            self.taps.push(&stream.name, &block);
            produced.take(stream, &block);
            self.program.recycle(index, block);
        }
        self.errors.clear();
        produced.finish()
    }

    fn collect_errors(&mut self, now_ms: Millis) {
        for rejected in self.rejected.drain(..) {
            error_stream::push_rejected(&mut self.errors, now_ms, &rejected);
        }
        for row in self.program.drain_errors() {
            error_stream::push_failed(&mut self.errors, now_ms, &row);
        }
    }

    /// The latest ROWTIME given to a row.
    pub(super) fn rowtime(&self) -> Millis {
        self.rowtime
    }

    /// All that the program remembers.
    pub(super) fn snapshot(&self) -> Vec<u8> {
        self.program.snapshot()
    }
}

impl InputStream {
    fn of(plan: &Plan, name: &str) -> Option<Self> {
        let index = plan.streams.iter().position(|stream| stream.input && stream.name == name)?;
        let stream = &plan.streams[index];
        let system = stream.columns[stream.declared..].iter().filter_map(|column| SystemColumn::parse(&column.name)).collect();
        Some(Self { index, system, block: Block::new(stream.columns.len()) })
    }
}

fn formatters(outputs: &[Output], stream: &str, columns: &[Column]) -> Vec<(usize, RowFormatter)> {
    let of_stream = outputs.iter().enumerate().filter(|(_, output)| output.name == stream);
    of_stream.map(|(at, output)| (at, RowFormatter::new(output.format, columns))).collect()
}

/// `shardId-000000000007` → 7.
fn shard_number(shard_id: &str) -> usize {
    shard_id.rsplit('-').next().and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

fn system_cell(column: SystemColumn, batch: &Batch, record: &Record) -> Cell {
    match column {
        SystemColumn::ApproximateArrivalTime => Cell::Int(record.arrival_ms),
        SystemColumn::PartitionKey => Cell::text(record.partition_key()),
        SystemColumn::SequenceNumber => Cell::text(&batch.sequence_number(record)),
        SystemColumn::ShardId => Cell::text(batch.shard_id()),
    }
}

/// Writes rows behind each other in one allocation an output, of which the records are slices.
struct Collector(Vec<(Vec<u8>, Vec<usize>)>);

impl Collector {
    fn new(outputs: usize) -> Self {
        Self(vec![(Vec::new(), Vec::new()); outputs])
    }

    fn take(&mut self, stream: &mut Drained, block: &Block) {
        for (output, formatter) in &mut stream.outputs {
            let (text, ends) = &mut self.0[*output];
            for (_, cells) in block.rows() {
                formatter.write(cells, text);
                ends.push(text.len());
            }
        }
    }

    fn finish(self) -> Produced {
        let records = |(text, ends): (Vec<u8>, Vec<usize>)| {
            let text = Bytes::from(text);
            let mut start = 0;
            ends.into_iter().map(|end| text.slice(std::mem::replace(&mut start, end)..end)).collect()
        };
        self.0.into_iter().map(records).collect()
    }
}
