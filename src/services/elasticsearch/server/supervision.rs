//! The task that watches the server behind a domain.

use super::Place;
use super::distribution::Distribution;
use super::process::{Process, last_output, output_file};
use crate::base::clock::Clock;
use crate::base::retry::Backoff;
use crate::base::spawner::{Spawner, Stopping};
use std::time::Duration;
use tokio::sync::watch;

/// How often a server that has not answered yet is asked.
const ASK_EVERY: Duration = Duration::from_millis(250);

/// How long one question may take.
const ASK_PATIENCE: Duration = Duration::from_secs(5);

/// The waits before a server that died is started again.
const RESTARTS: Backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_secs(60) };

/// A server that has run so long begins anew with the shortest wait.
const SOUND_MS: i64 = 60_000;

/// What is known of a server, and the way to end it. Clones share it.
#[derive(Clone, Debug)]
pub(in super::super) struct Supervised {
    answered: watch::Receiver<bool>,
    ended: std::sync::Arc<watch::Sender<bool>>,
}

/// The task's side of it.
struct Watcher {
    answered: watch::Sender<bool>,
    ended: watch::Receiver<bool>,
    stopping: Stopping,
    http: reqwest::Client,
    clock: Clock,
}

/// Why a server is to be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The process stops; the data stays.
    Process,
    /// The domain was deleted; the data goes.
    Domain,
}

impl Supervised {
    fn new(http: reqwest::Client, clock: Clock, spawner: &Spawner) -> (Self, Watcher) {
        let (answered_in, answered) = watch::channel(false);
        let (ended, ended_out) = watch::channel(false);
        let watcher = Watcher { answered: answered_in, ended: ended_out, stopping: spawner.stopping(), http, clock };
        (Self { answered, ended: ended.into() }, watcher)
    }

    /// Watches a server that runs anyway.
    pub(in super::super) fn running(url: String, http: reqwest::Client, clock: Clock, spawner: &Spawner) -> Self {
        let (this, mut watcher) = Self::new(http, clock, spawner);
        spawner.spawn(async move {
            let mut end = (watcher.ended.clone(), watcher.stopping.clone());
            tokio::select! {
                () = watcher.wait_for_answer(&url) => {}
                _ = ending(&mut end.0, &mut end.1) => {}
            }
        });
        this
    }

    /// Starts a server and keeps it running.
    pub(in super::super) fn own(
        distribution: Distribution,
        place: Place,
        http: reqwest::Client,
        clock: Clock,
        spawner: &Spawner,
    ) -> Self {
        let (this, watcher) = Self::new(http, clock, spawner);
        spawner.spawn(watcher.keep_running(distribution, place));
        this
    }

    /// Whether the server has answered since it was watched.
    pub(in super::super) fn has_answered(&self) -> bool {
        *self.answered.borrow()
    }

    /// Ends the watching, and the server if it is the domain's own, with its data.
    pub(in super::super) fn end(&self) {
        self.ended.send_replace(true);
    }
}

/// Returns when the server is to be stopped.
async fn ending(ended: &mut watch::Receiver<bool>, stopping: &mut Stopping) -> End {
    tokio::select! {
        // The domain's handle may go before the task; only a deletion counts.
        changed = ended.wait_for(|ended| *ended) => if changed.is_ok() { End::Domain } else { End::Process },
        () = stopping.wait() => End::Process,
    }
}

impl Watcher {
    /// Asks the server until it answers, and says so.
    async fn wait_for_answer(&mut self, url: &str) {
        while !self.answers(url).await {
            self.clock.sleep(ASK_EVERY).await;
        }
        self.answered.send_replace(true);
    }

    async fn answers(&self, url: &str) -> bool {
        // Every version answers this one (some stripped ones do not answer `GET /`), and only once it can index.
        let health = self.http.get(format!("{url}/_cluster/health")).timeout(ASK_PATIENCE).send().await;
        health.is_ok_and(|health| health.status().is_success())
    }

    async fn keep_running(mut self, distribution: Distribution, place: Place) {
        let mut failures = 0;
        let (mut ended, mut stopping) = (self.ended.clone(), self.stopping.clone());
        let end = loop {
            let began_ms = self.clock.now_ms();
            if let Some(end) = self.run_once(&distribution, &place).await {
                break end;
            }
            failures = if self.clock.now_ms() - began_ms > SOUND_MS { 1 } else { failures + 1 };
            tokio::select! {
                () = self.clock.sleep(RESTARTS.wait(failures)) => {}
                end = ending(&mut ended, &mut stopping) => break end,
            }
        };
        if end == End::Domain {
            let folder = place.folder.clone();
            let removed = tokio::task::spawn_blocking(move || std::fs::remove_dir_all(folder)).await;
            tracing::info!(
                domain = place.name,
                removed = matches!(removed, Ok(Ok(()))),
                "deleted the domain's server and its data"
            );
        }
    }

    /// One life of the server; why it was stopped, or `None` when it died.
    async fn run_once(&mut self, distribution: &Distribution, place: &Place) -> Option<End> {
        let url = format!("http://127.0.0.1:{}", place.port);
        let (mut ended, mut stopping) = (self.ended.clone(), self.stopping.clone());
        let mut process = match Process::start(distribution, place).await {
            Ok(process) => process,
            Err(error) => {
                tracing::error!(domain = place.name, error, "the domain's server cannot be started");
                return None;
            }
        };
        tracing::info!(domain = place.name, url, output = %output_file(place).display(), "starting the domain's server");
        let mut answered = false;
        loop {
            tokio::select! {
                () = self.wait_for_answer(&url), if !answered => {
                    answered = true;
                    tracing::info!(domain = place.name, url, "the domain's server answers");
                }
                status = process.ended() => {
                    let status = status.map(|status| status.to_string()).unwrap_or_default();
                    tracing::error!(domain = place.name, status, output = last_output(place), "the domain's server died; it is started again");
                    return None;
                }
                end = ending(&mut ended, &mut stopping) => {
                    process.stop(place).await;
                    return Some(end);
                }
            }
        }
    }
}
