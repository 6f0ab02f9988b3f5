//! Multipart uploads: parts are files of their own until the upload is completed into one object.

use super::blob::{BlobId, Blobs, Staged, blocking};
use super::digest::{Algorithm, Checksum, Digester, composite, from_hex, hex};
use super::error::S3Error;
use super::object::{ObjectMeta, ObjectRecord, Received, WriteCondition, check_key};
use super::{S3, bucket, object_key, uploads};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::store::{Collection, Key, Listing, Transaction};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{Read, Write};

/// Parts are numbered from 1 to this (user guide, multipart upload limits).
pub(super) const MOST_PARTS: i32 = 10_000;

/// Every part but the last has at least this many bytes.
const LEAST_PART: u64 = 5 * 1024 * 1024;

/// Bytes copied at a time when parts are joined.
const COPY_BYTES: usize = 1024 * 1024;

/// An upload under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct UploadRecord {
    pub(super) key: String,
    pub(super) initiated_ms: Millis,
    pub(super) meta: ObjectMeta,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    /// What the parts' checksums are, where the client wants any.
    pub(super) algorithm: Option<Algorithm>,
    /// Whether the object's checksum is that of all its bytes instead of that of its parts' checksums.
    pub(super) full_object: bool,
}

/// A part of an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PartRecord {
    pub(super) blob: BlobId,
    pub(super) size: u64,
    pub(super) etag: String,
    pub(super) modified_ms: Millis,
    pub(super) checksum: Option<Checksum>,
}

/// A part as the completing client names it.
#[derive(Clone, Debug)]
pub(super) struct NamedPart {
    pub(super) number: i32,
    pub(super) etag: Option<String>,
    pub(super) checksum: Option<String>,
}

fn parts() -> Collection {
    Collection::new("s3", "part", &Scope::new("", ""))
}

fn part_key(upload: &str, number: i32) -> Key {
    parts().key(format!("{upload}/{number:05}"))
}

fn upload_key(bucket: &str, upload: &str) -> Key {
    uploads().key(format!("{bucket}/{upload}"))
}

/// The upload as this transaction sees it; it must be one of this key.
fn require(tx: &Transaction<'_>, bucket: &str, key: &str, upload: &str) -> Result<UploadRecord, S3Error> {
    bucket::require(tx, bucket)?;
    let record: Option<UploadRecord> = tx.get(&upload_key(bucket, upload))?;
    record.filter(|record| record.key == key).ok_or(S3Error::NoSuchUpload)
}

impl S3 {
    /// Begins an upload; its id.
    pub(super) async fn create_upload(&self, bucket: &str, record: UploadRecord) -> Result<String, S3Error> {
        check_key(&record.key)?;
        let id = uuid::Uuid::new_v4().simple().to_string();
        let (bucket, name) = (bucket.to_owned(), upload_key(bucket, &id));
        self.store
            .transaction(move |tx| {
                bucket::require(tx, &bucket)?;
                Ok::<_, S3Error>(tx.put(&name, &record)?)
            })
            .await?;
        Ok(id)
    }

    /// An upload under way.
    pub(super) async fn upload(&self, bucket: &str, key: &str, upload: &str) -> Result<UploadRecord, S3Error> {
        self.bucket(bucket).await?;
        let record: Option<UploadRecord> = self.store.get(&upload_key(bucket, upload)).await?;
        record.filter(|record| record.key == key).ok_or(S3Error::NoSuchUpload)
    }

    /// Makes a received body a part, over an older one of the same number.
    pub(super) async fn commit_part(
        &self,
        (bucket, key, upload): (&str, &str, &str),
        number: i32,
        received: Received,
    ) -> Result<PartRecord, S3Error> {
        let Received { staged, size, digests } = received;
        let record = PartRecord {
            blob: staged.id().clone(),
            size,
            etag: hex(&digests.md5),
            modified_ms: self.clock.now_ms(),
            checksum: digests.checksum,
        };
        let (bucket, key, upload, part) = (bucket.to_owned(), key.to_owned(), upload.to_owned(), record.clone());
        let replaced = self
            .store
            .transaction(move |tx| {
                require(tx, &bucket, &key, &upload)?;
                let name = part_key(&upload, number);
                let replaced: Option<PartRecord> = tx.get(&name)?;
                tx.put(&name, &part)?;
                staged.keep();
                Ok::<_, S3Error>(replaced)
            })
            .await?;
        if let Some(replaced) = replaced {
            self.blobs.remove(&replaced.blob);
        }
        Ok(record)
    }

    /// The parts of an upload, by number.
    pub(super) async fn parts_of(&self, upload: &str) -> Result<Vec<(i32, PartRecord)>, S3Error> {
        let listing = Listing { prefix: format!("{upload}/"), ..Listing::default() };
        let found: Vec<(String, PartRecord)> = self.store.list(&parts(), listing).await?;
        Ok(found.into_iter().filter_map(|(name, part)| Some((part_number(&name)?, part))).collect())
    }

    /// The uploads under way in a bucket, by id.
    pub(super) async fn uploads_of(&self, bucket: &str) -> Result<Vec<(String, UploadRecord)>, S3Error> {
        self.bucket(bucket).await?;
        let prefix = format!("{bucket}/");
        let found: Vec<(String, UploadRecord)> =
            self.store.list(&uploads(), Listing { prefix: prefix.clone(), ..Listing::default() }).await?;
        Ok(found.into_iter().map(|(name, upload)| (name[prefix.len()..].to_owned(), upload)).collect())
    }

    /// Gives an upload up and deletes its parts.
    pub(super) async fn abort_upload(&self, bucket: &str, key: &str, upload: &str) -> Result<(), S3Error> {
        let (bucket, key, upload) = (bucket.to_owned(), key.to_owned(), upload.to_owned());
        let dropped = self
            .store
            .transaction(move |tx| {
                require(tx, &bucket, &key, &upload)?;
                end_upload(tx, &bucket, &upload)
            })
            .await?;
        dropped.iter().for_each(|blob| self.blobs.remove(blob));
        Ok(())
    }

    /// Joins the named parts into the object.
    pub(super) async fn complete_upload(
        &self,
        (bucket, key, upload): (&str, &str, &str),
        named: Vec<NamedPart>,
        announced: Option<Checksum>,
        condition: WriteCondition,
    ) -> Result<ObjectRecord, S3Error> {
        let under_way = self.upload(bucket, key, upload).await?;
        let chosen = choose(&self.parts_of(upload).await?, &named)?;
        let checksum = joint_checksum(&under_way, &chosen)?;
        let whole = under_way.algorithm.filter(|_| under_way.full_object);
        let (blobs, files) = (self.blobs.clone(), chosen.clone());
        let (staged, computed) = blocking(move || join(&blobs, &files, whole)).await?;
        let checksum = computed.or(checksum);
        check_announced(announced.as_ref(), checksum.as_ref())?;
        let record = ObjectRecord {
            blob: staged.id().clone(),
            size: chosen.iter().map(|part| part.size).sum(),
            etag: joint_etag(&chosen),
            modified_ms: self.clock.now_ms(),
            meta: under_way.meta,
            checksum,
            parts: chosen.iter().map(|part| part.size).collect(),
            tags: under_way.tags,
        };
        self.commit_upload((bucket, key, upload), staged, record.clone(), condition).await?;
        Ok(record)
    }

    /// Writes the object and ends the upload in one commit.
    async fn commit_upload(
        &self,
        (bucket, key, upload): (&str, &str, &str),
        staged: Staged,
        record: ObjectRecord,
        condition: WriteCondition,
    ) -> Result<(), S3Error> {
        let (bucket, key, upload) = (bucket.to_owned(), key.to_owned(), upload.to_owned());
        let dropped = self
            .store
            .transaction(move |tx| {
                require(tx, &bucket, &key, &upload)?;
                let name = object_key(&bucket, &key);
                let existing: Option<ObjectRecord> = tx.get(&name)?;
                condition.check(existing.as_ref())?;
                let mut dropped = end_upload(tx, &bucket, &upload)?;
                dropped.extend(existing.map(|existing| existing.blob));
                tx.put(&name, &record)?;
                staged.keep();
                Ok::<_, S3Error>(dropped)
            })
            .await?;
        dropped.iter().for_each(|blob| self.blobs.remove(blob));
        Ok(())
    }
}

fn part_number(name: &str) -> Option<i32> {
    name.rsplit_once('/')?.1.parse().ok()
}

/// Deletes the documents of an upload and its parts; the parts' files.
fn end_upload(tx: &mut Transaction<'_>, bucket: &str, upload: &str) -> Result<Vec<BlobId>, S3Error> {
    let listing = Listing { prefix: format!("{upload}/"), ..Listing::default() };
    let found: Vec<(String, PartRecord)> = tx.list(&parts(), &listing)?;
    for (name, _) in &found {
        tx.delete(&parts().key(name.as_str()))?;
    }
    tx.delete(&upload_key(bucket, upload))?;
    Ok(found.into_iter().map(|(_, part)| part.blob).collect())
}

/// The uploaded parts that the client names, checked as AWS does.
fn choose(uploaded: &[(i32, PartRecord)], named: &[NamedPart]) -> Result<Vec<PartRecord>, S3Error> {
    if named.is_empty() {
        return Err(S3Error::InvalidRequest("You must specify at least one part".into()));
    }
    if named.windows(2).any(|pair| pair[0].number >= pair[1].number) {
        return Err(S3Error::InvalidPartOrder);
    }
    let mut chosen = Vec::with_capacity(named.len());
    for part in named {
        let (_, found) = uploaded.iter().find(|(number, _)| *number == part.number).ok_or(S3Error::InvalidPart)?;
        let wrong_etag = part.etag.as_ref().is_some_and(|etag| *etag != found.etag);
        let wrong_checksum = match (&part.checksum, &found.checksum) {
            (Some(named), Some(found)) => *named != found.value,
            _ => false,
        };
        if wrong_etag || wrong_checksum {
            return Err(S3Error::InvalidPart);
        }
        chosen.push(found.clone());
    }
    match chosen.split_last() {
        Some((_, before)) if before.iter().any(|part| part.size < LEAST_PART) => Err(S3Error::EntityTooSmall),
        _ => Ok(chosen),
    }
}

/// The MD5 of the parts' MD5s, a hyphen, and their number.
fn joint_etag(parts: &[PartRecord]) -> String {
    let mut md5 = Md5::new();
    parts.iter().filter_map(|part| from_hex(&part.etag)).for_each(|bytes| md5.update(bytes));
    format!("{}-{}", hex(&md5.finalize()), parts.len())
}

/// The checksum of the parts' checksums, where all have one.
fn joint_checksum(upload: &UploadRecord, parts: &[PartRecord]) -> Result<Option<Checksum>, S3Error> {
    let Some(algorithm) = upload.algorithm.filter(|_| !upload.full_object) else { return Ok(None) };
    let checksums: Option<Vec<Checksum>> = parts.iter().map(|part| part.checksum.clone()).collect();
    checksums.map(|checksums| composite(algorithm, &checksums)).transpose()
}

/// Compares the checksum that the client announces for the whole with the one that came out. Clients may leave the number of parts out.
fn check_announced(announced: Option<&Checksum>, computed: Option<&Checksum>) -> Result<(), S3Error> {
    let bare = |value: &str| value.split('-').next().map(str::to_owned);
    match (announced, computed) {
        (Some(announced), Some(computed))
            if announced.algorithm == computed.algorithm && bare(&announced.value) != bare(&computed.value) =>
        {
            Err(S3Error::BadChecksum(computed.algorithm.name()))
        }
        _ => Ok(()),
    }
}

/// Copies the parts into one new file, and computes the checksum of all their bytes where it is wanted.
fn join(blobs: &Blobs, parts: &[PartRecord], checksum: Option<Algorithm>) -> Result<(Staged, Option<Checksum>), S3Error> {
    let (staged, mut whole) = blobs.create()?;
    let mut digester = checksum.map(|algorithm| Digester::new(Some(algorithm), false));
    let mut buffer = vec![0; COPY_BYTES];
    for part in parts {
        let mut file = blobs.file(&part.blob)?;
        loop {
            let read = file.read(&mut buffer)?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            whole.write_all(bytes)?;
            if let Some(digester) = &mut digester {
                digester.update(bytes);
            }
        }
    }
    blobs.seal(&staged, &mut whole)?;
    Ok((staged, digester.and_then(|digester| digester.finish().checksum)))
}

/// Whether `number` may number a part.
pub(super) fn check_part_number(number: i32) -> Result<(), S3Error> {
    if (1..=MOST_PARTS).contains(&number) {
        return Ok(());
    }
    Err(S3Error::InvalidArgument(format!("Part number must be an integer between 1 and {MOST_PARTS}, inclusive")))
}
