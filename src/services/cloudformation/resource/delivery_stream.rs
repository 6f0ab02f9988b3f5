//! AWS::KinesisFirehose::DeliveryStream.

use super::calls::if_found;
use super::tags::TagChange;
use super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use crate::api::firehose::{
    DeleteDeliveryStreamInput, DeliveryStreamDescription, DeliveryStreamEncryptionConfigurationInput, DeliveryStreamStatus,
    DescribeDeliveryStreamInput, StartDeliveryStreamEncryptionInput, StopDeliveryStreamEncryptionInput, Tag,
    TagDeliveryStreamInput, UntagDeliveryStreamInput, UpdateDestinationInput, op,
};
use async_trait::async_trait;
use serde_json::{Map, Value as Document};

/// The type.
pub(super) static DELIVERY_STREAM: ResourceType = ResourceType {
    name: "AWS::KinesisFirehose::DeliveryStream",
    properties: &[
        Property::changeable("AmazonOpenSearchServerlessDestinationConfiguration"),
        Property::changeable("AmazonopensearchserviceDestinationConfiguration"),
        Property::fixed("DatabaseSourceConfiguration"),
        Property::changeable("DeliveryStreamEncryptionConfigurationInput"),
        Property::fixed("DeliveryStreamName"),
        Property::fixed("DeliveryStreamType"),
        Property::changeable("DirectPutSourceConfiguration"),
        Property::changeable("ElasticsearchDestinationConfiguration"),
        Property::changeable("ExtendedS3DestinationConfiguration"),
        Property::changeable("HttpEndpointDestinationConfiguration"),
        Property::changeable("IcebergDestinationConfiguration"),
        Property::fixed("KinesisStreamSourceConfiguration"),
        Property::fixed("MSKSourceConfiguration"),
        Property::changeable("RedshiftDestinationConfiguration"),
        Property::changeable("S3DestinationConfiguration"),
        Property::changeable("SnowflakeDestinationConfiguration"),
        Property::changeable("SplunkDestinationConfiguration"),
        Property::changeable("Tags"),
    ],
    attributes: &["Arn"],
    handler: &DeliveryStream,
};

/// Longest name of a delivery stream (API reference, CreateDeliveryStream).
const LONGEST_NAME: usize = 64;

/// How the properties of destinations end.
const DESTINATION: &str = "DestinationConfiguration";

/// What a search destination keeps as it was made: UpdateDestination does not take it.
const UNCHANGING: [&str; 2] = ["S3BackupMode", "VpcConfiguration"];

/// Parts of a destination that are called otherwise in an update.
const RENAMED: [(&str, &str); 2] = [("S3Configuration", "S3Update"), ("S3BackupConfiguration", "S3BackupUpdate")];

struct DeliveryStream;

#[async_trait]
impl Handler for DeliveryStream {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let name = calls.name(desired, "DeliveryStreamName", LONGEST_NAME);
        let mut input = desired.input(op::CreateDeliveryStream)?;
        input.delivery_stream_name = name.clone();
        input.tags = Some(tag_list(calls.tags(desired)?)).filter(|tags| !tags.is_empty());
        calls.run(op::CreateDeliveryStream, input).await?;
        calls.initiated(&name).await;
        active(calls, &name).await.map(|stream| made(&stream))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let name = calls.name(desired, "DeliveryStreamName", LONGEST_NAME);
        if_found(&name, describe(calls, &name).await)
    }

    async fn update(&self, calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<Made, Failure> {
        let stream = active(calls, id).await?;
        if let Some(input) = destination_update(&stream, previous, desired)? {
            calls.run(op::UpdateDestination, input).await?;
        }
        if desired.differs(previous, ENCRYPTION) {
            set_encryption(calls, id, desired).await?;
        }
        set_tags(calls, id, previous, desired).await?;
        active(calls, id).await.map(|stream| made(&stream))
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        let input = DeleteDeliveryStreamInput { delivery_stream_name: id.to_owned(), allow_force_delete: Some(true) };
        let delete = || calls.run(op::DeleteDeliveryStream, input.clone());
        calls.deleted("the delivery stream to be deleted", delete, || describe(calls, id)).await
    }

    /// A destination of another kind, in a VPC, or with another choice of what S3 gets besides needs a new delivery stream.
    fn replaces(&self, previous: &Properties, desired: &Properties) -> bool {
        match (destination(previous), destination(desired)) {
            (Some((before, was)), Some((after, is))) => {
                kind(before) != kind(after) || unchanging(after).iter().any(|part| was.get(*part) != is.get(*part))
            }
            _ => false,
        }
    }
}

const ENCRYPTION: &str = "DeliveryStreamEncryptionConfigurationInput";

fn made(stream: &DeliveryStreamDescription) -> Made {
    Made::new(&stream.delivery_stream_name).with("Arn", stream.delivery_stream_arn.as_str())
}

fn tag_list(tags: std::collections::BTreeMap<String, String>) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key, value: Some(value) }).collect()
}

/// The destination among the properties: its name without `DestinationConfiguration`, and what it says.
fn destination(properties: &Properties) -> Option<(&str, &Map<String, Document>)> {
    properties.0.iter().find_map(|(name, value)| Some((name.strip_suffix(DESTINATION)?, value.as_object()?)))
}

/// Plain and extended S3 destinations are of one kind.
fn kind(destination: &str) -> &str {
    destination.strip_prefix("Extended").unwrap_or(destination)
}

/// What an update of a destination cannot change.
fn unchanging(destination: &str) -> &'static [&'static str] {
    if destination.to_lowercase().contains("search") { &UNCHANGING } else { &[] }
}

async fn describe(calls: &Calls, name: &str) -> Result<DeliveryStreamDescription, Failure> {
    let input = DescribeDeliveryStreamInput { delivery_stream_name: name.to_owned(), ..Default::default() };
    Ok(calls.run(op::DescribeDeliveryStream, input).await?.delivery_stream_description)
}

async fn active(calls: &Calls, name: &str) -> Result<DeliveryStreamDescription, Failure> {
    let look = || async {
        let stream = describe(calls, name).await?;
        match stream.delivery_stream_status {
            DeliveryStreamStatus::Active => Ok(Some(stream)),
            DeliveryStreamStatus::CreatingFailed => {
                Err(Failure::new("NotStabilized", "The delivery stream could not be created"))
            }
            _ => Ok(None),
        }
    };
    calls.until("the delivery stream to become ACTIVE", look).await
}

/// The call that gives the delivery stream another destination of the same kind; `None` if it stays as it is.
fn destination_update(
    stream: &DeliveryStreamDescription,
    previous: &Properties,
    desired: &Properties,
) -> Result<Option<UpdateDestinationInput>, Failure> {
    let Some((kind, wanted)) = destination(desired) else { return Ok(None) };
    if destination(previous) == Some((kind, wanted)) {
        return Ok(None);
    }
    let update = Map::from_iter([(format!("{kind}DestinationUpdate"), Document::Object(as_update(kind, wanted)))]);
    let input: UpdateDestinationInput = Properties(update).input(op::UpdateDestination)?;
    Ok(Some(UpdateDestinationInput {
        delivery_stream_name: stream.delivery_stream_name.clone(),
        current_delivery_stream_version_id: stream.version_id.clone(),
        destination_id: stream.destinations.first().map(|known| known.destination_id.clone()).unwrap_or_default(),
        ..input
    }))
}

/// A destination's configuration in the words of an update.
fn as_update(kind: &str, configuration: &Map<String, Document>) -> Map<String, Document> {
    let renamed = |name: &str| RENAMED.iter().find(|(old, _)| *old == name).map_or(name, |(_, new)| new).to_owned();
    let kept = configuration.iter().filter(|(name, _)| !unchanging(kind).contains(&name.as_str()));
    kept.map(|(name, value)| (renamed(name), value.clone())).collect()
}

async fn set_encryption(calls: &Calls, name: &str, desired: &Properties) -> Result<(), Failure> {
    let delivery_stream_name = name.to_owned();
    let wanted = desired.structure(ENCRYPTION, DeliveryStreamEncryptionConfigurationInput::SCHEMA)?;
    match wanted {
        None => {
            calls.run(op::StopDeliveryStreamEncryption, StopDeliveryStreamEncryptionInput { delivery_stream_name }).await?;
        }
        wanted => {
            let input = StartDeliveryStreamEncryptionInput {
                delivery_stream_name,
                delivery_stream_encryption_configuration_input: wanted,
            };
            calls.run(op::StartDeliveryStreamEncryption, input).await?;
        }
    }
    Ok(())
}

async fn set_tags(calls: &Calls, name: &str, previous: &Properties, desired: &Properties) -> Result<(), Failure> {
    let TagChange { wanted, gone } = TagChange::between(calls, previous, desired)?;
    let delivery_stream_name = name.to_owned();
    if !gone.is_empty() {
        let input = UntagDeliveryStreamInput { delivery_stream_name: delivery_stream_name.clone(), tag_keys: gone };
        calls.run(op::UntagDeliveryStream, input).await?;
    }
    if !wanted.is_empty() {
        let input = TagDeliveryStreamInput { delivery_stream_name, tags: tag_list(wanted) };
        calls.run(op::TagDeliveryStream, input).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn properties(document: Document) -> Properties {
        let Document::Object(members) = document else { unreachable!() };
        Properties(members)
    }

    fn to_search(index: &str, backup: &str) -> Properties {
        properties(json!({"ElasticsearchDestinationConfiguration": {
            "DomainARN": "arn:aws:es:us-west-2:123456789012:domain/d", "IndexName": index, "RoleARN": "arn:aws:iam::123456789012:role/r",
            "S3BackupMode": backup, "S3Configuration": {"BucketARN": "arn:aws:s3:::b", "RoleARN": "arn:aws:iam::123456789012:role/r"}
        }}))
    }

    #[test]
    fn a_changed_destination_becomes_an_update_of_its_kind() {
        let stream = DeliveryStreamDescription { version_id: "3".into(), ..Default::default() };
        let (before, after) = (to_search("a", "AllDocuments"), to_search("b", "AllDocuments"));
        let update = destination_update(&stream, &before, &after).unwrap().unwrap();
        assert_eq!(update.current_delivery_stream_version_id, "3");
        let search = update.elasticsearch_destination_update.unwrap();
        assert_eq!(search.index_name.as_deref(), Some("b"));
        assert_eq!(search.s3_update.unwrap().bucket_arn.as_deref(), Some("arn:aws:s3:::b"));
        assert_eq!(destination_update(&stream, &after, &after), Ok(None));
    }

    #[test]
    fn another_kind_of_destination_or_backup_needs_a_new_delivery_stream() {
        let search = to_search("a", "AllDocuments");
        let s3 = |name: &str| properties(json!({name: {"BucketARN": "arn:aws:s3:::b", "RoleARN": "r"}}));
        let (plain, extended) = (s3("S3DestinationConfiguration"), s3("ExtendedS3DestinationConfiguration"));
        assert!(DeliveryStream.replaces(&search, &plain));
        assert!(DeliveryStream.replaces(&search, &to_search("a", "FailedDocumentsOnly")));
        assert!(!DeliveryStream.replaces(&search, &to_search("b", "AllDocuments")));
        assert!(!DeliveryStream.replaces(&plain, &extended));
    }
}
