//! What an application reads: the shards of a Kinesis stream, or what producers put to a delivery stream.

use crate::base::account::Scope;
use crate::base::arn::Arn;
use crate::base::clock::Millis;
use crate::services::analytics::application::Source;
use crate::services::analytics::{Analytics, Refusal};
use crate::services::firehose::{DeliveryStreamTail, PutTail, SourceTail};
use crate::services::kinesis::{KinesisError, StartingPosition, StreamBatch, StreamTail};
use crate::store::{LogId, Ordinal, ReadLimit, Record};

/// Follows the source.
pub(in super::super) enum Tail {
    /// A Kinesis stream.
    Stream(StreamTail),
    /// The Kinesis stream behind a delivery stream.
    Delivered(SourceTail),
    /// The records put to a delivery stream.
    Puts(PutTail),
}

/// Some records of it.
pub(in super::super) enum Batch {
    /// Of one shard.
    Stream(StreamBatch),
    /// Of a delivery stream.
    Puts(LogId, Vec<Record>),
}

impl From<DeliveryStreamTail> for Tail {
    fn from(tail: DeliveryStreamTail) -> Self {
        match tail {
            DeliveryStreamTail::Puts(tail) => Self::Puts(tail),
            DeliveryStreamTail::Stream(tail) => Self::Delivered(tail),
        }
    }
}

impl Analytics {
    /// Follows a source after `positions`, or from `start` where there are none.
    ///
    /// # Errors
    /// InvalidArgument when the source is not there or cannot be read; failures of the store.
    pub(in super::super) async fn follow(
        &self,
        scope: &Scope,
        source: &Source,
        positions: &[(LogId, Ordinal)],
        start: StartingPosition,
    ) -> Result<Tail, Refusal> {
        match source {
            Source::Stream(stream) => {
                let stream = self.0.parts.kinesis.stream(scope, &stream.arn).map_err(unreadable)?;
                Ok(Tail::Stream(stream.follow_after(positions, start).await.map_err(unreadable)?))
            }
            Source::DeliveryStream(stream) => {
                let unknown = || Refusal::Argument(format!("{} is not the ARN of a delivery stream", stream.arn));
                let arn = Arn::parse(&stream.arn).ok_or_else(unknown)?;
                let tail = self.0.parts.delivery_streams.follow(arn, positions.to_vec(), self.start_ms(start)).await;
                tail.map(Tail::from).map_err(|error| Refusal::Argument(error.to_string()))
            }
        }
    }

    fn start_ms(&self, start: StartingPosition) -> Millis {
        match start {
            StartingPosition::TrimHorizon => 0,
            StartingPosition::Latest => self.clock().now_ms(),
            StartingPosition::AtTimestamp(at_ms) => at_ms,
        }
    }
}

/// The refusal of a source.
pub(in super::super) fn unreadable(error: KinesisError) -> Refusal {
    match error {
        KinesisError::Store(error) => Refusal::from(error),
        other => Refusal::Argument(other.to_string()),
    }
}

impl Tail {
    /// The next records; waits for them. Cancel-safe.
    pub(in super::super) async fn next(&mut self, limit: ReadLimit) -> Result<Batch, KinesisError> {
        match self {
            Self::Stream(tail) => Ok(Batch::Stream(tail.next(limit).await?)),
            Self::Delivered(tail) => Ok(Batch::Stream(tail.next(limit).await?)),
            Self::Puts(tail) => Ok(Batch::Puts(tail.log(), tail.next(limit).await.map_err(KinesisError::Store)?)),
        }
    }

    /// Whether every record that there is was handed out.
    pub(super) fn is_at_tip(&self) -> bool {
        match self {
            Self::Stream(tail) => tail.is_at_tip(),
            Self::Delivered(tail) => tail.is_at_tip(),
            Self::Puts(tail) => tail.is_at_tip(),
        }
    }

    /// The last record handed out, by log.
    pub(super) fn positions(&self) -> Vec<(LogId, Ordinal)> {
        match self {
            Self::Stream(tail) => tail.positions(),
            Self::Delivered(tail) => tail.positions(),
            Self::Puts(tail) => vec![(tail.log(), tail.position())],
        }
    }
}

impl Batch {
    /// The records, in order.
    pub(in super::super) fn records(&self) -> &[Record] {
        match self {
            Self::Stream(batch) => &batch.records,
            Self::Puts(_, records) => records,
        }
    }

    /// The same, taken out.
    pub(in super::super) fn into_records(self) -> Vec<Record> {
        match self {
            Self::Stream(batch) => batch.records,
            Self::Puts(_, records) => records,
        }
    }

    /// The log under which the position is saved.
    pub(super) fn log(&self) -> LogId {
        match self {
            Self::Stream(batch) => batch.log,
            Self::Puts(log, _) => *log,
        }
    }

    /// Whether it ends a shard.
    pub(super) fn ended(&self) -> bool {
        matches!(self, Self::Stream(batch) if batch.ended)
    }

    /// The shard's id; a delivery stream has none.
    pub(super) fn shard_id(&self) -> &str {
        match self {
            Self::Stream(batch) => &batch.shard_id,
            Self::Puts(..) => "",
        }
    }

    /// The sequence number of one of the records; a delivery stream's have none that an application sees.
    pub(super) fn sequence_number(&self, record: &Record) -> String {
        match self {
            Self::Stream(batch) => batch.sequence_number(record).to_string(),
            Self::Puts(..) => String::new(),
        }
    }
}
