//! Amazon Elasticsearch Service, API version 2015-01-01.

use super::operations;
use super::status::Dialect;
use super::versions;
use crate::api::es::*;
use crate::api::{Caller, Fault, Routes, ServiceTable};
use crate::services::elasticsearch::Domains;
use crate::services::elasticsearch::domain::Engine;

/// What a domain is made of where its creator does not say (API reference, CreateElasticsearchDomain).
const DEFAULT_INSTANCE: &str = "m4.large.elasticsearch";

/// The version where its creator does not say (the same place).
const DEFAULT_VERSION: &str = "1.5";

operations! {
    api: es, dialect: Dialect::Es, status: ElasticsearchDomainStatus,
    create: CreateElasticsearchDomainRequest, elasticsearch_version => CreateElasticsearchDomainResponse,
    describe: DescribeElasticsearchDomainRequest => DescribeElasticsearchDomainResponse,
    describe_many: DescribeElasticsearchDomainsRequest => DescribeElasticsearchDomainsResponse,
    describe_config: DescribeElasticsearchDomainConfigRequest => DescribeElasticsearchDomainConfigResponse,
    update: UpdateElasticsearchDomainConfigRequest => UpdateElasticsearchDomainConfigResponse,
    delete: DeleteElasticsearchDomainRequest => DeleteElasticsearchDomainResponse,
}

/// The operations for the gateway.
pub fn routes(domains: Domains) -> ServiceTable {
    Routes::new(&SERVICE, domains)
        .on(op::CreateElasticsearchDomain, create)
        .on(op::DescribeElasticsearchDomain, describe)
        .on(op::DescribeElasticsearchDomains, describe_many)
        .on(op::DescribeElasticsearchDomainConfig, describe_config)
        .on(op::UpdateElasticsearchDomainConfig, update)
        .on(op::DeleteElasticsearchDomain, delete)
        .on(op::ListDomainNames, list)
        .on(op::ListElasticsearchVersions, list_versions)
        .on(op::GetCompatibleElasticsearchVersions, compatible_versions)
        .on(op::ListElasticsearchInstanceTypes, list_instance_types)
        .on(op::AddTags, add_tags)
        .on(op::RemoveTags, remove_tags)
        .on(op::ListTags, list_tags)
        .finish()
}

async fn list_versions(
    _: Domains,
    _: Caller,
    input: ListElasticsearchVersionsRequest,
) -> Result<ListElasticsearchVersionsResponse, Fault> {
    let all = versions::ELASTICSEARCH.map(str::to_owned).to_vec();
    let (page, next_token) = versions::page(all, input.next_token.as_ref(), input.max_results);
    Ok(ListElasticsearchVersionsResponse { elasticsearch_versions: Some(page), next_token })
}

async fn compatible_versions(
    domains: Domains,
    caller: Caller,
    input: GetCompatibleElasticsearchVersionsRequest,
) -> Result<GetCompatibleElasticsearchVersionsResponse, Fault> {
    let sources: Vec<String> = match &input.domain_name {
        Some(name) => {
            let domain = domains.find(&caller.scope, name).await.map_err(fault)?;
            Some(domain)
                .filter(|domain| domain.engine == Engine::Elasticsearch)
                .map(|domain| domain.version)
                .into_iter()
                .collect()
        }
        None => versions::ELASTICSEARCH.map(str::to_owned).to_vec(),
    };
    let maps = sources.into_iter().map(|source| CompatibleVersionsMap {
        target_versions: Some(versions::targets(&versions::ELASTICSEARCH, &source)),
        source_version: Some(source),
    });
    Ok(GetCompatibleElasticsearchVersionsResponse { compatible_elasticsearch_versions: Some(maps.collect()) })
}

async fn list_instance_types(
    _: Domains,
    _: Caller,
    input: ListElasticsearchInstanceTypesRequest,
) -> Result<ListElasticsearchInstanceTypesResponse, Fault> {
    let all = versions::INSTANCES.map(str::to_owned).to_vec();
    let (page, next_token) = versions::page(all, input.next_token.as_ref(), input.max_results);
    let types = page.into_iter().collect();
    Ok(ListElasticsearchInstanceTypesResponse { elasticsearch_instance_types: Some(types), next_token })
}
