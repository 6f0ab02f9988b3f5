//! What deletes: clean-ups, roll-backs of creations, deletions of stacks.

use super::order::{self, OnFailure, Waits, reversed};
use super::resource::Resource;
use super::step;
use super::work::Work;
use crate::api::cloudformation::{ResourceStatus, StackStatus};
use std::sync::Arc;

/// Deletes what the update has put aside, then enters `end`. What cannot be deleted is told in an event and left.
pub(super) async fn clean_up(work: &Arc<Work>, end: StackStatus) {
    work.resume();
    clean_up_retired(work).await;
    let unneeded = {
        let mut stack = work.stack();
        stack.token = None;
        stack.previous.take().map(|previous| (stack.id.clone(), previous.template, stack.current.template.clone()))
    };
    work.enter(end, None).await;
    if let Some((id, old, current)) = unneeded
        && old != current
        && let Err(error) = work.kept.forget_template(&work.scope, &id, &old).await
    {
        tracing::warn!(%error, "a template that is not needed any more stays in the store");
    }
}

/// Deletes what is put aside, users before what they use.
async fn clean_up_retired(work: &Arc<Work>) {
    let retired = work.stack().retired.clone();
    let waits: Waits = retired.iter().map(|resource| (resource.logical_id.clone(), resource.waits.clone())).collect();
    let _ = order::walk(
        &reversed(&waits),
        OnFailure::GoOn,
        || false,
        |id| {
            let (work, all) = (Arc::clone(work), &retired);
            async move {
                // A resource may have been replaced more than once.
                for resource in all.iter().filter(|resource| resource.logical_id == id) {
                    remove_retired(&work, resource).await;
                }
                true
            }
        },
    )
    .await;
}

async fn remove_retired(work: &Arc<Work>, resource: &Resource) {
    let tell = async |status, reason| {
        let event = work.event(resource, status, reason);
        work.save(Vec::new(), Vec::new(), vec![event]).await;
    };
    if resource.policies.retain && resource.exists() {
        tell(ResourceStatus::DeleteSkipped, None).await;
    } else if resource.exists() {
        tell(ResourceStatus::DeleteInProgress, None).await;
        match step::delete_existing(work, resource).await {
            Ok(()) => tell(ResourceStatus::DeleteComplete, None).await,
            Err(failure) => tell(ResourceStatus::DeleteFailed, Some(failure.to_string())).await,
        }
    }
    let physical_id = &resource.now.physical_id;
    work.stack().retired.retain(|other| other.logical_id != resource.logical_id || other.now.physical_id != *physical_id);
}

/// ROLLBACK_IN_PROGRESS: deletes what a failed creation made.
pub(super) async fn roll_back_creation(work: &Arc<Work>) {
    work.resume();
    let all = work.stack().options.retain_except_on_create;
    let stays = move |resource: &Resource| resource.policies.retain && !resource.policies.except_on_create && !all;
    let failed = delete_resources(work, &stays).await;
    if work.is_unwanted() {
        return;
    }
    work.stack().imports.clear();
    clean_up_retired(work).await;
    match failed {
        None => work.enter(StackStatus::RollbackComplete, None).await,
        Some(text) => work.enter(StackStatus::RollbackFailed, Some(text)).await,
    }
}

/// DELETE_IN_PROGRESS.
pub(super) async fn delete(work: &Arc<Work>) {
    work.resume();
    clean_up_retired(work).await;
    let retained = work.stack().retained.clone();
    let stays = move |resource: &Resource| resource.policies.retain || retained.contains(&resource.logical_id);
    if let Some(text) = delete_resources(work, &stays).await {
        return work.enter(StackStatus::DeleteFailed, Some(text)).await;
    }
    let stack = work.stack().clone();
    if let Err(error) = work.kept.export(&work.scope, &stack, std::collections::BTreeMap::new()).await {
        return work.enter(StackStatus::DeleteFailed, Some(error.to_string())).await;
    }
    work.enter(StackStatus::DeleteComplete, None).await;
    let stack = work.stack().clone();
    if let Err(error) = work.kept.release(&work.scope, &stack, work.clock.now_ms()).await {
        tracing::error!(%error, stack = stack.name, "the name of a deleted stack is not free");
    }
}

/// Deletes the resources of the stack, users before what they use; says what could not be deleted.
async fn delete_resources(work: &Arc<Work>, stays: &(dyn Fn(&Resource) -> bool + Send + Sync)) -> Option<String> {
    let waits: Waits = work.resources().values().map(|resource| (resource.logical_id.clone(), resource.waits.clone())).collect();
    let failed = order::walk(
        &reversed(&waits),
        OnFailure::GoOn,
        || false,
        |id| {
            let work = Arc::clone(work);
            async move { remove(&work, &id, stays).await }
        },
    )
    .await;
    (!failed.is_empty()).then(|| format!("The following resource(s) failed to delete: [{}]. ", failed.join(", ")))
}

async fn remove(work: &Arc<Work>, id: &str, stays: &(dyn Fn(&Resource) -> bool + Send + Sync)) -> bool {
    let Some(resource) = work.resource(id).filter(Resource::exists) else { return true };
    if stays(&resource) {
        work.mark(id, ResourceStatus::DeleteSkipped, None, |_| {}).await;
        return true;
    }
    work.mark(id, ResourceStatus::DeleteInProgress, None, |_| {}).await;
    match step::delete_existing(work, &resource).await {
        Ok(()) => {
            work.mark(id, ResourceStatus::DeleteComplete, None, |resource| resource.intent = None).await;
            true
        }
        Err(failure) => {
            work.mark(id, ResourceStatus::DeleteFailed, Some(failure.to_string()), |_| {}).await;
            let stack = work.stack();
            stack.status == StackStatus::DeleteInProgress && stack.forced
        }
    }
}
