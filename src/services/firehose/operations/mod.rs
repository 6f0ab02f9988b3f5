//! The operations, one file each or a file for a few that belong together.

mod create;
mod delete;
mod describe;
mod encryption;
mod list;
mod put;
mod tags;
mod update;

use super::Firehose;
use crate::api::firehose::{SERVICE, op};
use crate::api::{Routes, ServiceTable};

/// The table of the service's operations.
pub fn routes(service: Firehose) -> ServiceTable {
    Routes::new(&SERVICE, service)
        .on(op::CreateDeliveryStream, create::create_delivery_stream)
        .on(op::DeleteDeliveryStream, delete::delete_delivery_stream)
        .on(op::DescribeDeliveryStream, describe::describe_delivery_stream)
        .on(op::ListDeliveryStreams, list::list_delivery_streams)
        .on(op::UpdateDestination, update::update_destination)
        .on(op::PutRecord, put::put_record)
        .on(op::PutRecordBatch, put::put_record_batch)
        .on(op::StartDeliveryStreamEncryption, encryption::start_delivery_stream_encryption)
        .on(op::StopDeliveryStreamEncryption, encryption::stop_delivery_stream_encryption)
        .on(op::TagDeliveryStream, tags::tag_delivery_stream)
        .on(op::UntagDeliveryStream, tags::untag_delivery_stream)
        .on(op::ListTagsForDeliveryStream, tags::list_tags_for_delivery_stream)
        .finish()
}
