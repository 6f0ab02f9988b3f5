//! STS: who one is, and temporary credentials.
//!
//! A temporary access key has its account in it ([`temporary_key`](crate::base::credential::temporary_key)), so that requests signed with it
//! reach that account. Trust policies are not enforced: any role may be assumed, also one that was never made.

mod assume;
mod operations;
mod session;
mod sessions;
#[cfg(test)]
mod tests;

pub use assume::{Assumed, Subject, TokenRefusal, WebIdentities};
pub use operations::routes;
pub use session::Session;
use sessions::Sessions;

use crate::base::account::Scope;
use crate::base::clock::Clock;
use crate::services::iam::Iam;
use crate::store::{Collection, Store, StoreError};
use std::sync::{Arc, PoisonError, RwLock};

/// A handle of STS; clones share it.
#[derive(Clone)]
pub struct Sts(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    iam: Iam,
    /// Who can tell whom a token stands for.
    identities: Arc<dyn WebIdentities>,
    /// The same as in the store.
    sessions: RwLock<Sessions>,
}

fn stored() -> Collection {
    Collection::new("sts", "session", &Scope::new("", ""))
}

impl Sts {
    /// Loads the sessions of a store.
    ///
    /// # Errors
    /// Failures to read.
    pub async fn open(store: Store, clock: Clock, iam: Iam, identities: Arc<dyn WebIdentities>) -> Result<Self, StoreError> {
        let found: Vec<(String, Session)> = store.list(&stored(), crate::store::Listing::default()).await?;
        let sessions = RwLock::new(found.into_iter().collect());
        Ok(Self(Arc::new(Inner { store, clock, iam, identities, sessions })))
    }

    /// The session of a temporary access key that has not expired: its secret and token, for those who verify signatures.
    pub fn session(&self, access_key: &str) -> Option<Session> {
        let now_ms = self.0.clock.now_ms();
        let sessions = self.0.sessions.read().unwrap_or_else(PoisonError::into_inner);
        sessions.get(access_key).filter(|session| session.expires_ms > now_ms).cloned()
    }

    /// Keeps a new session, and forgets those that have expired or are too many.
    async fn keep(&self, access_key: &str, session: Session) -> Result<(), StoreError> {
        let now_ms = self.0.clock.now_ms();
        let forgotten = {
            let mut sessions = self.0.sessions.write().unwrap_or_else(PoisonError::into_inner);
            sessions.insert(access_key.to_owned(), session.clone(), now_ms)
        };
        let key = stored().key(access_key);
        self.0
            .store
            .transaction(move |tx| {
                for old in forgotten {
                    tx.delete(&stored().key(old))?;
                }
                tx.put(&key, &session)
            })
            .await
    }
}

impl std::fmt::Debug for Sts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sts")
    }
}
