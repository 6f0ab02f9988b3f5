//! The operations as kinesisanalytics (2015-08-14) spells them.

mod shapes;

use super::Analytics;
use super::application::{ApiVersion, Application, Status};
use super::configuration::{Expected, NewApplication};
use super::refusal::Refusal;
use super::sampling::{Sampled, refuse_processing};
use crate::api::kinesisanalytics::{self as v1, op};
use crate::api::{Caller, Fault, Routes, ServiceTable};

const API: ApiVersion = ApiVersion::V1;

/// The operations of version 1.
pub fn routes(service: Analytics) -> ServiceTable {
    Routes::new(&v1::SERVICE, service)
        .on(op::CreateApplication, create_application)
        .on(op::DescribeApplication, describe_application)
        .on(op::ListApplications, list_applications)
        .on(op::UpdateApplication, update_application)
        .on(op::DeleteApplication, delete_application)
        .on(op::StartApplication, start_application)
        .on(op::StopApplication, stop_application)
        .on(op::AddApplicationInput, add_input)
        .on(op::AddApplicationInputProcessingConfiguration, add_processing)
        .on(op::DeleteApplicationInputProcessingConfiguration, delete_processing)
        .on(op::AddApplicationOutput, add_output)
        .on(op::DeleteApplicationOutput, delete_output)
        .on(op::AddApplicationReferenceDataSource, add_reference)
        .on(op::DeleteApplicationReferenceDataSource, delete_reference)
        .on(op::AddApplicationCloudWatchLoggingOption, add_logging)
        .on(op::DeleteApplicationCloudWatchLoggingOption, delete_logging)
        .on(op::DiscoverInputSchema, discover_input_schema)
        .on(op::TagResource, tag_resource)
        .on(op::UntagResource, untag_resource)
        .on(op::ListTagsForResource, list_tags)
        .finish()
}

async fn create_application(
    service: Analytics,
    caller: Caller,
    input: v1::CreateApplicationRequest,
) -> Result<v1::CreateApplicationResponse, Fault> {
    let new = NewApplication {
        name: input.application_name,
        description: input.application_description,
        api: API,
        service_execution_role: None,
        code: input.application_code,
        inputs: input.inputs.unwrap_or_default().into_iter().map(shapes::new_input).collect::<Result<_, _>>()?,
        outputs: input.outputs.unwrap_or_default().into_iter().map(shapes::new_output).collect::<Result<_, _>>()?,
        references: Vec::new(),
        logging: input.cloud_watch_logging_options.unwrap_or_default().into_iter().map(shapes::new_logging).collect(),
        tags: shapes::tags_in(input.tags.unwrap_or_default()),
    };
    let application = service.create(&caller.scope, new).await?;
    Ok(v1::CreateApplicationResponse { application_summary: shapes::summary(application) })
}

async fn describe_application(
    service: Analytics,
    caller: Caller,
    input: v1::DescribeApplicationRequest,
) -> Result<v1::DescribeApplicationResponse, Fault> {
    let application = service.describe(&caller.scope, &input.application_name).await?;
    Ok(v1::DescribeApplicationResponse { application_detail: shapes::detail(application) })
}

async fn list_applications(
    service: Analytics,
    caller: Caller,
    input: v1::ListApplicationsRequest,
) -> Result<v1::ListApplicationsResponse, Fault> {
    let (found, more) = service.list(&caller.scope, input.exclusive_start_application_name, input.limit).await?;
    let application_summaries = found.into_iter().map(shapes::summary).collect();
    Ok(v1::ListApplicationsResponse { application_summaries, has_more_applications: more })
}

/// A change of version 1, which answers nothing.
async fn change(
    service: &Analytics,
    caller: &Caller,
    name: &str,
    version: i64,
    change: impl FnOnce(&mut Application) -> Result<(), Refusal> + Send,
) -> Result<(), Fault> {
    service.change(&caller.scope, API, name, &Expected::Version(version), change).await?;
    Ok(())
}

async fn update_application(
    service: Analytics,
    caller: Caller,
    input: v1::UpdateApplicationRequest,
) -> Result<v1::UpdateApplicationResponse, Fault> {
    let update = shapes::update(input.application_update)?;
    let version = input.current_application_version_id;
    change(&service, &caller, &input.application_name, version, |application| application.apply(update)).await?;
    Ok(v1::UpdateApplicationResponse::default())
}

async fn delete_application(
    service: Analytics,
    caller: Caller,
    input: v1::DeleteApplicationRequest,
) -> Result<v1::DeleteApplicationResponse, Fault> {
    service.delete(&caller.scope, API, &input.application_name, input.create_timestamp.0).await?;
    Ok(v1::DeleteApplicationResponse::default())
}

async fn start_application(
    service: Analytics,
    caller: Caller,
    input: v1::StartApplicationRequest,
) -> Result<v1::StartApplicationResponse, Fault> {
    let position = |configuration: v1::InputConfiguration| {
        (configuration.id, shapes::position_in(&configuration.input_starting_position_configuration))
    };
    let positions = input.input_configurations.into_iter().map(position).collect();
    service.start(&caller.scope, API, &input.application_name, positions).await?;
    Ok(v1::StartApplicationResponse::default())
}

async fn stop_application(
    service: Analytics,
    caller: Caller,
    input: v1::StopApplicationRequest,
) -> Result<v1::StopApplicationResponse, Fault> {
    service.stop(&caller.scope, API, &input.application_name, false).await?;
    Ok(v1::StopApplicationResponse::default())
}

async fn add_input(
    service: Analytics,
    caller: Caller,
    input: v1::AddApplicationInputRequest,
) -> Result<v1::AddApplicationInputResponse, Fault> {
    let new = shapes::new_input(input.input)?;
    let version = input.current_application_version_id;
    change(&service, &caller, &input.application_name, version, |application| {
        application.expect_status(&[Status::Ready], "given an input")?;
        application.add_input(new)
    })
    .await?;
    Ok(v1::AddApplicationInputResponse::default())
}

async fn add_processing(
    service: Analytics,
    caller: Caller,
    input: v1::AddApplicationInputProcessingConfigurationRequest,
) -> Result<v1::AddApplicationInputProcessingConfigurationResponse, Fault> {
    let processor = shapes::processor(input.input_processing_configuration);
    let version = input.current_application_version_id;
    change(&service, &caller, &input.application_name, version, |application| {
        application.input_mut(&input.input_id)?.processor = Some(processor);
        Ok(())
    })
    .await?;
    Ok(v1::AddApplicationInputProcessingConfigurationResponse::default())
}

async fn delete_processing(
    service: Analytics,
    caller: Caller,
    input: v1::DeleteApplicationInputProcessingConfigurationRequest,
) -> Result<v1::DeleteApplicationInputProcessingConfigurationResponse, Fault> {
    let version = input.current_application_version_id;
    change(&service, &caller, &input.application_name, version, |application| {
        application.input_mut(&input.input_id)?.remove_processor()
    })
    .await?;
    Ok(v1::DeleteApplicationInputProcessingConfigurationResponse::default())
}

async fn add_output(
    service: Analytics,
    caller: Caller,
    input: v1::AddApplicationOutputRequest,
) -> Result<v1::AddApplicationOutputResponse, Fault> {
    let new = shapes::new_output(input.output)?;
    let version = input.current_application_version_id;
    change(&service, &caller, &input.application_name, version, |application| application.add_output(new)).await?;
    Ok(v1::AddApplicationOutputResponse::default())
}

async fn delete_output(
    service: Analytics,
    caller: Caller,
    input: v1::DeleteApplicationOutputRequest,
) -> Result<v1::DeleteApplicationOutputResponse, Fault> {
    let (name, version) = (&input.application_name, input.current_application_version_id);
    change(&service, &caller, name, version, |application| application.remove_output(&input.output_id)).await?;
    Ok(v1::DeleteApplicationOutputResponse::default())
}

async fn add_reference(
    service: Analytics,
    caller: Caller,
    input: v1::AddApplicationReferenceDataSourceRequest,
) -> Result<v1::AddApplicationReferenceDataSourceResponse, Fault> {
    let new = shapes::new_reference(input.reference_data_source)?;
    let version = input.current_application_version_id;
    change(&service, &caller, &input.application_name, version, |application| application.add_reference(new)).await?;
    Ok(v1::AddApplicationReferenceDataSourceResponse::default())
}

async fn delete_reference(
    service: Analytics,
    caller: Caller,
    input: v1::DeleteApplicationReferenceDataSourceRequest,
) -> Result<v1::DeleteApplicationReferenceDataSourceResponse, Fault> {
    let (name, version) = (&input.application_name, input.current_application_version_id);
    change(&service, &caller, name, version, |application| application.remove_reference(&input.reference_id)).await?;
    Ok(v1::DeleteApplicationReferenceDataSourceResponse::default())
}

async fn add_logging(
    service: Analytics,
    caller: Caller,
    input: v1::AddApplicationCloudWatchLoggingOptionRequest,
) -> Result<v1::AddApplicationCloudWatchLoggingOptionResponse, Fault> {
    let new = shapes::new_logging(input.cloud_watch_logging_option);
    let version = input.current_application_version_id;
    change(&service, &caller, &input.application_name, version, |application| application.add_logging(new)).await?;
    Ok(v1::AddApplicationCloudWatchLoggingOptionResponse::default())
}

async fn delete_logging(
    service: Analytics,
    caller: Caller,
    input: v1::DeleteApplicationCloudWatchLoggingOptionRequest,
) -> Result<v1::DeleteApplicationCloudWatchLoggingOptionResponse, Fault> {
    let (name, version, id) =
        (&input.application_name, input.current_application_version_id, &input.cloud_watch_logging_option_id);
    change(&service, &caller, name, version, |application| application.remove_logging(id)).await?;
    Ok(v1::DeleteApplicationCloudWatchLoggingOptionResponse::default())
}

async fn discover_input_schema(
    service: Analytics,
    caller: Caller,
    input: v1::DiscoverInputSchemaRequest,
) -> Result<v1::DiscoverInputSchemaResponse, Fault> {
    refuse_processing(input.input_processing_configuration.is_some())?;
    let position = input.input_starting_position_configuration.as_ref().map(shapes::position_in);
    let object = input.s3_configuration.map(|object| (object.bucket_arn, object.file_key));
    let found = service.discover(&caller.scope, Sampled::of(input.resource_arn, position, object)?).await?;
    Ok(v1::DiscoverInputSchemaResponse {
        input_schema: Some(shapes::schema_out(found.schema)),
        parsed_input_records: Some(found.parsed),
        processed_input_records: None,
        raw_input_records: Some(found.raw),
    })
}

async fn tag_resource(service: Analytics, _: Caller, input: v1::TagResourceRequest) -> Result<v1::TagResourceResponse, Fault> {
    service.tag(&input.resource_arn, shapes::tags_in(input.tags)).await?;
    Ok(v1::TagResourceResponse::default())
}

async fn untag_resource(
    service: Analytics,
    _: Caller,
    input: v1::UntagResourceRequest,
) -> Result<v1::UntagResourceResponse, Fault> {
    service.untag(&input.resource_arn, input.tag_keys).await?;
    Ok(v1::UntagResourceResponse::default())
}

async fn list_tags(
    service: Analytics,
    _: Caller,
    input: v1::ListTagsForResourceRequest,
) -> Result<v1::ListTagsForResourceResponse, Fault> {
    let tags = service.tags(&input.resource_arn).await?;
    Ok(v1::ListTagsForResourceResponse { tags: Some(shapes::tags_out(tags)) })
}
