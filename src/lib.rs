//! Millpond: Amazon Kinesis on your own machine.
//!
//! The map, in layer order; each layer may use only those below it (tests/tidy.rs checks):

pub mod base;
pub mod sql;
