//! CreateDeliveryStream.

use super::super::delivery_stream::{self, DeliveryStream, Encryption, Source};
use super::super::destination::Destination;
use super::super::{Firehose, Refused};
use super::tags;
use crate::api::firehose::{CreateDeliveryStreamInput, CreateDeliveryStreamOutput, DeliveryStreamType, fault};
use crate::api::{Caller, Fault};
use crate::base::arn::Arn;
use crate::base::clock::Millis;

/// Checks the configuration, stores the delivery stream and starts its delivery.
pub(super) async fn create_delivery_stream(
    service: Firehose,
    caller: Caller,
    mut input: CreateDeliveryStreamInput,
) -> Result<CreateDeliveryStreamOutput, Fault> {
    let _turn = service.control().await;
    let (scope, name) = (&caller.scope, input.delivery_stream_name.clone());
    if service.find(scope, &name).is_some() {
        return Err(Refused::Exists(name).fault(scope));
    }
    service.check_quota(scope)?;
    let now_ms = service.clock().now_ms();
    let active_ms = now_ms.saturating_add(service.transition_ms());
    let source = source(&input, active_ms)?;
    let encryption = encryption(&input)?;
    let destination = Destination::create(&mut input, service.limits())?;
    let tags = tags::checked(input.tags.unwrap_or_default())?;
    let log = service.store().transaction(|tx| tx.create_log()).await.map_err(Refused::from).map_err(|r| r.fault(scope))?;
    let stream = DeliveryStream {
        name: name.clone(),
        source,
        destination,
        version: 1,
        created_ms: now_ms,
        active_ms,
        updated_ms: None,
        gone_ms: None,
        encryption,
        tags,
        log,
    };
    service.add(scope, stream).await.map_err(|refused| refused.fault(scope))?;
    Ok(CreateDeliveryStreamOutput { delivery_stream_arn: Some(delivery_stream::arn(scope, &name)) })
}

fn source(input: &CreateDeliveryStreamInput, start_ms: Millis) -> Result<Source, Fault> {
    let kind = input.delivery_stream_type.unwrap_or(DeliveryStreamType::DirectPut);
    match kind {
        DeliveryStreamType::DirectPut if input.kinesis_stream_source_configuration.is_some() => {
            Err(fault::invalid_argument("KinesisSourceStreamConfig is only applicable for KinesisStreamAsSource stream type."))
        }
        DeliveryStreamType::DirectPut => {
            let hint = input.direct_put_source_configuration.as_ref().map(|source| source.throughput_hint_in_mbs);
            Ok(Source::DirectPut { throughput_hint_mib: hint })
        }
        DeliveryStreamType::KinesisStreamAsSource => {
            let given = input.kinesis_stream_source_configuration.as_ref().ok_or_else(|| {
                fault::invalid_argument("KinesisSourceStreamConfig must be given for KinesisStreamAsSource stream type.")
            })?;
            let (stream_arn, role_arn) = (given.kinesis_stream_arn.clone(), given.role_arn.clone());
            if Arn::parse(&stream_arn).is_none_or(|arn| arn.resource_after("stream").is_none()) {
                return Err(fault::invalid_argument(format!("{stream_arn} is not the ARN of a Kinesis stream.")));
            }
            Ok(Source::KinesisStream { stream_arn, role_arn, start_ms })
        }
        DeliveryStreamType::MSKAsSource => Err(fault::invalid_argument("The source MSKAsSource is not built yet.")),
        DeliveryStreamType::DatabaseAsSource => Err(fault::invalid_argument("The source DatabaseAsSource is not built yet.")),
    }
}

fn encryption(input: &CreateDeliveryStreamInput) -> Result<Option<Encryption>, Fault> {
    let Some(given) = &input.delivery_stream_encryption_configuration_input else { return Ok(None) };
    if input.kinesis_stream_source_configuration.is_some() {
        return Err(fault::invalid_argument("Server-side encryption is only applicable for DirectPut stream type."));
    }
    super::encryption::checked(given).map(Some)
}
