//! Which server answers at an endpoint, and what follows for requests to it (spec/firehose 3.3, spec/workshop 6).

use serde::Deserialize;
use std::collections::HashMap;

/// The first major version without mapping types. OpenSearch counts from 1 and never had them.
const FIRST_WITHOUT_TYPES: u32 = 7;

/// The first major version that allows a type to be called `_doc`.
const FIRST_WITH_DOC: u32 = 6;

/// A server's product and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServerVersion {
    major: u32,
    open_search: bool,
}

/// The answer of `GET /`.
#[derive(Deserialize)]
struct Root {
    version: RootVersion,
}

#[derive(Deserialize)]
struct RootVersion {
    number: String,
    distribution: Option<String>,
}

/// The answer of `GET /_nodes/_local?filter_path=nodes.*.version`.
#[derive(Deserialize)]
struct Nodes {
    nodes: HashMap<String, Node>,
}

#[derive(Deserialize)]
struct Node {
    version: String,
}

impl ServerVersion {
    /// From the answer of `GET /`.
    pub(super) fn of_root(body: &[u8]) -> Option<Self> {
        let Root { version } = serde_json::from_slice(body).ok()?;
        Some(Self { major: major(&version.number)?, open_search: version.distribution.as_deref() == Some("opensearch") })
    }

    /// From the answer of `GET /_nodes/_local`, which tells no product.
    pub(super) fn of_nodes(body: &[u8]) -> Option<Self> {
        let Nodes { nodes } = serde_json::from_slice(body).ok()?;
        Some(Self { major: major(&nodes.values().next()?.version)?, open_search: false })
    }

    /// The type that documents are sent with: the one configured, or a default, below 7; none from 7 on, where servers refuse it.
    pub(super) fn document_type<'a>(&self, configured: &'a str) -> Option<&'a str> {
        if self.open_search || self.major >= FIRST_WITHOUT_TYPES {
            return None;
        }
        match configured {
            "" if self.major < FIRST_WITH_DOC => Some("doc"),
            "" => Some("_doc"),
            name => Some(name),
        }
    }
}

fn major(number: &str) -> Option<u32> {
    number.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_sent_below_seven_only() {
        let type_for = |root: &str, configured| {
            ServerVersion::of_root(root.as_bytes()).unwrap().document_type(configured).map(str::to_owned)
        };
        let elasticsearch = |number: &str| format!(r#"{{"name":"n","version":{{"number":"{number}","lucene_version":"6"}}}}"#);
        for (number, expected) in
            [("1.5.0", Some("t")), ("5.6.16", Some("t")), ("6.8.23", Some("t")), ("7.17.29", None), ("8.11.4", None)]
        {
            assert_eq!(type_for(&elasticsearch(number), "t").as_deref(), expected, "{number}");
        }
        assert_eq!(type_for(&elasticsearch("5.6.16"), "").as_deref(), Some("doc"));
        assert_eq!(type_for(&elasticsearch("6.8.23"), "").as_deref(), Some("_doc"));
        assert_eq!(type_for(r#"{"version":{"distribution":"opensearch","number":"2.19.1"}}"#, "t"), None);
        let nodes = ServerVersion::of_nodes(br#"{"nodes":{"x":{"version":"8.11.4"}}}"#).unwrap();
        assert_eq!(nodes.document_type("t"), None);
        assert_eq!(ServerVersion::of_root(b"<html>"), None);
    }
}
