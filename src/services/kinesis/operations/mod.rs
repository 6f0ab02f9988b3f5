//! The API: one handler an operation, grouped by what they are about.

mod account_settings;
mod consumers;
mod create_stream;
mod describe;
pub(super) mod get_records;
mod get_shard_iterator;
mod list_shards;
mod list_streams;
mod monitoring;
mod policies;
mod put;
mod reshard;
mod settings;
mod shard_count;
mod subscribe_to_shard;
mod tags;

use super::Kinesis;
use crate::api::kinesis::{SERVICE, op};
use crate::api::{Routes, ServiceTable};

/// The table of all operations that are built.
pub fn routes(kinesis: Kinesis) -> ServiceTable {
    Routes::new(&SERVICE, kinesis)
        .on(op::CreateStream, create_stream::create_stream)
        .on(op::DeleteStream, create_stream::delete_stream)
        .on(op::DescribeStream, describe::describe_stream)
        .on(op::DescribeStreamSummary, describe::describe_stream_summary)
        .on(op::DescribeLimits, describe::describe_limits)
        .on(op::ListStreams, list_streams::list_streams)
        .on(op::ListShards, list_shards::list_shards)
        .on(op::PutRecord, put::put_record)
        .on(op::PutRecords, put::put_records)
        .on(op::GetShardIterator, get_shard_iterator::get_shard_iterator)
        .on(op::GetRecords, get_records::get_records)
        .on(op::SplitShard, reshard::split_shard)
        .on(op::MergeShards, reshard::merge_shards)
        .on(op::UpdateShardCount, shard_count::update_shard_count)
        .on(op::RegisterStreamConsumer, consumers::register_stream_consumer)
        .on(op::DescribeStreamConsumer, consumers::describe_stream_consumer)
        .on(op::ListStreamConsumers, consumers::list_stream_consumers)
        .on(op::DeregisterStreamConsumer, consumers::deregister_stream_consumer)
        .on_events(op::SubscribeToShard, subscribe_to_shard::subscribe_to_shard)
        .on(op::AddTagsToStream, tags::add_tags_to_stream)
        .on(op::RemoveTagsFromStream, tags::remove_tags_from_stream)
        .on(op::ListTagsForStream, tags::list_tags_for_stream)
        .on(op::TagResource, tags::tag_resource)
        .on(op::UntagResource, tags::untag_resource)
        .on(op::ListTagsForResource, tags::list_tags_for_resource)
        .on(op::IncreaseStreamRetentionPeriod, settings::increase_retention)
        .on(op::DecreaseStreamRetentionPeriod, settings::decrease_retention)
        .on(op::UpdateStreamMode, settings::update_stream_mode)
        .on(op::UpdateMaxRecordSize, settings::update_max_record_size)
        .on(op::UpdateStreamWarmThroughput, settings::update_warm_throughput)
        .on(op::DescribeAccountSettings, account_settings::describe_account_settings)
        .on(op::UpdateAccountSettings, account_settings::update_account_settings)
        .on(op::PutResourcePolicy, policies::put_resource_policy)
        .on(op::GetResourcePolicy, policies::get_resource_policy)
        .on(op::DeleteResourcePolicy, policies::delete_resource_policy)
        .on(op::EnableEnhancedMonitoring, monitoring::enable_enhanced_monitoring)
        .on(op::DisableEnhancedMonitoring, monitoring::disable_enhanced_monitoring)
        .on(op::StartStreamEncryption, monitoring::start_stream_encryption)
        .on(op::StopStreamEncryption, monitoring::stop_stream_encryption)
        .finish()
}
