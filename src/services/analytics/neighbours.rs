//! What applications use of other services besides Kinesis: delivery streams, objects in S3, CloudWatch log streams. `app` joins them.

use crate::api::BoxFuture;
use crate::base::arn::Arn;
use crate::base::clock::Millis;
use crate::services::firehose::{DeliveryStreamTail, Firehose, Refused, TailError};
use crate::services::logs::Logs;
use crate::services::s3::{S3, S3Error};
use crate::store::{LogId, Ordinal};
use bytes::Bytes;
use thiserror::Error;

/// Why a neighbour did not do what it was asked.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NeighbourError {
    /// The resource is not there.
    #[error("{0}")]
    NotFound(String),
    /// Anything else; worth another try.
    #[error("{0}")]
    Failed(String),
}

/// Firehose, as a destination and as a source.
pub trait DeliveryStreams: Send + Sync {
    /// Reads the delivery stream with this ARN on after `positions`, or else what arrived at `start_ms` and later.
    fn follow(
        &self,
        delivery_stream: Arn,
        positions: Vec<(LogId, Ordinal)>,
        start_ms: Millis,
    ) -> BoxFuture<Result<DeliveryStreamTail, NeighbourError>>;

    /// Puts records to the delivery stream with this ARN; how many of them, from the first on, were taken and are durable.
    fn put(&self, delivery_stream: Arn, records: Vec<Bytes>) -> BoxFuture<Result<usize, NeighbourError>>;
}

/// S3, as the home of reference data and of samples.
pub trait Objects: Send + Sync {
    /// The whole object.
    fn get(&self, bucket: String, key: String) -> BoxFuture<Result<Bytes, NeighbourError>>;
}

/// CloudWatch Logs, for the messages of applications.
pub trait MessageLog: Send + Sync {
    /// Appends a message to the log stream with this ARN; a log stream that is not there loses it.
    fn put(&self, log_stream: Arn, at_ms: Millis, message: String) -> BoxFuture<()>;
}

impl DeliveryStreams for Firehose {
    fn follow(
        &self,
        delivery_stream: Arn,
        positions: Vec<(LogId, Ordinal)>,
        start_ms: Millis,
    ) -> BoxFuture<Result<DeliveryStreamTail, NeighbourError>> {
        let firehose = self.clone();
        Box::pin(async move {
            let name = delivery_stream.resource_after("deliverystream").unwrap_or_default();
            match Self::follow(&firehose, &delivery_stream.scope(), name, &positions, start_ms).await {
                Ok(tail) => Ok(tail),
                Err(error @ TailError::DeliveryStream(_)) => Err(NeighbourError::NotFound(error.to_string())),
                Err(error @ TailError::Source(_)) => Err(NeighbourError::Failed(error.to_string())),
            }
        })
    }

    fn put(&self, delivery_stream: Arn, records: Vec<Bytes>) -> BoxFuture<Result<usize, NeighbourError>> {
        let firehose = self.clone();
        Box::pin(async move {
            let name = delivery_stream.resource_after("deliverystream").unwrap_or_default();
            match firehose.put_record_batch(&delivery_stream.scope(), name, &records).await {
                Ok(put) => Ok(put.record_ids.len()),
                Err(refused @ Refused::NotFound(_)) => Err(NeighbourError::NotFound(refused.to_string())),
                Err(refused) => Err(NeighbourError::Failed(refused.to_string())),
            }
        })
    }
}

impl Objects for S3 {
    fn get(&self, bucket: String, key: String) -> BoxFuture<Result<Bytes, NeighbourError>> {
        let s3 = self.clone();
        Box::pin(async move {
            match s3.get_object(&bucket, &key).await {
                Ok(object) => Ok(object.body),
                Err(error @ (S3Error::NoSuchBucket | S3Error::NoSuchKey)) => {
                    Err(NeighbourError::NotFound(format!("s3://{bucket}/{key}: {error}")))
                }
                Err(error) => Err(NeighbourError::Failed(format!("s3://{bucket}/{key}: {error}"))),
            }
        })
    }
}

impl MessageLog for Logs {
    fn put(&self, log_stream: Arn, at_ms: Millis, message: String) -> BoxFuture<()> {
        let logs = self.clone();
        Box::pin(async move {
            let Some((group, stream)) = log_stream_names(&log_stream) else { return };
            if let Err(error) = Self::put(&logs, &log_stream.scope(), group, stream, at_ms, &message).await {
                tracing::debug!(%log_stream, %error, "a message of an application is not logged");
            }
        })
    }
}

/// `log-group:GROUP:log-stream:STREAM` → GROUP, STREAM.
fn log_stream_names(arn: &Arn) -> Option<(&str, &str)> {
    arn.resource.strip_prefix("log-group:")?.split_once(":log-stream:")
}

/// A neighbour that is not there: delivery streams and objects are not found, messages are dropped.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

impl DeliveryStreams for Nobody {
    fn follow(
        &self,
        delivery_stream: Arn,
        _: Vec<(LogId, Ordinal)>,
        _: Millis,
    ) -> BoxFuture<Result<DeliveryStreamTail, NeighbourError>> {
        Box::pin(async move { Err(NeighbourError::NotFound(format!("{delivery_stream} not found"))) })
    }

    fn put(&self, delivery_stream: Arn, _: Vec<Bytes>) -> BoxFuture<Result<usize, NeighbourError>> {
        Box::pin(async move { Err(NeighbourError::NotFound(format!("{delivery_stream} not found"))) })
    }
}

impl Objects for Nobody {
    fn get(&self, bucket: String, key: String) -> BoxFuture<Result<Bytes, NeighbourError>> {
        Box::pin(async move { Err(NeighbourError::NotFound(format!("s3://{bucket}/{key} not found"))) })
    }
}

impl MessageLog for Nobody {
    fn put(&self, _: Arn, _: Millis, _: String) -> BoxFuture<()> {
        Box::pin(async {})
    }
}
