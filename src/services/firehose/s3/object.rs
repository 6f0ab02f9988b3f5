//! The object of a flush: its records one after the other, without anything between them unless a delimiter is configured.

use super::super::compression::Compressor;
use super::super::delivery::{Chunk, Cursor, Source};
use super::super::delivery_stream::DeliveryStream;
use super::super::identity::Identity;
use super::super::neighbours::Object;
use super::super::object_key::ObjectName;
use super::Target;
use crate::api::firehose::CompressionFormat;
use crate::store::StoreError;

/// Bytes of records read, and compressed, at a time.
const CHUNK_BYTES: usize = 4 << 20;

/// The object of everything that was counted, and the position that its acknowledgement moves to; `None` when nothing was counted.
pub(super) async fn build(
    source: &Source,
    stream: &DeliveryStream,
    target: &Target,
) -> Result<Option<(Object, Cursor)>, StoreError> {
    let mut cursor = source.cursor();
    let Some(mut chunk) = source.next(&mut cursor, CHUNK_BYTES).await? else { return Ok(None) };
    let Some(first) = chunk.records.first() else { return Ok(None) };
    let mut sequence_number = String::new();
    source.write_sequence_number(first, &mut sequence_number);
    let mut arrival_ms = first.arrival_ms;
    let mut identity = Identity::of(&[&stream.name, &sequence_number, &target.bucket_arn]);
    let mut body = Compressor::new(target.compression, &identity.uuid().to_string());
    loop {
        arrival_ms = chunk.records.iter().map(|record| record.arrival_ms).fold(arrival_ms, i64::min);
        body = write(body, chunk, target).await?;
        match source.next(&mut cursor, CHUNK_BYTES).await? {
            Some(next) => chunk = next,
            None => break,
        }
    }
    let body = body.finish().map_err(|error| StoreError::Io(error.to_string()))?;
    let name = ObjectName {
        stream: &stream.name,
        version: stream.version,
        arrival_ms,
        time_zone: target.time_zone.clone(),
        extension: &target.extension,
        identity,
    };
    Ok(Some((target.object(name.delivered(&target.prefix), body), cursor)))
}

/// Compression runs beside the tasks of the server: it keeps a processor busy for a while.
async fn write(mut body: Compressor, chunk: Chunk, target: &Target) -> Result<Compressor, StoreError> {
    let delimiter = target.delimiter;
    let write = move || {
        for record in &chunk.records {
            body.write(&record.data)?;
            if delimiter {
                body.write(b"\n")?;
            }
        }
        Ok::<_, std::io::Error>(body)
    };
    let written = if target.compression == CompressionFormat::Uncompressed {
        write()
    } else {
        tokio::task::spawn_blocking(write).await.map_err(|error| StoreError::Io(error.to_string()))?
    };
    written.map_err(|error| StoreError::Io(error.to_string()))
}
