//! UPDATE_ROLLBACK_IN_PROGRESS.

use super::order::{self, OnFailure, Waits};
use super::work::Work;
use super::{outputs, step};
use crate::api::cloudformation::StackStatus;
use std::sync::Arc;

/// Puts all resources back to the version before; what the update made is put aside for the clean-up.
pub(super) async fn restore(work: &Arc<Work>) {
    work.resume();
    set_aside(work).await;
    let waits: Waits = work.resources().values().map(|resource| (resource.logical_id.clone(), resource.waits.clone())).collect();
    let failed = order::walk(
        &waits,
        OnFailure::GoOn,
        || false,
        |id| {
            let work = Arc::clone(work);
            async move { step::put_back(&work, &id).await }
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

/// Puts aside what the update made.
async fn set_aside(work: &Work) {
    let new: Vec<String> = work.resources().values().filter(|resource| resource.is_new).map(|r| r.logical_id.clone()).collect();
    for id in &new {
        let Some(resource) = work.resources().remove(id) else { continue };
        if resource.exists() {
            // What an update made and takes back is not a thing to keep.
            let policies = super::resource::Policies::default();
            work.stack().retired.push(super::Resource { policies, ..resource });
        }
    }
    work.save(Vec::new(), new, Vec::new()).await;
}
