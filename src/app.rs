//! The one place that knows every service: builds them, starts them, and stops them.

mod door;
mod greeting;
mod kdg;
mod links;
mod metrics;
mod own;
mod pools;
mod s3;
mod services;
mod setup;

use crate::api::{SERVICES, ServiceFacts};
use crate::base::clock::Clock;
use crate::base::spawner::Spawner;
use crate::config::Settings;
use crate::console::Console;
use crate::services::elasticsearch::DomainError;
use crate::services::s3::S3Error;
use crate::services::sts::Sts;
use crate::store::StoreError;
use crate::wire::signature::{Credential, Keys, Verifier};
use crate::wire::tls::Tls;
use crate::wire::{Gateway, Listener, ListenerLimits};
use door::Door;
use metrics::Metrics;
use own::Own;
use services::Services;
use setup::{Progress, Setup};
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Running requests get this long to be answered when the process stops.
const CONNECTION_DRAIN: Duration = Duration::from_secs(5);

/// Deliveries and applications get this long to come to a clean end.
const SERVICE_DRAIN: Duration = Duration::from_secs(20);

/// Why the server did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The port cannot be bound.
    #[error("{}", busy(*.0, .1))]
    Listen(SocketAddr, io::Error),
    /// The port of `--es-proxy` cannot be bound.
    #[error("cannot listen on {0}: {1}; choose another port with --es-proxy")]
    Door(SocketAddr, io::Error),
    /// The data folder cannot be opened.
    #[error("{0}; choose another data folder with --data, or keep nothing with --ephemeral")]
    Store(#[from] StoreError),
    /// The objects of S3 cannot be opened.
    #[error("cannot open the objects of S3: {0}")]
    Objects(#[from] S3Error),
    /// The domains cannot be opened.
    #[error("cannot open the domains: {0}")]
    Domains(#[from] DomainError),
    /// The applications that were running cannot go on.
    #[error("cannot resume the applications: {0}")]
    Applications(String),
    /// The folder of `--init` cannot be read.
    #[error("cannot read the folder of --init {}: {}", .0.display(), .1)]
    Init(PathBuf, io::Error),
    /// A resource of `--resources` cannot be made.
    #[error("{0}")]
    Resources(String),
    /// There can be no HTTP client.
    #[error("cannot make an HTTP client: {0}")]
    Http(#[from] reqwest::Error),
    /// The operating system refuses something else.
    #[error(transparent)]
    System(#[from] io::Error),
}

fn busy(address: SocketAddr, error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::AddrInUse {
        return format!(
            "port {} is taken by another program (perhaps another Millpond or LocalStack): end it, or choose another port with \
             --listen {}:{}",
            address.port(),
            address.ip(),
            address.port().wrapping_add(1)
        );
    }
    format!("cannot listen on {address}: {error}; choose another address with --listen")
}

/// Runs the server until SIGTERM or ctrl-c.
pub async fn run(settings: Settings) -> Result<(), AppError> {
    let tls = Tls::new(settings.data.as_ref().map(|data| data.join("tls")));
    let bound = Listener::bind(settings.listen, ListenerLimits::default(), tls.clone()).await;
    let listener = bound.map_err(|error| AppError::Listen(settings.listen, error))?;
    let address = listener.address()?;
    let (connections, tasks) = (Spawner::default(), Spawner::default());
    let clock = Clock::real();
    let services = Services::open(&settings, &clock, &tasks).await?;
    open_door(&services, &settings, tls.clone(), &connections).await?;
    let setup = plan_setup(&settings, address)?;
    let parts = setup::Parts { tables: services.tables.clone(), s3: services.s3.clone(), clock: clock.clone() };
    let gateway = gateway(services, &settings, clock, tls, setup.progress());
    let own_spawner = connections.clone();
    connections.spawn(async move { listener.run(gateway, own_spawner).await });
    let ended = serve(setup, parts, address, &settings, &tasks).await;
    stop(&connections, &tasks).await;
    ended
}

/// Does what is to be done at the start, and returns when the server is told to stop, or when a declared resource cannot be made.
async fn serve(
    setup: Setup,
    parts: setup::Parts,
    address: SocketAddr,
    settings: &Settings,
    tasks: &Spawner,
) -> Result<(), AppError> {
    let mut stopped = std::pin::pin!(stop_asked());
    tokio::select! {
        made = setup.make_declared(&parts) => made.map_err(AppError::Resources)?,
        stopped = &mut stopped => return Ok(stopped?),
    }
    greeting::print(address, settings);
    let mut stopping = tasks.stopping();
    tasks.spawn(async move {
        tokio::select! {
            () = setup.run_files(parts) => {}
            () = stopping.wait() => {}
        }
    });
    Ok(stopped.await?)
}

fn plan_setup(settings: &Settings, address: SocketAddr) -> Result<Setup, AppError> {
    let mut known = settings.credentials.iter();
    let credentials = known.next().map(|(key, secret)| (key.clone(), secret.clone())).unwrap_or_default();
    let planned = Setup::plan(settings.resources.clone(), settings.init.as_ref(), address, credentials);
    planned.map_err(|error| AppError::Init(settings.init.clone().unwrap_or_default(), error))
}

/// Answers the running requests, then lets deliveries and applications come to an end.
async fn stop(connections: &Spawner, tasks: &Spawner) {
    tracing::info!("stopping: running requests are answered, deliveries come to an end");
    if !connections.stop(CONNECTION_DRAIN).await {
        tracing::warn!("some requests were cut off");
    }
    if !tasks.stop(SERVICE_DRAIN).await {
        tracing::warn!("some tasks were cut off; they go on where they stood at the next start");
    }
}

/// Opens the second port, which leads to the domains' server, where one is asked for.
async fn open_door(services: &Services, settings: &Settings, tls: Tls, connections: &Spawner) -> Result<(), AppError> {
    let Some(address) = settings.es_proxy else { return Ok(()) };
    let bound = Listener::bind(address, ListenerLimits::default(), tls).await;
    let listener = bound.map_err(|error| AppError::Door(address, error))?;
    let door = Door::new(services.domains.clone(), settings.kibana.clone())?;
    let spawner = connections.clone();
    connections.spawn(async move { listener.run(door, spawner).await });
    Ok(())
}

/// A service's operations, and which of them are built.
#[derive(Clone, Debug)]
pub struct ServiceOperations {
    /// The service's id in botocore.
    pub id: &'static str,
    /// Name, and whether it has a handler.
    pub operations: Vec<(&'static str, bool)>,
}

/// What the services of these settings do, for docs/compatibility.md. Services without any handler are there too.
pub async fn operations(settings: &Settings) -> Result<Vec<ServiceOperations>, AppError> {
    let tasks = Spawner::default();
    let services = Services::open(settings, &Clock::real(), &tasks).await?;
    let of = |facts: &'static ServiceFacts| {
        let table = services.tables.iter().find(|table| table.service().id == facts.id);
        let built = |name: &str| table.is_some_and(|table| table.handles(name));
        let operations = (facts.operations)().iter().map(|operation| (operation.name, built(operation.name)));
        ServiceOperations { id: facts.id, operations: operations.collect() }
    };
    let operations = SERVICES.into_iter().map(of).collect();
    tasks.stop(SERVICE_DRAIN).await;
    Ok(operations)
}

fn gateway(services: Services, settings: &Settings, clock: Clock, tls: Tls, progress: Progress) -> Gateway {
    let s3_requests = s3::MethodRequests::default();
    let own = own::router(Own {
        services: services.tables.iter().map(|table| table.service().id).chain(["s3"]).collect(),
        progress,
        metrics: Metrics {
            tables: services.tables.clone().into(),
            s3: s3_requests.clone(),
            kinesis: services.kinesis.clone(),
            firehose: services.firehose.clone(),
            analytics: services.analytics.clone(),
            started_s: clock.now_ms().div_euclid(1_000),
        },
        tls,
        console: Console { kinesis: services.kinesis, firehose: services.firehose, analytics: services.analytics },
        user_pools: services.user_pools,
        kdg: settings.kdg.clone(),
    });
    let gateway = Gateway::new(services.tables, own).with_fallback(s3::fallback(services.s3, s3_requests));
    if !settings.verify_signatures {
        return gateway;
    }
    let known = |secret: &String| Credential { secret: secret.clone(), session_token: None };
    let keys: HashMap<String, Credential> =
        settings.credentials.iter().map(|(key, secret)| (key.clone(), known(secret))).collect();
    gateway.with_verifier(Verifier::new(Arc::new(KnownKeys { configured: keys, sts: services.sts }), clock))
}

/// The access keys that signatures are verified with.
struct KnownKeys {
    configured: HashMap<String, Credential>,
    sts: Sts,
}

impl Keys for KnownKeys {
    fn find(&self, access_key: &str) -> Option<Credential> {
        let given_out = || {
            let session = self.sts.session(access_key)?;
            Some(Credential { secret: session.secret, session_token: Some(session.token) })
        };
        self.configured.get(access_key).cloned().or_else(given_out)
    }
}

/// Returns at SIGTERM or ctrl-c.
async fn stop_asked() -> io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}
