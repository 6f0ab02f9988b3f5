//! Changing streams: each change is one transaction on the document (and logs), then a new snapshot for everyone.
//!
//! With a transition time of 0 (limits `local`) a change takes effect in that transaction. Otherwise the stream goes into a transitional
//! state with the change written beside it, and a task brings it about when it is due, also after a restart.

use super::error::KinesisError;
use super::stream::{Change, Changes, Mode, Status, Stream, StreamDocument, StreamKey, Transition};
use super::{Kinesis, document_key, reshard};
use crate::base::clock::Millis;
use crate::store::Transaction;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a new stream is to be.
#[derive(Clone, Debug)]
pub(super) struct NewStream {
    pub(super) mode: Mode,
    pub(super) shard_count: u32,
    pub(super) max_record_kib: u32,
    pub(super) warm_throughput_mib: Option<u32>,
    pub(super) tags: BTreeMap<String, String>,
}

/// Hours that records are kept unless asked otherwise (model).
const DEFAULT_RETENTION_HOURS: u32 = 24;

impl Kinesis {
    /// Makes a stream.
    pub(super) async fn create_stream(&self, key: StreamKey, new: NewStream) -> Result<(), KinesisError> {
        let now_ms = self.0.clock.now_ms();
        let mut document = StreamDocument {
            id: stream_id(),
            revision: 0,
            created_ms: now_ms,
            status: Status::Active,
            transition: None,
            mode: new.mode,
            retention_hours: DEFAULT_RETENTION_HOURS,
            max_record_kib: new.max_record_kib,
            warm_throughput_mib: new.warm_throughput_mib,
            tags: new.tags,
            shards: Vec::new(),
            next_shard: 0,
            consumers: Vec::new(),
            shard_level_metrics: Vec::new(),
            encryption_key: None,
            policy: None,
            changes: Changes::default(),
        };
        self.begin_unless_instant(&mut document, Status::Creating, Change::Settle);
        let (catalog_key, exists) = (document_key(&key), key.already_exists());
        let document = self
            .0
            .store
            .transaction(move |tx| {
                if tx.get::<StreamDocument>(&catalog_key)?.is_some() {
                    return Err(exists);
                }
                reshard::first_shards(&mut document, tx, new.shard_count)?;
                tx.put(&catalog_key, &document)?;
                Ok(document)
            })
            .await?;
        let stream = self.0.streams.insert(Stream::new(key, document));
        self.schedule(&stream);
        Ok(())
    }

    /// Changes a stream's document in one transaction.
    pub(super) async fn edit<T, F>(&self, stream: &Stream, edit: F) -> Result<T, KinesisError>
    where
        T: Send + 'static,
        F: FnOnce(&mut StreamDocument, &mut Transaction<'_>) -> Result<T, KinesisError> + Send + 'static,
    {
        let (catalog_key, id, gone) = (document_key(&stream.key), stream.id().to_owned(), stream.key.not_found());
        let change = move |tx: &mut Transaction<'_>| {
            let Some(mut document) = tx.get::<StreamDocument>(&catalog_key)?.filter(|document| document.id == id) else {
                return Err(gone);
            };
            let answer = edit(&mut document, tx)?;
            document.revision += 1;
            tx.put(&catalog_key, &document)?;
            Ok((document, answer))
        };
        let (document, answer) = self.0.store.transaction(change).await?;
        stream.publish(document, false);
        Ok(answer)
    }

    /// Begins a change of an ACTIVE stream that `check` finds possible, or makes it at once.
    pub(super) async fn change<F>(&self, stream: &Arc<Stream>, change: Change, check: F) -> Result<(), KinesisError>
    where
        F: FnOnce(&mut StreamDocument) -> Result<(), KinesisError> + Send + 'static,
    {
        let (kinesis, key) = (self.clone(), stream.key.clone());
        self.edit(stream, move |document, tx| {
            if document.status != Status::Active {
                return Err(key.not_active(document.status));
            }
            check(document)?;
            if !kinesis.begin_unless_instant(document, Status::Updating, change.clone()) {
                reshard::apply(document, tx, &change, kinesis.0.clock.now_ms())?;
            }
            Ok(())
        })
        .await?;
        self.schedule(stream);
        Ok(())
    }

    /// Begins to delete a stream, or deletes it at once; one with consumers only if asked for.
    pub(super) async fn delete_stream(&self, stream: &Arc<Stream>, with_consumers: bool) -> Result<(), KinesisError> {
        if self.0.limits.transition_ms == 0 {
            return self.remove_stream(stream, with_consumers).await;
        }
        let (kinesis, key) = (self.clone(), stream.key.clone());
        self.edit(stream, move |document, _| {
            if document.status == Status::Creating || document.status == Status::Deleting {
                return Err(key.not_active(document.status));
            }
            if !with_consumers && !document.consumers.is_empty() {
                return Err(key.has_consumers());
            }
            kinesis.begin_unless_instant(document, Status::Deleting, Change::Delete);
            Ok(())
        })
        .await?;
        self.schedule(stream);
        Ok(())
    }

    /// Deletes the document and the logs.
    async fn remove_stream(&self, stream: &Stream, with_consumers: bool) -> Result<(), KinesisError> {
        let (catalog_key, id, gone) = (document_key(&stream.key), stream.id().to_owned(), stream.key.not_found());
        let has_consumers = stream.key.has_consumers();
        let delete = move |tx: &mut Transaction<'_>| {
            let Some(document) = tx.get::<StreamDocument>(&catalog_key)?.filter(|document| document.id == id) else {
                return Err(gone);
            };
            if !with_consumers && !document.consumers.is_empty() {
                return Err(has_consumers);
            }
            for shard in &document.shards {
                tx.delete_log(shard.log)?;
            }
            tx.delete(&catalog_key)?;
            Ok(document)
        };
        let document = self.0.store.transaction(delete).await?;
        self.0.streams.remove(stream);
        stream.publish(document, true);
        Ok(())
    }

    /// Puts the document into a transitional state; false if there is none because changes are instant.
    pub(super) fn begin_unless_instant(&self, document: &mut StreamDocument, status: Status, change: Change) -> bool {
        let wait_ms = Millis::try_from(self.0.limits.transition_ms).unwrap_or(Millis::MAX);
        if wait_ms == 0 {
            return false;
        }
        document.status = status;
        document.transition = Some(Transition { due_ms: self.0.clock.now_ms().saturating_add(wait_ms), change });
        true
    }

    /// Starts a task that brings about the change under way, if there is one.
    pub(super) fn schedule(&self, stream: &Arc<Stream>) {
        let Some(transition) = stream.snapshot().document.transition.clone() else { return };
        let (kinesis, stream, mut stopping) = (self.clone(), Arc::clone(stream), self.0.spawner.stopping());
        self.0.spawner.spawn(async move {
            tokio::select! {
                () = kinesis.0.clock.sleep_until(transition.due_ms) => {}
                () = stopping.wait() => return,
            }
            if let Err(error) = kinesis.bring_about(&stream, &transition).await {
                tracing::error!(stream = stream.arn, %error, "a change of a stream failed; it is tried again at the next start");
            }
        });
    }

    async fn bring_about(&self, stream: &Stream, transition: &Transition) -> Result<(), KinesisError> {
        if transition.change == Change::Delete {
            return self.remove_stream(stream, true).await;
        }
        let (expected, now_ms) = (transition.clone(), self.0.clock.now_ms());
        self.edit(stream, move |document, tx| {
            // Meanwhile the stream may have begun to be deleted.
            if document.transition.as_ref() == Some(&expected) {
                reshard::apply(document, tx, &expected.change, now_ms)?;
                document.transition = None;
                document.status = Status::Active;
            }
            Ok(())
        })
        .await
    }
}

/// Twenty and three characters, as the model has them.
fn stream_id() -> String {
    let digits = uuid::Uuid::new_v4().simple().to_string();
    format!("{}-{}", &digits[..20], &digits[20..23])
}
