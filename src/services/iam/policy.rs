//! Managed policies.

use super::error::IamError;
use super::role::RoleRecord;
use super::{Iam, collection};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::store::Listing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The only version that a policy has: further ones are not served.
pub(super) const VERSION: &str = "v1";

/// Where AWS's own policies lie.
const OF_AWS: &str = "arn:aws:iam::aws:policy/";

/// What is known of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PolicyRecord {
    pub(super) name: String,
    /// Begins and ends with a slash.
    pub(super) path: String,
    /// `ANPA…`.
    pub(super) id: String,
    pub(super) created_ms: Millis,
    pub(super) description: Option<String>,
    pub(super) document: String,
    pub(super) tags: BTreeMap<String, String>,
}

impl PolicyRecord {
    /// The ARN, which has the path in it.
    pub(super) fn arn(&self, scope: &Scope) -> String {
        format!("arn:aws:iam::{}:policy{}{}", scope.account(), self.path, self.name)
    }
}

/// The name in a policy's ARN, behind the last slash.
pub(super) fn name_of(arn: &str) -> &str {
    arn.rsplit_once('/').map_or(arn, |(_, name)| name)
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

    /// How many roles have a policy attached.
    pub(super) async fn attachments(&self, scope: &Scope, arn: &str) -> Result<usize, IamError> {
        Ok(self.roles(scope).await?.iter().filter(|role| role.attached.iter().any(|attached| attached == arn)).count())
    }

    /// Attaches a policy of the account, or one of AWS's, to a role.
    pub(super) async fn attach(&self, scope: &Scope, role: &str, arn: &str) -> Result<(), IamError> {
        if !arn.starts_with(OF_AWS) {
            self.policy(scope, arn).await.map_err(|error| match error {
                IamError::NoSuchPolicy(arn) => IamError::NotAttachable(arn),
                error => error,
            })?;
        }
        let arn = arn.to_owned();
        let attach = |role: &mut RoleRecord| {
            if !role.attached.contains(&arn) {
                role.attached.push(arn);
            }
            Ok(())
        };
        self.change_role(scope, role, attach).await
    }

    /// Deletes a policy that no role has attached.
    pub(super) async fn delete_policy(&self, scope: &Scope, arn: &str) -> Result<(), IamError> {
        let policy = self.policy(scope, arn).await?;
        let (roles, key, arn) = (collection("role", scope), collection("policy", scope).key(policy.name), arn.to_owned());
        self.store
            .transaction(move |tx| {
                let attached = |role: &RoleRecord| role.attached.contains(&arn);
                if tx.list::<RoleRecord>(&roles, &Listing::default())?.iter().any(|(_, role)| attached(role)) {
                    return Err(IamError::Conflict("Cannot delete a policy attached to entities."));
                }
                tx.delete(&key)?;
                Ok(())
            })
            .await
    }
}
