//! UPDATE_IN_PROGRESS.

use super::create;
use super::order::{self, OnFailure};
use super::work::Work;
use super::{outputs, step};
use crate::api::cloudformation::{ResourceStatus, StackStatus};
use std::sync::Arc;

/// Brings all resources to the new version, then the outputs; what is not needed any more is put aside for the clean-up.
pub(super) async fn update(work: &Arc<Work>) {
    work.resume();
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
            async move { step::update(&work, plan, &id).await }
        },
    )
    .await;
    if !failed.is_empty() {
        return fail(work, &reason(work, &failed)).await;
    }
    if work.is_cancelled() {
        return fail(work, "User Initiated").await;
    }
    if let Err(text) = outputs::publish(work, &plan).await {
        return fail(work, &text).await;
    }
    let imports = plan.environment().imported();
    retire(work, &|id| !plan.waits.contains_key(id));
    let gone = {
        let mut stack = work.stack();
        stack.imports = imports;
        stack.retired.iter().map(|resource| resource.logical_id.clone()).filter(|id| work.resource(id).is_none()).collect()
    };
    let changed = work.resources().keys().cloned().collect();
    work.save(changed, gone, Vec::new()).await;
    work.enter(StackStatus::UpdateCompleteCleanupInProgress, None).await;
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
            let Some(before) = resource.before.take() else { continue };
            if before.physical_id != resource.now.physical_id {
                // Of what is replaced the policy for replacements decides.
                let mut policies = resource.policies;
                policies.retain = policies.retain_replaced;
                retired.push(super::Resource { now: *before, policies, ..resource.clone() });
            }
        }
        resources.values_mut().for_each(|resource| resource.is_new = false);
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

async fn fail(work: &Work, text: &str) {
    work.resume();
    let keeps = work.stack().options.disable_rollback;
    let next = if keeps { StackStatus::UpdateFailed } else { StackStatus::UpdateRollbackInProgress };
    work.enter(next, Some(text.to_owned())).await;
}
