//! Managed policies themselves. Each has one version.

use super::{encoded, some_tags, tag_map};
use crate::api::iam::{
    CreatePolicyRequest, CreatePolicyResponse, DeletePolicyRequest, GetPolicyRequest, GetPolicyResponse, GetPolicyVersionRequest,
    GetPolicyVersionResponse, ListPolicyVersionsRequest, ListPolicyVersionsResponse, Policy, PolicyVersion,
};
use crate::api::{Caller, Empty, Fault, Timestamp};
use crate::base::account::Scope;
use crate::base::credential::unique_id;
use crate::services::iam::Iam;
use crate::services::iam::error::IamError;
use crate::services::iam::policy::{PolicyRecord, VERSION, check_document};

fn shown(scope: &Scope, policy: PolicyRecord, attachments: usize) -> Policy {
    Policy {
        arn: Some(policy.arn(scope)),
        attachment_count: i32::try_from(attachments).ok(),
        create_date: Some(Timestamp(policy.created_ms)),
        default_version_id: Some(VERSION.into()),
        description: policy.description,
        is_attachable: Some(true),
        path: Some(policy.path),
        permissions_boundary_usage_count: Some(0),
        policy_id: Some(policy.id),
        policy_name: Some(policy.name),
        tags: some_tags(policy.tags),
        update_date: Some(Timestamp(policy.created_ms)),
    }
}

pub(crate) async fn create(iam: Iam, caller: Caller, input: CreatePolicyRequest) -> Result<CreatePolicyResponse, Fault> {
    check_document(&input.policy_document)?;
    let policy = PolicyRecord {
        name: input.policy_name,
        path: input.path.unwrap_or_else(|| "/".into()),
        id: unique_id("ANPA"),
        created_ms: iam.now_ms(),
        description: input.description.filter(|text| !text.is_empty()),
        document: input.policy_document,
        tags: tag_map(input.tags),
    };
    iam.create_policy(&caller.scope, policy.clone()).await?;
    // AWS leaves the description out here and shows it in GetPolicy.
    let policy = PolicyRecord { description: None, ..policy };
    Ok(CreatePolicyResponse { policy: Some(shown(&caller.scope, policy, 0)) })
}

pub(crate) async fn get(iam: Iam, caller: Caller, input: GetPolicyRequest) -> Result<GetPolicyResponse, Fault> {
    let policy = iam.policy(&caller.scope, &input.policy_arn).await?;
    let attachments = iam.attachments(&caller.scope, &input.policy_arn).await?;
    Ok(GetPolicyResponse { policy: Some(shown(&caller.scope, policy, attachments)) })
}

fn version(policy: &PolicyRecord) -> PolicyVersion {
    PolicyVersion {
        create_date: Some(Timestamp(policy.created_ms)),
        document: None,
        is_default_version: Some(true),
        version_id: Some(VERSION.into()),
    }
}

pub(crate) async fn get_version(
    iam: Iam,
    caller: Caller,
    input: GetPolicyVersionRequest,
) -> Result<GetPolicyVersionResponse, Fault> {
    let policy = iam.policy(&caller.scope, &input.policy_arn).await?;
    if input.version_id != VERSION {
        return Err(IamError::NoSuchVersion(input.policy_arn, input.version_id).into());
    }
    let version = PolicyVersion { document: Some(encoded(&policy.document)), ..version(&policy) };
    Ok(GetPolicyVersionResponse { policy_version: Some(version) })
}

pub(crate) async fn list_versions(
    iam: Iam,
    caller: Caller,
    input: ListPolicyVersionsRequest,
) -> Result<ListPolicyVersionsResponse, Fault> {
    let policy = iam.policy(&caller.scope, &input.policy_arn).await?;
    Ok(ListPolicyVersionsResponse { versions: Some(vec![version(&policy)]), is_truncated: Some(false), marker: None })
}

pub(crate) async fn delete(iam: Iam, caller: Caller, input: DeletePolicyRequest) -> Result<Empty, Fault> {
    iam.delete_policy(&caller.scope, &input.policy_arn).await?;
    Ok(Empty)
}
