//! Records from a template in the Kinesis Data Generator's language: pure, no clock, no network.

pub mod template;
