//! Instance profiles. There are no instances here; a profile is kept for those who describe their infrastructure with one.

use super::error::IamError;
use super::role::RoleRecord;
use super::{Iam, collection};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::store::Listing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is known of an instance profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ProfileRecord {
    pub(super) name: String,
    /// Begins and ends with a slash.
    pub(super) path: String,
    /// `AIPA…`.
    pub(super) id: String,
    pub(super) created_ms: Millis,
    pub(super) tags: BTreeMap<String, String>,
    /// The name of its role; it has at most one.
    pub(super) role: Option<String>,
}

impl ProfileRecord {
    /// The ARN, which has the path in it.
    pub(super) fn arn(&self, scope: &Scope) -> String {
        format!("arn:aws:iam::{}:instance-profile{}{}", scope.account(), self.path, self.name)
    }
}

impl Iam {
    /// Makes an instance profile.
    pub(super) async fn create_profile(&self, scope: &Scope, profile: ProfileRecord) -> Result<(), IamError> {
        let key = collection("instance-profile", scope).key(profile.name.as_str());
        self.store
            .transaction(move |tx| match tx.get::<ProfileRecord>(&key)? {
                Some(existing) => Err(IamError::ProfileExists(existing.name)),
                None => Ok(tx.put(&key, &profile)?),
            })
            .await
    }

    pub(super) async fn profile(&self, scope: &Scope, name: &str) -> Result<ProfileRecord, IamError> {
        let found = self.store.get(&collection("instance-profile", scope).key(name)).await?;
        found.ok_or_else(|| IamError::NoSuchProfile(name.to_owned()))
    }

    /// All instance profiles of the account, by name.
    pub(super) async fn profiles(&self, scope: &Scope) -> Result<Vec<ProfileRecord>, IamError> {
        let found: Vec<(String, ProfileRecord)> =
            self.store.list(&collection("instance-profile", scope), Listing::default()).await?;
        Ok(found.into_iter().map(|(_, profile)| profile).collect())
    }

    /// Changes an instance profile.
    pub(super) async fn change_profile<T: Send + 'static>(
        &self,
        scope: &Scope,
        name: &str,
        change: impl FnOnce(&mut ProfileRecord) -> Result<T, IamError> + Send + 'static,
    ) -> Result<T, IamError> {
        let (key, name) = (collection("instance-profile", scope).key(name), name.to_owned());
        self.store
            .transaction(move |tx| {
                let mut profile: ProfileRecord = tx.get(&key)?.ok_or(IamError::NoSuchProfile(name))?;
                let result = change(&mut profile)?;
                tx.put(&key, &profile)?;
                Ok(result)
            })
            .await
    }

    /// Gives a profile without a role the role of a name.
    pub(super) async fn add_role(&self, scope: &Scope, profile: &str, role: &str) -> Result<(), IamError> {
        let roles = collection("role", scope).key(role);
        let (key, profile, role) = (collection("instance-profile", scope).key(profile), profile.to_owned(), role.to_owned());
        self.store
            .transaction(move |tx| {
                let mut record: ProfileRecord = tx.get(&key)?.ok_or(IamError::NoSuchProfile(profile))?;
                if tx.get::<RoleRecord>(&roles)?.is_none() {
                    return Err(IamError::NoSuchRole(role));
                }
                if record.role.is_some() {
                    return Err(IamError::ProfileFull);
                }
                record.role = Some(role);
                Ok(tx.put(&key, &record)?)
            })
            .await
    }

    /// Deletes a profile that has no role any more.
    pub(super) async fn delete_profile(&self, scope: &Scope, name: &str) -> Result<(), IamError> {
        let (key, name) = (collection("instance-profile", scope).key(name), name.to_owned());
        self.store
            .transaction(move |tx| {
                let profile: ProfileRecord = tx.get(&key)?.ok_or(IamError::NoSuchProfile(name))?;
                if profile.role.is_some() {
                    return Err(IamError::IN_PROFILE);
                }
                tx.delete(&key)?;
                Ok(())
            })
            .await
    }
}
