//! What steers stacks and their running operations: policies, protection, calling an update off, going on with a roll-back.

use super::super::CloudFormation;
use super::super::error::{Invalid, StackError};
use super::super::stack::Stack;
use super::stacks::{USER, policy};
use super::{Missing, stack};
use crate::api::cloudformation::{
    CancelUpdateStackInput, ContinueUpdateRollbackInput, ContinueUpdateRollbackOutput, GetStackPolicyInput, GetStackPolicyOutput,
    SetStackPolicyInput, StackStatus, UpdateTerminationProtectionInput, UpdateTerminationProtectionOutput,
};
use crate::api::{Caller, Empty, Fault};

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
    match service.running(&caller.scope, &stack.id) {
        Some(work) if stack.status == StackStatus::UpdateInProgress => work.cancel(),
        _ => return Err(Invalid("CancelUpdateStack cannot be called from current stack status".into()).into()),
    }
    Ok(Empty)
}

pub(super) async fn continue_update_rollback(
    service: CloudFormation,
    caller: Caller,
    input: ContinueUpdateRollbackInput,
) -> Result<ContinueUpdateRollbackOutput, Fault> {
    let stack = stack(&service, &caller, &input.stack_name, Missing::InBrackets).await?;
    go_on(&service, &caller, stack, input.resources_to_skip.unwrap_or_default()).await?;
    Ok(ContinueUpdateRollbackOutput {})
}

async fn go_on(service: &CloudFormation, caller: &Caller, stack: Stack, skipped: Vec<String>) -> Result<(), StackError> {
    let arn = stack.arn(&caller.scope);
    let change = move |stack: &mut Stack| {
        if stack.status != StackStatus::UpdateRollbackFailed {
            let status = stack.status;
            return Err(Invalid(format!("Stack:{arn} is in {status} state and can not continue rolling back an update.")).into());
        }
        stack.status = StackStatus::UpdateRollbackInProgress;
        Ok(())
    };
    let stack = service.0.kept.change(&caller.scope, &stack.id, None, change).await?;
    let mut resources = service.0.kept.resources(&caller.scope, &stack.id).await?;
    // What is skipped stays as it is, and counts as put back.
    for resource in resources.values_mut().filter(|resource| skipped.contains(&resource.logical_id)) {
        resource.before = None;
    }
    service.begin(&caller.scope, stack, resources, USER).await;
    Ok(())
}
