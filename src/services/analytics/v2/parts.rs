//! Adding and deleting an application's parts; each answers the ARN, the new version and the parts of that kind.

use super::{API, fault, shapes};
use crate::api::kinesisanalyticsv2 as v2;
use crate::api::{Caller, Fault};
use crate::services::analytics::application::{Application, Status};
use crate::services::analytics::configuration::Expected;
use crate::services::analytics::{Analytics, Refusal};

async fn change(
    service: &Analytics,
    caller: &Caller,
    name: &str,
    version: i64,
    change: impl FnOnce(&mut Application) -> Result<(), Refusal> + Send,
) -> Result<Application, Fault> {
    service.change(&caller.scope, API, name, &Expected::Version(version), change).await.map_err(fault)
}

pub(super) async fn add_input(
    service: Analytics,
    caller: Caller,
    input: v2::AddApplicationInputRequest,
) -> Result<v2::AddApplicationInputResponse, Fault> {
    let new = shapes::new_input(input.input).map_err(fault)?;
    let version = input.current_application_version_id;
    let application = change(&service, &caller, &input.application_name, version, |application| {
        application.expect_status(&[Status::Ready], "given an input")?;
        application.add_input(new)
    })
    .await?;
    Ok(v2::AddApplicationInputResponse {
        application_arn: Some(application.arn),
        application_version_id: Some(application.version),
        input_descriptions: Some(application.inputs.into_iter().map(shapes::input_out).collect()),
    })
}

pub(super) async fn add_processing(
    service: Analytics,
    caller: Caller,
    input: v2::AddApplicationInputProcessingConfigurationRequest,
) -> Result<v2::AddApplicationInputProcessingConfigurationResponse, Fault> {
    let processor = shapes::processor(input.input_processing_configuration);
    let (version, id, added) = (input.current_application_version_id, input.input_id.clone(), processor.clone());
    let application = change(&service, &caller, &input.application_name, version, |application| {
        application.input_mut(&id)?.processor = Some(added);
        Ok(())
    })
    .await?;
    Ok(v2::AddApplicationInputProcessingConfigurationResponse {
        application_arn: Some(application.arn),
        application_version_id: Some(application.version),
        input_id: Some(input.input_id),
        input_processing_configuration_description: Some(shapes::processing_out(processor)),
    })
}

pub(super) async fn delete_processing(
    service: Analytics,
    caller: Caller,
    input: v2::DeleteApplicationInputProcessingConfigurationRequest,
) -> Result<v2::DeleteApplicationInputProcessingConfigurationResponse, Fault> {
    let (name, version) = (&input.application_name, input.current_application_version_id);
    let application =
        change(&service, &caller, name, version, |application| application.input_mut(&input.input_id)?.remove_processor())
            .await?;
    Ok(v2::DeleteApplicationInputProcessingConfigurationResponse {
        application_arn: Some(application.arn),
        application_version_id: Some(application.version),
    })
}

pub(super) async fn add_output(
    service: Analytics,
    caller: Caller,
    input: v2::AddApplicationOutputRequest,
) -> Result<v2::AddApplicationOutputResponse, Fault> {
    let new = shapes::new_output(input.output).map_err(fault)?;
    let version = input.current_application_version_id;
    let application =
        change(&service, &caller, &input.application_name, version, |application| application.add_output(new)).await?;
    Ok(v2::AddApplicationOutputResponse {
        application_arn: Some(application.arn),
        application_version_id: Some(application.version),
        output_descriptions: Some(application.outputs.into_iter().map(shapes::output_out).collect()),
    })
}

pub(super) async fn delete_output(
    service: Analytics,
    caller: Caller,
    input: v2::DeleteApplicationOutputRequest,
) -> Result<v2::DeleteApplicationOutputResponse, Fault> {
    let (name, version) = (&input.application_name, input.current_application_version_id);
    let application = change(&service, &caller, name, version, |application| application.remove_output(&input.output_id)).await?;
    Ok(v2::DeleteApplicationOutputResponse {
        application_arn: Some(application.arn),
        application_version_id: Some(application.version),
    })
}

pub(super) async fn add_reference(
    service: Analytics,
    caller: Caller,
    input: v2::AddApplicationReferenceDataSourceRequest,
) -> Result<v2::AddApplicationReferenceDataSourceResponse, Fault> {
    let new = shapes::new_reference(input.reference_data_source).map_err(fault)?;
    let version = input.current_application_version_id;
    let application =
        change(&service, &caller, &input.application_name, version, |application| application.add_reference(new)).await?;
    Ok(v2::AddApplicationReferenceDataSourceResponse {
        application_arn: Some(application.arn),
        application_version_id: Some(application.version),
        reference_data_source_descriptions: Some(application.references.into_iter().map(shapes::reference_out).collect()),
    })
}

pub(super) async fn delete_reference(
    service: Analytics,
    caller: Caller,
    input: v2::DeleteApplicationReferenceDataSourceRequest,
) -> Result<v2::DeleteApplicationReferenceDataSourceResponse, Fault> {
    let (name, version) = (&input.application_name, input.current_application_version_id);
    let application =
        change(&service, &caller, name, version, |application| application.remove_reference(&input.reference_id)).await?;
    Ok(v2::DeleteApplicationReferenceDataSourceResponse {
        application_arn: Some(application.arn),
        application_version_id: Some(application.version),
    })
}

pub(super) async fn add_logging(
    service: Analytics,
    caller: Caller,
    input: v2::AddApplicationCloudWatchLoggingOptionRequest,
) -> Result<v2::AddApplicationCloudWatchLoggingOptionResponse, Fault> {
    let expected = Expected::of(input.current_application_version_id, input.conditional_token).map_err(fault)?;
    let new = shapes::new_logging(input.cloud_watch_logging_option);
    let changed =
        service.change(&caller.scope, API, &input.application_name, &expected, |application| application.add_logging(new)).await;
    let application = changed.map_err(fault)?;
    Ok(v2::AddApplicationCloudWatchLoggingOptionResponse {
        application_arn: Some(application.arn),
        application_version_id: Some(application.version),
        cloud_watch_logging_option_descriptions: Some(application.logging.into_iter().map(shapes::logging_out).collect()),
        operation_id: None,
    })
}

pub(super) async fn delete_logging(
    service: Analytics,
    caller: Caller,
    input: v2::DeleteApplicationCloudWatchLoggingOptionRequest,
) -> Result<v2::DeleteApplicationCloudWatchLoggingOptionResponse, Fault> {
    let expected = Expected::of(input.current_application_version_id, input.conditional_token).map_err(fault)?;
    let id = input.cloud_watch_logging_option_id;
    let changed = service
        .change(&caller.scope, API, &input.application_name, &expected, |application| application.remove_logging(&id))
        .await;
    let application = changed.map_err(fault)?;
    Ok(v2::DeleteApplicationCloudWatchLoggingOptionResponse {
        application_arn: Some(application.arn),
        application_version_id: Some(application.version),
        cloud_watch_logging_option_descriptions: Some(application.logging.into_iter().map(shapes::logging_out).collect()),
        operation_id: None,
    })
}
