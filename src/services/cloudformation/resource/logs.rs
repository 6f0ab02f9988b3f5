//! AWS::Logs::LogGroup and AWS::Logs::LogStream.

use super::calls::unless_missing;
use super::tags::TagChange;
use super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use crate::api::logs::{
    DeleteLogGroupRequest, DeleteLogStreamRequest, DeleteRetentionPolicyRequest, DescribeLogGroupsRequest,
    DescribeLogStreamsRequest, PutRetentionPolicyRequest, TagResourceRequest, UntagResourceRequest, op,
};
use async_trait::async_trait;

/// The type of groups.
pub(super) static LOG_GROUP: ResourceType = ResourceType {
    name: "AWS::Logs::LogGroup",
    properties: &[
        Property::changeable("BearerTokenAuthenticationEnabled").kept(),
        Property::changeable("DataProtectionPolicy").kept(),
        Property::changeable("DeletionProtectionEnabled").kept(),
        Property::changeable("FieldIndexPolicies").kept(),
        Property::changeable("KmsKeyId").kept(),
        Property::fixed("LogGroupClass").kept(),
        Property::fixed("LogGroupName"),
        Property::changeable("ResourcePolicyDocument").kept(),
        Property::changeable("RetentionInDays"),
        Property::changeable("Tags"),
    ],
    attributes: &["Arn"],
    handler: &LogGroup,
};

/// The type of streams.
pub(super) static LOG_STREAM: ResourceType = ResourceType {
    name: "AWS::Logs::LogStream",
    properties: &[Property::fixed("LogGroupName").required(), Property::fixed("LogStreamName")],
    attributes: &[],
    handler: &LogStream,
};

/// Longest name of a group or stream (API reference, CreateLogGroup).
const LONGEST_NAME: usize = 512;

struct LogGroup;

#[async_trait]
impl Handler for LogGroup {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let name = calls.name(desired, "LogGroupName", LONGEST_NAME);
        let mut input = desired.input(op::CreateLogGroup)?;
        input.log_group_name = name.clone();
        input.tags = Some(calls.tags(desired)?).filter(|tags| !tags.is_empty());
        calls.run(op::CreateLogGroup, input).await?;
        calls.initiated(&name).await;
        set_retention(calls, &name, desired).await?;
        Ok(made(calls, &name))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let name = calls.name(desired, "LogGroupName", LONGEST_NAME);
        let input = DescribeLogGroupsRequest { log_group_name_prefix: Some(name.clone()), limit: Some(1), ..Default::default() };
        // The name itself is the first of those that begin with it.
        let found = calls.run(op::DescribeLogGroups, input).await?.log_groups.unwrap_or_default();
        Ok(found.into_iter().filter_map(|group| group.log_group_name).filter(|found| *found == name).collect())
    }

    /// What the group itself knows, tags and retention; the rest is kept with the stack only.
    async fn update(&self, calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<Made, Failure> {
        let TagChange { wanted, gone } = TagChange::between(calls, previous, desired)?;
        let resource_arn = calls.arn("logs", format!("log-group:{id}"));
        if !gone.is_empty() {
            let input = UntagResourceRequest { resource_arn: resource_arn.clone(), tag_keys: gone };
            calls.run(op::UntagResource, input).await?;
        }
        if !wanted.is_empty() {
            calls.run(op::TagResource, TagResourceRequest { resource_arn, tags: wanted }).await?;
        }
        if desired.differs(previous, "RetentionInDays") {
            set_retention(calls, id, desired).await?;
        }
        Ok(made(calls, id))
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        calls.run(op::DeleteLogGroup, DeleteLogGroupRequest { log_group_name: id.to_owned() }).await.map(drop)
    }
}

/// Sets the retention that is desired, or none.
async fn set_retention(calls: &Calls, name: &str, desired: &Properties) -> Result<(), Failure> {
    let log_group_name = name.to_owned();
    match desired.number("RetentionInDays")? {
        Some(days) => {
            let retention_in_days = i32::try_from(days).unwrap_or(i32::MAX);
            calls.run(op::PutRetentionPolicy, PutRetentionPolicyRequest { log_group_name, retention_in_days }).await.map(drop)
        }
        None => calls.run(op::DeleteRetentionPolicy, DeleteRetentionPolicyRequest { log_group_name }).await.map(drop),
    }
}

/// The ARN ends with the asterisk of all the group's streams (template guide, Return values).
fn made(calls: &Calls, name: &str) -> Made {
    Made::new(name).with("Arn", calls.arn("logs", format!("log-group:{name}:*")))
}

struct LogStream;

#[async_trait]
impl Handler for LogStream {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let name = calls.name(desired, "LogStreamName", LONGEST_NAME);
        let mut input = desired.input(op::CreateLogStream)?;
        input.log_stream_name = name.clone();
        calls.run(op::CreateLogStream, input).await?;
        calls.initiated(&name).await;
        Ok(Made::new(name))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let name = calls.name(desired, "LogStreamName", LONGEST_NAME);
        let (log_group_name, log_stream_name_prefix) = (desired.text("LogGroupName"), Some(name.clone()));
        let input = DescribeLogStreamsRequest { log_group_name, log_stream_name_prefix, limit: Some(1), ..Default::default() };
        let found = unless_missing(calls.run(op::DescribeLogStreams, input).await)?;
        let found = found.and_then(|found| found.log_streams).unwrap_or_default();
        Ok(found.into_iter().filter_map(|stream| stream.log_stream_name).filter(|found| *found == name).collect())
    }

    /// Nothing of it changes in place.
    async fn update(&self, _: &Calls, id: &str, _: &Properties, _: &Properties) -> Result<Made, Failure> {
        Ok(Made::new(id))
    }

    async fn delete(&self, calls: &Calls, id: &str, properties: &Properties) -> Result<(), Failure> {
        let log_group_name = properties.text("LogGroupName").unwrap_or_default();
        let input = DeleteLogStreamRequest { log_group_name, log_stream_name: id.to_owned() };
        calls.run(op::DeleteLogStream, input).await.map(drop)
    }
}
