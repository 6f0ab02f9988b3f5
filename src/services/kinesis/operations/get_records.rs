//! GetRecords.

use super::super::iterator::ShardIterator;
use super::super::sequence_number::{Printer, SequenceNumber};
use super::super::stream::Snapshot;
use super::super::tail::read_unexpired;
use super::super::{Kinesis, KinesisError, Shard, error, shard_id};
use crate::api::kinesis::{ChildShard, EncryptionType, GetRecordsInput, GetRecordsOutput, Record};
use crate::api::{Caller, Fault, Timestamp};
use crate::store::{self, Ordinal, ReadLimit};

/// The most of one answer (model; the guide for the bytes).
const MOST_RECORDS: usize = 10_000;
const MOST_BYTES: usize = 10 << 20;

pub(super) async fn get_records(kinesis: Kinesis, _caller: Caller, input: GetRecordsInput) -> Result<GetRecordsOutput, Fault> {
    let now_ms = kinesis.0.clock.now_ms();
    let iterator = ShardIterator::decode(&input.shard_iterator, now_ms)?;
    let gone = || iterator.stream.shard_does_not_exist(&shard_id(iterator.shard));
    let stream = kinesis.0.streams.get(&iterator.stream.scope, &iterator.stream.name).ok_or_else(gone)?;
    if input.stream_arn.as_ref().is_some_and(|arn| *arn != stream.arn) {
        return Err(error::invalid_iterator().into());
    }
    let snapshot = stream.snapshot();
    let shard = snapshot.document.shard(iterator.shard).filter(|shard| shard.log == iterator.log).ok_or_else(gone)?;
    if !stream.throughput.admit_read(&kinesis.0.limits, shard.index, now_ms) {
        stream.meters.read_throttled.add(1);
        return Err(stream.key.shard_throttled(shard.index).into());
    }
    let limit = ReadLimit {
        records: input.limit.and_then(|n| usize::try_from(n).ok()).unwrap_or(MOST_RECORDS).min(MOST_RECORDS),
        bytes: MOST_BYTES,
    };
    let horizon_ms = now_ms - snapshot.document.retention_ms();
    let (records, next) =
        read_unexpired(&kinesis.0.store, shard.log, iterator.next, limit, horizon_ms).await.map_err(KinesisError::from)?;
    let bytes = records.iter().map(store::Record::size).sum();
    stream.throughput.count_read(&kinesis.0.limits, shard.index, bytes, now_ms);
    stream.meters.outgoing.add(records.len(), bytes);
    let child_shards = kinesis.children_if_over(&stream.snapshot(), shard, next)?;
    let behind =
        records.last().filter(|last| !kinesis.is_at_tip(shard, last.ordinal)).map_or(0, |last| (now_ms - last.arrival_ms).max(0));
    stream.meters.iterator_age_ms.set(behind);
    let next_iterator = ShardIterator { next, ..iterator.clone() };
    Ok(GetRecordsOutput {
        millis_behind_latest: Some(behind),
        next_shard_iterator: child_shards.is_none().then(|| next_iterator.encode(now_ms)),
        child_shards,
        records: shape(records, shard, snapshot.document.record_encryption()),
    })
}

impl Kinesis {
    pub(in super::super) fn is_at_tip(&self, shard: &Shard, last: Ordinal) -> bool {
        self.0.store.last_ordinal(shard.log).is_ok_and(|tip| last >= tip)
    }

    /// The children of a closed shard once all its records before `next` are all it has.
    ///
    /// The log is sealed in the same transaction as the children appear, but shown first: until the snapshot has them, the shard goes on.
    pub(in super::super) fn children_if_over(
        &self,
        snapshot: &Snapshot,
        shard: &Shard,
        next: Ordinal,
    ) -> Result<Option<Vec<ChildShard>>, KinesisError> {
        let state = self.0.store.log_state(shard.log)?;
        let closed = snapshot.document.shard(shard.index).is_some_and(|shard| !shard.is_open());
        if !(closed && state.sealed && next >= state.next_ordinal) {
            return Ok(None);
        }
        let children: Vec<ChildShard> = snapshot.document.children(shard.index).map(Shard::to_child).collect();
        Ok((!children.is_empty()).then_some(children))
    }
}

/// Records as answers carry them.
pub(in super::super) fn shape(
    records: Vec<store::Record>,
    shard: &Shard,
    encryption_type: Option<EncryptionType>,
) -> Vec<Record> {
    let mut printer: Option<(i64, Printer)> = None;
    let mut shaped = Vec::with_capacity(records.len());
    for record in records {
        // Numbers of one second are printed one from the other.
        let second = record.arrival_ms / 1000;
        let (_, printer) = match &mut printer {
            Some(of_second) if of_second.0 == second => of_second,
            stale => {
                let first = SequenceNumber::of_record(shard.index, shard.created_s, record.ordinal, record.arrival_ms);
                stale.insert((second, Printer::new(first)))
            }
        };
        shaped.push(Record {
            approximate_arrival_timestamp: Some(Timestamp(record.arrival_ms)),
            partition_key: record.partition_key().to_owned(),
            data: record.data,
            encryption_type,
            sequence_number: printer.next_text(),
        });
    }
    shaped
}
