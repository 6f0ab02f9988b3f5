//! Custom::StartKinesisAnalyticsApplication: an application that runs for as long as the stack is there.
//!
//! Stacks make applications READY and never start them. On AWS people add a custom resource with a function that calls StartApplication;
//! this type, by its name, does what such a function does, so the same template brings up a running application here and there.

use super::super::calls::unless_missing;
use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use super::api::{Api, Detail, V2};
use super::settled;
use crate::api::kinesisanalyticsv2::{
    InputStartingPosition, InputStartingPositionConfiguration, RunConfiguration, SqlRunConfiguration, StartApplicationRequest,
    StopApplicationRequest, op,
};
use async_trait::async_trait;

/// The type.
pub(in super::super) static START: ResourceType = ResourceType {
    name: "Custom::StartKinesisAnalyticsApplication",
    properties: &[
        Property::fixed("ApplicationName").required(),
        Property::changeable("InputStartingPosition"),
        Property::changeable("ServiceToken").required().kept(),
    ],
    attributes: &[],
    handler: &Start,
};

struct Start;

#[async_trait]
impl Handler for Start {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let name = desired.text("ApplicationName").unwrap_or_default();
        let position = desired.text("InputStartingPosition").unwrap_or_else(|| "NOW".into());
        let Some(position) = InputStartingPosition::parse(&position) else {
            return Err(Failure::property("#/InputStartingPosition", format_args!("{position} is not a valid enum value")));
        };
        let detail = settled(&V2, calls, &name).await?;
        if detail.status == "READY" {
            let configuration = |input_id| SqlRunConfiguration {
                input_id,
                input_starting_position_configuration: InputStartingPositionConfiguration {
                    input_starting_position: Some(position),
                },
            };
            let sql = detail.inputs.into_iter().map(configuration).collect();
            let run_configuration = Some(RunConfiguration { sql_run_configurations: Some(sql), ..Default::default() });
            let input = StartApplicationRequest { application_name: name.clone(), run_configuration };
            calls.run(op::StartApplication, input).await?;
        }
        let id = format!("{name}/running");
        calls.initiated(&id).await;
        let running = |detail: &Detail| detail.status == "RUNNING";
        let look = || async { Ok(Some(V2.describe(calls, &name).await?).filter(running)) };
        calls.until("the application to become RUNNING", look).await?;
        Ok(Made::new(id))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let name = desired.text("ApplicationName").unwrap_or_default();
        let detail = unless_missing(V2.describe(calls, &name).await)?;
        let runs = detail.is_some_and(|detail| matches!(detail.status, "STARTING" | "RUNNING"));
        Ok(runs.then(|| format!("{name}/running")).into_iter().collect())
    }

    /// A running application goes on from where it is.
    async fn update(&self, _: &Calls, id: &str, _: &Properties, _: &Properties) -> Result<Made, Failure> {
        Ok(Made::new(id))
    }

    async fn delete(&self, calls: &Calls, _: &str, properties: &Properties) -> Result<(), Failure> {
        let name = properties.text("ApplicationName").unwrap_or_default();
        let Some(detail) = unless_missing(V2.describe(calls, &name).await)? else { return Ok(()) };
        if detail.status != "RUNNING" {
            return Ok(());
        }
        let input = StopApplicationRequest { application_name: name.clone(), ..Default::default() };
        calls.run(op::StopApplication, input).await?;
        settled(&V2, calls, &name).await.map(drop)
    }
}
