//! AWS::IAM::Role.

use super::super::calls::if_found;
use super::super::tags::TagChange;
use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use super::{LONGEST_ROLE, attach, delete_inline, detach, tag_list};
use crate::api::iam::{
    DeleteRolePermissionsBoundaryRequest, DeleteRoleRequest, GetRoleRequest, PutRolePermissionsBoundaryRequest,
    PutRolePolicyRequest, Role as RoleDetail, TagRoleRequest, UntagRoleRequest, UpdateAssumeRolePolicyRequest, UpdateRoleRequest,
    op,
};
use async_trait::async_trait;
use serde_json::Value as Document;

/// The type.
pub(in super::super) static ROLE: ResourceType = ResourceType {
    name: "AWS::IAM::Role",
    properties: &[
        Property::changeable("AssumeRolePolicyDocument").required(),
        Property::changeable("Description"),
        Property::changeable("ManagedPolicyArns"),
        Property::changeable("MaxSessionDuration"),
        Property::fixed("Path"),
        Property::changeable("PermissionsBoundary"),
        Property::changeable("Policies"),
        Property::fixed("RoleName"),
        Property::changeable("Tags"),
    ],
    attributes: &["Arn", "RoleId"],
    handler: &Role,
};

/// Seconds of a session without MaxSessionDuration (template guide).
const SESSION_SECONDS: i32 = 3600;

struct Role;

#[async_trait]
impl Handler for Role {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let name = calls.name(desired, "RoleName", LONGEST_ROLE);
        let inline = inline(&name, desired)?;
        let mut input = desired.input(op::CreateRole)?;
        input.role_name = name.clone();
        input.tags = Some(tag_list(calls.tags(desired)?)).filter(|tags| !tags.is_empty());
        let role = calls.run(op::CreateRole, input).await?.role;
        calls.initiated(&name).await;
        for policy in inline {
            calls.run(op::PutRolePolicy, policy).await?;
        }
        for policy in desired.texts("ManagedPolicyArns")? {
            attach(calls, &name, &policy).await?;
        }
        Ok(made(&role))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let name = calls.name(desired, "RoleName", LONGEST_ROLE);
        if_found(&name, calls.run(op::GetRole, GetRoleRequest { role_name: name.clone() }).await)
    }

    async fn update(&self, calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<Made, Failure> {
        if desired.differs(previous, "AssumeRolePolicyDocument") {
            let policy_document = desired.text("AssumeRolePolicyDocument").unwrap_or_default();
            let input = UpdateAssumeRolePolicyRequest { role_name: id.to_owned(), policy_document };
            calls.run(op::UpdateAssumeRolePolicy, input).await?;
        }
        if desired.differs(previous, "Description") || desired.differs(previous, "MaxSessionDuration") {
            let mut input: UpdateRoleRequest = desired.input(op::UpdateRole)?;
            input.role_name = id.to_owned();
            input.description.get_or_insert_default();
            input.max_session_duration.get_or_insert(SESSION_SECONDS);
            calls.run(op::UpdateRole, input).await?;
        }
        if desired.differs(previous, "PermissionsBoundary") {
            set_boundary(calls, id, desired).await?;
        }
        set_inline(calls, id, previous, desired).await?;
        set_attached(calls, id, previous, desired).await?;
        set_tags(calls, id, previous, desired).await?;
        Ok(made(&calls.run(op::GetRole, GetRoleRequest { role_name: id.to_owned() }).await?.role))
    }

    async fn delete(&self, calls: &Calls, id: &str, properties: &Properties) -> Result<(), Failure> {
        for policy in inline(id, properties)? {
            delete_inline(calls, id, &policy.policy_name).await?;
        }
        for policy in properties.texts("ManagedPolicyArns")? {
            detach(calls, id, &policy).await?;
        }
        calls.run(op::DeleteRole, DeleteRoleRequest { role_name: id.to_owned() }).await.map(drop)
    }
}

fn made(role: &RoleDetail) -> Made {
    Made::new(&role.role_name).with("Arn", role.arn.as_str()).with("RoleId", role.role_id.as_str())
}

/// The inline policies of the property `Policies`.
fn inline(role: &str, properties: &Properties) -> Result<Vec<PutRolePolicyRequest>, Failure> {
    let policies = match properties.get("Policies") {
        Some(Document::Array(policies)) => policies.as_slice(),
        _ => &[],
    };
    let read = |(n, policy): (usize, &Document)| match policy {
        Document::Object(members) => {
            let mut input: PutRolePolicyRequest = Properties(members.clone()).input(op::PutRolePolicy)?;
            input.role_name = role.to_owned();
            Ok(input)
        }
        _ => Err(Failure::property(&format!("#/Policies/{n}"), "expected type: JSONObject")),
    };
    policies.iter().enumerate().map(read).collect()
}

async fn set_inline(calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<(), Failure> {
    let wanted = inline(id, desired)?;
    let gone = |policy: &PutRolePolicyRequest| !wanted.iter().any(|kept| kept.policy_name == policy.policy_name);
    for policy in inline(id, previous)?.into_iter().filter(gone) {
        delete_inline(calls, id, &policy.policy_name).await?;
    }
    for policy in wanted {
        calls.run(op::PutRolePolicy, policy).await?;
    }
    Ok(())
}

async fn set_attached(calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<(), Failure> {
    let wanted = desired.texts("ManagedPolicyArns")?;
    for policy in previous.texts("ManagedPolicyArns")?.iter().filter(|policy| !wanted.contains(policy)) {
        detach(calls, id, policy).await?;
    }
    for policy in &wanted {
        attach(calls, id, policy).await?;
    }
    Ok(())
}

async fn set_boundary(calls: &Calls, id: &str, desired: &Properties) -> Result<(), Failure> {
    let role_name = id.to_owned();
    match desired.text("PermissionsBoundary") {
        Some(permissions_boundary) => {
            let input = PutRolePermissionsBoundaryRequest { role_name, permissions_boundary };
            calls.run(op::PutRolePermissionsBoundary, input).await.map(drop)
        }
        None => {
            let input = DeleteRolePermissionsBoundaryRequest { role_name };
            calls.run(op::DeleteRolePermissionsBoundary, input).await.map(drop)
        }
    }
}

async fn set_tags(calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<(), Failure> {
    let change = TagChange::between(calls, previous, desired)?;
    if !change.gone.is_empty() {
        calls.run(op::UntagRole, UntagRoleRequest { role_name: id.to_owned(), tag_keys: change.gone }).await?;
    }
    if !change.wanted.is_empty() {
        calls.run(op::TagRole, TagRoleRequest { role_name: id.to_owned(), tags: tag_list(change.wanted) }).await?;
    }
    Ok(())
}
