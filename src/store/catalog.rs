//! The catalog: what resources there are, one JSON document each.

use super::StoreError;
use crate::base::account::Scope;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The documents of one kind of one service in one account and region.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Collection {
    service: &'static str,
    kind: &'static str,
    scope: Scope,
}

impl Collection {
    /// The collection of `kind` (such as `stream`) of `service` (such as `kinesis`) in `scope`. A service without regions gives an empty one.
    pub fn new(service: &'static str, kind: &'static str, scope: &Scope) -> Self {
        Self { service, kind, scope: scope.clone() }
    }

    /// The key of the document called `name`.
    pub fn key(&self, name: impl Into<String>) -> Key {
        Key { collection: self.clone(), name: name.into() }
    }
}

/// Names one document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    collection: Collection,
    name: String,
}

impl Key {
    /// The name within its collection.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Which documents of a collection to list, in the order of their names' bytes.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Only names that begin so.
    pub prefix: String,
    /// Only names after this one.
    pub after: Option<String>,
    /// At most so many; `None` for all.
    pub limit: Option<usize>,
}

/// A document found by [`list_everywhere`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<T> {
    /// Its account and region.
    pub scope: Scope,
    /// Its name.
    pub name: String,
    /// Its body.
    pub document: T,
}

pub(super) fn get<T: DeserializeOwned>(connection: &Connection, key: &Key) -> Result<Option<T>, StoreError> {
    let Collection { service, kind, scope } = &key.collection;
    let sql = "SELECT body FROM document WHERE service = ?1 AND kind = ?2 AND account = ?3 AND region = ?4 AND name = ?5";
    let body = connection
        .prepare_cached(sql)?
        .query_row(params![service, kind, scope.account(), scope.region(), key.name], |row| row.get::<_, Vec<u8>>(0))
        .optional()?;
    body.map(|body| parse(&key.name, &body)).transpose()
}

pub(super) fn put<T: Serialize>(connection: &Connection, key: &Key, document: &T) -> Result<(), StoreError> {
    let body = serde_json::to_vec(document)
        .map_err(|error| StoreError::Document(format!("{:?} cannot be written: {error}", key.name)))?;
    let Collection { service, kind, scope } = &key.collection;
    let sql = "INSERT INTO document (service, kind, account, region, name, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT DO UPDATE SET body = excluded.body";
    connection.prepare_cached(sql)?.execute(params![service, kind, scope.account(), scope.region(), key.name, body])?;
    Ok(())
}

pub(super) fn delete(connection: &Connection, key: &Key) -> Result<bool, StoreError> {
    let Collection { service, kind, scope } = &key.collection;
    let sql = "DELETE FROM document WHERE service = ?1 AND kind = ?2 AND account = ?3 AND region = ?4 AND name = ?5";
    let deleted = connection.prepare_cached(sql)?.execute(params![service, kind, scope.account(), scope.region(), key.name])?;
    Ok(deleted > 0)
}

/// The statement that lists names from a bound on.
macro_rules! list_sql {
    ($from:literal) => {
        concat!(
            "SELECT name, body FROM document WHERE service = ?1 AND kind = ?2 AND account = ?3 AND region = ?4 AND name ",
            $from,
            " ?5 AND name < ?6 ORDER BY name LIMIT ?7"
        )
    };
}

pub(super) fn list<T: DeserializeOwned>(
    connection: &Connection,
    of: &Collection,
    listing: &Listing,
) -> Result<Vec<(String, T)>, StoreError> {
    let Listing { prefix, after, limit } = listing;
    // One lower bound, so that the search in the index begins where the list does.
    let (sql, from) = match after {
        Some(after) if after >= prefix => (list_sql!(">"), after),
        _ => (list_sql!(">="), prefix),
    };
    let mut statement = connection.prepare_cached(sql)?;
    let limit = limit.and_then(|limit| i64::try_from(limit).ok()).unwrap_or(-1);
    let place = (of.service, of.kind, of.scope.account(), of.scope.region());
    let mut rows = statement.query(params![place.0, place.1, place.2, place.3, from, end_of(prefix), limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (name, body): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let document = parse(&name, &body)?;
        found.push((name, document));
    }
    Ok(found)
}

/// What every name that begins with `prefix` is less than, and every greater name that does not begin so is not: the prefix with its last
/// character raised. Without one it is a blob, which SQLite sorts behind all texts.
fn end_of(prefix: &str) -> Value {
    let raised = prefix.char_indices().rev().find_map(|(at, last)| Some((at, char_after(last)?)));
    match raised {
        Some((at, next)) => Value::Text(format!("{}{next}", &prefix[..at])),
        None => Value::Blob(Vec::new()),
    }
}

/// The character behind `c`, in the order of their UTF-8 bytes.
fn char_after(c: char) -> Option<char> {
    let next = u32::from(c) + 1;
    // There are no characters in the place of surrogates.
    char::from_u32(next).or_else(|| (next == 0xD800).then_some('\u{E000}'))
}

pub(super) fn list_everywhere<T: DeserializeOwned>(
    connection: &Connection,
    service: &str,
    kind: &str,
) -> Result<Vec<Entry<T>>, StoreError> {
    let sql = "SELECT account, region, name, body FROM document WHERE service = ?1 AND kind = ?2 ORDER BY account, region, name";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![service, kind])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (account, region, name): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let document = parse(&name, &row.get::<_, Vec<u8>>(3)?)?;
        found.push(Entry { scope: Scope::new(account, region), name, document });
    }
    Ok(found)
}

fn parse<T: DeserializeOwned>(name: &str, body: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(body).map_err(|error| StoreError::Document(format!("{name:?} cannot be read: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix_is_just_behind_its_names() {
        for (prefix, end) in [("a/", "a0"), ("ab\u{10FFFF}", "ac"), ("\u{D7FF}", "\u{E000}"), ("é", "ê")] {
            assert_eq!(end_of(prefix), Value::Text(end.to_owned()), "{prefix}");
        }
        for prefix in ["", "\u{10FFFF}"] {
            assert_eq!(end_of(prefix), Value::Blob(Vec::new()));
        }
    }
}
