//! Hash keys: where in the space 0 … 2¹²⁸ − 1 a record falls, and how that space is divided among shards.

use md5::{Digest, Md5};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A point of the hash key space; printed in decimal without leading zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HashKey(pub u128);

impl HashKey {
    /// The largest hash key.
    pub const MAX: Self = Self(u128::MAX);

    /// The hash key of a partition key: the MD5 of its UTF-8 bytes as a big-endian number.
    pub fn of(partition_key: &str) -> Self {
        Self(u128::from_be_bytes(Md5::digest(partition_key.as_bytes()).into()))
    }

    /// Reads a decimal number; `None` when it is none or is 2¹²⁸ or more.
    pub fn parse(text: &str) -> Option<Self> {
        text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok().map(Self))?
    }
}

impl fmt::Display for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

// As text, because JSON numbers of this size do not survive every reader.
impl Serialize for HashKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for HashKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a hash key"))
    }
}

/// A range of hash keys, both ends included, never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HashKeyRange {
    /// The first key.
    pub start: HashKey,
    /// The last key.
    pub end: HashKey,
}

impl HashKeyRange {
    /// The whole space in `count` parts of floor(2¹²⁸ / count) keys, the last of which takes the rest.
    pub fn even_split(count: u32) -> Vec<Self> {
        let count = u128::from(count.max(1));
        // floor(2¹²⁸ / n) without 2¹²⁸, which does not fit: the remainder of MAX tells whether one more fits.
        let size = if count == 1 { 0 } else { u128::MAX / count + u128::from(u128::MAX % count == count - 1) };
        let end = |n: u128| if n + 1 == count { HashKey::MAX } else { HashKey(size * (n + 1) - 1) };
        (0..count).map(|n| Self { start: HashKey(size * n), end: end(n) }).collect()
    }

    /// Whether `key` lies in the range.
    pub fn contains(&self, key: HashKey) -> bool {
        self.start <= key && key <= self.end
    }

    /// The two parts when the second one starts at `at`; `None` if that is not greater than the first key plus one and less than the last
    /// one, the rule of SplitShard (kinesalite `actions/splitShard.js`).
    pub fn split(&self, at: HashKey) -> Option<(Self, Self)> {
        let first_allowed = self.start.0.checked_add(2)?;
        if at.0 >= first_allowed && at < self.end { self.cut(at) } else { None }
    }

    /// The two parts when the second one starts at `at`, however small they are; `None` if `at` is not inside.
    pub(super) fn cut(&self, at: HashKey) -> Option<(Self, Self)> {
        let end = HashKey(at.0.checked_sub(1)?);
        (self.start < at && at <= self.end).then_some((Self { start: self.start, end }, Self { start: at, end: self.end }))
    }

    /// This range and `other` as one, if they touch in either order.
    pub fn merge(&self, other: &Self) -> Option<Self> {
        let touches = |low: &Self, high: &Self| low.end.0.checked_add(1) == Some(high.start.0);
        if touches(self, other) {
            Some(Self { start: self.start, end: other.end })
        } else if touches(other, self) {
            Some(Self { start: other.start, end: self.end })
        } else {
            None
        }
    }
}

/// Finds the open shard of a hash key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routing {
    /// The last key of each range and what takes it, in order; the ranges follow each other without gaps.
    ends: Vec<(HashKey, usize)>,
}

impl Routing {
    /// The routing over ranges that cover the whole space, each with a number of the caller's.
    pub fn new(ranges: impl IntoIterator<Item = (HashKeyRange, usize)>) -> Self {
        let mut ends: Vec<_> = ranges.into_iter().map(|(range, shard)| (range.end, shard)).collect();
        ends.sort_unstable();
        Self { ends }
    }

    /// The number given to the range of `key`.
    pub fn route(&self, key: HashKey) -> Option<usize> {
        let at = self.ends.partition_point(|(end, _)| *end < key);
        self.ends.get(at).map(|(_, shard)| *shard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn partition_keys_hash_as_on_aws() {
        // MD5("a") = 0cc175b9c0f1b6a831c399e269772661.
        assert_eq!(HashKey::of("a"), HashKey(0x0cc1_75b9_c0f1_b6a8_31c3_99e2_6977_2661));
        assert_eq!(HashKey::of("a").to_string(), "16955237001963240173058271559858726497");
        // Of the bytes c3 a9, not of a character.
        assert_eq!(format!("{:x}", HashKey::of("é").0), "66ddcd97cfdeabb2f6fb8a999b4bc76f");
    }

    #[test]
    fn decimal_text_is_read_up_to_the_last_key() {
        assert_eq!(HashKey::parse("340282366920938463463374607431768211455"), Some(HashKey::MAX));
        for text in ["340282366920938463463374607431768211456", "", "+1", "-1", "1.0", "0x1"] {
            assert_eq!(HashKey::parse(text), None, "{text}");
        }
    }

    #[test]
    fn even_splits_are_those_of_aws() {
        let ends = |count| HashKeyRange::even_split(count).iter().map(|range| range.end.to_string()).collect::<Vec<_>>();
        assert_eq!(ends(1), ["340282366920938463463374607431768211455"]);
        assert_eq!(ends(2), ["170141183460469231731687303715884105727", "340282366920938463463374607431768211455"]);
        assert_eq!(
            ends(3),
            [
                "113427455640312821154458202477256070484",
                "226854911280625642308916404954512140969",
                "340282366920938463463374607431768211455"
            ]
        );
    }

    #[test]
    fn a_split_must_leave_two_keys_below_and_one_above() {
        let range = HashKeyRange { start: HashKey(10), end: HashKey(20) };
        for (at, allowed) in [(10, false), (11, false), (12, true), (19, true), (20, false), (21, false)] {
            assert_eq!(range.split(HashKey(at)).is_some(), allowed, "{at}");
        }
    }

    proptest! {
        #[test]
        fn ranges_cover_the_space_once_after_any_splits_and_merges(count in 1_u32..40, steps in prop::collection::vec((any::<u128>(), any::<bool>()), 0..60)) {
            let mut ranges = HashKeyRange::even_split(count);
            for (number, split) in steps {
                let at = (number % ranges.len() as u128) as usize;
                if split {
                    let range = ranges[at];
                    let width = range.end.0 - range.start.0;
                    if let Some((low, high)) = range.split(HashKey(range.start.0 + number % width.max(1))) {
                        ranges.splice(at..=at, [low, high]);
                    }
                } else if at + 1 < ranges.len() {
                    // Either order is the same merge.
                    let merged = ranges[at].merge(&ranges[at + 1]).unwrap();
                    prop_assert_eq!(ranges[at + 1].merge(&ranges[at]), Some(merged));
                    ranges.splice(at..=at + 1, [merged]);
                }
            }
            prop_assert_eq!(ranges[0].start, HashKey(0));
            prop_assert_eq!(ranges.last().unwrap().end, HashKey::MAX);
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end.0 + 1 == pair[1].start.0 && pair[0].start <= pair[0].end));
            let routing = Routing::new(ranges.iter().copied().zip(0..));
            for (n, range) in ranges.iter().enumerate() {
                prop_assert_eq!(routing.route(range.start), Some(n));
                prop_assert_eq!(routing.route(range.end), Some(n));
                prop_assert!(range.contains(range.start) && range.contains(range.end));
            }
        }

        #[test]
        fn even_parts_differ_from_each_other_only_by_the_rest(count in 1_u32..5000) {
            let ranges = HashKeyRange::even_split(count);
            prop_assert_eq!(ranges.len(), count as usize);
            let size = |range: &HashKeyRange| range.end.0 - range.start.0;
            prop_assert!(ranges.iter().rev().skip(1).all(|range| size(range) == size(&ranges[0]) ));
            let last = size(ranges.last().unwrap());
            prop_assert!(last >= size(&ranges[0]) && last - size(&ranges[0]) < u128::from(count));
        }

        #[test]
        fn text_and_json_are_read_back(key in any::<u128>()) {
            prop_assert_eq!(HashKey::parse(&HashKey(key).to_string()), Some(HashKey(key)));
            let json = serde_json::to_vec(&HashKey(key)).unwrap();
            prop_assert_eq!(serde_json::from_slice::<HashKey>(&json).unwrap(), HashKey(key));
        }
    }
}
