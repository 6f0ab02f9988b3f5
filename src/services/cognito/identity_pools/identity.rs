//! Identities.

use super::IdentityPools;
use super::anonymous;
use super::error::Refused;
use super::login::{Login, Logins};
use super::pool::{PoolRecord, region_of};
use crate::base::clock::Millis;
use crate::services::cognito::user_pools::claimed_pool;
use crate::services::cognito::{collection, jwt};
use crate::store::{Collection, Key, Listing, StoreError, Transaction};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is known of an identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct IdentityRecord {
    /// `REGION:UUID`.
    pub(super) id: String,
    pub(super) pool: String,
    /// Subjects by provider; none of an identity that never logged in.
    pub(super) logins: BTreeMap<String, String>,
    pub(super) created_ms: Millis,
    pub(super) modified_ms: Millis,
}

fn identities() -> Collection {
    collection("cognito-identity", "identity")
}

/// Which identity a login has: its id by pool, provider and subject.
fn login_key(pool: &str, provider: &str, subject: &str) -> Key {
    collection("cognito-identity", "login").key(format!("{pool}/{provider}/{subject}"))
}

/// The id of the identity of a login that was never seen: the same every time.
fn derived_id(pool: &str, login: &Login) -> String {
    let name = format!("{pool}/{}/{}", login.provider, login.claims.sub);
    format!("{}:{}", region_of(pool), Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()))
}

/// Takes a login away from the identity that had it, which goes with its last one: so there are no more identities than logins.
fn part(tx: &mut Transaction<'_>, id: &str, provider: &str) -> Result<(), StoreError> {
    let key = identities().key(id);
    let Some(mut identity) = tx.get::<IdentityRecord>(&key)? else { return Ok(()) };
    identity.logins.remove(provider);
    if identity.logins.is_empty() { tx.delete(&key).map(drop) } else { tx.put(&key, &identity) }
}

impl IdentityRecord {
    pub(super) fn delete(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        for (provider, subject) in &self.logins {
            tx.delete(&login_key(&self.pool, provider, subject))?;
        }
        tx.delete(&identities().key(self.id.as_str()))?;
        Ok(())
    }

    /// One that nobody has logged in with.
    fn new(id: String, pool: String, now_ms: Millis) -> Self {
        Self { id, pool, logins: BTreeMap::new(), created_ms: now_ms, modified_ms: now_ms }
    }

    fn is_of(&self, login: &Login) -> bool {
        self.logins.get(&login.provider) == Some(&login.claims.sub)
    }
}

/// The claim by which the right identity pool is found.
#[derive(Deserialize)]
struct Audience {
    aud: String,
}

impl IdentityPools {
    /// The identities of a pool.
    pub(super) async fn identities_of(&self, pool: &str) -> Result<Vec<IdentityRecord>, Refused> {
        let listing = Listing { prefix: format!("{}:", region_of(pool)), ..Listing::default() };
        let found: Vec<(String, IdentityRecord)> = self.store.list(&identities(), listing).await?;
        Ok(found.into_iter().map(|(_, identity)| identity).filter(|identity| identity.pool == pool).collect())
    }

    /// The identity with this id: one of a login, or of somebody who did not log in, of whom nothing is stored.
    pub(super) async fn identity(&self, id: &str) -> Result<Option<IdentityRecord>, Refused> {
        if let Some(identity) = self.store.get(&identities().key(id)).await? {
            return Ok(Some(identity));
        }
        let pools = self.pools_of_region(region_of(id)).await?;
        Ok(pools.iter().find_map(|pool| {
            let made_ms = anonymous::made_ms(pool.id(), id)?;
            Some(IdentityRecord::new(id.to_owned(), pool.id().to_owned(), made_ms))
        }))
    }

    /// The id of the identity of logins, or a new one of somebody who did not log in.
    pub(super) async fn identify(&self, pool: &PoolRecord, logins: &[Login]) -> Result<String, Refused> {
        let Some(first) = logins.first() else {
            if !pool.settings.allow_unauthenticated_identities {
                return Err(Refused::not_authorized("Unauthenticated access is not supported for this identity pool."));
            }
            return Ok(anonymous::new_id(pool.id(), self.clock.now_ms()));
        };
        for login in logins {
            if let Some(id) = self.store.get::<String>(&login_key(pool.id(), &login.provider, &login.claims.sub)).await? {
                return Ok(self.link(pool, &id, logins).await?.id);
            }
        }
        Ok(self.link(pool, &derived_id(pool.id(), first), logins).await?.id)
    }

    /// Remembers that these logins are of the identity, which is made if need be.
    pub(super) async fn link(&self, pool: &PoolRecord, id: &str, logins: &[Login]) -> Result<IdentityRecord, Refused> {
        let (id, pool, now_ms) = (id.to_owned(), pool.id().to_owned(), self.clock.now_ms());
        let logins: Vec<(String, String)> =
            logins.iter().map(|login| (login.provider.clone(), login.claims.sub.clone())).collect();
        self.store
            .transaction(move |tx| {
                let key = identities().key(id.as_str());
                let mut identity: IdentityRecord = tx.get(&key)?.unwrap_or_else(|| IdentityRecord::new(id, pool, now_ms));
                for (provider, subject) in logins {
                    let login = login_key(&identity.pool, &provider, &subject);
                    let before = tx.get::<String>(&login)?;
                    if let Some(before) = before.filter(|before| *before != identity.id) {
                        part(tx, &before, &provider)?;
                    }
                    tx.put(&login, &identity.id)?;
                    identity.logins.insert(provider, subject);
                    identity.modified_ms = now_ms;
                }
                tx.put(&key, &identity)?;
                Ok(identity)
            })
            .await
    }

    /// The identity that a call names, with its pool and the logins that prove it.
    ///
    /// An id that is not known here, such as one that a browser remembers from before the data folder was lost, is taken as that of its login when
    /// the login's token is good: the page would hang on anything else.
    pub(super) async fn proved(&self, id: &str, logins: &Logins) -> Result<(PoolRecord, IdentityRecord, Vec<Login>), Refused> {
        let Some(identity) = self.identity(id).await? else {
            return self.adopted(id, logins).await;
        };
        let gone = |_| Refused::NoIdentity(id.to_owned());
        let pool = self.pool(&identity.pool).await.map_err(gone)?;
        let verified = self.verified(&pool, logins).await?;
        if identity.logins.is_empty() && verified.is_empty() {
            let allowed = pool.settings.allow_unauthenticated_identities;
            let refused = "Unauthenticated access is not supported for this identity pool.";
            return if allowed { Ok((pool, identity, verified)) } else { Err(Refused::not_authorized(refused)) };
        }
        if identity.logins.is_empty() {
            // Whoever was nobody and logs in keeps the identity.
            let identity = self.link(&pool, id, &verified).await?;
            return Ok((pool, identity, verified));
        }
        if verified.is_empty() {
            return Err(Refused::not_authorized(format!("Access to Identity '{id}' is forbidden.")));
        }
        if !verified.iter().any(|login| identity.is_of(login)) {
            let text = "Logins don't match. Please include at least one valid login for this identity or identity pool.";
            return Err(Refused::not_authorized(text));
        }
        Ok((pool, identity, verified))
    }

    async fn adopted(&self, id: &str, logins: &Logins) -> Result<(PoolRecord, IdentityRecord, Vec<Login>), Refused> {
        let Some(token) = logins.values().next() else { return Err(Refused::NoIdentity(id.to_owned())) };
        let malformed = |_| Refused::not_authorized("Invalid login token. Not a valid OpenId Connect identity token.");
        let user_pool = claimed_pool(token).map_err(malformed)?;
        let Audience { aud } = jwt::peek(token).map_err(malformed)?;
        let mut trusting = self.pools_of_region(region_of(id)).await?;
        trusting.retain(|pool| pool.trusts(&user_pool, &aud));
        let Some(pool) = trusting.first().cloned() else {
            return Err(Refused::not_authorized("Token is not from a supported provider of this identity pool."));
        };
        let verified = self.verified(&pool, logins).await?;
        let identity = self.link(&pool, id, &verified).await?;
        Ok((pool, identity, verified))
    }
}
