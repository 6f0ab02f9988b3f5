//! CloudWatch Logs, as far as those who read the error logs of Firehose and Analytics need it: groups, streams, events, filters, tags.
//!
//! [`Logs`] is the handle that services write log events with. A stream's events are a record log of the store: the message is a record's
//! data, the event's time its key, the time of ingestion its arrival time.

mod error;
mod event;
mod group;
mod operations;
mod pattern;
mod put;
mod retention;
#[cfg(test)]
mod tests;
mod view;

pub use error::LogsError;
pub use event::Event;
pub use operations::routes;

use crate::base::account::Scope;
use crate::base::clock::{Clock, Millis};
use crate::store::Store;

/// A handle of the log groups; clones share it.
#[derive(Clone, Debug)]
pub struct Logs {
    store: Store,
    clock: Clock,
}

impl Logs {
    /// The log groups of a store.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Writes one event to a stream that exists.
    ///
    /// # Errors
    /// [`LogsError::NoSuchGroup`] and [`LogsError::NoSuchStream`], which a service that logs for a user takes in silence, as AWS's do.
    pub async fn put(&self, scope: &Scope, group: &str, stream: &str, at_ms: Millis, message: &str) -> Result<(), LogsError> {
        let event = put::NewEvent { at_ms, message: message.to_owned() };
        self.append(scope, group, stream, vec![event]).await
    }
}
