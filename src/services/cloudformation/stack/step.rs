//! The steps of single resources: making and deleting.

use super::super::error::Invalid;
use super::super::resource::{self, Calls, Failure, Properties, ResourceType};
use super::plan::Plan;
use super::resource::{Resource, Stable, State};
use super::work::Work;
use crate::api::cloudformation::{ResourceStatus, StackStatus};
use crate::base::credential::secret;
use serde_json::Value as Document;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Letters of the random part of generated names, as AWS's have.
const SUFFIX: usize = 12;

/// The states of a resource that comes into being.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coming {
    begun: ResourceStatus,
    done: ResourceStatus,
    failed: ResourceStatus,
}

const CREATION: Coming = Coming {
    begun: ResourceStatus::CreateInProgress,
    done: ResourceStatus::CreateComplete,
    failed: ResourceStatus::CreateFailed,
};

pub(super) const REPLACEMENT: Coming = Coming {
    begun: ResourceStatus::UpdateInProgress,
    done: ResourceStatus::UpdateComplete,
    failed: ResourceStatus::UpdateFailed,
};

/// The end of generated names of a new resource.
fn suffix() -> String {
    secret(SUFFIX).to_uppercase()
}

/// What a plan makes of a resource: its state without physical id, or why there is none.
pub(super) fn wanted(plan: &Plan, id: &str, tags: &BTreeMap<String, String>) -> Result<State, String> {
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
pub(super) fn fresh(work: &Work, plan: &Plan, id: &str, is_new: bool) -> Resource {
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
        stable: Stable::AsBefore,
        attempted: None,
        intent: None,
        waits: plan.waits.get(id).cloned().unwrap_or_default(),
        policies: plan.policies(id),
        metadata: plan.metadata(id),
    }
}

/// Tells that a resource of the plan cannot be made.
pub(super) async fn refuse(work: &Work, plan: &Plan, id: &str, reason: &str) {
    let is_new = work.stack().status == StackStatus::UpdateInProgress;
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
        Some(left) => {
            if let Err(failure) = delete_existing(work, &left).await {
                return leave(work, id, CREATION.failed, &failure).await;
            }
            resource.suffix = left.suffix;
        }
        None => {}
    }
    work.resources().insert(id.to_owned(), resource);
    come(work, plan, id, CREATION, None).await
}

/// The step has failed because what a killed process left could not be deleted: it stays the stack's, whose roll-back tries again.
pub(super) async fn leave(work: &Work, id: &str, status: ResourceStatus, failure: &Failure) -> bool {
    let text = if failure.is_cancelled() { cancelled(status) } else { failure.to_string() };
    work.cancel();
    work.mark(id, status, Some(text), |_| {}).await;
    false
}

/// Brings a resource into being that has a place in the stack.
pub(super) async fn come(work: &Arc<Work>, plan: &Plan, id: &str, states: Coming, reason: Option<String>) -> bool {
    let tags = work.stack().current.tags.clone();
    let state = match wanted(plan, id, &tags) {
        Ok(state) => state,
        Err(text) => return fail(work, id, states.failed, text).await,
    };
    let desired = state.properties.clone();
    let checked = checked(&plan.kind(id), &desired);
    let intent = match &checked {
        Ok(of) => intent(work, id, of, &state).await,
        Err(_) => None,
    };
    work.mark(id, states.begun, reason, |resource| (resource.now, resource.intent) = (state, intent)).await;
    let of = match checked {
        Ok(of) => of,
        Err(text) => return fail(work, id, states.failed, text).await,
    };
    let Some(resource) = work.resource(id) else { return false };
    let calls = work.calls(&resource, states.begun, BTreeMap::new());
    match of.handler.create(&calls, &desired).await {
        Ok(made) => {
            work.mark(id, states.done, None, |resource| resource.take(made)).await;
            if let Some(resource) = work.resource(id) {
                plan.made(id, resource.resolved());
            }
            true
        }
        Err(failure) => {
            let text = match &resource.before {
                Some(before) if failure.is_taken() => custom_name(before),
                _ if failure.is_cancelled() => cancelled(states.failed),
                _ => failure.to_string(),
            };
            fail(work, id, states.failed, text).await
        }
    }
}

/// What is there already that could be mistaken for the resource which is about to be made.
async fn intent(work: &Arc<Work>, id: &str, of: &ResourceType, state: &State) -> Option<BTreeSet<String>> {
    let resource = Resource { now: state.clone(), ..work.resource(id)? };
    let calls = work.calls(&resource, ResourceStatus::CreateInProgress, BTreeMap::new());
    match of.handler.existing(&calls, &state.properties).await {
        Ok(there) => Some(there.into_iter().collect()),
        // The creation itself will say what is wrong; without a look before, nothing that is found later is taken for its work.
        Err(failure) => {
            tracing::debug!(resource = id, %failure, "what is there before a creation cannot be listed");
            None
        }
    }
}

/// Why a step did not come to its end that was called off.
pub(super) fn cancelled(failed: ResourceStatus) -> String {
    let what = if failed == ResourceStatus::UpdateFailed { "update" } else { "creation" };
    format!("Resource {what} cancelled")
}

fn custom_name(before: &State) -> String {
    let name = before.physical_id.as_deref().unwrap_or_default();
    format!(
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename {name} and update the stack again."
    )
}

/// The type of a resource whose properties fit it.
pub(super) fn checked(kind: &str, properties: &Properties) -> Result<&'static ResourceType, String> {
    let of = resource::find(kind).ok_or_else(|| format!("Resource type {kind} is not supported."))?;
    let violations = properties.violations(of);
    match violations.is_empty() {
        true => Ok(of),
        false => Err(format!("Properties validation failed for resource with message:\n{}", violations.join("\n"))),
    }
}

/// The step has failed: nothing new is begun, and what waits gives up.
pub(super) async fn fail(work: &Work, id: &str, status: ResourceStatus, text: String) -> bool {
    work.cancel();
    work.mark(id, status, Some(text), |resource| resource.intent = None).await;
    false
}

/// Deletes what a resource stands for; what is not there any more is fine.
pub(super) async fn delete_existing(work: &Arc<Work>, resource: &Resource) -> Result<(), Failure> {
    let Some(of) = resource::find(&resource.kind) else { return Ok(()) };
    let calls = work.calls(resource, ResourceStatus::DeleteInProgress, BTreeMap::new());
    for physical_id in physical_ids(of, &calls, resource).await? {
        match of.handler.delete(&calls, &physical_id, &resource.now.properties).await {
            Err(failure) if !failure.is_missing() => return Err(failure),
            _ => {}
        }
    }
    Ok(())
}

/// The physical id of a resource. Where the process was killed before it was noted, what has come into being under the resource's name
/// since its creation was about to begin.
async fn physical_ids(of: &ResourceType, calls: &Calls, resource: &Resource) -> Result<Vec<String>, Failure> {
    match (&resource.now.physical_id, &resource.intent) {
        (Some(id), _) => Ok(vec![id.clone()]),
        (None, None) => Ok(Vec::new()),
        (None, Some(there)) => {
            let found = of.handler.existing(calls, &resource.now.properties).await?;
            Ok(found.into_iter().filter(|id| !there.contains(id)).collect())
        }
    }
}
