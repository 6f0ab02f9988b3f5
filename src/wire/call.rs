//! What all protocols share: a request on its way to a handler, the check of its signature, and the call itself.

use super::route::Call;
use super::signature::{Payload, Presigned, Refused, Signed, Verifier};
use crate::api::{BoxFuture, Caller, Events, Fault, Value};
use crate::base::clock::Stopwatch;
use crate::base::repeated::Repeated;
use crate::base::spawner::to_its_end;
use http::request::Parts;
use std::panic::AssertUnwindSafe;

/// A request whose service is known, without its body.
pub(super) struct Incoming<'g> {
    pub(super) parts: Parts,
    pub(super) signature: Result<Option<Signed>, Refused>,
    pub(super) caller: Caller,
    /// There when signatures are verified.
    pub(super) verifier: Option<&'g Verifier>,
}

impl Incoming<'_> {
    /// A malformed signature is refused always, a missing or wrong one only when signatures are verified. Operations that need
    /// none (AssumeRoleWithWebIdentity) are not checked.
    pub(super) fn check_signature(&self, payload: Payload<'_>, unsigned: bool) -> Result<(), Refused> {
        let signed = self.signature.as_ref().map_err(Clone::clone)?;
        match (self.verifier, signed) {
            (Some(verifier), Some(signed)) => verifier.verify(signed, &self.parts, payload),
            (Some(verifier), None) => match (payload, Presigned::parse(&self.parts)) {
                (Payload::Declared, Some(presigned)) => verifier.verify_presigned(&presigned, &self.parts),
                _ if unsigned => Ok(()),
                _ => Err(Refused::Missing),
            },
            (None, _) => Ok(()),
        }
    }
}

/// Runs the handler, to its end even if the client hangs up; a panic in it is a bug, which costs its caller an InternalFailure and nobody
/// else anything.
pub(super) async fn run((service, facts): Call<'_>, caller: Caller, input: Value<'_>) -> Result<Value<'static>, Fault> {
    guarded(|| service.table.call(facts.name, caller, input)).await
}

/// Opens the stream of events of an operation.
pub(super) async fn open((service, facts): Call<'_>, caller: Caller, input: Value<'_>) -> Result<Events, Fault> {
    guarded(|| service.table.open(facts.name, caller, input)).await
}

async fn guarded<T: Send + 'static>(start: impl FnOnce() -> BoxFuture<Result<T, Fault>>) -> Result<T, Fault> {
    let started = std::panic::catch_unwind(AssertUnwindSafe(start));
    let running = started.map_err(|_| Fault::internal("panic in the checks of the input"))?;
    to_its_end(running).await.unwrap_or_else(|_| Err(Fault::internal("panic in the handler")))
}

/// Counts a call that began at `began` and was answered with `status`.
pub(super) fn count((service, facts): Call<'_>, began: Stopwatch, status: u16) {
    if let Some(requests) = service.table.requests_of(facts.name) {
        requests.record(status, began.elapsed());
    }
}

/// Counts a call that failed, and tells the log.
pub(super) fn refused(fault: &Fault, call: Option<Call<'_>>, began: Stopwatch) {
    if let Some(call) = call {
        count(call, began, fault.status);
    }
    log(fault, call);
}

/// Internal failures that were told: a full disk would fill the log with one line a request.
static INTERNAL: Repeated = Repeated::new();

/// Tells the log of a call that failed: what callers did wrong only on request, what we did wrong always, but the same not in every call.
pub(super) fn log(fault: &Fault, call: Option<Call<'_>>) {
    let (service, operation) = call.map_or(("?", "?"), |(_, facts)| (facts.service.id, facts.name));
    let (code, message) = (&*fault.code, fault.message.as_deref().unwrap_or_default());
    match &fault.internal {
        Some(why) => {
            if let Some(kept_back) = INTERNAL.admit(&format!("{service} {operation} {why}")) {
                tracing::error!(service, operation, code, why, kept_back, "internal failure");
            }
        }
        None => tracing::debug!(service, operation, code, message, "refused"),
    }
}
