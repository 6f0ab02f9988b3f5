//! The one place that knows every service: builds them, starts them, and stops them.

mod greeting;
mod health;

use crate::api::ServiceTable;
use crate::base::clock::Clock;
use crate::base::spawner::Spawner;
use crate::config::{self, Settings};
use crate::services::kinesis::{self, Kinesis};
use crate::store::{self, Store, StoreError, StoreOptions};
use crate::wire::{Gateway, Listener, ListenerLimits};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
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
    /// The data folder cannot be used.
    #[error("cannot use the data folder {0}: {1}; choose another with --data, or keep nothing with --ephemeral")]
    Data(PathBuf, io::Error),
    /// The data folder cannot be opened.
    #[error("{0}; choose another data folder with --data, or keep nothing with --ephemeral")]
    Store(#[from] StoreError),
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
    // The port first: a second server must not touch the data of the first.
    let limits = ListenerLimits::default();
    let listener = Listener::bind(settings.listen, limits).await.map_err(|error| AppError::Listen(settings.listen, error))?;
    let address = listener.address()?;
    if let Some(data) = &settings.data {
        std::fs::create_dir_all(data).map_err(|error| AppError::Data(data.clone(), error))?;
    }
    let (connections, tasks) = (Spawner::default(), Spawner::default());
    let tables = services(&settings, &Clock::real(), &tasks).await?;
    let names = tables.iter().map(|table| table.service().id).collect();
    let gateway = Gateway::new(tables, health::router(names));
    let own_spawner = connections.clone();
    connections.spawn(async move { listener.run(gateway, own_spawner).await });
    greeting::print(address, &settings);
    stop_asked().await?;
    tracing::info!("stopping: running requests are answered, deliveries come to an end");
    if !connections.stop(CONNECTION_DRAIN).await {
        tracing::warn!("some requests were cut off");
    }
    if !tasks.stop(SERVICE_DRAIN).await {
        tracing::warn!("some tasks were cut off; they go on where they stood at the next start");
    }
    Ok(())
}

/// Builds the services, each from the handles it needs, and gives their tables.
async fn services(settings: &Settings, clock: &Clock, tasks: &Spawner) -> Result<Vec<ServiceTable>, AppError> {
    let durability = match settings.durability {
        config::Durability::Normal => store::Durability::Normal,
        config::Durability::Full => store::Durability::Full,
    };
    let store = Store::open(&StoreOptions { path: settings.data.clone(), durability })?;
    let kinesis = Kinesis::open(store, clock.clone(), settings.limits.kinesis.clone(), tasks.clone()).await?;
    Ok(vec![kinesis::routes(kinesis)])
}

/// Returns at SIGTERM or ctrl-c.
async fn stop_asked() -> io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}
