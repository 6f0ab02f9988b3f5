//! The services, each built from the handles it needs.

use super::AppError;
use crate::api::ServiceTable;
use crate::base::clock::Clock;
use crate::base::spawner::Spawner;
use crate::config::{self, Settings};
use crate::services::kinesis::{self, Kinesis};
use crate::services::s3::S3;
use crate::store::{self, Store, StoreOptions};

/// What the gateway serves.
pub(super) struct Services {
    /// The tables of those that speak AWS's API protocols.
    pub(super) tables: Vec<ServiceTable>,
    /// S3, which speaks its own.
    pub(super) s3: S3,
}

impl Services {
    /// Opens the store and the services on it.
    pub(super) async fn open(settings: &Settings, clock: &Clock, tasks: &Spawner) -> Result<Self, AppError> {
        let store = open_store(settings)?;
        let limits = &settings.limits;
        let s3 = S3::open(store.clone(), clock.clone()).await?;
        let kinesis = Kinesis::open(store, clock.clone(), limits.kinesis.clone(), tasks.clone()).await?;
        Ok(Self { tables: vec![kinesis::routes(kinesis)], s3 })
    }
}

fn open_store(settings: &Settings) -> Result<Store, AppError> {
    let durability = match settings.durability {
        config::Durability::Normal => store::Durability::Normal,
        config::Durability::Full => store::Durability::Full,
    };
    Ok(Store::open(&StoreOptions { path: settings.data.clone(), durability })?)
}
