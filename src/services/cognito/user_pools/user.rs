//! Users.

use super::UserPools;
use super::aliases;
use super::error::Refused;
use super::password::Password;
use super::pool::PoolRecord;
use crate::api::Timestamp;
use crate::api::cognito_idp::{AliasAttributeType, AttributeType, UserStatusType, UserType, UsernameAttributeType};
use crate::base::clock::Millis;
use crate::services::cognito::collection;
use crate::store::{Collection, Key, Listing, StoreError, Transaction};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The attributes of every pool (developer guide, "Working with user attributes"), and the two flags.
const STANDARD_ATTRIBUTES: [&str; 19] = [
    "address",
    "birthdate",
    "email",
    "email_verified",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "phone_number_verified",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

/// Whether every pool has the attribute.
pub(super) fn is_standard(attribute: &str) -> bool {
    attribute == "sub" || STANDARD_ATTRIBUTES.contains(&attribute)
}

/// What is known of a user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct UserRecord {
    pub(super) pool: String,
    /// The username in the form in which it is compared.
    pub(super) folded: String,
    pub(super) username: String,
    /// The user's id, a UUID.
    pub(super) sub: String,
    /// Without `sub`.
    pub(super) attributes: BTreeMap<String, String>,
    #[serde(with = "crate::api::stored")]
    pub(super) status: UserStatusType,
    pub(super) enabled: bool,
    pub(super) created_ms: Millis,
    pub(super) modified_ms: Millis,
    pub(super) password: Option<Password>,
    /// When a temporary password ends.
    pub(super) temporary_until_ms: Option<Millis>,
    /// Logins until then are over.
    pub(super) signed_out_ms: Option<Millis>,
    /// Logins that were revoked one by one.
    pub(super) revoked: Vec<Revocation>,
    /// A code that was sent, so to speak: it is in the log.
    pub(super) code: Option<Code>,
}

/// A login whose tokens are void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Revocation {
    /// The login's id, `origin_jti`.
    pub(super) login: String,
    /// When its tokens end anyway, in seconds.
    pub(super) until: i64,
}

/// A confirmation code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) digits: String,
    pub(super) purpose: Purpose,
    pub(super) expires_ms: Millis,
    /// Wrong answers so far.
    pub(super) failures: u32,
}

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Purpose {
    /// ConfirmSignUp.
    SignUp,
    /// ConfirmForgotPassword.
    Password,
}

pub(super) fn users() -> Collection {
    collection("cognito-idp", "user")
}

fn key(pool: &str, folded: &str) -> Key {
    users().key(format!("{pool}/{folded}"))
}

impl UserRecord {
    /// A new user of a pool, enabled, without a password.
    pub(super) fn new(pool: &PoolRecord, username: String, sub: String, now_ms: Millis) -> Self {
        Self {
            pool: pool.id.clone(),
            folded: pool.folded(&username),
            username,
            sub,
            attributes: BTreeMap::new(),
            status: UserStatusType::Unconfirmed,
            enabled: true,
            created_ms: now_ms,
            modified_ms: now_ms,
            password: None,
            temporary_until_ms: None,
            signed_out_ms: None,
            revoked: Vec::new(),
            code: None,
        }
    }

    pub(super) fn key(&self) -> Key {
        key(&self.pool, &self.folded)
    }

    /// The attributes of answers: `sub` first.
    pub(super) fn attribute_list(&self) -> Vec<AttributeType> {
        let sub = [("sub", &self.sub)].into_iter();
        let others = self.attributes.iter().map(|(name, value)| (name.as_str(), value));
        sub.chain(others).map(|(name, value)| AttributeType { name: name.to_owned(), value: Some(value.clone()) }).collect()
    }

    /// As lists show it.
    pub(super) fn shown(&self) -> UserType {
        UserType {
            attributes: Some(self.attribute_list()),
            enabled: Some(self.enabled),
            mfa_options: None,
            user_create_date: Some(Timestamp(self.created_ms)),
            user_last_modified_date: Some(Timestamp(self.modified_ms)),
            user_status: Some(self.status),
            username: Some(self.username.clone()),
        }
    }

    fn has(&self, attribute: &str, value: &str) -> bool {
        self.attributes.get(attribute).is_some_and(|own| own == value)
    }

    fn verified(&self, attribute: &str) -> bool {
        self.has(&format!("{attribute}_verified"), "true")
    }
}

impl PoolRecord {
    /// Whether the attribute is part of the username, so that users log in with it and have an id as username.
    pub(super) fn named_by(&self, attribute: UsernameAttributeType) -> bool {
        self.settings.username_attributes.as_ref().is_some_and(|names| names.contains(&attribute))
    }

    fn has_alias(&self, attribute: AliasAttributeType) -> bool {
        self.settings.alias_attributes.as_ref().is_some_and(|names| names.contains(&attribute))
    }

    fn has_other_names(&self) -> bool {
        let some = |count: Option<usize>| count.is_some_and(|count| count > 0);
        some(self.settings.username_attributes.as_ref().map(Vec::len))
            || some(self.settings.alias_attributes.as_ref().map(Vec::len))
    }

    /// Whether `name` is another name of `user`: an alias counts once it is verified.
    fn goes_by(&self, user: &UserRecord, name: &str) -> bool {
        let by = |attribute: &str, names: bool, alias: bool| {
            (names || (alias && user.verified(attribute)))
                && user.attributes.get(attribute).is_some_and(|own| self.folded(own) == name)
        };
        by("email", self.named_by(UsernameAttributeType::Email), self.has_alias(AliasAttributeType::Email))
            || by(
                "phone_number",
                self.named_by(UsernameAttributeType::PhoneNumber),
                self.has_alias(AliasAttributeType::PhoneNumber),
            )
            || (self.has_alias(AliasAttributeType::PreferredUsername) && user.has("preferred_username", name))
    }

    /// Checks that the pool knows these attributes, and gives them as a map. `sub` cannot be set.
    pub(super) fn checked_attributes(&self, given: Option<Vec<AttributeType>>) -> Result<BTreeMap<String, String>, Refused> {
        let mut attributes = BTreeMap::new();
        for AttributeType { name, value } in given.unwrap_or_default() {
            if name == "sub" {
                return Err(Refused::invalid("Cannot modify the non-mutable attribute sub"));
            }
            if !self.knows(&name) {
                return Err(Refused::invalid(format!(
                    "Attributes did not conform to the schema: Type for attribute {{{name}}} could not be determined"
                )));
            }
            attributes.insert(name, value.unwrap_or_default());
        }
        Ok(attributes)
    }

    fn knows(&self, attribute: &str) -> bool {
        let custom = attribute.strip_prefix("custom:").or_else(|| attribute.strip_prefix("dev:custom:"));
        match custom {
            None => STANDARD_ATTRIBUTES.contains(&attribute),
            Some(name) => self.settings.schema.iter().flatten().any(|known| known.name.as_deref() == Some(name)),
        }
    }

    /// Attributes that users must have and these do not.
    pub(super) fn missing_attributes(&self, attributes: &BTreeMap<String, String>) -> Vec<String> {
        let required = self.settings.schema.iter().flatten().filter(|known| known.required == Some(true));
        let names = required.filter_map(|known| known.name.clone());
        names.filter(|name| name != "sub" && attributes.get(name).is_none_or(String::is_empty)).collect()
    }
}

/// Users of a pool at most: signing up needs no signature. AWS has forty million; a hundred thousand take about 200 MB here.
pub(super) const MOST_USERS: u64 = 100_000;

/// Users read at once for a list: some 2 MB.
const USERS_AT_ONCE: usize = 1_000;

/// How many users a pool has.
pub(super) fn count_key(pool: &str) -> Key {
    collection("cognito-idp", "users").key(pool)
}

/// Changes the number of users of a pool, which is counted once for a pool from before there was a count.
fn count(tx: &mut Transaction<'_>, pool: &str, change: i64) -> Result<u64, StoreError> {
    let key = count_key(pool);
    let counted = match tx.get::<u64>(&key)? {
        Some(count) => count,
        None => {
            let listing = Listing { prefix: format!("{pool}/"), ..Listing::default() };
            tx.list::<serde::de::IgnoredAny>(&users(), &listing)?.len() as u64
        }
    };
    let count = counted.saturating_add_signed(change);
    tx.put(&key, &count)?;
    Ok(count)
}

impl UserPools {
    /// The user with this username or alias.
    pub(super) async fn find_user(&self, pool: &PoolRecord, name: &str) -> Result<Option<UserRecord>, Refused> {
        let folded = pool.folded(name);
        let direct: Option<UserRecord> = self.store().get(&key(&pool.id, &folded)).await?;
        if direct.is_some() || !pool.has_other_names() {
            return Ok(direct);
        }
        for username in self.usernames_by_alias(&pool.id, name).await? {
            let found: Option<UserRecord> = self.store().get(&key(&pool.id, &username)).await?;
            if let Some(user) = found.filter(|user| pool.goes_by(user, &folded)) {
                return Ok(Some(user));
            }
        }
        Ok(None)
    }

    /// The user with this username or alias.
    pub(super) async fn user(&self, pool: &PoolRecord, name: &str) -> Result<UserRecord, Refused> {
        self.find_user(pool, name).await?.ok_or(Refused::NoUser)
    }

    /// The users of a pool, by username.
    pub(super) async fn users_of(&self, pool: &str) -> Result<Vec<UserRecord>, Refused> {
        let listing = Listing { prefix: format!("{pool}/"), ..Listing::default() };
        let found: Vec<(String, UserRecord)> = self.store().list(&users(), listing).await?;
        Ok(found.into_iter().map(|(_, user)| user).collect())
    }

    /// The first `most` users of a pool that are wanted, by username, after the one called `after`; the pool is looked through in pieces.
    pub(super) async fn users_after(
        &self,
        pool: &str,
        after: Option<&str>,
        most: usize,
        wanted: impl Fn(&UserRecord) -> bool,
    ) -> Result<Vec<UserRecord>, Refused> {
        let prefix = format!("{pool}/");
        let mut after = after.map(|folded| format!("{prefix}{folded}"));
        let mut found = Vec::new();
        loop {
            let listing = Listing { prefix: prefix.clone(), after: after.clone(), limit: Some(USERS_AT_ONCE) };
            let users: Vec<(String, UserRecord)> = self.store().list(&users(), listing).await?;
            let ended = users.len() < USERS_AT_ONCE;
            after = users.last().map(|(name, _)| name.clone());
            found.extend(users.into_iter().map(|(_, user)| user).filter(&wanted));
            if ended || found.len() >= most {
                found.truncate(most);
                return Ok(found);
            }
        }
    }

    /// How many users a pool has.
    pub(super) async fn count_users(&self, pool: &str) -> Result<u64, Refused> {
        match self.store().get(&count_key(pool)).await? {
            Some(count) => Ok(count),
            None => Ok(self.users_of(pool).await?.len() as u64),
        }
    }

    /// Adds a user whose name is free; `taken` says that it is not.
    pub(super) async fn add_user(&self, user: UserRecord, taken: &'static str) -> Result<(), Refused> {
        self.store()
            .transaction(move |tx| {
                if tx.get::<serde::de::IgnoredAny>(&user.key())?.is_some() {
                    return Err(Refused::UserExists(taken));
                }
                if count(tx, &user.pool, 1)? > MOST_USERS {
                    return Err(Refused::TooManyUsers(MOST_USERS));
                }
                aliases::keep(tx, None, Some(&user))?;
                Ok(tx.put(&user.key(), &user)?)
            })
            .await
    }

    /// Changes a user.
    pub(super) async fn change_user<T: Send + 'static>(
        &self,
        user: &UserRecord,
        change: impl FnOnce(&mut UserRecord) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        let (key, now_ms) = (user.key(), self.clock().now_ms());
        self.store()
            .transaction(move |tx| {
                let mut user: UserRecord = tx.get(&key)?.ok_or(Refused::NoUser)?;
                let before = user.clone();
                let result = change(&mut user)?;
                user.modified_ms = now_ms;
                aliases::keep(tx, Some(&before), Some(&user))?;
                tx.put(&key, &user)?;
                Ok(result)
            })
            .await
    }

    pub(super) async fn delete_user(&self, user: &UserRecord) -> Result<(), Refused> {
        let key = user.key();
        self.store()
            .transaction(move |tx| {
                let Some(user) = tx.get::<UserRecord>(&key)? else { return Ok(()) };
                count(tx, &user.pool, -1)?;
                aliases::keep(tx, Some(&user), None)?;
                tx.delete(&key)?;
                Ok(())
            })
            .await
    }
}
