//! PutRecord and PutRecordBatch.

use super::super::{Firehose, Put};
use crate::api::firehose::{
    PutRecordBatchInput, PutRecordBatchOutput, PutRecordBatchResponseEntry, PutRecordInput, PutRecordOutput, fault,
};
use crate::api::{Caller, Fault};
use bytes::Bytes;

/// The code of records that a throughput limit keeps out.
const THROTTLED: &str = "ServiceUnavailableException";

/// Its message (recorded by users of the service).
const SLOW_DOWN: &str = "Slow down.";

/// Appends one record.
pub(super) async fn put_record(service: Firehose, caller: Caller, input: PutRecordInput) -> Result<PutRecordOutput, Fault> {
    let put = service.put(&caller.scope, &input.delivery_stream_name, &[input.record.data]).await;
    let Put { mut record_ids, encrypted } = put.map_err(|refused| refused.fault(&caller.scope))?;
    let record_id = record_ids.pop().ok_or_else(|| fault::service_unavailable(SLOW_DOWN))?;
    Ok(PutRecordOutput { encrypted: Some(encrypted), record_id })
}

/// Appends a batch; only throttling can fail some of its records and not others (spec/firehose 1.7).
pub(super) async fn put_record_batch(
    service: Firehose,
    caller: Caller,
    input: PutRecordBatchInput,
) -> Result<PutRecordBatchOutput, Fault> {
    let data: Vec<Bytes> = input.records.into_iter().map(|record| record.data).collect();
    let put = service.put(&caller.scope, &input.delivery_stream_name, &data).await;
    let Put { record_ids, encrypted } = put.map_err(|refused| refused.fault(&caller.scope))?;
    let failed = data.len() - record_ids.len();
    let entry = |id| PutRecordBatchResponseEntry { record_id: Some(id), ..Default::default() };
    let mut request_responses: Vec<_> = record_ids.into_iter().map(entry).collect();
    request_responses.resize_with(data.len(), || PutRecordBatchResponseEntry {
        error_code: Some(THROTTLED.into()),
        error_message: Some(SLOW_DOWN.into()),
        record_id: None,
    });
    let failed_put_count = i32::try_from(failed).unwrap_or(i32::MAX);
    Ok(PutRecordBatchOutput { encrypted: Some(encrypted), failed_put_count, request_responses })
}
