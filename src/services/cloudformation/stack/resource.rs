//! What is kept of a resource.

use super::super::evaluation::Resolved;
use super::super::resource::{Made, Properties};
use crate::api::cloudformation::ResourceStatus;
use crate::api::stored;
use crate::base::clock::Millis;
use serde::{Deserialize, Serialize};
use serde_json::Value as Document;
use std::collections::{BTreeMap, BTreeSet};

/// A resource of a stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in super::super) struct Resource {
    pub(in super::super) logical_id: String,
    /// The type.
    pub(in super::super) kind: String,
    #[serde(with = "stored")]
    pub(in super::super) status: ResourceStatus,
    pub(in super::super) reason: Option<String>,
    pub(in super::super) updated_ms: Millis,
    /// The end of names that are generated for it.
    pub(in super::super) suffix: String,
    pub(in super::super) now: State,
    /// How it was before the running update touched it.
    pub(in super::super) before: Option<Box<State>>,
    /// Whether the running update made it.
    pub(in super::super) is_new: bool,
    /// How it was in the last complete version of the stack.
    #[serde(default)]
    pub(in super::super) stable: Stable,
    /// What an update that failed and was left so tried to make of it, and may have made in part.
    #[serde(default)]
    pub(in super::super) attempted: Option<Box<State>>,
    /// A note of intent: set before the call that creates it, until its physical id is known. It has the physical ids of what was there
    /// already that could be mistaken for it; whatever else is found later is this resource.
    #[serde(default)]
    pub(in super::super) intent: Option<BTreeSet<String>>,
    /// The resources that it needs, by logical id.
    pub(in super::super) waits: BTreeSet<String>,
    pub(in super::super) policies: Policies,
    pub(in super::super) metadata: Option<Document>,
}

/// How a resource was in the last complete version of its stack.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in super::super) enum Stable {
    /// As before the running update.
    #[default]
    AsBefore,
    /// It was not there: an update that failed and was left so made it.
    Absent,
    /// An update that failed and was left so has changed it since.
    Was(Box<State>),
}

/// What stays behind when a resource goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Policies {
    /// DeletionPolicy Retain, or RetainExceptOnCreate.
    pub(in super::super) retain: bool,
    /// DeletionPolicy RetainExceptOnCreate.
    pub(in super::super) except_on_create: bool,
    /// UpdateReplacePolicy Retain.
    pub(in super::super) retain_replaced: bool,
}

/// A resource as it is, or was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in super::super) struct State {
    pub(in super::super) physical_id: Option<String>,
    pub(in super::super) reference: Option<String>,
    pub(in super::super) attributes: BTreeMap<String, Document>,
    pub(in super::super) properties: Properties,
    /// The properties with secrets masked, as JSON.
    pub(in super::super) shown: String,
    /// Tags of the stack that it got.
    pub(in super::super) tags: BTreeMap<String, String>,
}

impl Resource {
    /// Takes over what a handler says.
    pub(in super::super) fn take(&mut self, made: Made) {
        self.now.physical_id = Some(made.id);
        self.now.reference = made.reference;
        self.now.attributes = made.attributes;
        self.intent = None;
    }

    /// The resource is again as it was in the last complete version.
    pub(in super::super) fn restore(&mut self, stable: State) {
        self.now = stable;
        (self.before, self.attempted, self.intent, self.stable) = (None, None, None, Stable::AsBefore);
    }

    /// What `Ref` and `Fn::GetAtt` give.
    pub(in super::super) fn resolved(&self) -> Resolved {
        let State { physical_id, reference, attributes, .. } = &self.now;
        let reference = reference.clone().or_else(|| physical_id.clone()).unwrap_or_default();
        Resolved { reference, attributes: attributes.clone() }
    }

    /// What would be forgotten when the resource is [settled](Self::settled): a replacement without success, or what was replaced and is not
    /// the last complete version's.
    pub(in super::super) fn leftover(&self) -> Option<Self> {
        let before = self.before.as_deref().filter(|before| before.physical_id != self.now.physical_id)?;
        let now = match (self.status, &self.stable) {
            (ResourceStatus::UpdateFailed, _) => &self.now,
            (_, Stable::Was(stable)) if stable.physical_id != before.physical_id => before,
            _ => return None,
        };
        now.physical_id.as_ref()?;
        Some(self.replaced(now.clone()))
    }

    /// The resource as an update finds it that follows on one which failed and was left so: what was changed without success counts as not
    /// changed.
    pub(in super::super) fn settled(mut self) -> Self {
        let before = self.before.take();
        if self.stable == Stable::AsBefore {
            self.stable = match &before {
                _ if self.is_new || self.status == ResourceStatus::CreateFailed => Stable::Absent,
                Some(before) => Stable::Was(before.clone()),
                None => Stable::AsBefore,
            };
        }
        self.is_new = false;
        match (self.status, before) {
            (ResourceStatus::UpdateFailed, Some(before)) => {
                let tried = std::mem::replace(&mut self.now, *before);
                if tried.physical_id == self.now.physical_id {
                    self.attempted.get_or_insert(Box::new(tried));
                }
            }
            (ResourceStatus::CreateFailed, _) => self.is_new = true,
            _ => {}
        }
        self
    }

    /// How it was in the last complete version; `None` if that is how it is, or it was not there.
    pub(in super::super) fn stable_state(&self) -> Option<State> {
        match &self.stable {
            Stable::AsBefore => self.before.as_deref().cloned(),
            Stable::Absent => None,
            Stable::Was(state) => Some((**state).clone()),
        }
    }

    /// Whether it was made since the last complete version.
    pub(in super::super) fn is_newer_than_stable(&self) -> bool {
        self.stable == Stable::Absent || (self.is_new && self.stable == Stable::AsBefore)
    }

    /// What stands for `state` of this resource once another is in its place: of it the policy for replacements decides.
    pub(in super::super) fn replaced(&self, state: State) -> Self {
        let policies = Policies { retain: self.policies.retain_replaced, ..self.policies };
        Self { now: state, before: None, stable: Stable::AsBefore, attempted: None, intent: None, policies, ..self.clone() }
    }

    /// Whether it is there, ready for others to use.
    pub(in super::super) fn is_complete(&self) -> bool {
        use ResourceStatus::{CreateComplete, UpdateComplete};
        matches!(self.status, CreateComplete | UpdateComplete)
    }

    /// Whether there is something to delete.
    pub(in super::super) fn exists(&self) -> bool {
        (self.now.physical_id.is_some() || self.intent.is_some())
            && !matches!(self.status, ResourceStatus::DeleteComplete | ResourceStatus::DeleteSkipped)
    }
}
