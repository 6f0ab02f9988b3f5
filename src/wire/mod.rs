//! Bytes to calls and back: the listener, the gateway, signatures, and the wire formats of AWS's protocols.
//!
//! `wire` knows no service: `app` hands the gateway the services' tables, a fallback for what no table claims (S3), and a router
//! for our own paths under `/_millpond/`.

mod answer;
mod aws_chunked;
mod body;
mod call;
mod cbor;
mod client;
mod cors;
mod event_stream;
mod gateway;
mod guard;
mod json;
mod json_call;
mod listener;
pub mod proxy;
mod query;
mod query_call;
mod request_id;
mod rest;
mod rest_call;
mod route;
mod s3_request;
pub mod signature;
pub mod tls;
mod xml;

pub use body::{Body, MAX_BODY_BYTES};
pub use client::http_client;
pub use gateway::{Fallback, Gateway};
pub use listener::{Answer, Listener, ListenerLimits};

#[cfg(test)]
mod tests;
