//! The types of Kinesis Analytics. Both APIs' applications, outputs and reference tables are made by the same code; [`Api`] is where the
//! two differ.

mod api;
pub(super) mod application_v1;
pub(super) mod application_v2;
pub(super) mod part;
pub(super) mod start;
mod update;

use super::{Calls, Failure};
use api::{Api, Detail};

/// Longest name of an application (API reference, CreateApplication).
const LONGEST_NAME: usize = 128;

/// The application as soon as it can be changed.
async fn settled(api: &dyn Api, calls: &Calls, application: &str) -> Result<Detail, Failure> {
    let look = || async { Ok(Some(api.describe(calls, application).await?).filter(Detail::is_settled)) };
    calls.until("the application to become READY or RUNNING", look).await
}

/// Whether another resource of the stack changed the application in between, so that it is to be looked at again.
fn overtaken(failure: &Failure) -> bool {
    ["ConcurrentModification", "ResourceInUse"].iter().any(|part| failure.code().contains(part))
}
