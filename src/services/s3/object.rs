//! Objects: receiving bodies, putting, getting, copying and deleting.

use super::blob::{BlobId, Blobs, Staged, blocking, read_range, read_whole};
use super::bucket;
use super::digest::{Algorithm, Checksum, Digester, Digests, hex};
use super::error::S3Error;
use super::{S3, object_key};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::ops::Range;

/// The largest body of one request (AWS: 5 GB for a put or a part).
pub(super) const LARGEST_BODY: u64 = 5 * 1024 * 1024 * 1024;

/// Bytes gathered before they are hashed and written in one go, off the async threads.
const BATCH_BYTES: usize = 1024 * 1024;

/// The longest key in bytes (user guide, object keys).
const LONGEST_KEY: usize = 1024;

/// Tries to open an object's file: a put that lands between the look into the catalog and the opening deletes the old file.
const OPEN_TRIES: usize = 5;

/// What describes an object beside its bytes. What is not given is not sent back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ObjectMeta {
    /// Content-Type; `binary/octet-stream` when not given, as on AWS.
    pub content_type: Option<String>,
    /// Content-Encoding, such as `gzip`.
    pub content_encoding: Option<String>,
    /// Content-Disposition.
    pub content_disposition: Option<String>,
    /// Content-Language.
    pub content_language: Option<String>,
    /// Cache-Control.
    pub cache_control: Option<String>,
    /// Expires, as an HTTP date.
    pub expires: Option<String>,
    /// x-amz-website-redirect-location.
    pub website_redirect: Option<String>,
    /// Storage class, when it is not STANDARD.
    pub storage_class: Option<String>,
    /// x-amz-server-side-encryption, echoed only: the bytes are not encrypted.
    pub encryption: Option<String>,
    /// The KMS key named with it.
    pub kms_key: Option<String>,
    /// User metadata, without the `x-amz-meta-` before the names.
    pub user: BTreeMap<String, String>,
}

/// What a put or a copy gives an object beside its bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Description {
    pub(super) meta: ObjectMeta,
    pub(super) tags: BTreeMap<String, String>,
}

/// What the catalog knows of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ObjectRecord {
    pub(super) blob: BlobId,
    pub(super) size: u64,
    /// Without quotes.
    pub(super) etag: String,
    pub(super) modified_ms: Millis,
    pub(super) meta: ObjectMeta,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) checksum: Option<Checksum>,
    /// Sizes of the parts it was uploaded in; empty for a plain put.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) parts: Vec<u64>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) tags: BTreeMap<String, String>,
}

/// An object in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its bytes.
    pub body: Bytes,
    /// What describes it.
    pub meta: ObjectMeta,
    /// Its ETag, without quotes.
    pub etag: String,
    /// When it was put.
    pub modified_ms: Millis,
}

/// What a put demands of the object that it replaces.
#[derive(Clone, Debug, Default)]
pub(super) struct WriteCondition {
    /// If-Match: an ETag, or `*`.
    pub(super) if_match: Option<String>,
    /// If-None-Match: `*`, or an ETag.
    pub(super) if_none_match: Option<String>,
}

impl WriteCondition {
    pub(super) fn check(&self, existing: Option<&ObjectRecord>) -> Result<(), S3Error> {
        let is = |wanted: &str| existing.is_some_and(|object| wanted == "*" || wanted == object.etag);
        match (&self.if_match, &self.if_none_match) {
            (Some(_), _) if existing.is_none() => Err(S3Error::NoSuchKey),
            (Some(wanted), _) if !is(wanted) => Err(S3Error::PreconditionFailed),
            (_, Some(unwanted)) if is(unwanted) => Err(S3Error::PreconditionFailed),
            _ => Ok(()),
        }
    }
}

/// A body that lies in a file no document names yet.
pub(super) struct Received {
    pub(super) staged: Staged,
    pub(super) size: u64,
    pub(super) digests: Digests,
}

/// The file being written, and what is computed of it on the way.
struct Sink {
    staged: Staged,
    file: File,
    digester: Digester,
    size: u64,
}

impl Sink {
    fn absorb(mut self, batch: Vec<Bytes>) -> Result<Self, S3Error> {
        for bytes in batch {
            self.digester.update(&bytes);
            self.file.write_all(&bytes)?;
            self.size += bytes.len() as u64;
        }
        if self.size > LARGEST_BODY { Err(S3Error::EntityTooLarge) } else { Ok(self) }
    }

    fn finish(mut self, blobs: &Blobs) -> Result<Received, S3Error> {
        blobs.seal(&self.staged, &mut self.file)?;
        Ok(Received { staged: self.staged, size: self.size, digests: self.digester.finish() })
    }
}

/// Writes a body to a new file.
pub(super) async fn receive<E: std::fmt::Display>(
    blobs: &Blobs,
    body: impl Stream<Item = Result<Bytes, E>>,
    digester: Digester,
) -> Result<Received, S3Error> {
    let mut body = std::pin::pin!(body);
    let new = blobs.clone();
    let mut sink = blocking(move || {
        let (staged, file) = new.create()?;
        Ok(Sink { staged, file, digester, size: 0 })
    })
    .await?;
    let (mut batch, mut held) = (Vec::new(), 0);
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|error| {
            tracing::debug!(%error, "an upload broke off");
            S3Error::IncompleteBody
        })?;
        held += piece.len();
        batch.push(piece);
        if held >= BATCH_BYTES {
            let full = std::mem::take(&mut batch);
            sink = blocking(move || sink.absorb(full)).await?;
            held = 0;
        }
    }
    let blobs = blobs.clone();
    blocking(move || sink.absorb(batch)?.finish(&blobs)).await
}

pub(super) fn check_key(key: &str) -> Result<(), S3Error> {
    if key.len() > LONGEST_KEY { Err(S3Error::KeyTooLong) } else { Ok(()) }
}

impl S3 {
    /// Puts an object, over an older one. `scope` is who puts it; the bucket is found by its name alone, as on AWS.
    ///
    /// It is acknowledged when this returns: file and catalog have what the store's durability promises.
    ///
    /// # Errors
    /// [`S3Error::NoSuchBucket`], [`S3Error::KeyTooLong`], failures of the store and the files.
    pub async fn put_object(&self, scope: &Scope, bucket: &str, key: &str, body: Bytes, meta: ObjectMeta) -> Result<(), S3Error> {
        check_key(key)?;
        tracing::trace!(account = scope.account(), bucket, key, bytes = body.len(), "put an object");
        let body = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(body)]);
        let received = receive(&self.blobs, body, Digester::new(Some(Algorithm::Crc64Nvme), false)).await?;
        let description = Description { meta, tags: BTreeMap::new() };
        self.commit(bucket, key, received, WriteCondition::default(), description).await?;
        Ok(())
    }

    /// Makes a received body the object under a key.
    pub(super) async fn commit(
        &self,
        bucket: &str,
        key: &str,
        received: Received,
        condition: WriteCondition,
        description: Description,
    ) -> Result<ObjectRecord, S3Error> {
        let Received { staged, size, digests } = received;
        let record = ObjectRecord {
            blob: staged.id().clone(),
            size,
            etag: hex(&digests.md5),
            modified_ms: self.clock.now_ms(),
            meta: description.meta,
            checksum: digests.checksum,
            parts: Vec::new(),
            tags: description.tags,
        };
        self.commit_record(bucket, key, staged, record, condition).await
    }

    /// Writes the object's document and deletes the file of the one it replaces.
    pub(super) async fn commit_record(
        &self,
        bucket: &str,
        key: &str,
        staged: Staged,
        record: ObjectRecord,
        condition: WriteCondition,
    ) -> Result<ObjectRecord, S3Error> {
        let (name, document, bucket) = (object_key(bucket, key), record.clone(), bucket.to_owned());
        let replaced = self
            .store
            .transaction(move |tx| {
                bucket::require(tx, &bucket)?;
                let existing: Option<ObjectRecord> = tx.get(&name)?;
                condition.check(existing.as_ref())?;
                tx.put(&name, &document)?;
                // From here on the document may be committed; should the commit fail, the file is swept away at the next start.
                staged.keep();
                Ok::<_, S3Error>(existing)
            })
            .await?;
        if let Some(replaced) = replaced {
            self.blobs.remove(&replaced.blob);
        }
        Ok(record)
    }

    /// What the catalog knows of an object.
    pub(super) async fn record(&self, bucket: &str, key: &str) -> Result<ObjectRecord, S3Error> {
        match self.store.get(&object_key(bucket, key)).await? {
            Some(record) => Ok(record),
            None if self.bucket_exists(bucket).await? => Err(S3Error::NoSuchKey),
            None => Err(S3Error::NoSuchBucket),
        }
    }

    /// An object's record with its open file, which stays readable whatever happens to the object.
    pub(super) async fn open_object(&self, bucket: &str, key: &str) -> Result<(ObjectRecord, File), S3Error> {
        for _ in 0..OPEN_TRIES {
            let record = self.record(bucket, key).await?;
            let (blobs, blob) = (self.blobs.clone(), record.blob.clone());
            let opened = blocking(move || Ok(blobs.file(&blob))).await?;
            match opened {
                Ok(file) => return Ok((record, file)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(S3Error::Io(format!("the file of {bucket}/{key} is missing")))
    }

    /// An object, read whole.
    ///
    /// # Errors
    /// [`S3Error::NoSuchBucket`], [`S3Error::NoSuchKey`], failures to read.
    pub async fn get_object(&self, bucket: &str, key: &str) -> Result<Object, S3Error> {
        let (record, file) = self.open_object(bucket, key).await?;
        let body = read_whole(file, 0..record.size).await?;
        Ok(Object { body, meta: record.meta, etag: record.etag, modified_ms: record.modified_ms })
    }

    /// Deletes an object; deleting what is not there succeeds, as on AWS.
    ///
    /// # Errors
    /// [`S3Error::NoSuchBucket`], failures of the store.
    pub async fn delete_object(&self, bucket: &str, key: &str) -> Result<(), S3Error> {
        self.delete_objects(bucket, vec![key.to_owned()]).await
    }

    /// Deletes objects in one commit.
    pub(super) async fn delete_objects(&self, bucket: &str, keys: Vec<String>) -> Result<(), S3Error> {
        let bucket = bucket.to_owned();
        let deleted = self
            .store
            .transaction(move |tx| {
                bucket::require(tx, &bucket)?;
                let mut deleted = Vec::new();
                for key in keys {
                    let name = object_key(&bucket, &key);
                    if let Some(record) = tx.get::<ObjectRecord>(&name)? {
                        tx.delete(&name)?;
                        deleted.push(record.blob);
                    }
                }
                Ok::<_, S3Error>(deleted)
            })
            .await?;
        deleted.iter().for_each(|blob| self.blobs.remove(blob));
        Ok(())
    }

    /// Changes an object's document but not its bytes.
    pub(super) async fn change_object(
        &self,
        bucket: &str,
        key: &str,
        change: impl FnOnce(&mut ObjectRecord) + Send + 'static,
    ) -> Result<(), S3Error> {
        let (name, bucket) = (object_key(bucket, key), bucket.to_owned());
        self.store
            .transaction(move |tx| {
                bucket::require(tx, &bucket)?;
                let mut record: ObjectRecord = tx.get(&name)?.ok_or(S3Error::NoSuchKey)?;
                change(&mut record);
                Ok(tx.put(&name, &record)?)
            })
            .await
    }

    /// Copies bytes of an object into a new file.
    pub(super) async fn duplicate(&self, file: File, range: Range<u64>, digester: Digester) -> Result<Received, S3Error> {
        receive(&self.blobs, read_range(file, range), digester).await
    }
}
