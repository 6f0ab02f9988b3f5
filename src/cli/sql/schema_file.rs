//! An input schema as the API writes it (SourceSchema), read from a file and printed.

use crate::services::analytics::mapping::{RecordColumn, RecordFormat, RecordSchema};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SourceSchema {
    record_format: Format,
    #[serde(skip_serializing_if = "Option::is_none")]
    record_encoding: Option<String>,
    record_columns: Vec<Column>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Format {
    record_format_type: String,
    mapping_parameters: Option<Parameters>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    #[serde(rename = "JSONMappingParameters", skip_serializing_if = "Option::is_none")]
    json: Option<JsonParameters>,
    #[serde(rename = "CSVMappingParameters", skip_serializing_if = "Option::is_none")]
    csv: Option<CsvParameters>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct JsonParameters {
    record_row_path: String,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CsvParameters {
    record_row_delimiter: String,
    record_column_delimiter: String,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Column {
    name: String,
    sql_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
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

/// A schema as the API writes it.
pub(super) fn print(schema: &RecordSchema) -> Result<String, serde_json::Error> {
    let (kind, parameters) = match &schema.format {
        RecordFormat::Json { row_path } => {
            let json = JsonParameters { record_row_path: row_path.clone() };
            ("JSON", Parameters { json: Some(json), csv: None })
        }
        RecordFormat::Csv { row_delimiter, column_delimiter } => {
            let csv =
                CsvParameters { record_row_delimiter: row_delimiter.clone(), record_column_delimiter: column_delimiter.clone() };
            ("CSV", Parameters { json: None, csv: Some(csv) })
        }
    };
    let column = |RecordColumn { name, sql_type, mapping }: RecordColumn| Column { name, sql_type, mapping };
    serde_json::to_string_pretty(&SourceSchema {
        record_format: Format { record_format_type: kind.to_owned(), mapping_parameters: Some(parameters) },
        record_encoding: schema.encoding.clone(),
        record_columns: schema.columns.iter().cloned().map(column).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_again() {
        let column = |name: &str, mapping: Option<&str>| RecordColumn {
            name: name.into(),
            sql_type: "VARCHAR(4)".into(),
            mapping: mapping.map(str::to_owned),
        };
        let json = RecordSchema {
            format: RecordFormat::Json { row_path: "$".into() },
            columns: vec![column("a", Some("$.a"))],
            encoding: Some("UTF-8".into()),
        };
        let csv = RecordSchema {
            format: RecordFormat::Csv { row_delimiter: "\n".into(), column_delimiter: ",".into() },
            columns: vec![column("a", None), column("b", None)],
            encoding: None,
        };
        for schema in [json, csv] {
            assert_eq!(parse(&print(&schema).unwrap()), Ok(schema));
        }
    }
}
