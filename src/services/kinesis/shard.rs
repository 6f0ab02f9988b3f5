//! Shards: a range of hash keys, the log that holds its records, and where it came from.

use super::hash_key::HashKeyRange;
use super::sequence_number::SequenceNumber;
use crate::api::kinesis as api;
use crate::base::clock::Millis;
use crate::store::LogId;
use serde::{Deserialize, Serialize};

/// A shard as the catalog keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Its number in the stream; never used twice.
    pub index: u32,
    /// The log of its records.
    pub log: LogId,
    /// The hash keys it takes, or took while it was open.
    pub range: HashKeyRange,
    /// The creation time that stands in its sequence numbers, seconds since 1970. Children have a later one than their parents.
    pub created_s: u64,
    /// Since when it takes records.
    pub opened_ms: Millis,
    /// The shard it was split from, or the two it was merged from: parent, then adjacent parent.
    pub parents: Vec<u32>,
    /// When it was split or merged away.
    pub closed_ms: Option<Millis>,
}

impl Shard {
    /// `shardId-000000000000`.
    pub fn id(&self) -> String {
        shard_id(self.index)
    }

    /// Whether it takes records.
    pub fn is_open(&self) -> bool {
        self.closed_ms.is_none()
    }

    /// Whether it took records at `at_ms`.
    pub fn was_open_at(&self, at_ms: Millis) -> bool {
        self.opened_ms <= at_ms && self.closed_ms.is_none_or(|closed_ms| closed_ms > at_ms)
    }

    /// The shape of DescribeStream and ListShards.
    pub(super) fn to_api(&self) -> api::Shard {
        let end = self.closed_ms.map(|closed_ms| SequenceNumber::end_of_shard(self.index, self.created_s, closed_ms));
        api::Shard {
            shard_id: self.id(),
            parent_shard_id: self.parents.first().copied().map(shard_id),
            adjacent_parent_shard_id: self.parents.get(1).copied().map(shard_id),
            hash_key_range: range_to_api(&self.range),
            sequence_number_range: api::SequenceNumberRange {
                starting_sequence_number: SequenceNumber::start_of_shard(self.index, self.created_s).to_string(),
                ending_sequence_number: end.map(|end| end.to_string()),
            },
        }
    }

    /// The shape of the end of a parent.
    pub(super) fn to_child(&self) -> api::ChildShard {
        api::ChildShard {
            shard_id: self.id(),
            parent_shards: self.parents.iter().copied().map(shard_id).collect(),
            hash_key_range: range_to_api(&self.range),
        }
    }
}

fn range_to_api(range: &HashKeyRange) -> api::HashKeyRange {
    api::HashKeyRange { starting_hash_key: range.start.to_string(), ending_hash_key: range.end.to_string() }
}

/// The id of the shard with this index.
pub fn shard_id(index: u32) -> String {
    format!("shardId-{index:012}")
}

/// The index in a shard id; the part before the number may be missing or be anything, as on AWS (kinesalite `resolveShardId`).
pub(super) fn parse_shard_id(id: &str) -> Option<u32> {
    let number = id.split('-').nth(1).filter(|part| !part.is_empty()).unwrap_or(id);
    let index: u32 = number.bytes().all(|b| b.is_ascii_digit()).then(|| number.parse().ok())??;
    i32::try_from(index).is_ok().then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_printed_and_read() {
        assert_eq!(shard_id(7), "shardId-000000000007");
        for (id, index) in [
            ("shardId-000000000007", Some(7)),
            ("7", Some(7)),
            ("shard-7", Some(7)),
            ("shardId-x", None),
            ("shardId-2147483648", None),
            ("-", None),
        ] {
            assert_eq!(parse_shard_id(id), index, "{id}");
        }
    }
}
