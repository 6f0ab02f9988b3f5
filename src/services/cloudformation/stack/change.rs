//! The steps of single resources that are there already: changing them, in place or by replacement, and putting them back.

use super::super::resource::{self, Properties, ResourceType, Update};
use super::plan::Plan;
use super::resource::{Policies, Resource, State};
use super::step::{REPLACEMENT, cancelled, checked, come, create, delete_existing, fail, fresh, leave, wanted};
use super::work::Work;
use crate::api::cloudformation::ResourceStatus;
use std::collections::BTreeMap;
use std::sync::Arc;

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
    let touched = (of.takes_tags() && before.tags != state.tags) || resource.attempted.is_some();
    match state.properties.change(&before.properties, of).or(touched.then_some(Update::InPlace)) {
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
    let (previous, desired, had) = (before.properties.clone(), state.properties.clone(), before.tags.clone());
    let _ = keep(work, plan, id).await;
    work.mark(id, ResourceStatus::UpdateInProgress, None, |resource| {
        let State { physical_id, reference, attributes, .. } = before.clone();
        resource.now = State { physical_id, reference, attributes, ..state };
        resource.before = Some(Box::new(before));
    })
    .await;
    let Some(resource) = work.resource(id) else { return false };
    if let Err(text) = take_back_attempt(work, &resource, of).await {
        return fail(work, id, ResourceStatus::UpdateFailed, text).await;
    }
    match alter(work, &resource, of, (&previous, had), &desired).await {
        Ok(made) => {
            let take = |resource: &mut Resource| {
                resource.take(made);
                resource.attempted = None;
            };
            work.mark(id, ResourceStatus::UpdateComplete, None, take).await;
            if let Some(resource) = work.resource(id) {
                plan.made(id, resource.resolved());
            }
            true
        }
        Err(text) => fail(work, id, ResourceStatus::UpdateFailed, text).await,
    }
}

/// Takes back what an earlier update that failed may have made in part, so that this one begins from what the stack knows.
async fn take_back_attempt(work: &Arc<Work>, resource: &Resource, of: &ResourceType) -> Result<(), String> {
    let (Some(attempted), Some(before)) = (&resource.attempted, &resource.before) else { return Ok(()) };
    let back = Resource { now: (**before).clone(), ..resource.clone() };
    alter(work, &back, of, (&attempted.properties, attempted.tags.clone()), &before.properties).await.map(drop)
}

/// Changes in place what a resource stands for: from properties, with tags of the stack that it had, to others. `Err` is the reason.
async fn alter(
    work: &Arc<Work>,
    resource: &Resource,
    of: &ResourceType,
    (previous, had): (&Properties, BTreeMap<String, String>),
    desired: &Properties,
) -> Result<resource::Made, String> {
    let calls = work.calls(resource, ResourceStatus::UpdateInProgress, had);
    let physical_id = resource.now.physical_id.clone().unwrap_or_default();
    of.handler.update(&calls, &physical_id, previous, desired).await.map_err(|failure| match failure.is_cancelled() {
        true => cancelled(ResourceStatus::UpdateFailed),
        false => failure.to_string(),
    })
}

async fn replace(work: &Arc<Work>, plan: &Plan, resource: Resource, before: State) -> bool {
    let id = resource.logical_id.clone();
    if resource.before.is_some() && resource.now.physical_id != before.physical_id && resource.exists() {
        // The process was killed while the new one was made.
        if let Err(failure) = delete_existing(work, &resource).await {
            return leave(work, &id, ResourceStatus::UpdateFailed, &failure).await;
        }
    }
    if let Some(place) = work.resources().get_mut(&id) {
        *place = Resource { before: Some(Box::new(before)), stable: resource.stable, ..fresh(work, plan, &id, false) };
    }
    let reason = "Requested update requires the creation of a new physical resource; hence creating one.";
    come(work, plan, &id, REPLACEMENT, Some(reason.to_owned())).await
}

/// Puts a resource back to what it was in the last complete version; whether that could be done.
pub(super) async fn put_back(work: &Arc<Work>, id: &str) -> bool {
    let Some(resource) = work.resource(id) else { return true };
    let Some(target) = resource.stable_state() else { return true };
    retire_others(work, &resource, &target);
    if resource.now.physical_id != target.physical_id {
        work.mark(id, ResourceStatus::UpdateComplete, None, |resource| resource.restore(target)).await;
        return true;
    }
    let Some(of) = resource::find(&resource.kind) else { return false };
    let from = resource.attempted.as_deref().unwrap_or(&resource.now).clone();
    work.mark(id, ResourceStatus::UpdateInProgress, None, |_| {}).await;
    let resource = Resource { now: target.clone(), ..resource };
    match alter(work, &resource, of, (&from.properties, from.tags), &target.properties).await {
        Ok(made) => {
            let back = |resource: &mut Resource| {
                resource.restore(target);
                resource.take(made);
            };
            work.mark(id, ResourceStatus::UpdateComplete, None, back).await;
            true
        }
        Err(text) => {
            work.mark(id, ResourceStatus::UpdateFailed, Some(text), |_| {}).await;
            false
        }
    }
}

/// A resource that cannot be put back counts as put back, whatever it is.
pub(super) async fn skip(work: &Arc<Work>, id: &str) {
    let Some(resource) = work.resource(id) else { return };
    let Some(target) = resource.stable_state() else { return };
    retire_others(work, &resource, &target);
    work.mark(id, ResourceStatus::UpdateComplete, None, |resource| resource.restore(target)).await;
}

/// Puts aside what stood in the place of `target`: what updates made is not a thing to keep.
fn retire_others(work: &Work, resource: &Resource, target: &State) {
    let mut retired = Vec::new();
    if resource.now.physical_id != target.physical_id && resource.exists() {
        retired.push(Resource { before: None, policies: Policies::default(), ..resource.clone() });
    }
    if let Some(before) = resource.before.as_deref().filter(|before| before.physical_id != target.physical_id)
        && before.physical_id != resource.now.physical_id
    {
        retired.push(Resource { policies: Policies::default(), ..resource.replaced(before.clone()) });
    }
    work.stack().retired.extend(retired);
}
