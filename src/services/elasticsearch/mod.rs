//! Amazon Elasticsearch Service and Amazon OpenSearch Service: domains that are real servers.
//!
//! The two APIs (`es` and `opensearch`) are two spellings of one control plane; a domain made through one is seen through the other. Behind a
//! domain stands a real server: the one whose URL was given when Millpond started, or one that Millpond starts from a distribution's folder,
//! supervises and stops (`server`). There is no imitation of Elasticsearch.

mod domain;
mod domains;
mod error;
mod kept;
mod operations;
mod options;
mod server;
#[cfg(test)]
mod tests;

pub use domains::Domains;
pub use error::DomainError;
pub use operations::{es_routes, opensearch_routes};

use std::path::PathBuf;

/// What servers there are for domains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Servers {
    /// None: domains cannot be made.
    #[default]
    None,
    /// A running server stands behind every domain.
    Running {
        /// Such as `http://localhost:9200`.
        url: String,
    },
    /// A server is started for each domain.
    Distribution {
        /// The unpacked distribution of Elasticsearch or OpenSearch.
        home: PathBuf,
    },
}
