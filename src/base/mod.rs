//! Small value types and the clock: what every other room may use, and which uses none of them.

pub mod account;
pub mod arn;
pub mod clock;
pub mod credential;
pub mod limits;
pub mod meter;
pub mod repeated;
pub mod retry;
pub mod spawner;
