//! DiscoverInputSchema: a sample of a stream's records, or an S3 object, and the schema found in it.

use super::Analytics;
use super::application::{Resource, Source, StartPosition};
use super::discovery::{self, SAMPLE_BYTES_MAX};
use super::mapping::RecordSchema;
use super::refusal::Refusal;
use super::runner::unreadable;
use crate::base::account::Scope;
use crate::base::arn::Arn;
use crate::base::clock::Millis;
use crate::services::kinesis::StartingPosition;
use crate::store::ReadLimit;
use bytes::Bytes;
use std::time::Duration;

/// How many records are looked at.
const SAMPLE_RECORDS: usize = 100;

/// NOW looks at the records of the last minute first, so that a stream that is written now and then can be sampled.
const RECENT_MS: Millis = 60_000;

/// How long to wait for a first record: a producer that writes once a second, or every few, is heard.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait for more.
const QUIET: Duration = Duration::from_millis(300);

/// What is sampled.
#[derive(Debug)]
pub(super) enum Sampled {
    /// A stream by its ARN, from a position on.
    Stream(String, StartPosition),
    /// An S3 object: the bucket's ARN and the key.
    Object(String, String),
}

/// What DiscoverInputSchema answers.
#[derive(Debug)]
pub(super) struct Discovery {
    pub(super) schema: RecordSchema,
    /// Rows of the sample as text, in the order of the columns; `None` where a field could not be read or is not there.
    pub(super) parsed: Vec<Vec<Option<String>>>,
    pub(super) raw: Vec<String>,
}

impl Sampled {
    /// The one of the two sources that was given.
    ///
    /// # Errors
    /// InvalidArgument when it is none or both.
    pub(super) fn of(
        stream: Option<String>,
        position: Option<StartPosition>,
        object: Option<(String, String)>,
    ) -> Result<Self, Refusal> {
        match (stream, object) {
            (Some(arn), None) => Ok(Self::Stream(arn, position.unwrap_or(StartPosition::Now))),
            (None, Some((bucket_arn, key))) => Ok(Self::Object(bucket_arn, key)),
            _ => Err(Refusal::Argument("Exactly one of ResourceARN and S3Configuration must be given".into())),
        }
    }
}

/// Refuses preprocessing, which DiscoverInputSchema would run before it looks at the records.
pub(super) fn refuse_processing(given: bool) -> Result<(), Refusal> {
    if given {
        return Err(Refusal::Unsupported("InputProcessingConfiguration: Lambda processing is not available yet".into()));
    }
    Ok(())
}

impl Analytics {
    /// Takes a sample and finds its schema.
    pub(super) async fn discover(&self, scope: &Scope, sampled: Sampled) -> Result<Discovery, Refusal> {
        let samples = match sampled {
            Sampled::Stream(arn, position) => self.sample(scope, &arn, position).await?,
            Sampled::Object(bucket_arn, key) => {
                let object = self.object(&bucket_arn, &key).await.map_err(Refusal::Argument)?;
                vec![object.slice(..object.len().min(SAMPLE_BYTES_MAX))]
            }
        };
        let raw: Vec<String> = samples.iter().map(|record| String::from_utf8_lossy(record).into_owned()).collect();
        match discovery::discover(&samples) {
            Ok(found) => Ok(Discovery { schema: found.schema, parsed: found.rows, raw }),
            Err(why) => Err(Refusal::NoSchema { message: why.to_string(), raw }),
        }
    }

    /// Some records of a stream.
    async fn sample(&self, scope: &Scope, arn: &str, position: StartPosition) -> Result<Vec<Bytes>, Refusal> {
        let resource = Resource { arn: arn.to_owned(), role: None };
        let source = match Arn::parse(arn) {
            Some(arn) if arn.service == "firehose" => Source::DeliveryStream(resource),
            _ => Source::Stream(resource),
        };
        let start = match position {
            StartPosition::TrimHorizon => StartingPosition::TrimHorizon,
            StartPosition::Now | StartPosition::LastStoppedPoint => {
                StartingPosition::AtTimestamp(self.clock().now_ms() - RECENT_MS)
            }
        };
        let mut tail = self.follow(scope, &source, &[], start).await?;
        let mut samples: Vec<Bytes> = Vec::new();
        let mut bytes = 0;
        while samples.len() < SAMPLE_RECORDS && bytes < SAMPLE_BYTES_MAX {
            let limit = ReadLimit { records: SAMPLE_RECORDS - samples.len(), bytes: SAMPLE_BYTES_MAX - bytes };
            let wait = if samples.is_empty() { PATIENCE } else { QUIET };
            let batch = tokio::select! {
                batch = tail.next(limit) => batch.map_err(unreadable)?,
                () = self.clock().sleep(wait) => break,
            };
            bytes += batch.records().iter().map(|record| record.data.len()).sum::<usize>();
            samples.extend(batch.into_records().into_iter().map(|record| record.data));
        }
        if samples.is_empty() {
            let message = format!("No record came from {arn} to discover a schema from; write some and try again");
            return Err(Refusal::NoSchema { message, raw: Vec::new() });
        }
        Ok(samples)
    }
}
