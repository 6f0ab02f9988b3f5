//! AWS::IAM::ServiceLinkedRole.

use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use crate::api::iam::{DeleteServiceLinkedRoleRequest, ListRolesRequest, UpdateRoleDescriptionRequest, op};
use async_trait::async_trait;

/// The type.
pub(in super::super) static SERVICE_LINKED_ROLE: ResourceType = ResourceType {
    name: "AWS::IAM::ServiceLinkedRole",
    properties: &[
        Property::fixed("AWSServiceName").required(),
        Property::fixed("CustomSuffix"),
        Property::changeable("Description"),
    ],
    attributes: &["RoleName"],
    handler: &ServiceLinkedRole,
};

struct ServiceLinkedRole;

#[async_trait]
impl Handler for ServiceLinkedRole {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let input = desired.input(op::CreateServiceLinkedRole)?;
        let role = calls.run(op::CreateServiceLinkedRole, input).await?.role.unwrap_or_default();
        calls.initiated(&role.role_name).await;
        Ok(made(&role.role_name))
    }

    /// Of a service there is one role a suffix.
    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let service = desired.text("AWSServiceName").unwrap_or_default();
        let input = ListRolesRequest { path_prefix: Some(format!("/aws-service-role/{service}/")), ..Default::default() };
        let roles = calls.run(op::ListRoles, input).await?.roles;
        Ok(roles.into_iter().map(|role| role.role_name).collect())
    }

    async fn update(&self, calls: &Calls, id: &str, _: &Properties, desired: &Properties) -> Result<Made, Failure> {
        let description = desired.text("Description").unwrap_or_default();
        let input = UpdateRoleDescriptionRequest { role_name: id.to_owned(), description };
        calls.run(op::UpdateRoleDescription, input).await?;
        Ok(made(id))
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        let input = DeleteServiceLinkedRoleRequest { role_name: id.to_owned() };
        calls.run(op::DeleteServiceLinkedRole, input).await.map(drop)
    }
}

fn made(role: &str) -> Made {
    Made::new(role).with("RoleName", role)
}
