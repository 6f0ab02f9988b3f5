//! The services, each built from the handles it needs.

use super::AppError;
use crate::api::ServiceTable;
use crate::base::clock::Clock;
use crate::base::spawner::Spawner;
use crate::config::{self, Settings};
use crate::services::elasticsearch::{self, Domains, Servers};
use crate::services::kinesis::{self, Kinesis};
use crate::services::logs::{self, Logs};
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
        let logs = Logs::new(store.clone(), clock.clone());
        let http = reqwest::Client::new();
        let domains = Domains::open(store.clone(), clock.clone(), tasks.clone(), http, servers(settings)).await?;
        let kinesis = Kinesis::open(store, clock.clone(), limits.kinesis.clone(), tasks.clone()).await?;
        let tables = vec![
            kinesis::routes(kinesis),
            logs::routes(logs),
            elasticsearch::es_routes(domains.clone()),
            elasticsearch::opensearch_routes(domains),
        ];
        Ok(Self { tables, s3 })
    }
}

/// What stands behind domains of Elasticsearch and OpenSearch; a running server goes before a distribution.
fn servers(settings: &Settings) -> Servers {
    match (&settings.elasticsearch, &settings.elasticsearch_home) {
        (Some(url), _) => Servers::Running { url: url.clone() },
        (None, Some(home)) => Servers::Distribution { home: home.clone() },
        (None, None) => Servers::None,
    }
}

fn open_store(settings: &Settings) -> Result<Store, AppError> {
    let durability = match settings.durability {
        config::Durability::Normal => store::Durability::Normal,
        config::Durability::Full => store::Durability::Full,
    };
    Ok(Store::open(&StoreOptions { path: settings.data.clone(), durability })?)
}
