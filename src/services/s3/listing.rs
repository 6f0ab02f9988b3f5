//! Listing the objects of a bucket, with prefix, delimiter and pages.

use super::error::S3Error;
use super::object::ObjectRecord;
use super::{S3, objects};
use crate::store::Listing;

/// The most entries of one page (API reference, ListObjectsV2).
pub(super) const MOST_KEYS: usize = 1000;

/// What to list.
#[derive(Clone, Debug, Default)]
pub(super) struct Question {
    pub(super) bucket: String,
    pub(super) prefix: String,
    /// Keys that share what stands between the prefix and the next delimiter become one entry.
    pub(super) delimiter: Option<String>,
    /// Only entries after this text, in the order of UTF-8 bytes.
    pub(super) after: String,
    pub(super) limit: usize,
}

/// A page of entries, each list in order.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) objects: Vec<(String, ObjectRecord)>,
    pub(super) prefixes: Vec<String>,
    /// The last entry of the page, when there are more.
    pub(super) next: Option<String>,
}

impl Page {
    fn len(&self) -> usize {
        self.objects.len() + self.prefixes.len()
    }
}

/// An object in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedObject {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its ETag, without quotes.
    pub etag: String,
    /// When it was put.
    pub modified_ms: crate::base::clock::Millis,
}

impl Question {
    /// The common prefix of `key`, if the delimiter stands behind the prefix.
    fn common_prefix<'k>(&self, key: &'k str) -> Option<&'k str> {
        let delimiter = self.delimiter.as_deref().filter(|delimiter| !delimiter.is_empty())?;
        let rest = key.strip_prefix(self.prefix.as_str())?;
        let end = self.prefix.len() + rest.find(delimiter)? + delimiter.len();
        key.get(..end)
    }
}

impl S3 {
    /// All objects of a bucket whose keys begin with `prefix`, by key.
    ///
    /// # Errors
    /// [`S3Error::NoSuchBucket`], failures of the store.
    pub async fn list_objects(&self, bucket: &str, prefix: &str) -> Result<Vec<ListedObject>, S3Error> {
        let mut question = Question { bucket: bucket.into(), prefix: prefix.into(), limit: MOST_KEYS, ..Question::default() };
        let mut all = Vec::new();
        loop {
            let page = self.list_page(&question).await?;
            all.extend(page.objects.into_iter().map(|(key, record)| ListedObject {
                key,
                size: record.size,
                etag: record.etag,
                modified_ms: record.modified_ms,
            }));
            match page.next {
                Some(next) => question.after = next,
                None => return Ok(all),
            }
        }
    }

    /// One page.
    pub(super) async fn list_page(&self, question: &Question) -> Result<Page, S3Error> {
        self.bucket(&question.bucket).await?;
        let mut page = Page::default();
        if question.limit == 0 {
            return Ok(page);
        }
        let root = format!("{}/", question.bucket);
        let (mut after, mut last) = (question.after.clone(), String::new());
        loop {
            // One more than fits tells whether there are more.
            let batch = question.limit + 1 - page.len();
            let listing = Listing {
                prefix: format!("{root}{}", question.prefix),
                after: Some(format!("{root}{after}")),
                limit: Some(batch),
            };
            let found: Vec<(String, ObjectRecord)> = self.store.list(&objects(), listing).await?;
            let exhausted = found.len() < batch;
            for (name, record) in found {
                let key = name.get(root.len()..).unwrap_or_default();
                after = key.to_owned();
                let common = question.common_prefix(key);
                if let Some(common) = common {
                    // What follows with the same prefix is jumped over: no key sorts behind the last character.
                    after = format!("{common}\u{10FFFF}");
                    if common <= question.after.as_str() || page.prefixes.last().is_some_and(|prefix| prefix == common) {
                        continue;
                    }
                }
                if page.len() == question.limit {
                    page.next = Some(last);
                    return Ok(page);
                }
                match common {
                    Some(common) => {
                        last = common.to_owned();
                        page.prefixes.push(common.to_owned());
                    }
                    None => {
                        last = key.to_owned();
                        page.objects.push((key.to_owned(), record));
                    }
                }
            }
            if exhausted {
                return Ok(page);
            }
        }
    }
}
