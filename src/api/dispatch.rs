//! From an operation's name to its handler: routes are typed where a service fills them and erased where the gateway reads them.

use super::coerce::coerce;
use super::events::{EventOperation, Events, typed};
use super::schema::Schema;
use super::shape::Shape;
use super::validate::validate;
use super::{Fault, Value};
use crate::base::account::Scope;
use crate::base::meter::Requests;
use futures_util::Stream;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A future that can be kept in a table.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Who calls, and what the answer should say of the call.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Account and region of the request.
    pub scope: Scope,
    /// The access key id, where the request carried one.
    pub access_key: Option<String>,
    /// The request's id, the same as in the answer's header.
    pub request_id: Arc<str>,
    /// How the client addressed us, such as `http://localhost:4566`; for URLs in answers.
    pub endpoint: Arc<str>,
}

/// How a service's requests look on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// awsJson 1.0 or 1.1, and CBOR in the same shape.
    Json,
    /// Form body in, XML out.
    Query,
    /// The query protocol as EC2 speaks it: flattened lists in, no wrappers out, errors of another form.
    Ec2,
    /// Path, query, headers and JSON body.
    RestJson,
}

/// What the model says of a service.
#[derive(Debug)]
pub struct ServiceFacts {
    /// The name in botocore: `kinesis`, `kinesisanalyticsv2`.
    pub id: &'static str,
    /// Its wire protocol.
    pub protocol: Protocol,
    /// `2013-12-02`.
    pub api_version: &'static str,
    /// `1.0` or `1.1`.
    pub json_version: Option<&'static str>,
    /// The part of X-Amz-Target before the point.
    pub target_prefix: Option<&'static str>,
    /// The service in credential scopes.
    pub signing_name: &'static str,
    /// The namespace of XML answers.
    pub xml_namespace: Option<&'static str>,
    /// All operations, by name.
    pub operations: fn() -> &'static [&'static OperationFacts],
}

impl ServiceFacts {
    /// Whether violations of constraints tell the offending value; Firehose's do not (spec/firehose 1.4).
    pub(super) fn tells_values(&self) -> bool {
        self.id != "firehose"
    }

    /// The code of violations; user pools have one of their own.
    pub(super) fn violation_code(&self) -> &'static str {
        if self.id == "cognito-idp" { "InvalidParameterException" } else { "ValidationException" }
    }
}

/// What the model says of an operation.
#[derive(Debug)]
pub struct OperationFacts {
    /// Its service.
    pub service: &'static ServiceFacts,
    /// Its name.
    pub name: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path with `{labels}`; `/` for all but REST protocols.
    pub uri: &'static str,
    /// HTTP status of success.
    pub status: u16,
    /// Shape of the input.
    pub input: &'static Schema,
    /// Shape of the output.
    pub output: &'static Schema,
    /// The tag around the result in query answers.
    pub result_wrapper: Option<&'static str>,
    /// Whether it needs no signature.
    pub unsigned: bool,
}

impl OperationFacts {
    /// Whether the model gives it an output shape; without one the answer has no body.
    pub fn has_output(&self) -> bool {
        !std::ptr::eq(self.output, super::Empty::SCHEMA)
    }
}

/// A marker type that ties an operation to its shapes.
pub trait Operation: 'static {
    /// The input's type.
    type Input: Shape + Send;
    /// The output's type.
    type Output: Shape;
    /// The facts of the operation.
    const FACTS: &'static OperationFacts;
}

/// An operation's handler, and its requests so far.
struct Registered {
    handler: Handler,
    requests: Requests,
}

/// A handler without its types, by the form of its answer.
enum Handler {
    Value(Box<Erased<Value<'static>>>),
    Events(Box<Erased<Events>>),
}

type Erased<T> = dyn for<'a> Fn(Caller, Value<'a>) -> BoxFuture<Result<T, Fault>> + Send + Sync;

/// The handlers of one service while it fills them; `S` is the service's handle, cloned for each call.
pub struct Routes<S> {
    state: S,
    service: &'static ServiceFacts,
    handlers: HashMap<&'static str, Registered>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No handlers yet.
    pub fn new(service: &'static ServiceFacts, state: S) -> Self {
        Self { state, service, handlers: HashMap::new() }
    }

    /// Registers the handler of an operation: an async function of the service's handle, the caller and the typed input.
    #[must_use]
    pub fn on<O, F, R>(self, _operation: O, handler: F) -> Self
    where
        O: Operation,
        F: Fn(S, Caller, O::Input) -> R + Send + Sync + 'static,
        R: Future<Output = Result<O::Output, Fault>> + Send + 'static,
    {
        let state = self.state.clone();
        let handler = Arc::new(handler);
        let erased = move |caller: Caller, value: Value<'_>| -> BoxFuture<Result<Value<'static>, Fault>> {
            match checked(value, O::FACTS) {
                Err(fault) => Box::pin(std::future::ready(Err(fault))),
                Ok(value) => {
                    let answer = handler(state.clone(), caller, O::Input::from_value(value));
                    Box::pin(async move { Ok(answer.await?.into_value().unwrap_or(Value::Map(Vec::new()))) })
                }
            }
        };
        self.register(O::FACTS, Handler::Value(Box::new(erased)))
    }

    /// Registers the handler of an operation whose answer is a stream of events. The stream is asked for its next event when the client
    /// has taken the last one, and dropped when the client is gone; an error in it is the last thing that the client hears.
    #[must_use]
    pub fn on_events<O, F, R, E>(self, _operation: O, handler: F) -> Self
    where
        O: EventOperation,
        F: Fn(S, Caller, O::Input) -> R + Send + Sync + 'static,
        R: Future<Output = Result<E, Fault>> + Send + 'static,
        E: Stream<Item = Result<O::Event, Fault>> + Send + 'static,
    {
        let state = self.state.clone();
        let erased = move |caller: Caller, value: Value<'_>| -> BoxFuture<Result<Events, Fault>> {
            match checked(value, O::FACTS) {
                Err(fault) => Box::pin(std::future::ready(Err(fault))),
                Ok(value) => {
                    let opening = handler(state.clone(), caller, O::Input::from_value(value));
                    Box::pin(async move { Ok(typed(opening.await?)) })
                }
            }
        };
        self.register(O::FACTS, Handler::Events(Box::new(erased)))
    }

    fn register(mut self, facts: &'static OperationFacts, handler: Handler) -> Self {
        self.handlers.insert(facts.name, Registered { handler, requests: Requests::default() });
        self
    }

    /// The table for the gateway.
    pub fn finish(self) -> ServiceTable {
        ServiceTable { service: self.service, handlers: Arc::new(self.handlers) }
    }
}

/// An input whose types and constraints are right.
fn checked<'a>(mut value: Value<'a>, facts: &OperationFacts) -> Result<Value<'a>, Fault> {
    coerce(&mut value, facts.input)?;
    let service = facts.service;
    let refused = |text| Fault::new(service.violation_code(), 400, text);
    validate(&value, facts.input, service.tells_values()).map_err(refused)?;
    Ok(value)
}

/// The handlers of one service, without their types; clones share them.
#[derive(Clone)]
pub struct ServiceTable {
    service: &'static ServiceFacts,
    handlers: Arc<HashMap<&'static str, Registered>>,
}

impl ServiceTable {
    /// What the model says of the service.
    pub fn service(&self) -> &'static ServiceFacts {
        self.service
    }

    /// Whether the operation has a handler.
    pub fn handles(&self, operation: &str) -> bool {
        self.handlers.contains_key(operation)
    }

    /// Whether the operation's answer is a stream of events.
    pub fn streams(&self, operation: &str) -> bool {
        matches!(self.handler(operation), Some(Handler::Events(_)))
    }

    /// Runs an operation; one without a handler answers UnknownOperation.
    pub fn call(&self, operation: &str, caller: Caller, input: Value<'_>) -> BoxFuture<Result<Value<'static>, Fault>> {
        match self.handler(operation) {
            Some(Handler::Value(handler)) => handler(caller, input),
            _ => Box::pin(std::future::ready(Err(Fault::unknown_operation()))),
        }
    }

    /// Opens the stream of events of an operation; one without such a handler answers UnknownOperation.
    pub fn open(&self, operation: &str, caller: Caller, input: Value<'_>) -> BoxFuture<Result<Events, Fault>> {
        match self.handler(operation) {
            Some(Handler::Events(handler)) => handler(caller, input),
            _ => Box::pin(std::future::ready(Err(Fault::unknown_operation()))),
        }
    }

    fn handler(&self, operation: &str) -> Option<&Handler> {
        self.handlers.get(operation).map(|registered| &registered.handler)
    }

    /// The count of an operation's requests; the gateway keeps it, which knows how they were answered.
    pub fn requests_of(&self, operation: &str) -> Option<&Requests> {
        self.handlers.get(operation).map(|registered| &registered.requests)
    }

    /// The requests of all operations, by name, in no order.
    pub fn requests(&self) -> impl Iterator<Item = (&'static str, &Requests)> {
        self.handlers.iter().map(|(operation, registered)| (*operation, &registered.requests))
    }
}
