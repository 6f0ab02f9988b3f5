//! Where a delivery stream delivers: its configuration with every default filled in, as Describe shows it.
//!
//! A destination is kept in the shape of its description. Elasticsearch and OpenSearch destinations have the same members and are kept in one
//! shape; a plain S3 destination is kept, and described, as the extended one too (spec/firehose 1.5).

mod extended_s3;
mod processing;
mod s3;
mod search;

pub(super) use processing::appends_delimiter;

use super::Defects;
use crate::api::Fault;
use crate::api::firehose::{
    AmazonopensearchserviceDestinationConfiguration, CloudWatchLoggingOptions, CreateDeliveryStreamInput, DestinationDescription,
    ElasticsearchDestinationConfiguration, ElasticsearchDestinationDescription, ExtendedS3DestinationDescription,
    S3DestinationDescription, UpdateDestinationInput, fault,
};
use crate::api::stored::recast;
use crate::base::limits::FirehoseLimits;
use serde::{Deserialize, Serialize};

/// The id of the only destination a delivery stream can have (recorded answers, spec/firehose 1.5).
pub(super) const DESTINATION_ID: &str = "destinationId-000000000001";

/// Buffering when none is asked for: 5 MiB or 300 seconds (API model).
const DEFAULT_SIZE_MIB: i32 = 5;
const DEFAULT_INTERVAL_SECONDS: i32 = 300;

/// Through which of the twin configurations a search destination was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum SearchFamily {
    /// `ElasticsearchDestinationConfiguration`.
    Elasticsearch,
    /// `AmazonopensearchserviceDestinationConfiguration`.
    OpenSearch,
}

impl SearchFamily {
    /// What stands before the point of error codes (spec/firehose 3.8).
    pub(super) fn code_prefix(self) -> &'static str {
        match self {
            Self::Elasticsearch => "ES",
            Self::OpenSearch => "OS",
        }
    }
}

/// The destination of a delivery stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "there is one a delivery stream, behind an Arc")]
pub(super) enum Destination {
    /// Objects in a bucket.
    S3(#[serde(with = "crate::api::stored")] ExtendedS3DestinationDescription),
    /// Documents in Elasticsearch or OpenSearch.
    Search {
        /// Which API family speaks of it.
        family: SearchFamily,
        /// Its configuration.
        #[serde(with = "crate::api::stored")]
        description: ElasticsearchDestinationDescription,
    },
}

impl Destination {
    /// The one destination of a creation, checked and with its defaults.
    pub(super) fn create(input: &mut CreateDeliveryStreamInput, limits: &FirehoseLimits) -> Result<Self, Fault> {
        if destinations(input) != 1 {
            return Err(fault::invalid_argument("Exactly one destination configuration is supported for a Firehose"));
        }
        let destination = if let Some(given) = input.s3_destination_configuration.take() {
            Self::S3(extended_s3::describe(recast(given))?)
        } else if let Some(given) = input.extended_s3_destination_configuration.take() {
            Self::S3(extended_s3::describe(given)?)
        } else if let Some(given) = input.elasticsearch_destination_configuration.take() {
            Self::search(SearchFamily::Elasticsearch, given)
        } else if let Some(given) = input.amazonopensearchservice_destination_configuration.take() {
            Self::search(SearchFamily::OpenSearch, recast::<AmazonopensearchserviceDestinationConfiguration, _>(given))
        } else {
            return Err(fault::invalid_argument(not_built(input)));
        };
        destination.check(limits)?;
        Ok(destination)
    }

    fn search(family: SearchFamily, given: ElasticsearchDestinationConfiguration) -> Self {
        Self::Search { family, description: search::describe(given) }
    }

    /// The destination after an update, checked; equal to `self` when the update changes nothing.
    pub(super) fn update(&self, input: &mut UpdateDestinationInput, limits: &FirehoseLimits) -> Result<Self, Fault> {
        let mut updated = self.clone();
        match &mut updated {
            Self::S3(description) => {
                if let Some(update) = input.s3_destination_update.take() {
                    extended_s3::merge(description, recast(update))?;
                } else if let Some(update) = input.extended_s3_destination_update.take() {
                    extended_s3::merge(description, update)?;
                } else {
                    return Err(change_of_type(input));
                }
            }
            Self::Search { description, .. } => {
                if let Some(update) = input.elasticsearch_destination_update.take() {
                    search::merge(description, update);
                } else if let Some(update) = input.amazonopensearchservice_destination_update.take() {
                    search::merge(description, recast(update));
                } else {
                    return Err(change_of_type(input));
                }
            }
        }
        updated.check(limits)?;
        Ok(updated)
    }

    fn check(&self, limits: &FirehoseLimits) -> Result<(), Fault> {
        match self {
            Self::S3(description) => extended_s3::check(description, limits),
            Self::Search { description, .. } => search::check(description, limits),
        }
        .map_err(fault::invalid_argument)
    }

    /// Where it is, for people: `s3://BUCKET/PREFIX`, or `INDEX in` the ARN or endpoint of the domain.
    pub(super) fn place(&self) -> String {
        match self {
            Self::S3(description) => {
                let bucket = description.bucket_arn.rsplit(':').next().unwrap_or_default();
                format!("s3://{bucket}/{}", description.prefix.as_deref().unwrap_or_default())
            }
            Self::Search { description, .. } => {
                let domain = description.cluster_endpoint.as_ref().or(description.domain_arn.as_ref());
                let index = description.index_name.as_deref().unwrap_or_default();
                format!("{index} in {}", domain.map(String::as_str).unwrap_or_default())
            }
        }
    }

    /// As Describe answers it.
    pub(super) fn describe(&self) -> DestinationDescription {
        let mut answer = DestinationDescription { destination_id: DESTINATION_ID.into(), ..DestinationDescription::default() };
        match self.clone() {
            Self::S3(description) => {
                answer.s3_destination_description = Some(recast(description.clone()));
                answer.extended_s3_destination_description = Some(description);
            }
            Self::Search { family: SearchFamily::Elasticsearch, description } => {
                answer.elasticsearch_destination_description = Some(description);
            }
            Self::Search { family: SearchFamily::OpenSearch, description } => {
                answer.amazonopensearchservice_destination_description = Some(recast(description));
            }
        }
        answer
    }

    /// What stands before the point of its error codes.
    pub(super) fn code_prefix(&self) -> &'static str {
        match self {
            Self::S3(_) => "S3",
            Self::Search { family, .. } => family.code_prefix(),
        }
    }

    /// What the error log is told of: where errors of delivery are written.
    pub(super) fn logging(&self) -> Option<&CloudWatchLoggingOptions> {
        match self {
            Self::S3(description) => description.cloud_watch_logging_options.as_ref(),
            Self::Search { description, .. } => description.cloud_watch_logging_options.as_ref(),
        }
    }

    /// The bucket that gets a copy of every record besides the delivery, if one does.
    pub(super) fn backup(&self) -> Option<S3DestinationDescription> {
        match self {
            Self::S3(description) => extended_s3::backup(description),
            Self::Search { description, .. } => search::backup(description),
        }
    }

    /// How much is gathered before it is delivered.
    pub(super) fn hints(&self) -> Hints {
        match self {
            Self::S3(description) => {
                Hints::of(description.buffering_hints.size_in_mbs, description.buffering_hints.interval_in_seconds)
            }
            Self::Search { description, .. } => {
                let hints = description.buffering_hints.clone().unwrap_or_default();
                Hints::of(hints.size_in_mbs, hints.interval_in_seconds)
            }
        }
    }
}

/// When a buffer is delivered: at this size, or this long after its first record arrived, whichever comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hints {
    /// Bytes of records.
    pub(super) bytes: u64,
    /// Milliseconds since the arrival of the first record.
    pub(super) interval_ms: i64,
}

impl Hints {
    /// From the members of BufferingHints.
    pub(super) fn of(size_mib: Option<i32>, interval_seconds: Option<i32>) -> Self {
        let mib = u64::try_from(size_mib.unwrap_or(DEFAULT_SIZE_MIB)).unwrap_or(1);
        Self { bytes: mib << 20, interval_ms: i64::from(interval_seconds.unwrap_or(DEFAULT_INTERVAL_SECONDS)) * 1_000 }
    }
}

/// Refuses an interval that AWS refuses: 0 and 60 to 900 seconds are allowed, under local limits also those between.
fn check_interval(seconds: Option<i32>, limits: &FirehoseLimits) -> Defects {
    let seconds = u64::try_from(seconds.unwrap_or(DEFAULT_INTERVAL_SECONDS)).unwrap_or_default();
    if seconds == 0 || seconds >= limits.least_buffer_interval_seconds {
        return Ok(());
    }
    let least = limits.least_buffer_interval_seconds;
    Err(format!("BufferingHints.IntervalInSeconds must be 0 or at least {least}, not {seconds}."))
}

/// `{Enabled: false}` unless asked otherwise (recorded answers).
fn logging(given: Option<CloudWatchLoggingOptions>) -> CloudWatchLoggingOptions {
    let mut options = given.unwrap_or_default();
    options.enabled.get_or_insert(false);
    options
}

fn check_logging(options: Option<&CloudWatchLoggingOptions>) -> Defects {
    let Some(options) = options.filter(|options| options.enabled == Some(true)) else { return Ok(()) };
    if options.log_group_name.as_deref().unwrap_or_default().is_empty() {
        return Err("LogGroupName must be given when CloudWatch logging is enabled.".into());
    }
    if options.log_stream_name.as_deref().unwrap_or_default().is_empty() {
        return Err("LogStreamName must be given when CloudWatch logging is enabled.".into());
    }
    Ok(())
}

/// Logging options are merged member by member (spec/firehose 1.6).
fn merge_logging(present: &mut Option<CloudWatchLoggingOptions>, update: Option<CloudWatchLoggingOptions>) {
    let Some(update) = update else { return };
    let present = present.get_or_insert_default();
    set_some(&mut present.enabled, update.enabled);
    set_some(&mut present.log_group_name, update.log_group_name);
    set_some(&mut present.log_stream_name, update.log_stream_name);
}

/// Takes the new value if there is one.
fn set<T>(present: &mut T, update: Option<T>) {
    if let Some(update) = update {
        *present = update;
    }
}

/// Takes the new value of a member that may be absent, if there is one.
fn set_some<T>(present: &mut Option<T>, update: Option<T>) {
    if update.is_some() {
        *present = update;
    }
}

fn destinations(input: &CreateDeliveryStreamInput) -> usize {
    let given = [
        input.s3_destination_configuration.is_some(),
        input.extended_s3_destination_configuration.is_some(),
        input.elasticsearch_destination_configuration.is_some(),
        input.amazonopensearchservice_destination_configuration.is_some(),
        input.amazon_open_search_serverless_destination_configuration.is_some(),
        input.http_endpoint_destination_configuration.is_some(),
        input.iceberg_destination_configuration.is_some(),
        input.redshift_destination_configuration.is_some(),
        input.snowflake_destination_configuration.is_some(),
        input.splunk_destination_configuration.is_some(),
    ];
    given.into_iter().filter(|given| *given).count()
}

fn not_built(input: &CreateDeliveryStreamInput) -> String {
    let destination = if input.http_endpoint_destination_configuration.is_some() {
        "HTTP endpoint"
    } else if input.splunk_destination_configuration.is_some() {
        "Splunk"
    } else if input.redshift_destination_configuration.is_some() {
        "Redshift"
    } else if input.snowflake_destination_configuration.is_some() {
        "Snowflake"
    } else if input.iceberg_destination_configuration.is_some() {
        "Iceberg"
    } else {
        "OpenSearch Serverless"
    };
    format!("Delivery to {destination} destinations is not built yet.")
}

fn change_of_type(input: &UpdateDestinationInput) -> Fault {
    let wanted = if input.s3_destination_update.is_some() || input.extended_s3_destination_update.is_some() {
        "S3"
    } else if input.elasticsearch_destination_update.is_some() {
        "Elasticsearch"
    } else if input.amazonopensearchservice_destination_update.is_some() {
        "OpenSearch"
    } else if input.http_endpoint_destination_update.is_some() {
        "HttpEndpoint"
    } else if input.splunk_destination_update.is_some() {
        "Splunk"
    } else if input.redshift_destination_update.is_some() {
        "Redshift"
    } else if input.snowflake_destination_update.is_some() {
        "Snowflake"
    } else if input.iceberg_destination_update.is_some() {
        "Iceberg"
    } else {
        "OpenSearchServerless"
    };
    fault::invalid_argument(format!("Changing the destination type to or from {wanted} is not supported at this time."))
}

/// How many updates an UpdateDestination carries.
pub(super) fn updates(input: &UpdateDestinationInput) -> usize {
    let given = [
        input.s3_destination_update.is_some(),
        input.extended_s3_destination_update.is_some(),
        input.elasticsearch_destination_update.is_some(),
        input.amazonopensearchservice_destination_update.is_some(),
        input.amazon_open_search_serverless_destination_update.is_some(),
        input.http_endpoint_destination_update.is_some(),
        input.iceberg_destination_update.is_some(),
        input.redshift_destination_update.is_some(),
        input.snowflake_destination_update.is_some(),
        input.splunk_destination_update.is_some(),
    ];
    given.into_iter().filter(|given| *given).count()
}
