//! Change sets.

use super::super::CloudFormation;
use super::super::error::{Invalid, StackError};
use super::super::stack::{ChangeSet, Options, Stack};
use super::prepare::{Prepared, Request};
use super::stacks::{USER, new_stack, not_updatable, owner};
use super::{Missing, page, show, some, stack};
use crate::api::cloudformation::{
    ChangeSetStatus, ChangeSetSummary, ChangeSetType, CreateChangeSetInput, CreateChangeSetOutput, DeleteChangeSetInput,
    DeleteChangeSetOutput, DescribeChangeSetInput, DescribeChangeSetOutput, ExecuteChangeSetInput, ExecuteChangeSetOutput,
    ExecutionStatus, ListChangeSetsInput, ListChangeSetsOutput, OnFailure, OnStackFailure, RollbackConfiguration, StackStatus,
};
use crate::api::{Caller, Fault, Timestamp};
use std::collections::BTreeMap;

/// Change sets of a stack that are kept, the latest; those of a pipeline that never deletes any would pile up.
const MOST_CHANGE_SETS: usize = 200;

/// Why a change set of type IMPORT is refused.
const NO_IMPORTS: &str = "Resources that exist already cannot be imported here: leave them out of the template and refer to them by name, or delete \
                          them and let the stack make its own by a change set of type CREATE or UPDATE.";

/// Why a change set without changes fails; clients know it by this sentence.
const NO_CHANGES: &str = "The submitted information didn't contain changes. Submit different information to create a change set.";

pub(super) async fn create_change_set(
    service: CloudFormation,
    caller: Caller,
    input: CreateChangeSetInput,
) -> Result<CreateChangeSetOutput, Fault> {
    let kind = input.change_set_type.unwrap_or(ChangeSetType::Update);
    let found = service.0.kept.find(&caller.scope, &input.stack_name).await.map_err(StackError::from)?;
    let set = match (kind, found) {
        (ChangeSetType::Import, _) => return Err(Invalid(NO_IMPORTS.into()).into()),
        (ChangeSetType::Create, Some(stack)) if stack.status != StackStatus::ReviewInProgress => {
            let (name, set) = (&input.stack_name, &input.change_set_name);
            let text = format!("Stack [{name}] already exists and cannot be created again with the changeSet [{set}].");
            return Err(Invalid(text).into());
        }
        (ChangeSetType::Create, None) => {
            let stack = new_stack(&service, &caller, &input.stack_name, StackStatus::ReviewInProgress)?;
            create(&service, &caller, input, stack, true).await?
        }
        (ChangeSetType::Update, None) => return Err(Missing::InBrackets.error(&input.stack_name).into()),
        (ChangeSetType::Update, Some(stack)) if !stack.can_be_updated() => {
            return Err(not_updatable(&stack.arn(&caller.scope), stack.status).into());
        }
        (_, Some(stack)) => create(&service, &caller, input, stack, false).await?,
    };
    let stack_id =
        Stack { id: set.stack.clone(), ..new_stack(&service, &caller, &set.stack_name, StackStatus::ReviewInProgress)? };
    Ok(CreateChangeSetOutput { id: Some(set.arn(&caller.scope)), stack_id: Some(stack_id.arn(&caller.scope)) })
}

async fn create(
    service: &CloudFormation,
    caller: &Caller,
    input: CreateChangeSetInput,
    stack: Stack,
    is_new: bool,
) -> Result<ChangeSet, StackError> {
    let sets = service.0.kept.change_sets(&caller.scope, &stack.id).await?;
    // aws-cli names its change sets by the second, and stacks here are quicker than that: one that is done with gives its name up.
    if sets.iter().any(|set| set.name == input.change_set_name && set.execution == ExecutionStatus::Available) {
        return Err(StackError::NameTaken(format!("ChangeSet {} already exists", input.change_set_name)));
    }
    let request = Request {
        template_body: input.template_body,
        template_url: input.template_url,
        use_previous_template: input.use_previous_template.unwrap_or_default(),
        parameters: input.parameters,
        capabilities: input.capabilities,
        resource_types: input.resource_types,
        tags: input.tags,
        notification_arns: input.notification_arns,
        role_arn: input.role_arn,
    };
    let (arn, name) = (stack.arn(&caller.scope), stack.name.clone());
    let is_first = stack.current.template.is_empty();
    let prepared = service.prepare(caller, request, (&name, &arn), (!is_first).then_some(&stack)).await?;
    let changes = service.changes(caller, &stack, &prepared).await?;
    let fails = changes.is_empty();
    let on_failure = match input.on_stack_failure {
        Some(OnStackFailure::DoNothing) => OnFailure::DoNothing,
        Some(OnStackFailure::Delete) => OnFailure::Delete,
        _ => OnFailure::Rollback,
    };
    let Prepared { text, version, .. } = prepared;
    let set = ChangeSet {
        id: uuid::Uuid::new_v4().to_string(),
        name: input.change_set_name,
        stack: stack.id.clone(),
        stack_name: name,
        kind: if is_first { ChangeSetType::Create } else { ChangeSetType::Update },
        description: input.description,
        created_ms: service.0.clock.now_ms(),
        status: if fails { ChangeSetStatus::Failed } else { ChangeSetStatus::CreateComplete },
        reason: fails.then(|| NO_CHANGES.to_owned()),
        execution: if fails { ExecutionStatus::Unavailable } else { ExecutionStatus::Available },
        version,
        options: Options { on_failure, disable_rollback: on_failure == OnFailure::DoNothing, ..Options::default() },
        changes: changes.resources,
        on_stack_failure: input.on_stack_failure.map(|wish| wish.to_string()),
    };
    if is_new {
        service.0.kept.create(&caller.scope, stack.clone(), Some(text), Some(set.clone())).await?;
        service.tell(&caller.scope, stack, USER.to_owned()).await;
    } else {
        prune(service, caller, &stack, &sets, &set.name).await?;
        service.0.kept.keep_change_set(&caller.scope, set.clone(), Some(text)).await?;
    }
    Ok(set)
}

/// Makes room for one more change set called `name`.
async fn prune(
    service: &CloudFormation,
    caller: &Caller,
    stack: &Stack,
    sets: &[ChangeSet],
    name: &str,
) -> Result<(), StackError> {
    let surplus = (sets.len() + 1).saturating_sub(MOST_CHANGE_SETS);
    let old = sets.iter().enumerate().filter(|(at, set)| *at < surplus || set.name == name);
    for (_, set) in old {
        let used = set.version.template == stack.current.template;
        service.0.kept.forget_change_set(&caller.scope, set, used).await?;
    }
    Ok(())
}

/// The change set that a caller names.
pub(super) async fn find(
    service: &CloudFormation,
    caller: &Caller,
    stack_name: Option<&str>,
    name: &str,
) -> Result<ChangeSet, StackError> {
    let of = match stack_name {
        Some(stack_name) => Some(stack(service, caller, stack_name, Missing::InBrackets).await?.id),
        None if name.starts_with("arn:") => None,
        None => return Err(Invalid("StackName must be specified if ChangeSetName is not specified as an ARN.".into()).into()),
    };
    let found = service.0.kept.change_set(&caller.scope, of.as_deref(), name).await?;
    found.ok_or_else(|| StackError::ChangeSetNotFound(name.to_owned()))
}

pub(super) async fn describe_change_set(
    service: CloudFormation,
    caller: Caller,
    input: DescribeChangeSetInput,
) -> Result<DescribeChangeSetOutput, Fault> {
    let set = find(&service, &caller, input.stack_name.as_deref(), &input.change_set_name).await?;
    let stack_id = stack_arn(&service, &caller, &set).await?;
    let (id, version) = (set.arn(&caller.scope), &set.version);
    let (changes, next_token) = page(set.changes, input.next_token.as_deref())?;
    Ok(DescribeChangeSetOutput {
        capabilities: Some(show::capabilities(version)),
        change_set_id: Some(id),
        change_set_name: Some(set.name),
        changes: Some(changes),
        creation_time: Some(Timestamp(set.created_ms)),
        description: set.description,
        execution_status: Some(set.execution),
        include_nested_stacks: Some(false),
        next_token,
        notification_arns: Some(version.notification_arns.clone()),
        on_stack_failure: set.on_stack_failure.as_deref().and_then(OnStackFailure::parse),
        parameters: show::parameters(&version.parameters),
        rollback_configuration: Some(RollbackConfiguration::default()),
        stack_id: Some(stack_id),
        stack_name: Some(set.stack_name),
        status: Some(set.status),
        status_reason: set.reason,
        tags: some(show::tags(version)),
        ..DescribeChangeSetOutput::default()
    })
}

async fn stack_arn(_: &CloudFormation, caller: &Caller, set: &ChangeSet) -> Result<String, StackError> {
    let resource = format!("stack/{}/{}", set.stack_name, set.stack);
    Ok(crate::base::arn::Arn::of("cloudformation", &caller.scope, resource).to_string())
}

pub(super) async fn execute_change_set(
    service: CloudFormation,
    caller: Caller,
    input: ExecuteChangeSetInput,
) -> Result<ExecuteChangeSetOutput, Fault> {
    let set = find(&service, &caller, input.stack_name.as_deref(), &input.change_set_name).await?;
    execute(&service, &caller, set, input).await?;
    Ok(ExecuteChangeSetOutput {})
}

async fn execute(
    service: &CloudFormation,
    caller: &Caller,
    set: ChangeSet,
    input: ExecuteChangeSetInput,
) -> Result<(), StackError> {
    let arn = set.arn(&caller.scope);
    if set.status != ChangeSetStatus::CreateComplete {
        return Err(StackError::NotExecutable(arn, set.status.to_string()));
    }
    if set.execution != ExecutionStatus::Available {
        return Err(StackError::NotExecutable(arn, set.execution.to_string()));
    }
    let stack_id = stack_arn(service, caller, &set).await?;
    let before = stack(service, caller, &stack_id, Missing::InBrackets).await?;
    let (executed, version) = (arn, set.version.clone());
    let mut options =
        Options { retain_except_on_create: input.retain_except_on_create.unwrap_or_default(), ..set.options.clone() };
    if input.disable_rollback == Some(true) {
        (options.disable_rollback, options.on_failure) = (true, OnFailure::DoNothing);
    }
    let token = input.client_request_token;
    if before.status == StackStatus::ReviewInProgress {
        let (owner, now_ms) = (owner(caller), service.0.clock.now_ms());
        let change = move |stack: &mut Stack| {
            if stack.status != StackStatus::ReviewInProgress {
                return Err(not_updatable(&executed, stack.status));
            }
            stack.status = StackStatus::CreateInProgress;
            (stack.current, stack.options, stack.owner, stack.token) = (version, options, owner, token);
            (stack.change_set, stack.updated_ms) = (Some(executed), Some(now_ms));
            Ok(())
        };
        let stack = service.0.kept.change(&caller.scope, &before.id, None, change).await?;
        service.begin(&caller.scope, stack, BTreeMap::new(), USER).await;
    } else {
        let change = move |stack: &mut Stack| {
            (stack.options.disable_rollback, stack.token) = (options.disable_rollback, token);
            stack.change_set = Some(executed);
        };
        service.begin_update(caller, &before, (version, String::new()), change).await?;
    }
    outdate(service, caller, &set).await
}

/// The change set is done, and the others of its stack speak of a stack that is no more.
async fn outdate(service: &CloudFormation, caller: &Caller, executed: &ChangeSet) -> Result<(), StackError> {
    for mut set in service.0.kept.change_sets(&caller.scope, &executed.stack).await? {
        let execution = if set.id == executed.id { ExecutionStatus::ExecuteComplete } else { ExecutionStatus::Obsolete };
        if set.execution == ExecutionStatus::Available {
            set.execution = execution;
            service.0.kept.keep_change_set(&caller.scope, set, None).await?;
        }
    }
    Ok(())
}

pub(super) async fn delete_change_set(
    service: CloudFormation,
    caller: Caller,
    input: DeleteChangeSetInput,
) -> Result<DeleteChangeSetOutput, Fault> {
    match find(&service, &caller, input.stack_name.as_deref(), &input.change_set_name).await {
        Ok(set) => {
            let arn = stack_arn(&service, &caller, &set).await?;
            let stack = stack(&service, &caller, &arn, Missing::InBrackets).await?;
            let in_use = |version: &super::super::stack::Version| version.template == set.version.template;
            let used = in_use(&stack.current) || stack.previous.as_ref().is_some_and(in_use);
            service.0.kept.forget_change_set(&caller.scope, &set, used).await.map_err(StackError::from)?;
        }
        // What is not there is deleted.
        Err(StackError::ChangeSetNotFound(_)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(DeleteChangeSetOutput {})
}

pub(super) async fn list_change_sets(
    service: CloudFormation,
    caller: Caller,
    input: ListChangeSetsInput,
) -> Result<ListChangeSetsOutput, Fault> {
    let found = stack(&service, &caller, &input.stack_name, Missing::InBrackets).await?;
    let all = service.0.kept.change_sets(&caller.scope, &found.id).await.map_err(StackError::from)?;
    let (shown, next_token) = page(all, input.next_token.as_deref())?;
    let summaries = shown.into_iter().map(|set| ChangeSetSummary {
        change_set_id: Some(set.arn(&caller.scope)),
        change_set_name: Some(set.name),
        creation_time: Some(Timestamp(set.created_ms)),
        description: set.description,
        execution_status: Some(set.execution),
        include_nested_stacks: Some(false),
        stack_id: Some(found.arn(&caller.scope)),
        stack_name: Some(set.stack_name),
        status: Some(set.status),
        status_reason: set.reason,
        ..ChangeSetSummary::default()
    });
    Ok(ListChangeSetsOutput { next_token, summaries: Some(summaries.collect()) })
}
