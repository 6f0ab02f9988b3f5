//! The operations of both APIs. What they share works on views of domains; [`status`] turns one into either API's shape.

mod es;
mod opensearch;
mod status;
mod tags;
mod versions;

pub use es::routes as es_routes;
pub use opensearch::routes as opensearch_routes;

use super::domain::{Backing, Domain, Engine};
use super::options::{self, Options};
use crate::base::clock::Millis;
use std::collections::BTreeMap;

/// Turns errors of the control plane into an API's faults; both APIs have the same ones.
macro_rules! faults {
    ($api:ident) => {
        /// This API's fault of an error.
        fn fault(error: $crate::services::elasticsearch::DomainError) -> $crate::api::Fault {
            use $crate::api::{Fault, $api::fault};
            use $crate::services::elasticsearch::DomainError;
            let text = error.to_string();
            match error {
                DomainError::NotFound(_) => fault::resource_not_found(text),
                DomainError::Exists(_) => fault::resource_already_exists(text),
                DomainError::NoServer(_) | DomainError::Invalid(_) => fault::validation(text),
                DomainError::Store(_) => Fault::internal(text),
            }
        }
    };
}
use faults;

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
