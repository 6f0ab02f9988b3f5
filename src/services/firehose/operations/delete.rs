//! DeleteDeliveryStream.

use super::super::Firehose;
use crate::api::firehose::{DeleteDeliveryStreamInput, DeleteDeliveryStreamOutput, DeliveryStreamStatus, fault};
use crate::api::{Caller, Fault};

/// Deletes the delivery stream with what it has not delivered (spec/firehose 1.6).
pub(super) async fn delete_delivery_stream(
    service: Firehose,
    caller: Caller,
    input: DeleteDeliveryStreamInput,
) -> Result<DeleteDeliveryStreamOutput, Fault> {
    let _turn = service.control().await;
    let name = &input.delivery_stream_name;
    let entry = service.require(&caller.scope, name)?;
    match entry.stream().status(service.clock().now_ms()) {
        DeliveryStreamStatus::Deleting => {}
        DeliveryStreamStatus::Creating => {
            return Err(fault::resource_in_use(format!("Cannot delete firehose: {name} when it is in CREATING status")));
        }
        _ => service.begin_delete(&entry).await.map_err(|refused| refused.fault(&caller.scope))?,
    }
    Ok(DeleteDeliveryStreamOutput::default())
}
