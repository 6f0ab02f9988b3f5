//! Resource policies of streams and consumers: kept and shown, not enforced.

use super::super::consumer::Consumer;
use super::super::stream::Stream;
use super::super::{Kinesis, KinesisError};
use crate::api::kinesis::{DeleteResourcePolicyInput, GetResourcePolicyInput, GetResourcePolicyOutput, PutResourcePolicyInput};
use crate::api::{Caller, Empty, Fault};

pub(super) async fn put_resource_policy(kinesis: Kinesis, caller: Caller, input: PutResourcePolicyInput) -> Result<Empty, Fault> {
    let (stream, consumer) = kinesis.find_resource(&caller.scope, &input.resource_arn)?;
    let is_object =
        input.policy.trim_start().starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(&input.policy).is_ok();
    if !is_object {
        return Err(KinesisError::InvalidArgument("The policy is not a JSON object.".into()).into());
    }
    kinesis.set_policy(&stream, consumer, Some(input.policy)).await?;
    Ok(Empty)
}

/// Without a policy the answer is empty (recorded by LocalStack).
pub(super) async fn get_resource_policy(
    kinesis: Kinesis,
    caller: Caller,
    input: GetResourcePolicyInput,
) -> Result<GetResourcePolicyOutput, Fault> {
    let (stream, consumer) = kinesis.find_resource(&caller.scope, &input.resource_arn)?;
    let policy = consumer.map_or_else(|| stream.snapshot().document.policy.clone(), |consumer| consumer.policy);
    Ok(GetResourcePolicyOutput { policy })
}

pub(super) async fn delete_resource_policy(
    kinesis: Kinesis,
    caller: Caller,
    input: DeleteResourcePolicyInput,
) -> Result<Empty, Fault> {
    let (stream, consumer) = kinesis.find_resource(&caller.scope, &input.resource_arn)?;
    kinesis.set_policy(&stream, consumer, None).await?;
    Ok(Empty)
}

impl Kinesis {
    async fn set_policy(&self, stream: &Stream, consumer: Option<Consumer>, policy: Option<String>) -> Result<(), KinesisError> {
        let key = stream.key.clone();
        self.edit(stream, move |document, _| {
            *document.resource(consumer.as_ref()).ok_or_else(|| key.not_found())?.policy = policy;
            Ok(())
        })
        .await
    }
}
