//! An input schema as the API writes it (SourceSchema), read from a file.

use crate::services::analytics::mapping::{RecordColumn, RecordFormat, RecordSchema};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SourceSchema {
    record_format: Format,
    record_encoding: Option<String>,
    record_columns: Vec<Column>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Format {
    record_format_type: String,
    mapping_parameters: Option<Parameters>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    #[serde(rename = "JSONMappingParameters")]
    json: Option<JsonParameters>,
    #[serde(rename = "CSVMappingParameters")]
    csv: Option<CsvParameters>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct JsonParameters {
    record_row_path: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CsvParameters {
    record_row_delimiter: String,
    record_column_delimiter: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Column {
    name: String,
    sql_type: String,
    mapping: Option<String>,
}

/// The schema in a text; what is wrong with it otherwise.
pub(super) fn parse(text: &str) -> Result<RecordSchema, String> {
    let schema: SourceSchema = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let parameters = schema.record_format.mapping_parameters.unwrap_or_default();
    let format = match (schema.record_format.record_format_type.as_str(), parameters) {
        ("JSON", Parameters { json, .. }) => {
            RecordFormat::Json { row_path: json.map_or_else(|| "$".to_owned(), |json| json.record_row_path) }
        }
        ("CSV", Parameters { csv: Some(csv), .. }) => {
            RecordFormat::Csv { row_delimiter: csv.record_row_delimiter, column_delimiter: csv.record_column_delimiter }
        }
        ("CSV", _) => return Err("CSV needs CSVMappingParameters".to_owned()),
        (other, _) => return Err(format!("RecordFormatType '{other}' is neither JSON nor CSV")),
    };
    let column = |Column { name, sql_type, mapping }| RecordColumn { name, sql_type, mapping };
    Ok(RecordSchema {
        format,
        columns: schema.record_columns.into_iter().map(column).collect(),
        encoding: schema.record_encoding,
    })
}
