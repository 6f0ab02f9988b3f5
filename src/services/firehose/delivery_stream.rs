//! A delivery stream as it is stored, and as Describe shows it.

use super::destination::Destination;
use crate::api::Timestamp;
use crate::api::firehose::{
    DeliveryStreamDescription, DeliveryStreamEncryptionConfiguration, DeliveryStreamEncryptionStatus, DeliveryStreamStatus,
    DeliveryStreamType, DirectPutSourceDescription, KeyType, KinesisStreamSourceDescription, SourceDescription,
};
use crate::base::account::Scope;
use crate::base::arn::Arn;
use crate::base::clock::Millis;
use crate::store::{Collection, Key, LogId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The service's name in keys of the store.
pub(super) const SERVICE: &str = "firehose";

/// The kind of its documents.
pub(super) const KIND: &str = "delivery-stream";

/// Where a delivery stream's records come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Source {
    /// Producers put them.
    DirectPut {
        /// What the creator thought the rate would be; informational.
        throughput_hint_mib: Option<i32>,
    },
    /// A Kinesis stream is followed.
    KinesisStream {
        /// The stream.
        stream_arn: String,
        /// The role that would read it.
        role_arn: String,
        /// From when on its records are delivered.
        start_ms: Millis,
    },
}

/// Server-side encryption: records are told to be encrypted, which the local disk does not show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Encryption {
    /// Whose key.
    pub(super) customer_managed: bool,
    /// The customer's key.
    pub(super) key_arn: Option<String>,
}

/// A delivery stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct DeliveryStream {
    /// Its name, unique in account and region.
    pub(super) name: String,
    /// Where records come from.
    pub(super) source: Source,
    /// Where they go.
    pub(super) destination: Destination,
    /// Counts the updates from 1.
    pub(super) version: u64,
    /// When it was created.
    pub(super) created_ms: Millis,
    /// From when on it is ACTIVE.
    pub(super) active_ms: Millis,
    /// When its destination was last changed.
    pub(super) updated_ms: Option<Millis>,
    /// When it will be gone, once it is DELETING.
    pub(super) gone_ms: Option<Millis>,
    /// The encryption that is switched on.
    pub(super) encryption: Option<Encryption>,
    /// Its tags.
    pub(super) tags: BTreeMap<String, String>,
    /// The log of what producers put.
    pub(super) log: LogId,
}

impl DeliveryStream {
    /// Its state at an instant.
    pub(super) fn status(&self, now_ms: Millis) -> DeliveryStreamStatus {
        if self.gone_ms.is_some() {
            DeliveryStreamStatus::Deleting
        } else if now_ms < self.active_ms {
            DeliveryStreamStatus::Creating
        } else {
            DeliveryStreamStatus::Active
        }
    }

    /// The ARN of the Kinesis stream that it reads.
    pub(super) fn source_arn(&self) -> Option<&str> {
        match &self.source {
            Source::DirectPut { .. } => None,
            Source::KinesisStream { stream_arn, .. } => Some(stream_arn),
        }
    }

    /// The type of its source.
    pub(super) fn kind(&self) -> DeliveryStreamType {
        match self.source {
            Source::DirectPut { .. } => DeliveryStreamType::DirectPut,
            Source::KinesisStream { .. } => DeliveryStreamType::KinesisStreamAsSource,
        }
    }

    /// Its ARN.
    pub(super) fn arn(&self, scope: &Scope) -> String {
        arn(scope, &self.name)
    }

    /// The answer of DescribeDeliveryStream (spec/firehose 1.5).
    pub(super) fn describe(&self, scope: &Scope, now_ms: Millis) -> DeliveryStreamDescription {
        DeliveryStreamDescription {
            create_timestamp: Some(Timestamp(self.created_ms)),
            delivery_stream_arn: self.arn(scope),
            delivery_stream_encryption_configuration: self.describe_encryption(),
            delivery_stream_name: self.name.clone(),
            delivery_stream_status: self.status(now_ms),
            delivery_stream_type: self.kind(),
            destinations: vec![self.destination.describe()],
            failure_description: None,
            has_more_destinations: false,
            last_update_timestamp: self.updated_ms.map(Timestamp),
            source: self.describe_source(),
            version_id: self.version.to_string(),
        }
    }

    /// The block is always there for DirectPut and never for a Kinesis source (recorded answers).
    fn describe_encryption(&self) -> Option<DeliveryStreamEncryptionConfiguration> {
        if !matches!(self.source, Source::DirectPut { .. }) {
            return None;
        }
        let status = match self.encryption {
            Some(_) => DeliveryStreamEncryptionStatus::Enabled,
            None => DeliveryStreamEncryptionStatus::Disabled,
        };
        let mut described = DeliveryStreamEncryptionConfiguration { status: Some(status), ..Default::default() };
        if let Some(encryption) = &self.encryption {
            let key = if encryption.customer_managed { KeyType::CustomerManagedCmk } else { KeyType::AwsOwnedCmk };
            (described.key_type, described.key_arn) = (Some(key), encryption.key_arn.clone());
        }
        Some(described)
    }

    fn describe_source(&self) -> Option<SourceDescription> {
        let mut described = SourceDescription::default();
        match &self.source {
            Source::DirectPut { throughput_hint_mib: None } => return None,
            Source::DirectPut { throughput_hint_mib: hint } => {
                described.direct_put_source_description = Some(DirectPutSourceDescription { throughput_hint_in_mbs: *hint });
            }
            Source::KinesisStream { stream_arn, role_arn, start_ms } => {
                described.kinesis_stream_source_description = Some(KinesisStreamSourceDescription {
                    delivery_start_timestamp: Some(Timestamp(*start_ms)),
                    kinesis_stream_arn: Some(stream_arn.clone()),
                    role_arn: Some(role_arn.clone()),
                });
            }
        }
        Some(described)
    }
}

/// The ARN of the delivery stream called `name`.
pub(super) fn arn(scope: &Scope, name: &str) -> String {
    Arn::of(SERVICE, scope, format!("deliverystream/{name}")).to_string()
}

/// The key of its document.
pub(super) fn key(scope: &Scope, name: &str) -> Key {
    Collection::new(SERVICE, KIND, scope).key(name)
}
