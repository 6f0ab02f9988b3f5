//! Kinesis Data Streams.

mod hash_key;
mod sequence_number;
