//! A search server as a destination: what its configuration says.

use super::super::destination::SearchFamily;
use crate::api::firehose::{DefaultDocumentIdFormat, ElasticsearchDestinationDescription, ElasticsearchIndexRotationPeriod};
use crate::base::arn::Arn;
use crate::base::clock::Millis;

/// Where documents go.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    /// What stands before the point of error codes.
    pub(super) code_prefix: &'static str,
    /// The domain, if it is named by its ARN.
    pub(super) domain: Option<Arn>,
    /// What the error log calls the destination: the domain's ARN, or the URL.
    pub(super) called: String,
    /// The index without its suffix.
    pub(super) index: String,
    /// How often the suffix changes.
    pub(super) rotation: ElasticsearchIndexRotationPeriod,
    /// The type's name, or nothing.
    pub(super) type_name: String,
    /// Whether action lines carry ids.
    pub(super) with_ids: bool,
    /// How long documents are tried again.
    pub(super) retry_ms: Millis,
}

impl Target {
    /// From the stream's configuration.
    pub(super) fn of(family: SearchFamily, description: &ElasticsearchDestinationDescription) -> Self {
        let called = description.domain_arn.clone().or_else(|| description.cluster_endpoint.clone()).unwrap_or_default();
        let ids = description.document_id_options.as_ref().map(|options| options.default_document_id_format);
        let retry = description.retry_options.as_ref().and_then(|options| options.duration_in_seconds);
        Self {
            code_prefix: family.code_prefix(),
            domain: description.domain_arn.as_deref().and_then(Arn::parse),
            called,
            index: description.index_name.clone().unwrap_or_default(),
            rotation: description.index_rotation_period.unwrap_or(ElasticsearchIndexRotationPeriod::OneDay),
            type_name: description.type_name.clone().unwrap_or_default(),
            with_ids: ids != Some(DefaultDocumentIdFormat::NoDocumentId),
            retry_ms: Millis::from(retry.unwrap_or_default()) * 1_000,
        }
    }
}
