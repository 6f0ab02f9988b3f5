//! What is done once at the start, before the server says that it is ready: declared resources, then the files of the init folder.

mod declaration;
mod init;
mod input;
mod kinds;
mod progress;
mod resources;

pub(super) use progress::{Progress, Standing};

use crate::api::ServiceTable;
use crate::base::clock::Clock;
use crate::services::s3::S3;
use init::File;
use progress::State;
use resources::Resources;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The start of a server, to be done when it listens.
pub(super) struct Setup {
    progress: Progress,
    declared: Option<PathBuf>,
    files: Vec<File>,
    environment: init::Environment,
    address: SocketAddr,
}

/// What the start needs of the services.
pub(super) struct Parts {
    /// Their operations.
    pub(super) tables: Vec<ServiceTable>,
    /// For buckets.
    pub(super) s3: S3,
    /// To wait by.
    pub(super) clock: Clock,
}

impl Setup {
    /// Lists what is to be done: the file of resources, and the files of the folder in the order of their names. `credentials` are those
    /// that scripts call with.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub(super) fn plan(
        declared: Option<PathBuf>,
        folder: Option<&PathBuf>,
        address: SocketAddr,
        credentials: (String, String),
    ) -> io::Result<Self> {
        let files = folder.map(|folder| init::files(folder)).transpose()?.unwrap_or_default();
        let names = declared.iter().map(|path| path.display().to_string()).chain(files.iter().map(|file| file.name.clone()));
        let environment = init::Environment { endpoint: url(address), credentials };
        Ok(Self { progress: Progress::new(names), declared, files, environment, address })
    }

    /// How far it has come; shared.
    pub(super) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Makes the declared resources.
    ///
    /// # Errors
    /// The first thing that is wrong, with file and line.
    pub(super) async fn make_declared(&self, parts: &Parts) -> Result<(), String> {
        let Some(path) = &self.declared else { return Ok(()) };
        let name = path.display().to_string();
        self.progress.note(&name, State::Running, None);
        let made = self.resources(parts).make(path).await;
        self.note(&name, made.clone());
        made
    }

    /// Does the files of the folder one after the other; the first that fails ends it, and the server stays up, not ready.
    pub(super) async fn run_files(self, parts: Parts) {
        let resources = self.resources(&parts);
        for file in &self.files {
            tracing::info!(file = file.name, "init");
            self.progress.note(&file.name, State::Running, None);
            let done = match file.is_script {
                true => init::run(file, &self.environment).await,
                false => resources.make(&file.path).await,
            };
            if let Err(why) = &done {
                tracing::error!(file = file.name, why, "init failed; the files after it are not run");
                self.note(&file.name, done);
                return;
            }
            self.note(&file.name, done);
        }
        if !self.files.is_empty() {
            tracing::info!(files = self.files.len(), "init is done");
        }
    }

    fn note(&self, name: &str, done: Result<(), String>) {
        let state = if done.is_ok() { State::Successful } else { State::Error };
        self.progress.note(name, state, done.err());
    }

    fn resources(&self, parts: &Parts) -> Resources {
        Resources { tables: parts.tables.clone(), s3: parts.s3.clone(), clock: parts.clock.clone(), endpoint: url(self.address) }
    }
}

/// The server as processes of this machine reach it.
fn url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() { format!("http://127.0.0.1:{}", address.port()) } else { format!("http://{address}") }
}
