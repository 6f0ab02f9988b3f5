//! What stacks, their events and resources look like.

use super::super::CloudFormation;
use super::super::error::{Invalid, StackError};
use super::super::stack::{Resource, Stack};
use super::{Missing, PAGE, page, show, stack};
use crate::api::cloudformation::{
    DescribeStackEventsInput, DescribeStackEventsOutput, DescribeStackResourceInput, DescribeStackResourceOutput,
    DescribeStackResourcesInput, DescribeStackResourcesOutput, DescribeStacksInput, DescribeStacksOutput,
    ListStackResourcesInput, ListStackResourcesOutput, ListStacksInput, ListStacksOutput, StackResource, StackResourceDetail,
    StackResourceSummary,
};
use crate::api::{Caller, Fault, Timestamp};

pub(super) async fn describe_stacks(
    service: CloudFormation,
    caller: Caller,
    input: DescribeStacksInput,
) -> Result<DescribeStacksOutput, Fault> {
    if let Some(name) = &input.stack_name {
        let found = stack(&service, &caller, name, Missing::WithId).await?;
        return Ok(DescribeStacksOutput { next_token: None, stacks: Some(vec![show::stack(&found, &caller.scope)]) });
    }
    let mut all = service.0.kept.stacks(&caller.scope).await.map_err(StackError::from)?;
    all.retain(|stack| !stack.is_deleted());
    all.reverse();
    let (shown, next_token) = page(all, input.next_token.as_deref())?;
    Ok(DescribeStacksOutput { next_token, stacks: Some(shown.iter().map(|found| show::stack(found, &caller.scope)).collect()) })
}

pub(super) async fn list_stacks(
    service: CloudFormation,
    caller: Caller,
    input: ListStacksInput,
) -> Result<ListStacksOutput, Fault> {
    let mut all = service.0.kept.stacks(&caller.scope).await.map_err(StackError::from)?;
    if let Some(wanted) = input.stack_status_filter.filter(|wanted| !wanted.is_empty()) {
        all.retain(|stack| wanted.contains(&stack.status));
    }
    all.reverse();
    let (shown, next_token) = page(all, input.next_token.as_deref())?;
    let stack_summaries = Some(shown.iter().map(|found| show::summary(found, &caller.scope)).collect());
    Ok(ListStacksOutput { next_token, stack_summaries })
}

pub(super) async fn describe_stack_events(
    service: CloudFormation,
    caller: Caller,
    input: DescribeStackEventsInput,
) -> Result<DescribeStackEventsOutput, Fault> {
    let found = stack(&service, &caller, &input.stack_name, Missing::InBrackets).await?;
    let events = service.0.kept.events(&caller.scope, &found.id, input.next_token.as_deref(), PAGE).await;
    let events = events.map_err(StackError::from)?;
    let next_token = (events.len() == PAGE).then(|| events.last().map(|(name, _)| name.clone())).flatten();
    let shown = events.into_iter().map(|(_, event)| show::event(event, &found, &caller.scope));
    Ok(DescribeStackEventsOutput { next_token, stack_events: Some(shown.collect()) })
}

/// The resources of a stack, by logical id.
async fn resources(service: &CloudFormation, caller: &Caller, stack: &Stack) -> Result<Vec<Resource>, StackError> {
    Ok(service.0.kept.resources(&caller.scope, &stack.id).await?.into_values().collect())
}

fn no_such_resource(id: &str, stack: &str) -> Fault {
    Invalid(format!("Resource {id} does not exist for stack {stack}")).into()
}

pub(super) async fn describe_stack_resource(
    service: CloudFormation,
    caller: Caller,
    input: DescribeStackResourceInput,
) -> Result<DescribeStackResourceOutput, Fault> {
    let found = stack(&service, &caller, &input.stack_name, Missing::InQuotes).await?;
    let all = resources(&service, &caller, &found).await?;
    let Some(resource) = all.into_iter().find(|resource| resource.logical_id == input.logical_resource_id) else {
        return Err(no_such_resource(&input.logical_resource_id, &input.stack_name));
    };
    let detail = StackResourceDetail {
        drift_information: show::drift(),
        last_updated_timestamp: Timestamp(resource.updated_ms),
        metadata: Some(resource.metadata.as_ref().map_or_else(|| "{}".to_owned(), ToString::to_string)),
        physical_resource_id: show::physical_id(&resource),
        logical_resource_id: resource.logical_id,
        resource_status: resource.status,
        resource_status_reason: resource.reason,
        resource_type: resource.kind,
        stack_id: Some(found.arn(&caller.scope)),
        stack_name: Some(found.name),
        ..StackResourceDetail::default()
    };
    Ok(DescribeStackResourceOutput { stack_resource_detail: Some(detail) })
}

pub(super) async fn describe_stack_resources(
    service: CloudFormation,
    caller: Caller,
    input: DescribeStackResourcesInput,
) -> Result<DescribeStackResourcesOutput, Fault> {
    let (found, all) = match (&input.stack_name, &input.physical_resource_id) {
        (Some(name), None) => {
            let found = stack(&service, &caller, name, Missing::WithId).await?;
            let all = resources(&service, &caller, &found).await?;
            (found, all)
        }
        (None, Some(physical_id)) => owner(&service, &caller, physical_id).await?,
        _ => return Err(Invalid("Either StackName or PhysicalResourceId must be specified.".into()).into()),
    };
    let (stack_id, wanted) = (found.arn(&caller.scope), input.logical_resource_id);
    let shown: Vec<StackResource> = all
        .into_iter()
        .filter(|resource| wanted.as_ref().is_none_or(|wanted| resource.logical_id == *wanted))
        .map(|resource| StackResource {
            drift_information: show::drift(),
            physical_resource_id: show::physical_id(&resource),
            logical_resource_id: resource.logical_id,
            resource_status: resource.status,
            resource_status_reason: resource.reason,
            resource_type: resource.kind,
            stack_id: Some(stack_id.clone()),
            stack_name: Some(found.name.clone()),
            timestamp: Timestamp(resource.updated_ms),
            ..StackResource::default()
        })
        .collect();
    match wanted.filter(|_| shown.is_empty()) {
        Some(id) => Err(no_such_resource(&id, &found.name)),
        None => Ok(DescribeStackResourcesOutput { stack_resources: Some(shown) }),
    }
}

/// The stack that a resource belongs to, with its resources.
async fn owner(service: &CloudFormation, caller: &Caller, physical_id: &str) -> Result<(Stack, Vec<Resource>), StackError> {
    for found in service.0.kept.stacks(&caller.scope).await? {
        if found.is_deleted() {
            continue;
        }
        let all = resources(service, caller, &found).await?;
        if all.iter().any(|resource| resource.now.physical_id.as_deref() == Some(physical_id)) {
            return Ok((found, all));
        }
    }
    Err(Invalid(format!("Stack for {physical_id} does not exist")).into())
}

pub(super) async fn list_stack_resources(
    service: CloudFormation,
    caller: Caller,
    input: ListStackResourcesInput,
) -> Result<ListStackResourcesOutput, Fault> {
    let found = stack(&service, &caller, &input.stack_name, Missing::WithId).await?;
    let all = resources(&service, &caller, &found).await?;
    let (shown, next_token) = page(all, input.next_token.as_deref())?;
    let summaries = shown.into_iter().map(|resource| StackResourceSummary {
        drift_information: show::drift_summary(),
        last_updated_timestamp: Timestamp(resource.updated_ms),
        physical_resource_id: show::physical_id(&resource),
        logical_resource_id: resource.logical_id,
        resource_status: resource.status,
        resource_status_reason: resource.reason,
        resource_type: resource.kind,
        ..StackResourceSummary::default()
    });
    Ok(ListStackResourcesOutput { next_token, stack_resource_summaries: Some(summaries.collect()) })
}
