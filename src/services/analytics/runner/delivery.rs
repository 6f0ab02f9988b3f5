//! Records to the outputs: tried for ever, in order, a failing destination holding everything back.

use super::engine::Produced;
use crate::api::kinesis::PutRecordsRequestEntry;
use crate::base::account::Scope;
use crate::base::arn::Arn;
use crate::base::retry::Backoff;
use crate::services::analytics::Analytics;
use crate::services::analytics::application::{Application, Destination};
use crate::services::analytics::messages::About;
use bytes::Bytes;
use futures_util::future::join_all;
use std::time::Duration;

/// The most records of one PutRecords or PutRecordBatch (API references).
const BATCH_RECORDS: usize = 500;

/// The most bytes of one PutRecordBatch, 4 MiB (API reference); PutRecords takes more.
const BATCH_BYTES: usize = 4 << 20;

/// The largest record: 1,000 KiB for delivery streams (API reference), a little more for streams.
const RECORD_BYTES_MAX: usize = 1_000 << 10;

/// A destination that fails is tried again after these waits.
const RETRY: Backoff = Backoff { first: Duration::from_millis(100), most: Duration::from_secs(10) };

/// Delivers what an application produces.
pub(super) struct Delivery<'a> {
    pub(super) service: &'a Analytics,
    pub(super) scope: &'a Scope,
    pub(super) application: &'a Application,
}

impl Delivery<'_> {
    /// Returns when every destination has acknowledged all of its records. Drop it to give up.
    pub(super) async fn deliver(&self, produced: Produced) {
        let to_output = |(output, records): (usize, Vec<Bytes>)| async move {
            let records = self.deliverable(output, records).await;
            for batch in batches(&records) {
                self.put(output, batch).await;
            }
        };
        join_all(produced.into_iter().enumerate().filter(|(_, records)| !records.is_empty()).map(to_output)).await;
    }

    /// The records that a destination can take. One that is too large for any would block the rest for ever.
    async fn deliverable(&self, output: usize, mut records: Vec<Bytes>) -> Vec<Bytes> {
        let before = records.len();
        records.retain(|record| record.len() <= RECORD_BYTES_MAX);
        let too_large = before - records.len();
        if too_large > 0 {
            let text = format!(
                "{too_large} rows are larger than the {RECORD_BYTES_MAX} bytes that a record may have; they are not delivered"
            );
            self.report(output, &text).await;
        }
        records
    }

    async fn put(&self, output: usize, batch: &[Bytes]) {
        let mut left = batch.to_vec();
        let mut failures = 0_u32;
        while !left.is_empty() {
            let count = left.len();
            let outcome = match &self.application.outputs[output].destination {
                Destination::Stream(stream) => self.put_records(&stream.arn, &mut left).await,
                Destination::DeliveryStream(stream) => self.put_record_batch(&stream.arn, &mut left).await,
                // Start refuses applications with these.
                Destination::Function(_) => return,
            };
            if left.len() < count {
                failures = 0;
                continue;
            }
            failures += 1;
            // At the first failure, and then ever more rarely.
            if failures.is_power_of_two() {
                let why = outcome.err().unwrap_or_else(|| "the destination is throttling".into());
                self.report(output, &format!("{count} rows cannot be delivered yet and are tried again: {why}")).await;
            }
            self.service.clock().sleep(RETRY.wait(failures)).await;
        }
    }

    /// Leaves in `left` what the stream did not take.
    async fn put_records(&self, arn: &str, left: &mut Vec<Bytes>) -> Result<(), String> {
        let stream = self.service.0.parts.kinesis.stream(self.scope, arn).map_err(|error| error.to_string())?;
        let entry = |data: &Bytes| PutRecordsRequestEntry {
            data: data.clone(),
            partition_key: uuid::Uuid::new_v4().simple().to_string(),
            ..Default::default()
        };
        let entries: Vec<_> = left.iter().map(entry).collect();
        let answer = stream.put_records(&entries).await.map_err(|error| error.to_string())?;
        let why = answer.records.iter().find_map(|result| result.error_message.clone());
        let mut results = answer.records.into_iter();
        left.retain(|_| results.next().is_none_or(|result| result.error_code.is_some()));
        why.map_or(Ok(()), Err)
    }

    async fn put_record_batch(&self, arn: &str, left: &mut Vec<Bytes>) -> Result<(), String> {
        let delivery_stream = Arn::parse(arn).ok_or_else(|| format!("{arn} is no ARN"))?;
        let taken = self.service.0.parts.delivery_streams.put(delivery_stream, left.clone()).await;
        left.drain(..taken.map_err(|error| error.to_string())?.min(left.len()));
        Ok(())
    }

    async fn report(&self, output: usize, message: &str) {
        let id = &self.application.outputs[output].id;
        self.service.report(self.application, About::Output(id), message).await;
    }
}

/// Cuts records into batches that one call takes.
fn batches(records: &[Bytes]) -> impl Iterator<Item = &[Bytes]> {
    let mut rest = records;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = |record: &&Bytes| {
            bytes += record.len();
            bytes <= BATCH_BYTES
        };
        let count = rest.iter().take(BATCH_RECORDS).take_while(fits).count().max(1).min(rest.len());
        let (batch, after) = rest.split_at(count);
        rest = after;
        (!batch.is_empty()).then_some(batch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_keep_to_both_limits_and_lose_nothing() {
        let small = vec![Bytes::from_static(b"x"); 1_201];
        assert_eq!(batches(&small).map(<[Bytes]>::len).collect::<Vec<_>>(), [500, 500, 201]);
        let large = vec![Bytes::from(vec![0; RECORD_BYTES_MAX]); 9];
        assert_eq!(batches(&large).map(<[Bytes]>::len).collect::<Vec<_>>(), [4, 4, 1]);
        assert_eq!(batches(&[]).count(), 0);
    }
}
