//! What Firehose needs of other services, as small traits: `app` gives the ones in this process, tests give fakes.

use crate::api::BoxFuture;
use crate::base::account::Scope;
use crate::base::arn::Arn;
use crate::base::clock::Millis;
use bytes::Bytes;

/// An object on its way to a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The bucket's name.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// The body.
    pub body: Bytes,
    /// Content-Encoding, for compressed bodies.
    pub content_encoding: Option<&'static str>,
    /// The KMS key for `aws:kms` encryption, if the destination asks for it.
    pub kms_key: Option<String>,
}

/// Why an object was not stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ObjectStoreError {
    /// S3's code, such as `NoSuchBucket`.
    pub code: String,
    /// S3's message.
    pub message: String,
}

/// Where objects go.
pub trait ObjectStore: Send + Sync {
    /// Stores an object, over an older one of the same key; its Content-Type is `application/octet-stream`.
    fn put_object(&self, scope: &Scope, object: Object) -> BoxFuture<Result<(), ObjectStoreError>>;
}

/// Who knows where the domains of Elasticsearch and OpenSearch are.
pub trait Domains: Send + Sync {
    /// The URL of the domain's real server.
    ///
    /// # Errors
    /// A sentence that says why there is none.
    fn endpoint(&self, domain: &Arn) -> BoxFuture<Result<String, String>>;
}

/// CloudWatch Logs, for the errors of deliveries.
pub trait ErrorLog: Send + Sync {
    /// Adds an event to a log stream; nothing happens when the group or the stream does not exist, as on AWS.
    fn write(&self, scope: &Scope, group: &str, stream: &str, at_ms: Millis, message: String) -> BoxFuture<()>;
}
