//! ListDeliveryStreams.

use super::super::Firehose;
use crate::api::firehose::{ListDeliveryStreamsInput, ListDeliveryStreamsOutput};
use crate::api::{Caller, Fault};

/// Names in one answer unless asked otherwise (API model).
const DEFAULT_LIMIT: usize = 10;

/// Names in alphabetical order, of one type if asked.
pub(super) async fn list_delivery_streams(
    service: Firehose,
    caller: Caller,
    input: ListDeliveryStreamsInput,
) -> Result<ListDeliveryStreamsOutput, Fault> {
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(DEFAULT_LIMIT);
    let after = input.exclusive_start_delivery_stream_name.unwrap_or_default();
    let mut names = service.names(&caller.scope, |stream| {
        stream.name > after && input.delivery_stream_type.is_none_or(|kind| stream.kind() == kind)
    });
    let has_more_delivery_streams = names.len() > limit;
    names.truncate(limit);
    Ok(ListDeliveryStreamsOutput { delivery_stream_names: names, has_more_delivery_streams })
}
