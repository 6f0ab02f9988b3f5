//! A running operation of a stack.

use super::super::resource::{Calls, Note, Surroundings, Tables};
use super::super::template::Template;
use super::kept::Kept;
use super::plan::{Plan, environment};
use super::record::{Event, STACK_TYPE, Stack, Version};
use super::resource::Resource;
use super::{clean_up, create, restore, update};
use crate::api::Caller;
use crate::api::cloudformation::{ResourceStatus, StackStatus};
use crate::base::account::Scope;
use crate::base::clock::Clock;
use crate::base::credential::unique_id;
use crate::store::StoreError;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How long to wait before what could not be stored is stored again: a full disk may get room.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// The running operations, by account, region and id of the stack.
pub(in super::super) type Running = Mutex<HashMap<(Scope, String), Arc<Work>>>;

/// An operation on a stack: the only writer of its documents while it runs.
pub(in super::super) struct Work {
    pub(super) kept: Kept,
    pub(super) clock: Clock,
    pub(super) scope: Scope,
    tables: Tables,
    stack: Mutex<Stack>,
    resources: Mutex<BTreeMap<String, Resource>>,
    /// Held while documents are written, so that they are written in the order of their changes.
    saving: tokio::sync::Mutex<()>,
    /// Whether steps that wait should give up.
    cancelled: watch::Sender<bool>,
    /// Whether the stack is to be deleted as soon as what is running has ended.
    unwanted: AtomicBool,
    /// Whether the operation has ended.
    ended: watch::Sender<bool>,
}

impl Work {
    /// The operation that a stack's status says is running.
    pub(in super::super) fn new(
        (kept, clock, tables): (Kept, Clock, Tables),
        scope: Scope,
        stack: Stack,
        resources: BTreeMap<String, Resource>,
    ) -> Arc<Self> {
        let unwanted = AtomicBool::new(stack.unwanted);
        Arc::new(Self {
            kept,
            clock,
            scope,
            tables,
            stack: Mutex::new(stack),
            resources: Mutex::new(resources),
            saving: tokio::sync::Mutex::default(),
            cancelled: watch::Sender::new(false),
            unwanted,
            ended: watch::Sender::new(false),
        })
    }

    /// The operation has ended.
    pub(in super::super) fn end(&self) {
        self.ended.send_replace(true);
    }

    /// Returns when the operation has ended, or after `patience`.
    pub(in super::super) async fn wait(&self, patience: Duration) {
        let mut ended = self.ended.subscribe();
        tokio::select! {
            _ = ended.wait_for(|ended| *ended) => {}
            () = self.clock.sleep(patience) => {}
        }
    }

    /// Goes from state to state until the operation has ended.
    pub(in super::super) async fn run(self: Arc<Self>) {
        loop {
            if self.unwanted.swap(false, Ordering::Relaxed) {
                self.begin_deletion().await;
            }
            let status = self.stack().status;
            match status {
                StackStatus::CreateInProgress => create::create(&self).await,
                StackStatus::RollbackInProgress => clean_up::roll_back_creation(&self).await,
                StackStatus::UpdateInProgress => update::update(&self).await,
                StackStatus::UpdateRollbackInProgress => restore::restore(&self).await,
                StackStatus::UpdateCompleteCleanupInProgress => clean_up::clean_up(&self, StackStatus::UpdateComplete).await,
                StackStatus::UpdateRollbackCompleteCleanupInProgress => {
                    clean_up::clean_up(&self, StackStatus::UpdateRollbackComplete).await;
                }
                StackStatus::DeleteInProgress => clean_up::delete(&self).await,
                _ if self.unwanted.load(Ordering::Relaxed) => {}
                _ => return,
            }
        }
    }

    /// The stack as it is now.
    pub(super) fn stack(&self) -> MutexGuard<'_, Stack> {
        self.stack.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The resources as they are now.
    pub(super) fn resources(&self) -> MutexGuard<'_, BTreeMap<String, Resource>> {
        self.resources.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One resource as it is now.
    pub(super) fn resource(&self, id: &str) -> Option<Resource> {
        self.resources().get(id).cloned()
    }

    /// Lets steps that wait give up.
    pub(super) fn cancel(&self) {
        self.cancelled.send_replace(true);
    }

    /// Lets steps wait again.
    pub(super) fn resume(&self) {
        self.cancelled.send_replace(false);
    }

    /// Calls the running update off, for good; whether there was one that could be.
    pub(in super::super) async fn call_off(&self, token: Option<String>) -> bool {
        {
            let mut stack = self.stack();
            if stack.status != StackStatus::UpdateInProgress {
                return false;
            }
            stack.called_off = true;
            stack.token = token.or(stack.token.take());
        }
        self.cancel();
        self.keep().await;
        true
    }

    /// Whether nothing new should be begun.
    pub(super) fn is_cancelled(&self) -> bool {
        *self.cancelled.borrow()
    }

    /// Whether the stack is to be deleted.
    pub(in super::super) fn is_unwanted(&self) -> bool {
        self.unwanted.load(Ordering::Relaxed)
    }

    /// Ends what is running and deletes the stack.
    pub(in super::super) fn abandon(&self) {
        self.stack().unwanted = true;
        self.unwanted.store(true, Ordering::Relaxed);
        self.cancel();
    }

    /// Writes the stack as it is.
    pub(in super::super) async fn keep(&self) {
        self.save(Vec::new(), Vec::new(), Vec::new()).await;
    }

    async fn begin_deletion(&self) {
        self.resume();
        let now_ms = self.clock.now_ms();
        {
            let mut stack = self.stack();
            (stack.deleted_ms, stack.unwanted) = (Some(now_ms), false);
        }
        self.enter(StackStatus::DeleteInProgress, Some("User Initiated".into())).await;
    }

    /// Changes the stack from outside while the operation runs.
    pub(in super::super) async fn adjust(&self, change: impl FnOnce(&mut Stack)) {
        change(&mut self.stack());
        self.keep().await;
    }

    /// Writes resources, what is no more, events and the stack; tries again until it works.
    pub(super) async fn save(&self, changed: Vec<String>, gone: Vec<String>, events: Vec<Event>) {
        let _order = self.saving.lock().await;
        loop {
            let resources = changed.iter().filter_map(|id| self.resource(id)).collect();
            let mut stack = self.stack().clone();
            stack.events += u64::try_from(events.len()).unwrap_or_default();
            let count = stack.events;
            match self.kept.save(&self.scope, stack, resources, gone.clone(), events.clone()).await {
                Ok(()) => {
                    self.stack().events = count;
                    return;
                }
                // The process is ending; the operation goes on when it starts again.
                Err(StoreError::Closed) => std::future::pending().await,
                Err(error) => tracing::error!(%error, "the state of a stack cannot be stored; trying again"),
            }
            self.clock.sleep(STORE_PAUSE).await;
        }
    }

    /// Writes the stack and all resources as they are.
    #[cfg(test)]
    pub(in super::super) async fn keep_all(&self) {
        let all = self.resources().keys().cloned().collect();
        self.save(all, Vec::new(), Vec::new()).await;
    }

    /// Notes why the stack is in its state.
    pub(in super::super) async fn told(&self, reason: String) -> Stack {
        let status = self.stack().status;
        self.enter(status, Some(reason)).await;
        self.stack().clone()
    }

    /// The stack enters a state.
    pub(super) async fn enter(&self, status: StackStatus, reason: Option<String>) {
        self.enter_with(status, reason, (Vec::new(), Vec::new())).await;
    }

    /// The stack enters a state, together with the resources that have changed and those that are no more.
    pub(super) async fn enter_with(
        &self,
        status: StackStatus,
        reason: Option<String>,
        (changed, gone): (Vec<String>, Vec<String>),
    ) {
        let event = {
            let mut stack = self.stack();
            stack.status = status;
            stack.reason.clone_from(&reason);
            stack_event(&stack, &self.scope, reason, self.clock.now_ms())
        };
        self.save(changed, gone, vec![event]).await;
    }

    /// A resource of the stack enters a state.
    pub(super) async fn mark(
        &self,
        id: &str,
        status: ResourceStatus,
        reason: Option<String>,
        change: impl FnOnce(&mut Resource),
    ) {
        let event = {
            let mut resources = self.resources();
            let Some(resource) = resources.get_mut(id) else { return };
            change(resource);
            resource.status = status;
            resource.reason.clone_from(&reason);
            resource.updated_ms = self.clock.now_ms();
            self.event(resource, status, reason)
        };
        self.save(vec![id.to_owned()], Vec::new(), vec![event]).await;
    }

    /// An event of a resource.
    pub(super) fn event(&self, resource: &Resource, status: ResourceStatus, reason: Option<String>) -> Event {
        Event {
            id: format!("{}-{status}-{}", resource.logical_id, unique_id("")),
            logical_id: resource.logical_id.clone(),
            physical_id: resource.now.physical_id.clone(),
            kind: resource.kind.clone(),
            status: status.to_string(),
            reason,
            properties: Some(resource.now.shown.clone()),
            at_ms: self.clock.now_ms(),
            token: self.stack().token.clone(),
        }
    }

    /// What a handler calls operations by, for a resource that is made, changed or deleted and that had these tags of the stack.
    pub(super) fn calls(self: &Arc<Self>, resource: &Resource, noted: ResourceStatus, had: BTreeMap<String, String>) -> Calls {
        let stack = self.stack();
        let at = Surroundings {
            caller: Caller {
                scope: self.scope.clone(),
                access_key: stack.owner.access_key.clone(),
                request_id: "".into(),
                endpoint: stack.owner.endpoint.as_str().into(),
            },
            stack_name: stack.name.clone(),
            stack_id: stack.arn(&self.scope),
            logical_id: resource.logical_id.clone(),
            suffix: resource.suffix.clone(),
            outer: stack.outer.iter().cloned().chain([stack.arn(&self.scope)]).collect(),
            capabilities: stack.current.capabilities.clone(),
            tags: resource.now.tags.clone(),
            had,
        };
        drop(stack);
        let (work, logical_id) = (Arc::clone(self), resource.logical_id.clone());
        let note: Note = Arc::new(move |physical_id| {
            let (work, logical_id) = (Arc::clone(&work), logical_id.clone());
            Box::pin(async move {
                let reason = Some("Resource creation Initiated".to_owned());
                let take_note = |resource: &mut Resource| {
                    (resource.now.physical_id, resource.intent) = (Some(physical_id), None);
                };
                work.mark(&logical_id, noted, reason, take_note).await;
            })
        });
        Calls::new(self.tables.clone(), self.clock.clone(), at, note, self.cancelled.subscribe())
    }

    /// The plan of a version; `Err` says why the template that was accepted cannot be read any more.
    pub(super) async fn plan(&self, version: &Version) -> Result<Plan, String> {
        let (id, name, arn) = {
            let stack = self.stack();
            (stack.id.clone(), stack.name.clone(), stack.arn(&self.scope))
        };
        let text = self.kept.template(&self.scope, &id, &version.template).await.map_err(|error| error.to_string())?;
        let template = Template::parse(&text.unwrap_or_default()).map_err(|invalid| invalid.0)?;
        let exports = self.kept.exports(&self.scope).await.map_err(|error| error.to_string())?;
        let exports = exports.into_iter().map(|(name, export)| (name, export.value)).collect();
        let environment = environment(Arc::new(template), version, &self.scope, (&name, &arn), Arc::new(exports));
        Ok(Plan::new(environment.map_err(|invalid| invalid.0)?))
    }
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Work on {}", self.stack().name)
    }
}

/// The event of a stack that enters its present state.
fn stack_event(stack: &Stack, scope: &Scope, reason: Option<String>, at_ms: crate::base::clock::Millis) -> Event {
    Event {
        id: uuid::Uuid::new_v4().to_string(),
        logical_id: stack.name.clone(),
        physical_id: Some(stack.arn(scope)),
        kind: STACK_TYPE.to_owned(),
        status: stack.status.to_string(),
        reason,
        properties: None,
        at_ms,
        token: stack.token.clone(),
    }
}
