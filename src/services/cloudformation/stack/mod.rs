//! Stacks: what is kept of them, and the operations that bring their resources from one version of a template to another.
//!
//! A stack's status is the state of a machine ([`work::Work::run`]): each state that is in progress has one function that leads to the next
//! state, and can be entered again after the process was killed.

mod change;
mod clean_up;
mod create;
mod difference;
mod kept;
mod order;
mod outputs;
mod plan;
mod record;
mod resource;
mod restore;
mod step;
#[cfg(test)]
mod tests;
mod update;
mod work;

pub(super) use difference::{Changes, compare};
pub(super) use kept::Kept;
pub(super) use plan::{Plan, environment};
pub(super) use record::{ChangeSet, Event, Options, Owner, Stack, Version};
pub(super) use resource::Resource;
pub(super) use work::{Running, Work};
