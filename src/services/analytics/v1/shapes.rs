//! Version 1's shapes from and to the model: every resource comes with the role that may use it.

use crate::api::Timestamp;
use crate::api::kinesisanalytics as v1;
use crate::services::analytics::application::Update;
use crate::services::analytics::shapes::prelude::*;

/// A closure that describes a resource.
macro_rules! described {
    ($shape:path) => {
        |resource: Resource| {
            let mut description = <$shape>::default();
            description.resource_arn = Some(resource.arn);
            description.role_arn = resource.role;
            description
        }
    };
}

/// The resource of a shape with ResourceARN and RoleARN.
macro_rules! resource {
    ($shape:expr) => {
        $shape.map(|shape| Resource { arn: shape.resource_arn, role: Some(shape.role_arn) })
    };
}

/// The change of a resource.
macro_rules! resource_update {
    ($shape:expr) => {
        $shape.map(|shape| ResourceUpdate { arn: shape.resource_arn_update, role: shape.role_arn_update })
    };
}

shared_shapes!(v1);

pub(super) fn new_input(input: v1::Input) -> Result<Input, Refusal> {
    let source = source_in(resource!(input.kinesis_streams_input), resource!(input.kinesis_firehose_input))?;
    let processor = input.input_processing_configuration.map(processor);
    input_in(input.name_prefix, source, processor, input.input_parallelism, input.input_schema)
}

pub(super) fn processor(configuration: v1::InputProcessingConfiguration) -> Resource {
    let function = configuration.input_lambda_processor;
    Resource { arn: function.resource_arn, role: Some(function.role_arn) }
}

pub(super) fn new_output(output: v1::Output) -> Result<Output, Refusal> {
    let destination = Destination::one_of(
        resource!(output.kinesis_streams_output),
        resource!(output.kinesis_firehose_output),
        resource!(output.lambda_output),
    )?;
    let format = output_format_in(&output.destination_schema);
    Ok(Output { id: String::new(), name: output.name, destination, format })
}

pub(super) fn new_reference(reference: v1::ReferenceDataSource) -> Result<ReferenceDataSource, Refusal> {
    let object = reference.s3_reference_data_source;
    let object = object.ok_or_else(|| Refusal::Argument("A reference data source needs S3ReferenceDataSource".into()))?;
    Ok(ReferenceDataSource {
        id: String::new(),
        table: reference.table_name,
        bucket_arn: object.bucket_arn,
        file_key: object.file_key,
        role: Some(object.reference_role_arn),
        schema: schema_in(reference.reference_schema)?,
    })
}

pub(super) fn new_logging(option: v1::CloudWatchLoggingOption) -> LoggingOption {
    LoggingOption { id: String::new(), log_stream_arn: option.log_stream_arn, role: Some(option.role_arn) }
}

pub(super) fn update(update: v1::ApplicationUpdate) -> Result<Update, Refusal> {
    Ok(Update {
        code: update.application_code_update,
        service_execution_role: None,
        inputs: update.input_updates.unwrap_or_default().into_iter().map(input_update).collect::<Result<_, _>>()?,
        outputs: update.output_updates.unwrap_or_default().into_iter().map(output_update).collect(),
        references: update
            .reference_data_source_updates
            .unwrap_or_default()
            .into_iter()
            .map(reference_update)
            .collect::<Result<_, _>>()?,
        logging: update.cloud_watch_logging_option_updates.unwrap_or_default().into_iter().map(logging_update).collect(),
    })
}

fn reference_update(update: v1::ReferenceDataSourceUpdate) -> Result<ReferenceUpdate, Refusal> {
    let object = update.s3_reference_data_source_update.unwrap_or_default();
    Ok(ReferenceUpdate {
        id: update.reference_id,
        table: update.table_name_update,
        bucket_arn: object.bucket_arn_update,
        file_key: object.file_key_update,
        role: object.reference_role_arn_update,
        schema: update.reference_schema_update.map(schema_in).transpose()?,
    })
}

fn logging_update(update: v1::CloudWatchLoggingOptionUpdate) -> LoggingUpdate {
    LoggingUpdate {
        id: update.cloud_watch_logging_option_id,
        log_stream_arn: update.log_stream_arn_update,
        role: update.role_arn_update,
    }
}

/// ApplicationDetail. Where version 2 gave no role to a part, that of the application stands for it.
pub(super) fn detail(application: Application) -> v1::ApplicationDetail {
    let role = application.service_execution_role.unwrap_or_default();
    let logging = |option: LoggingOption| v1::CloudWatchLoggingOptionDescription {
        cloud_watch_logging_option_id: Some(option.id),
        log_stream_arn: option.log_stream_arn,
        role_arn: option.role.unwrap_or_else(|| role.clone()),
    };
    let reference = |reference: ReferenceDataSource| v1::ReferenceDataSourceDescription {
        reference_id: reference.id,
        table_name: reference.table,
        s3_reference_data_source_description: v1::S3ReferenceDataSourceDescription {
            bucket_arn: reference.bucket_arn,
            file_key: reference.file_key,
            reference_role_arn: reference.role.unwrap_or_else(|| role.clone()),
        },
        reference_schema: Some(schema_out(reference.schema)),
    };
    v1::ApplicationDetail {
        application_arn: application.arn,
        application_code: application.code,
        application_description: application.description,
        application_name: application.name,
        application_status: status_out(application.status),
        application_version_id: application.version,
        cloud_watch_logging_option_descriptions: some_parts(application.logging.into_iter().map(logging)),
        create_timestamp: Some(Timestamp(application.created_ms)),
        input_descriptions: some_parts(application.inputs.into_iter().map(input_out)),
        last_update_timestamp: Some(Timestamp(application.updated_ms)),
        output_descriptions: some_parts(application.outputs.into_iter().map(output_out)),
        reference_data_source_descriptions: some_parts(application.references.into_iter().map(reference)),
    }
}

/// Version 1 leaves lists of parts out where there are none.
fn some_parts<T>(parts: impl Iterator<Item = T>) -> Option<Vec<T>> {
    Some(parts.collect::<Vec<_>>()).filter(|parts| !parts.is_empty())
}

pub(super) fn summary(application: Application) -> v1::ApplicationSummary {
    v1::ApplicationSummary {
        application_arn: application.arn,
        application_name: application.name,
        application_status: status_out(application.status),
    }
}
