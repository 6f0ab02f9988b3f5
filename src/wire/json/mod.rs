//! JSON bodies to and from [`Value`](crate::api::Value). Both directions are hot: PutRecords in, GetRecords out.

mod reader;
mod writer;

pub(super) use reader::read;
pub(super) use writer::{append, write};
