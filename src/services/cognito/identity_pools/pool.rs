//! Identity pools themselves.

use super::IdentityPools;
use super::error::Refused;
use crate::api::cognito_identity::{IdentityPool, SetIdentityPoolRolesInput};
use crate::base::account::Scope;
use crate::services::cognito::collection;
use crate::store::{Collection, Listing};
use serde::{Deserialize, Serialize};

/// What is known of an identity pool.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PoolRecord {
    pub(super) account: String,
    /// As given, with the id, `REGION:UUID`.
    #[serde(with = "crate::api::stored")]
    pub(super) settings: IdentityPool,
    /// The roles that credentials are for.
    #[serde(with = "crate::api::stored")]
    pub(super) roles: SetIdentityPoolRolesInput,
}

pub(super) fn pools() -> Collection {
    collection("cognito-identity", "pool")
}

/// The region in an id of a pool or an identity.
pub(super) fn region_of(id: &str) -> &str {
    id.split_once(':').map_or(id, |(region, _)| region)
}

impl PoolRecord {
    pub(super) fn id(&self) -> &str {
        &self.settings.identity_pool_id
    }
}

impl IdentityPools {
    pub(super) async fn keep_pool(&self, pool: PoolRecord) -> Result<(), Refused> {
        Ok(self.store.put(&pools().key(pool.id()), pool).await?)
    }

    /// The pool with this id, whoever asks.
    pub(super) async fn pool(&self, id: &str) -> Result<PoolRecord, Refused> {
        self.store.get(&pools().key(id)).await?.ok_or_else(|| Refused::NoPool(id.to_owned()))
    }

    /// The pool with this id in the account and region of `scope`.
    pub(super) async fn pool_in(&self, scope: &Scope, id: &str) -> Result<PoolRecord, Refused> {
        let pool = self.pool(id).await?;
        if pool.account == scope.account() && region_of(pool.id()) == scope.region() {
            return Ok(pool);
        }
        Err(Refused::NoPool(id.to_owned()))
    }

    /// The pools of a region, by id.
    pub(super) async fn pools_of_region(&self, region: &str) -> Result<Vec<PoolRecord>, Refused> {
        let listing = Listing { prefix: format!("{region}:"), ..Listing::default() };
        let found: Vec<(String, PoolRecord)> = self.store.list(&pools(), listing).await?;
        Ok(found.into_iter().map(|(_, pool)| pool).collect())
    }

    /// Changes a pool.
    pub(super) async fn change_pool<T: Send + 'static>(
        &self,
        scope: &Scope,
        id: &str,
        change: impl FnOnce(&mut PoolRecord) -> T + Send + 'static,
    ) -> Result<T, Refused> {
        self.pool_in(scope, id).await?;
        let id = id.to_owned();
        self.store
            .transaction(move |tx| {
                let key = pools().key(id.as_str());
                let mut pool: PoolRecord = tx.get(&key)?.ok_or(Refused::NoPool(id))?;
                let result = change(&mut pool);
                tx.put(&key, &pool)?;
                Ok(result)
            })
            .await
    }

    /// Deletes a pool with its identities.
    pub(super) async fn delete_pool(&self, scope: &Scope, id: &str) -> Result<(), Refused> {
        let pool = self.pool_in(scope, id).await?;
        let identities = self.identities_of(pool.id()).await?;
        self.store
            .transaction(move |tx| {
                for identity in identities {
                    identity.delete(tx)?;
                }
                tx.delete(&pools().key(pool.id()))?;
                Ok(())
            })
            .await
    }
}
