//! An application's streaming source and the in-application streams it feeds (developer guide, "Configuring Application Input").

use super::{Resource, ResourceUpdate};
use crate::services::analytics::mapping::{Decoder, RecordColumn, RecordFormat, RecordSchema};
use crate::services::analytics::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// The most in-application streams a source is spread over (API: InputParallelismCount).
pub const PARALLELISM_MAX: i32 = 64;

/// A streaming source with its schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// `1.1`: the version that brought it, and its number in that version.
    pub id: String,
    /// The name of the in-application streams without `_001`.
    pub prefix: String,
    /// What is read.
    pub source: Source,
    /// The Lambda function that records pass first; it is kept, and refused when the application starts.
    pub processor: Option<Resource>,
    /// How many in-application streams, 1 to [`PARALLELISM_MAX`].
    pub parallelism: i32,
    /// How records become rows.
    pub schema: RecordSchema,
    /// Where reading starts or started, once the application was started.
    pub start: Option<StartPosition>,
}

/// A Kinesis stream or a delivery stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// A Kinesis stream.
    Stream(Resource),
    /// A Firehose delivery stream.
    DeliveryStream(Resource),
}

impl Source {
    /// The ARN of the stream or delivery stream.
    pub fn arn(&self) -> &str {
        match self {
            Self::Stream(resource) | Self::DeliveryStream(resource) => &resource.arn,
        }
    }
}

/// Where reading of a source starts (API: InputStartingPosition).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StartPosition {
    /// With what arrives from now on.
    Now,
    /// With the oldest record that is kept.
    TrimHorizon,
    /// Where the application stopped; a first start reads from now on.
    LastStoppedPoint,
}

/// Changes of an input; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct InputUpdate {
    /// Which.
    pub id: String,
    /// A new prefix.
    pub prefix: Option<String>,
    /// Another Lambda function.
    pub processor: Option<ResourceUpdate>,
    /// Another Kinesis stream.
    pub stream: Option<ResourceUpdate>,
    /// Another delivery stream.
    pub delivery_stream: Option<ResourceUpdate>,
    /// Another format.
    pub format: Option<RecordFormat>,
    /// Another encoding.
    pub encoding: Option<String>,
    /// Other columns; all of them.
    pub columns: Option<Vec<RecordColumn>>,
    /// Another parallelism.
    pub parallelism: Option<i32>,
}

impl Input {
    /// The names of its in-application streams: `PREFIX_001` and on.
    pub fn stream_names(&self) -> Vec<String> {
        (1..=self.parallelism).map(|number| format!("{}_{number:03}", self.prefix)).collect()
    }

    /// Checks what the API model cannot: that the schema compiles.
    ///
    /// # Errors
    /// InvalidArgument with the schema's fault.
    pub fn check(&self) -> Result<(), Refusal> {
        check_schema("InputSchema", &self.schema)?;
        if !(1..=PARALLELISM_MAX).contains(&self.parallelism) {
            return Err(Refusal::Argument(format!("InputParallelism must be 1 to {PARALLELISM_MAX}")));
        }
        Ok(())
    }

    /// Takes the Lambda function away.
    ///
    /// # Errors
    /// NotFound when there is none.
    pub fn remove_processor(&mut self) -> Result<(), Refusal> {
        let missing = || Refusal::NotFound(format!("Input {} has no input processing configuration", self.id));
        self.processor.take().map(drop).ok_or_else(missing)
    }

    /// Takes over the changes.
    ///
    /// # Errors
    /// InvalidArgument when they leave an input that cannot be.
    pub fn apply(&mut self, update: InputUpdate) -> Result<(), Refusal> {
        self.source = match (update.stream, update.delivery_stream) {
            (Some(_), Some(_)) => {
                return Err(Refusal::Argument(
                    "An input reads either a Kinesis stream or a Firehose delivery stream, not both".into(),
                ));
            }
            (Some(stream), None) => Source::Stream(stream.over(self.stream())?),
            (None, Some(delivery_stream)) => Source::DeliveryStream(delivery_stream.over(self.delivery_stream())?),
            (None, None) => self.source.clone(),
        };
        if let Some(update) = update.processor {
            self.processor = Some(update.over(self.processor.as_ref())?);
        }
        self.prefix = update.prefix.unwrap_or_else(|| std::mem::take(&mut self.prefix));
        self.parallelism = update.parallelism.unwrap_or(self.parallelism);
        if let Some(format) = update.format {
            self.schema.format = format;
        }
        if let Some(columns) = update.columns {
            self.schema.columns = columns;
        }
        self.schema.encoding = update.encoding.or_else(|| self.schema.encoding.take());
        self.check()
    }

    fn stream(&self) -> Option<&Resource> {
        match &self.source {
            Source::Stream(resource) => Some(resource),
            Source::DeliveryStream(_) => None,
        }
    }

    fn delivery_stream(&self) -> Option<&Resource> {
        match &self.source {
            Source::DeliveryStream(resource) => Some(resource),
            Source::Stream(_) => None,
        }
    }
}

/// That a schema compiles.
pub(super) fn check_schema(what: &str, schema: &RecordSchema) -> Result<(), Refusal> {
    Decoder::compile(schema).map(drop).map_err(|error| Refusal::Argument(format!("{what}: {error}")))
}
