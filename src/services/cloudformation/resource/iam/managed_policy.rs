//! AWS::IAM::ManagedPolicy.

use super::super::calls::{if_found, unless_missing};
use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use super::{LONGEST_NAME, attach, check_only_roles, detach};
use crate::api::iam::{
    CreatePolicyVersionRequest, DeletePolicyRequest, DeletePolicyVersionRequest, GetPolicyRequest, ListPolicyVersionsRequest,
    Policy, PolicyVersion, op,
};
use async_trait::async_trait;

/// The type.
pub(in super::super) static MANAGED_POLICY: ResourceType = ResourceType {
    name: "AWS::IAM::ManagedPolicy",
    properties: &[
        Property::fixed("Description"),
        Property::changeable("Groups"),
        Property::fixed("ManagedPolicyName"),
        Property::fixed("Path"),
        Property::changeable("PolicyDocument").required(),
        Property::changeable("Roles"),
        Property::changeable("Users"),
    ],
    attributes: &[
        "AttachmentCount",
        "CreateDate",
        "DefaultVersionId",
        "IsAttachable",
        "PermissionsBoundaryUsageCount",
        "PolicyArn",
        "PolicyId",
        "UpdateDate",
    ],
    handler: &ManagedPolicy,
};

/// The most versions of a policy (IAM user guide, quotas): the oldest makes room.
const MOST_VERSIONS: usize = 5;

struct ManagedPolicy;

#[async_trait]
impl Handler for ManagedPolicy {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        check_only_roles(desired)?;
        let mut input = desired.input(op::CreatePolicy)?;
        input.policy_name = calls.name(desired, "ManagedPolicyName", LONGEST_NAME);
        let arn = calls.run(op::CreatePolicy, input).await?.policy.and_then(|policy| policy.arn).unwrap_or_default();
        calls.initiated(&arn).await;
        for role in desired.texts("Roles")? {
            attach(calls, &role, &arn).await?;
        }
        made(calls, &arn).await
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let (path, name) = (desired.text("Path"), calls.name(desired, "ManagedPolicyName", LONGEST_NAME));
        let account = calls.at().caller.scope.account();
        let policy_arn = format!("arn:aws:iam::{account}:policy{}{name}", path.as_deref().unwrap_or("/"));
        if_found(&policy_arn, calls.run(op::GetPolicy, GetPolicyRequest { policy_arn: policy_arn.clone() }).await)
    }

    async fn update(&self, calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<Made, Failure> {
        check_only_roles(desired)?;
        if desired.differs(previous, "PolicyDocument") {
            set_document(calls, id, desired).await?;
        }
        let wanted = desired.texts("Roles")?;
        for role in previous.texts("Roles")?.iter().filter(|role| !wanted.contains(role)) {
            detach(calls, role, id).await?;
        }
        for role in &wanted {
            attach(calls, role, id).await?;
        }
        made(calls, id).await
    }

    async fn delete(&self, calls: &Calls, id: &str, properties: &Properties) -> Result<(), Failure> {
        for role in properties.texts("Roles")? {
            detach(calls, &role, id).await?;
        }
        for version in others(calls, id).await? {
            delete_version(calls, id, version).await?;
        }
        calls.run(op::DeletePolicy, DeletePolicyRequest { policy_arn: id.to_owned() }).await.map(drop)
    }
}

async fn made(calls: &Calls, arn: &str) -> Result<Made, Failure> {
    let found = calls.run(op::GetPolicy, GetPolicyRequest { policy_arn: arn.to_owned() }).await?;
    let Policy { attachment_count, default_version_id, permissions_boundary_usage_count, policy_id, .. } =
        found.policy.clone().unwrap_or_default();
    let date = |at: Option<crate::api::Timestamp>| {
        let at = at.and_then(|at| jiff::Timestamp::from_millisecond(at.0).ok());
        at.map(|at| at.to_string()).unwrap_or_default()
    };
    let (create_date, update_date) = found.policy.map(|policy| (policy.create_date, policy.update_date)).unwrap_or_default();
    Ok(Made::new(arn)
        .with("AttachmentCount", attachment_count)
        .with("CreateDate", date(create_date))
        .with("DefaultVersionId", default_version_id)
        .with("IsAttachable", true)
        .with("PermissionsBoundaryUsageCount", permissions_boundary_usage_count)
        .with("PolicyArn", arn)
        .with("PolicyId", policy_id)
        .with("UpdateDate", date(update_date)))
}

/// The versions that do not count, newest first.
async fn others(calls: &Calls, arn: &str) -> Result<Vec<PolicyVersion>, Failure> {
    let input = ListPolicyVersionsRequest { policy_arn: arn.to_owned(), ..Default::default() };
    let versions = calls.run(op::ListPolicyVersions, input).await?.versions.unwrap_or_default();
    Ok(versions.into_iter().filter(|version| version.is_default_version != Some(true)).collect())
}

async fn delete_version(calls: &Calls, arn: &str, version: PolicyVersion) -> Result<(), Failure> {
    let version_id = version.version_id.unwrap_or_default();
    let input = DeletePolicyVersionRequest { policy_arn: arn.to_owned(), version_id };
    unless_missing(calls.run(op::DeletePolicyVersion, input).await).map(drop)
}

async fn set_document(calls: &Calls, arn: &str, desired: &Properties) -> Result<(), Failure> {
    let mut others = others(calls, arn).await?;
    if others.len() + 1 >= MOST_VERSIONS
        && let Some(oldest) = others.pop()
    {
        delete_version(calls, arn, oldest).await?;
    }
    let policy_document = desired.text("PolicyDocument").unwrap_or_default();
    let input = CreatePolicyVersionRequest { policy_arn: arn.to_owned(), policy_document, set_as_default: Some(true) };
    calls.run(op::CreatePolicyVersion, input).await.map(drop)
}
