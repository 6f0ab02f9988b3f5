//! Log groups.

use super::page_by_name;
use crate::api::logs::{
    CreateLogGroupRequest, DeleteLogGroupRequest, DeleteRetentionPolicyRequest, DescribeLogGroupsRequest,
    DescribeLogGroupsResponse, LogGroup, LogGroupClass, PutRetentionPolicyRequest,
};
use crate::api::{Caller, Empty, Fault};
use crate::base::account::Scope;
use crate::services::logs::Logs;
use crate::services::logs::error::LogsError;
use crate::services::logs::group::{Group, group_arn, group_of_identifier, groups};
use crate::services::logs::retention::check_days;
use crate::store::Listing;

pub(crate) async fn create(logs: Logs, caller: Caller, input: CreateLogGroupRequest) -> Result<Empty, Fault> {
    let group = Group {
        created_ms: logs.clock.now_ms(),
        class: input.log_group_class.unwrap_or(LogGroupClass::Standard).as_str().to_owned(),
        kms_key: input.kms_key_id,
        tags: input.tags.unwrap_or_default(),
        retention_days: None,
    };
    logs.create_group(&caller.scope, &input.log_group_name, group).await?;
    Ok(Empty)
}

pub(crate) async fn delete(logs: Logs, caller: Caller, input: DeleteLogGroupRequest) -> Result<Empty, Fault> {
    logs.delete_group(&caller.scope, &input.log_group_name).await?;
    Ok(Empty)
}

pub(crate) async fn put_retention(logs: Logs, caller: Caller, input: PutRetentionPolicyRequest) -> Result<Empty, Fault> {
    let days = check_days(input.retention_in_days)?;
    set_retention(&logs, &caller.scope, &input.log_group_name, Some(days)).await
}

pub(crate) async fn delete_retention(logs: Logs, caller: Caller, input: DeleteRetentionPolicyRequest) -> Result<Empty, Fault> {
    set_retention(&logs, &caller.scope, &input.log_group_name, None).await
}

async fn set_retention(logs: &Logs, scope: &Scope, group: &str, days: Option<i32>) -> Result<Empty, Fault> {
    let change = move |group: &mut Group| {
        group.retention_days = days;
        Ok(())
    };
    logs.change_group(scope, group, change).await?;
    Ok(Empty)
}

pub(crate) async fn describe(
    logs: Logs,
    caller: Caller,
    input: DescribeLogGroupsRequest,
) -> Result<DescribeLogGroupsResponse, Fault> {
    if input.log_group_name_prefix.is_some() && input.log_group_name_pattern.is_some() {
        return Err(
            LogsError::invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.").into()
        );
    }
    let listing = Listing { prefix: input.log_group_name_prefix.clone().unwrap_or_default(), ..Listing::default() };
    let mut found: Vec<(String, Group)> = logs.store.list(&groups(&caller.scope), listing).await.map_err(LogsError::from)?;
    let pattern = input.log_group_name_pattern.unwrap_or_default().to_lowercase();
    let mut named = Vec::new();
    for identifier in input.log_group_identifiers.iter().flatten() {
        named.push(group_of_identifier(identifier)?);
    }
    found.retain(|(name, group)| {
        name.to_lowercase().contains(&pattern)
            && (named.is_empty() || named.contains(&name.as_str()))
            && input.log_group_class.is_none_or(|class| class.as_str() == group.class)
    });
    let (page, next_token) = page_by_name(found, input.next_token.as_deref(), input.limit);
    let mut described = Vec::with_capacity(page.len());
    for (name, group) in page {
        let bytes = logs.streams_of(&caller.scope, &name, "").await.unwrap_or_default().iter().map(|(_, s)| s.bytes).sum();
        described.push(entry(&caller.scope, name, group, bytes));
    }
    Ok(DescribeLogGroupsResponse { log_groups: Some(described), next_token })
}

fn entry(scope: &Scope, name: String, group: Group, stored_bytes: u64) -> LogGroup {
    let arn = group_arn(scope, &name);
    LogGroup {
        arn: Some(format!("{arn}:*")),
        log_group_arn: Some(arn),
        log_group_name: Some(name),
        creation_time: Some(group.created_ms),
        kms_key_id: group.kms_key,
        log_group_class: LogGroupClass::parse(&group.class),
        metric_filter_count: Some(0),
        retention_in_days: group.retention_days,
        stored_bytes: i64::try_from(stored_bytes).ok(),
        ..LogGroup::default()
    }
}
