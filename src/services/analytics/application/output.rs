//! Where rows of an in-application stream go (developer guide, "Configuring Application Output").

use super::{Resource, ResourceUpdate};
pub use crate::services::analytics::output::format::OutputFormat;
use crate::services::analytics::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// The most outputs an application has (developer guide, "Limits").
pub const OUTPUTS_MAX: usize = 3;

/// An in-application stream's destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// `2.1`: the version that brought it, and its number in that version.
    pub id: String,
    /// The in-application stream, with its case.
    pub name: String,
    /// Where to.
    pub destination: Destination,
    /// How a row is written.
    pub format: OutputFormat,
}

/// The kinds of destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Destination {
    /// A Kinesis stream.
    Stream(Resource),
    /// A Firehose delivery stream.
    DeliveryStream(Resource),
    /// A Lambda function; it is kept, and refused when the application starts.
    Function(Resource),
}

impl Destination {
    /// The ARN of the destination.
    pub fn arn(&self) -> &str {
        match self {
            Self::Stream(resource) | Self::DeliveryStream(resource) | Self::Function(resource) => &resource.arn,
        }
    }

    /// The one destination of the three that was given.
    ///
    /// # Errors
    /// InvalidArgument when there is none or more than one.
    pub fn one_of(
        stream: Option<Resource>,
        delivery_stream: Option<Resource>,
        function: Option<Resource>,
    ) -> Result<Self, Refusal> {
        match (stream, delivery_stream, function) {
            (Some(resource), None, None) => Ok(Self::Stream(resource)),
            (None, Some(resource), None) => Ok(Self::DeliveryStream(resource)),
            (None, None, Some(resource)) => Ok(Self::Function(resource)),
            _ => Err(Refusal::Argument(
                "An output needs exactly one of KinesisStreamsOutput, KinesisFirehoseOutput and LambdaOutput".into(),
            )),
        }
    }
}

/// Changes of an output; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct OutputUpdate {
    /// Which.
    pub id: String,
    /// Another in-application stream.
    pub name: Option<String>,
    /// Another Kinesis stream.
    pub stream: Option<ResourceUpdate>,
    /// Another delivery stream.
    pub delivery_stream: Option<ResourceUpdate>,
    /// Another function.
    pub function: Option<ResourceUpdate>,
    /// Another format.
    pub format: Option<OutputFormat>,
}

impl Output {
    /// Takes over the changes.
    ///
    /// # Errors
    /// InvalidArgument when more than one destination is given, or a new one without its ARN.
    pub fn apply(&mut self, update: OutputUpdate) -> Result<(), Refusal> {
        let OutputUpdate { name, stream, delivery_stream, function, format, .. } = update;
        if stream.is_some() || delivery_stream.is_some() || function.is_some() {
            let over = |update: Option<ResourceUpdate>, current: Option<&Resource>| update.map(|u| u.over(current)).transpose();
            let (old_stream, old_delivery_stream, old_function) = match &self.destination {
                Destination::Stream(resource) => (Some(resource), None, None),
                Destination::DeliveryStream(resource) => (None, Some(resource), None),
                Destination::Function(resource) => (None, None, Some(resource)),
            };
            self.destination = Destination::one_of(
                over(stream, old_stream)?,
                over(delivery_stream, old_delivery_stream)?,
                over(function, old_function)?,
            )?;
        }
        self.name = name.unwrap_or_else(|| std::mem::take(&mut self.name));
        self.format = format.unwrap_or(self.format);
        Ok(())
    }
}
