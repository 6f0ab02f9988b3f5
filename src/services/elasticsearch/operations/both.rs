//! The operations that both APIs have, under other names: expanded over the types of each.

/// Handlers over the generated module `$api`, whose types the caller has in scope: each operation with its input and output, and the
/// member of the creation's input that says the version. `DEFAULT_VERSION` and `DEFAULT_INSTANCE` are the API's own.
macro_rules! operations {
    (
        api: $api:ident, dialect: $dialect:expr, status: $status:ty,
        create: $create:ty, $version:ident => $created:ident,
        describe: $describe:ty => $described:ident,
        describe_many: $describe_many:ty => $described_many:ident,
        describe_config: $describe_config:ty => $described_config:ident,
        update: $update:ty => $updated:ident,
        delete: $delete:ty => $deleted:ident,
    ) => {
        /// This API's fault of an error.
        fn fault(error: $crate::services::elasticsearch::DomainError) -> Fault {
            use $crate::api::$api::fault;
            use $crate::services::elasticsearch::DomainError;
            let text = error.to_string();
            match error {
                DomainError::NotFound(_) => fault::resource_not_found(text),
                DomainError::Exists(_) => fault::resource_already_exists(text),
                DomainError::NoServer(_) | DomainError::Invalid(_) => fault::validation(text),
                DomainError::Store(_) => Fault::internal(text),
            }
        }

        fn shown(view: &$crate::services::elasticsearch::domain::DomainView) -> $status {
            super::status::status($dialect, view)
        }

        async fn create(domains: Domains, caller: Caller, mut input: $create) -> Result<$created, Fault> {
            use $crate::services::elasticsearch::{domain::parse_version, options};
            let name = input.domain_name.clone();
            let version = parse_version(input.$version.as_deref().unwrap_or(DEFAULT_VERSION));
            let tags = input.tag_list.take().unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect();
            let now_ms = domains.clock().now_ms();
            let domain = super::new_domain(name, version, DEFAULT_INSTANCE, options::given(input), tags, now_ms);
            let view = domains.create(&caller.scope, domain).await.map_err(fault)?;
            Ok($created { domain_status: Some(shown(&view)) })
        }

        async fn describe(domains: Domains, caller: Caller, input: $describe) -> Result<$described, Fault> {
            let view = domains.view(&caller.scope, &input.domain_name).await.map_err(fault)?;
            Ok($described { domain_status: shown(&view) })
        }

        async fn describe_many(domains: Domains, caller: Caller, input: $describe_many) -> Result<$described_many, Fault> {
            let all = domains.list(&caller.scope).await.map_err(fault)?;
            let named = all.iter().filter(|view| input.domain_names.contains(&view.domain.name));
            Ok($described_many { domain_status_list: named.map(shown).collect() })
        }

        async fn describe_config(domains: Domains, caller: Caller, input: $describe_config) -> Result<$described_config, Fault> {
            let view = domains.view(&caller.scope, &input.domain_name).await.map_err(fault)?;
            Ok($described_config { domain_config: super::status::configuration($dialect, &view) })
        }

        async fn update(domains: Domains, caller: Caller, input: $update) -> Result<$updated, Fault> {
            let name = input.domain_name.clone();
            let view = if input.dry_run == Some(true) {
                domains.view(&caller.scope, &name).await.map_err(fault)?
            } else {
                let given = $crate::services::elasticsearch::options::given(input);
                domains.update(&caller.scope, &name, given).await.map_err(fault)?
            };
            let domain_config = super::status::configuration($dialect, &view);
            Ok($updated { domain_config, ..$updated::default() })
        }

        async fn delete(domains: Domains, caller: Caller, input: $delete) -> Result<$deleted, Fault> {
            let view = domains.delete(&caller.scope, &input.domain_name).await.map_err(fault)?;
            Ok($deleted { domain_status: Some(shown(&view)) })
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

        async fn add_tags(domains: Domains, _: Caller, input: AddTagsRequest) -> Result<$crate::api::Empty, Fault> {
            let tags = input.tag_list.into_iter().map(|tag| (tag.key, tag.value)).collect();
            super::tags::add(&domains, &input.arn, tags).await.map_err(fault)?;
            Ok($crate::api::Empty)
        }

        async fn remove_tags(domains: Domains, _: Caller, input: RemoveTagsRequest) -> Result<$crate::api::Empty, Fault> {
            super::tags::remove(&domains, &input.arn, input.tag_keys).await.map_err(fault)?;
            Ok($crate::api::Empty)
        }

        async fn list_tags(domains: Domains, _: Caller, input: ListTagsRequest) -> Result<ListTagsResponse, Fault> {
            let tags = super::tags::list(&domains, &input.arn).await.map_err(fault)?;
            let tags = tags.into_iter().map(|(key, value)| Tag { key, value });
            Ok(ListTagsResponse { tag_list: Some(tags.collect()) })
        }
    };
}
pub(super) use operations;
