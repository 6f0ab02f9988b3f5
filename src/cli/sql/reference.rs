//! Reference tables: files read whole before the script runs, as the service reads S3 objects.

use super::CliError;
use super::job::Records;
use super::source;
use crate::services::analytics::mapping::{Decoder, Sink};
use crate::sql::plan::Table;
use crate::sql::types::Block;
use std::io::Read;

/// The largest file (developer guide, "Limits"): 1 GB.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// A table and its rows.
pub(super) fn load(records: &Records) -> Result<(Table, Block), CliError> {
    let origin = &records.origin;
    let source = source::open(records, false)?;
    let mut decoder = Decoder::compile(&source.schema).map_err(|error| format!("{origin}: schema: {error}"))?;
    let mut bytes = Vec::new();
    source.bytes.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| format!("{origin}: {error}"))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(format!("{origin}: larger than the 1 GB that a reference table takes").into());
    }
    let first = if source.header { decoder.first_row(&bytes) } else { 0 };
    let (mut block, mut rejected) = (Block::new(decoder.columns().len()), Vec::new());
    decoder.decode_lines(&bytes[first..], &mut Sink { rowtime: 0, system: &[], block: &mut block, rejected: &mut rejected });
    if let Some(first) = rejected.first() {
        return Err(format!("{origin}: {} rows do not fit the schema; the first: {}", rejected.len(), first.message).into());
    }
    Ok((Table { name: records.name.clone(), columns: decoder.columns().to_vec() }, block))
}
