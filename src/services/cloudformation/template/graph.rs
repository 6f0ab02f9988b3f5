//! What waits for what.

use std::collections::{BTreeMap, BTreeSet};

/// The resources that wait for each other in a circle, by name; `None` where all can be made in some order. `edges` leads from each
/// resource to those it waits for.
pub(super) fn cycle(edges: &BTreeMap<&str, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut left: BTreeSet<&str> = edges.keys().copied().collect();
    let waits_for = |id: &str| edges.get(id).into_iter().flatten();
    loop {
        // Neither what waits for nothing nor what nothing waits for is part of a circle.
        let needed: BTreeSet<&str> = left.iter().flat_map(|id| waits_for(id)).map(String::as_str).collect();
        let stuck = |id: &&str| needed.contains(id) && waits_for(id).any(|other| left.contains(other.as_str()));
        let next: BTreeSet<&str> = left.iter().copied().filter(|id| stuck(id)).collect();
        if next.len() == left.len() {
            break;
        }
        left = next;
    }
    (!left.is_empty()).then(|| left.into_iter().map(str::to_owned).collect())
}
