//! Log groups and log streams: their documents and how they are made and found.

use super::Logs;
use super::error::LogsError;
use crate::base::account::Scope;
use crate::base::arn::Arn;
use crate::base::clock::Millis;
use crate::store::{Collection, Listing, LogId, Transaction};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is known of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) created_ms: Millis,
    pub(super) class: String,
    pub(super) kms_key: Option<String>,
    pub(super) tags: BTreeMap<String, String>,
    /// Days after which events expire, where that was set.
    #[serde(default)]
    pub(super) retention_days: Option<i32>,
}

/// What is known of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stream {
    pub(super) created_ms: Millis,
    pub(super) log: LogId,
    /// Times of the oldest and the newest event ever put, if there was one.
    pub(super) span_ms: Option<(Millis, Millis)>,
    pub(super) last_ingestion_ms: Option<Millis>,
    /// Bytes of messages ever put.
    pub(super) bytes: u64,
    /// Whether no event was ever put behind a newer one, so that the log's order is the events' order.
    pub(super) ordered: bool,
}

pub(super) fn groups(scope: &Scope) -> Collection {
    Collection::new("logs", "group", scope)
}

/// The streams; a name is the group's, a colon (which neither name may hold) and the stream's.
pub(super) fn streams(scope: &Scope) -> Collection {
    Collection::new("logs", "stream", scope)
}

pub(super) fn stream_name(group: &str, stream: &str) -> String {
    format!("{group}:{stream}")
}

/// The group's ARN, without the `:*` that stands for its streams.
pub(super) fn group_arn(scope: &Scope, group: &str) -> String {
    Arn::of("logs", scope, format!("log-group:{group}")).to_string()
}

/// The group that an ARN (with or without `:*`) or a plain name names.
pub(super) fn group_of_identifier(identifier: &str) -> Result<&str, LogsError> {
    if !identifier.starts_with("arn:") {
        return Ok(identifier);
    }
    let group = identifier.splitn(6, ':').nth(5).and_then(|resource| resource.strip_prefix("log-group:"));
    group.map(|group| group.strip_suffix(":*").unwrap_or(group)).ok_or_else(|| LogsError::invalid("Invalid ARN of a log group"))
}

pub(super) fn require_group(tx: &Transaction<'_>, scope: &Scope, group: &str) -> Result<Group, LogsError> {
    tx.get(&groups(scope).key(group))?.ok_or(LogsError::NoSuchGroup)
}

pub(super) fn require_stream(tx: &Transaction<'_>, scope: &Scope, group: &str, stream: &str) -> Result<Stream, LogsError> {
    require_group(tx, scope, group)?;
    tx.get(&streams(scope).key(stream_name(group, stream)))?.ok_or(LogsError::NoSuchStream)
}

impl Logs {
    /// Makes a group.
    ///
    /// # Errors
    /// [`LogsError::GroupExists`].
    pub(super) async fn create_group(&self, scope: &Scope, name: &str, group: Group) -> Result<(), LogsError> {
        let key = groups(scope).key(name);
        self.store
            .transaction(move |tx| match tx.get::<serde::de::IgnoredAny>(&key)? {
                Some(_) => Err(LogsError::GroupExists),
                None => Ok(tx.put(&key, &group)?),
            })
            .await
    }

    /// Deletes a group with its streams and their events.
    pub(super) async fn delete_group(&self, scope: &Scope, name: &str) -> Result<(), LogsError> {
        let (scope, name) = (scope.clone(), name.to_owned());
        self.store
            .transaction(move |tx| {
                require_group(tx, &scope, &name)?;
                let of_group = Listing { prefix: stream_name(&name, ""), ..Listing::default() };
                for (stream, document) in tx.list::<Stream>(&streams(&scope), &of_group)? {
                    tx.delete_log(document.log)?;
                    tx.delete(&streams(&scope).key(stream))?;
                }
                tx.delete(&groups(&scope).key(name))?;
                Ok(())
            })
            .await
    }

    /// Makes a stream in a group.
    pub(super) async fn create_stream(&self, scope: &Scope, group: &str, stream: &str) -> Result<(), LogsError> {
        let created_ms = self.clock.now_ms();
        let (scope, group, key) = (scope.clone(), group.to_owned(), streams(scope).key(stream_name(group, stream)));
        self.store
            .transaction(move |tx| {
                require_group(tx, &scope, &group)?;
                if tx.get::<Stream>(&key)?.is_some() {
                    return Err(LogsError::StreamExists);
                }
                let stream =
                    Stream { created_ms, log: tx.create_log()?, span_ms: None, last_ingestion_ms: None, bytes: 0, ordered: true };
                Ok(tx.put(&key, &stream)?)
            })
            .await
    }

    /// Deletes a stream and its events.
    pub(super) async fn delete_stream(&self, scope: &Scope, group: &str, stream: &str) -> Result<(), LogsError> {
        let (scope, group, stream) = (scope.clone(), group.to_owned(), stream.to_owned());
        self.store
            .transaction(move |tx| {
                let document = require_stream(tx, &scope, &group, &stream)?;
                tx.delete_log(document.log)?;
                tx.delete(&streams(&scope).key(stream_name(&group, &stream)))?;
                Ok(())
            })
            .await
    }

    pub(super) async fn group(&self, scope: &Scope, name: &str) -> Result<Group, LogsError> {
        self.store.get(&groups(scope).key(name)).await?.ok_or(LogsError::NoSuchGroup)
    }

    pub(super) async fn stream(&self, scope: &Scope, group: &str, stream: &str) -> Result<Stream, LogsError> {
        self.group(scope, group).await?;
        self.store.get(&streams(scope).key(stream_name(group, stream))).await?.ok_or(LogsError::NoSuchStream)
    }

    /// The streams of a group whose names begin with `prefix`, by name.
    pub(super) async fn streams_of(&self, scope: &Scope, group: &str, prefix: &str) -> Result<Vec<(String, Stream)>, LogsError> {
        self.group(scope, group).await?;
        let listing = Listing { prefix: stream_name(group, prefix), ..Listing::default() };
        let found: Vec<(String, Stream)> = self.store.list(&streams(scope), listing).await?;
        let of_group = stream_name(group, "").len();
        Ok(found.into_iter().map(|(name, stream)| (name[of_group..].to_owned(), stream)).collect())
    }

    /// Changes what is known of a group.
    pub(super) async fn change_group(
        &self,
        scope: &Scope,
        name: &str,
        change: impl FnOnce(&mut Group) -> Result<(), LogsError> + Send + 'static,
    ) -> Result<(), LogsError> {
        let (scope, name) = (scope.clone(), name.to_owned());
        self.store
            .transaction(move |tx| {
                let mut group = require_group(tx, &scope, &name)?;
                change(&mut group)?;
                Ok(tx.put(&groups(&scope).key(name), &group)?)
            })
            .await
    }
}
