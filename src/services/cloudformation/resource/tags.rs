//! What an update does to tags.

use super::{Calls, Failure, Properties};
use std::collections::BTreeMap;

/// The difference between the tags that a resource had and those that it is to have.
pub(super) struct TagChange {
    /// All that there are to be: those of the stack and the resource's own.
    pub(super) wanted: BTreeMap<String, String>,
    /// The keys that go.
    pub(super) gone: Vec<String>,
}

impl TagChange {
    /// From the properties and the stack's tags before and after.
    pub(super) fn between(calls: &Calls, previous: &Properties, desired: &Properties) -> Result<Self, Failure> {
        let wanted = calls.tags(desired)?;
        let mut had = calls.at().had.clone();
        had.extend(previous.tags()?);
        let gone = had.into_keys().filter(|key| !wanted.contains_key(key)).collect();
        Ok(Self { wanted, gone })
    }
}
