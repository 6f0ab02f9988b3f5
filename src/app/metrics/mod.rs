//! `/_millpond/metrics`: what the services have counted, in the text format of Prometheus.
//!
//! Labels are bounded: services and operations are those of the API models, statuses those of a list, and of streams, delivery streams
//! and applications at most [`MOST_RESOURCES`] of each kind are shown.

mod process;
mod text;

use super::s3::{METHODS, MethodRequests};
use crate::api::ServiceTable;
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::base::meter::{LATENCY_BOUNDS_US, Requests};
use crate::services::analytics::{Analytics, ApplicationMetrics};
use crate::services::firehose::{DeliveryMetrics, DeliveryStreamMetrics, Firehose};
use crate::services::kinesis::{ConsumerMetrics, Kinesis, StreamMetrics};
use crate::store::StoreError;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use text::{Kind, Page};

/// The most streams, delivery streams and applications that are shown, each: a scrape stays small however many there are.
const MOST_RESOURCES: usize = 1_000;

/// What the metrics are read from.
#[derive(Clone)]
pub(super) struct Metrics {
    /// Requests of the services with API protocols.
    pub(super) tables: Arc<[ServiceTable]>,
    /// Requests of S3.
    pub(super) s3: MethodRequests,
    /// Streams.
    pub(super) kinesis: Kinesis,
    /// Delivery streams.
    pub(super) firehose: Firehose,
    /// Applications.
    pub(super) analytics: Analytics,
    /// When the process began, in seconds since 1970.
    pub(super) started_s: i64,
}

/// Answers a scrape.
pub(super) async fn show(State(metrics): State<Metrics>) -> Response {
    match metrics.page().await {
        Ok(page) => ([(header::CONTENT_TYPE, text::CONTENT_TYPE)], page).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

impl Metrics {
    async fn page(&self) -> Result<String, StoreError> {
        let mut page = Page::default();
        page.family("millpond_build_info", Kind::Gauge, "The version that runs; always 1.");
        page.sample("millpond_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
        self.write_requests(&mut page);
        write_streams(&mut page, &self.kinesis.metrics());
        write_delivery_streams(&mut page, &self.firehose.metrics().await?);
        write_applications(&mut page, &self.analytics.metrics());
        let start = "Start time of the process since the Unix epoch in seconds.";
        page.single("process_start_time_seconds", Kind::Gauge, start, self.started_s);
        process::write(&mut page);
        Ok(page.finish())
    }

    /// Service, operation and requests, without operations that were never called, in the order of their names.
    fn requests(&self) -> Vec<(&'static str, &str, &Requests)> {
        let of_tables = self
            .tables
            .iter()
            .flat_map(|table| table.requests().map(|(operation, requests)| (table.service().id, operation, requests)));
        let methods = METHODS.iter().map(|method| method.as_str()).chain(["other"]);
        let of_s3 = methods.zip(self.s3.iter()).map(|(method, requests)| ("s3", method, requests));
        let mut all: Vec<_> = of_tables.chain(of_s3).filter(|(_, _, requests)| requests.answered().next().is_some()).collect();
        all.sort_by_key(|(service, operation, _)| (*service, *operation));
        all
    }

    fn write_requests(&self, page: &mut Page) {
        let all = self.requests();
        let name = "millpond_requests_total";
        page.family(name, Kind::Counter, "Requests by service, operation (for S3: method) and HTTP status.");
        for (service, operation, requests) in &all {
            for (status, count) in requests.answered() {
                let status = status.map_or("other".to_owned(), |status| status.to_string());
                page.sample(name, &[("service", service), ("operation", operation), ("status", &status)], count);
            }
        }
        let name = "millpond_request_duration_seconds";
        page.family(name, Kind::Histogram, "Time from the body of a request to its answer, by service and operation.");
        for (service, operation, requests) in &all {
            write_latency(page, name, &[("service", service), ("operation", operation)], requests);
        }
    }
}

fn write_latency(page: &mut Page, name: &str, labels: text::Labels<'_>, requests: &Requests) {
    let (bucket, mut count) = (format!("{name}_bucket"), 0);
    let bounds = LATENCY_BOUNDS_US.iter().map(|us| seconds(*us).to_string()).chain(["+Inf".to_owned()]);
    for (bound, in_class) in bounds.zip(requests.latency.classes()) {
        count += in_class;
        page.sample(&bucket, &[labels, &[("le", bound.as_str())]].concat(), count);
    }
    page.sample(&format!("{name}_sum"), labels, requests.latency.sum().as_secs_f64());
    page.sample(&format!("{name}_count"), labels, count);
}

#[expect(clippy::cast_precision_loss, reason = "bounds are small")]
fn seconds(us: u64) -> f64 {
    us as f64 / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "durations are far below 2^53 ms")]
fn ms_as_seconds(ms: Millis) -> f64 {
    ms as f64 / 1e3
}

/// A family with one sample an element.
fn each<T>(page: &mut Page, of: (&str, Kind, &str), all: &[T], sample: impl Fn(&T, &mut dyn FnMut(text::Labels<'_>, f64))) {
    let (name, kind, help) = of;
    page.family(name, kind, help);
    for element in all {
        sample(element, &mut |labels, value| page.sample(name, labels, value));
    }
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus's numbers are doubles")]
fn number(n: u64) -> f64 {
    n as f64
}

fn labels<'a>(scope: &'a Scope, kind: &'a str, name: &'a str) -> [(&'a str, &'a str); 3] {
    [("account", scope.account()), ("region", scope.region()), (kind, name)]
}

fn write_streams(page: &mut Page, all: &[StreamMetrics]) {
    let all = &all[..all.len().min(MOST_RESOURCES)];
    let mut family = |name: &str, kind, help, value: fn(&StreamMetrics) -> f64| {
        each(page, (name, kind, help), all, |stream, put| {
            put(&labels(&stream.key.scope, "stream", &stream.key.name), value(stream))
        });
    };
    let counter = Kind::Counter;
    family("millpond_kinesis_incoming_records_total", counter, "Records stored.", |s| number(s.incoming.0));
    family("millpond_kinesis_incoming_bytes_total", counter, "Bytes of records stored.", |s| number(s.incoming.1));
    family("millpond_kinesis_outgoing_records_total", counter, "Records answered by GetRecords.", |s| number(s.outgoing.0));
    family("millpond_kinesis_outgoing_bytes_total", counter, "Bytes answered by GetRecords.", |s| number(s.outgoing.1));
    let help = "Records refused with ProvisionedThroughputExceededException.";
    family("millpond_kinesis_write_throttled_records_total", counter, help, |s| number(s.write_throttled));
    let help = "Calls of GetRecords refused with ProvisionedThroughputExceededException.";
    family("millpond_kinesis_read_throttled_total", counter, help, |s| number(s.read_throttled));
    let help = "Age of the last record that GetRecords has answered; 0 at the tip of the shard.";
    family("millpond_kinesis_iterator_age_seconds", Kind::Gauge, help, |s| ms_as_seconds(s.iterator_age_ms));
    family("millpond_kinesis_open_shards", Kind::Gauge, "Shards that take records.", |s| number(s.open_shards as u64));
    let mut of_consumer = |name: &str, kind, help, value: fn(&ConsumerMetrics) -> f64| {
        each(page, (name, kind, help), all, |stream, put| {
            let [account, region, name] = labels(&stream.key.scope, "stream", &stream.key.name);
            let of = |consumer: &ConsumerMetrics| put(&[account, region, name, ("consumer", &consumer.name)], value(consumer));
            stream.consumers.iter().for_each(of);
        });
    };
    let (records, bytes) = ("Records pushed by SubscribeToShard.", "Bytes pushed by SubscribeToShard.");
    of_consumer("millpond_kinesis_pushed_records_total", counter, records, |c| number(c.pushed.0));
    of_consumer("millpond_kinesis_pushed_bytes_total", counter, bytes, |c| number(c.pushed.1));
    let help = "How old the last record was that SubscribeToShard has pushed; 0 at the tip of the shard.";
    of_consumer("millpond_kinesis_subscription_behind_seconds", Kind::Gauge, help, |c| ms_as_seconds(c.behind_ms));
}

fn write_delivery_streams(page: &mut Page, all: &[DeliveryStreamMetrics]) {
    let all = &all[..all.len().min(MOST_RESOURCES)];
    let mut incoming = |name: &str, help, value: fn(&DeliveryStreamMetrics) -> u64| {
        each(page, (name, Kind::Counter, help), all, |stream, put| {
            put(&labels(&stream.scope, "delivery_stream", &stream.name), number(value(stream)));
        });
    };
    incoming("millpond_firehose_incoming_records_total", "Records put by producers.", |s| s.incoming.0);
    incoming("millpond_firehose_incoming_bytes_total", "Bytes put by producers.", |s| s.incoming.1);
    let mut delivery = |name: &str, kind, help, value: fn(&DeliveryMetrics) -> f64| {
        each(page, (name, kind, help), all, |stream, put| {
            let [account, region, name] = labels(&stream.scope, "delivery_stream", &stream.name);
            stream.deliveries.iter().for_each(|delivery| put(&[account, region, name, ("to", delivery.to)], value(delivery)));
        });
    };
    let help = "Records delivered, those among them that failed and went to their bucket.";
    delivery("millpond_firehose_delivered_records_total", Kind::Counter, help, |d| number(d.delivered.0));
    delivery("millpond_firehose_delivered_bytes_total", Kind::Counter, "Bytes delivered.", |d| number(d.delivered.1));
    delivery("millpond_firehose_backlog_records", Kind::Gauge, "Records that wait to be delivered.", |d| number(d.backlog));
    let help = "How long the oldest record has waited to be delivered.";
    delivery("millpond_firehose_data_freshness_seconds", Kind::Gauge, help, |d| ms_as_seconds(d.freshness_ms));
}

fn write_applications(page: &mut Page, all: &[ApplicationMetrics]) {
    let all = &all[..all.len().min(MOST_RESOURCES)];
    let mut family = |name: &str, kind, help, value: fn(&ApplicationMetrics) -> f64| {
        each(page, (name, kind, help), all, |application, put| {
            put(&labels(&application.scope, "application", &application.name), value(application));
        });
    };
    let counter = Kind::Counter;
    family("millpond_analytics_input_records_total", counter, "Records read.", |a| number(a.input.0));
    family("millpond_analytics_input_bytes_total", counter, "Bytes read.", |a| number(a.input.1));
    family("millpond_analytics_output_records_total", counter, "Records that destinations have taken.", |a| number(a.output.0));
    family("millpond_analytics_output_bytes_total", counter, "Bytes that destinations have taken.", |a| number(a.output.1));
    family("millpond_analytics_error_rows_total", counter, "Rows of error_stream.", |a| number(a.error_rows));
    let help = "How old the last record was when it was read; 0 at the tip of the stream.";
    family("millpond_analytics_behind_latest_seconds", Kind::Gauge, help, |a| ms_as_seconds(a.behind_ms));
}
