//! The integration tests: one binary, a module a subject. The server from outside, SQL on the virtual clock, the rules of the house.

mod compatibility;
mod firehose;
mod server;
mod sql_scripts;
mod support;
mod tidy;
