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
    /// The resources that it needs, by logical id.
    pub(in super::super) waits: BTreeSet<String>,
    pub(in super::super) policies: Policies,
    pub(in super::super) metadata: Option<Document>,
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

impl State {
    /// Takes over what a handler says.
    pub(in super::super) fn take(&mut self, made: Made) {
        self.physical_id = Some(made.id);
        self.reference = made.reference;
        self.attributes = made.attributes;
    }
}

impl Resource {
    /// What `Ref` and `Fn::GetAtt` give.
    pub(in super::super) fn resolved(&self) -> Resolved {
        let State { physical_id, reference, attributes, .. } = &self.now;
        let reference = reference.clone().or_else(|| physical_id.clone()).unwrap_or_default();
        Resolved { reference, attributes: attributes.clone() }
    }

    /// What would be forgotten when the resource is [settled](Self::settled): a replaced one, or a replacement without success.
    pub(in super::super) fn leftover(&self) -> Option<Self> {
        let before = self.before.as_deref().filter(|before| before.physical_id != self.now.physical_id)?;
        let now = if self.status == ResourceStatus::UpdateFailed { &self.now } else { before };
        now.physical_id.as_ref()?;
        let policies = Policies { retain: self.policies.retain_replaced, ..self.policies };
        Some(Self { now: now.clone(), before: None, policies, ..self.clone() })
    }

    /// The resource as an update finds it that follows on one which failed and was left so: what was changed without success counts as not
    /// changed.
    pub(in super::super) fn settled(mut self) -> Self {
        let before = self.before.take();
        match (self.status, before) {
            (ResourceStatus::UpdateFailed, Some(before)) => self.now = *before,
            (ResourceStatus::CreateFailed, _) => self.is_new = true,
            _ => self.is_new = false,
        }
        self
    }

    /// Whether it is there, ready for others to use.
    pub(in super::super) fn is_complete(&self) -> bool {
        use ResourceStatus::{CreateComplete, UpdateComplete};
        matches!(self.status, CreateComplete | UpdateComplete)
    }

    /// Whether there is something to delete.
    pub(in super::super) fn exists(&self) -> bool {
        self.now.physical_id.is_some() && !matches!(self.status, ResourceStatus::DeleteComplete | ResourceStatus::DeleteSkipped)
    }
}
