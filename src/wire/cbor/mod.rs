//! CBOR bodies to and from [`Value`](crate::api::Value): AWS's spelling of JSON 1.1 (`application/x-amz-cbor-1.1`).
//!
//! Blobs are byte strings; times are tag 1 with whole milliseconds, in both directions (aws-sdk-java-v2 `SdkCborGenerator`).

mod reader;
mod writer;

pub(super) use reader::read;
pub(super) use writer::{append, write};
