//! Consumers registered for enhanced fan-out: a part of their stream's document, so that they go when it goes.

use super::stream::StreamDocument;
use crate::api::kinesis as api;
use crate::base::clock::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Consumers of one stream (guide `service-sizes-and-limits`; 50 with the minimum throughput commitment, which is not kept here).
pub(super) const MOST_CONSUMERS: usize = 20;

/// A consumer as the catalog keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consumer {
    /// Unique among the stream's consumers.
    pub name: String,
    /// When it was registered; its seconds end the consumer's ARN.
    pub created_ms: Millis,
    /// When it becomes ACTIVE.
    pub active_ms: Millis,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl Consumer {
    /// `STREAM-ARN/consumer/NAME:SECONDS`.
    pub(super) fn arn(&self, stream_arn: &str) -> String {
        format!("{stream_arn}/consumer/{}:{}", self.name, self.created_ms / 1000)
    }

    pub(super) fn status(&self, now_ms: Millis) -> api::ConsumerStatus {
        if now_ms < self.active_ms { api::ConsumerStatus::Creating } else { api::ConsumerStatus::Active }
    }

    /// The shape of RegisterStreamConsumer and ListStreamConsumers.
    pub(super) fn to_api(&self, stream_arn: &str, now_ms: Millis) -> api::Consumer {
        api::Consumer {
            consumer_name: self.name.clone(),
            consumer_arn: self.arn(stream_arn),
            consumer_status: self.status(now_ms),
            consumer_creation_timestamp: crate::api::Timestamp(self.created_ms),
        }
    }
}

impl StreamDocument {
    /// Where the consumer called `name` stands in the list, which is in order of names.
    pub(super) fn find_consumer(&self, name: &str) -> Result<usize, usize> {
        self.consumers.binary_search_by(|consumer| consumer.name.as_str().cmp(name))
    }
}
