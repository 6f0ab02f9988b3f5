//! What a handler has to work with: the operations of the other services, called as a client of the stack's owner would call them.

use super::super::{CloudFormation, WeakCloudFormation};
use super::failure::Failure;
use super::properties::Properties;
use crate::api::cloudformation::{self, CreateStackInput};
use crate::api::{BoxFuture, Caller, Operation, ServiceTable, Shape, Value};
use crate::base::arn::Arn;
use crate::base::clock::Clock;
use crate::services::s3::S3;
use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::watch;

/// Waits between two looks at a resource that is not ready: they grow from the first to the second.
const WAITS: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// How long a resource may take to become ready: a search server that starts on a busy machine takes minutes.
const MOST_WAIT: Duration = Duration::from_secs(15 * 60);

/// The services that resources are made of.
#[derive(Clone)]
pub(in super::super) struct Tables {
    tables: Arc<HashMap<&'static str, ServiceTable>>,
    s3: S3,
    /// The stacks themselves, for stacks in stacks: they own this table, so that it must not own them.
    stacks: Arc<OnceLock<WeakCloudFormation>>,
}

impl Tables {
    /// The operations of these services, and S3, which has a handle of its own.
    pub(in super::super) fn new(tables: impl IntoIterator<Item = ServiceTable>, s3: S3) -> Self {
        let tables = tables.into_iter().map(|table| (table.service().id, table)).collect();
        Self { tables: Arc::new(tables), s3, stacks: Arc::default() }
    }

    /// Lets stacks have stacks.
    pub(in super::super) fn nest(&self, stacks: WeakCloudFormation) {
        let _ = self.stacks.set(stacks);
    }

    fn stacks(&self) -> Option<CloudFormation> {
        self.stacks.get()?.upgrade()
    }

    /// The operations of a service.
    fn of(&self, service: &str) -> Option<ServiceTable> {
        match service {
            "cloudformation" => self.stacks().map(super::super::routes),
            _ => self.tables.get(service).cloned(),
        }
    }
}

impl std::fmt::Debug for Tables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.tables.keys()).finish()
    }
}

/// Which resource of which stack a handler works for.
#[derive(Clone, Debug)]
pub(in super::super) struct Surroundings {
    pub(in super::super) caller: Caller,
    pub(in super::super) stack_name: String,
    pub(in super::super) stack_id: String,
    pub(in super::super) logical_id: String,
    /// The end of generated names: twelve letters and digits, the same however often the step is repeated.
    pub(in super::super) suffix: String,
    /// The ARNs of the stacks that a stack made for this resource is part of, the outermost first.
    pub(in super::super) outer: Vec<String>,
    /// What the caller has acknowledged (CAPABILITY_IAM).
    pub(in super::super) capabilities: Vec<String>,
    /// The tags of the stack.
    pub(in super::super) tags: BTreeMap<String, String>,
    /// The tags of the stack that the resource had, where it is changed.
    pub(in super::super) had: BTreeMap<String, String>,
}

/// Takes note, for good, of a physical id.
pub(in super::super) type Note = Arc<dyn Fn(String) -> BoxFuture<()> + Send + Sync>;

/// The calls of one step of one resource.
#[derive(Clone)]
pub(in super::super) struct Calls {
    tables: Tables,
    clock: Clock,
    at: Surroundings,
    note: Note,
    cancelled: watch::Receiver<bool>,
}

impl Calls {
    /// Calls for the resource of `at`; `note` is told the physical id as soon as there is one, and waits end when `cancelled` says so.
    pub(in super::super) fn new(
        tables: Tables,
        clock: Clock,
        at: Surroundings,
        note: Note,
        cancelled: watch::Receiver<bool>,
    ) -> Self {
        Self { tables, clock, at, note, cancelled }
    }

    /// Which resource of which stack.
    pub(in super::super) fn at(&self) -> &Surroundings {
        &self.at
    }

    /// S3, which has no operations table.
    pub(in super::super) fn s3(&self) -> &S3 {
        &self.tables.s3
    }

    /// Runs an operation with the checks that a request gets.
    pub(in super::super) async fn run<O: Operation>(&self, _: O, input: O::Input) -> Result<O::Output, Failure> {
        let (service, name) = (O::FACTS.service, O::FACTS.name);
        let Some(table) = self.tables.of(service.id) else {
            return Err(Failure::new("InternalFailure", format!("{name} of {} is not available to stacks", service.id)));
        };
        let request_id = uuid::Uuid::new_v4().to_string();
        let caller = Caller { request_id: request_id.as_str().into(), ..self.at.caller.clone() };
        match table.call(name, caller, input.into_value().unwrap_or(Value::Null)).await {
            Ok(output) => Ok(O::Output::from_value(output)),
            Err(fault) => {
                if let Some(internal) = &fault.internal {
                    tracing::error!(operation = name, internal, "a call of a stack failed");
                }
                Err(Failure::refused(service, fault, &request_id))
            }
        }
    }

    /// Begins to create a stack that belongs to this one; its ARN.
    pub(super) async fn create_nested_stack(&self, input: CreateStackInput) -> Result<String, Failure> {
        let Some(stacks) = self.tables.stacks() else {
            return Err(Failure::new("InternalFailure", "stacks are not available to stacks"));
        };
        let (caller, outer) = (self.at.caller.clone(), self.at.outer.clone());
        let created = super::super::operations::create_nested(&stacks, &caller, input, outer).await;
        created.map_err(|fault| Failure::refused(&cloudformation::SERVICE, fault, &uuid::Uuid::new_v4().to_string()))
    }

    /// Takes note that the resource `id` exists, so that it is deleted if anything goes wrong from here on.
    pub(in super::super) async fn initiated(&self, id: &str) {
        (self.note)(id.to_owned()).await;
    }

    /// The name that the property `property` gives, or a generated one of at most `longest` characters: `stack-logical-RANDOM`.
    pub(in super::super) fn name(&self, properties: &Properties, property: &str, longest: usize) -> String {
        properties.text(property).unwrap_or_else(|| self.generated_name(longest))
    }

    /// A name that is this resource's own: stack and logical id are cut so that it fits.
    pub(in super::super) fn generated_name(&self, longest: usize) -> String {
        let Surroundings { stack_name, logical_id, suffix, .. } = &self.at;
        let room = longest.saturating_sub(suffix.len() + 2);
        let stack: String = stack_name.chars().take(room / 2 + room.saturating_sub(room / 2 + logical_id.len())).collect();
        let logical: String = logical_id.chars().take(room.saturating_sub(stack.len())).collect();
        format!("{stack}-{logical}-{suffix}")
    }

    /// The ARN of `resource` of `service` in the stack's account and region.
    pub(in super::super) fn arn(&self, service: &str, resource: impl Into<String>) -> String {
        Arn::of(service, &self.at.caller.scope, resource).to_string()
    }

    /// The tags of the stack and, over them, the resource's own (property `Tags`, a list of Key and Value).
    pub(in super::super) fn tags(&self, properties: &Properties) -> Result<BTreeMap<String, String>, Failure> {
        let mut tags = self.at.tags.clone();
        tags.extend(properties.tags()?);
        Ok(tags)
    }

    /// Asks `look` until it has an answer, with growing pauses; a failure ends the wait. `what` says in the reason what was waited for:
    /// "the stream to become ACTIVE".
    pub(in super::super) async fn until<T, F, R>(&self, what: &str, mut look: F) -> Result<T, Failure>
    where
        F: FnMut() -> R + Send,
        R: Future<Output = Result<Option<T>, Failure>> + Send,
        T: Send,
    {
        let most_ms = i64::try_from(MOST_WAIT.as_millis()).unwrap_or(i64::MAX);
        let (end_ms, mut pause) = (self.clock.now_ms().saturating_add(most_ms), WAITS.0);
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            if self.clock.now_ms() >= end_ms {
                return Err(Failure::new("NotStabilized", format!("Exceeded attempts to wait for {what}")));
            }
            let mut cancelled = self.cancelled.clone();
            tokio::select! {
                // An operation that has ended cancels nothing any more; its steps have ended before it.
                Ok(_) = cancelled.wait_for(|cancelled| *cancelled) => return Err(Failure::cancelled()),
                () = self.clock.sleep(pause) => {}
            }
            pause = WAITS.1.min(pause * 2);
        }
    }
}

impl Calls {
    /// Asks for a deletion, again while the thing is in the middle of something else, and waits until `look` finds it no more. `what` says
    /// what was waited for.
    pub(super) async fn deleted<T, U, D, L>(
        &self,
        what: &str,
        delete: impl Fn() -> D + Send + Sync,
        look: impl Fn() -> L + Send + Sync,
    ) -> Result<(), Failure>
    where
        D: Future<Output = Result<T, Failure>> + Send,
        L: Future<Output = Result<U, Failure>> + Send,
        T: Send,
        U: Send,
    {
        let attempt = || async {
            match unless_missing(delete().await) {
                Err(failure) if !failure.is_busy() => return Err(failure),
                _ => {}
            }
            Ok(unless_missing(look().await)?.is_none().then_some(()))
        };
        self.until(what, attempt).await
    }
}

/// `id` if the look at it has found it: what [`existing`](super::Handler::existing) says of a type whose names are unique.
pub(super) fn if_found<T>(id: impl Into<String>, look: Result<T, Failure>) -> Result<Vec<String>, Failure> {
    Ok(unless_missing(look)?.map(|_| id.into()).into_iter().collect())
}

/// Nothing for what is gone already: `unless_missing(calls.run(op::DeleteX, …).await)?`.
pub(super) fn unless_missing<T>(result: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match result {
        Ok(done) => Ok(Some(done)),
        Err(failure) if failure.is_missing() => Ok(None),
        Err(failure) => Err(failure),
    }
}
