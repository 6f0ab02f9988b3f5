//! UPDATE_IN_PROGRESS.

use super::create;
use super::order::{self, OnFailure};
use super::resource::Stable;
use super::work::Work;
use super::{change, outputs};
use crate::api::cloudformation::{ResourceStatus, StackStatus};
use std::sync::Arc;

/// Why an update ends that was called off.
const USER: &str = "User Initiated";

/// Brings all resources to the new version, then the outputs; what is not needed any more is put aside for the clean-up.
pub(super) async fn update(work: &Arc<Work>) {
    work.resume();
    if work.stack().called_off {
        return fail(work, USER).await;
    }
    let version = work.stack().current.clone();
    let plan = match work.plan(&version).await {
        Ok(plan) => plan,
        Err(text) => return fail(work, &text).await,
    };
    if let Err(text) = create::begin(work, &plan).await {
        return fail(work, &text).await;
    }
    let failed = order::walk(
        &plan.waits,
        OnFailure::Stop,
        || work.is_cancelled(),
        |id| {
            let (work, plan) = (Arc::clone(work), &plan);
            async move { change::update(&work, plan, &id).await }
        },
    )
    .await;
    if work.stack().called_off {
        return fail(work, USER).await;
    }
    if !failed.is_empty() {
        return fail(work, &reason(work, &failed)).await;
    }
    if let Err(text) = outputs::publish(work, &plan).await {
        return fail(work, &text).await;
    }
    if work.stack().called_off {
        return fail(work, USER).await;
    }
    let imports = plan.environment().imported();
    retire(work, &|id| !plan.waits.contains_key(id));
    let gone = {
        let mut stack = work.stack();
        stack.imports = imports;
        stack.retired.iter().map(|resource| resource.logical_id.clone()).filter(|id| work.resource(id).is_none()).collect()
    };
    let changed = work.resources().keys().cloned().collect();
    work.enter_with(StackStatus::UpdateCompleteCleanupInProgress, None, (changed, gone)).await;
}

/// Puts aside the resources that are not wanted, and what others were before they were replaced.
fn retire(work: &Work, unwanted: &dyn Fn(&str) -> bool) {
    let mut retired = Vec::new();
    {
        let mut resources = work.resources();
        let (gone, stay): (Vec<_>, Vec<_>) = std::mem::take(&mut *resources).into_iter().partition(|(id, _)| unwanted(id));
        retired.extend(gone.into_iter().map(|(_, resource)| resource));
        *resources = stay.into_iter().collect();
        for resource in resources.values_mut() {
            let before = resource.before.take().map(|before| *before);
            let stable = match std::mem::take(&mut resource.stable) {
                Stable::Was(stable) if before.as_ref().is_none_or(|before| before.physical_id != stable.physical_id) => {
                    Some(*stable)
                }
                _ => None,
            };
            let others = [before, stable].into_iter().flatten().filter(|other| other.physical_id != resource.now.physical_id);
            retired.extend(others.map(|other| resource.replaced(other)));
            (resource.is_new, resource.attempted) = (false, None);
        }
    }
    work.stack().retired.extend(retired);
}

/// Names what failed, creations and changes apart.
fn reason(work: &Work, failed: &[String]) -> String {
    let is_creation = |id: &&String| work.resource(id).is_some_and(|resource| resource.status == ResourceStatus::CreateFailed);
    let (created, updated): (Vec<&String>, Vec<&String>) = failed.iter().partition(is_creation);
    let part = |what: &str, ids: Vec<&String>| {
        let ids: Vec<&str> = ids.into_iter().map(String::as_str).collect();
        (!ids.is_empty()).then(|| format!("The following resource(s) failed to {what}: [{}]. ", ids.join(", ")))
    };
    [part("create", created), part("update", updated)].into_iter().flatten().collect()
}

/// The update fails; one that was called off is always undone.
async fn fail(work: &Work, text: &str) {
    work.resume();
    let next = {
        let mut stack = work.stack();
        let called_off = std::mem::take(&mut stack.called_off);
        match (stack.options.disable_rollback && !called_off, &stack.previous) {
            (true, _) => StackStatus::UpdateFailed,
            (false, Some(_)) => StackStatus::UpdateRollbackInProgress,
            // There never was a complete version to go back to.
            (false, None) => StackStatus::RollbackInProgress,
        }
    };
    work.enter(next, Some(text.to_owned())).await;
}
