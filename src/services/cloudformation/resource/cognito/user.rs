//! AWS::Cognito::UserPoolUser.

use super::super::calls::unless_missing;
use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use crate::api::cognito_idp::{AdminDeleteUserRequest, AdminGetUserRequest, op};
use async_trait::async_trait;

/// The type. Nothing of it can be changed in place.
pub(in super::super) static USER: ResourceType = ResourceType {
    name: "AWS::Cognito::UserPoolUser",
    properties: &[
        Property::fixed("ClientMetadata"),
        Property::fixed("DesiredDeliveryMediums"),
        Property::fixed("ForceAliasCreation"),
        Property::fixed("MessageAction"),
        Property::fixed("UserAttributes"),
        Property::fixed("UserPoolId").required(),
        Property::fixed("Username"),
        Property::fixed("ValidationData"),
    ],
    attributes: &[],
    handler: &User,
};

/// Longest name of a user (API reference, AdminCreateUser).
const LONGEST_NAME: usize = 128;

struct User;

#[async_trait]
impl Handler for User {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let mut input = desired.input(op::AdminCreateUser)?;
        input.username = calls.name(desired, "Username", LONGEST_NAME);
        let given = input.username.clone();
        let user = calls.run(op::AdminCreateUser, input).await?.user.unwrap_or_default();
        let name = user.username.unwrap_or(given);
        calls.initiated(&name).await;
        Ok(Made::new(name))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let username = calls.name(desired, "Username", LONGEST_NAME);
        let input = AdminGetUserRequest { user_pool_id: desired.text("UserPoolId").unwrap_or_default(), username };
        let found = unless_missing(calls.run(op::AdminGetUser, input).await)?;
        Ok(found.map(|found| found.username).into_iter().collect())
    }

    async fn update(&self, _: &Calls, id: &str, _: &Properties, _: &Properties) -> Result<Made, Failure> {
        Ok(Made::new(id))
    }

    async fn delete(&self, calls: &Calls, id: &str, properties: &Properties) -> Result<(), Failure> {
        let user_pool_id = properties.text("UserPoolId").unwrap_or_default();
        let input = AdminDeleteUserRequest { user_pool_id, username: id.to_owned() };
        calls.run(op::AdminDeleteUser, input).await.map(drop)
    }
}
