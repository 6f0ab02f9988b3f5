//! From what a template says to what UpdateApplication takes: there each member's name ends with `Update`.

use serde_json::{Map, Value as Document};

/// Members that an update takes as a whole.
const WHOLE: [&str; 3] = ["DestinationSchema", "RecordFormat", "ReferenceSchema"];

/// The members of a structure in the words of an update.
pub(super) fn members(of: &Map<String, Document>) -> Map<String, Document> {
    of.iter().map(|(name, value)| member(name, value)).collect()
}

fn member(name: &str, value: &Document) -> (String, Document) {
    let inner = match value {
        Document::Object(inner) if !WHOLE.contains(&name) => Document::Object(members(inner)),
        value => value.clone(),
    };
    match name.strip_suffix('s') {
        // A list is replaced by a list of updates.
        Some(one) if inner.is_array() => (format!("{one}Updates"), inner),
        _ => (format!("{name}Update"), inner),
    }
}

/// The update of one part of an application: its members, and the id of the part in `id`.
pub(super) fn of_part(part: &Document, id: (&str, String)) -> Document {
    let mut update = part.as_object().map(members).unwrap_or_default();
    update.insert(id.0.to_owned(), Document::from(id.1));
    Document::Object(update)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::kinesisanalytics::{InputUpdate, OutputUpdate, ReferenceDataSourceUpdate};
    use crate::services::cloudformation::resource::Properties;
    use serde_json::json;

    #[test]
    fn parts_fit_the_shapes_of_updates() {
        let format = json!({"RecordFormatType": "JSON", "MappingParameters": {"JSONMappingParameters": {"RecordRowPath": "$"}}});
        let column = json!({"Name": "A", "SqlType": "INTEGER", "Mapping": "$.a"});
        let stream = json!({"ResourceARN": "arn:aws:kinesis:us-west-2:123456789012:stream/s", "RoleARN": "arn:aws:iam::123456789012:role/r"});
        let input = json!({
            "NamePrefix": "SOURCE", "KinesisStreamsInput": stream, "InputParallelism": {"Count": 2},
            "InputSchema": {"RecordFormat": format, "RecordColumns": [column], "RecordEncoding": "UTF-8"}
        });
        let output = json!({"Name": "OUT", "DestinationSchema": {"RecordFormatType": "CSV"}, "KinesisFirehoseOutput": stream});
        let table = json!({
            "TableName": "T", "ReferenceSchema": {"RecordFormat": format, "RecordColumns": [column]},
            "S3ReferenceDataSource": {"BucketARN": "arn:aws:s3:::b", "FileKey": "k", "ReferenceRoleARN": "arn:aws:iam::123456789012:role/r"}
        });
        let update = |part: Document, id| Properties(Map::from_iter([("U".to_owned(), of_part(&part, (id, "1.1".into())))]));
        let input: InputUpdate = update(input, "InputId").structure("U", InputUpdate::SCHEMA).unwrap().unwrap();
        let schema = input.input_schema_update.unwrap();
        assert_eq!(
            (schema.record_column_updates.unwrap()[0].name.as_str(), schema.record_encoding_update.as_deref()),
            ("A", Some("UTF-8"))
        );
        assert_eq!(input.input_parallelism_update.unwrap().count_update, Some(2));
        let output: OutputUpdate = update(output, "OutputId").structure("U", OutputUpdate::SCHEMA).unwrap().unwrap();
        assert_eq!((output.output_id.as_str(), output.name_update.as_deref()), ("1.1", Some("OUT")));
        assert!(output.kinesis_firehose_output_update.unwrap().resource_arn_update.is_some());
        let table: ReferenceDataSourceUpdate =
            update(table, "ReferenceId").structure("U", ReferenceDataSourceUpdate::SCHEMA).unwrap().unwrap();
        assert_eq!(table.s3_reference_data_source_update.unwrap().file_key_update.as_deref(), Some("k"));
        assert_eq!(table.reference_schema_update.unwrap().record_columns[0].sql_type, "INTEGER");
    }
}
