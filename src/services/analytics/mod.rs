//! Kinesis Data Analytics for SQL applications, versions 1 and 2 of the API.

pub mod mapping;
pub mod output;
