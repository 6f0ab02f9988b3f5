//! The services, each built from the handles it needs.

use super::AppError;
use crate::api::ServiceTable;
use crate::base::clock::Clock;
use crate::base::spawner::Spawner;
use crate::config::{self, Settings};
use crate::services::analytics::{self, Analytics};
use crate::services::cloudformation::{self, CloudFormation};
use crate::services::cognito::{self, IdentityPools, UserPools};
use crate::services::ec2::{self, Ec2};
use crate::services::elasticsearch::{self, Domains, Servers};
use crate::services::firehose::{self, FailedFolder, Firehose};
use crate::services::iam::{self, Iam};
use crate::services::kinesis::{self, Kinesis};
use crate::services::logs::{self, Logs};
use crate::services::s3::S3;
use crate::services::sts::{self, Sts};
use crate::store::{self, Store, StoreOptions};
use crate::wire::http_client;
use std::sync::Arc;

/// What the gateway serves.
pub(super) struct Services {
    /// The tables of those that speak AWS's API protocols.
    pub(super) tables: Vec<ServiceTable>,
    /// S3, which speaks its own.
    pub(super) s3: S3,
    /// For what is counted of streams.
    pub(super) kinesis: Kinesis,
    /// For what is counted of delivery streams.
    pub(super) firehose: Firehose,
    /// For a look into running applications.
    pub(super) analytics: Analytics,
    /// The domains, for the port that leads to their server.
    pub(super) domains: Domains,
    /// For the keys that STS has given out.
    pub(super) sts: Sts,
    /// For the keys of their tokens.
    pub(super) user_pools: UserPools,
}

impl Services {
    /// Opens the store and the services on it.
    pub(super) async fn open(settings: &Settings, clock: &Clock, tasks: &Spawner) -> Result<Self, AppError> {
        let (store, limits) = (open_store(settings)?, &settings.limits);
        let http = http_client(|settings| settings)?;
        let s3 = S3::open(store.clone(), clock.clone()).await?;
        let iam = Iam::new(store.clone(), clock.clone());
        let user_pools = UserPools::new(store.clone(), clock.clone());
        let sts = Sts::open(store.clone(), clock.clone(), iam.clone(), Arc::new(user_pools.clone())).await?;
        let identity_pools = IdentityPools::new(store.clone(), clock.clone(), user_pools.clone(), sts.clone());
        let logs = Logs::new(store.clone(), clock.clone());
        logs.start_retention(tasks);
        let kinesis = Kinesis::open(store.clone(), clock.clone(), limits.kinesis.clone(), tasks.clone()).await?;
        let domains = Domains::open(store.clone(), clock.clone(), tasks.clone(), http.clone(), servers(settings)).await?;
        let firehose = Firehose::start(firehose::Parts {
            store: store.clone(),
            clock: clock.clone(),
            limits: limits.firehose.clone(),
            spawner: tasks.clone(),
            kinesis: kinesis.clone(),
            objects: Arc::new(s3.clone()),
            domains: Arc::new(domains.clone()),
            error_log: Arc::new(logs.clone()),
            http,
            failed_folder: match settings.failed_folder {
                config::FailedFolder::OpenSearch => FailedFolder::OpenSearch,
                config::FailedFolder::Elasticsearch => FailedFolder::Elasticsearch,
            },
        })
        .await?;
        let analytics = Analytics::new(analytics::Parts {
            store: store.clone(),
            clock: clock.clone(),
            limits: limits.analytics.clone(),
            spawner: tasks.clone(),
            kinesis: kinesis.clone(),
            delivery_streams: Arc::new(firehose.clone()),
            objects: Arc::new(s3.clone()),
            messages: Arc::new(logs.clone()),
        });
        analytics.resume().await.map_err(|refusal| AppError::Applications(refusal.to_string()))?;
        let mut tables = vec![
            ec2::routes(Ec2),
            kinesis::routes(kinesis.clone()),
            firehose::routes(firehose.clone()),
            analytics::v1::routes(analytics.clone()),
            analytics::v2::routes(analytics.clone()),
            logs::routes(logs),
            iam::routes(iam),
            sts::routes(sts.clone()),
            cognito::user_routes(user_pools.clone()),
            cognito::identity_routes(identity_pools),
            elasticsearch::es_routes(domains.clone()),
            elasticsearch::opensearch_routes(domains.clone()),
        ];
        let parts =
            cloudformation::Parts { store, clock: clock.clone(), spawner: tasks.clone(), s3: s3.clone(), tables: tables.clone() };
        tables.push(cloudformation::routes(CloudFormation::open(parts).await?));
        Ok(Self { tables, s3, kinesis, firehose, analytics, domains, sts, user_pools })
    }
}

/// What stands behind domains; a running server is preferred to starting one.
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
