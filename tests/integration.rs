//! The integration tests: one binary, a module a subject. The server from outside, SQL on the virtual clock, the rules of the house.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, unreachable_pub, reason = "tests")]

mod compatibility;
mod firehose;
mod server;
mod sql_command;
mod sql_scripts;
mod support;
mod tidy;
