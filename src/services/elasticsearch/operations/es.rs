//! Amazon Elasticsearch Service, API version 2015-01-01.

use super::status::{Dialect, configuration, status};
use super::{faults, new_domain, tags, versions};
use crate::api::es::*;
use crate::api::{Caller, Empty, Fault, Routes, ServiceTable};
use crate::services::elasticsearch::Domains;
use crate::services::elasticsearch::domain::{DomainView, Engine, parse_version};
use crate::services::elasticsearch::options;

faults!(es);

/// What a domain is made of where its creator does not say (API reference, CreateElasticsearchDomain).
const DEFAULT_INSTANCE: &str = "m4.large.elasticsearch";

/// The version where its creator does not say (the same place).
const DEFAULT_VERSION: &str = "1.5";

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

fn shown(view: &DomainView) -> ElasticsearchDomainStatus {
    status(Dialect::Es, view)
}

async fn create(
    domains: Domains,
    caller: Caller,
    mut input: CreateElasticsearchDomainRequest,
) -> Result<CreateElasticsearchDomainResponse, Fault> {
    let name = input.domain_name.clone();
    let version = parse_version(input.elasticsearch_version.as_deref().unwrap_or(DEFAULT_VERSION));
    let tags = input.tag_list.take().unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect();
    let now_ms = domains.clock().now_ms();
    let domain = new_domain(name, version, DEFAULT_INSTANCE, options::given(input), tags, now_ms);
    let view = domains.create(&caller.scope, domain).await.map_err(fault)?;
    Ok(CreateElasticsearchDomainResponse { domain_status: Some(shown(&view)) })
}

async fn describe(
    domains: Domains,
    caller: Caller,
    input: DescribeElasticsearchDomainRequest,
) -> Result<DescribeElasticsearchDomainResponse, Fault> {
    let view = domains.view(&caller.scope, &input.domain_name).await.map_err(fault)?;
    Ok(DescribeElasticsearchDomainResponse { domain_status: shown(&view) })
}

async fn describe_many(
    domains: Domains,
    caller: Caller,
    input: DescribeElasticsearchDomainsRequest,
) -> Result<DescribeElasticsearchDomainsResponse, Fault> {
    let all = domains.list(&caller.scope).await.map_err(fault)?;
    let named = all.iter().filter(|view| input.domain_names.contains(&view.domain.name));
    Ok(DescribeElasticsearchDomainsResponse { domain_status_list: named.map(shown).collect() })
}

async fn describe_config(
    domains: Domains,
    caller: Caller,
    input: DescribeElasticsearchDomainConfigRequest,
) -> Result<DescribeElasticsearchDomainConfigResponse, Fault> {
    let view = domains.view(&caller.scope, &input.domain_name).await.map_err(fault)?;
    Ok(DescribeElasticsearchDomainConfigResponse { domain_config: configuration(Dialect::Es, &view) })
}

async fn update(
    domains: Domains,
    caller: Caller,
    input: UpdateElasticsearchDomainConfigRequest,
) -> Result<UpdateElasticsearchDomainConfigResponse, Fault> {
    let name = input.domain_name.clone();
    let view = if input.dry_run == Some(true) {
        domains.view(&caller.scope, &name).await.map_err(fault)?
    } else {
        domains.update(&caller.scope, &name, options::given(input)).await.map_err(fault)?
    };
    Ok(UpdateElasticsearchDomainConfigResponse {
        domain_config: configuration(Dialect::Es, &view),
        ..UpdateElasticsearchDomainConfigResponse::default()
    })
}

async fn delete(
    domains: Domains,
    caller: Caller,
    input: DeleteElasticsearchDomainRequest,
) -> Result<DeleteElasticsearchDomainResponse, Fault> {
    let view = domains.delete(&caller.scope, &input.domain_name).await.map_err(fault)?;
    Ok(DeleteElasticsearchDomainResponse { domain_status: Some(shown(&view)) })
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
