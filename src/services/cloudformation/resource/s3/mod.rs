//! The types of S3: buckets, their policies, and what empties them.

pub(super) mod auto_delete;
pub(super) mod bucket;
pub(super) mod bucket_policy;

use super::Failure;
use crate::services::s3::S3Error;

impl From<S3Error> for Failure {
    fn from(error: S3Error) -> Self {
        let text = error.to_string();
        let code = match error {
            S3Error::NoSuchBucket => "NoSuchBucket",
            S3Error::BucketAlreadyExists | S3Error::BucketAlreadyOwnedByYou => "AlreadyExists",
            S3Error::BucketNotEmpty => "GeneralServiceException",
            S3Error::Store(_) | S3Error::Io(_) => "ServiceInternalError",
            _ => "InvalidRequest",
        };
        Self::new(code, text)
    }
}
