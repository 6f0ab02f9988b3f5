//! Log streams.

use super::{one_group, page_by_name};
use crate::api::logs::{
    CreateLogStreamRequest, DeleteLogStreamRequest, DescribeLogStreamsRequest, DescribeLogStreamsResponse, LogStream, OrderBy,
};
use crate::api::{Caller, Empty, Fault};
use crate::services::logs::Logs;
use crate::services::logs::error::LogsError;
use crate::services::logs::group::{Stream, group_arn};

pub(crate) async fn create(logs: Logs, caller: Caller, input: CreateLogStreamRequest) -> Result<Empty, Fault> {
    logs.create_stream(&caller.scope, &input.log_group_name, &input.log_stream_name).await?;
    Ok(Empty)
}

pub(crate) async fn delete(logs: Logs, caller: Caller, input: DeleteLogStreamRequest) -> Result<Empty, Fault> {
    logs.delete_stream(&caller.scope, &input.log_group_name, &input.log_stream_name).await?;
    Ok(Empty)
}

pub(crate) async fn describe(
    logs: Logs,
    caller: Caller,
    input: DescribeLogStreamsRequest,
) -> Result<DescribeLogStreamsResponse, Fault> {
    let group = one_group(input.log_group_name.as_ref(), input.log_group_identifier.as_ref())?;
    let by_time = input.order_by == Some(OrderBy::LastEventTime);
    if by_time && input.log_stream_name_prefix.is_some() {
        return Err(LogsError::invalid("Cannot order by LastEventTime with a logStreamNamePrefix.").into());
    }
    let prefix = input.log_stream_name_prefix.as_deref().unwrap_or_default();
    let mut found = logs.streams_of(&caller.scope, group, prefix).await?;
    if by_time {
        found.sort_by_key(|(_, stream)| stream.span_ms.map(|(_, newest)| newest));
    }
    if input.descending == Some(true) {
        found.reverse();
    }
    let (page, next_token) = page_by_name(found, input.next_token.as_deref(), input.limit);
    let arn = group_arn(&caller.scope, group);
    let described = page.into_iter().map(|(name, stream)| entry(&arn, name, &stream));
    Ok(DescribeLogStreamsResponse { log_streams: Some(described.collect()), next_token })
}

fn entry(group_arn: &str, name: String, stream: &Stream) -> LogStream {
    LogStream {
        arn: Some(format!("{group_arn}:log-stream:{name}")),
        creation_time: Some(stream.created_ms),
        first_event_timestamp: stream.span_ms.map(|(oldest, _)| oldest),
        last_event_timestamp: stream.span_ms.map(|(_, newest)| newest),
        last_ingestion_time: stream.last_ingestion_ms,
        log_stream_name: Some(name),
        // AWS stopped counting the bytes of streams in 2019 and answers 0 (API reference, LogStream).
        stored_bytes: Some(0),
        upload_sequence_token: Some(super::events::SEQUENCE_TOKEN.into()),
    }
}
