//! Identity pools, `cognito-identity`: a login at a user pool becomes an identity, and an identity gets credentials of STS.
//!
//! The id of an identity follows from its pool and its login, so that a browser which remembers one finds it again, whatever happened to the
//! server in between (spec/workshop.md 1.4).

mod anonymous;
mod credentials;
mod error;
mod identity;
mod login;
mod operations;
mod pool;
#[cfg(test)]
mod tests;

pub(super) use credentials::{ISSUER, OpenIdClaims};
pub use operations::routes;

use super::user_pools::UserPools;
use crate::base::clock::Clock;
use crate::services::sts::Sts;
use crate::store::Store;

/// A handle of the identity pools; clones share it.
#[derive(Clone)]
pub struct IdentityPools {
    store: Store,
    clock: Clock,
    user_pools: UserPools,
    sts: Sts,
}

impl IdentityPools {
    /// The pools of a store; logins are those of `user_pools`, credentials those of `sts`.
    pub fn new(store: Store, clock: Clock, user_pools: UserPools, sts: Sts) -> Self {
        Self { store, clock, user_pools, sts }
    }
}

impl std::fmt::Debug for IdentityPools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentityPools")
    }
}
