//! Amazon OpenSearch Service, API version 2021-01-01.

use super::operations;
use super::status::Dialect;
use super::versions;
use crate::api::opensearch::*;
use crate::api::{Caller, Fault, Routes, ServiceTable};
use crate::services::elasticsearch::Domains;
use crate::services::elasticsearch::domain::{Engine, parse_version};

/// What a domain is made of where its creator does not say (API reference, ClusterConfig).
const DEFAULT_INSTANCE: &str = "m4.large.search";

/// The version where its creator does not say: the latest, as on AWS.
const DEFAULT_VERSION: &str = "OpenSearch_2.19";

operations! {
    api: opensearch, dialect: Dialect::OpenSearch, status: DomainStatus,
    create: CreateDomainRequest, engine_version => CreateDomainResponse,
    describe: DescribeDomainRequest => DescribeDomainResponse,
    describe_many: DescribeDomainsRequest => DescribeDomainsResponse,
    describe_config: DescribeDomainConfigRequest => DescribeDomainConfigResponse,
    update: UpdateDomainConfigRequest => UpdateDomainConfigResponse,
    delete: DeleteDomainRequest => DeleteDomainResponse,
}

/// The operations for the gateway.
pub fn routes(domains: Domains) -> ServiceTable {
    Routes::new(&SERVICE, domains)
        .on(op::CreateDomain, create)
        .on(op::DescribeDomain, describe)
        .on(op::DescribeDomains, describe_many)
        .on(op::DescribeDomainConfig, describe_config)
        .on(op::UpdateDomainConfig, update)
        .on(op::DeleteDomain, delete)
        .on(op::ListDomainNames, list)
        .on(op::ListVersions, list_versions)
        .on(op::GetCompatibleVersions, compatible_versions)
        .on(op::AddTags, add_tags)
        .on(op::RemoveTags, remove_tags)
        .on(op::ListTags, list_tags)
        .finish()
}

/// All versions as this API writes them.
fn all_versions() -> Vec<String> {
    let opensearch = versions::OPENSEARCH.iter().map(|version| format!("OpenSearch_{version}"));
    opensearch.chain(versions::ELASTICSEARCH.iter().map(|version| format!("Elasticsearch_{version}"))).collect()
}

async fn list_versions(_: Domains, _: Caller, input: ListVersionsRequest) -> Result<ListVersionsResponse, Fault> {
    let (page, next_token) = versions::page(all_versions(), input.next_token.as_ref(), input.max_results);
    Ok(ListVersionsResponse { versions: Some(page), next_token })
}

async fn compatible_versions(
    domains: Domains,
    caller: Caller,
    input: GetCompatibleVersionsRequest,
) -> Result<GetCompatibleVersionsResponse, Fault> {
    let sources = match &input.domain_name {
        Some(name) => vec![domains.find(&caller.scope, name).await.map_err(fault)?.engine_version()],
        None => all_versions(),
    };
    let maps = sources.into_iter().map(|source| {
        let (engine, version) = parse_version(&source);
        let all: &[&str] = if engine == Engine::OpenSearch { &versions::OPENSEARCH } else { &versions::ELASTICSEARCH };
        let targets = versions::targets(all, &version).into_iter().map(|target| format!("{}_{target}", engine.name()));
        CompatibleVersionsMap { target_versions: Some(targets.collect()), source_version: Some(source) }
    });
    Ok(GetCompatibleVersionsResponse { compatible_versions: Some(maps.collect()) })
}
