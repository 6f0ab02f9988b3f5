//! What can go wrong with domains.

use crate::store::StoreError;

/// A failure of the control plane.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DomainError {
    /// There is no such domain.
    #[error("Domain not found: {0}")]
    NotFound(String),
    /// The domain is there already.
    #[error("Domain already exists: {0}")]
    Exists(String),
    /// There is no server to stand behind a domain, or it cannot be started.
    #[error("{0}")]
    NoServer(String),
    /// The request makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainError {
    /// The error of a door that leads to no domain yet.
    pub(super) fn no_domain() -> Self {
        Self::NoServer(
            "There is no domain yet. Create one: aws es create-elasticsearch-domain --domain-name workshop, and wait until it has an endpoint."
                .into(),
        )
    }

    /// The error of a domain for which there is no server.
    pub(super) fn no_servers(name: &str) -> Self {
        Self::NoServer(format!(
            "Millpond has no server to stand behind the domain {name}. Start Millpond with --elasticsearch URL to use a running \
             Elasticsearch or OpenSearch, such as --elasticsearch http://localhost:9200, or with --elasticsearch-home DIR to have one started \
             from the folder of an unpacked distribution; then create the domain again."
        ))
    }
}
