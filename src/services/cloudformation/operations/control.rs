//! What steers stacks and their running operations: policies, protection, calling an update off, going on with a roll-back.

use super::super::CloudFormation;
use super::super::error::{Invalid, StackError};
use super::super::stack::{Resource, Stack};
use super::stacks::{USER, owner, policy};
use super::{Missing, stack};
use crate::api::cloudformation::{
    CancelUpdateStackInput, ContinueUpdateRollbackInput, ContinueUpdateRollbackOutput, GetStackPolicyInput, GetStackPolicyOutput,
    ResourceStatus, RollbackStackInput, RollbackStackOutput, SetStackPolicyInput, StackStatus, UpdateTerminationProtectionInput,
    UpdateTerminationProtectionOutput,
};
use crate::api::{Caller, Empty, Fault};
use std::collections::BTreeMap;

pub(super) async fn get_stack_policy(
    service: CloudFormation,
    caller: Caller,
    input: GetStackPolicyInput,
) -> Result<GetStackPolicyOutput, Fault> {
    let stack = stack(&service, &caller, &input.stack_name, Missing::WithId).await?;
    Ok(GetStackPolicyOutput { stack_policy_body: stack.policy })
}

pub(super) async fn set_stack_policy(
    service: CloudFormation,
    caller: Caller,
    input: SetStackPolicyInput,
) -> Result<Empty, Fault> {
    let stack = stack(&service, &caller, &input.stack_name, Missing::InBrackets).await?;
    if let Some(policy) = policy(&service, input.stack_policy_body, input.stack_policy_url).await? {
        adjust(&service, &caller, &stack, move |stack| stack.policy = Some(policy)).await?;
    }
    Ok(Empty)
}

pub(super) async fn update_termination_protection(
    service: CloudFormation,
    caller: Caller,
    input: UpdateTerminationProtectionInput,
) -> Result<UpdateTerminationProtectionOutput, Fault> {
    let stack = stack(&service, &caller, &input.stack_name, Missing::InBrackets).await?;
    let enabled = input.enable_termination_protection;
    adjust(&service, &caller, &stack, move |stack| stack.termination_protection = enabled).await?;
    Ok(UpdateTerminationProtectionOutput { stack_id: Some(stack.arn(&caller.scope)) })
}

/// Changes what no operation of a stack changes, whether one is running or not.
async fn adjust(
    service: &CloudFormation,
    caller: &Caller,
    stack: &Stack,
    change: impl FnOnce(&mut Stack) + Send + 'static,
) -> Result<(), StackError> {
    if let Some(work) = service.running(&caller.scope, &stack.id) {
        work.adjust(change).await;
        return Ok(());
    }
    let change = |stack: &mut Stack| {
        change(stack);
        Ok(())
    };
    service.0.kept.change(&caller.scope, &stack.id, None, change).await.map(drop)
}

pub(super) async fn cancel_update_stack(
    service: CloudFormation,
    caller: Caller,
    input: CancelUpdateStackInput,
) -> Result<Empty, Fault> {
    let stack = stack(&service, &caller, &input.stack_name, Missing::InBrackets).await?;
    if let Some(work) = service.running(&caller.scope, &stack.id)
        && work.call_off(input.client_request_token).await
    {
        return Ok(Empty);
    }
    Err(Invalid("CancelUpdateStack cannot be called from current stack status".into()).into())
}

pub(super) async fn rollback_stack(
    service: CloudFormation,
    caller: Caller,
    input: RollbackStackInput,
) -> Result<RollbackStackOutput, Fault> {
    let stack = stack(&service, &caller, &input.stack_name, Missing::InBrackets).await?;
    let arn = roll_back(&service, &caller, stack, input).await?;
    Ok(RollbackStackOutput { stack_id: Some(arn), operation_id: None })
}

/// Leads a stack that was left as it failed back to its last complete version; one that never had any loses its resources.
async fn roll_back(
    service: &CloudFormation,
    caller: &Caller,
    stack: Stack,
    input: RollbackStackInput,
) -> Result<String, StackError> {
    let (arn, owner) = (stack.arn(&caller.scope), owner(caller));
    let change = {
        let arn = arn.clone();
        move |stack: &mut Stack| {
            stack.status = match (stack.status, &stack.previous) {
                (StackStatus::UpdateFailed, Some(_)) => StackStatus::UpdateRollbackInProgress,
                (StackStatus::UpdateFailed, None) | (StackStatus::CreateFailed, _) => StackStatus::RollbackInProgress,
                (status, _) => {
                    return Err(Invalid(format!("Stack:{arn} is in {status} state and can not be rolled back.")).into());
                }
            };
            stack.options.retain_except_on_create = input.retain_except_on_create.unwrap_or_default();
            (stack.token, stack.owner) = (input.client_request_token, owner);
            Ok(())
        }
    };
    let stack = service.0.kept.change(&caller.scope, &stack.id, None, change).await?;
    let resources = service.0.kept.resources(&caller.scope, &stack.id).await?;
    service.begin(&caller.scope, stack, resources, USER).await;
    Ok(arn)
}

pub(super) async fn continue_update_rollback(
    service: CloudFormation,
    caller: Caller,
    input: ContinueUpdateRollbackInput,
) -> Result<ContinueUpdateRollbackOutput, Fault> {
    let stack = stack(&service, &caller, &input.stack_name, Missing::InBrackets).await?;
    go_on(&service, &caller, stack, input).await?;
    Ok(ContinueUpdateRollbackOutput {})
}

async fn go_on(
    service: &CloudFormation,
    caller: &Caller,
    stack: Stack,
    input: ContinueUpdateRollbackInput,
) -> Result<(), StackError> {
    let (arn, owner) = (stack.arn(&caller.scope), owner(caller));
    let resources = service.0.kept.resources(&caller.scope, &stack.id).await?;
    let skipped = input.resources_to_skip.unwrap_or_default();
    if stack.status == StackStatus::UpdateRollbackFailed {
        check_skipped(&skipped, &resources)?;
    }
    let change = move |stack: &mut Stack| {
        if stack.status != StackStatus::UpdateRollbackFailed {
            let status = stack.status;
            return Err(Invalid(format!("Stack:{arn} is in {status} state and can not continue rolling back an update.")).into());
        }
        stack.status = StackStatus::UpdateRollbackInProgress;
        stack.skipped = skipped.into_iter().collect();
        (stack.token, stack.owner) = (input.client_request_token, owner);
        Ok(())
    };
    let stack = service.0.kept.change(&caller.scope, &stack.id, None, change).await?;
    service.begin(&caller.scope, stack, resources, USER).await;
    Ok(())
}

/// Only what the roll-back could not put back can be skipped.
fn check_skipped(skipped: &[String], resources: &BTreeMap<String, Resource>) -> Result<(), Invalid> {
    let can_be = |id: &&String| resources.get(*id).is_some_and(|resource| resource.status == ResourceStatus::UpdateFailed);
    let wrong: Vec<&str> = skipped.iter().filter(|id| !can_be(id)).map(String::as_str).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let wrong = wrong.join(", ");
    Err(Invalid(format!("The following resource(s) cannot be skipped, as they are not in the UPDATE_FAILED state: [{wrong}]")))
}
