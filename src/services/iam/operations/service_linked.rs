//! Roles that belong to a service. Nothing here needs one; Terraform stacks with domains in a VPC make them.

use super::roles::shown;
use crate::api::iam::{
    CreateServiceLinkedRoleRequest, CreateServiceLinkedRoleResponse, DeleteServiceLinkedRoleRequest,
    DeleteServiceLinkedRoleResponse, DeletionTaskStatusType, GetServiceLinkedRoleDeletionStatusRequest,
    GetServiceLinkedRoleDeletionStatusResponse,
};
use crate::api::{Caller, Fault};
use crate::base::credential::unique_id;
use crate::services::iam::Iam;
use crate::services::iam::error::IamError;
use crate::services::iam::role::{RoleRecord, SERVICE_LINKED};
use std::collections::BTreeMap;

/// The names of services that have others in their roles than the host names tell.
const NAMES: [(&str, &str); 3] = [
    ("es.amazonaws.com", "AmazonElasticsearchService"),
    ("opensearchservice.amazonaws.com", "AmazonOpenSearchService"),
    ("ops.apigateway.amazonaws.com", "APIGateway"),
];

/// The name of a service in the name of its role: the labels of its host, each with a capital.
fn service_name(host: &str) -> String {
    if let Some((_, name)) = NAMES.iter().find(|(of, _)| *of == host) {
        return (*name).to_owned();
    }
    let labels = host.trim_end_matches(".amazonaws.com").split(['.', '-']);
    labels
        .map(|label| label.chars().take(1).flat_map(char::to_uppercase).chain(label.chars().skip(1)).collect::<String>())
        .collect()
}

pub(crate) async fn create(
    iam: Iam,
    caller: Caller,
    input: CreateServiceLinkedRoleRequest,
) -> Result<CreateServiceLinkedRoleResponse, Fault> {
    let host = &input.aws_service_name;
    let suffix = input.custom_suffix.filter(|suffix| !suffix.is_empty()).map(|suffix| format!("_{suffix}"));
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{host}"}},"Action":"sts:AssumeRole"}}]}}"#
    );
    let role = RoleRecord {
        name: format!("AWSServiceRoleFor{}{}", service_name(host), suffix.unwrap_or_default()),
        path: format!("{SERVICE_LINKED}{host}/"),
        id: unique_id("AROA"),
        created_ms: iam.now_ms(),
        trust,
        description: input.description.filter(|text| !text.is_empty()),
        max_session_seconds: super::roles::DEFAULT_SESSION_SECONDS,
        boundary: None,
        tags: BTreeMap::new(),
        inline: BTreeMap::new(),
        attached: Vec::new(),
    };
    let created = iam.create_role(&caller.scope, role.clone()).await;
    created.map_err(|error| match error {
        IamError::RoleExists(name) => IamError::ServiceRoleExists(name),
        error => error,
    })?;
    Ok(CreateServiceLinkedRoleResponse { role: Some(shown(&caller.scope, role)) })
}

/// The id of the deletion of a role, which is done as soon as it is told.
fn task(role: &RoleRecord) -> String {
    format!("task{}{}/{}", role.path, role.name, uuid::Uuid::new_v4())
}

pub(crate) async fn delete(
    iam: Iam,
    caller: Caller,
    input: DeleteServiceLinkedRoleRequest,
) -> Result<DeleteServiceLinkedRoleResponse, Fault> {
    let role = iam.delete_service_role(&caller.scope, &input.role_name).await?;
    Ok(DeleteServiceLinkedRoleResponse { deletion_task_id: task(&role) })
}

pub(crate) async fn deletion_status(
    _: Iam,
    _: Caller,
    input: GetServiceLinkedRoleDeletionStatusRequest,
) -> Result<GetServiceLinkedRoleDeletionStatusResponse, Fault> {
    if !input.deletion_task_id.starts_with("task/aws-service-role/") {
        return Err(IamError::Invalid(format!("Invalid deletion task id: {}", input.deletion_task_id)).into());
    }
    Ok(GetServiceLinkedRoleDeletionStatusResponse { status: DeletionTaskStatusType::Succeeded, reason: None })
}
