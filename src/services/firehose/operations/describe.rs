//! DescribeDeliveryStream.

use super::super::Firehose;
use crate::api::firehose::{DescribeDeliveryStreamInput, DescribeDeliveryStreamOutput};
use crate::api::{Caller, Fault};

/// The delivery stream as it is; `Limit` and `ExclusiveStartDestinationId` change nothing, as on AWS (spec/firehose 1.5).
pub(super) async fn describe_delivery_stream(
    service: Firehose,
    caller: Caller,
    input: DescribeDeliveryStreamInput,
) -> Result<DescribeDeliveryStreamOutput, Fault> {
    let entry = service.require(&caller.scope, &input.delivery_stream_name)?;
    let description = entry.stream().describe(&caller.scope, service.clock().now_ms());
    Ok(DescribeDeliveryStreamOutput { delivery_stream_description: description })
}
