//! Which service and operation a request means (spec/workshop.md 7.1): X-Amz-Target; else the service of the credential scope;
//! else the host's name; else a form with Action; else the path; and S3 for what is left.

use crate::api::{OperationFacts, Protocol, ServiceTable};
use http::HeaderMap;
use http::request::Parts;
use std::collections::HashMap;

/// A service as the gateway sees it.
pub(super) struct Service {
    pub(super) table: ServiceTable,
    operations: HashMap<&'static str, &'static OperationFacts>,
}

impl Service {
    /// The facts of an operation that has a handler.
    pub(super) fn operation(&self, name: &str) -> Option<&'static OperationFacts> {
        self.operations.get(name).copied().filter(|_| self.table.handles(name))
    }
}

/// Where a request goes.
pub(super) enum Target<'s> {
    /// An awsJson operation; `None` when there is no such operation.
    Json(Option<(&'s Service, &'static OperationFacts)>),
    /// S3.
    Fallback,
    /// Nothing tells what is meant.
    Unknown,
}

/// The tables, by all that a request can name them with.
pub(super) struct Routing {
    services: Vec<Service>,
    by_target: HashMap<&'static str, usize>,
}

impl Routing {
    pub(super) fn new(tables: Vec<ServiceTable>) -> Self {
        let services: Vec<Service> = tables.into_iter().map(with_operations).collect();
        let by_target =
            services.iter().enumerate().filter_map(|(at, service)| Some((service.table.service().target_prefix?, at))).collect();
        Self { services, by_target }
    }

    pub(super) fn services(&self) -> &[Service] {
        &self.services
    }

    /// Where a request goes; `signed_for` is the service of its credential scope.
    pub(super) fn target(&self, parts: &Parts, signed_for: Option<&str>) -> Target<'_> {
        if let Some(target) = header(&parts.headers, "x-amz-target") {
            return Target::Json(self.json_operation(target));
        }
        match signed_for.or_else(|| service_of_host(&parts.headers)) {
            Some(name) if self.is_json(name) => Target::Unknown,
            _ => Target::Fallback,
        }
    }

    fn json_operation(&self, target: &str) -> Option<(&Service, &'static OperationFacts)> {
        let (prefix, name) = target.split_once('.')?;
        let service = &self.services[*self.by_target.get(prefix)?];
        Some((service, service.operation(name)?))
    }

    fn is_json(&self, signing_name: &str) -> bool {
        self.services.iter().map(|s| s.table.service()).any(|s| s.signing_name == signing_name && s.protocol == Protocol::Json)
    }
}

fn with_operations(table: ServiceTable) -> Service {
    let operations = (table.service().operations)().iter().map(|facts| (facts.name, *facts)).collect();
    Service { table, operations }
}

/// A header's text.
pub(super) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// `kinesis` of `kinesis.us-west-2.amazonaws.com`, `kinesis.localhost` and `account.data-kinesis.us-west-2.amazonaws.com`.
fn service_of_host(headers: &HeaderMap) -> Option<&str> {
    let host = header(headers, "host")?;
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let labels = name.strip_suffix(".amazonaws.com").or_else(|| name.strip_suffix(".localhost"))?;
    let service = labels.split('.').find(|label| !label.bytes().all(|b| b.is_ascii_digit()))?;
    Some(service.rsplit_once("-kinesis").map_or(service, |_| "kinesis"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_names_its_service() {
        let of = |host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("host", http::HeaderValue::from_static(host));
            service_of_host(&headers).map(str::to_owned)
        };
        assert_eq!(of("kinesis.us-west-2.amazonaws.com:443").as_deref(), Some("kinesis"));
        assert_eq!(of("123456789012.data-kinesis.us-west-2.amazonaws.com").as_deref(), Some("kinesis"));
        assert_eq!(of("iam.localhost:4566").as_deref(), Some("iam"));
        assert_eq!(of("localhost:4566"), None);
        assert_eq!(of("127.0.0.1"), None);
    }
}
