//! Schema discovery: from sample records to a schema, and what the samples look like through it (API: DiscoverInputSchema; developer
//! guide, "Using the Schema Discovery Feature").

mod delimited;
mod documents;
mod infer;
mod names;
#[cfg(test)]
mod tests;

use super::mapping::RecordSchema;
use thiserror::Error;

/// How many bytes of samples are looked at; the service takes a random sample too.
pub const SAMPLE_BYTES_MAX: usize = 1 << 20;

/// A schema and the samples as rows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovered {
    /// The schema.
    pub schema: RecordSchema,
    /// ParsedInputRecords: one text a column, none for NULL and for what does not fit.
    pub rows: Vec<Vec<Option<String>>>,
}

/// No schema can be made of the samples: there are none, or they are neither JSON objects nor delimited text in UTF-8.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("no schema can be detected in the sample records")]
pub struct Undetectable;

/// Finds a schema for the samples: JSON when they start like JSON, delimited text otherwise.
pub fn discover(samples: &[impl AsRef<[u8]>]) -> Result<Discovered, Undetectable> {
    let mut bytes = 0;
    let within = |sample: &&[u8]| {
        bytes += sample.len();
        bytes <= SAMPLE_BYTES_MAX || bytes == sample.len()
    };
    let samples: Vec<&[u8]> = samples.iter().map(AsRef::as_ref).take_while(within).collect();
    let first = samples.iter().flat_map(|s| s.iter()).find(|b| !b.is_ascii_whitespace());
    match first {
        Some(b'{' | b'[') => documents::discover(&samples),
        Some(_) => delimited::discover(&samples),
        None => Err(Undetectable),
    }
}
