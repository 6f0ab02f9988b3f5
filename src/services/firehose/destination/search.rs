//! What an Elasticsearch or OpenSearch configuration is by default, how an update changes it, and what is wrong with it.

use super::super::Defects;
use super::{
    DEFAULT_INTERVAL_SECONDS, DEFAULT_SIZE_MIB, check_interval, check_logging, logging, merge_logging, processing, s3, set_some,
};
use crate::api::firehose::{
    DefaultDocumentIdFormat, DocumentIdOptions, ElasticsearchBufferingHints, ElasticsearchDestinationConfiguration,
    ElasticsearchDestinationDescription, ElasticsearchDestinationUpdate, ElasticsearchIndexRotationPeriod,
    ElasticsearchRetryOptions, ElasticsearchS3BackupMode, S3DestinationDescription, VpcConfiguration,
    VpcConfigurationDescription,
};
use crate::api::stored::recast;
use crate::base::limits::FirehoseLimits;

/// How long failed documents are tried again by default (API model).
const DEFAULT_RETRY_SECONDS: i32 = 300;

/// The VPC that a VpcConfiguration is said to be in: there are no VPCs here, but clients expect an id.
const VPC_ID: &str = "vpc-00000000000000000";

/// The configuration with its defaults.
pub(super) fn describe(given: ElasticsearchDestinationConfiguration) -> ElasticsearchDestinationDescription {
    let mut described: ElasticsearchDestinationDescription = recast(given.clone());
    described.buffering_hints = Some(hints(given.buffering_hints));
    described.cloud_watch_logging_options = Some(logging(given.cloud_watch_logging_options));
    described.document_id_options = Some(
        given
            .document_id_options
            .unwrap_or(DocumentIdOptions { default_document_id_format: DefaultDocumentIdFormat::FirehoseDefault }),
    );
    described.index_rotation_period = Some(given.index_rotation_period.unwrap_or(ElasticsearchIndexRotationPeriod::OneDay));
    described.processing_configuration = given.processing_configuration.map(processing::describe);
    described.retry_options = Some(retry(given.retry_options));
    described.s3_backup_mode = Some(given.s3_backup_mode.unwrap_or(ElasticsearchS3BackupMode::FailedDocumentsOnly));
    described.s3_destination_description = Some(s3::describe(given.s3_configuration));
    described.vpc_configuration_description = given.vpc_configuration.map(vpc);
    described
}

fn hints(given: Option<ElasticsearchBufferingHints>) -> ElasticsearchBufferingHints {
    let mut hints = given.unwrap_or_default();
    hints.size_in_mbs.get_or_insert(DEFAULT_SIZE_MIB);
    hints.interval_in_seconds.get_or_insert(DEFAULT_INTERVAL_SECONDS);
    hints
}

fn retry(given: Option<ElasticsearchRetryOptions>) -> ElasticsearchRetryOptions {
    let mut options = given.unwrap_or_default();
    options.duration_in_seconds.get_or_insert(DEFAULT_RETRY_SECONDS);
    options
}

fn vpc(given: VpcConfiguration) -> VpcConfigurationDescription {
    VpcConfigurationDescription {
        role_arn: given.role_arn,
        security_group_ids: given.security_group_ids,
        subnet_ids: given.subnet_ids,
        vpc_id: VPC_ID.into(),
    }
}

/// The configuration after an update. Backup mode and VPC are fixed at creation; naming a domain takes the place of an endpoint and the reverse.
pub(super) fn merge(present: &mut ElasticsearchDestinationDescription, update: ElasticsearchDestinationUpdate) {
    if let Some(update) = update.buffering_hints {
        let hints = present.buffering_hints.get_or_insert_default();
        set_some(&mut hints.size_in_mbs, update.size_in_mbs);
        set_some(&mut hints.interval_in_seconds, update.interval_in_seconds);
    }
    merge_logging(&mut present.cloud_watch_logging_options, update.cloud_watch_logging_options);
    if update.domain_arn.is_some() || update.cluster_endpoint.is_some() {
        (present.domain_arn, present.cluster_endpoint) = (update.domain_arn, update.cluster_endpoint);
    }
    set_some(&mut present.document_id_options, update.document_id_options);
    set_some(&mut present.index_name, update.index_name);
    set_some(&mut present.index_rotation_period, update.index_rotation_period);
    set_some(&mut present.processing_configuration, update.processing_configuration.map(processing::describe));
    set_some(&mut present.retry_options, update.retry_options.map(|options| retry(Some(options))));
    set_some(&mut present.role_arn, update.role_arn);
    set_some(&mut present.type_name, update.type_name);
    if let Some(update) = update.s3_update {
        s3::merge(present.s3_destination_description.get_or_insert_default(), update);
    }
}

/// What is wrong with the configuration.
pub(super) fn check(present: &ElasticsearchDestinationDescription, limits: &FirehoseLimits) -> Defects {
    if present.domain_arn.is_some() == present.cluster_endpoint.is_some() {
        return Err("Exactly one of DomainARN and ClusterEndpoint must be specified.".into());
    }
    if let Some(endpoint) = &present.cluster_endpoint {
        reqwest::Url::parse(endpoint).map_err(|error| format!("ClusterEndpoint {endpoint} is not a URL: {error}."))?;
    }
    check_interval(present.buffering_hints.as_ref().and_then(|hints| hints.interval_in_seconds), limits)?;
    check_logging(present.cloud_watch_logging_options.as_ref())?;
    if let Some(processing) = &present.processing_configuration {
        processing::check(processing)?;
    }
    present.s3_destination_description.as_ref().map_or(Ok(()), |bucket| s3::check(bucket, limits))
}

/// The bucket for a copy of all documents, if they are to be copied.
pub(super) fn backup(present: &ElasticsearchDestinationDescription) -> Option<S3DestinationDescription> {
    let copies = present.s3_backup_mode == Some(ElasticsearchS3BackupMode::AllDocuments);
    present.s3_destination_description.clone().filter(|_| copies)
}
