//! UPDATE_ROLLBACK_IN_PROGRESS.

use super::order::{self, OnFailure, Waits};
use super::resource::Policies;
use super::work::Work;
use super::{change, outputs};
use crate::api::cloudformation::StackStatus;
use std::sync::Arc;

/// Puts all resources back to the version before; what the update made is put aside for the clean-up.
pub(super) async fn restore(work: &Arc<Work>) {
    work.resume();
    set_aside(work).await;
    let skipped = work.stack().skipped.clone();
    for id in &skipped {
        change::skip(work, id).await;
    }
    let waits: Waits = work.resources().values().map(|resource| (resource.logical_id.clone(), resource.waits.clone())).collect();
    let failed = order::walk(
        &waits,
        OnFailure::GoOn,
        || false,
        |id| {
            let work = Arc::clone(work);
            async move { change::put_back(&work, &id).await }
        },
    )
    .await;
    if !failed.is_empty() {
        let text = format!("The following resource(s) failed to update: [{}]. ", failed.join(", "));
        return work.enter(StackStatus::UpdateRollbackFailed, Some(text)).await;
    }
    let unneeded = {
        let mut stack = work.stack();
        let unneeded = stack.current.template.clone();
        if let Some(previous) = stack.previous.take() {
            stack.current = previous;
        }
        stack.skipped.clear();
        (stack.id.clone(), unneeded)
    };
    forget_imports(work).await;
    if let Err(text) = outputs::restore(work).await {
        tracing::warn!(text, "outputs of a stack could not be put back");
    }
    work.enter(StackStatus::UpdateRollbackCompleteCleanupInProgress, None).await;
    if let Err(error) = work.kept.forget_template(&work.scope, &unneeded.0, &unneeded.1).await {
        tracing::warn!(%error, "a template that is not needed any more stays in the store");
    }
}

/// The exports that only the version which failed uses are free again.
async fn forget_imports(work: &Work) {
    let version = work.stack().current.clone();
    let Ok(plan) = work.plan(&version).await else { return };
    if let Ok(imports) = plan.check() {
        work.stack().imports = imports;
    }
}

/// Puts aside what was made since the last complete version. As at the end of a creation that failed, what is to be retained stays.
async fn set_aside(work: &Work) {
    let is_new = |resource: &&super::Resource| resource.is_newer_than_stable();
    let new: Vec<String> = work.resources().values().filter(is_new).map(|r| r.logical_id.clone()).collect();
    let all = work.stack().options.retain_except_on_create;
    for id in &new {
        let Some(resource) = work.resources().remove(id) else { continue };
        let retain = resource.policies.retain && !resource.policies.except_on_create && !all;
        let policies = Policies { retain, ..resource.policies };
        let replaced = resource.before.as_deref().filter(|before| before.physical_id != resource.now.physical_id);
        let replaced =
            replaced.map(|before| super::Resource { policies: Policies::default(), ..resource.replaced(before.clone()) });
        work.stack().retired.extend(replaced);
        if resource.exists() {
            work.stack().retired.push(super::Resource { policies, before: None, ..resource });
        }
    }
    work.save(Vec::new(), new, Vec::new()).await;
}
