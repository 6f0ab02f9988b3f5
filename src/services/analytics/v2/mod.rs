//! The operations as kinesisanalyticsv2 (2018-05-23) spells them, for the runtime environment SQL-1_0.

mod parts;
mod shapes;

use super::Analytics;
use super::application::ApiVersion;
use super::configuration::{Expected, NewApplication};
use super::refusal::Refusal;
use super::sampling::{Sampled, refuse_processing};
use crate::api::kinesisanalyticsv2::{self as v2, op};
use crate::api::{Caller, Fault, Routes, ServiceTable};

const API: ApiVersion = ApiVersion::V2;

/// The operations of version 2.
pub fn routes(service: Analytics) -> ServiceTable {
    Routes::new(&v2::SERVICE, service)
        .on(op::CreateApplication, create_application)
        .on(op::DescribeApplication, describe_application)
        .on(op::ListApplications, list_applications)
        .on(op::UpdateApplication, update_application)
        .on(op::DeleteApplication, delete_application)
        .on(op::StartApplication, start_application)
        .on(op::StopApplication, stop_application)
        .on(op::AddApplicationInput, parts::add_input)
        .on(op::AddApplicationInputProcessingConfiguration, parts::add_processing)
        .on(op::DeleteApplicationInputProcessingConfiguration, parts::delete_processing)
        .on(op::AddApplicationOutput, parts::add_output)
        .on(op::DeleteApplicationOutput, parts::delete_output)
        .on(op::AddApplicationReferenceDataSource, parts::add_reference)
        .on(op::DeleteApplicationReferenceDataSource, parts::delete_reference)
        .on(op::AddApplicationCloudWatchLoggingOption, parts::add_logging)
        .on(op::DeleteApplicationCloudWatchLoggingOption, parts::delete_logging)
        .on(op::DiscoverInputSchema, discover_input_schema)
        .on(op::TagResource, tag_resource)
        .on(op::UntagResource, untag_resource)
        .on(op::ListTagsForResource, list_tags)
        .finish()
}

/// The model of version 2 spells the member `Message` in all errors but TooManyTagsException.
fn fault(refusal: Refusal) -> Fault {
    let small = matches!(refusal, Refusal::TooManyTags(_));
    Fault { capital_message: !small, ..refusal.into() }
}

async fn create_application(
    service: Analytics,
    caller: Caller,
    input: v2::CreateApplicationRequest,
) -> Result<v2::CreateApplicationResponse, Fault> {
    let new = new_application(input).map_err(fault)?;
    let application = service.create(&caller.scope, new).await.map_err(fault)?;
    Ok(v2::CreateApplicationResponse { application_detail: shapes::detail(application) })
}

fn new_application(input: v2::CreateApplicationRequest) -> Result<NewApplication, Refusal> {
    if input.runtime_environment != v2::RuntimeEnvironment::Sql10 {
        let runtime = input.runtime_environment;
        return Err(Refusal::Unsupported(format!("Runtime environment {runtime} is not supported here; SQL-1_0 is")));
    }
    if input.application_mode == Some(v2::ApplicationMode::Interactive) {
        return Err(Refusal::Argument("ApplicationMode INTERACTIVE is not supported for runtime environment SQL-1_0".into()));
    }
    let configuration = input.application_configuration.unwrap_or_default();
    shapes::refuse_flink(&configuration)?;
    let sql = configuration.sql_application_configuration.unwrap_or_default();
    Ok(NewApplication {
        name: input.application_name,
        description: input.application_description,
        api: API,
        service_execution_role: Some(input.service_execution_role),
        code: configuration.application_code_configuration.map(shapes::code).transpose()?.flatten(),
        inputs: sql.inputs.unwrap_or_default().into_iter().map(shapes::new_input).collect::<Result<_, _>>()?,
        outputs: sql.outputs.unwrap_or_default().into_iter().map(shapes::new_output).collect::<Result<_, _>>()?,
        references: sql
            .reference_data_sources
            .unwrap_or_default()
            .into_iter()
            .map(shapes::new_reference)
            .collect::<Result<_, _>>()?,
        logging: input.cloud_watch_logging_options.unwrap_or_default().into_iter().map(shapes::new_logging).collect(),
        tags: shapes::tags_in(input.tags.unwrap_or_default()),
    })
}

async fn describe_application(
    service: Analytics,
    caller: Caller,
    input: v2::DescribeApplicationRequest,
) -> Result<v2::DescribeApplicationResponse, Fault> {
    let application = service.describe(&caller.scope, &input.application_name).await.map_err(fault)?;
    Ok(v2::DescribeApplicationResponse { application_detail: shapes::detail(application) })
}

async fn list_applications(
    service: Analytics,
    caller: Caller,
    input: v2::ListApplicationsRequest,
) -> Result<v2::ListApplicationsResponse, Fault> {
    let (found, more) = service.list(&caller.scope, input.next_token, input.limit).await.map_err(fault)?;
    let next_token = found.last().filter(|_| more).map(|application| application.name.clone());
    let application_summaries = found.into_iter().map(shapes::summary).collect();
    Ok(v2::ListApplicationsResponse { application_summaries, next_token })
}

async fn update_application(
    service: Analytics,
    caller: Caller,
    mut input: v2::UpdateApplicationRequest,
) -> Result<v2::UpdateApplicationResponse, Fault> {
    let expected = Expected::of(input.current_application_version_id, input.conditional_token.take()).map_err(fault)?;
    let name = input.application_name.clone();
    let update = shapes::update(input).map_err(fault)?;
    let changed = service.change(&caller.scope, API, &name, &expected, |application| application.apply(update)).await;
    let application_detail = shapes::detail(changed.map_err(fault)?);
    Ok(v2::UpdateApplicationResponse { application_detail, operation_id: None })
}

async fn delete_application(
    service: Analytics,
    caller: Caller,
    input: v2::DeleteApplicationRequest,
) -> Result<v2::DeleteApplicationResponse, Fault> {
    service.delete(&caller.scope, API, &input.application_name, input.create_timestamp.0).await.map_err(fault)?;
    Ok(v2::DeleteApplicationResponse::default())
}

async fn start_application(
    service: Analytics,
    caller: Caller,
    input: v2::StartApplicationRequest,
) -> Result<v2::StartApplicationResponse, Fault> {
    let position = |configuration: v2::SqlRunConfiguration| {
        (configuration.input_id, shapes::position_in(&configuration.input_starting_position_configuration))
    };
    let run = input.run_configuration.unwrap_or_default();
    let positions = run.sql_run_configurations.unwrap_or_default().into_iter().map(position).collect();
    service.start(&caller.scope, API, &input.application_name, positions).await.map_err(fault)?;
    Ok(v2::StartApplicationResponse::default())
}

async fn stop_application(
    service: Analytics,
    caller: Caller,
    input: v2::StopApplicationRequest,
) -> Result<v2::StopApplicationResponse, Fault> {
    service.stop(&caller.scope, API, &input.application_name, input.force.unwrap_or(false)).await.map_err(fault)?;
    Ok(v2::StopApplicationResponse::default())
}

async fn discover_input_schema(
    service: Analytics,
    caller: Caller,
    input: v2::DiscoverInputSchemaRequest,
) -> Result<v2::DiscoverInputSchemaResponse, Fault> {
    refuse_processing(input.input_processing_configuration.is_some()).map_err(fault)?;
    let position = input.input_starting_position_configuration.as_ref().map(shapes::position_in);
    let object = input.s3_configuration.map(|object| (object.bucket_arn, object.file_key));
    let sampled = Sampled::of(input.resource_arn, position, object).map_err(fault)?;
    let found = service.discover(&caller.scope, sampled).await.map_err(fault)?;
    Ok(v2::DiscoverInputSchemaResponse {
        input_schema: Some(shapes::schema_out(found.schema)),
        parsed_input_records: Some(found.parsed),
        processed_input_records: None,
        raw_input_records: Some(found.raw),
    })
}

async fn tag_resource(service: Analytics, _: Caller, input: v2::TagResourceRequest) -> Result<v2::TagResourceResponse, Fault> {
    service.tag(&input.resource_arn, shapes::tags_in(input.tags)).await.map_err(fault)?;
    Ok(v2::TagResourceResponse::default())
}

async fn untag_resource(
    service: Analytics,
    _: Caller,
    input: v2::UntagResourceRequest,
) -> Result<v2::UntagResourceResponse, Fault> {
    service.untag(&input.resource_arn, input.tag_keys).await.map_err(fault)?;
    Ok(v2::UntagResourceResponse::default())
}

async fn list_tags(
    service: Analytics,
    _: Caller,
    input: v2::ListTagsForResourceRequest,
) -> Result<v2::ListTagsForResourceResponse, Fault> {
    let tags = service.tags(&input.resource_arn).await.map_err(fault)?;
    Ok(v2::ListTagsForResourceResponse { tags: Some(shapes::tags_out(tags)) })
}
