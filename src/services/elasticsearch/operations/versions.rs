//! What versions and instances the service offers. The server behind a domain has its own version, whatever is asked for.

/// Versions of Elasticsearch, newest first (AWS's list; 1.5 and 2.3 at its end).
pub(super) const ELASTICSEARCH: [&str; 19] = [
    "7.10", "7.9", "7.8", "7.7", "7.4", "7.1", "6.8", "6.7", "6.5", "6.4", "6.3", "6.2", "6.0", "5.6", "5.5", "5.3", "5.1",
    "2.3", "1.5",
];

/// Versions of OpenSearch, newest first.
pub(super) const OPENSEARCH: [&str; 13] =
    ["2.19", "2.17", "2.15", "2.13", "2.11", "2.9", "2.7", "2.5", "2.3", "1.3", "1.2", "1.1", "1.0"];

/// Instance types of domains; any other is taken as well.
pub(super) const INSTANCES: [&str; 8] = [
    "t2.small.elasticsearch",
    "t3.small.elasticsearch",
    "m3.medium.elasticsearch",
    "m4.large.elasticsearch",
    "m5.large.elasticsearch",
    "c5.large.elasticsearch",
    "r5.large.elasticsearch",
    "i3.large.elasticsearch",
];

/// The versions that a domain of `version` can be upgraded to: the later ones of its major version, and the first step to the next.
pub(super) fn targets(all: &[&'static str], version: &str) -> Vec<String> {
    let Some(at) = all.iter().position(|candidate| *candidate == version) else { return Vec::new() };
    all[..at].iter().map(|version| (*version).to_owned()).collect()
}

/// The entries from `token` (a number) on, and the next token.
pub(super) fn page(all: Vec<String>, token: Option<&String>, most: Option<i32>) -> (Vec<String>, Option<String>) {
    let from = token.and_then(|token| token.parse().ok()).unwrap_or(0).min(all.len());
    let most = most.and_then(|most| usize::try_from(most).ok()).filter(|most| *most > 0).unwrap_or(all.len());
    let to = from.saturating_add(most).min(all.len());
    let next = (to < all.len()).then(|| to.to_string());
    (all[from..to].to_vec(), next)
}
