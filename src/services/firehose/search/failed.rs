//! Documents that could not be indexed, as objects in the backup bucket: one JSON object a line (spec/firehose 3.7).

use super::super::FailedFolder;
use super::super::compression::Compressor;
use super::super::delivery::{Delivery, Incoming, Source};
use super::super::delivery_stream::DeliveryStream;
use super::super::destination::{Destination, SearchFamily};
use super::super::identity::Identity;
use super::super::neighbours::ObjectStoreError;
use super::super::object_key::ObjectName;
use super::super::s3::Target as Bucket;
use super::bulk::write_document_id;
use super::index_name::index_name;
use super::target::Target;
use crate::base::clock::Millis;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// Why a record is no document in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// Its place in the chunk.
    pub(super) at: usize,
    /// How often it was sent.
    pub(super) attempts: u32,
    /// The status of its item, or the code of a request that failed as a whole.
    pub(super) code: String,
    /// The server's words, or ours.
    pub(super) message: String,
    /// When it was last tried.
    pub(super) ended_ms: Millis,
}

/// A line of the object, its members in the guide's order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    attempts_made: u32,
    arrival_timestamp: Millis,
    error_code: &'a str,
    error_message: &'a str,
    attempt_ending_timestamp: Millis,
    raw_data: String,
    es_document_id: &'a str,
    es_index_name: String,
    es_type_name: &'a str,
}

/// Stores the failed records of a chunk as one object. The bucket's ARN comes with an error.
pub(super) async fn store(
    delivery: &Delivery,
    source: &Source,
    records: &[Incoming],
    failures: &[Failure],
) -> Result<(), (String, ObjectStoreError)> {
    let stream = delivery.stream();
    let Destination::Search { family, description } = &stream.destination else { return Ok(()) };
    let (Some(description), target) = (&description.s3_destination_description, Target::of(*family, description)) else {
        return Ok(());
    };
    let bucket = Bucket::of_bucket(description);
    let body = body(source, records, failures, &target, &bucket);
    let unwritable = |error: std::io::Error| ObjectStoreError { code: "InternalError".into(), message: error.to_string() };
    let body = body.map_err(|error| (bucket.bucket_arn.clone(), unwritable(error)))?;
    let key = key(source, &stream, records, failures, &bucket, folder(delivery.parts.failed_folder, *family));
    let put = delivery.parts.objects.put_object(&delivery.entry.scope, bucket.object(key, body));
    put.await.map_err(|error| (bucket.bucket_arn, error))
}

fn folder(setting: FailedFolder, family: SearchFamily) -> &'static str {
    match (setting, family) {
        (FailedFolder::Elasticsearch, SearchFamily::Elasticsearch) => "elasticsearch-failed",
        _ => "AmazonOpenSearchService-failed",
    }
}

fn key(
    source: &Source,
    stream: &DeliveryStream,
    records: &[Incoming],
    failures: &[Failure],
    bucket: &Bucket,
    folder: &str,
) -> String {
    let failed = || failures.iter().filter_map(|failure| records.get(failure.at));
    let mut first = String::new();
    if let Some(record) = failed().next() {
        source.write_sequence_number(record, &mut first);
    }
    let name = ObjectName {
        stream: &stream.name,
        version: stream.version,
        arrival_ms: failed().map(|record| record.arrival_ms).min().unwrap_or_default(),
        time_zone: bucket.time_zone.clone(),
        extension: &bucket.extension,
        identity: Identity::of(&[&stream.name, &first, &bucket.bucket_arn, folder]),
    };
    name.failed(&bucket.prefix, &bucket.error_output, folder)
}

fn body(
    source: &Source,
    records: &[Incoming],
    failures: &[Failure],
    target: &Target,
    bucket: &Bucket,
) -> std::io::Result<Vec<u8>> {
    let mut body = Compressor::new(bucket.compression, "failed");
    let mut id = String::new();
    for failure in failures {
        let Some(record) = records.get(failure.at) else { continue };
        id.clear();
        write_document_id(source, record, &mut id);
        let mut line = serde_json::to_vec(&line(record, failure, &id, target)).map_err(std::io::Error::other)?;
        line.push(b'\n');
        body.write(&line)?;
    }
    body.finish()
}

fn line<'a>(record: &Incoming, failure: &'a Failure, id: &'a str, target: &'a Target) -> Line<'a> {
    Line {
        attempts_made: failure.attempts,
        arrival_timestamp: record.arrival_ms,
        error_code: &failure.code,
        error_message: &failure.message,
        attempt_ending_timestamp: failure.ended_ms,
        raw_data: STANDARD.encode(&record.data),
        es_document_id: id,
        es_index_name: index_name(&target.index, target.rotation, record.arrival_ms),
        es_type_name: &target.type_name,
    }
}
