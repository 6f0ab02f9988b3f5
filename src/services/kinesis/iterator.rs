//! Shard iterators: a position in a shard that a client keeps for five minutes.

use super::error::{KinesisError, expired_iterator, invalid_iterator};
use super::stream::StreamKey;
use super::token;
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::store::{LogId, Ordinal};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};

/// How long an iterator may be used.
pub(super) const LIFE_MS: Millis = 300_000;

/// A position in a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ShardIterator {
    /// The stream.
    pub stream: StreamKey,
    /// The shard's index.
    pub shard: u32,
    /// Its log, which tells it from a shard of an earlier stream of the same name.
    pub log: LogId,
    /// The next record to read.
    pub next: Ordinal,
}

/// What an iterator's text carries; short names keep it within 512 characters.
#[derive(Serialize, Deserialize)]
struct Fields<'a> {
    t: Millis,
    n: u64,
    a: std::borrow::Cow<'a, str>,
    r: std::borrow::Cow<'a, str>,
    s: std::borrow::Cow<'a, str>,
    i: u32,
    l: LogId,
    o: Ordinal,
}

/// Makes any two texts differ, also those of one position and millisecond, as the service's do.
static ISSUED: AtomicU64 = AtomicU64::new(0);

impl ShardIterator {
    /// The text for the client.
    pub(super) fn encode(&self, now_ms: Millis) -> String {
        let n = ISSUED.fetch_add(1, Ordering::Relaxed);
        let StreamKey { scope, name } = &self.stream;
        let (a, r, s) = (scope.account().into(), scope.region().into(), name.as_str().into());
        token::encode("iterator", &Fields { t: now_ms, n, a, r, s, i: self.shard, l: self.log, o: self.next })
    }

    /// Reads a client's text, in literal double quotes too, as the service does.
    ///
    /// # Errors
    /// InvalidArgument for what is no iterator, ExpiredIterator five minutes after it was made.
    pub(super) fn decode(text: &str, now_ms: Millis) -> Result<Self, KinesisError> {
        let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        let fields: Fields<'_> = token::decode("iterator", text).ok_or_else(invalid_iterator)?;
        if now_ms - fields.t > LIFE_MS {
            return Err(expired_iterator(fields.t, now_ms, LIFE_MS));
        }
        let stream = StreamKey { scope: Scope::new(&*fields.a, &*fields.r), name: fields.s.into_owned() };
        Ok(Self { stream, shard: fields.i, log: fields.l, next: fields.o })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iterator() -> ShardIterator {
        let stream = StreamKey { scope: Scope::new("123456789012", "ap-southeast-3"), name: "n".repeat(128) };
        let log = serde_json::from_str("8000000").unwrap();
        ShardIterator { stream, shard: u32::MAX, log, next: 1 << 39 }
    }

    #[test]
    fn it_is_read_back_for_five_minutes_and_fits_the_model() {
        let text = iterator().encode(1_700_000_000_000);
        assert!(text.len() <= 512, "{}", text.len());
        assert_eq!(ShardIterator::decode(&text, 1_700_000_300_000), Ok(iterator()));
        assert_eq!(ShardIterator::decode(&format!("\"{text}\""), 1_700_000_000_000), Ok(iterator()));
        let Err(KinesisError::ExpiredIterator(why)) = ShardIterator::decode(&text, 1_700_000_300_001) else { panic!() };
        assert!(
            why.contains("created at time Tue Nov 14 22:13:20 UTC 2023 while right now it is Tue Nov 14 22:18:20 UTC 2023"),
            "{why}"
        );
        assert_eq!(ShardIterator::decode("AAAA", 0), Err(invalid_iterator()));
    }

    #[test]
    fn two_of_one_position_differ() {
        assert_ne!(iterator().encode(5), iterator().encode(5));
    }
}
