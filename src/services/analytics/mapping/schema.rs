//! The schema that maps source records to columns (API: SourceSchema, RecordFormat, RecordColumn).

use super::path::PathError;
use crate::sql::types::UnknownType;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The most columns a schema may have (API: RecordColumns, 1 to 1000).
pub const COLUMNS_MAX: usize = 1000;

/// How records become rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSchema {
    /// JSON or CSV, with what each needs.
    pub format: RecordFormat,
    /// The columns, in order.
    pub columns: Vec<RecordColumn>,
    /// `UTF-8`, the only encoding the service knows; none stands for it.
    pub encoding: Option<String>,
}

/// The format of the records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordFormat {
    /// JSON documents, one or several a record.
    Json {
        /// JSONPath of the row or rows in a document, `$` as a rule.
        row_path: String,
    },
    /// Delimited text.
    Csv {
        /// What ends a row, `\n` as a rule. A written-out `\n`, `\r` or `\t` is understood too.
        row_delimiter: String,
        /// What separates columns; one character or more.
        column_delimiter: String,
    },
}

/// One column of the input stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordColumn {
    /// The name, with its case, as the SQL sees it in double quotes.
    pub name: String,
    /// The SQL type as written, `VARCHAR(16)`.
    pub sql_type: String,
    /// JSONPath of the value; required for JSON, ignored for CSV.
    pub mapping: Option<String>,
}

/// Why a schema cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SchemaError {
    /// Not 1 to [`COLUMNS_MAX`] columns.
    #[error("a schema has 1 to {COLUMNS_MAX} columns, this one has {0}")]
    ColumnCount(usize),
    /// Two columns of one name.
    #[error("column \"{0}\" is there twice")]
    RepeatedColumn(String),
    /// A type that does not exist.
    #[error("column \"{column}\": {source}")]
    Type {
        /// The column.
        column: String,
        /// What is wrong.
        source: UnknownType,
    },
    /// A JSON column without Mapping.
    #[error("column \"{0}\" lacks the Mapping that JSON needs")]
    NoMapping(String),
    /// A JSONPath outside the subset.
    #[error("{place}: {source}")]
    Path {
        /// Which path.
        place: String,
        /// What is wrong.
        source: PathError,
    },
    /// More than one array spread into rows, or one within the other.
    #[error("only one array can be spread into rows, and only one level of it: {0}")]
    SecondArray(String),
    /// A delimiter that is empty, or the same for rows and columns.
    #[error("CSV needs a RecordRowDelimiter and a RecordColumnDelimiter that differ")]
    Delimiter,
    /// Not UTF-8.
    #[error("RecordEncoding {0} is not known; the only one is UTF-8")]
    Encoding(String),
}
