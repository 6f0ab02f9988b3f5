//! The operations of both APIs. What they share stands in [`both`] and works on views of domains; [`status`] turns one into either API's
//! shape.

mod both;
mod es;
mod opensearch;
mod status;
mod tags;
mod versions;

pub use es::routes as es_routes;
pub use opensearch::routes as opensearch_routes;

use both::operations;

use super::domain::{Backing, Domain, Engine};
use super::options::{self, Options};
use crate::base::clock::Millis;
use std::collections::BTreeMap;

/// A new domain of a request; what stands behind it is decided when it is made.
fn new_domain(
    name: String,
    (engine, version): (Engine, String),
    instance_type: &str,
    given: Options,
    tags: BTreeMap<String, String>,
    now_ms: Millis,
) -> Domain {
    let mut all = options::defaults(instance_type);
    options::apply(&mut all, given);
    Domain {
        name,
        engine,
        version,
        created_ms: now_ms,
        updated_ms: now_ms,
        update_version: 1,
        backing: Backing::Running,
        options: all,
        tags,
    }
}
