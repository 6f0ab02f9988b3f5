//! What a plain S3 configuration is by default, how an update changes it, and what is wrong with it.

use super::super::Defects;
use super::super::expression::{ErrorOutput, Prefix};
use super::{DEFAULT_INTERVAL_SECONDS, DEFAULT_SIZE_MIB, check_interval, check_logging, logging, merge_logging, set, set_some};
use crate::api::firehose::{
    BufferingHints, CompressionFormat, EncryptionConfiguration, NoEncryptionConfig, S3DestinationConfiguration,
    S3DestinationDescription, S3DestinationUpdate,
};
use crate::base::limits::FirehoseLimits;

/// The configuration with its defaults.
pub(super) fn describe(given: S3DestinationConfiguration) -> S3DestinationDescription {
    S3DestinationDescription {
        bucket_arn: given.bucket_arn,
        buffering_hints: hints(given.buffering_hints),
        cloud_watch_logging_options: Some(logging(given.cloud_watch_logging_options)),
        compression_format: given.compression_format.unwrap_or(CompressionFormat::Uncompressed),
        encryption_configuration: encryption(given.encryption_configuration),
        error_output_prefix: given.error_output_prefix,
        prefix: given.prefix,
        role_arn: given.role_arn,
    }
}

/// 5 MiB and 300 seconds where nothing else is asked for.
pub(super) fn hints(given: Option<BufferingHints>) -> BufferingHints {
    let mut hints = given.unwrap_or_default();
    hints.size_in_mbs.get_or_insert(DEFAULT_SIZE_MIB);
    hints.interval_in_seconds.get_or_insert(DEFAULT_INTERVAL_SECONDS);
    hints
}

/// NoEncryption where nothing else is asked for.
pub(super) fn encryption(given: Option<EncryptionConfiguration>) -> EncryptionConfiguration {
    given.unwrap_or(EncryptionConfiguration {
        kms_encryption_config: None,
        no_encryption_config: Some(NoEncryptionConfig::NoEncryption),
    })
}

/// Hints are merged member by member.
pub(super) fn merge_hints(present: &mut BufferingHints, update: Option<BufferingHints>) {
    let Some(update) = update else { return };
    set_some(&mut present.size_in_mbs, update.size_in_mbs);
    set_some(&mut present.interval_in_seconds, update.interval_in_seconds);
}

/// The configuration after an update.
pub(super) fn merge(present: &mut S3DestinationDescription, update: S3DestinationUpdate) {
    set(&mut present.bucket_arn, update.bucket_arn);
    merge_hints(&mut present.buffering_hints, update.buffering_hints);
    merge_logging(&mut present.cloud_watch_logging_options, update.cloud_watch_logging_options);
    set(&mut present.compression_format, update.compression_format);
    set(&mut present.encryption_configuration, update.encryption_configuration);
    set_some(&mut present.error_output_prefix, update.error_output_prefix);
    set_some(&mut present.prefix, update.prefix);
    set(&mut present.role_arn, update.role_arn);
}

/// What is wrong with the configuration.
pub(super) fn check(present: &S3DestinationDescription, limits: &FirehoseLimits) -> Defects {
    check_interval(present.buffering_hints.interval_in_seconds, limits)?;
    check_logging(present.cloud_watch_logging_options.as_ref())?;
    check_prefixes(present.prefix.as_deref(), present.error_output_prefix.as_deref())
}

/// What is wrong with the two prefixes (spec/firehose 4.1).
pub(super) fn check_prefixes(prefix: Option<&str>, error_output: Option<&str>) -> Defects {
    let prefix = Prefix::parse(prefix.unwrap_or_default())?;
    let error_output = ErrorOutput::parse(error_output.unwrap_or_default())?;
    if prefix.has_expressions() && error_output.is_empty() {
        return Err("ErrorOutputPrefix cannot be null or empty when Prefix contains expressions.".into());
    }
    Ok(())
}
