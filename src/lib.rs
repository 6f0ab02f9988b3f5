//! Millpond: Amazon Kinesis on your own machine.
//!
//! The map, in layer order; each layer may use only those below it (tests/tidy.rs checks):
//!
//! - `api`: the AWS APIs as types, generated from `api-models/`, and what checks and routes their inputs.
//! - `services`: Data Streams, Firehose, Analytics and their neighbours, each a folder.
//! - `sql`: the streaming SQL engine, pure.
//! - `base`: clock, ARNs, accounts, retries.

pub mod api;
pub mod base;
pub mod services;
pub mod sql;
pub mod store;
