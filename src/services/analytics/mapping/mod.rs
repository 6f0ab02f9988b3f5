//! Input mapping: the bytes of source records become rows of the in-application input stream.
//!
//! A [`Decoder`] is compiled from the schema once. It walks the bytes of a record once, writes cells straight into a block, passes
//! whatever no column asks for, and makes an error row of what does not fit (developer guide, "Mapping Streaming Source Elements to SQL
//! Input Columns", "Working with JSONPath", "Error Handling").

pub mod coerce;
pub mod csv;
pub mod datetime;
pub mod json;
pub mod number;
pub mod path;
mod rejected;
mod schema;
#[cfg(test)]
mod tests;

use crate::base::clock::Millis;
use crate::sql::types::{Block, Cell, Column, DataType};
use coerce::Target;
pub use rejected::{COERCION_ERROR, DATA_ROW_CHARACTERS_MAX, Rejected};
pub use schema::{COLUMNS_MAX, RecordColumn, RecordFormat, RecordSchema, SchemaError};

/// The most bytes of a row in an in-application stream: 512 KB with its metadata of 1 KB (developer guide, "Limits").
pub const ROW_BYTES_MAX: usize = 511 * 1024;

/// Where rows and error rows go.
pub struct Sink<'a> {
    /// ROWTIME of all rows.
    pub rowtime: Millis,
    /// What follows the mapped columns in each row: APPROXIMATE_ARRIVAL_TIME and its kin, as far as the program reads them.
    pub system: &'a [Cell],
    /// The rows; as wide as the mapped columns and `system` together.
    pub block: &'a mut Block,
    /// What was not inserted.
    pub rejected: &'a mut Vec<Rejected>,
}

/// Turns records of one schema into rows.
#[derive(Debug)]
pub struct Decoder {
    columns: Vec<Column>,
    format: Format,
}

#[derive(Debug)]
enum Format {
    Json(Box<json::JsonDecoder>),
    Csv(Box<csv::CsvDecoder>),
}

/// Where decoding goes on after bytes that are no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Resume {
    /// With the next record: all the rest of this one is one error row.
    Record,
    /// With the next line.
    Line,
}

impl Resume {
    fn after(self, record: &[u8], at: usize) -> usize {
        match self {
            Self::Record => record.len(),
            Self::Line => memchr::memchr(b'\n', &record[at..]).map_or(record.len(), |i| at + i + 1),
        }
    }
}

impl Decoder {
    /// Checks a schema and compiles it.
    pub fn compile(schema: &RecordSchema) -> Result<Self, SchemaError> {
        let columns = columns(schema)?;
        let targets: Vec<Target> = columns.iter().filter_map(|c| Target::of(&c.data_type)).collect();
        let format = match &schema.format {
            RecordFormat::Json { row_path } => {
                Format::Json(Box::new(json::JsonDecoder::compile(row_path, &schema.columns, &targets)?))
            }
            RecordFormat::Csv { row_delimiter, column_delimiter } => {
                Format::Csv(Box::new(csv::CsvDecoder::new(csv::Dialect::new(row_delimiter, column_delimiter)?, targets)))
            }
        };
        Ok(Self { columns, format })
    }

    /// The mapped columns, all nullable.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How rows of delimited text are told apart; `None` for JSON.
    pub fn dialect(&self) -> Option<&csv::Dialect> {
        match &self.format {
            Format::Json(_) => None,
            Format::Csv(decoder) => Some(decoder.dialect()),
        }
    }

    /// The length of the first row or line of `lines`, with its end.
    pub fn first_row(&self, lines: &[u8]) -> usize {
        match self.dialect() {
            Some(dialect) => dialect.row_end(lines, 0),
            None => memchr::memchr(b'\n', lines).map_or(lines.len(), |feed| feed + 1),
        }
    }

    /// Decodes one record: no row, one or several.
    pub fn decode(&mut self, record: &[u8], sink: &mut Sink<'_>) {
        match &mut self.format {
            Format::Json(decoder) => decoder.decode(record, Resume::Record, sink),
            Format::Csv(decoder) => decoder.decode(record, sink),
        }
    }

    /// Decodes many records at once, given one a line, whole lines only; rows of delimited text may hold line breaks within quotes. A line that is no JSON costs that line only.
    pub fn decode_lines(&mut self, lines: &[u8], sink: &mut Sink<'_>) {
        match &mut self.format {
            Format::Json(decoder) => decoder.decode(lines, Resume::Line, sink),
            Format::Csv(decoder) => decoder.decode(lines, sink),
        }
    }
}

fn columns(schema: &RecordSchema) -> Result<Vec<Column>, SchemaError> {
    if schema.columns.is_empty() || schema.columns.len() > COLUMNS_MAX {
        return Err(SchemaError::ColumnCount(schema.columns.len()));
    }
    if let Some(encoding) = schema.encoding.as_ref().filter(|e| !e.eq_ignore_ascii_case("UTF-8")) {
        return Err(SchemaError::Encoding(encoding.clone()));
    }
    let mut names = std::collections::HashSet::new();
    let column = |column: &RecordColumn| {
        if !names.insert(column.name.clone()) {
            return Err(SchemaError::RepeatedColumn(column.name.clone()));
        }
        let data_type =
            DataType::parse(&column.sql_type).map_err(|source| SchemaError::Type { column: column.name.clone(), source })?;
        Ok(Column { name: column.name.clone(), data_type, nullable: true })
    };
    schema.columns.iter().map(column).collect()
}

/// How many bytes the cells of a row stand for.
fn row_bytes(cells: &[Cell]) -> usize {
    let bytes = |cell: &Cell| match cell {
        Cell::Short(text) => text.as_bytes().len(),
        Cell::Long(text) => text.len(),
        Cell::Bytes(bytes) => bytes.len(),
        _ => size_of::<i64>(),
    };
    cells.iter().map(bytes).sum()
}

#[cold]
fn too_large(bytes: usize) -> String {
    format!("A row of {bytes} bytes is larger than an in-application stream takes ({ROW_BYTES_MAX} bytes)")
}
