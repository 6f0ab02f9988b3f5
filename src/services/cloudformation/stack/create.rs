//! CREATE_IN_PROGRESS.

use super::order::{self, OnFailure};
use super::plan::Plan;
use super::record::Stack;
use super::work::Work;
use super::{outputs, step};
use crate::api::cloudformation::{OnFailure as Wish, StackStatus};
use crate::base::clock::Millis;
use std::sync::Arc;

/// Milliseconds of a minute.
const MINUTE_MS: Millis = 60_000;

/// Makes all resources, then the outputs.
pub(super) async fn create(work: &Arc<Work>) {
    work.resume();
    let version = work.stack().current.clone();
    let plan = match work.plan(&version).await {
        Ok(plan) => plan,
        Err(text) => return fail(work, &text).await,
    };
    if let Err(text) = begin(work, &plan).await {
        return fail(work, &text).await;
    }
    let deadline = deadline(&work.stack());
    let walking = order::walk(
        &plan.waits,
        OnFailure::Stop,
        || work.is_cancelled(),
        |id| {
            let (work, plan) = (Arc::clone(work), &plan);
            async move { step::create(&work, plan, &id, false).await }
        },
    );
    let (failed, in_time) = within(work, deadline, walking).await;
    if work.is_unwanted() {
        return;
    }
    if !in_time {
        return fail(work, "Stack creation time exceeded the specified timeout.").await;
    }
    if !failed.is_empty() {
        return fail(work, &format!("The following resource(s) failed to create: [{}].", failed.join(", "))).await;
    }
    match outputs::publish(work, &plan).await {
        Ok(()) => work.enter(StackStatus::CreateComplete, None).await,
        Err(text) => fail(work, &text).await,
    }
}

/// What must be right before anything is made: the template, and the types of all resources. Notes the exports that are used.
pub(super) async fn begin(work: &Work, plan: &Plan) -> Result<(), String> {
    let unsupported = plan.unsupported();
    if !unsupported.is_empty() {
        for (id, reason) in &unsupported {
            step::refuse(work, plan, id, reason).await;
        }
        let ids: Vec<&str> = unsupported.keys().map(String::as_str).collect();
        return Err(format!("The following resource(s) failed to create: [{}].", ids.join(", ")));
    }
    let imports = plan.check().map_err(|invalid| invalid.0)?;
    work.adjust(|stack| stack.imports.extend(imports)).await;
    Ok(())
}

/// When the creation must be done (TimeoutInMinutes); a restart of the process does not prolong it.
fn deadline(stack: &Stack) -> Option<Millis> {
    stack.options.timeout_minutes.map(|minutes| stack.created_ms.saturating_add(Millis::from(minutes) * MINUTE_MS))
}

/// What `walking` gives, and whether it was done in time; steps that wait give up at the end of it.
async fn within<T>(work: &Work, deadline: Option<Millis>, walking: impl Future<Output = T>) -> (T, bool) {
    let Some(deadline) = deadline else { return (walking.await, true) };
    tokio::pin!(walking);
    tokio::select! {
        done = &mut walking => return (done, true),
        () = work.clock.sleep_until(deadline) => {}
    }
    work.cancel();
    (walking.await, false)
}

/// The creation fails for the reason `text`; what becomes of its resources is for the caller's options to say.
async fn fail(work: &Work, text: &str) {
    let wish = work.stack().options.on_failure;
    work.resume();
    let text = format!("{}.", text.trim_end_matches('.'));
    match wish {
        Wish::DoNothing => work.enter(StackStatus::CreateFailed, Some(format!("{text} "))).await,
        Wish::Rollback => work.enter(StackStatus::RollbackInProgress, Some(format!("{text} Rollback requested by user."))).await,
        Wish::Delete => {
            let now_ms = work.clock.now_ms();
            work.stack().deleted_ms = Some(now_ms);
            work.enter(StackStatus::DeleteInProgress, Some(format!("{text} Delete requested by user."))).await;
        }
    }
}
