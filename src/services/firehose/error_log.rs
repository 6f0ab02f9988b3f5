//! Errors of delivery, as entries of CloudWatch Logs (spec/firehose 6).

use super::Parts;
use super::delivery_stream::DeliveryStream;
use crate::base::account::Scope;
use serde::Serialize;

/// An entry, in the order of a recorded one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(rename = "deliveryStreamARN")]
    delivery_stream_arn: String,
    destination: &'a str,
    delivery_stream_version_id: u64,
    message: &'a str,
    error_code: &'a str,
}

/// Tells the log of a delivery stream, and that of the server, what went wrong. `destination` is the bucket's ARN, the domain's, or a URL.
pub(super) async fn tell(parts: &Parts, scope: &Scope, stream: &DeliveryStream, destination: &str, code: &str, message: &str) {
    tracing::warn!(stream = stream.name, destination, code, message, "delivery failed");
    let Some(options) = stream.destination.logging().filter(|options| options.enabled == Some(true)) else { return };
    let (Some(group), Some(log_stream)) = (&options.log_group_name, &options.log_stream_name) else { return };
    let entry = Entry {
        delivery_stream_arn: stream.arn(scope),
        destination,
        delivery_stream_version_id: stream.version,
        message,
        error_code: code,
    };
    if let Ok(text) = serde_json::to_string(&entry) {
        parts.error_log.write(scope, group, log_stream, parts.clock.now_ms(), text).await;
    }
}
