//! What services ask of each other, given by the services in this process.

use crate::api::BoxFuture;
use crate::base::account::Scope;
use crate::base::arn::Arn;
use crate::base::clock::Millis;
use crate::services::cognito::{UserPools, WebIdentityRefusal};
use crate::services::elasticsearch;
use crate::services::firehose::{self, ErrorLog, Object, ObjectStore, ObjectStoreError};
use crate::services::logs::Logs;
use crate::services::s3::{ObjectMeta, S3, S3Error};
use crate::services::sts::{Subject, TokenRefusal, WebIdentities};

impl ObjectStore for S3 {
    fn put_object(&self, scope: &Scope, object: Object) -> BoxFuture<Result<(), ObjectStoreError>> {
        let (s3, scope) = (self.clone(), scope.clone());
        let meta = ObjectMeta {
            content_type: Some("application/octet-stream".into()),
            content_encoding: object.content_encoding.map(str::to_owned),
            encryption: object.kms_key.is_some().then(|| "aws:kms".into()),
            kms_key: object.kms_key,
            ..ObjectMeta::default()
        };
        Box::pin(async move {
            let put = s3.put_object(&scope, &object.bucket, &object.key, object.body, meta).await;
            put.map_err(|error| ObjectStoreError { code: code(&error).into(), message: error.to_string() })
        })
    }
}

/// S3's code of the errors that a put can meet.
fn code(error: &S3Error) -> &'static str {
    match error {
        S3Error::NoSuchBucket => "NoSuchBucket",
        S3Error::InvalidBucketName => "InvalidBucketName",
        _ => "InternalError",
    }
}

impl ErrorLog for Logs {
    fn write(&self, scope: &Scope, group: &str, stream: &str, at_ms: Millis, message: String) -> BoxFuture<()> {
        let (logs, scope, group, stream) = (self.clone(), scope.clone(), group.to_owned(), stream.to_owned());
        Box::pin(async move {
            if let Err(error) = logs.put(&scope, &group, &stream, at_ms, &message).await {
                tracing::debug!(group, stream, %error, "a delivery error was not logged");
            }
        })
    }
}

impl firehose::Domains for elasticsearch::Domains {
    fn endpoint(&self, domain: &Arn) -> BoxFuture<Result<String, String>> {
        let (domains, domain) = (self.clone(), domain.clone());
        Box::pin(async move { Self::endpoint(&domains, &domain).await.map_err(|error| error.to_string()) })
    }
}

impl WebIdentities for UserPools {
    fn subject(&self, token: String) -> BoxFuture<Result<Subject, TokenRefusal>> {
        let pools = self.clone();
        Box::pin(async move {
            let identity = pools.web_identity(&token).await.map_err(|refusal| match refusal {
                WebIdentityRefusal::Invalid(why) => TokenRefusal::Invalid(why),
                WebIdentityRefusal::Expired => TokenRefusal::Expired,
            })?;
            Ok(Subject { subject: identity.subject, audience: identity.audience, provider: identity.provider })
        })
    }
}
