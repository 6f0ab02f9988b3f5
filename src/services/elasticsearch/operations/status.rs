//! A domain in the shape of an API: members that both APIs have by the same names, read into this API's types.

use crate::api::{Shape, Value};
use crate::services::elasticsearch::domain::DomainView;
use crate::services::elasticsearch::kept::Kept;
use crate::services::elasticsearch::options::{ACCESS_POLICIES, CLUSTER, ES_CLUSTER};

/// Which API is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Amazon Elasticsearch Service, 2015-01-01.
    Es,
    /// Amazon OpenSearch Service, 2021-01-01.
    OpenSearch,
}

impl Dialect {
    fn option_name(self, name: &str) -> &str {
        if self == Self::Es && name == CLUSTER { ES_CLUSTER } else { name }
    }

    /// The member with the version, and its value.
    fn version(self, view: &DomainView) -> (&'static str, String) {
        match self {
            Self::Es => ("ElasticsearchVersion", view.domain.version.clone()),
            Self::OpenSearch => ("EngineVersion", view.domain.engine_version()),
        }
    }
}

type Members = Vec<(std::borrow::Cow<'static, str>, Value<'static>)>;

/// The status of a domain, as the shape `S` of an API.
pub(super) fn status<S: Shape>(dialect: Dialect, view: &DomainView) -> S {
    let domain = &view.domain;
    let processing = view.endpoint.is_none() || view.deleted;
    let state = match (view.deleted, processing) {
        (true, _) => "Deleting",
        (false, true) => "Creating",
        (false, false) => "Active",
    };
    let (version_member, version) = dialect.version(view);
    let mut members: Members = vec![
        ("ARN".into(), Value::text(domain.arn(&view.scope))),
        ("DomainId".into(), Value::text(format!("{}/{}", view.scope.account(), domain.name))),
        ("DomainName".into(), Value::text(domain.name.clone())),
        ("Created".into(), Value::Bool(true)),
        ("Deleted".into(), Value::Bool(view.deleted)),
        ("Processing".into(), Value::Bool(processing)),
        ("UpgradeProcessing".into(), Value::Bool(false)),
        ("DomainProcessingStatus".into(), Value::text(state)),
        (version_member.into(), Value::text(version)),
        ("ServiceSoftwareOptions".into(), service_software()),
    ];
    members.extend(view.endpoint.as_ref().map(|endpoint| endpoint_member(view, endpoint)));
    for (name, option) in &domain.options {
        let value = match name.as_str() {
            // Requests say what is wanted, statuses what is.
            "AutoTuneOptions" => auto_tune_state(option),
            _ => option.value(),
        };
        members.push((dialect.option_name(name).to_owned().into(), value));
    }
    S::from_value(Value::Map(members))
}

/// Terraform takes a domain for one inside a VPC when `Endpoints` is there, and wants `Endpoint` otherwise.
fn endpoint_member(view: &DomainView, endpoint: &str) -> (std::borrow::Cow<'static, str>, Value<'static>) {
    let endpoint = Value::text(endpoint.to_owned());
    if view.domain.in_vpc() {
        return ("Endpoints".into(), Value::Map(vec![("vpc".into(), endpoint)]));
    }
    ("Endpoint".into(), endpoint)
}

fn service_software() -> Value<'static> {
    Value::Map(vec![
        ("CurrentVersion".into(), Value::text("")),
        ("NewVersion".into(), Value::text("")),
        ("UpdateAvailable".into(), Value::Bool(false)),
        ("Cancellable".into(), Value::Bool(false)),
        ("UpdateStatus".into(), Value::text("COMPLETED")),
        ("Description".into(), Value::text("There is no software update available for this domain.")),
        ("OptionalDeployment".into(), Value::Bool(true)),
    ])
}

fn auto_tune_state(option: &Kept) -> Value<'static> {
    let state = option.value().get("DesiredState").and_then(Value::as_str).unwrap_or("DISABLED").to_owned();
    Value::Map(vec![("State".into(), Value::text(state))])
}

/// The configuration of a domain: every option with the state of its last change, as the shape `S` of an API.
pub(super) fn configuration<S: Shape>(dialect: Dialect, view: &DomainView) -> S {
    let (version_member, version) = dialect.version(view);
    let mut members: Members = vec![(version_member.into(), with_status(view, Value::text(version), "Active"))];
    for (name, option) in &view.domain.options {
        let state = if name == "AutoTuneOptions" { "ENABLED" } else { "Active" };
        members.push((dialect.option_name(name).to_owned().into(), with_status(view, option.value(), state)));
    }
    if !view.domain.options.contains_key(ACCESS_POLICIES) {
        members.push((ACCESS_POLICIES.into(), with_status(view, Value::text(""), "Active")));
    }
    S::from_value(Value::Map(members))
}

fn with_status(view: &DomainView, options: Value<'static>, state: &'static str) -> Value<'static> {
    let status = Value::Map(vec![
        ("CreationDate".into(), Value::Time(view.domain.created_ms)),
        ("UpdateDate".into(), Value::Time(view.domain.updated_ms)),
        ("UpdateVersion".into(), Value::Int(view.domain.update_version)),
        ("State".into(), Value::text(state)),
        ("PendingDeletion".into(), Value::Bool(false)),
    ]);
    Value::Map(vec![("Options".into(), options), ("Status".into(), status)])
}
