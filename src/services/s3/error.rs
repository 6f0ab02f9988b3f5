//! What can go wrong with buckets and objects.

use crate::store::StoreError;

/// A failure of S3, inside or on the wire. The texts are AWS's (API reference, error responses).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum S3Error {
    /// There is no such bucket.
    #[error("The specified bucket does not exist")]
    NoSuchBucket,
    /// There is no such object.
    #[error("The specified key does not exist.")]
    NoSuchKey,
    /// There is no such multipart upload, or it was completed or aborted.
    #[error(
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."
    )]
    NoSuchUpload,
    /// Another account has a bucket of this name.
    #[error(
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again."
    )]
    BucketAlreadyExists,
    /// The caller's account has this bucket already.
    #[error("Your previous request to create the named bucket succeeded and you already own it.")]
    BucketAlreadyOwnedByYou,
    /// The bucket to delete holds objects.
    #[error("The bucket you tried to delete is not empty")]
    BucketNotEmpty,
    /// The bucket's name breaks the rules.
    #[error("The specified bucket is not valid.")]
    InvalidBucketName,
    /// The location does not go with the region that the request was signed for.
    #[error("{0}")]
    IllegalLocationConstraint(String),
    /// A condition of the request does not hold.
    #[error("At least one of the pre-conditions you specified did not hold")]
    PreconditionFailed,
    /// The object is as the client knows it.
    #[error("Not Modified")]
    NotModified,
    /// The range lies outside the object.
    #[error("The requested range is not satisfiable")]
    InvalidRange,
    /// The key is longer than 1024 bytes.
    #[error("Your key is too long")]
    KeyTooLong,
    /// The body's MD5 is not the one that was announced.
    #[error("The Content-MD5 you specified did not match what we received.")]
    BadDigest,
    /// The body's checksum is not the one that was announced.
    #[error("The {0} you specified did not match the calculated checksum.")]
    BadChecksum(&'static str),
    /// The body's SHA-256 is not the signed one.
    #[error("The provided 'x-amz-content-sha256' header does not match what was computed.")]
    ContentSha256Mismatch,
    /// The body ended before its announced length.
    #[error("You did not provide the number of bytes specified by the Content-Length HTTP header")]
    IncompleteBody,
    /// A completed upload names a part that is not there or has another ETag.
    #[error(
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."
    )]
    InvalidPart,
    /// A completed upload names its parts out of order.
    #[error("The list of parts was not in ascending order. Parts must be ordered by part number.")]
    InvalidPartOrder,
    /// A part that is not the last is smaller than 5 MiB.
    #[error("Your proposed upload is smaller than the minimum allowed size")]
    EntityTooSmall,
    /// The body is larger than 5 GiB.
    #[error("Your proposed upload exceeds the maximum allowed size")]
    EntityTooLarge,
    /// An argument is out of its range or does not decode.
    #[error("{0}")]
    InvalidArgument(String),
    /// The request makes no sense as a whole.
    #[error("{0}")]
    InvalidRequest(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An object's file cannot be read or written.
    #[error("cannot read or write an object's file: {0}")]
    Io(String),
}

impl From<std::io::Error> for S3Error {
    fn from(error: std::io::Error) -> Self {
        match StoreError::from(error) {
            full @ StoreError::DiskFull(_) => Self::Store(full),
            StoreError::Io(why) => Self::Io(why),
            other => Self::Store(other),
        }
    }
}
