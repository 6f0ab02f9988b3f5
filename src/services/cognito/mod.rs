//! Cognito: user pools, where people sign in, and identity pools, where a login becomes AWS credentials.
//!
//! [`UserPools`] is `cognito-idp`: pools, clients, users, SRP and password logins, and signed tokens. [`IdentityPools`] is `cognito-identity`:
//! it trusts the tokens of user pools and hands out credentials of [`Sts`](crate::services::sts::Sts). Pool ids, client ids and identity ids
//! are unique everywhere, so an unsigned call, which names no account, finds what it speaks of by its id alone.

mod identity_pools;
mod jwt;
mod keys;
mod page;
mod srp;
mod user_pools;
mod web_identity;

pub use identity_pools::{IdentityPools, routes as identity_routes};
pub use keys::KeyError;
pub use user_pools::{UserPools, routes as user_routes};
pub use web_identity::{WebIdentity, WebIdentityRefusal};

use crate::base::account::Scope;
use crate::store::Collection;
use std::collections::BTreeMap;

/// Lower-case letters and digits, of which ids consist.
const ID_ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// The most tags of a pool (developer guide, quotas).
const MOST_TAGS: usize = 50;

/// Whether a pool with tags `had` may have `given` as well.
fn tags_fit(had: Option<&BTreeMap<String, String>>, given: &BTreeMap<String, String>) -> bool {
    let new = given.keys().filter(|name| had.is_none_or(|had| !had.contains_key(*name)));
    had.map_or(0, BTreeMap::len) + new.count() <= MOST_TAGS
}

/// Documents of a kind; all accounts and regions share one collection, since the ids are unique everywhere.
fn collection(service: &'static str, kind: &'static str) -> Collection {
    Collection::new(service, kind, &Scope::new("", ""))
}

/// Bytes from the operating system's source of chance.
///
/// # Errors
/// When it has none, which no supported system does.
fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| KeyError(error.to_string()))?;
    Ok(bytes)
}

/// A random id of `length` lower-case letters and digits.
fn random_id(length: usize) -> Result<String, KeyError> {
    let bytes = random::<64>()?;
    Ok(bytes.iter().take(length).map(|byte| char::from(ID_ALPHABET[usize::from(*byte) % ID_ALPHABET.len()])).collect())
}
