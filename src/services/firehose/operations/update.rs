//! UpdateDestination.

use super::super::Firehose;
use super::super::destination::{DESTINATION_ID, updates};
use crate::api::firehose::{DeliveryStreamStatus, UpdateDestinationInput, UpdateDestinationOutput, fault};
use crate::api::{Caller, Fault};

/// Merges the update into the destination; what changes nothing does not raise the version (spec/firehose 1.6).
pub(super) async fn update_destination(
    service: Firehose,
    caller: Caller,
    mut input: UpdateDestinationInput,
) -> Result<UpdateDestinationOutput, Fault> {
    let _turn = service.control().await;
    let name = input.delivery_stream_name.clone();
    let entry = service.require(&caller.scope, &name)?;
    let mut stream = (*entry.stream()).clone();
    let now_ms = service.clock().now_ms();
    let status = stream.status(now_ms);
    if status != DeliveryStreamStatus::Active {
        return Err(fault::resource_in_use(format!("Cannot update firehose: {name} when it is in {status} status")));
    }
    match updates(&input) {
        0 => return Err(fault::invalid_argument("At least one destination or source configuration update must be provided")),
        1 => {}
        _ => return Err(fault::invalid_argument("Exactly one destination configuration is supported for a Firehose")),
    }
    if input.destination_id != DESTINATION_ID {
        return Err(fault::invalid_argument(format!("Destination Id {} not found", input.destination_id)));
    }
    let (current, given) = (stream.version.to_string(), &input.current_delivery_stream_version_id);
    if *given != current {
        return Err(fault::concurrent_modification(format!(
            "Cannot update firehose: {name} since the current version id: {current} and specified version id: {given} do not match"
        )));
    }
    let destination = stream.destination.update(&mut input, service.limits())?;
    if destination != stream.destination {
        stream.destination = destination;
        stream.version += 1;
        stream.updated_ms = Some(now_ms);
        service.change(&entry, stream).await.map_err(|refused| refused.fault(&caller.scope))?;
    }
    Ok(UpdateDestinationOutput::default())
}
