//! Answers that are streams of events (SubscribeToShard): typed where a service makes them, erased where the wire frames them.

use super::{Fault, Operation, Shape, Value};
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};
use std::borrow::Cow;

/// An operation whose output is a stream of events.
pub trait EventOperation: Operation {
    /// The union of its events; a value of it has one member.
    type Event: Shape + Send;
}

/// One event as it goes to the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its name in the model, such as `SubscribeToShardEvent`.
    pub name: Cow<'static, str>,
    /// Its structure.
    pub payload: Value<'static>,
}

/// The events of an answer, made as the client takes them; an error ends them.
pub type Events = BoxStream<'static, Result<Event, Fault>>;

/// Takes the types off a stream of events.
pub(super) fn typed<E: Shape>(events: impl Stream<Item = Result<E, Fault>> + Send + 'static) -> Events {
    events.map(|event| Ok(erased(event?))).boxed()
}

fn erased(event: impl Shape) -> Event {
    let member = event.into_value().and_then(|union| union.into_members().into_iter().next());
    let (name, payload) = member.unwrap_or((Cow::Borrowed(""), Value::Map(Vec::new())));
    Event { name, payload }
}
