//! AWS::Elasticsearch::Domain and AWS::OpenSearchService::Domain: one kind of thing with two APIs.

use super::calls::unless_missing;
use super::tags::TagChange;
use super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use crate::api::{es, opensearch};
use async_trait::async_trait;

/// The older type.
pub(super) static ELASTICSEARCH: ResourceType = ResourceType {
    name: "AWS::Elasticsearch::Domain",
    properties: &[
        Property::changeable("AccessPolicies"),
        Property::changeable("AdvancedOptions"),
        Property::changeable("AdvancedSecurityOptions"),
        Property::changeable("CognitoOptions"),
        Property::changeable("DomainEndpointOptions"),
        Property::fixed("DomainName"),
        Property::changeable("EBSOptions"),
        Property::changeable("ElasticsearchClusterConfig"),
        Property::fixed("ElasticsearchVersion"),
        Property::fixed("EncryptionAtRestOptions"),
        Property::changeable("LogPublishingOptions"),
        Property::fixed("NodeToNodeEncryptionOptions"),
        Property::changeable("SnapshotOptions"),
        Property::changeable("Tags"),
        Property::changeable("VPCOptions"),
    ],
    attributes: &["Arn", "DomainArn", "DomainEndpoint"],
    handler: &Elasticsearch,
};

/// The newer type.
pub(super) static OPENSEARCH: ResourceType = ResourceType {
    name: "AWS::OpenSearchService::Domain",
    properties: &[
        Property::changeable("AIMLOptions"),
        Property::changeable("AccessPolicies"),
        Property::changeable("AdvancedOptions"),
        Property::changeable("AdvancedSecurityOptions"),
        Property::changeable("ClusterConfig"),
        Property::changeable("CognitoOptions"),
        Property::changeable("DomainEndpointOptions"),
        Property::fixed("DomainName"),
        Property::changeable("EBSOptions"),
        Property::fixed("EncryptionAtRestOptions"),
        Property::fixed("EngineVersion"),
        Property::changeable("IPAddressType"),
        Property::changeable("IdentityCenterOptions"),
        Property::changeable("LogPublishingOptions"),
        Property::fixed("NodeToNodeEncryptionOptions"),
        Property::changeable("OffPeakWindowOptions"),
        Property::changeable("SkipShardMigrationWait"),
        Property::changeable("SnapshotOptions"),
        Property::changeable("SoftwareUpdateOptions"),
        Property::changeable("Tags"),
        Property::changeable("VPCOptions"),
    ],
    attributes: &["Arn", "DomainArn", "DomainEndpoint", "Id"],
    handler: &OpenSearch,
};

/// Longest name of a domain (API reference, DomainName).
const LONGEST_NAME: usize = 28;

/// What is waited for.
const ACTIVE: &str = "the domain to become active";

/// The name given, or a generated one; names of domains are of small letters.
fn domain_name(calls: &Calls, desired: &Properties) -> String {
    desired.text("DomainName").unwrap_or_else(|| calls.generated_name(LONGEST_NAME).to_lowercase())
}

/// What both types show.
fn made(name: &str, arn: &str, endpoint: Option<&str>) -> Made {
    Made::new(name).with("Arn", arn).with("DomainArn", arn).with("DomainEndpoint", endpoint.unwrap_or_default())
}

struct Elasticsearch;

#[async_trait]
impl Handler for Elasticsearch {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let mut input = desired.input(es::op::CreateElasticsearchDomain)?;
        input.domain_name = domain_name(calls, desired);
        let tag = |(key, value)| es::Tag { key, value };
        input.tag_list = Some(calls.tags(desired)?.into_iter().map(tag).collect());
        let name = input.domain_name.clone();
        calls.run(es::op::CreateElasticsearchDomain, input).await?;
        calls.initiated(&name).await;
        self.active(calls, &name).await
    }

    async fn update(&self, calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<Made, Failure> {
        let mut input = desired.input(es::op::UpdateElasticsearchDomainConfig)?;
        input.domain_name = id.to_owned();
        calls.run(es::op::UpdateElasticsearchDomainConfig, input).await?;
        let TagChange { wanted, gone } = TagChange::between(calls, previous, desired)?;
        let arn = calls.arn("es", format!("domain/{id}"));
        if !gone.is_empty() {
            calls.run(es::op::RemoveTags, es::RemoveTagsRequest { arn: arn.clone(), tag_keys: gone }).await?;
        }
        if !wanted.is_empty() {
            let tag_list = wanted.into_iter().map(|(key, value)| es::Tag { key, value }).collect();
            calls.run(es::op::AddTags, es::AddTagsRequest { arn, tag_list }).await?;
        }
        self.active(calls, id).await
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        let input = es::DeleteElasticsearchDomainRequest { domain_name: id.to_owned() };
        unless_missing(calls.run(es::op::DeleteElasticsearchDomain, input).await)?;
        let gone = || async { Ok(unless_missing(self.describe(calls, id).await)?.is_none().then_some(())) };
        calls.until("the domain to be deleted", gone).await
    }
}

impl Elasticsearch {
    async fn describe(&self, calls: &Calls, name: &str) -> Result<es::ElasticsearchDomainStatus, Failure> {
        let input = es::DescribeElasticsearchDomainRequest { domain_name: name.to_owned() };
        Ok(calls.run(es::op::DescribeElasticsearchDomain, input).await?.domain_status)
    }

    async fn active(&self, calls: &Calls, name: &str) -> Result<Made, Failure> {
        let look = || async {
            let domain = self.describe(calls, name).await?;
            let active = domain.processing != Some(true) && (domain.endpoint.is_some() || domain.endpoints.is_some());
            Ok(active.then_some(domain))
        };
        let domain = calls.until(ACTIVE, look).await?;
        let vpc = domain.endpoints.as_ref().and_then(|endpoints| endpoints.get("vpc"));
        Ok(made(name, &domain.arn, domain.endpoint.as_ref().or(vpc).map(String::as_str)))
    }
}

struct OpenSearch;

#[async_trait]
impl Handler for OpenSearch {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let mut input = desired.input(opensearch::op::CreateDomain)?;
        input.domain_name = domain_name(calls, desired);
        let tag = |(key, value)| opensearch::Tag { key, value };
        input.tag_list = Some(calls.tags(desired)?.into_iter().map(tag).collect());
        let name = input.domain_name.clone();
        calls.run(opensearch::op::CreateDomain, input).await?;
        calls.initiated(&name).await;
        self.active(calls, &name).await
    }

    async fn update(&self, calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<Made, Failure> {
        let mut input = desired.input(opensearch::op::UpdateDomainConfig)?;
        input.domain_name = id.to_owned();
        calls.run(opensearch::op::UpdateDomainConfig, input).await?;
        let TagChange { wanted, gone } = TagChange::between(calls, previous, desired)?;
        let arn = calls.arn("es", format!("domain/{id}"));
        if !gone.is_empty() {
            let input = opensearch::RemoveTagsRequest { arn: arn.clone(), tag_keys: gone };
            calls.run(opensearch::op::RemoveTags, input).await?;
        }
        if !wanted.is_empty() {
            let tag_list = wanted.into_iter().map(|(key, value)| opensearch::Tag { key, value }).collect();
            calls.run(opensearch::op::AddTags, opensearch::AddTagsRequest { arn, tag_list }).await?;
        }
        self.active(calls, id).await
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        let input = opensearch::DeleteDomainRequest { domain_name: id.to_owned() };
        unless_missing(calls.run(opensearch::op::DeleteDomain, input).await)?;
        let gone = || async { Ok(unless_missing(self.describe(calls, id).await)?.is_none().then_some(())) };
        calls.until("the domain to be deleted", gone).await
    }
}

impl OpenSearch {
    async fn describe(&self, calls: &Calls, name: &str) -> Result<opensearch::DomainStatus, Failure> {
        let input = opensearch::DescribeDomainRequest { domain_name: name.to_owned() };
        Ok(calls.run(opensearch::op::DescribeDomain, input).await?.domain_status)
    }

    async fn active(&self, calls: &Calls, name: &str) -> Result<Made, Failure> {
        let look = || async {
            let domain = self.describe(calls, name).await?;
            let active = domain.processing != Some(true) && (domain.endpoint.is_some() || domain.endpoints.is_some());
            Ok(active.then_some(domain))
        };
        let domain = calls.until(ACTIVE, look).await?;
        let vpc = domain.endpoints.as_ref().and_then(|endpoints| endpoints.get("vpc"));
        let endpoint = domain.endpoint.as_ref().or(vpc).map(String::as_str);
        Ok(made(name, &domain.arn, endpoint).with("Id", domain.domain_id.as_str()))
    }
}
