//! What an extended S3 configuration is by default, how an update changes it, and what is wrong with it.

use super::super::Defects;
use super::s3::{self, check_prefixes, encryption, hints, merge_hints};
use super::{check_interval, check_logging, logging, merge_logging, processing, set, set_some};
use crate::api::Fault;
use crate::api::firehose::{
    CompressionFormat, ExtendedS3DestinationConfiguration, ExtendedS3DestinationDescription, ExtendedS3DestinationUpdate,
    S3BackupMode, S3DestinationDescription, fault,
};
use crate::api::stored::recast;
use crate::base::limits::FirehoseLimits;

/// The configuration with its defaults.
pub(super) fn describe(given: ExtendedS3DestinationConfiguration) -> Result<ExtendedS3DestinationDescription, Fault> {
    let mode = given.s3_backup_mode.unwrap_or(S3BackupMode::Disabled);
    if mode == S3BackupMode::Enabled && given.s3_backup_configuration.is_none() {
        return Err(fault::invalid_argument("S3BackupConfiguration must be given when S3BackupMode is Enabled."));
    }
    let mut described: ExtendedS3DestinationDescription = recast(given.clone());
    described.buffering_hints = hints(given.buffering_hints);
    described.cloud_watch_logging_options = Some(logging(given.cloud_watch_logging_options));
    described.compression_format = given.compression_format.unwrap_or(CompressionFormat::Uncompressed);
    described.encryption_configuration = encryption(given.encryption_configuration);
    described.processing_configuration = given.processing_configuration.map(processing::describe);
    described.s3_backup_mode = Some(mode);
    described.s3_backup_description = given.s3_backup_configuration.map(s3::describe);
    Ok(described)
}

/// The configuration after an update. Processing is replaced as one block, all else is merged member by member (spec/firehose 1.6).
pub(super) fn merge(present: &mut ExtendedS3DestinationDescription, update: ExtendedS3DestinationUpdate) -> Result<(), Fault> {
    let disables = update.s3_backup_mode == Some(S3BackupMode::Disabled);
    if disables && present.s3_backup_mode == Some(S3BackupMode::Enabled) {
        return Err(fault::invalid_argument("Disabling S3 backup is not currently supported."));
    }
    set(&mut present.bucket_arn, update.bucket_arn);
    merge_hints(&mut present.buffering_hints, update.buffering_hints);
    merge_logging(&mut present.cloud_watch_logging_options, update.cloud_watch_logging_options);
    set(&mut present.compression_format, update.compression_format);
    set_some(&mut present.custom_time_zone, update.custom_time_zone);
    set_some(&mut present.data_format_conversion_configuration, update.data_format_conversion_configuration);
    set_some(&mut present.dynamic_partitioning_configuration, update.dynamic_partitioning_configuration);
    set(&mut present.encryption_configuration, update.encryption_configuration);
    set_some(&mut present.error_output_prefix, update.error_output_prefix);
    set_some(&mut present.file_extension, update.file_extension);
    set_some(&mut present.prefix, update.prefix);
    set_some(&mut present.processing_configuration, update.processing_configuration.map(processing::describe));
    set(&mut present.role_arn, update.role_arn);
    set_some(&mut present.s3_backup_mode, update.s3_backup_mode);
    if let Some(update) = update.s3_backup_update {
        match &mut present.s3_backup_description {
            Some(backup) => s3::merge(backup, update),
            none => *none = Some(s3::describe(recast(update))),
        }
    }
    Ok(())
}

/// What is wrong with the configuration.
pub(super) fn check(present: &ExtendedS3DestinationDescription, limits: &FirehoseLimits) -> Defects {
    check_interval(present.buffering_hints.interval_in_seconds, limits)?;
    check_logging(present.cloud_watch_logging_options.as_ref())?;
    check_prefixes(present.prefix.as_deref(), present.error_output_prefix.as_deref())?;
    check_time_zone(present.custom_time_zone.as_deref())?;
    if let Some(processing) = &present.processing_configuration {
        processing::check(processing)?;
    }
    if present.data_format_conversion_configuration.as_ref().is_some_and(|c| c.enabled != Some(false)) {
        return Err("Data format conversion is not built yet.".into());
    }
    if present.dynamic_partitioning_configuration.as_ref().is_some_and(|c| c.enabled == Some(true)) {
        return Err("Dynamic partitioning is not built yet.".into());
    }
    match (&present.s3_backup_mode, &present.s3_backup_description) {
        (Some(S3BackupMode::Enabled), None) => Err("S3BackupUpdate must be given when S3BackupMode is Enabled.".into()),
        (_, Some(backup)) => s3::check(backup, limits),
        _ => Ok(()),
    }
}

fn check_time_zone(name: Option<&str>) -> Defects {
    let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(()) };
    jiff::tz::TimeZone::get(name).map(drop).map_err(|_| format!("CustomTimeZone {name} is not a known time zone."))
}

/// The bucket for a copy of the records as they came.
pub(super) fn backup(present: &ExtendedS3DestinationDescription) -> Option<S3DestinationDescription> {
    present.s3_backup_description.clone().filter(|_| present.s3_backup_mode == Some(S3BackupMode::Enabled))
}
