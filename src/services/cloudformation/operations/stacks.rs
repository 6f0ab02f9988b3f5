//! CreateStack, UpdateStack and DeleteStack.

use super::super::CloudFormation;
use super::super::error::{Invalid, StackError};
use super::super::stack::{Options, Owner, Resource, Stack, Version};
use super::prepare::Request;
use super::{Missing, stack};
use crate::api::cloudformation::{
    CreateStackInput, CreateStackOutput, DeleteStackInput, DeletionMode, OnFailure, ResourceStatus, StackStatus,
    UpdateStackInput, UpdateStackOutput,
};
use crate::api::{Caller, Empty, Fault};
use std::collections::BTreeMap;

/// Longest name of a stack (API reference, CreateStack).
const LONGEST_NAME: usize = 128;

/// Longest stack policy in bytes (API reference, SetStackPolicy).
const LONGEST_POLICY: usize = 16_384;

/// Most stacks in one another: a template that embeds itself comes to an end. AWS names no number.
const MOST_NESTED: usize = 10;

/// Why an operation began.
pub(super) const USER: &str = "User Initiated";

/// A stack that has just been asked for.
pub(super) fn new_stack(service: &CloudFormation, caller: &Caller, name: &str, status: StackStatus) -> Result<Stack, StackError> {
    let begins = name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
    if !begins || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(Invalid(format!(
            "1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular \
             expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*"
        ))
        .into());
    }
    if name.len() > LONGEST_NAME {
        return Err(Invalid(format!(
            "1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: Member must have length less than or \
             equal to {LONGEST_NAME}"
        ))
        .into());
    }
    Ok(Stack {
        id: uuid::Uuid::new_v4().to_string(),
        name: name.to_owned(),
        status,
        reason: None,
        created_ms: service.0.clock.now_ms(),
        updated_ms: None,
        deleted_ms: None,
        current: Version::default(),
        previous: None,
        options: Options::default(),
        termination_protection: false,
        policy: None,
        change_set: None,
        outputs: Vec::new(),
        imports: std::collections::BTreeSet::new(),
        retired: Vec::new(),
        retained: std::collections::BTreeSet::new(),
        forced: false,
        skipped: std::collections::BTreeSet::new(),
        called_off: false,
        unwanted: false,
        token: None,
        creation_token: None,
        owner: owner(caller),
        outer: Vec::new(),
        events: 0,
    })
}

pub(super) fn owner(caller: &Caller) -> Owner {
    Owner { access_key: caller.access_key.clone(), endpoint: caller.endpoint.to_string() }
}

pub(super) async fn create_stack(
    service: CloudFormation,
    caller: Caller,
    input: CreateStackInput,
) -> Result<CreateStackOutput, Fault> {
    Ok(CreateStackOutput { stack_id: Some(create(&service, &caller, input, Vec::new()).await?), operation_id: None })
}

/// Creates a stack that is part of those with the ARNs of `outer`, the outermost first.
pub(in super::super) async fn create_nested(
    service: &CloudFormation,
    caller: &Caller,
    input: CreateStackInput,
    outer: Vec<String>,
) -> Result<String, Fault> {
    if outer.len() >= MOST_NESTED {
        return Err(Invalid(format!("Stacks can be nested {MOST_NESTED} deep at most.")).into());
    }
    Ok(create(service, caller, input, outer).await?)
}

async fn create(
    service: &CloudFormation,
    caller: &Caller,
    input: CreateStackInput,
    outer: Vec<String>,
) -> Result<String, StackError> {
    let mut stack = new_stack(service, caller, &input.stack_name, StackStatus::CreateInProgress)?;
    stack.outer = outer;
    if let Some(existing) = service.0.kept.find(&caller.scope, &input.stack_name).await? {
        return match &input.client_request_token {
            // The same call again.
            Some(token) if existing.creation_token.as_ref() == Some(token) => Ok(existing.arn(&caller.scope)),
            _ => Err(StackError::AlreadyExists(input.stack_name)),
        };
    }
    if input.on_failure.is_some() && input.disable_rollback.is_some() {
        return Err(Invalid("You can specify either DisableRollback or OnFailure, but not both.".into()).into());
    }
    stack.policy = policy(service, input.stack_policy_body, input.stack_policy_url).await?;
    let request = Request {
        template_body: input.template_body,
        template_url: input.template_url,
        parameters: input.parameters,
        capabilities: input.capabilities,
        resource_types: input.resource_types,
        tags: input.tags,
        notification_arns: input.notification_arns,
        role_arn: input.role_arn,
        ..Request::default()
    };
    let arn = stack.arn(&caller.scope);
    let prepared = service.prepare(caller, request, (&stack.name, &arn), None).await?;
    let disabled = input.disable_rollback.unwrap_or_default();
    let on_failure = input.on_failure.unwrap_or(if disabled { OnFailure::DoNothing } else { OnFailure::Rollback });
    stack.options = Options {
        disable_rollback: disabled || on_failure == OnFailure::DoNothing,
        on_failure,
        timeout_minutes: input.timeout_in_minutes,
        retain_except_on_create: input.retain_except_on_create.unwrap_or_default(),
    };
    stack.termination_protection = input.enable_termination_protection.unwrap_or_default();
    stack.current = prepared.version;
    stack.token.clone_from(&input.client_request_token);
    stack.creation_token = input.client_request_token;
    service.0.kept.create(&caller.scope, stack.clone(), Some(prepared.text), None).await?;
    service.begin(&caller.scope, stack, BTreeMap::new(), USER).await;
    Ok(arn)
}

/// The refusal of a stack in the wrong state.
pub(super) fn not_updatable(arn: &str, status: StackStatus) -> StackError {
    Invalid(format!("Stack:{arn} is in {status} state and can not be updated.")).into()
}

pub(super) async fn update_stack(
    service: CloudFormation,
    caller: Caller,
    input: UpdateStackInput,
) -> Result<UpdateStackOutput, Fault> {
    Ok(UpdateStackOutput { stack_id: Some(update(&service, &caller, input).await?), operation_id: None })
}

async fn update(service: &CloudFormation, caller: &Caller, input: UpdateStackInput) -> Result<String, StackError> {
    let before = stack(service, caller, &input.stack_name, Missing::InBrackets).await?;
    let arn = before.arn(&caller.scope);
    if !before.can_be_updated() {
        return Err(not_updatable(&arn, before.status));
    }
    let policy = policy(service, input.stack_policy_body, input.stack_policy_url).await?;
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
    let prepared = service.prepare(caller, request, (&before.name, &arn), Some(&before)).await?;
    let unfinished = matches!(before.status, StackStatus::UpdateFailed | StackStatus::CreateFailed);
    if service.changes(caller, &before, &prepared).await?.is_empty() && !unfinished && policy.is_none() {
        return Err(Invalid("No updates are to be performed.".into()).into());
    }
    let disabled = input.disable_rollback.unwrap_or_default();
    let retain_except_on_create = input.retain_except_on_create.unwrap_or_default();
    let (token, version) = (input.client_request_token, prepared.version);
    service
        .begin_update(caller, &before, (version, prepared.text), move |stack| {
            (stack.options.disable_rollback, stack.options.retain_except_on_create) = (disabled, retain_except_on_create);
            stack.token = token;
            if policy.is_some() {
                stack.policy = policy;
            }
        })
        .await?;
    Ok(arn)
}

impl CloudFormation {
    /// Starts an update of a stack to a version, whose template may be kept already (an empty text).
    pub(super) async fn begin_update(
        &self,
        caller: &Caller,
        before: &Stack,
        (version, text): (Version, String),
        change: impl FnOnce(&mut Stack) + Send + 'static,
    ) -> Result<(), StackError> {
        let (arn, now_ms, owner) = (before.arn(&caller.scope), self.0.clock.now_ms(), owner(caller));
        let template = (!text.is_empty()).then(|| (version.template.clone(), text));
        let resources = self.0.kept.resources(&caller.scope, &before.id).await?;
        let leftovers: Vec<Resource> = resources.values().filter_map(Resource::leftover).collect();
        let stack = self
            .0
            .kept
            .change(&caller.scope, &before.id, template, move |stack| {
                // Another call may have been faster.
                if !stack.can_be_updated() {
                    return Err(not_updatable(&arn, stack.status));
                }
                let replaced = std::mem::replace(&mut stack.current, version);
                // After an update that was left as it failed, the version before that one is still the last complete one.
                if !matches!(stack.status, StackStatus::CreateFailed | StackStatus::UpdateFailed) {
                    stack.previous = Some(replaced);
                }
                (stack.status, stack.called_off) = (StackStatus::UpdateInProgress, false);
                stack.updated_ms = Some(now_ms);
                stack.owner = owner;
                stack.retired.extend(leftovers);
                change(stack);
                Ok(())
            })
            .await?;
        let resources = resources.into_iter().map(|(id, resource)| (id, resource.settled())).collect();
        self.begin(&caller.scope, stack, resources, USER).await;
        Ok(())
    }
}

pub(super) async fn delete_stack(service: CloudFormation, caller: Caller, input: DeleteStackInput) -> Result<Empty, Fault> {
    delete(&service, &caller, input).await?;
    Ok(Empty)
}

async fn delete(service: &CloudFormation, caller: &Caller, input: DeleteStackInput) -> Result<(), StackError> {
    use StackStatus::{CreateInProgress, DeleteFailed, DeleteInProgress, RollbackInProgress};
    let Some(stack) = service.0.kept.find(&caller.scope, &input.stack_name).await? else { return Ok(()) };
    if stack.is_deleted() || stack.status == DeleteInProgress {
        return Ok(());
    }
    if stack.termination_protection {
        let name = &stack.name;
        return Err(Invalid(format!("Stack [{name}] cannot be deleted while TerminationProtection is enabled")).into());
    }
    let retained = input.retain_resources.unwrap_or_default();
    let forced = input.deletion_mode == Some(DeletionMode::ForceDeleteStack);
    if stack.status != DeleteFailed {
        only_after_failure(&stack.arn(&caller.scope), forced, !retained.is_empty())?;
    }
    if matches!(stack.status, CreateInProgress | RollbackInProgress) && service.abandon(&caller.scope, &stack.id).await {
        return Ok(());
    }
    if stack.is_in_progress() {
        let (arn, status) = (stack.arn(&caller.scope), stack.status);
        return Err(Invalid(format!("Stack [{arn}] cannot be deleted while in status {status}")).into());
    }
    if let Some((export, user)) = export_in_use(service, caller, &stack).await? {
        let reason = format!("Delete canceled. Cannot delete export {export} as it is in use by {user}.");
        service.tell(&caller.scope, stack, reason).await;
        return Ok(());
    }
    let resources = service.0.kept.resources(&caller.scope, &stack.id).await?;
    check_retained(&retained, &resources)?;
    let (now_ms, token, owner) = (service.0.clock.now_ms(), input.client_request_token, owner(caller));
    let arn = stack.arn(&caller.scope);
    let stack = service
        .0
        .kept
        .change(&caller.scope, &stack.id, None, move |stack| {
            if stack.is_in_progress() {
                return Err(not_updatable(&arn, stack.status));
            }
            stack.status = DeleteInProgress;
            stack.deleted_ms = Some(now_ms);
            (stack.retained, stack.forced) = (retained.into_iter().collect(), forced);
            (stack.token, stack.owner) = (token, owner);
            Ok(())
        })
        .await?;
    service.begin(&caller.scope, stack, resources, USER).await;
    Ok(())
}

/// What helps a deletion that has failed cannot be given before.
fn only_after_failure(arn: &str, forced: bool, retains: bool) -> Result<(), Invalid> {
    let what = match (forced, retains) {
        (true, _) => "activate DeletionMode FORCE_DELETE_STACK in a delete stack operation",
        (false, true) => "specify the resources to retain in a delete stack operation",
        (false, false) => return Ok(()),
    };
    let when = "only when the stack is in the DELETE_FAILED state";
    Err(Invalid(format!("Invalid operation on stack [{arn}]. You can {what} {when}.")))
}

/// Only what is still there can be retained.
fn check_retained(retained: &[String], resources: &BTreeMap<String, Resource>) -> Result<(), Invalid> {
    let unknown: Vec<&str> = retained.iter().filter(|id| !resources.contains_key(*id)).map(String::as_str).collect();
    if !unknown.is_empty() {
        let unknown = unknown.join(", ");
        return Err(Invalid(format!("The specified resources to retain are not in the stack: [{unknown}]")));
    }
    match retained.iter().any(|id| resources.get(id).is_some_and(|resource| resource.status == ResourceStatus::DeleteComplete)) {
        true => Err(Invalid(
            "The specified resources to retain must be in a valid state. Do not specify resources that are in the DELETE_COMPLETE state."
                .into(),
        )),
        false => Ok(()),
    }
}

/// An export of the stack that another one uses, with the other's name.
async fn export_in_use(service: &CloudFormation, caller: &Caller, stack: &Stack) -> Result<Option<(String, String)>, StackError> {
    for export in stack.outputs.iter().filter_map(|output| output.export.as_ref()) {
        let users = service.0.kept.importers(&caller.scope, export).await?;
        if let Some(user) = users.into_iter().find(|user| *user != stack.name) {
            return Ok(Some((export.clone(), user)));
        }
    }
    Ok(None)
}

/// A stack policy: a JSON object.
pub(super) async fn policy(
    service: &CloudFormation,
    body: Option<String>,
    url: Option<String>,
) -> Result<Option<String>, StackError> {
    let text = match (body, url) {
        (Some(_), Some(_)) => return Err(Invalid("You cannot specify both StackPolicyURL and StackPolicyBody".into()).into()),
        (Some(body), None) => body,
        (None, Some(url)) => service.template_text(None, Some(url)).await?,
        (None, None) => return Ok(None),
    };
    let is_policy = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text)
        .is_ok_and(|policy| policy.get("Statement").is_some_and(serde_json::Value::is_array));
    if !is_policy || text.len() > LONGEST_POLICY {
        return Err(Invalid("Error validating stack policy: Invalid stack policy".into()).into());
    }
    Ok(Some(text))
}
