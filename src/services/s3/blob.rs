//! The files that hold objects' bytes.
//!
//! Each object and each part of a multipart upload is one file with a random name under `s3/` in the data folder, whatever its key is.
//! A file is written to its end (and to the disk, where the durability asks for it) before the catalog names it, and deleted only after the
//! catalog has stopped naming it. So whatever happens between, every object in the catalog has its whole file; files that no document names
//! are deleted when S3 starts.

use super::error::S3Error;
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes read at a time while an object is sent: enough to keep a disk busy, little enough for many readers.
const READ_BYTES: usize = 256 * 1024;

/// Names the file of an object or part.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct BlobId(String);

/// The folder of the files. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Blobs {
    folder: Arc<Path>,
    /// Whether a file must have reached the disk before it is named.
    sync: bool,
}

/// A file that no document names yet; dropped so, it is deleted.
#[derive(Debug)]
pub(super) struct Staged {
    id: BlobId,
    path: PathBuf,
    kept: bool,
}

impl Blobs {
    pub(super) fn open(folder: PathBuf, sync: bool) -> Result<Self, S3Error> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder: folder.into(), sync })
    }

    fn path(&self, id: &BlobId) -> PathBuf {
        // Two letters of the random name spread the files over 256 folders.
        self.folder.join(id.0.get(..2).unwrap_or("__")).join(&id.0)
    }

    /// A new empty file.
    pub(super) fn create(&self) -> Result<(Staged, File), S3Error> {
        let id = BlobId(uuid::Uuid::new_v4().simple().to_string());
        let path = self.path(&id);
        if let Some(folder) = path.parent()
            && !folder.exists()
        {
            fs::create_dir_all(folder)?;
            self.sync_folder(&self.folder)?;
        }
        let file = File::create_new(&path)?;
        Ok((Staged { id, path, kept: false }, file))
    }

    /// Ends the writing of a file: once this returns, the file survives what the durability promises.
    pub(super) fn seal(&self, staged: &Staged, file: &mut File) -> Result<(), S3Error> {
        file.flush()?;
        if self.sync {
            file.sync_all()?;
            if let Some(folder) = staged.path.parent() {
                self.sync_folder(folder)?;
            }
        }
        Ok(())
    }

    fn sync_folder(&self, folder: &Path) -> Result<(), S3Error> {
        if self.sync {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    pub(super) fn file(&self, id: &BlobId) -> std::io::Result<File> {
        File::open(self.path(id))
    }

    /// Deletes a file that no document names any more. If that fails, the next start does it.
    pub(super) fn remove(&self, id: &BlobId) {
        if let Err(error) = fs::remove_file(self.path(id)) {
            tracing::debug!(%error, blob = id.0, "an unused object file stays until the next start");
        }
    }

    /// Deletes all files but those in `used`; how many they were.
    pub(super) fn sweep(&self, used: &HashSet<BlobId>) -> Result<usize, S3Error> {
        let mut swept = 0;
        for folder in fs::read_dir(&self.folder)? {
            let folder = folder?;
            if !folder.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(folder.path())? {
                let id = BlobId(file?.file_name().to_string_lossy().into_owned());
                if !used.contains(&id) {
                    self.remove(&id);
                    swept += 1;
                }
            }
        }
        Ok(swept)
    }
}

impl Staged {
    pub(super) fn id(&self) -> &BlobId {
        &self.id
    }

    /// Says that a document names the file now.
    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Runs file work off the async threads.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, S3Error> + Send + 'static,
) -> Result<T, S3Error> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(S3Error::Io(error.to_string())))
}

/// The bytes of `range` of an open file, in pieces.
pub(super) fn read_range(file: File, range: Range<u64>) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + Sync {
    let left = range.end - range.start;
    stream::try_unfold((file, Some(range.start), left), |(mut file, seek, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let piece = tokio::task::spawn_blocking(move || {
            if let Some(at) = seek {
                file.seek(SeekFrom::Start(at))?;
            }
            let mut piece = vec![0; usize::try_from(left).map_or(READ_BYTES, |left| left.min(READ_BYTES))];
            file.read_exact(&mut piece)?;
            Ok::<_, std::io::Error>((file, Bytes::from(piece)))
        });
        let (file, piece) = piece.await.map_err(std::io::Error::other)??;
        let left = left - piece.len() as u64;
        Ok(Some((piece, (file, None, left))))
    })
    .fuse()
}

/// The whole of `range` of an open file.
pub(super) async fn read_whole(mut file: File, range: Range<u64>) -> Result<Bytes, S3Error> {
    blocking(move || {
        file.seek(SeekFrom::Start(range.start))?;
        let mut bytes = vec![0; usize::try_from(range.end - range.start).map_err(|_| S3Error::EntityTooLarge)?];
        file.read_exact(&mut bytes)?;
        Ok(bytes.into())
    })
    .await
}
