//! From the handle's errors to S3's error answers.

use crate::base::repeated::Repeated;
use crate::services::s3::S3Error;
use crate::store::StoreError;
use s3s::S3ErrorCode as Code;

impl From<S3Error> for s3s::S3Error {
    fn from(error: S3Error) -> Self {
        let code = match &error {
            S3Error::NoSuchBucket => Code::NoSuchBucket,
            S3Error::NoSuchKey => Code::NoSuchKey,
            S3Error::NoSuchUpload => Code::NoSuchUpload,
            S3Error::BucketAlreadyExists => Code::BucketAlreadyExists,
            S3Error::BucketAlreadyOwnedByYou => Code::BucketAlreadyOwnedByYou,
            S3Error::BucketNotEmpty => Code::BucketNotEmpty,
            S3Error::InvalidBucketName => Code::InvalidBucketName,
            S3Error::IllegalLocationConstraint(_) => Code::IllegalLocationConstraintException,
            S3Error::PreconditionFailed => Code::PreconditionFailed,
            S3Error::NotModified => Code::NotModified,
            S3Error::InvalidRange => Code::InvalidRange,
            S3Error::KeyTooLong => Code::KeyTooLongError,
            S3Error::BadDigest | S3Error::BadChecksum(_) => Code::BadDigest,
            S3Error::ContentSha256Mismatch => Code::Custom("XAmzContentSHA256Mismatch".into()),
            S3Error::IncompleteBody => Code::IncompleteBody,
            S3Error::InvalidPart => Code::InvalidPart,
            S3Error::InvalidPartOrder => Code::InvalidPartOrder,
            S3Error::EntityTooSmall => Code::EntityTooSmall,
            S3Error::EntityTooLarge => Code::EntityTooLarge,
            S3Error::InvalidArgument(_) => Code::InvalidArgument,
            S3Error::InvalidRequest(_) => Code::InvalidRequest,
            S3Error::Store(_) | S3Error::Io(_) => return internal(&error),
        };
        let mut answer = Self::with_message(code, error.to_string());
        if error == S3Error::ContentSha256Mismatch {
            answer.set_status_code(http::StatusCode::BAD_REQUEST);
        }
        answer
    }
}

/// Failures that were told.
static INTERNAL: Repeated = Repeated::new();

/// What went wrong inside is for the log, but for a full disk, which the caller may be able to mend.
fn internal(error: &S3Error) -> s3s::S3Error {
    if let Some(kept_back) = INTERNAL.admit(&error.to_string()) {
        tracing::error!(%error, kept_back, "an S3 call failed");
    }
    let text = match error {
        S3Error::Store(StoreError::DiskFull(_)) => {
            "We encountered an internal error: the disk that holds the data is full. Please try again."
        }
        _ => "We encountered an internal error. Please try again.",
    };
    s3s::S3Error::with_message(Code::InternalError, text)
}
