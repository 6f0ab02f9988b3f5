//! What the page is told, as JSON.

use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::services::analytics::{ApplicationMetrics, application};
use crate::services::firehose::DeliveryStreamMetrics;
use crate::services::kinesis::{ConsumerMetrics, LatestRecord, StreamMetrics};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// Bytes of a record that are shown: what fits on a screen.
const SHOWN_BYTES: usize = 2_048;

/// Everything.
#[derive(Serialize)]
pub(super) struct Overview {
    pub(super) streams: Vec<Stream>,
    pub(super) applications: Vec<Application>,
    pub(super) delivery_streams: Vec<DeliveryStream>,
}

/// Where something is.
#[derive(Serialize)]
struct Place {
    account: String,
    region: String,
}

impl Place {
    fn of(scope: &Scope) -> Self {
        Self { account: scope.account().to_owned(), region: scope.region().to_owned() }
    }
}

/// Records and bytes since the process or the application began.
#[derive(Serialize)]
struct Traffic {
    records: u64,
    bytes: u64,
}

impl From<(u64, u64)> for Traffic {
    fn from((records, bytes): (u64, u64)) -> Self {
        Self { records, bytes }
    }
}

/// A Kinesis stream.
#[derive(Serialize)]
pub(super) struct Stream {
    #[serde(flatten)]
    place: Place,
    name: String,
    arn: String,
    open_shards: usize,
    incoming: Traffic,
    outgoing: Traffic,
    write_throttled: u64,
    read_throttled: u64,
    iterator_age_ms: Millis,
    consumers: Vec<Consumer>,
}

/// A consumer that has subscribed: what was pushed to it.
#[derive(Serialize)]
struct Consumer {
    name: String,
    pushed: Traffic,
    behind_ms: Millis,
}

impl From<ConsumerMetrics> for Consumer {
    fn from(metrics: ConsumerMetrics) -> Self {
        Self { name: metrics.name, pushed: metrics.pushed.into(), behind_ms: metrics.behind_ms }
    }
}

impl From<StreamMetrics> for Stream {
    fn from(metrics: StreamMetrics) -> Self {
        Self {
            place: Place::of(&metrics.key.scope),
            arn: metrics.key.arn().to_string(),
            name: metrics.key.name,
            open_shards: metrics.open_shards,
            incoming: metrics.incoming.into(),
            outgoing: metrics.outgoing.into(),
            write_throttled: metrics.write_throttled,
            read_throttled: metrics.read_throttled,
            iterator_age_ms: metrics.iterator_age_ms,
            consumers: metrics.consumers.into_iter().map(Consumer::from).collect(),
        }
    }
}

/// An application; what only a running one has is missing from others.
#[derive(Serialize)]
pub(super) struct Application {
    #[serde(flatten)]
    place: Place,
    name: String,
    status: &'static str,
    version: i64,
    /// ARNs of its sources.
    reads: Vec<String>,
    /// Its outputs: in-application stream, ARN.
    writes: Vec<(String, String)>,
    in_application_streams: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    running: Option<Running>,
}

#[derive(Serialize)]
struct Running {
    input: Traffic,
    output: Traffic,
    error_rows: u64,
    behind_ms: Millis,
}

impl Application {
    pub(super) fn new(
        scope: &Scope,
        application: application::Application,
        in_application_streams: Vec<String>,
        metrics: Option<ApplicationMetrics>,
    ) -> Self {
        let writes = application.outputs.into_iter().map(|output| (output.name, output.destination.arn().to_owned()));
        Self {
            place: Place::of(scope),
            name: application.name,
            status: application.status.as_str(),
            version: application.version,
            reads: application.inputs.iter().map(|input| input.source.arn().to_owned()).collect(),
            writes: writes.collect(),
            in_application_streams,
            running: metrics.map(|metrics| Running {
                input: metrics.input.into(),
                output: metrics.output.into(),
                error_rows: metrics.error_rows,
                behind_ms: metrics.behind_ms,
            }),
        }
    }
}

/// A delivery stream.
#[derive(Serialize)]
pub(super) struct DeliveryStream {
    #[serde(flatten)]
    place: Place,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reads: Option<String>,
    destination: String,
    incoming: Traffic,
    deliveries: Vec<Delivery>,
}

#[derive(Serialize)]
struct Delivery {
    to: &'static str,
    delivered: Traffic,
    backlog: u64,
    freshness_ms: Millis,
}

impl From<DeliveryStreamMetrics> for DeliveryStream {
    fn from(metrics: DeliveryStreamMetrics) -> Self {
        let deliveries = metrics.deliveries.into_iter().map(|delivery| Delivery {
            to: delivery.to,
            delivered: delivery.delivered.into(),
            backlog: delivery.backlog,
            freshness_ms: delivery.freshness_ms,
        });
        Self {
            place: Place::of(&metrics.scope),
            name: metrics.name,
            reads: metrics.source,
            destination: metrics.destination,
            incoming: metrics.incoming.into(),
            deliveries: deliveries.collect(),
        }
    }
}

/// A record: its text, or base64 of what is no text, cut to [`SHOWN_BYTES`].
#[derive(Serialize)]
pub(super) struct Record {
    shard_id: String,
    sequence_number: String,
    partition_key: String,
    arrival_ms: Millis,
    bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

impl From<LatestRecord> for Record {
    fn from(latest: LatestRecord) -> Self {
        let record = latest.record;
        let shown = &record.data[..record.data.len().min(SHOWN_BYTES)];
        // The cut may have gone through a character.
        let text = match std::str::from_utf8(shown) {
            Ok(text) => Some(text.to_owned()),
            Err(error) if error.error_len().is_none() => String::from_utf8(shown[..error.valid_up_to()].to_vec()).ok(),
            Err(_) => None,
        };
        Self {
            shard_id: latest.shard_id,
            sequence_number: latest.sequence_number.to_string(),
            partition_key: record.partition_key().to_owned(),
            arrival_ms: record.arrival_ms,
            bytes: record.data.len(),
            base64: text.is_none().then(|| STANDARD.encode(shown)),
            text,
        }
    }
}
