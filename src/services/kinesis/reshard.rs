//! Splitting and merging shards: in one transaction parents are sealed and closed and children appear.

use super::error::KinesisError;
use super::hash_key::{HashKey, HashKeyRange};
use super::shard::Shard;
use super::stream::{Change, StreamDocument};
use crate::base::clock::Millis;
use crate::store::{StoreError, Transaction};

/// A new stream's shards say they were created so long before it was, so that no record is older than its shard (kinesalite
/// `actions/createStream.js`).
const BACKDATE_S: u64 = 2;

/// Adds a new stream's shards.
pub(super) fn first_shards(document: &mut StreamDocument, tx: &mut Transaction<'_>, count: u32) -> Result<(), StoreError> {
    let (opened_ms, created_s) = (document.created_ms, seconds(document.created_ms).saturating_sub(BACKDATE_S));
    for range in HashKeyRange::even_split(count) {
        add_shard(document, tx, Opening { range, created_s, opened_ms, parents: Vec::new() })?;
    }
    Ok(())
}

/// Makes a change that was found possible.
pub(super) fn apply(
    document: &mut StreamDocument,
    tx: &mut Transaction<'_>,
    change: &Change,
    now_ms: Millis,
) -> Result<(), KinesisError> {
    match *change {
        Change::Settle | Change::Delete => Ok(()),
        Change::Split { shard, at } => split(document, tx, shard, at, now_ms),
        Change::Merge { shard, adjacent } => merge(document, tx, shard, adjacent, now_ms),
        Change::Scale { target } => scale(document, tx, target, now_ms),
    }
}

fn split(
    doc: &mut StreamDocument,
    tx: &mut Transaction<'_>,
    shard: u32,
    at: HashKey,
    now_ms: Millis,
) -> Result<(), KinesisError> {
    let created_s = close(doc, tx, shard, now_ms)?;
    let halves = doc.shard(shard).and_then(|shard| shard.range.cut(at));
    let (low, high) = halves.ok_or_else(|| lost(shard))?;
    for range in [low, high] {
        add_shard(doc, tx, Opening { range, created_s, opened_ms: now_ms, parents: vec![shard] })?;
    }
    Ok(())
}

fn merge(
    doc: &mut StreamDocument,
    tx: &mut Transaction<'_>,
    shard: u32,
    adjacent: u32,
    now_ms: Millis,
) -> Result<(), KinesisError> {
    let created_s = close(doc, tx, shard, now_ms)?.max(close(doc, tx, adjacent, now_ms)?);
    let ranges = doc.shard(shard).zip(doc.shard(adjacent));
    let range = ranges.and_then(|(a, b)| a.range.merge(&b.range)).ok_or_else(|| lost(shard))?;
    add_shard(doc, tx, Opening { range, created_s, opened_ms: now_ms, parents: vec![shard, adjacent] })?;
    Ok(())
}

/// Makes `target` shards of even ranges out of the open ones: cuts them where new ranges begin, then merges what lies in one new range, so
/// that each shard has one parent or two. The service does likewise (moto `kinesis/models.py`): some shards are closed as soon as made.
fn scale(doc: &mut StreamDocument, tx: &mut Transaction<'_>, target: u32, now_ms: Millis) -> Result<(), KinesisError> {
    let wanted = HashKeyRange::even_split(target);
    for range in &wanted {
        let within = doc.open_shards().find(|shard| shard.range.contains(range.start) && shard.range.start != range.start);
        if let Some(shard) = within.map(|shard| shard.index) {
            split(doc, tx, shard, range.start, now_ms)?;
        }
    }
    for range in &wanted {
        let first_two = |doc: &StreamDocument| {
            let mut inside: Vec<_> = doc.open_shards().filter(|shard| range.contains(shard.range.start)).collect();
            inside.sort_by_key(|shard| shard.range.start);
            Some((inside.first()?.index, inside.get(1)?.index))
        };
        while let Some((shard, adjacent)) = first_two(doc) {
            merge(doc, tx, shard, adjacent, now_ms)?;
        }
    }
    Ok(())
}

/// Closes a shard; the creation time its children get, later than its own and than now, so that they sort after it.
fn close(document: &mut StreamDocument, tx: &mut Transaction<'_>, index: u32, now_ms: Millis) -> Result<u64, KinesisError> {
    let shard = document.shard_mut(index).ok_or_else(|| lost(index))?;
    tx.seal_log(shard.log)?;
    shard.closed_ms = Some(now_ms);
    Ok(seconds(now_ms).max(shard.created_s) + 1)
}

struct Opening {
    range: HashKeyRange,
    created_s: u64,
    opened_ms: Millis,
    parents: Vec<u32>,
}

fn add_shard(document: &mut StreamDocument, tx: &mut Transaction<'_>, opening: Opening) -> Result<(), StoreError> {
    let Opening { range, created_s, opened_ms, parents } = opening;
    let (index, log) = (document.next_shard, tx.create_log()?);
    document.next_shard += 1;
    document.shards.push(Shard { index, log, range, created_s, opened_ms, parents, closed_ms: None });
    Ok(())
}

/// Changes are checked before they are written down, and an UPDATING stream takes no others.
fn lost(shard: u32) -> KinesisError {
    KinesisError::Store(StoreError::Document(format!("says to reshard shard {shard}, which is not there")))
}

fn seconds(ms: Millis) -> u64 {
    u64::try_from(ms / 1000).unwrap_or_default()
}
