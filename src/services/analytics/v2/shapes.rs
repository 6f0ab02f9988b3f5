//! Version 2's shapes from and to the model: one role for the whole application, and the SQL parts within ApplicationConfiguration.

use crate::api::Timestamp;
use crate::api::kinesisanalyticsv2 as v2;
use crate::services::analytics::application::Update;
use crate::services::analytics::configuration::conditional_token;
use crate::services::analytics::shapes::prelude::*;

/// A closure that describes a resource.
macro_rules! described {
    ($shape:path) => {
        |resource: Resource| {
            let mut description = <$shape>::default();
            description.resource_arn = resource.arn;
            description.role_arn = resource.role;
            description
        }
    };
}

/// The resource of a shape with ResourceARN.
macro_rules! resource {
    ($shape:expr) => {
        $shape.map(|shape| Resource { arn: shape.resource_arn, role: None })
    };
}

/// The change of a resource.
macro_rules! resource_update {
    ($shape:expr) => {
        $shape.map(|shape| ResourceUpdate { arn: Some(shape.resource_arn_update), role: None })
    };
}

shared_shapes!(v2);

pub(super) fn new_input(input: v2::Input) -> Result<Input, Refusal> {
    let source = source_in(resource!(input.kinesis_streams_input), resource!(input.kinesis_firehose_input))?;
    let processor = input.input_processing_configuration.map(processor);
    input_in(input.name_prefix, source, processor, input.input_parallelism, input.input_schema)
}

pub(super) fn processor(configuration: v2::InputProcessingConfiguration) -> Resource {
    Resource { arn: configuration.input_lambda_processor.resource_arn, role: None }
}

pub(super) fn new_output(output: v2::Output) -> Result<Output, Refusal> {
    let destination = Destination::one_of(
        resource!(output.kinesis_streams_output),
        resource!(output.kinesis_firehose_output),
        resource!(output.lambda_output),
    )?;
    let format = output_format_in(&output.destination_schema);
    Ok(Output { id: String::new(), name: output.name, destination, format })
}

pub(super) fn new_reference(reference: v2::ReferenceDataSource) -> Result<ReferenceDataSource, Refusal> {
    let object = reference.s3_reference_data_source.unwrap_or_default();
    let (Some(bucket_arn), Some(file_key)) = (object.bucket_arn, object.file_key) else {
        return Err(Refusal::Argument("A reference data source needs S3ReferenceDataSource with BucketARN and FileKey".into()));
    };
    let schema = schema_in(reference.reference_schema)?;
    Ok(ReferenceDataSource { id: String::new(), table: reference.table_name, bucket_arn, file_key, role: None, schema })
}

pub(super) fn new_logging(option: v2::CloudWatchLoggingOption) -> LoggingOption {
    LoggingOption { id: String::new(), log_stream_arn: option.log_stream_arn, role: None }
}

/// The script of a code configuration: plain text in the request itself.
pub(super) fn code(configuration: v2::ApplicationCodeConfiguration) -> Result<Option<String>, Refusal> {
    let content = configuration.code_content.unwrap_or_default();
    let elsewhere = content.zip_file_content.is_some() || content.s3_content_location.is_some();
    if configuration.code_content_type != v2::CodeContentType::Plaintext || elsewhere {
        return Err(not_plain_text());
    }
    Ok(content.text_content)
}

fn not_plain_text() -> Refusal {
    Refusal::Argument("The code of a SQL-1_0 application is PLAINTEXT, given in TextContent".into())
}

/// Refuses what only Flink applications have.
pub(super) fn refuse_flink(configuration: &v2::ApplicationConfiguration) -> Result<(), Refusal> {
    let given = [
        (configuration.flink_application_configuration.is_some(), "FlinkApplicationConfiguration"),
        (configuration.zeppelin_application_configuration.is_some(), "ZeppelinApplicationConfiguration"),
        (configuration.environment_properties.is_some(), "EnvironmentProperties"),
        (configuration.vpc_configurations.is_some(), "VpcConfigurations"),
    ];
    refuse_given(&given)
}

fn refuse_given(given: &[(bool, &str)]) -> Result<(), Refusal> {
    match given.iter().find(|(given, _)| *given) {
        Some((_, what)) => {
            Err(Refusal::Argument(format!("{what} is not supported for applications of runtime environment SQL-1_0")))
        }
        None => Ok(()),
    }
}

pub(super) fn update(input: v2::UpdateApplicationRequest) -> Result<Update, Refusal> {
    let configuration = input.application_configuration_update.unwrap_or_default();
    refuse_given(&[
        (configuration.flink_application_configuration_update.is_some(), "FlinkApplicationConfigurationUpdate"),
        (configuration.zeppelin_application_configuration_update.is_some(), "ZeppelinApplicationConfigurationUpdate"),
        (configuration.environment_property_updates.is_some(), "EnvironmentPropertyUpdates"),
        (configuration.vpc_configuration_updates.is_some(), "VpcConfigurationUpdates"),
    ])?;
    if input.runtime_environment_update.is_some_and(|runtime| runtime != v2::RuntimeEnvironment::Sql10) {
        return Err(Refusal::Argument("The runtime environment of a SQL-1_0 application cannot be changed".into()));
    }
    let sql = configuration.sql_application_configuration_update.unwrap_or_default();
    Ok(Update {
        code: configuration.application_code_configuration_update.map(code_update).transpose()?.flatten(),
        service_execution_role: input.service_execution_role_update,
        inputs: sql.input_updates.unwrap_or_default().into_iter().map(input_update).collect::<Result<_, _>>()?,
        outputs: sql.output_updates.unwrap_or_default().into_iter().map(output_update).collect(),
        references: sql
            .reference_data_source_updates
            .unwrap_or_default()
            .into_iter()
            .map(reference_update)
            .collect::<Result<_, _>>()?,
        logging: input.cloud_watch_logging_option_updates.unwrap_or_default().into_iter().map(logging_update).collect(),
    })
}

fn code_update(update: v2::ApplicationCodeConfigurationUpdate) -> Result<Option<String>, Refusal> {
    let content = update.code_content_update.unwrap_or_default();
    let elsewhere = content.zip_file_content_update.is_some() || content.s3_content_location_update.is_some();
    if elsewhere || update.code_content_type_update == Some(v2::CodeContentType::Zipfile) {
        return Err(not_plain_text());
    }
    Ok(content.text_content_update)
}

fn reference_update(update: v2::ReferenceDataSourceUpdate) -> Result<ReferenceUpdate, Refusal> {
    let object = update.s3_reference_data_source_update.unwrap_or_default();
    Ok(ReferenceUpdate {
        id: update.reference_id,
        table: update.table_name_update,
        bucket_arn: object.bucket_arn_update,
        file_key: object.file_key_update,
        role: None,
        schema: update.reference_schema_update.map(schema_in).transpose()?,
    })
}

fn logging_update(update: v2::CloudWatchLoggingOptionUpdate) -> LoggingUpdate {
    LoggingUpdate { id: update.cloud_watch_logging_option_id, log_stream_arn: update.log_stream_arn_update, role: None }
}

/// ApplicationDetail.
pub(super) fn detail(application: Application) -> v2::ApplicationDetail {
    let token = conditional_token(&application);
    let sql = v2::SqlApplicationConfigurationDescription {
        input_descriptions: Some(application.inputs.into_iter().map(input_out).collect()),
        output_descriptions: Some(application.outputs.into_iter().map(output_out).collect()),
        reference_data_source_descriptions: Some(application.references.into_iter().map(reference_out).collect()),
    };
    let code = application.code.map(|code| v2::ApplicationCodeConfigurationDescription {
        code_content_type: v2::CodeContentType::Plaintext,
        code_content_description: Some(v2::CodeContentDescription { text_content: Some(code), ..Default::default() }),
    });
    let configuration = v2::ApplicationConfigurationDescription {
        sql_application_configuration_description: Some(sql),
        application_code_configuration_description: code,
        ..Default::default()
    };
    v2::ApplicationDetail {
        application_arn: application.arn,
        application_description: application.description,
        application_name: application.name,
        runtime_environment: v2::RuntimeEnvironment::Sql10,
        service_execution_role: application.service_execution_role,
        application_status: status_out(application.status),
        application_version_id: application.version,
        create_timestamp: Some(Timestamp(application.created_ms)),
        last_update_timestamp: Some(Timestamp(application.updated_ms)),
        application_configuration_description: Some(configuration),
        cloud_watch_logging_option_descriptions: Some(application.logging.into_iter().map(logging_out).collect()),
        conditional_token: Some(token),
        ..Default::default()
    }
}

pub(super) fn reference_out(reference: ReferenceDataSource) -> v2::ReferenceDataSourceDescription {
    v2::ReferenceDataSourceDescription {
        reference_id: reference.id,
        table_name: reference.table,
        s3_reference_data_source_description: v2::S3ReferenceDataSourceDescription {
            bucket_arn: reference.bucket_arn,
            file_key: reference.file_key,
            reference_role_arn: reference.role,
        },
        reference_schema: Some(schema_out(reference.schema)),
    }
}

pub(super) fn logging_out(option: LoggingOption) -> v2::CloudWatchLoggingOptionDescription {
    v2::CloudWatchLoggingOptionDescription {
        cloud_watch_logging_option_id: Some(option.id),
        log_stream_arn: option.log_stream_arn,
        role_arn: option.role,
    }
}

pub(super) fn summary(application: Application) -> v2::ApplicationSummary {
    v2::ApplicationSummary {
        application_arn: application.arn,
        application_name: application.name,
        application_status: status_out(application.status),
        application_version_id: application.version,
        runtime_environment: v2::RuntimeEnvironment::Sql10,
        application_mode: None,
    }
}
