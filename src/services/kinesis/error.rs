//! What the operations refuse, each text in one place.
//!
//! Texts without a source named come from kinesalite `actions/*.js`, which recorded them from the service.

use super::hash_key::HashKeyRange;
use super::shard::shard_id;
use super::stream::{Status, StreamKey};
use crate::api::Fault;
use crate::api::kinesis::fault;
use crate::base::clock::Millis;
use crate::store::StoreError;

/// A refusal or failure of an operation; the text is for the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KinesisError {
    /// ResourceNotFoundException.
    #[error("{0}")]
    NotFound(String),
    /// ResourceInUseException.
    #[error("{0}")]
    InUse(String),
    /// InvalidArgumentException.
    #[error("{0}")]
    InvalidArgument(String),
    /// LimitExceededException.
    #[error("{0}")]
    LimitExceeded(String),
    /// ProvisionedThroughputExceededException.
    #[error("{0}")]
    Throttled(String),
    /// ExpiredIteratorException.
    #[error("{0}")]
    ExpiredIterator(String),
    /// ExpiredNextTokenException.
    #[error("{0}")]
    ExpiredToken(String),
    /// ValidationException.
    #[error("{0}")]
    Validation(String),
    /// The store failed; the caller learns no more than InternalFailure.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<KinesisError> for Fault {
    fn from(error: KinesisError) -> Self {
        match error {
            KinesisError::NotFound(text) => fault::resource_not_found(text),
            KinesisError::InUse(text) => fault::resource_in_use(text),
            KinesisError::InvalidArgument(text) => fault::invalid_argument(text),
            KinesisError::LimitExceeded(text) => fault::limit_exceeded(text),
            KinesisError::Throttled(text) => fault::provisioned_throughput_exceeded(text),
            KinesisError::ExpiredIterator(text) => fault::expired_iterator(text),
            KinesisError::ExpiredToken(text) => fault::expired_next_token(text),
            KinesisError::Validation(text) => Fault::validation(text),
            // Not logged at each call: the store tells the log once.
            KinesisError::Store(error @ StoreError::DiskFull(_)) => Fault::new("InternalFailure", 500, internal_failure(&error)),
            KinesisError::Store(error) => Fault::internal(error.to_string()),
        }
    }
}

/// The text of a record that PutRecords could not store (the developer guide's example of a partly failed call), and the reason if the caller's
/// own machine can mend it.
pub(super) fn internal_failure(error: &StoreError) -> String {
    match error {
        StoreError::DiskFull(_) => "Internal service failure: the disk that holds the data is full. Nothing was stored.".into(),
        _ => "Internal service failure.".into(),
    }
}

/// Refusals that speak of a stream.
impl StreamKey {
    fn place(&self) -> String {
        format!("stream {} under account {}", self.name, self.scope.account())
    }

    pub(super) fn not_found(&self) -> KinesisError {
        KinesisError::NotFound(format!("Stream {} under account {} not found.", self.name, self.scope.account()))
    }

    pub(super) fn already_exists(&self) -> KinesisError {
        KinesisError::InUse(format!("Stream {} under account {} already exists.", self.name, self.scope.account()))
    }

    pub(super) fn consumer_exists(&self, consumer: &str) -> KinesisError {
        KinesisError::InUse(format!("Consumer {consumer} of {} already exists.", self.place()))
    }

    pub(super) fn too_many_consumers(&self, most: usize) -> KinesisError {
        KinesisError::LimitExceeded(format!("A stream can have at most {most} registered consumers: {}.", self.place()))
    }

    pub(super) fn consumer_not_active(&self, consumer: &str, status: &str) -> KinesisError {
        KinesisError::InUse(format!("Consumer {consumer} of {} not ACTIVE, instead in state {status}", self.place()))
    }

    pub(super) fn consumer_gone(&self, consumer: &str) -> KinesisError {
        KinesisError::NotFound(format!("Consumer {consumer} of {} not found.", self.place()))
    }

    /// Refuses a subscription, and ends one that another takes over.
    pub(super) fn another_subscription(&self, consumer: &str, shard: u32) -> KinesisError {
        let (account, name, shard) = (self.scope.account(), &self.name, shard_id(shard));
        KinesisError::InUse(format!("Another active subscription exists for this consumer: {account}:{name}:{consumer}:{shard}"))
    }

    pub(super) fn has_consumers(&self) -> KinesisError {
        let place = self.place();
        KinesisError::InUse(format!("Cannot delete {place}: it has registered consumers and EnforceConsumerDeletion is not set."))
    }

    pub(super) fn not_active(&self, status: Status) -> KinesisError {
        let (name, account) = (&self.name, self.scope.account());
        KinesisError::InUse(format!("Stream {name} under account {account} not ACTIVE, instead in state {status}"))
    }

    pub(super) fn no_such_shard(&self, shard: &str) -> KinesisError {
        KinesisError::NotFound(format!("Could not find shard {shard} in {}.", self.place()))
    }

    pub(super) fn shard_does_not_exist(&self, shard: &str) -> KinesisError {
        KinesisError::NotFound(format!("Shard {shard} in {} does not exist", self.place()))
    }

    /// The text of a refused record of PutRecords and of a refused GetRecords; KPL reads nothing from it, people do.
    pub(super) fn shard_throttled(&self, shard: u32) -> KinesisError {
        KinesisError::Throttled(format!("Rate exceeded for shard {} in {}.", shard_id(shard), self.place()))
    }

    pub(super) fn calls_throttled(&self) -> KinesisError {
        KinesisError::LimitExceeded(format!("Rate exceeded for {}.", self.place()))
    }

    pub(super) fn changed_too_often(&self, most: u64) -> KinesisError {
        KinesisError::LimitExceeded(format!("This change of {} can be made {most} times in 24 hours.", self.place()))
    }

    pub(super) fn bad_ordering_number(&self, number: &str) -> KinesisError {
        let place = self.place();
        KinesisError::InvalidArgument(format!("ExclusiveMinimumSequenceNumber {number} used in PutRecord on {place} is invalid."))
    }

    /// `call` is GetShardIterator or SubscribeToShard.
    pub(super) fn bad_starting_number(&self, call: &str, number: &str, shard: u32) -> KinesisError {
        KinesisError::InvalidArgument(format!("{} is invalid.", self.starting_number(call, number, shard)))
    }

    pub(super) fn foreign_starting_number(&self, call: &str, number: &str, shard: u32) -> KinesisError {
        let start = self.starting_number(call, number, shard);
        KinesisError::InvalidArgument(format!("{start} is invalid because it did not come from this stream."))
    }

    /// kinesis-mock pull request 1536: clients look for "maximum" here.
    pub(super) fn starting_number_at_end(&self, call: &str, number: &str, shard: u32) -> KinesisError {
        let start = self.starting_number(call, number, shard);
        KinesisError::InvalidArgument(format!(
            "{start} is invalid because the provided sequence number has reached the maximum possible value for the shard."
        ))
    }

    fn starting_number(&self, call: &str, number: &str, shard: u32) -> String {
        format!("StartingSequenceNumber {number} used in {call} on shard {} in {}", shard_id(shard), self.place())
    }

    pub(super) fn bad_split(&self, key: &str, shard: u32, range: &HashKeyRange) -> KinesisError {
        KinesisError::InvalidArgument(format!(
            "NewStartingHashKey {key} used in SplitShard() on shard {} in {} is not both greater than one plus the shard's StartingHashKey {} \
             and less than the shard's EndingHashKey {}.",
            shard_id(shard),
            self.place(),
            range.start,
            range.end
        ))
    }

    /// moto `kinesis/models.py`.
    pub(super) fn already_resharded(&self, shard: u32) -> KinesisError {
        let (shard, place) = (shard_id(shard), self.place());
        KinesisError::InvalidArgument(format!(
            "Shard {shard} in {place} has already been merged or split, and thus is not eligible for merging or splitting."
        ))
    }

    pub(super) fn not_adjacent(&self, first: u32, second: u32) -> KinesisError {
        let (first, second, place) = (shard_id(first), shard_id(second), self.place());
        KinesisError::InvalidArgument(format!(
            "Shards {first} and {second} in {place} are not an adjacent pair of shards eligible for merging"
        ))
    }

    pub(super) fn too_many_tags(&self, most: usize) -> KinesisError {
        let place = self.place();
        KinesisError::InvalidArgument(format!(
            "Failed to add tags to {place} because a given stream cannot have more than {most} tags associated with it."
        ))
    }

    /// moto `kinesis/exceptions.py`.
    pub(super) fn on_demand(&self) -> KinesisError {
        let (name, account) = (&self.name, self.scope.account());
        KinesisError::Validation(format!("Request is invalid. Stream {name} under account {account} is in On-Demand mode."))
    }

    pub(super) fn too_many_shards(&self, open: u64, limit: u64, more: u64) -> KinesisError {
        let (account, region) = (self.scope.account(), self.scope.region());
        KinesisError::LimitExceeded(format!(
            "This request would exceed the shard limit for the account {account} in {region}. Current shard count for the account: {open}. \
             Limit: {limit}. Number of additional shards that would have resulted from this request: {more}. Refer to the AWS Service Limits page \
             (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits."
        ))
    }
}

/// A shard id that encodes another shard than the call is about.
pub(super) fn number_of_other_shard(encoded: u32, asked: u32) -> KinesisError {
    let (encoded, asked) = (shard_id(encoded), shard_id(asked));
    KinesisError::InvalidArgument(format!(
        "Invalid StartingSequenceNumber. It encodes {encoded}, while it was used in a call to a shard with {asked}"
    ))
}

/// A shard iterator type and its parameters do not go together.
pub(super) fn bad_iterator_parameters(kind: &str, with_number: bool) -> KinesisError {
    let given = if with_number {
        format!("{kind} and also a StartingSequenceNumber.")
    } else {
        format!("{kind} and no StartingSequenceNumber.")
    };
    KinesisError::InvalidArgument(format!(
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no \
         StartingSequenceNumber. Request specified {given}"
    ))
}

/// AT_TIMESTAMP without a timestamp.
pub(super) fn no_timestamp() -> KinesisError {
    KinesisError::InvalidArgument(
        "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter."
            .into(),
    )
}

/// A timestamp that has not come yet.
pub(super) fn future_timestamp(timestamp_ms: Millis, now_ms: Millis) -> KinesisError {
    KinesisError::InvalidArgument(format!(
        "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: {timestamp_ms}, \
         currentTimestampInMillis: {now_ms}"
    ))
}

/// Not an iterator that this service gave.
pub(super) fn invalid_iterator() -> KinesisError {
    KinesisError::InvalidArgument("Invalid ShardIterator.".into())
}

/// An iterator that was not used in time.
pub(super) fn expired_iterator(created_ms: Millis, now_ms: Millis, life_ms: Millis) -> KinesisError {
    let (created, now) = (printed_time(created_ms), printed_time(now_ms));
    KinesisError::ExpiredIterator(format!(
        "Iterator expired. The iterator was created at time {created} while right now it is {now} which is further in the future than the \
         tolerated delay of {life_ms} milliseconds."
    ))
}

/// Not a token that this service gave, or one for another operation.
pub(super) fn invalid_token() -> KinesisError {
    KinesisError::InvalidArgument("NextToken is invalid.".into())
}

/// A token that was not used in time. No recording of the service's text is known; this follows the iterator's.
pub(super) fn expired_token(created_ms: Millis, now_ms: Millis, life_ms: Millis) -> KinesisError {
    let (created, now) = (printed_time(created_ms), printed_time(now_ms));
    KinesisError::ExpiredToken(format!(
        "NextToken expired. The token was created at time {created} while right now it is {now} which is further in the future than the \
         tolerated delay of {life_ms} milliseconds."
    ))
}

/// A token beside what it already carries.
pub(super) fn token_beside(parameter: &str) -> KinesisError {
    KinesisError::InvalidArgument(format!("NextToken and {parameter} cannot be provided together."))
}

/// A hash key of 2¹²⁸ or more.
pub(super) fn bad_hash_key(given: &str) -> KinesisError {
    KinesisError::InvalidArgument(format!(
        "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {given}"
    ))
}

/// A record larger than the stream allows; `place` is where it stands in the request. The form of moto `kinesis/exceptions.py`.
pub(super) fn record_too_large(place: &str, most_bytes: usize) -> KinesisError {
    KinesisError::Validation(format!(
        "1 validation error detected: Value at '{place}' failed to satisfy constraint: Member must have length less than or equal to {most_bytes}"
    ))
}

/// Records that are too large together.
pub(super) fn records_too_large(most_mib: usize) -> KinesisError {
    KinesisError::InvalidArgument(format!("Records size exceeds {most_mib} MB limit"))
}

/// Neither name nor ARN.
pub(super) fn no_stream_named() -> KinesisError {
    KinesisError::InvalidArgument("Either StreamARN or StreamName must be provided.".into())
}

/// Name and ARN of different streams.
pub(super) fn names_disagree(name: &str, arn: &str) -> KinesisError {
    KinesisError::InvalidArgument(format!("StreamName {name} and StreamARN {arn} do not name the same stream."))
}

/// An ARN that names no stream.
pub(super) fn not_a_stream_arn(arn: &str) -> KinesisError {
    KinesisError::InvalidArgument(format!("{arn} is not the ARN of a stream."))
}

/// `Thu Jan 22 01:22:02 UTC 2015`.
fn printed_time(ms: Millis) -> String {
    let zoned = jiff::Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
    zoned.strftime("%a %b %d %H:%M:%S UTC %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_printed_as_the_service_does() {
        assert_eq!(printed_time(1_421_889_722_000), "Thu Jan 22 01:22:02 UTC 2015");
    }
}
