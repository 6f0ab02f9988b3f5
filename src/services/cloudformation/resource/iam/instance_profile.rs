//! AWS::IAM::InstanceProfile.

use super::super::calls::{if_found, unless_missing};
use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use super::LONGEST_NAME;
use crate::api::iam::{
    AddRoleToInstanceProfileRequest, DeleteInstanceProfileRequest, GetInstanceProfileRequest, InstanceProfile as Profile,
    RemoveRoleFromInstanceProfileRequest, op,
};
use async_trait::async_trait;

/// The type.
pub(in super::super) static INSTANCE_PROFILE: ResourceType = ResourceType {
    name: "AWS::IAM::InstanceProfile",
    properties: &[Property::fixed("InstanceProfileName"), Property::fixed("Path"), Property::changeable("Roles").required()],
    attributes: &["Arn"],
    handler: &InstanceProfile,
};

struct InstanceProfile;

#[async_trait]
impl Handler for InstanceProfile {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let name = calls.name(desired, "InstanceProfileName", LONGEST_NAME);
        let mut input = desired.input(op::CreateInstanceProfile)?;
        input.instance_profile_name = name.clone();
        let profile = calls.run(op::CreateInstanceProfile, input).await?.instance_profile;
        calls.initiated(&name).await;
        for role in desired.texts("Roles")? {
            add(calls, &name, role).await?;
        }
        Ok(made(&profile))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let name = calls.name(desired, "InstanceProfileName", LONGEST_NAME);
        let input = GetInstanceProfileRequest { instance_profile_name: name.clone() };
        if_found(name, calls.run(op::GetInstanceProfile, input).await)
    }

    async fn update(&self, calls: &Calls, id: &str, _: &Properties, desired: &Properties) -> Result<Made, Failure> {
        let input = GetInstanceProfileRequest { instance_profile_name: id.to_owned() };
        let profile = calls.run(op::GetInstanceProfile, input).await?.instance_profile;
        let wanted = desired.texts("Roles")?;
        let now: Vec<&String> = profile.roles.iter().map(|role| &role.role_name).collect();
        for role in now.iter().filter(|role| !wanted.contains(role)) {
            remove(calls, id, role).await?;
        }
        for role in wanted.iter().filter(|role| !now.contains(role)) {
            add(calls, id, role.clone()).await?;
        }
        Ok(made(&profile))
    }

    async fn delete(&self, calls: &Calls, id: &str, properties: &Properties) -> Result<(), Failure> {
        for role in properties.texts("Roles")? {
            remove(calls, id, &role).await?;
        }
        let input = DeleteInstanceProfileRequest { instance_profile_name: id.to_owned() };
        calls.run(op::DeleteInstanceProfile, input).await.map(drop)
    }
}

fn made(profile: &Profile) -> Made {
    Made::new(&profile.instance_profile_name).with("Arn", profile.arn.as_str())
}

async fn add(calls: &Calls, profile: &str, role_name: String) -> Result<(), Failure> {
    let input = AddRoleToInstanceProfileRequest { instance_profile_name: profile.to_owned(), role_name };
    calls.run(op::AddRoleToInstanceProfile, input).await.map(drop)
}

async fn remove(calls: &Calls, profile: &str, role: &str) -> Result<(), Failure> {
    let input = RemoveRoleFromInstanceProfileRequest { instance_profile_name: profile.to_owned(), role_name: role.to_owned() };
    unless_missing(calls.run(op::RemoveRoleFromInstanceProfile, input).await).map(drop)
}
