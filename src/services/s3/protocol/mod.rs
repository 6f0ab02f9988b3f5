//! The wire side of S3: the calls of the `s3s` crate, answered by the handle.
//!
//! `s3s` routes, reads and writes the HTTP of S3; the gateway has verified signatures, undone aws-chunked bodies and put the caller into the
//! request's extensions before.

mod attributes;
mod buckets;
mod conversion;
mod explanation;
mod fault;
mod frontend;
mod host;
mod lists;
mod objects;
mod reading;
mod subresources;
mod uploads;

pub use explanation::explained;

use super::S3;
use crate::api::Caller;
use crate::base::account::Scope;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3Request, S3Response, S3Result};

/// The service that the gateway hands requests to. They carry an [`api::Caller`](crate::api::Caller) in their extensions, and no signatures.
pub fn http_service(s3: S3) -> S3Service {
    let mut builder = S3ServiceBuilder::new(frontend::Frontend(s3));
    builder.set_host(host::BucketHost);
    builder.build()
}

/// The answer of an operation.
type Answer<T> = S3Result<S3Response<T>>;

/// The account and region of a request.
fn scope_of<T>(request: &S3Request<T>) -> Scope {
    match request.extensions.get::<Caller>() {
        Some(caller) => caller.scope.clone(),
        None => Scope::from_credential(None, request.region.as_ref().map(|region| region.as_str())),
    }
}

fn ok<T>(output: T) -> Answer<T> {
    Ok(S3Response::new(output))
}
