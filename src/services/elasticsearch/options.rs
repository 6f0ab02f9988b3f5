//! The options of domains: AWS's defaults, and what a request says over them.

use super::kept::Kept;
use crate::api::{Shape, Value};
use std::collections::BTreeMap;

/// Options by the name of their member in requests and answers.
pub(super) type Options = BTreeMap<String, Kept>;

/// The name under which the cluster's shape is kept; the `es` API calls it [`ES_CLUSTER`].
pub(super) const CLUSTER: &str = "ClusterConfig";

/// The same in the `es` API.
pub(super) const ES_CLUSTER: &str = "ElasticsearchClusterConfig";

/// The text of the resource policy; it is kept, not enforced.
pub(super) const ACCESS_POLICIES: &str = "AccessPolicies";

/// Members of requests that are options and come back in answers as they were given.
const ECHOED: [&str; 17] = [
    ACCESS_POLICIES,
    "AdvancedOptions",
    "AdvancedSecurityOptions",
    "AutoTuneOptions",
    CLUSTER,
    "CognitoOptions",
    "DomainEndpointOptions",
    "EBSOptions",
    "EncryptionAtRestOptions",
    "IPAddressType",
    "LogPublishingOptions",
    "NodeToNodeEncryptionOptions",
    "OffPeakWindowOptions",
    "SnapshotOptions",
    "SoftwareUpdateOptions",
    "DeploymentStrategyOptions",
    "VPCOptions",
];

/// What a domain has where its creator says nothing (what AWS's DescribeElasticsearchDomain answers for such a domain, as Terraform's
/// provider and moto have it).
const DEFAULTS: &str = r#"{
    "AccessPolicies": "",
    "AdvancedOptions": {"override_main_response_version": "false", "rest.action.multi.allow_explicit_index": "true"},
    "AdvancedSecurityOptions": {"Enabled": false, "InternalUserDatabaseEnabled": false, "AnonymousAuthEnabled": false},
    "ClusterConfig": {
        "InstanceCount": 1, "DedicatedMasterEnabled": false, "ZoneAwarenessEnabled": false, "WarmEnabled": false,
        "ColdStorageOptions": {"Enabled": false}
    },
    "CognitoOptions": {"Enabled": false},
    "DomainEndpointOptions": {
        "EnforceHTTPS": false, "TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07", "CustomEndpointEnabled": false
    },
    "EBSOptions": {"EBSEnabled": false},
    "EncryptionAtRestOptions": {"Enabled": false},
    "NodeToNodeEncryptionOptions": {"Enabled": false},
    "SnapshotOptions": {"AutomatedSnapshotStartHour": 0}
}"#;

/// The options of a new domain whose instances are of `instance_type` if the request does not say.
pub(super) fn defaults(instance_type: &str) -> Options {
    let mut options: Options = serde_json::from_str(DEFAULTS).unwrap_or_default();
    let instance = BTreeMap::from([("InstanceType".to_owned(), Kept::Text(instance_type.to_owned()))]);
    apply(&mut options, Options::from([(CLUSTER.to_owned(), Kept::Map(instance))]));
    options
}

/// The options that a request carries.
pub(super) fn given(request: impl Shape) -> Options {
    let members = request.into_value().map(Value::into_members).unwrap_or_default();
    let named = members.into_iter().filter_map(|(name, value)| {
        let name = if name == ES_CLUSTER { CLUSTER } else { &*name };
        ECHOED.contains(&name).then_some(())?;
        Some((name.to_owned(), without_secrets(Kept::of(value)?)))
    });
    named.collect()
}

/// What is never given back: the master user's name and password.
fn without_secrets(mut option: Kept) -> Kept {
    if let Kept::Map(members) = &mut option {
        members.remove("MasterUserOptions");
    }
    option
}

/// Lays options over others, member by member, as AWS does with an update.
pub(super) fn apply(options: &mut Options, over: Options) {
    for (name, value) in over {
        match options.get_mut(&name) {
            Some(option) => option.merge(value),
            None => drop(options.insert(name, value)),
        }
    }
}
