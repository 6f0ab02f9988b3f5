//! The handle: making, finding, changing and deleting domains, and the servers behind them.

use super::Servers;
use super::domain::{Backing, Domain, DomainView};
use super::error::DomainError;
use super::options::Options;
use super::server::{Distribution, Place, Supervised};
use crate::base::account::Scope;
use crate::base::arn::Arn;
use crate::base::clock::Clock;
use crate::base::spawner::Spawner;
use crate::store::{Collection, Listing, Store};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// The folder of the servers' data in the data folder.
const FOLDER: &str = "elasticsearch";

/// A handle of the domains; clones share it.
#[derive(Clone)]
pub struct Domains(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    spawner: Spawner,
    http: reqwest::Client,
    servers: Servers,
    /// What is known of the servers behind the domains, by account, region and name.
    watched: Mutex<HashMap<(Scope, String), Supervised>>,
}

fn domains(scope: &Scope) -> Collection {
    Collection::new("elasticsearch", "domain", scope)
}

impl Domains {
    /// Opens the domains of a store and starts the servers of those that have one of their own.
    ///
    /// # Errors
    /// Failures of the store. A server that does not start is retried in the background.
    pub async fn open(
        store: Store,
        clock: Clock,
        spawner: Spawner,
        http: reqwest::Client,
        servers: Servers,
    ) -> Result<Self, DomainError> {
        let this = Self(Arc::new(Inner { store, clock, spawner, http, servers, watched: Mutex::default() }));
        for entry in this.0.store.list_everywhere::<Domain>("elasticsearch", "domain").await? {
            if let Err(error) = this.watch(&entry.scope, &entry.document) {
                tracing::warn!(domain = entry.name, %error, "a domain has no server");
            }
        }
        Ok(this)
    }

    /// The present time of the service.
    pub(super) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The URL of the server behind the domain with this ARN, such as `http://127.0.0.1:9201`. The server may be starting still.
    ///
    /// # Errors
    /// [`DomainError::NotFound`]; [`DomainError::NoServer`] when Millpond was started without one.
    pub async fn endpoint(&self, domain: &Arn) -> Result<String, DomainError> {
        let name = domain.resource_after("domain").unwrap_or(&domain.resource);
        let found = self.find(&domain.scope(), name).await?;
        self.url(&found)
    }

    /// The URL that the door leads to: the running server, or the one of the oldest domain.
    ///
    /// # Errors
    /// [`DomainError::NoServer`] when there is neither.
    pub async fn door_url(&self) -> Result<String, DomainError> {
        if let Servers::Running { url } = &self.0.servers {
            return Ok(url.trim_end_matches('/').to_owned());
        }
        let all = self.0.store.list_everywhere::<Domain>("elasticsearch", "domain").await?;
        let oldest = all.into_iter().map(|entry| entry.document).min_by_key(|domain| domain.created_ms);
        match (oldest, &self.0.servers) {
            (Some(domain), _) => self.url(&domain),
            (None, Servers::Distribution { .. }) => Err(DomainError::no_domain()),
            (None, _) => Err(DomainError::no_servers("of this port")),
        }
    }

    fn url(&self, domain: &Domain) -> Result<String, DomainError> {
        match (&domain.backing, &self.0.servers) {
            (Backing::Own { port }, _) => Ok(format!("http://127.0.0.1:{port}")),
            (Backing::Running, Servers::Running { url }) => Ok(url.trim_end_matches('/').to_owned()),
            (Backing::Running, _) => Err(DomainError::no_servers(&domain.name)),
        }
    }

    /// The domain's document.
    pub(super) async fn find(&self, scope: &Scope, name: &str) -> Result<Domain, DomainError> {
        self.0.store.get(&domains(scope).key(name)).await?.ok_or_else(|| DomainError::NotFound(name.to_owned()))
    }

    /// A domain as it is now.
    pub(super) async fn view(&self, scope: &Scope, name: &str) -> Result<DomainView, DomainError> {
        let domain = self.find(scope, name).await?;
        Ok(self.view_of(scope, domain))
    }

    fn view_of(&self, scope: &Scope, domain: Domain) -> DomainView {
        let answered = self.watched(scope, &domain.name).is_some_and(|server| server.has_answered());
        let endpoint = self.url(&domain).ok().filter(|_| answered).map(|url| host_and_port(&url));
        DomainView { scope: scope.clone(), domain, endpoint, deleted: false }
    }

    /// All domains of an account and region, by name.
    pub(super) async fn list(&self, scope: &Scope) -> Result<Vec<DomainView>, DomainError> {
        let found: Vec<(String, Domain)> = self.0.store.list(&domains(scope), Listing::default()).await?;
        Ok(found.into_iter().map(|(_, domain)| self.view_of(scope, domain)).collect())
    }

    /// Makes a domain; what stands behind it is decided here.
    pub(super) async fn create(&self, scope: &Scope, mut domain: Domain) -> Result<DomainView, DomainError> {
        domain.backing = match &self.0.servers {
            Servers::None => return Err(DomainError::no_servers(&domain.name)),
            Servers::Running { .. } => Backing::Running,
            Servers::Distribution { home } => {
                Distribution::at(home).map_err(DomainError::NoServer)?;
                Backing::Own { port: super::server::free_port().map_err(|error| DomainError::NoServer(error.to_string()))? }
            }
        };
        let (key, document) = (domains(scope).key(domain.name.as_str()), domain.clone());
        self.0
            .store
            .transaction(move |tx| match tx.get::<Domain>(&key)? {
                Some(existing) => Err(DomainError::Exists(existing.name)),
                None => Ok(tx.put(&key, &document)?),
            })
            .await?;
        if let Err(error) = self.watch(scope, &domain) {
            self.0.store.delete(&domains(scope).key(domain.name.as_str())).await?;
            return Err(error);
        }
        Ok(self.view_of(scope, domain))
    }

    /// Changes a domain's document.
    pub(super) async fn change(
        &self,
        scope: &Scope,
        name: &str,
        change: impl FnOnce(&mut Domain) + Send + 'static,
    ) -> Result<DomainView, DomainError> {
        let (key, name) = (domains(scope).key(name), name.to_owned());
        let changed = self
            .0
            .store
            .transaction(move |tx| {
                let mut domain: Domain = tx.get(&key)?.ok_or(DomainError::NotFound(name))?;
                change(&mut domain);
                tx.put(&key, &domain)?;
                Ok::<_, DomainError>(domain)
            })
            .await?;
        Ok(self.view_of(scope, changed))
    }

    /// Takes over an update of the configuration.
    pub(super) async fn update(&self, scope: &Scope, name: &str, over: Options) -> Result<DomainView, DomainError> {
        let now_ms = self.0.clock.now_ms();
        self.change(scope, name, move |domain| domain.update(over, now_ms)).await
    }

    /// Deletes a domain, stops its own server and deletes that server's data. A running server given by URL keeps its indices.
    pub(super) async fn delete(&self, scope: &Scope, name: &str) -> Result<DomainView, DomainError> {
        let mut view = self.view(scope, name).await?;
        self.0.store.delete(&domains(scope).key(name)).await?;
        let watched = self.lock().remove(&(scope.clone(), name.to_owned()));
        if let Some(server) = watched {
            server.end();
        }
        view.deleted = true;
        Ok(view)
    }

    /// Begins to watch the server behind a domain, starting it if it is the domain's own.
    fn watch(&self, scope: &Scope, domain: &Domain) -> Result<(), DomainError> {
        let Inner { spawner, http, clock, .. } = &*self.0;
        let server = match (&domain.backing, &self.0.servers) {
            (Backing::Running, _) => Supervised::running(self.url(domain)?, http.clone(), clock.clone(), spawner),
            (Backing::Own { port }, Servers::Distribution { home }) => {
                let distribution = Distribution::at(home).map_err(DomainError::NoServer)?;
                let place = Place { name: domain.name.clone(), folder: self.folder(scope, &domain.name), port: *port };
                Supervised::own(distribution, place, http.clone(), clock.clone(), spawner)
            }
            (Backing::Own { .. }, _) => return Err(DomainError::no_servers(&domain.name)),
        };
        self.lock().insert((scope.clone(), domain.name.clone()), server);
        Ok(())
    }

    fn folder(&self, scope: &Scope, name: &str) -> PathBuf {
        let folder = format!("{}-{}-{name}", scope.account(), scope.region());
        let data = self.0.store.folder();
        let data = std::path::absolute(data).unwrap_or_else(|_| data.to_path_buf());
        data.join(FOLDER).join(folder)
    }

    fn watched(&self, scope: &Scope, name: &str) -> Option<Supervised> {
        self.lock().get(&(scope.clone(), name.to_owned())).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(Scope, String), Supervised>> {
        self.0.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Domains {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Domains({:?})", self.0.servers)
    }
}

/// A URL without its scheme and user, the way AWS writes endpoints.
fn host_and_port(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.rsplit_once('@').map_or(rest, |(_, host)| host).to_owned()
}
