//! Delivery to S3: the records of a flush make one object.

mod object;
mod target;

pub(super) use target::Target;

use super::delivery::{Delivery, Source};
use super::destination::Destination;
use super::entry::Role;
use super::error_log;
use super::neighbours::ObjectStoreError;
use crate::store::StoreError;

/// Delivers what the source has counted as one object. Failures are tried again for ever, with the configuration of the moment, as AWS does
/// for as long as it keeps the records (spec/firehose 4.2).
pub(super) async fn deliver(delivery: &mut Delivery, source: &mut Source) -> Result<(), StoreError> {
    let mut failures = 0;
    loop {
        let stream = delivery.stream();
        let target = match (&stream.destination, delivery.role()) {
            (Destination::S3(description), Role::Destination) => Target::of_destination(description),
            (destination, _) => match destination.backup() {
                Some(bucket) => Target::of_bucket(&bucket),
                None => return Ok(()),
            },
        };
        let attempt = object::build(source, &stream, &target).await?;
        let Some((object, mut cursor)) = attempt else { return Ok(()) };
        match delivery.parts.objects.put_object(&delivery.entry.scope, object).await {
            Ok(()) => return delivery.commit(source, &mut cursor).await,
            Err(ObjectStoreError { code, message }) => {
                failures += 1;
                let (parts, scope) = (&delivery.parts, &delivery.entry.scope);
                error_log::tell(parts, scope, &stream, &target.bucket_arn, &format!("S3.{code}"), &message).await;
                delivery.pause(failures).await;
            }
        }
    }
}
