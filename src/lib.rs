//! Millpond: Amazon Kinesis on your own machine.
//!
//! The map, in layer order; each layer may use only those below it (tests/tidy.rs checks):
//!
//! - `cli`: the commands; `config`: their settings; `telemetry`: logging.
//! - `app`: builds, starts and stops everything.
//! - `console`: the page that shows what flows.
//! - `wire`: bytes to calls and back; knows no service.
//! - `api`: the AWS APIs as types, generated from `api-models/`, and what checks and routes their inputs.
//! - `services`: Data Streams, Firehose, Analytics and their neighbours, each a folder.
//! - `generate`: records from templates, pure.
//! - `sql`: the streaming SQL engine, pure.
//! - `base`: clock, ARNs, accounts, retries.

pub mod api;
pub mod app;
pub mod base;
pub mod cli;
pub mod config;
pub mod console;
pub mod generate;
pub mod services;
pub mod sql;
pub mod store;
pub mod telemetry;
pub mod wire;
