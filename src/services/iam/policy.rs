//! Managed policies and their versions.

use super::error::IamError;
use super::role::RoleRecord;
use super::{Iam, collection, managed};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::store::Listing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where AWS's own policies lie.
const OF_AWS: &str = "arn:aws:iam::aws:policy/";

/// The most versions that a policy has (IAM user guide, quotas).
const MOST_VERSIONS: usize = 5;

/// The most managed policies of a role: as many as AWS grants on request (IAM user guide, quotas).
const MOST_ATTACHED: usize = 25;

/// What is known of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PolicyRecord {
    pub(super) name: String,
    /// Begins and ends with a slash.
    pub(super) path: String,
    /// `ANPA…`.
    pub(super) id: String,
    pub(super) created_ms: Millis,
    pub(super) updated_ms: Millis,
    pub(super) description: Option<String>,
    pub(super) tags: BTreeMap<String, String>,
    /// Those that are left, oldest first; never empty.
    pub(super) versions: Vec<Version>,
    /// The number of the version that counts.
    pub(super) default_version: u32,
    /// The number of the newest version that ever was.
    pub(super) last_version: u32,
}

/// One text of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Version {
    /// From 1; numbers are not given out again.
    pub(super) number: u32,
    pub(super) document: String,
    pub(super) created_ms: Millis,
}

impl Version {
    /// The id that clients know, such as `v1`.
    pub(super) fn id(&self) -> String {
        version_id(self.number)
    }
}

/// The id of the version with a number.
pub(super) fn version_id(number: u32) -> String {
    format!("v{number}")
}

impl PolicyRecord {
    /// The ARN, which has the path in it.
    pub(super) fn arn(&self, scope: &Scope) -> String {
        format!("arn:aws:iam::{}:policy{}{}", scope.account(), self.path, self.name)
    }

    /// The version of an id such as `v2`.
    pub(super) fn version(&self, id: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.id() == id)
    }

    /// Adds a text, and makes it the one that counts if `default` says so.
    pub(super) fn add_version(&mut self, document: String, now_ms: Millis, default: bool) -> Result<Version, IamError> {
        if self.versions.len() >= MOST_VERSIONS {
            return Err(IamError::TooManyVersions(MOST_VERSIONS));
        }
        self.last_version += 1;
        let version = Version { number: self.last_version, document, created_ms: now_ms };
        self.versions.push(version.clone());
        if default {
            self.default_version = version.number;
        }
        self.updated_ms = now_ms;
        Ok(version)
    }

    /// Drops the version of an id, which must not be the one that counts.
    pub(super) fn remove_version(&mut self, id: &str) -> Result<(), IamError> {
        if id == version_id(self.default_version) {
            return Err(IamError::Conflict("Cannot delete the default version of a policy."));
        }
        let before = self.versions.len();
        self.versions.retain(|version| version.id() != id);
        if self.versions.len() == before { Err(self.no_version(id)) } else { Ok(()) }
    }

    /// Makes the version of an id the one that counts.
    pub(super) fn set_default(&mut self, id: &str, now_ms: Millis) -> Result<(), IamError> {
        let number = self.version(id).map(|version| version.number);
        self.default_version = number.ok_or_else(|| self.no_version(id))?;
        self.updated_ms = now_ms;
        Ok(())
    }

    fn no_version(&self, id: &str) -> IamError {
        IamError::NoSuchVersion(self.name.clone(), id.to_owned())
    }
}

/// Whether an ARN is that of one of AWS's own policies.
pub(super) fn is_of_aws(arn: &str) -> bool {
    arn.starts_with(OF_AWS)
}

/// The name in a policy's ARN, behind the last slash.
pub(super) fn name_of(arn: &str) -> &str {
    arn.rsplit_once('/').map_or(arn, |(_, name)| name)
}

/// The path in a policy's ARN, with a slash at both ends.
pub(super) fn path_of(arn: &str) -> &str {
    let resource = arn.split_once(":policy").map_or("/", |(_, resource)| resource);
    resource.rfind('/').and_then(|end| resource.get(..=end)).unwrap_or("/")
}

/// Checks that a document is JSON with an object at its top.
pub(super) fn check_document(document: &str) -> Result<(), IamError> {
    let parsed = serde_json::from_str::<BTreeMap<String, serde::de::IgnoredAny>>(document);
    parsed.map(drop).map_err(|_| IamError::MalformedPolicy)
}

impl Iam {
    /// Makes a policy.
    pub(super) async fn create_policy(&self, scope: &Scope, policy: PolicyRecord) -> Result<(), IamError> {
        let key = collection("policy", scope).key(policy.name.as_str());
        self.store
            .transaction(move |tx| match tx.get::<PolicyRecord>(&key)? {
                Some(existing) => Err(IamError::PolicyExists(existing.name)),
                None => Ok(tx.put(&key, &policy)?),
            })
            .await
    }

    pub(super) async fn policy(&self, scope: &Scope, arn: &str) -> Result<PolicyRecord, IamError> {
        let found: Option<PolicyRecord> = self.store.get(&collection("policy", scope).key(name_of(arn))).await?;
        let found = found.filter(|policy| policy.arn(scope) == arn);
        found.ok_or_else(|| IamError::NoSuchPolicy(arn.to_owned()))
    }

    /// The policy with this ARN, and in whose account it is: the caller's or AWS's.
    pub(super) async fn any_policy(&self, scope: &Scope, arn: &str) -> Result<(PolicyRecord, Scope), IamError> {
        if is_of_aws(arn) {
            let found = managed::find(arn).ok_or_else(|| IamError::NoSuchPolicy(arn.to_owned()))?;
            return Ok((found.clone(), managed::owner()));
        }
        Ok((self.policy(scope, arn).await?, scope.clone()))
    }

    /// All policies of the account, by name.
    pub(super) async fn policies(&self, scope: &Scope) -> Result<Vec<PolicyRecord>, IamError> {
        let found: Vec<(String, PolicyRecord)> = self.store.list(&collection("policy", scope), Listing::default()).await?;
        Ok(found.into_iter().map(|(_, policy)| policy).collect())
    }

    /// Changes a policy.
    pub(super) async fn change_policy<T: Send + 'static>(
        &self,
        scope: &Scope,
        arn: &str,
        change: impl FnOnce(&mut PolicyRecord) -> Result<T, IamError> + Send + 'static,
    ) -> Result<T, IamError> {
        let (key, scope, arn) = (collection("policy", scope).key(name_of(arn)), scope.clone(), arn.to_owned());
        self.store
            .transaction(move |tx| {
                let found: Option<PolicyRecord> = tx.get(&key)?;
                let mut policy = found.filter(|policy| policy.arn(&scope) == arn).ok_or(IamError::NoSuchPolicy(arn))?;
                let result = change(&mut policy)?;
                tx.put(&key, &policy)?;
                Ok(result)
            })
            .await
    }

    /// Attaches a policy of the account, or one of AWS's, to a role.
    pub(super) async fn attach(&self, scope: &Scope, role: &str, arn: &str) -> Result<(), IamError> {
        if !is_of_aws(arn) {
            self.policy(scope, arn).await.map_err(|error| match error {
                IamError::NoSuchPolicy(arn) => IamError::NotAttachable(arn),
                error => error,
            })?;
        }
        let arn = arn.to_owned();
        let attach = |role: &mut RoleRecord| {
            if !role.attached.contains(&arn) {
                if role.attached.len() >= MOST_ATTACHED {
                    return Err(IamError::TooManyAttached(MOST_ATTACHED));
                }
                role.attached.push(arn);
            }
            Ok(())
        };
        self.modify_role(scope, role, attach).await
    }

    /// Deletes a policy that no role has attached, and that has no version but its default.
    pub(super) async fn delete_policy(&self, scope: &Scope, arn: &str) -> Result<(), IamError> {
        let policy = self.policy(scope, arn).await?;
        let (roles, key, arn) = (collection("role", scope), collection("policy", scope).key(policy.name), arn.to_owned());
        self.store
            .transaction(move |tx| {
                let attached = |role: &RoleRecord| role.attached.contains(&arn);
                if tx.list::<RoleRecord>(&roles, &Listing::default())?.iter().any(|(_, role)| attached(role)) {
                    return Err(IamError::Conflict("Cannot delete a policy attached to entities."));
                }
                let policy: PolicyRecord = tx.get(&key)?.ok_or(IamError::NoSuchPolicy(arn))?;
                if policy.versions.len() > 1 {
                    return Err(IamError::Conflict(
                        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
                    ));
                }
                tx.delete(&key)?;
                Ok(())
            })
            .await
    }
}
