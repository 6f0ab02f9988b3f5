//! AWS::CloudFormation::Stack: a stack as a resource of another, made by the same operations that a client would call.

use super::calls::unless_missing;
use super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use crate::api::cloudformation::{
    Capability, ContinueUpdateRollbackInput, CreateStackInput, DeleteStackInput, DescribeStacksInput, Parameter, Stack,
    StackStatus, Tag, UpdateStackInput, op,
};
use async_trait::async_trait;
use serde_json::Value as Document;

/// The type. Its attributes are the outputs of the stack.
pub(super) static STACK: ResourceType = ResourceType {
    name: "AWS::CloudFormation::Stack",
    properties: &[
        Property::changeable("NotificationARNs"),
        Property::changeable("Parameters"),
        Property::changeable("Tags"),
        Property::changeable("TemplateURL").required(),
        Property::changeable("TimeoutInMinutes"),
    ],
    attributes: &["Outputs.*"],
    handler: &Nested,
};

/// Longest name of a stack (API reference, CreateStack).
const LONGEST_NAME: usize = 128;

/// What CloudFormation says of an update that changes nothing.
const NOTHING_TO_DO: &str = "No updates are to be performed";

/// What is waited for.
const END: &str = "the operation of the embedded stack to end";

struct Nested;

#[async_trait]
impl Handler for Nested {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let input = CreateStackInput {
            stack_name: calls.generated_name(LONGEST_NAME),
            template_url: desired.text("TemplateURL"),
            parameters: Some(parameters(desired)),
            tags: Some(tags(calls, desired)?),
            notification_arns: Some(desired.texts("NotificationARNs")?),
            timeout_in_minutes: desired.number("TimeoutInMinutes")?.and_then(|minutes| i32::try_from(minutes).ok()),
            capabilities: Some(capabilities(calls)),
            ..Default::default()
        };
        let arn = calls.create_nested_stack(input).await?;
        calls.initiated(&arn).await;
        let stack = settled(calls, &arn).await?;
        match stack.stack_status {
            StackStatus::CreateComplete => Ok(made(&arn, stack)),
            _ => Err(failed(&arn, "created", &stack)),
        }
    }

    async fn existing(&self, calls: &Calls, _: &Properties) -> Result<Vec<String>, Failure> {
        let found = describe(calls, &calls.generated_name(LONGEST_NAME)).await?;
        Ok(found.and_then(|stack| stack.stack_id).into_iter().collect())
    }

    async fn update(&self, calls: &Calls, id: &str, _: &Properties, desired: &Properties) -> Result<Made, Failure> {
        if settled(calls, id).await?.stack_status == StackStatus::UpdateRollbackFailed {
            // The outer stack goes back, or is told to go on with that.
            let input = ContinueUpdateRollbackInput { stack_name: id.to_owned(), ..Default::default() };
            calls.run(op::ContinueUpdateRollback, input).await?;
            settled(calls, id).await?;
        }
        let input = UpdateStackInput {
            stack_name: id.to_owned(),
            template_url: desired.text("TemplateURL"),
            parameters: Some(parameters(desired)),
            tags: Some(tags(calls, desired)?),
            notification_arns: Some(desired.texts("NotificationARNs")?),
            capabilities: Some(capabilities(calls)),
            ..Default::default()
        };
        match calls.run(op::UpdateStack, input).await {
            Err(failure) if failure.says(NOTHING_TO_DO) => return Ok(made(id, settled(calls, id).await?)),
            Err(failure) => return Err(failure),
            Ok(_) => {}
        }
        let stack = settled(calls, id).await?;
        match stack.stack_status {
            StackStatus::UpdateComplete => Ok(made(id, stack)),
            _ => Err(failed(id, "updated", &stack)),
        }
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        let delete = || async {
            let Some(stack) = describe(calls, id).await?.filter(|stack| stack.stack_status != StackStatus::DeleteComplete) else {
                return Ok(Some(()));
            };
            match stack.stack_status {
                StackStatus::CreateInProgress | StackStatus::RollbackInProgress => {}
                status if in_progress(status) => return Ok(None),
                _ => {}
            }
            let input = DeleteStackInput { stack_name: id.to_owned(), ..Default::default() };
            unless_missing(calls.run(op::DeleteStack, input).await)?;
            match describe(calls, id).await? {
                Some(stack) if stack.stack_status == StackStatus::DeleteFailed => Err(failed(id, "deleted", &stack)),
                Some(stack) if stack.stack_status != StackStatus::DeleteComplete => Ok(None),
                _ => Ok(Some(())),
            }
        };
        calls.until("the embedded stack to be deleted", delete).await
    }
}

fn in_progress(status: StackStatus) -> bool {
    status.as_str().ends_with("_IN_PROGRESS")
}

/// The stack with this name or ARN; a deleted one by its ARN only.
async fn describe(calls: &Calls, name: &str) -> Result<Option<Stack>, Failure> {
    let input = DescribeStacksInput { stack_name: Some(name.to_owned()), next_token: None };
    match calls.run(op::DescribeStacks, input).await {
        Ok(found) => Ok(found.stacks.into_iter().flatten().next()),
        Err(failure) if failure.says("does not exist") => Ok(None),
        Err(failure) => Err(failure),
    }
}

async fn settled(calls: &Calls, arn: &str) -> Result<Stack, Failure> {
    let look = || async {
        match describe(calls, arn).await? {
            Some(stack) => Ok(Some(stack).filter(|stack| !in_progress(stack.stack_status))),
            None => Err(Failure::new("NotFound", format!("Stack [{arn}] does not exist"))),
        }
    };
    calls.until(END, look).await
}

fn failed(arn: &str, what: &str, stack: &Stack) -> Failure {
    let (status, reason) = (stack.stack_status, stack.stack_status_reason.as_deref().unwrap_or_default());
    let reason = if reason.is_empty() { String::new() } else { format!(" with reason: {}", reason.trim()) };
    Failure::plain(format!("Embedded stack {arn} was not successfully {what}. Currently in {status}{reason}"))
}

fn made(arn: &str, stack: Stack) -> Made {
    let outputs = stack.outputs.into_iter().flatten();
    outputs.fold(Made::new(arn), |made, output| {
        let name = format!("Outputs.{}", output.output_key.unwrap_or_default());
        made.with(&name, output.output_value.unwrap_or_default())
    })
}

/// The parameters: an object of texts, numbers, and lists, which become texts with commas.
fn parameters(desired: &Properties) -> Vec<Parameter> {
    let text = |value: &Document| match value {
        Document::String(text) => text.clone(),
        Document::Array(list) => {
            let list: Vec<String> = list.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect();
            list.join(",")
        }
        other => other.to_string(),
    };
    let given = desired.get("Parameters").and_then(Document::as_object).into_iter().flatten();
    let parameter = |(key, value): (&String, &Document)| Parameter {
        parameter_key: Some(key.clone()),
        parameter_value: Some(text(value)),
        ..Parameter::default()
    };
    given.map(parameter).collect()
}

fn tags(calls: &Calls, desired: &Properties) -> Result<Vec<Tag>, Failure> {
    Ok(calls.tags(desired)?.into_iter().map(|(key, value)| Tag { key, value }).collect())
}

/// What the caller has acknowledged for the outer stack goes for the inner one.
fn capabilities(calls: &Calls) -> Vec<Capability> {
    calls.at().capabilities.iter().filter_map(|name| Capability::parse(name)).collect()
}
