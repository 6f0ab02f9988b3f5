//! Which service and operation a request means (spec/workshop.md 7.1): X-Amz-Target; else the service of the credential scope;
//! else the host's name; else a form with Action; else the path; and S3 for what is left.

use super::rest::Paths;
use crate::api::{OperationFacts, Protocol, ServiceTable};
use http::request::Parts;
use http::{HeaderMap, Method};
use std::collections::HashMap;

/// A service as the gateway sees it.
pub(super) struct Service {
    pub(super) table: ServiceTable,
    operations: HashMap<&'static str, &'static OperationFacts>,
}

impl Service {
    /// The facts of an operation that has a handler.
    fn operation(&self, name: &str) -> Option<&'static OperationFacts> {
        self.operations.get(name).copied().filter(|_| self.table.handles(name))
    }
}

/// A service and one of its operations.
pub(super) type Call<'s> = (&'s Service, &'static OperationFacts);

/// Where a request goes.
pub(super) enum Target<'s> {
    /// An awsJson operation; `None` when there is no such operation.
    Json(Option<Call<'s>>),
    /// A query operation, which its form names; the service's name, where the signature or the host says it.
    Query(Option<String>),
    /// A rest-json operation.
    Rest(Call<'s>),
    /// S3.
    Fallback,
    /// Nothing tells what is meant.
    Unknown,
}

/// The tables, by all that a request can name them with.
pub(super) struct Routing {
    services: Vec<Service>,
    by_target: HashMap<&'static str, usize>,
    paths: Vec<(usize, Paths)>,
}

impl Routing {
    pub(super) fn new(tables: Vec<ServiceTable>) -> Self {
        let services: Vec<Service> = tables.into_iter().map(with_operations).collect();
        let facts = || services.iter().map(|service| service.table.service()).enumerate();
        let by_target = facts().filter_map(|(at, facts)| Some((facts.target_prefix?, at))).collect();
        let rest = facts().filter(|(_, facts)| facts.protocol == Protocol::RestJson);
        let paths = rest.map(|(at, facts)| (at, Paths::new((facts.operations)()))).collect();
        Self { services, by_target, paths }
    }

    /// Where a request goes; `signed_for` is the service of its credential scope.
    pub(super) fn target(&self, parts: &Parts, signed_for: Option<&str>) -> Target<'_> {
        if let Some(target) = header(&parts.headers, "x-amz-target") {
            return Target::Json(self.json_operation(target));
        }
        let named = signed_for.or_else(|| service_of_host(parts).filter(|name| self.protocol(name).is_some()));
        match named.map(|name| (name, self.protocol(name))) {
            Some(("s3", _)) => Target::Fallback,
            Some((_, Some(Protocol::RestJson))) => self.by_path(parts).unwrap_or(Target::Unknown),
            Some((name, Some(Protocol::Query | Protocol::Ec2))) => Target::Query(Some(name.to_owned())),
            Some((name, _)) if is_form(parts) => Target::Query(Some(name.to_owned())),
            Some(_) => Target::Unknown,
            None if is_form(parts) => Target::Query(None),
            None => self.by_path(parts).unwrap_or(Target::Fallback),
        }
    }

    /// The query operation that a form names; `named` is the service's name, where something said it.
    pub(super) fn query_operation(&self, named: Option<&str>, action: &str, version: Option<&str>) -> Option<Call<'_>> {
        let mut candidates = self.services.iter().filter(|service| {
            let facts = service.table.service();
            let meant = named.map_or_else(|| version.is_none_or(|v| v == facts.api_version), |name| name == facts.signing_name);
            match facts.protocol {
                Protocol::Query => meant,
                // EC2 keeps its operations through its versions, and clients of all of them are about.
                Protocol::Ec2 => named.is_none_or(|name| name == facts.signing_name),
                Protocol::Json | Protocol::RestJson => false,
            }
        });
        candidates.find_map(|service| Some((service, service.operation(action)?)))
    }

    fn json_operation(&self, target: &str) -> Option<Call<'_>> {
        let (prefix, name) = target.split_once('.')?;
        let service = &self.services[*self.by_target.get(prefix)?];
        Some((service, service.operation(name)?))
    }

    fn by_path(&self, parts: &Parts) -> Option<Target<'_>> {
        let found = self.paths.iter().find_map(|(at, paths)| Some((at, paths.find(parts.method.as_str(), parts.uri.path())?)));
        found.map(|(at, facts)| Target::Rest((&self.services[*at], facts)))
    }

    /// The protocol of the service with this name in credential scopes.
    pub(super) fn protocol(&self, signing_name: &str) -> Option<Protocol> {
        let mut facts = self.services.iter().map(|service| service.table.service());
        facts.find(|facts| facts.signing_name == signing_name).map(|facts| facts.protocol)
    }
}

/// Whether the request is a form, in its body or in its query string.
fn is_form(parts: &Parts) -> bool {
    let content_type = header(&parts.headers, "content-type").unwrap_or_default();
    let posted = parts.method == Method::POST && content_type.starts_with("application/x-www-form-urlencoded");
    posted || parts.uri.query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("Action=")))
}

fn with_operations(table: ServiceTable) -> Service {
    let operations = (table.service().operations)().iter().map(|facts| (facts.name, *facts)).collect();
    Service { table, operations }
}

/// A header's text.
pub(super) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The host the client named; HTTP/2 carries it as the authority.
pub(super) fn host(parts: &Parts) -> Option<&str> {
    parts.uri.authority().map(http::uri::Authority::as_str).or_else(|| header(&parts.headers, "host"))
}

/// `kinesis` of `kinesis.us-west-2.amazonaws.com`, `kinesis.localhost` and `account.data-kinesis.us-west-2.amazonaws.com`.
fn service_of_host(parts: &Parts) -> Option<&str> {
    let host = host(parts)?;
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
            let parts = http::Request::builder().header("host", host).body(()).unwrap().into_parts().0;
            service_of_host(&parts).map(str::to_owned)
        };
        assert_eq!(of("kinesis.us-west-2.amazonaws.com:443").as_deref(), Some("kinesis"));
        assert_eq!(of("123456789012.data-kinesis.us-west-2.amazonaws.com").as_deref(), Some("kinesis"));
        assert_eq!(of("iam.localhost:4566").as_deref(), Some("iam"));
        assert_eq!(of("localhost:4566"), None);
        assert_eq!(of("127.0.0.1"), None);
    }
}
