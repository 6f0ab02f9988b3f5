//! What is kept of a stack, its events, exports and change sets.

use super::super::evaluation::ParameterValue;
use super::resource::Resource;
use crate::api::cloudformation::{Change, ChangeSetStatus, ChangeSetType, ExecutionStatus, OnFailure, StackStatus};
use crate::api::stored;
use crate::base::account::Scope;
use crate::base::arn::Arn;
use crate::base::clock::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The type of a stack in events.
pub(in super::super) const STACK_TYPE: &str = "AWS::CloudFormation::Stack";

/// What a template and its surroundings make of a stack.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in super::super) struct Version {
    /// Under which its text is kept; empty before there is a template.
    pub(in super::super) template: String,
    pub(in super::super) description: Option<String>,
    pub(in super::super) parameters: BTreeMap<String, ParameterValue>,
    pub(in super::super) tags: BTreeMap<String, String>,
    pub(in super::super) capabilities: Vec<String>,
    pub(in super::super) notification_arns: Vec<String>,
    pub(in super::super) role_arn: Option<String>,
}

/// How an operation ends when something fails.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in super::super) struct Options {
    pub(in super::super) disable_rollback: bool,
    #[serde(with = "stored")]
    pub(in super::super) on_failure: OnFailure,
    pub(in super::super) timeout_minutes: Option<i32>,
    /// Whether what a failed creation made is deleted even if its DeletionPolicy is Retain.
    pub(in super::super) retain_except_on_create: bool,
}

/// Whose calls the resources are made by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in super::super) struct Owner {
    pub(in super::super) access_key: Option<String>,
    pub(in super::super) endpoint: String,
}

/// An output with its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in super::super) struct OutputValue {
    pub(in super::super) name: String,
    pub(in super::super) value: String,
    pub(in super::super) description: Option<String>,
    pub(in super::super) export: Option<String>,
}

/// A stack.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in super::super) struct Stack {
    /// The last part of its ARN.
    pub(in super::super) id: String,
    pub(in super::super) name: String,
    #[serde(with = "stored")]
    pub(in super::super) status: StackStatus,
    pub(in super::super) reason: Option<String>,
    pub(in super::super) created_ms: Millis,
    pub(in super::super) updated_ms: Option<Millis>,
    /// When its deletion began.
    pub(in super::super) deleted_ms: Option<Millis>,
    pub(in super::super) current: Version,
    /// The last version that was complete, while an update runs or when it was left as it failed; none if no version ever was.
    pub(in super::super) previous: Option<Version>,
    pub(in super::super) options: Options,
    pub(in super::super) termination_protection: bool,
    pub(in super::super) policy: Option<String>,
    /// ARN of the change set that was executed last.
    pub(in super::super) change_set: Option<String>,
    pub(in super::super) outputs: Vec<OutputValue>,
    /// Names of the exports it uses.
    pub(in super::super) imports: BTreeSet<String>,
    /// What the running update does not need any more, to be deleted when it has succeeded.
    pub(in super::super) retired: Vec<Resource>,
    /// Logical ids of what stays when the stack is deleted (RetainResources).
    pub(in super::super) retained: BTreeSet<String>,
    /// Whether the stack goes even if a resource of it cannot be deleted (DeletionMode FORCE_DELETE_STACK).
    #[serde(default)]
    pub(in super::super) forced: bool,
    /// Logical ids of what the running roll-back leaves as it is (ResourcesToSkip).
    #[serde(default)]
    pub(in super::super) skipped: BTreeSet<String>,
    /// Whether the running update is to be undone (CancelUpdateStack).
    #[serde(default)]
    pub(in super::super) called_off: bool,
    /// Whether the stack is to be deleted as soon as what is running has ended (DeleteStack while it is created).
    #[serde(default)]
    pub(in super::super) unwanted: bool,
    /// The client's token of the running operation.
    pub(in super::super) token: Option<String>,
    /// The client's token of its creation.
    pub(in super::super) creation_token: Option<String>,
    pub(in super::super) owner: Owner,
    /// The ARNs of the stacks that it is part of, the outermost first.
    #[serde(default)]
    pub(in super::super) outer: Vec<String>,
    /// How many events there have been.
    pub(in super::super) events: u64,
}

impl Stack {
    /// The ARN.
    pub(in super::super) fn arn(&self, scope: &Scope) -> String {
        Arn::of("cloudformation", scope, format!("stack/{}/{}", self.name, self.id)).to_string()
    }

    /// Whether an operation is running.
    pub(in super::super) fn is_in_progress(&self) -> bool {
        self.status != StackStatus::ReviewInProgress && self.status.as_str().ends_with("_IN_PROGRESS")
    }

    /// Whether it is gone; its name may be used again.
    pub(in super::super) fn is_deleted(&self) -> bool {
        self.status == StackStatus::DeleteComplete
    }

    /// Whether an update may begin.
    pub(in super::super) fn can_be_updated(&self) -> bool {
        use StackStatus::{CreateComplete, CreateFailed, UpdateComplete, UpdateFailed, UpdateRollbackComplete};
        match self.status {
            CreateComplete | UpdateComplete | UpdateRollbackComplete | UpdateFailed => true,
            // What a creation that was not rolled back has left.
            CreateFailed => self.options.disable_rollback,
            _ => false,
        }
    }
}

/// An event of a stack.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in super::super) struct Event {
    pub(in super::super) id: String,
    pub(in super::super) logical_id: String,
    pub(in super::super) physical_id: Option<String>,
    pub(in super::super) kind: String,
    /// Of a resource or a stack.
    pub(in super::super) status: String,
    pub(in super::super) reason: Option<String>,
    /// Evaluated properties as JSON, secrets masked.
    pub(in super::super) properties: Option<String>,
    pub(in super::super) at_ms: Millis,
    pub(in super::super) token: Option<String>,
}

/// A value that other stacks can import.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in super::super) struct Export {
    /// Id of the stack.
    pub(in super::super) stack: String,
    /// Name of the stack.
    pub(in super::super) stack_name: String,
    pub(in super::super) value: String,
}

/// A change set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in super::super) struct ChangeSet {
    pub(in super::super) id: String,
    pub(in super::super) name: String,
    /// Id of the stack.
    pub(in super::super) stack: String,
    pub(in super::super) stack_name: String,
    #[serde(with = "stored")]
    pub(in super::super) kind: ChangeSetType,
    pub(in super::super) description: Option<String>,
    pub(in super::super) created_ms: Millis,
    #[serde(with = "stored")]
    pub(in super::super) status: ChangeSetStatus,
    pub(in super::super) reason: Option<String>,
    #[serde(with = "stored")]
    pub(in super::super) execution: ExecutionStatus,
    pub(in super::super) version: Version,
    pub(in super::super) options: Options,
    #[serde(with = "stored")]
    pub(in super::super) changes: Vec<Change>,
    pub(in super::super) on_stack_failure: Option<String>,
}

impl ChangeSet {
    /// The ARN.
    pub(in super::super) fn arn(&self, scope: &Scope) -> String {
        Arn::of("cloudformation", scope, format!("changeSet/{}/{}", self.name, self.id)).to_string()
    }
}
