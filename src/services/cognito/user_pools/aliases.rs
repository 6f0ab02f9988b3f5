//! The index by which users are found under their other names: e-mail address, phone number, preferred username.
//!
//! Each such attribute of a user is an empty document whose name leads from the pool and the value to the username. It only says where to look:
//! whether the value counts as a name of the user, which depends on the pool and on what is verified, the user's own document says.

use super::UserPools;
use super::error::Refused;
use super::user::UserRecord;
use crate::services::cognito::collection;
use crate::store::{Collection, Key, Listing, StoreError, Transaction};
use std::collections::BTreeSet;

/// Attributes that can be names (API reference, AliasAttributes and UsernameAttributes).
const NAMES: [&str; 3] = ["email", "phone_number", "preferred_username"];

/// Users looked at of those who share a value. Only users who did not prove it can share one.
const MOST_SHARED: usize = 100;

fn index() -> Collection {
    collection("cognito-idp", "alias")
}

/// What the entries of a value begin with. Upper and lower case are one here, and a slash in the value is none of ours.
fn prefix(pool: &str, value: &str) -> String {
    format!("{pool}/{}/", value.to_lowercase().replace('%', "%25").replace('/', "%2F"))
}

fn keys(user: &UserRecord) -> BTreeSet<String> {
    let values = NAMES.iter().filter_map(|name| user.attributes.get(*name)).filter(|value| !value.is_empty());
    values.map(|value| format!("{}{}", prefix(&user.pool, value), user.folded)).collect()
}

/// Brings the index from what a user was to what the user is.
pub(super) fn keep(tx: &mut Transaction<'_>, was: Option<&UserRecord>, is: Option<&UserRecord>) -> Result<(), StoreError> {
    let (was, is) = (was.map(keys).unwrap_or_default(), is.map(keys).unwrap_or_default());
    let key = |name: &String| -> Key { index().key(name.as_str()) };
    for gone in was.difference(&is) {
        tx.delete(&key(gone))?;
    }
    for new in is.difference(&was) {
        tx.put(&key(new), &())?;
    }
    Ok(())
}

impl UserPools {
    /// The usernames, folded, of users that have `value` in one of the attributes that can be names.
    pub(super) async fn usernames_by_alias(&self, pool: &str, value: &str) -> Result<Vec<String>, Refused> {
        let prefix = prefix(pool, value);
        let skip = prefix.len();
        let listing = Listing { prefix, after: None, limit: Some(MOST_SHARED) };
        let found: Vec<(String, ())> = self.store().list(&index(), listing).await?;
        Ok(found.into_iter().map(|(name, ())| name[skip..].to_owned()).collect())
    }
}
