//! One domain: its document, and how the two APIs show it.

use super::options::{self, Options};
use crate::base::account::Scope;
use crate::base::arn::Arn;
use crate::base::clock::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The family that a domain was asked to be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Engine {
    /// Elasticsearch.
    Elasticsearch,
    /// OpenSearch.
    OpenSearch,
}

impl Engine {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Elasticsearch => "Elasticsearch",
            Self::OpenSearch => "OpenSearch",
        }
    }
}

/// What stands behind a domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Backing {
    /// The running server given at start, whichever that is now.
    Running,
    /// A server of its own on this port.
    Own {
        /// The port of HTTP on 127.0.0.1.
        port: u16,
    },
}

/// What is known of a domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Domain {
    pub(super) name: String,
    pub(super) engine: Engine,
    /// The version asked for, such as `5.1`; the server has its own.
    pub(super) version: String,
    pub(super) created_ms: Millis,
    pub(super) updated_ms: Millis,
    /// Grows with each update of the configuration.
    pub(super) update_version: i64,
    pub(super) backing: Backing,
    pub(super) options: Options,
    pub(super) tags: BTreeMap<String, String>,
}

impl Domain {
    /// The ARN, the same in both APIs.
    pub(super) fn arn(&self, scope: &Scope) -> String {
        Arn::of("es", scope, format!("domain/{}", self.name)).to_string()
    }

    /// The version as the `opensearch` API writes it: `Elasticsearch_5.1`.
    pub(super) fn engine_version(&self) -> String {
        format!("{}_{}", self.engine.name(), self.version)
    }

    /// Whether the domain was asked to be inside a virtual private cloud.
    pub(super) fn in_vpc(&self) -> bool {
        self.options.contains_key("VPCOptions")
    }

    /// Takes over the options of an update.
    pub(super) fn update(&mut self, over: Options, now_ms: Millis) {
        options::apply(&mut self.options, over);
        self.updated_ms = now_ms;
        self.update_version += 1;
    }
}

/// Reads a version as either API writes it: `5.1`, `Elasticsearch_7.10`, `OpenSearch_2.19`.
pub(super) fn parse_version(text: &str) -> (Engine, String) {
    match text.split_once('_') {
        Some(("OpenSearch", version)) => (Engine::OpenSearch, version.to_owned()),
        Some((_, version)) => (Engine::Elasticsearch, version.to_owned()),
        None => (Engine::Elasticsearch, text.to_owned()),
    }
}

/// A domain with what the present says of it.
#[derive(Clone, Debug)]
pub(super) struct DomainView {
    pub(super) scope: Scope,
    pub(super) domain: Domain,
    /// Host and port, once the server has answered.
    pub(super) endpoint: Option<String>,
    pub(super) deleted: bool,
}
