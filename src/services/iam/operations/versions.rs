//! Versions of managed policies.

use super::policies::document;
use crate::api::iam::{
    CreatePolicyVersionRequest, CreatePolicyVersionResponse, DeletePolicyVersionRequest, GetPolicyVersionRequest,
    GetPolicyVersionResponse, ListPolicyVersionsRequest, ListPolicyVersionsResponse, PolicyVersion,
    SetDefaultPolicyVersionRequest,
};
use crate::api::{Caller, Empty, Fault, Timestamp};
use crate::services::iam::Iam;
use crate::services::iam::error::IamError;
use crate::services::iam::policy::{PolicyRecord, Version, check_document};

/// A version without its text.
fn shown(version: &Version, default_version: u32) -> PolicyVersion {
    PolicyVersion {
        create_date: Some(Timestamp(version.created_ms)),
        document: None,
        is_default_version: Some(version.number == default_version),
        version_id: Some(version.id()),
    }
}

pub(crate) async fn create(
    iam: Iam,
    caller: Caller,
    input: CreatePolicyVersionRequest,
) -> Result<CreatePolicyVersionResponse, Fault> {
    check_document(&input.policy_document)?;
    let now_ms = iam.now_ms();
    let add = move |policy: &mut PolicyRecord| {
        let version = policy.add_version(input.policy_document, now_ms, input.set_as_default.unwrap_or_default())?;
        Ok(shown(&version, policy.default_version))
    };
    let version = iam.change_policy(&caller.scope, &input.policy_arn, add).await?;
    Ok(CreatePolicyVersionResponse { policy_version: Some(version) })
}

pub(crate) async fn get(iam: Iam, caller: Caller, input: GetPolicyVersionRequest) -> Result<GetPolicyVersionResponse, Fault> {
    let (policy, _) = iam.any_policy(&caller.scope, &input.policy_arn).await?;
    let version = policy.version(&input.version_id);
    let version = version.ok_or(IamError::NoSuchVersion(input.policy_arn, input.version_id))?;
    let shown = PolicyVersion { document: document(version), ..shown(version, policy.default_version) };
    Ok(GetPolicyVersionResponse { policy_version: Some(shown) })
}

/// All versions, newest first: there are too few for pages.
pub(crate) async fn list(
    iam: Iam,
    caller: Caller,
    input: ListPolicyVersionsRequest,
) -> Result<ListPolicyVersionsResponse, Fault> {
    let (policy, _) = iam.any_policy(&caller.scope, &input.policy_arn).await?;
    let versions = policy.versions.iter().rev().map(|version| shown(version, policy.default_version)).collect();
    Ok(ListPolicyVersionsResponse { versions: Some(versions), is_truncated: Some(false), marker: None })
}

pub(crate) async fn set_default(iam: Iam, caller: Caller, input: SetDefaultPolicyVersionRequest) -> Result<Empty, Fault> {
    let now_ms = iam.now_ms();
    let set = move |policy: &mut PolicyRecord| policy.set_default(&input.version_id, now_ms);
    iam.change_policy(&caller.scope, &input.policy_arn, set).await?;
    Ok(Empty)
}

pub(crate) async fn delete(iam: Iam, caller: Caller, input: DeletePolicyVersionRequest) -> Result<Empty, Fault> {
    let remove = move |policy: &mut PolicyRecord| policy.remove_version(&input.version_id);
    iam.change_policy(&caller.scope, &input.policy_arn, remove).await?;
    Ok(Empty)
}
