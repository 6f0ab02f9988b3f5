//! S3, embedded: buckets and objects in the data folder.
//!
//! Objects' bytes are files (`blob`), everything else are documents in the catalog. The wire side is the `s3s` crate, whose calls end in
//! `protocol`; inside the process, [`S3`] is the handle that Firehose and others put and get objects with.
//!
//! Buckets and objects carry no versions; access policies are kept and shown, never enforced (docs/decisions.md).

mod blob;
mod bucket;
mod digest;
mod error;
mod listing;
mod object;
mod protocol;
#[cfg(test)]
mod tests;
mod upload;

pub use bucket::Bucket;
pub use error::S3Error;
pub use listing::ListedObject;
pub use object::{Object, ObjectMeta};
pub use protocol::{explained, http_service};

use crate::base::account::Scope;
use crate::base::clock::Clock;
use crate::store::{Collection, Durability, Key, Store};
use blob::{BlobId, Blobs, blocking};
use object::ObjectRecord;
use std::collections::HashSet;
use upload::PartRecord;

/// The folder of objects' files in the data folder.
const FOLDER: &str = "s3";

/// A handle of S3; clones share it.
#[derive(Clone, Debug)]
pub struct S3 {
    store: Store,
    clock: Clock,
    blobs: Blobs,
}

impl S3 {
    /// Opens the buckets of a store, and deletes files that a crash left without an object.
    ///
    /// # Errors
    /// Failures of the store and the folder.
    pub async fn open(store: Store, clock: Clock) -> Result<Self, S3Error> {
        let blobs = Blobs::open(store.folder().join(FOLDER), store.durability() == Durability::Full)?;
        let s3 = Self { store, clock, blobs };
        s3.sweep().await?;
        Ok(s3)
    }

    async fn sweep(&self) -> Result<(), S3Error> {
        let objects = self.store.list_everywhere::<ObjectRecord>("s3", "object").await?;
        let parts = self.store.list_everywhere::<PartRecord>("s3", "part").await?;
        let used: HashSet<BlobId> =
            objects.into_iter().map(|o| o.document.blob).chain(parts.into_iter().map(|p| p.document.blob)).collect();
        let blobs = self.blobs.clone();
        let swept = blocking(move || blobs.sweep(&used)).await?;
        if swept > 0 {
            tracing::info!(files = swept, "deleted files of uploads that were never finished");
        }
        Ok(())
    }
}

/// All objects; a name is the bucket's, a slash (which no bucket's name holds) and the key.
fn objects() -> Collection {
    Collection::new("s3", "object", &Scope::new("", ""))
}

fn object_key(bucket: &str, key: &str) -> Key {
    objects().key(format!("{bucket}/{key}"))
}

/// All multipart uploads under way; a name is the bucket's, a slash and the upload's id.
fn uploads() -> Collection {
    Collection::new("s3", "upload", &Scope::new("", ""))
}
