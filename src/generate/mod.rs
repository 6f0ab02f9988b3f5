//! Records from a template in the Kinesis Data Generator's language: pure, no clock, no network.
//!
//! A template is text with calls such as `{{random.number(50)}}`. It is compiled once, every call looked up in the table of [`functions`] and
//! its argument read; a record is then a walk over the pieces. The rules are those of the faker.js 3.x that the generator bundles, as
//! written in the project's notes on the workshop (spec/workshop.md 1.5) and seen by running it.

mod argument;
mod call;
mod chance;
mod context;
pub mod functions;
mod javascript;
mod moment;
pub mod periods;
mod template;
mod words;

pub use argument::Argument;
pub use chance::Chance;
pub use context::Context;
pub use moment::parse_date;
pub use template::{Finding, RECORD_BYTES_MAX, RenderError, Template};
