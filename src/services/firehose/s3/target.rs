//! A bucket as a destination: what its configuration says of keys and bodies.

use super::super::compression;
use super::super::destination::appends_delimiter;
use super::super::expression::{ErrorOutput, Prefix};
use super::super::neighbours::Object;
use super::super::object_key;
use crate::api::firehose::{
    CompressionFormat, EncryptionConfiguration, ExtendedS3DestinationDescription, S3DestinationDescription,
};
use bytes::Bytes;
use jiff::tz::TimeZone;

/// Where objects go and what they look like.
pub(in super::super) struct Target {
    /// For the error log.
    pub(in super::super) bucket_arn: String,
    /// The prefix of delivered objects.
    pub(in super::super) prefix: Prefix,
    /// The prefix of objects of failed records.
    pub(in super::super) error_output: ErrorOutput,
    /// How bodies are compressed.
    pub(in super::super) compression: CompressionFormat,
    /// What follows the key.
    pub(in super::super) extension: String,
    /// The zone of times in keys.
    pub(in super::super) time_zone: TimeZone,
    /// Whether a newline follows each record.
    pub(in super::super) delimiter: bool,
    kms_key: Option<String>,
}

impl Target {
    /// An S3 destination.
    pub(in super::super) fn of_destination(description: &ExtendedS3DestinationDescription) -> Self {
        let mut target = Self::new(
            &description.bucket_arn,
            (description.prefix.as_deref(), description.error_output_prefix.as_deref()),
            description.compression_format,
            &description.encryption_configuration,
        );
        if let Some(extension) = description.file_extension.as_ref().filter(|extension| !extension.is_empty()) {
            target.extension = extension.clone();
        }
        target.time_zone = object_key::time_zone(description.custom_time_zone.as_deref());
        target.delimiter = appends_delimiter(description.processing_configuration.as_ref());
        target
    }

    /// A bucket for backups and failed records.
    pub(in super::super) fn of_bucket(description: &S3DestinationDescription) -> Self {
        Self::new(
            &description.bucket_arn,
            (description.prefix.as_deref(), description.error_output_prefix.as_deref()),
            description.compression_format,
            &description.encryption_configuration,
        )
    }

    fn new(
        bucket_arn: &str,
        (prefix, error_output): (Option<&str>, Option<&str>),
        compression: CompressionFormat,
        encryption: &EncryptionConfiguration,
    ) -> Self {
        Self {
            bucket_arn: bucket_arn.to_owned(),
            // Both were checked when they were configured.
            prefix: Prefix::parse(prefix.unwrap_or_default()).unwrap_or_default(),
            error_output: ErrorOutput::parse(error_output.unwrap_or_default()).unwrap_or_default(),
            compression,
            extension: compression::extension(compression).to_owned(),
            time_zone: TimeZone::UTC,
            delimiter: false,
            kms_key: encryption.kms_encryption_config.as_ref().map(|kms| kms.awskms_key_arn.clone()),
        }
    }

    /// An object for the bucket.
    pub(in super::super) fn object(&self, key: String, body: Vec<u8>) -> Object {
        let bucket = self.bucket_arn.rsplit(':').next().unwrap_or_default().to_owned();
        let content_encoding = compression::content_encoding(self.compression);
        Object { bucket, key, body: Bytes::from(body), content_encoding, kms_key: self.kms_key.clone() }
    }
}
