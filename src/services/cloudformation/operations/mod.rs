//! The operations, each a function of the handle, the caller and the input.

mod change_sets;
mod control;
mod describe;
mod exports;
mod prepare;
mod show;
mod stacks;
mod templates;

use super::CloudFormation;
use super::error::{Invalid, StackError};
use super::stack::Stack;
use crate::api::cloudformation::{SERVICE, op};
use crate::api::{Caller, Routes, ServiceTable};

pub(super) use stacks::create_nested;

/// Entries of a page of an answer.
const PAGE: usize = 100;

/// The operations for the gateway.
pub fn routes(service: CloudFormation) -> ServiceTable {
    Routes::new(&SERVICE, service)
        .on(op::ValidateTemplate, templates::validate_template)
        .on(op::GetTemplateSummary, templates::get_template_summary)
        .on(op::GetTemplate, templates::get_template)
        .on(op::CreateStack, stacks::create_stack)
        .on(op::UpdateStack, stacks::update_stack)
        .on(op::DeleteStack, stacks::delete_stack)
        .on(op::CancelUpdateStack, control::cancel_update_stack)
        .on(op::ContinueUpdateRollback, control::continue_update_rollback)
        .on(op::RollbackStack, control::rollback_stack)
        .on(op::UpdateTerminationProtection, control::update_termination_protection)
        .on(op::GetStackPolicy, control::get_stack_policy)
        .on(op::SetStackPolicy, control::set_stack_policy)
        .on(op::DescribeStacks, describe::describe_stacks)
        .on(op::ListStacks, describe::list_stacks)
        .on(op::DescribeStackEvents, describe::describe_stack_events)
        .on(op::DescribeStackResource, describe::describe_stack_resource)
        .on(op::DescribeStackResources, describe::describe_stack_resources)
        .on(op::ListStackResources, describe::list_stack_resources)
        .on(op::CreateChangeSet, change_sets::create_change_set)
        .on(op::DescribeChangeSet, change_sets::describe_change_set)
        .on(op::ExecuteChangeSet, change_sets::execute_change_set)
        .on(op::DeleteChangeSet, change_sets::delete_change_set)
        .on(op::ListChangeSets, change_sets::list_change_sets)
        .on(op::ListExports, exports::list_exports)
        .on(op::ListImports, exports::list_imports)
        .finish()
}

/// How an operation says that there is no such stack.
#[derive(Clone, Copy, Debug)]
enum Missing {
    /// `Stack with id X does not exist`.
    WithId,
    /// `Stack [X] does not exist`.
    InBrackets,
    /// `Stack 'X' does not exist`.
    InQuotes,
}

impl Missing {
    fn error(self, name: &str) -> StackError {
        StackError::Invalid(Invalid(match self {
            Self::WithId => format!("Stack with id {name} does not exist"),
            Self::InBrackets => format!("Stack [{name}] does not exist"),
            Self::InQuotes => format!("Stack '{name}' does not exist"),
        }))
    }
}

/// The stack that a caller names.
async fn stack(service: &CloudFormation, caller: &Caller, name: &str, missing: Missing) -> Result<Stack, StackError> {
    service.0.kept.find(&caller.scope, name).await?.ok_or_else(|| missing.error(name))
}

/// One page of a list: its entries from the token on, and the next token.
fn page<T>(all: Vec<T>, token: Option<&str>) -> Result<(Vec<T>, Option<String>), StackError> {
    let wrong = |_| StackError::Invalid(Invalid("The nextToken is not valid.".into()));
    let from: usize = token.map_or(Ok(0), str::parse).map_err(wrong)?;
    let next = from.saturating_add(PAGE);
    let more = (next < all.len()).then(|| next.to_string());
    Ok((all.into_iter().skip(from).take(PAGE).collect(), more))
}

/// A list, or nothing where it is empty.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}
