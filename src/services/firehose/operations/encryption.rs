//! StartDeliveryStreamEncryption and StopDeliveryStreamEncryption: the state is kept and told; data on the local disk stays as it is.

use super::super::Firehose;
use super::super::delivery_stream::{Encryption, Source};
use crate::api::firehose::{
    DeliveryStreamEncryptionConfigurationInput, KeyType, StartDeliveryStreamEncryptionInput, StartDeliveryStreamEncryptionOutput,
    StopDeliveryStreamEncryptionInput, StopDeliveryStreamEncryptionOutput, fault,
};
use crate::api::{Caller, Fault};

/// Switches encryption on, with AWS's key unless a customer's is given.
pub(super) async fn start_delivery_stream_encryption(
    service: Firehose,
    caller: Caller,
    input: StartDeliveryStreamEncryptionInput,
) -> Result<StartDeliveryStreamEncryptionOutput, Fault> {
    let encryption = match &input.delivery_stream_encryption_configuration_input {
        Some(given) => checked(given)?,
        None => Encryption { customer_managed: false, key_arn: None },
    };
    switch(&service, &caller, &input.delivery_stream_name, Some(encryption)).await?;
    Ok(StartDeliveryStreamEncryptionOutput::default())
}

/// Switches encryption off.
pub(super) async fn stop_delivery_stream_encryption(
    service: Firehose,
    caller: Caller,
    input: StopDeliveryStreamEncryptionInput,
) -> Result<StopDeliveryStreamEncryptionOutput, Fault> {
    switch(&service, &caller, &input.delivery_stream_name, None).await?;
    Ok(StopDeliveryStreamEncryptionOutput::default())
}

async fn switch(service: &Firehose, caller: &Caller, name: &str, to: Option<Encryption>) -> Result<(), Fault> {
    let _turn = service.control().await;
    let entry = service.require(&caller.scope, name)?;
    let mut stream = (*entry.stream()).clone();
    if !matches!(stream.source, Source::DirectPut { .. }) {
        return Err(fault::invalid_argument("Server-side encryption is only applicable for DirectPut stream type."));
    }
    stream.encryption = to;
    service.change(&entry, stream).await.map_err(|refused| refused.fault(&caller.scope))
}

/// The encryption that is asked for.
pub(super) fn checked(given: &DeliveryStreamEncryptionConfigurationInput) -> Result<Encryption, Fault> {
    let customer_managed = given.key_type == KeyType::CustomerManagedCmk;
    if customer_managed != given.key_arn.is_some() {
        return Err(fault::invalid_argument(if customer_managed {
            "KeyARN must be given for the key type CUSTOMER_MANAGED_CMK."
        } else {
            "KeyARN must not be given for the key type AWS_OWNED_CMK."
        }));
    }
    Ok(Encryption { customer_managed, key_arn: given.key_arn.clone() })
}
