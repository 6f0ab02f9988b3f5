//! The body of a `_bulk` request: an action line and a document a record.

use super::super::delivery::{Incoming, Source};
use super::document::line;
use super::index_name::{hour, index_name};
use super::target::Target;
use crate::base::clock::Millis;
use std::fmt::Write;

/// Writes action lines; remembers the part that changes once an hour at most.
pub(super) struct Actions<'a> {
    target: &'a Target,
    document_type: Option<&'a str>,
    hour: Option<Millis>,
    head: String,
    id: String,
}

impl<'a> Actions<'a> {
    /// For documents of `document_type`, where the server knows types.
    pub(super) fn new(target: &'a Target, document_type: Option<&'a str>) -> Self {
        Self { target, document_type, hour: None, head: String::new(), id: String::new() }
    }

    /// The body for these records, which are all documents. `index`, not `create`: a record sent again replaces itself.
    pub(super) fn body(&mut self, source: &Source, records: &[&Incoming]) -> Vec<u8> {
        // An action line has 150 bytes or so.
        let capacity = records.iter().map(|record| record.data.len() + 160).sum();
        let mut body = Vec::with_capacity(capacity);
        for record in records {
            self.write_action(source, record, &mut body);
            body.extend_from_slice(line(&record.data));
            body.push(b'\n');
        }
        body
    }

    fn write_action(&mut self, source: &Source, record: &Incoming, body: &mut Vec<u8>) {
        if self.hour != Some(hour(record.arrival_ms)) {
            self.hour = Some(hour(record.arrival_ms));
            self.head = head(&index_name(&self.target.index, self.target.rotation, record.arrival_ms), self.document_type);
        }
        body.extend_from_slice(self.head.as_bytes());
        if self.target.with_ids {
            self.id.clear();
            write_document_id(source, record, &mut self.id);
            body.extend_from_slice(b",\"_id\":\"");
            body.extend_from_slice(self.id.as_bytes());
            body.push(b'"');
        }
        body.extend_from_slice(b"}}\n");
    }
}

/// The id of a document: sequence number and sub-sequence number, the form of ids in Firehose's other error records (spec/firehose 3.4).
pub(super) fn write_document_id(source: &Source, record: &Incoming, out: &mut String) {
    source.write_sequence_number(record, out);
    // Writing to a String cannot fail.
    let _ = write!(out, ".{}", record.subsequence);
}

fn head(index: &str, document_type: Option<&str>) -> String {
    let text = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let mut head = format!("{{\"index\":{{\"_index\":{}", text(index));
    if let Some(name) = document_type {
        head.push_str(&format!(",\"_type\":{}", text(name)));
    }
    head
}
