//! AWS::Cognito::IdentityPoolRoleAttachment.

use super::super::calls::unless_missing;
use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use crate::api::cognito_identity::{GetIdentityPoolRolesInput, SetIdentityPoolRolesInput, op};
use async_trait::async_trait;
use serde_json::{Map, Value as Document};

/// The type.
pub(in super::super) static ROLE_ATTACHMENT: ResourceType = ResourceType {
    name: "AWS::Cognito::IdentityPoolRoleAttachment",
    properties: &[Property::fixed("IdentityPoolId").required(), Property::changeable(MAPPINGS), Property::changeable("Roles")],
    attributes: &["Id"],
    handler: &RoleAttachment,
};

const MAPPINGS: &str = "RoleMappings";

/// Longest generated id.
const LONGEST_ID: usize = 128;

struct RoleAttachment;

#[async_trait]
impl Handler for RoleAttachment {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        calls.run(op::SetIdentityPoolRoles, input(desired)?).await?;
        let id = calls.generated_name(LONGEST_ID);
        calls.initiated(&id).await;
        Ok(made(&id))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let identity_pool_id = desired.text("IdentityPoolId").unwrap_or_default();
        let found = unless_missing(calls.run(op::GetIdentityPoolRoles, GetIdentityPoolRolesInput { identity_pool_id }).await)?;
        let has_roles = found.and_then(|found| found.roles).is_some_and(|roles| !roles.is_empty());
        Ok(has_roles.then(|| calls.generated_name(LONGEST_ID)).into_iter().collect())
    }

    async fn update(&self, calls: &Calls, id: &str, _: &Properties, desired: &Properties) -> Result<Made, Failure> {
        calls.run(op::SetIdentityPoolRoles, input(desired)?).await?;
        Ok(made(id))
    }

    /// The pool stays without roles.
    async fn delete(&self, calls: &Calls, _: &str, properties: &Properties) -> Result<(), Failure> {
        let identity_pool_id = properties.text("IdentityPoolId").unwrap_or_default();
        let input = SetIdentityPoolRolesInput { identity_pool_id, ..Default::default() };
        calls.run(op::SetIdentityPoolRoles, input).await.map(drop)
    }
}

fn made(id: &str) -> Made {
    Made::new(id).with("Id", id)
}

/// The key of a mapping may be any word in a template: then the provider stands inside of it.
fn input(desired: &Properties) -> Result<SetIdentityPoolRolesInput, Failure> {
    let mut properties = desired.clone();
    if let Some(Document::Object(mappings)) = properties.0.remove(MAPPINGS) {
        let mappings: Map<String, Document> = mappings.into_iter().map(by_provider).collect();
        properties.0.insert(MAPPINGS.to_owned(), Document::Object(mappings));
    }
    properties.input(op::SetIdentityPoolRoles)
}

fn by_provider((key, mut mapping): (String, Document)) -> (String, Document) {
    let provider = mapping.as_object_mut().and_then(|members| members.remove("IdentityProvider"));
    (provider.and_then(|provider| provider.as_str().map(str::to_owned)).unwrap_or(key), mapping)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn mappings_go_by_their_provider() {
        let mapping = json!({"IdentityProvider": "cognito-idp.us-west-2.amazonaws.com/p:c", "Type": "Token"});
        let Document::Object(properties) = json!({
            "IdentityPoolId": "us-west-2:p", "Roles": {"authenticated": "arn:a"}, "RoleMappings": {"word": mapping, "other": {"Type": "Token"}}
        }) else {
            unreachable!()
        };
        let input = input(&Properties(properties)).unwrap();
        let providers: Vec<String> = input.role_mappings.unwrap().into_keys().collect();
        assert_eq!(providers, ["cognito-idp.us-west-2.amazonaws.com/p:c", "other"]);
        assert_eq!(input.roles["authenticated"], "arn:a");
    }
}
