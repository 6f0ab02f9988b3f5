//! The steps of single resources: making, changing, deleting.

use super::super::error::Invalid;
use super::super::resource::{self, Failure, Properties, ResourceType, Update};
use super::plan::Plan;
use super::resource::{Resource, State};
use super::work::Work;
use crate::api::cloudformation::ResourceStatus;
use crate::base::credential::secret;
use serde_json::Value as Document;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Letters of the random part of generated names, as AWS's have.
const SUFFIX: usize = 12;

/// A length that few generated names reach, to guess the name of what a killed process may have left.
const LONGEST_NAME: usize = 128;

/// The states of a resource that comes into being.
#[derive(Clone, Copy, Debug)]
struct Coming {
    begun: ResourceStatus,
    done: ResourceStatus,
    failed: ResourceStatus,
}

const CREATION: Coming = Coming {
    begun: ResourceStatus::CreateInProgress,
    done: ResourceStatus::CreateComplete,
    failed: ResourceStatus::CreateFailed,
};

const REPLACEMENT: Coming = Coming {
    begun: ResourceStatus::UpdateInProgress,
    done: ResourceStatus::UpdateComplete,
    failed: ResourceStatus::UpdateFailed,
};

/// The end of generated names of a new resource.
fn suffix() -> String {
    secret(SUFFIX).to_uppercase()
}

/// What a plan makes of a resource: its state without physical id, or why there is none.
fn wanted(plan: &Plan, id: &str, tags: &BTreeMap<String, String>) -> Result<State, String> {
    let environment = plan.environment();
    let properties = environment.properties(id).map_err(|Invalid(text)| text)?;
    let shown = environment.masked().properties(id).map_err(|Invalid(text)| text)?;
    Ok(State {
        properties: Properties(properties),
        shown: Document::Object(shown).to_string(),
        tags: tags.clone(),
        ..State::default()
    })
}

/// A resource of the plan that is not there yet.
fn fresh(work: &Work, plan: &Plan, id: &str, is_new: bool) -> Resource {
    Resource {
        logical_id: id.to_owned(),
        kind: plan.kind(id),
        status: ResourceStatus::CreateInProgress,
        reason: None,
        updated_ms: work.clock.now_ms(),
        suffix: suffix(),
        now: State::default(),
        before: None,
        is_new,
        waits: plan.waits.get(id).cloned().unwrap_or_default(),
        policies: plan.policies(id),
        metadata: plan.metadata(id),
    }
}

/// Tells that a resource of the plan cannot be made.
pub(super) async fn refuse(work: &Work, plan: &Plan, id: &str, reason: &str) {
    let is_new = work.stack().previous.is_some();
    work.resources().insert(id.to_owned(), fresh(work, plan, id, is_new));
    work.mark(id, ResourceStatus::CreateFailed, Some(reason.to_owned()), |_| {}).await;
}

/// Makes a resource of the plan that is new to the stack; whether it could be made.
pub(super) async fn create(work: &Arc<Work>, plan: &Plan, id: &str, is_new: bool) -> bool {
    let mut resource = fresh(work, plan, id, is_new);
    match work.resource(id) {
        Some(left) if left.is_complete() => {
            plan.made(id, left.resolved());
            return true;
        }
        // The process was killed in the middle of it: what there is of it goes, and it is made again, under the same name.
        Some(mut left) => {
            if left.now.physical_id.is_none() && left.status == ResourceStatus::CreateInProgress {
                left.now.physical_id = Some(work.calls(&left, CREATION.begun).generated_name(LONGEST_NAME));
            }
            if let Err(failure) = delete_existing(work, &left).await {
                tracing::warn!(stack = work.stack().name, resource = id, %failure, "what a killed process left could not be deleted");
            }
            resource.suffix = left.suffix;
        }
        None => {}
    }
    work.resources().insert(id.to_owned(), resource);
    come(work, plan, id, CREATION, None).await
}

/// Brings a resource into being that has a place in the stack.
async fn come(work: &Arc<Work>, plan: &Plan, id: &str, states: Coming, reason: Option<String>) -> bool {
    let tags = work.stack().current.tags.clone();
    let state = match wanted(plan, id, &tags) {
        Ok(state) => state,
        Err(text) => return fail(work, id, states.failed, text).await,
    };
    let desired = state.properties.clone();
    work.mark(id, states.begun, reason, |resource| resource.now = state).await;
    let of = match checked(&plan.kind(id), &desired) {
        Ok(of) => of,
        Err(text) => return fail(work, id, states.failed, text).await,
    };
    let Some(resource) = work.resource(id) else { return false };
    let calls = work.calls(&resource, states.begun);
    match of.handler.create(&calls, &desired).await {
        Ok(made) => {
            work.mark(id, states.done, None, |resource| resource.now.take(made)).await;
            if let Some(resource) = work.resource(id) {
                plan.made(id, resource.resolved());
            }
            true
        }
        Err(failure) => {
            let text = match &resource.before {
                Some(before) if failure.is_taken() => custom_name(before),
                _ => failure.to_string(),
            };
            fail(work, id, states.failed, text).await
        }
    }
}

fn custom_name(before: &State) -> String {
    let name = before.physical_id.as_deref().unwrap_or_default();
    format!(
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename {name} and update the stack again."
    )
}

/// The type of a resource whose properties fit it.
fn checked(kind: &str, properties: &Properties) -> Result<&'static ResourceType, String> {
    let of = resource::find(kind).ok_or_else(|| format!("Resource type {kind} is not supported."))?;
    let violations = properties.violations(of);
    match violations.is_empty() {
        true => Ok(of),
        false => Err(format!("Properties validation failed for resource with message:\n{}", violations.join("\n"))),
    }
}

async fn fail(work: &Work, id: &str, status: ResourceStatus, text: String) -> bool {
    work.cancel();
    work.mark(id, status, Some(text), |_| {}).await;
    false
}

/// Brings a resource of the stack to what the plan wants of it; whether that could be done.
pub(super) async fn update(work: &Arc<Work>, plan: &Plan, id: &str) -> bool {
    let Some(resource) = work.resource(id).filter(|resource| !resource.is_new) else {
        return create(work, plan, id, true).await;
    };
    let before = resource.before.as_deref().unwrap_or(&resource.now).clone();
    let tags = work.stack().current.tags.clone();
    let state = match wanted(plan, id, &tags) {
        Ok(state) => state,
        Err(text) => return fail(work, id, ResourceStatus::UpdateFailed, text).await,
    };
    if resource.before.is_some() && resource.is_complete() && resource.now.properties == state.properties {
        // Done before the process was killed.
        plan.made(id, resource.resolved());
        return true;
    }
    let of = match checked(&resource.kind, &state.properties) {
        Ok(of) => of,
        Err(text) => return fail(work, id, ResourceStatus::UpdateFailed, text).await,
    };
    let retagged = (before.tags != state.tags).then_some(Update::InPlace);
    match state.properties.change(&before.properties, of).or(retagged) {
        None => keep(work, plan, id).await,
        Some(Update::InPlace) => change(work, plan, id, of, (before, state)).await,
        Some(Update::Replace) => replace(work, plan, resource, before).await,
    }
}

/// Nothing changes but what the stack itself remembers.
async fn keep(work: &Work, plan: &Plan, id: &str) -> bool {
    let remember = |resource: &mut Resource| {
        let waits = plan.waits.get(id).cloned().unwrap_or_default();
        let (policies, metadata) = (plan.policies(id), plan.metadata(id));
        let changed = (&resource.waits, resource.policies, &resource.metadata) != (&waits, policies, &metadata);
        (resource.waits, resource.policies, resource.metadata) = (waits, policies, metadata);
        changed
    };
    let changed = work.resources().get_mut(id).is_some_and(remember);
    if changed {
        work.save(vec![id.to_owned()], Vec::new(), Vec::new()).await;
    }
    if let Some(resource) = work.resource(id) {
        plan.made(id, resource.resolved());
    }
    true
}

async fn change(work: &Arc<Work>, plan: &Plan, id: &str, of: &ResourceType, (before, state): (State, State)) -> bool {
    let (previous, desired) = (before.properties.clone(), state.properties.clone());
    let physical_id = before.physical_id.clone().unwrap_or_default();
    let _ = keep(work, plan, id).await;
    work.mark(id, ResourceStatus::UpdateInProgress, None, |resource| {
        let State { physical_id, reference, attributes, .. } = before.clone();
        resource.now = State { physical_id, reference, attributes, ..state };
        resource.before = Some(Box::new(before));
    })
    .await;
    let Some(resource) = work.resource(id) else { return false };
    let calls = work.calls(&resource, ResourceStatus::UpdateInProgress);
    match of.handler.update(&calls, &physical_id, &previous, &desired).await {
        Ok(made) => {
            work.mark(id, ResourceStatus::UpdateComplete, None, |resource| resource.now.take(made)).await;
            if let Some(resource) = work.resource(id) {
                plan.made(id, resource.resolved());
            }
            true
        }
        Err(failure) => fail(work, id, ResourceStatus::UpdateFailed, failure.to_string()).await,
    }
}

async fn replace(work: &Arc<Work>, plan: &Plan, resource: Resource, before: State) -> bool {
    let id = resource.logical_id.clone();
    if resource.before.is_some() && resource.now.physical_id != before.physical_id && resource.exists() {
        // The process was killed while the new one was made.
        let _ = delete_existing(work, &resource).await;
    }
    if let Some(resource) = work.resources().get_mut(&id) {
        let kept = Resource { before: Some(Box::new(before)), ..fresh(work, plan, &id, false) };
        *resource = kept;
    }
    let reason = "Requested update requires the creation of a new physical resource; hence creating one.";
    come(work, plan, &id, REPLACEMENT, Some(reason.to_owned())).await
}

/// Puts a resource back to what it was before the update touched it; whether that could be done.
pub(super) async fn put_back(work: &Arc<Work>, id: &str) -> bool {
    let Some(resource) = work.resource(id) else { return true };
    let Some(before) = resource.before.as_deref().cloned() else { return true };
    let replaced = resource.now.physical_id != before.physical_id;
    if replaced {
        if resource.exists() {
            work.stack().retired.push(Resource { before: None, ..resource });
        }
        work.mark(id, ResourceStatus::UpdateComplete, None, |resource| {
            resource.now = before;
            resource.before = None;
        })
        .await;
        return true;
    }
    let Some(of) = resource::find(&resource.kind) else { return false };
    let (physical_id, current) = (before.physical_id.clone().unwrap_or_default(), resource.now.properties.clone());
    work.mark(id, ResourceStatus::UpdateInProgress, None, |resource| resource.now.tags.clone_from(&before.tags)).await;
    let Some(resource) = work.resource(id) else { return false };
    let calls = work.calls(&resource, ResourceStatus::UpdateInProgress);
    match of.handler.update(&calls, &physical_id, &current, &before.properties).await {
        Ok(made) => {
            work.mark(id, ResourceStatus::UpdateComplete, None, |resource| {
                resource.now = before;
                resource.now.take(made);
                resource.before = None;
            })
            .await;
            true
        }
        Err(failure) => {
            work.mark(id, ResourceStatus::UpdateFailed, Some(failure.to_string()), |_| {}).await;
            false
        }
    }
}

/// Deletes what a resource stands for; what is not there any more is fine.
pub(super) async fn delete_existing(work: &Arc<Work>, resource: &Resource) -> Result<(), Failure> {
    let (Some(of), Some(physical_id)) = (resource::find(&resource.kind), &resource.now.physical_id) else { return Ok(()) };
    let calls = work.calls(resource, ResourceStatus::DeleteInProgress);
    match of.handler.delete(&calls, physical_id, &resource.now.properties).await {
        Err(failure) if !failure.is_missing() => Err(failure),
        _ => Ok(()),
    }
}
