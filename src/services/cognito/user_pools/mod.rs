//! User pools, `cognito-idp`.
//!
//! What of a password is kept is its SRP verifier, so that both a proof by SRP and a password sent in the clear can be checked. Modular powers run on
//! blocking threads, few at a time. Multi-factor logins, devices, hosted pages and triggers are not there (docs/decisions.md).

mod aliases;
mod challenge;
mod client;
mod error;
mod filter;
mod login;
mod operations;
mod password;
mod pool;
mod srp_login;
#[cfg(test)]
pub(super) mod tests;
mod timestamp;
mod tokens;
mod user;

pub use operations::routes;
pub(super) use pool::{issuer, provider};
pub(super) use tokens::{AttributeClaim, IdClaims, claimed_pool};

use super::jwt::{self, BadToken};
use super::keys::{KeyError, KeySet, SigningKeys, blocking};
use crate::base::clock::Clock;
use crate::store::Store;
use challenge::Challenges;
use error::Refused;
use serde::Serialize;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Modular powers that run at once. A power takes about 16 ms, so a flood of logins gets this much of the machine and no more.
const POWERS_AT_ONCE: usize = 2;

/// Logins that may wait for their turn; further ones get TooManyRequestsException. With 256 the last waits about three seconds.
const WAITING_POWERS: usize = 256;

/// A handle of the user pools; clones share it.
#[derive(Clone)]
pub struct UserPools(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    keys: SigningKeys,
    challenges: Challenges,
    turns: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

/// What `/.well-known/openid-configuration` says (OpenID Connect Discovery 1.0), as far as there are endpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenIdConfiguration {
    issuer: String,
    jwks_uri: String,
    id_token_signing_alg_values_supported: [&'static str; 1],
    response_types_supported: [&'static str; 2],
    scopes_supported: [&'static str; 4],
    subject_types_supported: [&'static str; 1],
}

impl UserPools {
    /// The pools of a store.
    pub fn new(store: Store, clock: Clock) -> Self {
        let keys = SigningKeys::new(store.clone());
        let (turns, waiting) = (Arc::new(Semaphore::new(POWERS_AT_ONCE)), Arc::new(Semaphore::new(WAITING_POWERS)));
        Self(Arc::new(Inner { store, clock, keys, challenges: Challenges::default(), turns, waiting }))
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(super) fn keys(&self) -> &SigningKeys {
        &self.0.keys
    }

    /// The public keys of a pool's tokens; `None` if there is no such pool.
    ///
    /// # Errors
    /// When the key cannot be made or read.
    pub async fn key_set(&self, pool: &str) -> Result<Option<KeySet>, KeyError> {
        match self.pool(pool).await {
            Ok(pool) => Ok(Some(self.0.keys.of(&pool.id).await?.key_set())),
            Err(Refused::NoPool(_)) => Ok(None),
            Err(refused) => Err(KeyError(refused.to_string())),
        }
    }

    /// What a pool's tokens are and where its keys are, for one who reached us at `endpoint`; `None` if there is no such pool.
    pub async fn open_id_configuration(&self, pool: &str, endpoint: &str) -> Option<OpenIdConfiguration> {
        let pool = self.pool(pool).await.ok()?.id;
        Some(OpenIdConfiguration {
            issuer: issuer(&pool),
            jwks_uri: format!("{endpoint}/{pool}/.well-known/jwks.json"),
            id_token_signing_alg_values_supported: ["RS256"],
            response_types_supported: ["code", "token"],
            scopes_supported: ["openid", "email", "phone", "profile"],
            subject_types_supported: ["public"],
        })
    }

    /// The claims of an id token of one of the pools here; whether it has expired is the caller's to ask.
    pub(super) async fn id_claims(&self, token: &str) -> Result<IdClaims, BadToken> {
        let pool = claimed_pool(token)?;
        self.pool(&pool).await.map_err(|_| BadToken::Signature)?;
        let key = self.0.keys.of(&pool).await.map_err(|_| BadToken::Signature)?;
        let claims: IdClaims = jwt::verify(&key, token)?;
        if claims.token_use == "id" && claims.iss == issuer(&pool) { Ok(claims) } else { Err(BadToken::Malformed) }
    }

    /// Whether the login of a token has neither been ended nor its user disabled.
    pub(super) async fn still_counts(&self, claims: &IdClaims) -> bool {
        let Ok(pool) = self.pool(claims.iss.rsplit('/').next().unwrap_or_default()).await else { return false };
        let user = self.user(&pool, &claims.username).await;
        user.is_ok_and(|user| user.enabled && user.sub == claims.sub && tokens::counts(&user, &claims.origin_jti))
    }

    /// Runs modular powers on a blocking thread, in turn.
    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, KeyError> + Send + 'static,
    ) -> Result<T, Refused> {
        let _place = self.0.waiting.try_acquire().map_err(|_| Refused::TooManyRequests)?;
        let turn = Arc::clone(&self.0.turns).acquire_owned().await.map_err(|_| Refused::TooManyRequests)?;
        // The turn lasts as long as the work, also when the caller has gone.
        let turned = move || {
            let _turn = turn;
            work()
        };
        Ok(blocking(turned).await?)
    }
}

impl std::fmt::Debug for UserPools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UserPools")
    }
}
