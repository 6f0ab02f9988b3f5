//! Conversions of the shapes that both versions of the API spell the same way; each version's module expands them over its own types.

/// Functions `*_in` (wire → model) and `*_out` (model → wire) over the generated module `$api`.
macro_rules! shared_shapes {
    ($api:ident) => {
        /// SourceSchema → schema. A JSON schema without MappingParameters has its rows at `$`.
        pub(super) fn schema_in(schema: $api::SourceSchema) -> Result<RecordSchema, Refusal> {
            let format = record_format_in(schema.record_format)?;
            let columns = schema.record_columns.into_iter().map(column_in).collect();
            Ok(RecordSchema { format, columns, encoding: schema.record_encoding })
        }

        pub(super) fn record_format_in(format: $api::RecordFormat) -> Result<RecordFormat, Refusal> {
            let parameters = format.mapping_parameters.unwrap_or_default();
            match format.record_format_type {
                $api::RecordFormatType::Json => {
                    let row_path = parameters.json_mapping_parameters.map_or_else(|| "$".to_owned(), |json| json.record_row_path);
                    Ok(RecordFormat::Json { row_path })
                }
                $api::RecordFormatType::Csv => {
                    let csv = parameters.csv_mapping_parameters;
                    let csv = csv.ok_or_else(|| Refusal::Argument("A CSV schema needs CSVMappingParameters".into()))?;
                    Ok(RecordFormat::Csv {
                        row_delimiter: csv.record_row_delimiter,
                        column_delimiter: csv.record_column_delimiter,
                    })
                }
            }
        }

        pub(super) fn column_in(column: $api::RecordColumn) -> RecordColumn {
            RecordColumn { name: column.name, sql_type: column.sql_type, mapping: column.mapping }
        }

        pub(super) fn schema_out(schema: RecordSchema) -> $api::SourceSchema {
            let column = |column: RecordColumn| $api::RecordColumn {
                name: column.name,
                sql_type: column.sql_type,
                mapping: column.mapping,
            };
            $api::SourceSchema {
                record_format: record_format_out(schema.format),
                record_encoding: schema.encoding,
                record_columns: schema.columns.into_iter().map(column).collect(),
            }
        }

        fn record_format_out(format: RecordFormat) -> $api::RecordFormat {
            let (record_format_type, parameters) = match format {
                RecordFormat::Json { row_path } => {
                    let json = $api::JSONMappingParameters { record_row_path: row_path };
                    let parameters =
                        $api::MappingParameters { json_mapping_parameters: Some(json), csv_mapping_parameters: None };
                    ($api::RecordFormatType::Json, parameters)
                }
                RecordFormat::Csv { row_delimiter, column_delimiter } => {
                    let csv = $api::CSVMappingParameters {
                        record_row_delimiter: row_delimiter,
                        record_column_delimiter: column_delimiter,
                    };
                    let parameters = $api::MappingParameters { json_mapping_parameters: None, csv_mapping_parameters: Some(csv) };
                    ($api::RecordFormatType::Csv, parameters)
                }
            };
            $api::RecordFormat { record_format_type, mapping_parameters: Some(parameters) }
        }

        pub(super) fn output_format_in(schema: &$api::DestinationSchema) -> OutputFormat {
            match schema.record_format_type {
                $api::RecordFormatType::Json => OutputFormat::Json,
                $api::RecordFormatType::Csv => OutputFormat::Csv,
            }
        }

        pub(super) fn output_format_out(format: OutputFormat) -> $api::DestinationSchema {
            let record_format_type = match format {
                OutputFormat::Json => $api::RecordFormatType::Json,
                OutputFormat::Csv => $api::RecordFormatType::Csv,
            };
            $api::DestinationSchema { record_format_type }
        }

        /// InputStartingPosition → model; none is NOW, as in the console.
        pub(super) fn position_in(position: &$api::InputStartingPositionConfiguration) -> StartPosition {
            match position.input_starting_position {
                None | Some($api::InputStartingPosition::Now) => StartPosition::Now,
                Some($api::InputStartingPosition::TrimHorizon) => StartPosition::TrimHorizon,
                Some($api::InputStartingPosition::LastStoppedPoint) => StartPosition::LastStoppedPoint,
            }
        }

        fn position_out(position: Option<StartPosition>) -> $api::InputStartingPositionConfiguration {
            let input_starting_position = position.map(|position| match position {
                StartPosition::Now => $api::InputStartingPosition::Now,
                StartPosition::TrimHorizon => $api::InputStartingPosition::TrimHorizon,
                StartPosition::LastStoppedPoint => $api::InputStartingPosition::LastStoppedPoint,
            });
            $api::InputStartingPositionConfiguration { input_starting_position }
        }

        /// The parts of the input shape that are not the source's: names, schema, parallelism.
        fn input_in(
            prefix: String,
            source: Source,
            processor: Option<Resource>,
            parallelism: Option<$api::InputParallelism>,
            schema: $api::SourceSchema,
        ) -> Result<Input, Refusal> {
            let parallelism = parallelism.and_then(|parallelism| parallelism.count).unwrap_or(1);
            let schema = schema_in(schema)?;
            Ok(Input { id: String::new(), prefix, source, processor, parallelism, schema, start: None })
        }

        /// The one source of the two that was given.
        fn source_in(stream: Option<Resource>, delivery_stream: Option<Resource>) -> Result<Source, Refusal> {
            match (stream, delivery_stream) {
                (Some(resource), None) => Ok(Source::Stream(resource)),
                (None, Some(resource)) => Ok(Source::DeliveryStream(resource)),
                _ => Err(Refusal::Argument("An input needs exactly one of KinesisStreamsInput and KinesisFirehoseInput".into())),
            }
        }

        /// The description of an input, but for what only one version says.
        pub(super) fn input_out(input: Input) -> $api::InputDescription {
            let (stream, delivery_stream) = match &input.source {
                Source::Stream(resource) => (Some(resource), None),
                Source::DeliveryStream(resource) => (None, Some(resource)),
            };
            $api::InputDescription {
                in_app_stream_names: Some(input.stream_names()),
                kinesis_streams_input_description: stream.cloned().map(described!($api::KinesisStreamsInputDescription)),
                kinesis_firehose_input_description: delivery_stream
                    .cloned()
                    .map(described!($api::KinesisFirehoseInputDescription)),
                input_processing_configuration_description: input.processor.map(processing_out),
                input_id: Some(input.id),
                name_prefix: Some(input.prefix),
                input_schema: Some(schema_out(input.schema)),
                input_parallelism: Some($api::InputParallelism { count: Some(input.parallelism) }),
                input_starting_position_configuration: Some(position_out(input.start)),
            }
        }

        pub(super) fn processing_out(processor: Resource) -> $api::InputProcessingConfigurationDescription {
            let description = described!($api::InputLambdaProcessorDescription)(processor);
            $api::InputProcessingConfigurationDescription { input_lambda_processor_description: Some(description).into() }
        }

        pub(super) fn output_out(output: Output) -> $api::OutputDescription {
            let mut description = $api::OutputDescription {
                output_id: Some(output.id),
                name: Some(output.name),
                destination_schema: Some(output_format_out(output.format)),
                ..Default::default()
            };
            match output.destination {
                Destination::Stream(resource) => {
                    let stream = described!($api::KinesisStreamsOutputDescription)(resource);
                    description.kinesis_streams_output_description = Some(stream);
                }
                Destination::DeliveryStream(resource) => {
                    let delivery_stream = described!($api::KinesisFirehoseOutputDescription)(resource);
                    description.kinesis_firehose_output_description = Some(delivery_stream);
                }
                Destination::Function(resource) => {
                    let function = described!($api::LambdaOutputDescription)(resource);
                    description.lambda_output_description = Some(function);
                }
            }
            description
        }

        fn input_update(update: $api::InputUpdate) -> Result<InputUpdate, Refusal> {
            let schema = update.input_schema_update.unwrap_or_default();
            let processor = update.input_processing_configuration_update.map(|update| update.input_lambda_processor_update);
            Ok(InputUpdate {
                id: update.input_id,
                prefix: update.name_prefix_update,
                processor: resource_update!(processor),
                stream: resource_update!(update.kinesis_streams_input_update),
                delivery_stream: resource_update!(update.kinesis_firehose_input_update),
                format: schema.record_format_update.map(record_format_in).transpose()?,
                encoding: schema.record_encoding_update,
                columns: schema.record_column_updates.map(|columns| columns.into_iter().map(column_in).collect()),
                parallelism: update.input_parallelism_update.and_then(|update| update.count_update.into()),
            })
        }

        fn output_update(update: $api::OutputUpdate) -> OutputUpdate {
            OutputUpdate {
                id: update.output_id,
                name: update.name_update,
                stream: resource_update!(update.kinesis_streams_output_update),
                delivery_stream: resource_update!(update.kinesis_firehose_output_update),
                function: resource_update!(update.lambda_output_update),
                format: update.destination_schema_update.as_ref().map(output_format_in),
            }
        }

        pub(super) fn tags_in(tags: Vec<$api::Tag>) -> Vec<(String, String)> {
            tags.into_iter().map(|tag| (tag.key, tag.value.unwrap_or_default())).collect()
        }

        pub(super) fn tags_out(tags: BTreeMap<String, String>) -> Vec<$api::Tag> {
            tags.into_iter().map(|(key, value)| $api::Tag { key, value: Some(value) }).collect()
        }

        pub(super) fn status_out(status: Status) -> $api::ApplicationStatus {
            match status {
                Status::Ready => $api::ApplicationStatus::Ready,
                Status::Starting => $api::ApplicationStatus::Starting,
                Status::Running => $api::ApplicationStatus::Running,
                Status::Stopping => $api::ApplicationStatus::Stopping,
                Status::Updating => $api::ApplicationStatus::Updating,
                Status::Deleting => $api::ApplicationStatus::Deleting,
            }
        }
    };
}

/// What both versions' shape conversions speak of.
pub(super) mod prelude {
    pub(in crate::services::analytics) use crate::services::analytics::application::{
        Application, Destination, Input, InputUpdate, LoggingOption, LoggingUpdate, Output, OutputFormat, OutputUpdate,
        ReferenceDataSource, ReferenceUpdate, Resource, ResourceUpdate, Source, StartPosition, Status,
    };
    pub(in crate::services::analytics) use crate::services::analytics::mapping::{RecordColumn, RecordFormat, RecordSchema};
    pub(in crate::services::analytics) use crate::services::analytics::refusal::Refusal;
    pub(in crate::services::analytics) use std::collections::BTreeMap;
}
