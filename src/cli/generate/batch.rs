//! Records gathered into the entries of one request.

use super::CliError;
use super::producer::Sink;
use super::target::Target;
use crate::base::clock::Stopwatch;
use crate::generate::{Context, Template};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::ops::Range;
use std::time::Duration;
use tokio::sync::mpsc;

/// Bytes of data and keys in a PutRecords request: AWS takes 10 MiB by now, older servers 5.
const PUT_RECORDS_BYTES_MAX: usize = 5 << 20;
/// Bytes of data in a PutRecordBatch request.
const PUT_RECORD_BATCH_BYTES_MAX: usize = 4 << 20;
/// Characters of a partition key.
const PARTITION_KEY_CHARS_MAX: usize = 256;
/// How long a record waits for others when there is nothing else to do.
const LINGER: Duration = Duration::from_millis(100);

/// The entries of a request.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// The entries as JSON, one behind the other.
    text: Vec<u8>,
    entries: Vec<Range<usize>>,
    /// What counts against the limit.
    bytes: usize,
}

impl Batch {
    /// How many records there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Bytes of data and keys.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes of so many of its records, on average: enough for telling how it goes.
    pub(super) fn bytes_of(&self, records: usize) -> u64 {
        (self.bytes * records / self.len().max(1)) as u64
    }

    /// Adds a record, with a partition key for streams.
    pub(super) fn push(&mut self, record: &[u8], partition_key: Option<&str>) -> Result<(), CliError> {
        let start = self.text.len();
        self.text.extend_from_slice(b"{\"Data\":\"");
        let data = self.text.len();
        self.text.resize(data + record.len().div_ceil(3) * 4, 0);
        STANDARD.encode_slice(record, &mut self.text[data..])?;
        self.text.push(b'"');
        if let Some(key) = partition_key {
            self.text.extend_from_slice(b",\"PartitionKey\":");
            serde_json::to_writer(&mut self.text, key)?;
            self.bytes += key.len();
        }
        self.text.push(b'}');
        self.bytes += record.len();
        self.entries.push(start..self.text.len());
        Ok(())
    }

    /// The body of a request with some of the entries.
    pub(super) fn body(&self, chosen: &[usize], target: &Target) -> Vec<u8> {
        let mut body = Vec::with_capacity(self.text.len() + 64 + chosen.len());
        body.extend_from_slice(b"{\"Records\":[");
        for (index, entry) in chosen.iter().filter_map(|chosen| self.entries.get(*chosen)).enumerate() {
            if index > 0 {
                body.push(b',');
            }
            body.extend_from_slice(&self.text[entry.clone()]);
        }
        let (member, name) = match target {
            Target::DeliveryStream { name, .. } => ("DeliveryStreamName", name.as_str()),
            Target::Stream { name, .. } => ("StreamName", name.as_str()),
            Target::Print => ("StreamName", ""),
        };
        body.extend_from_slice(format!("],\"{member}\":{}}}", serde_json::Value::from(name)).as_bytes());
        body
    }
}

/// Gathers records and gives full batches to the queue; waits when it is full.
pub(super) struct Batcher {
    batch: Batch,
    started: Option<Stopwatch>,
    records_max: usize,
    bytes_max: usize,
    partition_key: Option<Template>,
    key: String,
    queue: mpsc::Sender<Batch>,
}

impl Batcher {
    /// For streams with a template of partition keys, for delivery streams without.
    pub(super) fn new(records_max: usize, partition_key: Option<Template>, queue: mpsc::Sender<Batch>) -> Self {
        let bytes_max = if partition_key.is_some() { PUT_RECORDS_BYTES_MAX } else { PUT_RECORD_BATCH_BYTES_MAX };
        Self { batch: Batch::default(), started: None, records_max, bytes_max, partition_key, key: String::new(), queue }
    }

    /// False when nobody takes batches any more.
    fn flush(&mut self) -> bool {
        self.started = None;
        self.batch.len() == 0 || self.queue.blocking_send(std::mem::take(&mut self.batch)).is_ok()
    }
}

impl Sink for Batcher {
    fn take(&mut self, record: &[u8], context: &mut Context) -> Result<bool, CliError> {
        self.key.clear();
        if let Some(template) = &self.partition_key {
            template.render(context, &mut self.key)?;
            let length = self.key.chars().count();
            if length == 0 || length > PARTITION_KEY_CHARS_MAX {
                return Err(
                    format!("--partition-key made {length} characters; 1 to {PARTITION_KEY_CHARS_MAX} are allowed").into()
                );
            }
        }
        let full = self.batch.bytes() + record.len() + self.key.len() > self.bytes_max;
        if full && !self.flush() {
            return Ok(false);
        }
        self.started.get_or_insert_with(Stopwatch::start);
        self.batch.push(record, self.partition_key.as_ref().map(|_| self.key.as_str()))?;
        if self.batch.len() < self.records_max { Ok(true) } else { Ok(self.flush()) }
    }

    /// Called again and again while nothing is due; sends what has waited long enough.
    fn pause(&mut self) -> Result<(), CliError> {
        if self.started.is_some_and(|started| started.elapsed() >= LINGER) {
            self.flush();
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), CliError> {
        self.flush();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use serde_json::{Value, json};

    fn stream() -> Target {
        Target::Stream { name: "s".into(), region: None }
    }

    #[test]
    fn bodies_hold_the_chosen_entries() {
        let mut batch = Batch::default();
        batch.push(b"one\n", Some("k\"1")).unwrap();
        batch.push(b"two", Some("k2")).unwrap();
        assert_eq!((batch.len(), batch.bytes()), (2, 4 + 3 + 3 + 2));
        let body: Value = serde_json::from_slice(&batch.body(&[0, 1], &stream())).unwrap();
        let entries = json!([{"Data": "b25lCg==", "PartitionKey": "k\"1"}, {"Data": "dHdv", "PartitionKey": "k2"}]);
        assert_eq!(body, json!({"StreamName": "s", "Records": entries}));
        let body: Value = serde_json::from_slice(&batch.body(&[1], &stream())).unwrap();
        assert_eq!(body["Records"].as_array().unwrap().len(), 1);
        let mut batch = Batch::default();
        batch.push(b"x", None).unwrap();
        let target = Target::DeliveryStream { name: "d".into(), region: None };
        assert_eq!(
            String::from_utf8(batch.body(&[0], &target)).unwrap(),
            r#"{"Records":[{"Data":"eA=="}],"DeliveryStreamName":"d"}"#
        );
    }

    #[test]
    fn batches_end_at_their_records_and_bytes() {
        let (queue, mut batches) = mpsc::channel(10);
        let mut context = Context::new(1, 0, TimeZone::UTC);
        let mut batcher = Batcher::new(2, Some(Template::compile("k").unwrap()), queue);
        for _ in 0..3 {
            assert!(batcher.take(b"x", &mut context).unwrap());
        }
        batcher.end().unwrap();
        assert_eq!([batches.try_recv().unwrap().len(), batches.try_recv().unwrap().len()], [2, 1]);
        let large = vec![0; PUT_RECORDS_BYTES_MAX / 2 + 1];
        for _ in 0..2 {
            assert!(batcher.take(&large, &mut context).unwrap());
        }
        assert_eq!(batches.try_recv().unwrap().len(), 1);
        drop(batches);
        assert!(!batcher.take(&large, &mut context).unwrap());
    }

    #[test]
    fn partition_keys_have_their_length() {
        let (queue, _batches) = mpsc::channel(10);
        let key = "x".repeat(PARTITION_KEY_CHARS_MAX + 1);
        let mut batcher = Batcher::new(2, Some(Template::compile(&key).unwrap()), queue);
        let wrong = batcher.take(b"x", &mut Context::new(1, 0, TimeZone::UTC)).unwrap_err();
        assert!(wrong.to_string().contains("257 characters"));
    }
}
