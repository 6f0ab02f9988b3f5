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
    /// Whether the first row of delimited text is one of names.
    pub header: bool,
}

/// No schema can be made of the samples: there are none, or they are neither JSON objects nor delimited text in UTF-8.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("no schema can be detected in the sample records")]
pub struct Undetectable;

/// Finds a schema for the samples: JSON when they start like JSON, delimited text otherwise.
pub fn discover(samples: &[impl AsRef<[u8]>]) -> Result<Discovered, Undetectable> {
    let first = samples.iter().flat_map(|sample| sample.as_ref()).find(|byte| !byte.is_ascii_whitespace());
    match first {
        Some(b'{' | b'[') => discover_documents(samples),
        Some(_) => discover_delimited(samples),
        None => Err(Undetectable),
    }
}

/// Finds a schema for samples that are JSON.
pub fn discover_documents(samples: &[impl AsRef<[u8]>]) -> Result<Discovered, Undetectable> {
    documents::discover(&first(samples))
}

/// Finds a schema for samples that are delimited text.
pub fn discover_delimited(samples: &[impl AsRef<[u8]>]) -> Result<Discovered, Undetectable> {
    delimited::discover(&first(samples))
}

/// The samples that are looked at: one at least, then up to [`SAMPLE_BYTES_MAX`].
fn first(samples: &[impl AsRef<[u8]>]) -> Vec<&[u8]> {
    let mut bytes = 0;
    let within = |sample: &&[u8]| {
        bytes += sample.len();
        bytes <= SAMPLE_BYTES_MAX || bytes == sample.len()
    };
    samples.iter().map(AsRef::as_ref).take_while(within).collect()
}
