//! Running applications: one supervised task each.
//!
//! A run reads the input from the stored position, pushes rows through the program, delivers what comes out, and saves positions and the
//! program's state together once a second, after the outputs before them were acknowledged. So a process that dies makes rows again
//! (at-least-once) and loses none, nor an open window.

mod checkpoint;
mod delivery;
mod engine;
mod source;
mod task;
#[cfg(test)]
mod tests;

use super::application::{Application, Status};
use super::metrics::ApplicationMeters;
use super::taps::Taps;
use super::{Analytics, Refusal};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::base::retry::Backoff;
use crate::base::spawner::Stopping;
pub(super) use source::unreadable;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use task::Task;
use tokio::sync::watch;

/// A run that broke off is begun again after these waits.
const RESTART: Backoff = Backoff { first: Duration::from_millis(200), most: Duration::from_secs(10) };

/// The running applications.
#[derive(Default)]
pub(super) struct Runners(Mutex<HashMap<(Scope, String), Runner>>);

struct Runner {
    stop: watch::Sender<bool>,
    ended: watch::Receiver<bool>,
    taps: Arc<Taps>,
    meters: Arc<ApplicationMeters>,
}

/// Tells a run to end: because its application is stopped or changed, or because the process is.
pub(super) struct Stop {
    application: watch::Receiver<bool>,
    process: Stopping,
}

impl Stop {
    /// Returns when the run should end. Cancel-safe.
    async fn wait(&mut self) {
        tokio::select! {
            // The sender goes with the entry in `Runners`, which is taken out only to stop the run.
            _ = self.application.wait_for(|stop| *stop) => {}
            () = self.process.wait() => {}
        }
    }
}

impl Runners {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(Scope, String), Runner>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the meters of each.
    pub(super) fn each<T>(&self, look: impl Fn(&(Scope, String), &ApplicationMeters) -> T) -> Vec<T> {
        self.lock().iter().map(|(key, runner)| look(key, &runner.meters)).collect()
    }
}

impl Analytics {
    /// Starts the task of an application whose document says that it runs.
    pub(super) fn launch(&self, scope: &Scope, application: Application) {
        let (stop, stopped) = watch::channel(false);
        let (end, ended) = watch::channel(false);
        let (taps, meters) = (Arc::new(Taps::default()), Arc::new(ApplicationMeters::default()));
        let key = (scope.clone(), application.name.clone());
        self.0.runners.lock().insert(key, Runner { stop, ended, taps: Arc::clone(&taps), meters: Arc::clone(&meters) });
        let stop = Stop { application: stopped, process: self.0.parts.spawner.stopping() };
        let task = Task { service: self.clone(), scope: scope.clone(), application, taps, meters };
        let settled_ms = self.settled_ms();
        self.0.parts.spawner.spawn(async move {
            supervise(task, settled_ms, stop).await;
            let _ = end.send(true);
        });
    }

    /// Stops the task of an application and waits for its end.
    pub(super) async fn halt(&self, scope: &Scope, name: &str) {
        let runner = self.0.runners.lock().remove(&(scope.clone(), name.to_owned()));
        if let Some(mut runner) = runner {
            runner.stop.send_replace(true);
            // An error means that the task is gone, which is what we wait for.
            let _ = runner.ended.wait_for(|ended| *ended).await;
        }
    }

    /// Takes up the applications that were running when the process ended. Call it once, when all services are there.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn resume(&self) -> Result<(), Refusal> {
        for entry in self.store().list_everywhere::<Application>("analytics", "application").await? {
            let mut application = entry.document;
            match application.status {
                Status::Ready => continue,
                Status::Deleting => {
                    self.forget(&entry.scope, &application.name).await?;
                    continue;
                }
                Status::Stopping => application.status = Status::Ready,
                Status::Starting | Status::Updating | Status::Running => application.status = Status::Running,
            }
            self.save(&entry.scope, &application).await?;
            if application.status == Status::Running {
                self.launch(&entry.scope, application);
            }
        }
        Ok(())
    }

    /// The latest rows of an in-application stream of a running application as JSON objects, the newest last; `error_stream` is one of the
    /// streams. `None` when the application does not run or has no such stream.
    pub fn latest_rows(&self, scope: &Scope, application: &str, stream: &str, limit: usize) -> Option<Vec<String>> {
        self.taps(scope, application)?.latest(stream, limit)
    }

    /// The names of the in-application streams of a running application, `error_stream` among them.
    pub fn stream_names(&self, scope: &Scope, application: &str) -> Option<Vec<String>> {
        Some(self.taps(scope, application)?.streams())
    }

    fn taps(&self, scope: &Scope, application: &str) -> Option<Arc<Taps>> {
        let runners = self.0.runners.lock();
        runners.get(&(scope.clone(), application.to_owned())).map(|runner| Arc::clone(&runner.taps))
    }
}

/// Runs an application from `settled_ms` on until it is told to stop, beginning again when a run breaks off.
async fn supervise(task: Task, settled_ms: Millis, mut stop: Stop) {
    if !settle(&task, settled_ms, &mut stop).await {
        return;
    }
    let mut failures = 0_u32;
    loop {
        let began_ms = task.service.clock().now_ms();
        let Err(broken) = task.run(&mut stop).await else { return };
        // A run that went well for a while begins a new count.
        failures = if task.service.clock().now_ms() - began_ms > 60_000 { 1 } else { failures + 1 };
        if failures.is_power_of_two() {
            task.report(&broken).await;
        }
        tokio::select! {
            () = task.service.clock().sleep(RESTART.wait(failures)) => {}
            () = stop.wait() => return,
        }
    }
}

/// Lets the time of STARTING or UPDATING pass and makes the application RUNNING; false when it is told to stop meanwhile.
async fn settle(task: &Task, settled_ms: Millis, stop: &mut Stop) -> bool {
    if task.application.status == Status::Running {
        return true;
    }
    let (service, name) = (&task.service, &task.application.name);
    let settled = async {
        service.clock().sleep_until(settled_ms).await;
        service.move_on(&task.scope, name, task.application.status, Status::Running).await
    };
    tokio::select! {
        settled = settled => {
            if let Err(error) = settled {
                tracing::error!(application = %task.application.arn, %error, "the application's status cannot be stored");
            }
            true
        }
        () = stop.wait() => false,
    }
}
