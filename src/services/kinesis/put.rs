//! From records to shards: the path that PutRecord, PutRecords and the other services' writes share.

use super::Kinesis;
use super::error::{self, KinesisError};
use super::hash_key::HashKey;
use super::sequence_number::{Printer, SequenceNumber};
use super::stream::{Snapshot, Stream};
use super::throughput::Throughput;
use crate::api::kinesis::PutRecordsRequestEntry;
use crate::store::{Append, Placement, Refusal, StoreError};
use std::sync::Arc;

/// MiB of all records of one call together, data and keys (model).
const MAX_CALL_MIB: usize = 10;

/// What became of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is stored.
    Stored { shard: String, sequence_number: String },
    /// The shard takes no more in this second.
    Throttled { shard: u32 },
    /// The store did not take it, on a full disk for instance.
    Failed(StoreError),
}

/// Names the place of a record in the request, for refusals: its index, from 0.
pub(super) type PlaceOf = fn(usize) -> String;

impl Kinesis {
    /// Stores `records`, each in the open shard of its hash key; one outcome a record, in their order.
    ///
    /// A shard may be split or merged while the call is under way; its log then refuses the records and they go to its children.
    pub(super) async fn put(
        &self,
        stream: &Stream,
        records: &[PutRecordsRequestEntry],
        place_of: PlaceOf,
    ) -> Result<Vec<Outcome>, KinesisError> {
        let mut snapshot = stream.for_data()?;
        check_sizes(records, snapshot.document.max_record_kib as usize * 1024, place_of)?;
        let keys = records.iter().map(hash_key).collect::<Result<Vec<_>, _>>()?;
        let mut outcomes = vec![None; records.len()];
        let mut left: Vec<usize> = (0..records.len()).collect();
        loop {
            let batch = self.pack(stream, &snapshot, left.iter().map(|at| (&records[*at], keys[*at])))?;
            match self.append(stream, batch).await {
                Ok(appended) => left.iter().zip(appended).for_each(|(at, outcome)| outcomes[*at] = outcome),
                // Not a failure of the whole call: records of an earlier round may be stored.
                Err(KinesisError::Store(error)) => {
                    left.iter().for_each(|at| outcomes[*at] = Some(Outcome::Failed(error.clone())))
                }
                Err(error) => return Err(error),
            }
            left.retain(|at| outcomes[*at].is_none());
            if left.is_empty() {
                let outcomes: Vec<Outcome> = outcomes.into_iter().flatten().collect();
                count(stream, records, &outcomes);
                return Ok(outcomes);
            }
            snapshot = newer(stream, &snapshot).await?;
        }
    }

    /// Packs records into one append a shard.
    fn pack<'r>(
        &self,
        stream: &Stream,
        snapshot: &Snapshot,
        records: impl ExactSizeIterator<Item = (&'r PutRecordsRequestEntry, HashKey)> + Clone,
    ) -> Result<Batch, KinesisError> {
        let now_ms = self.0.clock.now_ms();
        let limited = Throughput::limits_writes(&self.0.limits);
        let mut batch = Batch { shards: Vec::new(), appends: Vec::new(), places: Vec::with_capacity(records.len()) };
        let mut append_of = vec![None; snapshot.open.len()];
        let bytes: usize = records.clone().map(|(record, _)| size(record)).sum();
        let room = bytes / snapshot.open.len().max(1) + 8 * records.len();
        for (record, key) in records {
            let slot = snapshot.routing.route(key).ok_or_else(|| stream.key.not_found())?;
            let shard = &snapshot.document.shards[snapshot.open[slot]];
            if limited && !stream.throughput.admit_write(&self.0.limits, shard.index, size(record), now_ms) {
                batch.places.push(Place::Throttled { shard: shard.index });
                continue;
            }
            let append = *append_of[slot].get_or_insert_with(|| {
                batch.shards.push(Target { index: shard.index, id: shard.id(), created_s: shard.created_s });
                batch.appends.push(Append::with_capacity(shard.log, now_ms, room));
                batch.appends.len() - 1
            });
            batch.appends[append].push(&record.partition_key, &record.data);
            batch.places.push(Place::In { append });
        }
        Ok(batch)
    }

    /// Appends a batch; `None` for records whose shard has been closed.
    async fn append(&self, stream: &Stream, batch: Batch) -> Result<Vec<Option<Outcome>>, KinesisError> {
        let Batch { shards, appends, places } = batch;
        let appended = self.0.store.append(appends).await?;
        let mut printers = Vec::with_capacity(appended.len());
        for (target, appended) in shards.iter().zip(appended) {
            printers.push(match appended {
                Ok(Placement { first, arrival_ms }) => {
                    Some(Printer::new(SequenceNumber::of_record(target.index, target.created_s, first, arrival_ms)))
                }
                Err(Refusal::Sealed) => None,
                Err(Refusal::NoSuchLog) => return Err(stream.key.not_found()),
                Err(Refusal::Full) => return Err(KinesisError::Store(StoreError::Database(format!("{} is full", target.id)))),
            });
        }
        let outcome = |place| match place {
            Place::Throttled { shard } => Some(Outcome::Throttled { shard }),
            Place::In { append } => printers[append].as_mut().map(|printer: &mut Printer| Outcome::Stored {
                shard: shards[append].id.clone(),
                sequence_number: printer.next_text(),
            }),
        };
        Ok(places.into_iter().map(outcome).collect())
    }
}

/// Records on their way to the store.
struct Batch {
    /// The shard of each append.
    shards: Vec<Target>,
    appends: Vec<Append>,
    /// Where each record went.
    places: Vec<Place>,
}

/// What is needed of a shard to answer.
struct Target {
    index: u32,
    id: String,
    created_s: u64,
}

enum Place {
    In { append: usize },
    Throttled { shard: u32 },
}

/// Data and partition key, which is what counts as a record's size.
fn size(record: &PutRecordsRequestEntry) -> usize {
    record.data.len() + record.partition_key.len()
}

fn count(stream: &Stream, records: &[PutRecordsRequestEntry], outcomes: &[Outcome]) {
    let (mut stored, mut bytes, mut throttled) = (0, 0, 0);
    for (record, outcome) in records.iter().zip(outcomes) {
        match outcome {
            Outcome::Stored { .. } => {
                stored += 1;
                bytes += size(record);
            }
            Outcome::Throttled { .. } => throttled += 1,
            Outcome::Failed(_) => {}
        }
    }
    stream.meters.incoming.add(stored, bytes);
    stream.meters.write_throttled.add(throttled);
}

fn check_sizes(records: &[PutRecordsRequestEntry], most_bytes: usize, place_of: PlaceOf) -> Result<(), KinesisError> {
    if let Some(at) = records.iter().position(|record| size(record) > most_bytes) {
        return Err(error::record_too_large(&place_of(at), most_bytes));
    }
    if records.iter().map(size).sum::<usize>() > MAX_CALL_MIB << 20 {
        return Err(error::records_too_large(MAX_CALL_MIB));
    }
    Ok(())
}

fn hash_key(record: &PutRecordsRequestEntry) -> Result<HashKey, KinesisError> {
    match &record.explicit_hash_key {
        None => Ok(HashKey::of(&record.partition_key)),
        Some(given) => HashKey::parse(given).ok_or_else(|| error::bad_hash_key(given)),
    }
}

/// The first snapshot after `seen`: the one with the children of the shard that refused.
async fn newer(stream: &Stream, seen: &Snapshot) -> Result<Arc<Snapshot>, KinesisError> {
    let revision = seen.document.revision;
    let mut watch = stream.watch();
    // The sender lives in the stream, so waiting cannot end in an error.
    let _ = watch.wait_for(|now| now.deleted || now.document.revision > revision).await;
    stream.for_data()
}
