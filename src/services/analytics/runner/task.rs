//! One run of an application: from its checkpoint on, until it is told to stop or something fails.

use super::Stop;
use super::checkpoint::{State, fingerprint};
use super::delivery::Delivery;
use super::engine::{self, Engine, Produced};
use super::source::{Batch, Tail};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::services::analytics::application::{Application, StartPosition};
use crate::services::analytics::messages::About;
use crate::services::analytics::metrics::ApplicationMeters;
use crate::services::analytics::taps::Taps;
use crate::services::analytics::{Analytics, code, consumer};
use crate::services::kinesis::StartingPosition;
use crate::sql::program::{Options, Program};
use crate::store::{Checkpoint, LogId, Ordinal, ReadLimit};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A batch of records that is processed at once: some milliseconds of work, and small enough that what it makes fits in memory too.
const BATCH: ReadLimit = ReadLimit { records: 5_000, bytes: 2 << 20 };

/// How often time passes in the program when no record comes (the service's polling period; it closes windows), and how often positions
/// and state are saved.
const SECOND: Millis = 1_000;

/// Why a run ended although nobody stopped it; the sentence is for the user.
#[derive(Debug)]
pub(super) enum Broken {
    /// Something about the input.
    Input(String),
    /// Something about a reference table; with its id.
    Reference(String, String),
    /// The code, the program or the store.
    Code(String),
}

pub(super) struct Task {
    pub(super) service: Analytics,
    pub(super) scope: Scope,
    pub(super) application: Application,
    pub(super) taps: Arc<Taps>,
    pub(super) meters: Arc<ApplicationMeters>,
}

/// What has been processed and delivered, but not saved yet.
struct Progress {
    positions: BTreeMap<LogId, Ordinal>,
    changed: bool,
    saved_ms: Millis,
}

enum Step {
    Records(Batch),
    Time,
}

impl Task {
    /// Runs until stopped. What was delivered is saved then, so that the next run goes on behind it.
    pub(super) async fn run(&self, stop: &mut Stop) -> Result<(), Broken> {
        let store = self.service.store();
        let name = consumer(&self.scope, &self.application.name);
        let saved = store.load_checkpoint(&name).await.map_err(|error| Broken::Code(error.to_string()))?;
        let mut tail = self.tail(&saved.positions).await?;
        let mut engine = self.engine(saved.state.as_deref()).await?;
        let positions = tail.as_ref().map(Tail::positions).unwrap_or_default();
        // So that a run that begins now and dies before its first record begins here again.
        self.save(Checkpoint { positions, state: None }).await?;
        let mut progress = Progress { positions: BTreeMap::new(), changed: false, saved_ms: self.now_ms() };
        while let Some(step) = self.next_step(&mut tail, stop).await? {
            progress.note(&step, tail.as_ref());
            self.measure(&step, tail.as_ref());
            let due = progress.changed && self.now_ms() - progress.saved_ms >= SECOND;
            let (back, produced, state) = self.step(engine, step, due).await?;
            engine = back;
            progress.changed |= produced.iter().any(|records| !records.is_empty());
            let (records, bytes) = size(&produced);
            let delivery = self.delivery();
            tokio::select! {
                biased;
                () = delivery.deliver(produced) => self.meters.output.add(records, bytes),
                // Not saved: what was not delivered is made again.
                () = stop.wait() => return Ok(()),
            }
            if state.is_some() {
                self.save(progress.take(state, self.now_ms())).await?;
            }
        }
        let state = Some(self.state(&engine).encode());
        self.save(progress.take(state, self.now_ms())).await
    }

    /// How far behind the stream the application is.
    fn measure(&self, step: &Step, tail: Option<&Tail>) {
        if tail.is_none_or(Tail::is_at_tip) {
            self.meters.behind_ms.set(0);
        } else if let Step::Records(batch) = step
            && let Some(last) = batch.records().last()
        {
            self.meters.behind_ms.set((self.now_ms() - last.arrival_ms).max(0));
        }
    }

    fn now_ms(&self) -> Millis {
        self.service.clock().now_ms()
    }

    fn delivery(&self) -> Delivery<'_> {
        Delivery { service: &self.service, scope: &self.scope, application: &self.application }
    }

    /// The next records, or the next second; `None` to stop.
    async fn next_step(&self, tail: &mut Option<Tail>, stop: &mut Stop) -> Result<Option<Step>, Broken> {
        let records = async {
            match tail {
                Some(tail) => tail.next(BATCH).await,
                None => std::future::pending().await,
            }
        };
        let next_second = (self.now_ms().div_euclid(SECOND) + 1) * SECOND;
        tokio::select! {
            biased;
            () = stop.wait() => Ok(None),
            batch = records => batch.map(|batch| Some(Step::Records(batch))).map_err(|error| Broken::Input(error.to_string())),
            () = self.service.clock().sleep_until(next_second) => Ok(Some(Step::Time)),
        }
    }

    /// Does the step's work where it does not hold up the runtime.
    async fn step(
        &self,
        mut engine: Box<Engine>,
        step: Step,
        save: bool,
    ) -> Result<(Box<Engine>, Produced, Option<Bytes>), Broken> {
        let clock = self.service.clock().clone();
        let fingerprint = fingerprint(&self.application);
        let work = move || {
            let produced = match &step {
                Step::Records(batch) => engine.process(batch, clock.now_ms()),
                Step::Time => engine.advance(clock.now_ms()),
            };
            let state = save.then(|| state_of(&engine, fingerprint).encode());
            (engine, produced, state)
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Broken::Code(format!("The program failed: {error}")))
    }

    fn state(&self, engine: &Engine) -> State {
        state_of(engine, fingerprint(&self.application))
    }

    async fn save(&self, checkpoint: Checkpoint) -> Result<(), Broken> {
        let name = consumer(&self.scope, &self.application.name);
        self.service.store().save_checkpoint(&name, checkpoint).await.map_err(|error| Broken::Code(error.to_string()))
    }

    /// Follows the input from where it was left, or else from where it was started.
    async fn tail(&self, positions: &[(LogId, Ordinal)]) -> Result<Option<Tail>, Broken> {
        let Some(input) = self.application.inputs.first() else { return Ok(None) };
        // NOW is the moment of StartApplication, also for a process that died before it saved a position.
        let started = StartingPosition::AtTimestamp(self.application.started_ms);
        let start = match input.start {
            Some(StartPosition::TrimHorizon) => StartingPosition::TrimHorizon,
            Some(StartPosition::Now | StartPosition::LastStoppedPoint) | None => started,
        };
        let tail = self.service.follow(&self.scope, &input.source, positions, start).await;
        tail.map(Some).map_err(|refusal| Broken::Input(refusal.to_string()))
    }

    /// The program, going on with the saved state if it is of the same program.
    async fn engine(&self, state: Option<&[u8]>) -> Result<Box<Engine>, Broken> {
        let broken = |refusal: crate::services::analytics::Refusal| Broken::Code(refusal.to_string());
        let plan = code::plan(&self.application).map_err(broken)?;
        let mut tables = Vec::new();
        for reference in &self.application.references {
            let rows = self.service.reference_rows(reference).await;
            tables.push(rows.map_err(|why| Broken::Reference(reference.id.clone(), why))?);
        }
        let state = state.and_then(State::decode);
        let rowtime = state.as_ref().map_or(0, |state| state.rowtime).max(self.now_ms());
        let options = Options { seed: seed(&self.application), start_ms: rowtime, taps: engine::taps(&plan), tables };
        let same = state.filter(|state| state.fingerprint == fingerprint(&self.application));
        let restored = same.map(|state| Program::restore(plan.clone(), options.clone(), &state.snapshot));
        let program = match restored {
            Some(Ok(program)) => program,
            Some(Err(mismatch)) => {
                tracing::warn!(application = %self.application.arn, %mismatch, "the in-application state is built anew");
                Program::new(plan, options)
            }
            None => Program::new(plan, options),
        };
        Ok(Box::new(
            Engine::new(&self.application, program, Arc::clone(&self.taps), Arc::clone(&self.meters), rowtime).map_err(broken)?,
        ))
    }

    /// Tells the user what is wrong.
    pub(super) async fn report(&self, broken: &Broken) {
        let input = self.application.inputs.first().map(|input| input.id.as_str()).unwrap_or_default();
        let (about, text) = match broken {
            Broken::Input(text) => (About::Input(input), text),
            Broken::Reference(id, text) => (About::Reference(id), text),
            Broken::Code(text) => (About::Code, text),
        };
        self.service.report(&self.application, about, text).await;
    }
}

/// Records and their bytes.
fn size(produced: &Produced) -> (usize, usize) {
    let bytes = produced.iter().flatten().map(Bytes::len).sum();
    (produced.iter().map(Vec::len).sum(), bytes)
}

fn state_of(engine: &Engine, fingerprint: String) -> State {
    State { fingerprint, rowtime: engine.rowtime(), snapshot: engine.snapshot() }
}

/// The seed of an application's random cut forests: its own, and the same in each run.
fn seed(application: &Application) -> u64 {
    let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, application.arn.as_bytes());
    id.as_u64_pair().0
}

impl Progress {
    fn note(&mut self, step: &Step, tail: Option<&Tail>) {
        let Step::Records(batch) = step else { return };
        self.changed = true;
        if let Some(last) = batch.records().last() {
            self.positions.insert(batch.log(), last.ordinal);
        }
        if batch.ended() {
            // The children of the shard are being read now.
            self.positions.extend(tail.map(Tail::positions).unwrap_or_default());
        }
    }

    /// What is to be saved now.
    fn take(&mut self, state: Option<Bytes>, now_ms: Millis) -> Checkpoint {
        self.changed = false;
        self.saved_ms = now_ms;
        Checkpoint { positions: std::mem::take(&mut self.positions).into_iter().collect(), state }
    }
}
