//! Delivery to Elasticsearch and OpenSearch: the documents of a flush go out as bulk requests; what is not taken until the retry duration has
//! passed goes to S3 (spec/firehose 3).
//!
//! `target` is the configuration, `document` and `bulk` make the request, `service` sends it, `response` reads the answer, `retry` decides,
//! `attempts` goes on until every record is indexed or has failed, `failed` writes the failures.

mod attempts;
mod bulk;
mod document;
mod failed;
mod index_name;
mod response;
mod retry;
mod server;
mod service;
mod target;
#[cfg(test)]
mod tests;
mod version;

pub(super) use server::Server;

use super::delivery::{Chunk, Delivery, Source};
use super::error_log;
use crate::store::StoreError;
use attempts::Attempts;

/// Bytes of documents in one request. With the action lines a body stays below the 10 MiB that AWS's smaller servers take.
const BULK_BYTES: usize = 5 << 20;

/// Delivers what the source has counted. The position moves after each request of which every document is in the index or in the bucket.
pub(super) async fn deliver(delivery: &mut Delivery, source: &mut Source) -> Result<(), StoreError> {
    let mut cursor = source.cursor();
    while let Some(chunk) = source.next(&mut cursor, BULK_BYTES).await? {
        deliver_chunk(delivery, source, &chunk).await;
        delivery.commit(source, &mut cursor).await?;
    }
    Ok(())
}

/// Returns when every record of the chunk is indexed or stored as failed. While neither the server nor the bucket takes them it goes on
/// trying both: the stream pauses, and nothing is lost.
async fn deliver_chunk(delivery: &mut Delivery, source: &Source, chunk: &Chunk) {
    let code_prefix = delivery.stream().destination.code_prefix();
    let mut attempts = Attempts::new(&chunk.records, code_prefix, delivery.parts.clock.now_ms());
    let mut failures_of_bucket = 0;
    loop {
        attempts.run(delivery, source).await;
        if attempts.failures().is_empty() {
            return;
        }
        let Err((bucket, error)) = failed::store(delivery, source, &chunk.records, attempts.failures()).await else { return };
        failures_of_bucket += 1;
        let (parts, scope, stream) = (&delivery.parts, &delivery.entry.scope, delivery.stream());
        error_log::tell(parts, scope, &stream, &bucket, &format!("S3.{}", error.code), &error.message).await;
        delivery.pause(failures_of_bucket).await;
        attempts.once_more();
    }
}
