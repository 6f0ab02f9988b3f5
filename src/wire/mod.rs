//! Bytes to calls and back: the listener, the gateway, signatures, and the wire formats of AWS's protocols.
//!
//! `wire` knows no service: `app` hands the gateway the services' tables, a fallback for what no table claims (S3), and a router
//! for our own paths under `/_millpond/`.

mod answer;
mod body;
mod cbor;
mod cors;
mod gateway;
mod guard;
mod json;
mod listener;
mod request_id;
mod route;
pub mod signature;

pub use body::{Body, MAX_BODY_BYTES};
pub use gateway::{Fallback, Gateway};
pub use listener::{Listener, ListenerLimits};
