//! Amazon OpenSearch Service, API version 2021-01-01.

use super::status::{Dialect, configuration, status};
use super::{faults, new_domain, tags, versions};
use crate::api::opensearch::*;
use crate::api::{Caller, Empty, Fault, Routes, ServiceTable};
use crate::services::elasticsearch::Domains;
use crate::services::elasticsearch::domain::{DomainView, Engine, parse_version};
use crate::services::elasticsearch::options;

faults!(opensearch);

/// What a domain is made of where its creator does not say (API reference, ClusterConfig).
const DEFAULT_INSTANCE: &str = "m4.large.search";

/// The version where its creator does not say: the latest, as on AWS.
const DEFAULT_VERSION: &str = "OpenSearch_2.19";

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

fn shown(view: &DomainView) -> DomainStatus {
    status(Dialect::OpenSearch, view)
}

async fn create(domains: Domains, caller: Caller, mut input: CreateDomainRequest) -> Result<CreateDomainResponse, Fault> {
    let name = input.domain_name.clone();
    let version = parse_version(input.engine_version.as_deref().unwrap_or(DEFAULT_VERSION));
    let tags = input.tag_list.take().unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect();
    let now_ms = domains.clock().now_ms();
    let domain = new_domain(name, version, DEFAULT_INSTANCE, options::given(input), tags, now_ms);
    let view = domains.create(&caller.scope, domain).await.map_err(fault)?;
    Ok(CreateDomainResponse { domain_status: Some(shown(&view)) })
}

async fn describe(domains: Domains, caller: Caller, input: DescribeDomainRequest) -> Result<DescribeDomainResponse, Fault> {
    let view = domains.view(&caller.scope, &input.domain_name).await.map_err(fault)?;
    Ok(DescribeDomainResponse { domain_status: shown(&view) })
}

async fn describe_many(
    domains: Domains,
    caller: Caller,
    input: DescribeDomainsRequest,
) -> Result<DescribeDomainsResponse, Fault> {
    let all = domains.list(&caller.scope).await.map_err(fault)?;
    let named = all.iter().filter(|view| input.domain_names.contains(&view.domain.name));
    Ok(DescribeDomainsResponse { domain_status_list: named.map(shown).collect() })
}

async fn describe_config(
    domains: Domains,
    caller: Caller,
    input: DescribeDomainConfigRequest,
) -> Result<DescribeDomainConfigResponse, Fault> {
    let view = domains.view(&caller.scope, &input.domain_name).await.map_err(fault)?;
    Ok(DescribeDomainConfigResponse { domain_config: configuration(Dialect::OpenSearch, &view) })
}

async fn update(domains: Domains, caller: Caller, input: UpdateDomainConfigRequest) -> Result<UpdateDomainConfigResponse, Fault> {
    let name = input.domain_name.clone();
    let view = if input.dry_run == Some(true) {
        domains.view(&caller.scope, &name).await.map_err(fault)?
    } else {
        domains.update(&caller.scope, &name, options::given(input)).await.map_err(fault)?
    };
    Ok(UpdateDomainConfigResponse {
        domain_config: configuration(Dialect::OpenSearch, &view),
        ..UpdateDomainConfigResponse::default()
    })
}

async fn delete(domains: Domains, caller: Caller, input: DeleteDomainRequest) -> Result<DeleteDomainResponse, Fault> {
    let view = domains.delete(&caller.scope, &input.domain_name).await.map_err(fault)?;
    Ok(DeleteDomainResponse { domain_status: Some(shown(&view)) })
}

async fn list(domains: Domains, caller: Caller, input: ListDomainNamesRequest) -> Result<ListDomainNamesResponse, Fault> {
    let all = domains.list(&caller.scope).await.map_err(fault)?;
    let infos = all.into_iter().map(|view| DomainInfo {
        domain_name: Some(view.domain.name),
        engine_type: EngineType::parse(view.domain.engine.name()),
    });
    let wanted = infos.filter(|info| input.engine_type.is_none() || info.engine_type == input.engine_type);
    Ok(ListDomainNamesResponse { domain_names: Some(wanted.collect()) })
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

async fn add_tags(domains: Domains, _: Caller, input: AddTagsRequest) -> Result<Empty, Fault> {
    let tags = input.tag_list.into_iter().map(|tag| (tag.key, tag.value)).collect();
    tags::add(&domains, &input.arn, tags).await.map_err(fault)?;
    Ok(Empty)
}

async fn remove_tags(domains: Domains, _: Caller, input: RemoveTagsRequest) -> Result<Empty, Fault> {
    tags::remove(&domains, &input.arn, input.tag_keys).await.map_err(fault)?;
    Ok(Empty)
}

async fn list_tags(domains: Domains, _: Caller, input: ListTagsRequest) -> Result<ListTagsResponse, Fault> {
    let tags = tags::list(&domains, &input.arn).await.map_err(fault)?;
    let tags = tags.into_iter().map(|(key, value)| Tag { key, value });
    Ok(ListTagsResponse { tag_list: Some(tags.collect()) })
}
