//! The types of Kinesis Analytics. Both APIs' applications, outputs and reference tables are made by the same code; [`Api`] is where the
//! two differ.

mod api;
pub(super) mod application_v1;
pub(super) mod application_v2;
pub(super) mod part;
pub(super) mod start;
mod update;

use super::calls::unless_missing;
use super::{Calls, Failure};
use api::{Api, Detail};
use serde_json::{Map, Value as Document};

/// Longest name of an application (API reference, CreateApplication).
const LONGEST_NAME: usize = 128;

/// The application as soon as it can be changed.
async fn settled(api: &dyn Api, calls: &Calls, application: &str) -> Result<Detail, Failure> {
    let look = || async { Ok(Some(api.describe(calls, application).await?).filter(Detail::is_settled)) };
    calls.until("the application to become READY or RUNNING", look).await
}

/// Changes the application by `update`, which is made from the ids of its inputs and may have nothing in it.
async fn changed<F>(api: &dyn Api, calls: &Calls, application: &str, update: F) -> Result<(), Failure>
where
    F: FnOnce(&[String]) -> Map<String, Document> + Send,
{
    let detail = settled(api, calls, application).await?;
    let update = update(&detail.inputs);
    if !update.is_empty() {
        api.change(calls, application, update, detail.version).await?;
        settled(api, calls, application).await?;
    }
    Ok(())
}

/// Deletes the application, if it is there, and waits until it is gone.
async fn deleted(api: &dyn Api, calls: &Calls, application: &str) -> Result<(), Failure> {
    let Some(detail) = unless_missing(api.describe(calls, application).await)? else { return Ok(()) };
    let delete = || api.delete(calls, application, detail.created_ms);
    calls.deleted("the application to be deleted", delete, || api.describe(calls, application)).await
}

/// Whether another resource of the stack changed the application in between, so that it is to be looked at again.
fn overtaken(failure: &Failure) -> bool {
    ["ConcurrentModification", "ResourceInUse"].iter().any(|part| failure.code().contains(part))
}
