//! Roles.

use super::error::IamError;
use super::profile::ProfileRecord;
use super::{Iam, collection};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::store::Listing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The path of roles that belong to a service, before the service's name.
pub(super) const SERVICE_LINKED: &str = "/aws-service-role/";

/// Bytes of all inline policies of a role together, white space not counted (IAM user guide, quotas).
const MOST_INLINE_BYTES: usize = 10_240;

/// What is known of a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RoleRecord {
    pub(super) name: String,
    /// Begins and ends with a slash.
    pub(super) path: String,
    /// `AROA…`.
    pub(super) id: String,
    pub(super) created_ms: Millis,
    /// The trust policy, as it was given.
    pub(super) trust: String,
    pub(super) description: Option<String>,
    pub(super) max_session_seconds: i32,
    pub(super) boundary: Option<String>,
    pub(super) tags: BTreeMap<String, String>,
    /// Inline policies by name.
    pub(super) inline: BTreeMap<String, String>,
    /// ARNs of attached policies.
    pub(super) attached: Vec<String>,
}

impl RoleRecord {
    /// The ARN, which has the path in it.
    pub(super) fn arn(&self, scope: &Scope) -> String {
        format!("arn:aws:iam::{}:role{}{}", scope.account(), self.path, self.name)
    }

    /// Adds an inline policy, or replaces it.
    pub(super) fn put_inline(&mut self, name: String, document: String) -> Result<(), IamError> {
        self.inline.insert(name, document);
        let counted = self.inline.values().flat_map(|document| document.bytes()).filter(|byte| !byte.is_ascii_whitespace());
        if counted.count() > MOST_INLINE_BYTES {
            return Err(IamError::InlineTooLarge(MOST_INLINE_BYTES, self.name.clone()));
        }
        Ok(())
    }

    /// Refuses the change of a role that belongs to a service.
    fn check_modifiable(&self) -> Result<(), IamError> {
        if self.path.starts_with(SERVICE_LINKED) { Err(IamError::Protected(self.name.clone())) } else { Ok(()) }
    }
}

impl Iam {
    /// Makes a role.
    pub(super) async fn create_role(&self, scope: &Scope, role: RoleRecord) -> Result<(), IamError> {
        let key = collection("role", scope).key(role.name.as_str());
        self.store
            .transaction(move |tx| match tx.get::<RoleRecord>(&key)? {
                Some(existing) => Err(IamError::RoleExists(existing.name)),
                None => Ok(tx.put(&key, &role)?),
            })
            .await
    }

    pub(super) async fn role(&self, scope: &Scope, name: &str) -> Result<RoleRecord, IamError> {
        let found = self.store.get(&collection("role", scope).key(name)).await?;
        found.ok_or_else(|| IamError::NoSuchRole(name.to_owned()))
    }

    /// All roles of the account, by name.
    pub(super) async fn roles(&self, scope: &Scope) -> Result<Vec<RoleRecord>, IamError> {
        let found: Vec<(String, RoleRecord)> = self.store.list(&collection("role", scope), Listing::default()).await?;
        Ok(found.into_iter().map(|(_, role)| role).collect())
    }

    /// Changes what a role may do or who may assume it; roles of services refuse.
    pub(super) async fn modify_role<T: Send + 'static>(
        &self,
        scope: &Scope,
        name: &str,
        change: impl FnOnce(&mut RoleRecord) -> Result<T, IamError> + Send + 'static,
    ) -> Result<T, IamError> {
        let modify = |role: &mut RoleRecord| role.check_modifiable().and_then(|()| change(role));
        self.change_role(scope, name, modify).await
    }

    /// Changes a role.
    pub(super) async fn change_role<T: Send + 'static>(
        &self,
        scope: &Scope,
        name: &str,
        change: impl FnOnce(&mut RoleRecord) -> Result<T, IamError> + Send + 'static,
    ) -> Result<T, IamError> {
        let (key, name) = (collection("role", scope).key(name), name.to_owned());
        self.store
            .transaction(move |tx| {
                let mut role: RoleRecord = tx.get(&key)?.ok_or(IamError::NoSuchRole(name))?;
                let result = change(&mut role)?;
                tx.put(&key, &role)?;
                Ok(result)
            })
            .await
    }

    /// Deletes a role that has no policies any more, stands in no instance profile and belongs to no service.
    pub(super) async fn delete_role(&self, scope: &Scope, name: &str) -> Result<(), IamError> {
        let profiles = collection("instance-profile", scope);
        let (key, name) = (collection("role", scope).key(name), name.to_owned());
        self.store
            .transaction(move |tx| {
                let role: RoleRecord = tx.get(&key)?.ok_or(IamError::NoSuchRole(name))?;
                role.check_modifiable()?;
                if !role.attached.is_empty() {
                    return Err(IamError::Conflict("Cannot delete entity, must detach all policies first."));
                }
                if !role.inline.is_empty() {
                    return Err(IamError::Conflict("Cannot delete entity, must delete policies first."));
                }
                let in_profile = |(_, profile): &(String, ProfileRecord)| profile.role.as_deref() == Some(role.name.as_str());
                if tx.list(&profiles, &Listing::default())?.iter().any(in_profile) {
                    return Err(IamError::IN_PROFILE);
                }
                tx.delete(&key)?;
                Ok(())
            })
            .await
    }
}

impl Iam {
    /// Deletes a role that belongs to a service.
    pub(super) async fn delete_service_role(&self, scope: &Scope, name: &str) -> Result<RoleRecord, IamError> {
        let (key, name) = (collection("role", scope).key(name), name.to_owned());
        self.store
            .transaction(move |tx| {
                let found: Option<RoleRecord> = tx.get(&key)?;
                let role = found.filter(|role| role.path.starts_with(SERVICE_LINKED)).ok_or(IamError::NoSuchRole(name))?;
                tx.delete(&key)?;
                Ok(role)
            })
            .await
    }
}
