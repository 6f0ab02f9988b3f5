//! Managed policies themselves.

use super::{encoded, page, some_tags, tag_map};
use crate::api::iam::{
    CreatePolicyRequest, CreatePolicyResponse, DeletePolicyRequest, GetPolicyRequest, GetPolicyResponse, ListPoliciesRequest,
    ListPoliciesResponse, Policy, PolicyScopeType, PolicyUsageType,
};
use crate::api::{Caller, Empty, Fault, Timestamp};
use crate::base::account::Scope;
use crate::base::credential::unique_id;
use crate::services::iam::policy::{PolicyRecord, Version, check_document, version_id};
use crate::services::iam::role::RoleRecord;
use crate::services::iam::{Iam, managed};

/// How many roles use a policy: attached, and as their boundary.
#[derive(Clone, Copy, Default)]
struct Uses {
    attached: usize,
    boundary: usize,
}

impl Uses {
    fn count(roles: &[RoleRecord], arn: &str) -> Self {
        let attached = roles.iter().filter(|role| role.attached.iter().any(|attached| attached == arn)).count();
        let boundary = roles.iter().filter(|role| role.boundary.as_deref() == Some(arn)).count();
        Self { attached, boundary }
    }
}

/// A policy as lists show it.
fn listed(scope: &Scope, policy: &PolicyRecord, uses: Uses) -> Policy {
    Policy {
        arn: Some(policy.arn(scope)),
        attachment_count: i32::try_from(uses.attached).ok(),
        create_date: Some(Timestamp(policy.created_ms)),
        default_version_id: Some(version_id(policy.default_version)),
        is_attachable: Some(true),
        path: Some(policy.path.clone()),
        permissions_boundary_usage_count: i32::try_from(uses.boundary).ok(),
        policy_id: Some(policy.id.clone()),
        policy_name: Some(policy.name.clone()),
        update_date: Some(Timestamp(policy.updated_ms)),
        ..Policy::default()
    }
}

pub(crate) async fn create(iam: Iam, caller: Caller, input: CreatePolicyRequest) -> Result<CreatePolicyResponse, Fault> {
    check_document(&input.policy_document)?;
    let now_ms = iam.now_ms();
    let policy = PolicyRecord {
        name: input.policy_name,
        path: input.path.unwrap_or_else(|| "/".into()),
        id: unique_id("ANPA"),
        created_ms: now_ms,
        updated_ms: now_ms,
        description: input.description.filter(|text| !text.is_empty()),
        tags: tag_map(input.tags)?,
        versions: vec![Version { number: 1, document: input.policy_document, created_ms: now_ms }],
        default_version: 1,
        last_version: 1,
    };
    iam.create_policy(&caller.scope, policy.clone()).await?;
    // AWS leaves the description out here and shows it in GetPolicy.
    let shown = listed(&caller.scope, &policy, Uses::default());
    Ok(CreatePolicyResponse { policy: Some(Policy { tags: some_tags(policy.tags), ..shown }) })
}

pub(crate) async fn get(iam: Iam, caller: Caller, input: GetPolicyRequest) -> Result<GetPolicyResponse, Fault> {
    let (policy, owner) = iam.any_policy(&caller.scope, &input.policy_arn).await?;
    let uses = Uses::count(&iam.roles(&caller.scope).await?, &input.policy_arn);
    let shown = listed(&owner, &policy, uses);
    Ok(GetPolicyResponse { policy: Some(Policy { description: policy.description, tags: some_tags(policy.tags), ..shown }) })
}

/// The policies of the account and AWS's own, as far as they are known here, by ARN.
pub(crate) async fn list(iam: Iam, caller: Caller, input: ListPoliciesRequest) -> Result<ListPoliciesResponse, Fault> {
    let roles = iam.roles(&caller.scope).await?;
    let aws = managed::owner();
    let mut policies = Vec::new();
    if input.scope != Some(PolicyScopeType::Local) {
        policies.extend(managed::all().iter().map(|policy| (policy.arn(&aws), policy.clone(), &aws)));
    }
    if input.scope != Some(PolicyScopeType::Aws) {
        let own = iam.policies(&caller.scope).await?;
        policies.extend(own.into_iter().map(|policy| (policy.arn(&caller.scope), policy, &caller.scope)));
    }
    policies.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    let prefix = input.path_prefix.unwrap_or_else(|| "/".into());
    let only_attached = input.only_attached.unwrap_or_default();
    let counted = policies.into_iter().filter(|(_, policy, _)| policy.path.starts_with(&prefix)).map(|(arn, policy, owner)| {
        let uses = Uses::count(&roles, &arn);
        (arn, listed(owner, &policy, uses), uses)
    });
    let wanted = |uses: Uses| match input.policy_usage_filter {
        Some(PolicyUsageType::PermissionsBoundary) => uses.boundary > 0 || !only_attached,
        _ => uses.attached > 0 || !only_attached,
    };
    let policies = counted.filter(|(_, _, uses)| wanted(*uses)).collect();
    let page = page(policies, |(arn, ..): &(String, Policy, Uses)| arn, input.marker.as_ref(), input.max_items);
    let policies = page.items.into_iter().map(|(_, policy, _)| policy).collect();
    Ok(ListPoliciesResponse { policies: Some(policies), is_truncated: page.is_truncated, marker: page.marker })
}

pub(crate) async fn delete(iam: Iam, caller: Caller, input: DeletePolicyRequest) -> Result<Empty, Fault> {
    iam.delete_policy(&caller.scope, &input.policy_arn).await?;
    Ok(Empty)
}

/// A document as an answer carries it, of one version.
pub(super) fn document(version: &Version) -> Option<String> {
    Some(encoded(&version.document))
}
