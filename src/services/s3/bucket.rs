//! Buckets: their documents, and what is kept of their configuration.

use super::error::S3Error;
use super::{S3, objects, uploads};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::store::{Collection, Listing, Transaction};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The region whose buckets have no location constraint.
const FIRST_REGION: &str = "us-east-1";

/// The subresource of who owns a bucket's objects.
pub(super) const OWNERSHIP: &str = "ownershipControls";

/// What a new bucket has there (AWS, since April 2023).
const OWNER_ENFORCED: &str =
    "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>";

/// What is known of a bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// The account that made it.
    pub account: String,
    /// The region it was made in.
    pub region: String,
    /// When it was made.
    pub created_ms: Millis,
    /// Its tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Its policy document as it was put; kept, not enforced.
    #[serde(default)]
    pub policy: Option<String>,
    /// Other configurations by subresource (such as `publicAccessBlock`), as XML; kept, not enforced.
    #[serde(default)]
    pub configurations: BTreeMap<String, String>,
}

/// All buckets. Their names are unique over all accounts and regions, as on AWS, so they lie in a scope of their own.
pub(super) fn buckets() -> Collection {
    Collection::new("s3", "bucket", &Scope::new("", ""))
}

/// The bucket as this transaction sees it.
pub(super) fn require(tx: &Transaction<'_>, bucket: &str) -> Result<Bucket, S3Error> {
    tx.get(&buckets().key(bucket))?.ok_or(S3Error::NoSuchBucket)
}

impl S3 {
    /// Makes a bucket in the scope's account and region. `location` is the LocationConstraint, where one was given.
    ///
    /// # Errors
    /// AWS's: the name is invalid or taken, or the location does not go with the region.
    pub async fn create_bucket(&self, scope: &Scope, name: &str, location: Option<&str>) -> Result<(), S3Error> {
        if !s3s::path::check_bucket_name(name) {
            return Err(S3Error::InvalidBucketName);
        }
        let region = location_of(scope.region(), location)?;
        let bucket = Bucket {
            account: scope.account().to_owned(),
            region,
            created_ms: self.clock.now_ms(),
            tags: BTreeMap::new(),
            policy: None,
            configurations: BTreeMap::from([(OWNERSHIP.to_owned(), OWNER_ENFORCED.to_owned())]),
        };
        let key = buckets().key(name);
        self.store
            .transaction(move |tx| match tx.get::<Bucket>(&key)? {
                None => Ok(tx.put(&key, &bucket)?),
                Some(old) if old.account != bucket.account => Err(S3Error::BucketAlreadyExists),
                // Where S3 began, making one's own bucket again succeeds (API reference, CreateBucket).
                Some(old) if old.region == FIRST_REGION && bucket.region == FIRST_REGION => Ok(()),
                Some(_) => Err(S3Error::BucketAlreadyOwnedByYou),
            })
            .await
    }

    /// Deletes an empty bucket.
    ///
    /// # Errors
    /// [`S3Error::NoSuchBucket`], [`S3Error::BucketNotEmpty`] (also while multipart uploads are under way).
    pub async fn delete_bucket(&self, name: &str) -> Result<(), S3Error> {
        let name = name.to_owned();
        self.store
            .transaction(move |tx| {
                require(tx, &name)?;
                let one = Listing { prefix: format!("{name}/"), after: None, limit: Some(1) };
                let holds = |kind: &Collection| Ok::<_, S3Error>(!tx.list::<serde::de::IgnoredAny>(kind, &one)?.is_empty());
                if holds(&objects())? || holds(&uploads())? {
                    return Err(S3Error::BucketNotEmpty);
                }
                tx.delete(&buckets().key(name.as_str()))?;
                Ok(())
            })
            .await
    }

    /// Whether there is a bucket of this name.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn bucket_exists(&self, name: &str) -> Result<bool, S3Error> {
        Ok(self.store.get::<Bucket>(&buckets().key(name)).await?.is_some())
    }

    /// What is known of a bucket.
    ///
    /// # Errors
    /// [`S3Error::NoSuchBucket`].
    pub async fn bucket(&self, name: &str) -> Result<Bucket, S3Error> {
        self.store.get(&buckets().key(name)).await?.ok_or(S3Error::NoSuchBucket)
    }

    /// The buckets of an account, by name.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn list_buckets(&self, account: &str) -> Result<Vec<(String, Bucket)>, S3Error> {
        let all: Vec<(String, Bucket)> = self.store.list(&buckets(), Listing::default()).await?;
        Ok(all.into_iter().filter(|(_, bucket)| bucket.account == account).collect())
    }

    /// Gives a bucket these tags in place of those it has.
    ///
    /// # Errors
    /// [`S3Error::NoSuchBucket`].
    pub async fn set_bucket_tags(&self, name: &str, tags: BTreeMap<String, String>) -> Result<(), S3Error> {
        self.change_bucket(name, |bucket| bucket.tags = tags).await
    }

    /// Gives a bucket a policy document, which is kept and not enforced, or takes it away.
    ///
    /// # Errors
    /// [`S3Error::NoSuchBucket`].
    pub async fn set_bucket_policy(&self, name: &str, policy: Option<String>) -> Result<(), S3Error> {
        self.change_bucket(name, |bucket| bucket.policy = policy).await
    }

    /// Changes what is kept of a bucket.
    pub(super) async fn change_bucket(
        &self,
        name: &str,
        change: impl FnOnce(&mut Bucket) + Send + 'static,
    ) -> Result<(), S3Error> {
        let name = name.to_owned();
        self.store
            .transaction(move |tx| {
                let mut bucket = require(tx, &name)?;
                change(&mut bucket);
                Ok(tx.put(&buckets().key(name), &bucket)?)
            })
            .await
    }
}

/// The region a new bucket lies in. An endpoint of the first region takes every constraint, any other only its own.
fn location_of(region: &str, constraint: Option<&str>) -> Result<String, S3Error> {
    let constraint = constraint.filter(|text| !text.is_empty());
    match constraint {
        None if region == FIRST_REGION => Ok(region.to_owned()),
        None => Err(S3Error::IllegalLocationConstraint(
            "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to."
                .into(),
        )),
        Some("EU") if region == FIRST_REGION || region == "eu-west-1" => Ok("eu-west-1".to_owned()),
        Some(constraint) if region == FIRST_REGION || constraint == region => Ok(constraint.to_owned()),
        Some(constraint) => Err(S3Error::IllegalLocationConstraint(format!(
            "The {constraint} location constraint is incompatible for the region specific endpoint this request was sent to."
        ))),
    }
}
