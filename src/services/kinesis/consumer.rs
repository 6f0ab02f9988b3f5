//! Consumers registered for enhanced fan-out: a part of their stream's document, so that they go when it goes.

use super::stream::StreamDocument;
use crate::api::kinesis as api;
use crate::base::clock::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Consumers of one stream (guide `service-sizes-and-limits`), without and with the minimum throughput commitment of the account.
pub(super) const MOST_CONSUMERS: usize = 20;
pub(super) const MOST_CONSUMERS_WITH_COMMITMENT: usize = 50;

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
    /// Its resource policy. Shown, not enforced.
    #[serde(default)]
    pub policy: Option<String>,
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

/// What tags and policies are kept of: the stream, or one of its consumers.
pub(super) struct Resource<'d> {
    pub(super) tags: &'d mut BTreeMap<String, String>,
    pub(super) policy: &'d mut Option<String>,
}

impl StreamDocument {
    /// The stream itself, or the consumer if it is still registered.
    pub(super) fn resource(&mut self, consumer: Option<&Consumer>) -> Option<Resource<'_>> {
        let Some(consumer) = consumer else { return Some(Resource { tags: &mut self.tags, policy: &mut self.policy }) };
        let at = self.find_consumer(&consumer.name).ok()?;
        let found = self.consumers.get_mut(at).filter(|found| found.created_ms == consumer.created_ms)?;
        Some(Resource { tags: &mut found.tags, policy: &mut found.policy })
    }

    /// Where the consumer called `name` stands in the list, which is in order of names.
    pub(super) fn find_consumer(&self, name: &str) -> Result<usize, usize> {
        self.consumers.binary_search_by(|consumer| consumer.name.as_str().cmp(name))
    }
}
