//! The two APIs of Kinesis Analytics as the types of resources see them.

use super::super::{Calls, Failure, Properties};
use crate::api::{kinesisanalytics as v1, kinesisanalyticsv2 as v2};
use crate::base::clock::Millis;
use async_trait::async_trait;
use serde_json::{Map, Value as Document};

/// What is known of an application.
pub(super) struct Detail {
    pub(super) version: i64,
    /// Such as `READY`.
    pub(super) status: &'static str,
    pub(super) created_ms: Millis,
    /// The ids of inputs.
    pub(super) inputs: Vec<String>,
    /// The parts by what a template knows them by, with their ids.
    pub(super) outputs: Vec<(String, String)>,
    pub(super) references: Vec<(String, String)>,
    pub(super) logging_options: Vec<(String, String)>,
}

impl Detail {
    /// Whether it can be changed now.
    pub(super) fn is_settled(&self) -> bool {
        matches!(self.status, "READY" | "RUNNING")
    }
}

/// What an application has besides its inputs and code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Output,
    Reference,
    LoggingOption,
}

/// What differs between the APIs.
#[async_trait]
pub(super) trait Api: Send + Sync {
    async fn describe(&self, calls: &Calls, application: &str) -> Result<Detail, Failure>;

    /// Adds the part that stands among the properties.
    async fn add(&self, calls: &Calls, part: Part, properties: &Properties, version: i64) -> Result<(), Failure>;

    /// Takes the part with this id away.
    async fn remove(&self, calls: &Calls, part: Part, id: String, application: &str, version: i64) -> Result<(), Failure>;

    /// Changes one part; `update` is what [`update::of_part`](super::update::of_part) makes.
    async fn update(&self, calls: &Calls, part: Part, update: Document, application: &str, version: i64) -> Result<(), Failure>;
}

/// The older API.
pub(super) struct V1;

/// The newer API.
pub(super) struct V2;

fn list(name: &str, only: Document) -> Map<String, Document> {
    Map::from_iter([(name.to_owned(), Document::Array(vec![only]))])
}

/// The list in UpdateApplication that a part stands in.
fn updates(part: Part) -> &'static str {
    match part {
        Part::Output => "OutputUpdates",
        Part::Reference => "ReferenceDataSourceUpdates",
        Part::LoggingOption => "CloudWatchLoggingOptionUpdates",
    }
}

#[async_trait]
impl Api for V1 {
    async fn describe(&self, calls: &Calls, application: &str) -> Result<Detail, Failure> {
        let input = v1::DescribeApplicationRequest { application_name: application.to_owned() };
        let found = calls.run(v1::op::DescribeApplication, input).await?.application_detail;
        let outputs = found.output_descriptions.unwrap_or_default().into_iter();
        let references = found.reference_data_source_descriptions.unwrap_or_default().into_iter();
        let logging = found.cloud_watch_logging_option_descriptions.unwrap_or_default().into_iter();
        Ok(Detail {
            version: found.application_version_id,
            status: found.application_status.as_str(),
            created_ms: found.create_timestamp.unwrap_or_default().0,
            inputs: found.input_descriptions.unwrap_or_default().into_iter().filter_map(|input| input.input_id).collect(),
            outputs: outputs.filter_map(|output| Some((output.name?, output.output_id?))).collect(),
            references: references.map(|reference| (reference.table_name, reference.reference_id)).collect(),
            logging_options: logging
                .filter_map(|option| Some((option.log_stream_arn, option.cloud_watch_logging_option_id?)))
                .collect(),
        })
    }

    async fn add(&self, calls: &Calls, part: Part, properties: &Properties, version: i64) -> Result<(), Failure> {
        match part {
            Part::Output => {
                let mut input = properties.input(v1::op::AddApplicationOutput)?;
                input.current_application_version_id = version;
                calls.run(v1::op::AddApplicationOutput, input).await.map(drop)
            }
            Part::Reference => {
                let mut input = properties.input(v1::op::AddApplicationReferenceDataSource)?;
                input.current_application_version_id = version;
                calls.run(v1::op::AddApplicationReferenceDataSource, input).await.map(drop)
            }
            Part::LoggingOption => {
                let mut input = properties.input(v1::op::AddApplicationCloudWatchLoggingOption)?;
                input.current_application_version_id = version;
                calls.run(v1::op::AddApplicationCloudWatchLoggingOption, input).await.map(drop)
            }
        }
    }

    async fn remove(&self, calls: &Calls, part: Part, id: String, application: &str, version: i64) -> Result<(), Failure> {
        let (application_name, current_application_version_id) = (application.to_owned(), version);
        match part {
            Part::Output => {
                let input =
                    v1::DeleteApplicationOutputRequest { application_name, current_application_version_id, output_id: id };
                calls.run(v1::op::DeleteApplicationOutput, input).await.map(drop)
            }
            Part::Reference => {
                let input = v1::DeleteApplicationReferenceDataSourceRequest {
                    application_name,
                    current_application_version_id,
                    reference_id: id,
                };
                calls.run(v1::op::DeleteApplicationReferenceDataSource, input).await.map(drop)
            }
            Part::LoggingOption => {
                let input = v1::DeleteApplicationCloudWatchLoggingOptionRequest {
                    application_name,
                    current_application_version_id,
                    cloud_watch_logging_option_id: id,
                };
                calls.run(v1::op::DeleteApplicationCloudWatchLoggingOption, input).await.map(drop)
            }
        }
    }

    async fn update(&self, calls: &Calls, part: Part, update: Document, application: &str, version: i64) -> Result<(), Failure> {
        let update = Document::Object(list(updates(part), update));
        let properties = Properties(Map::from_iter([("ApplicationUpdate".to_owned(), update)]));
        let mut input = properties.input(v1::op::UpdateApplication)?;
        input.application_name = application.to_owned();
        input.current_application_version_id = version;
        calls.run(v1::op::UpdateApplication, input).await.map(drop)
    }
}

#[async_trait]
impl Api for V2 {
    async fn describe(&self, calls: &Calls, application: &str) -> Result<Detail, Failure> {
        let input = v2::DescribeApplicationRequest { application_name: application.to_owned(), ..Default::default() };
        let found = calls.run(v2::op::DescribeApplication, input).await?.application_detail;
        let configuration = found.application_configuration_description.unwrap_or_default();
        let sql = configuration.sql_application_configuration_description.unwrap_or_default();
        let outputs = sql.output_descriptions.unwrap_or_default().into_iter();
        let references = sql.reference_data_source_descriptions.unwrap_or_default().into_iter();
        let logging = found.cloud_watch_logging_option_descriptions.unwrap_or_default().into_iter();
        Ok(Detail {
            version: found.application_version_id,
            status: found.application_status.as_str(),
            created_ms: found.create_timestamp.unwrap_or_default().0,
            inputs: sql.input_descriptions.unwrap_or_default().into_iter().filter_map(|input| input.input_id).collect(),
            outputs: outputs.filter_map(|output| Some((output.name?, output.output_id?))).collect(),
            references: references.map(|reference| (reference.table_name, reference.reference_id)).collect(),
            logging_options: logging
                .filter_map(|option| Some((option.log_stream_arn, option.cloud_watch_logging_option_id?)))
                .collect(),
        })
    }

    async fn add(&self, calls: &Calls, part: Part, properties: &Properties, version: i64) -> Result<(), Failure> {
        match part {
            Part::Output => {
                let mut input = properties.input(v2::op::AddApplicationOutput)?;
                input.current_application_version_id = version;
                calls.run(v2::op::AddApplicationOutput, input).await.map(drop)
            }
            Part::Reference => {
                let mut input = properties.input(v2::op::AddApplicationReferenceDataSource)?;
                input.current_application_version_id = version;
                calls.run(v2::op::AddApplicationReferenceDataSource, input).await.map(drop)
            }
            Part::LoggingOption => {
                let mut input = properties.input(v2::op::AddApplicationCloudWatchLoggingOption)?;
                input.current_application_version_id = Some(version);
                calls.run(v2::op::AddApplicationCloudWatchLoggingOption, input).await.map(drop)
            }
        }
    }

    async fn remove(&self, calls: &Calls, part: Part, id: String, application: &str, version: i64) -> Result<(), Failure> {
        let (application_name, current_application_version_id) = (application.to_owned(), version);
        match part {
            Part::Output => {
                let input =
                    v2::DeleteApplicationOutputRequest { application_name, current_application_version_id, output_id: id };
                calls.run(v2::op::DeleteApplicationOutput, input).await.map(drop)
            }
            Part::Reference => {
                let input = v2::DeleteApplicationReferenceDataSourceRequest {
                    application_name,
                    current_application_version_id,
                    reference_id: id,
                };
                calls.run(v2::op::DeleteApplicationReferenceDataSource, input).await.map(drop)
            }
            Part::LoggingOption => {
                let input = v2::DeleteApplicationCloudWatchLoggingOptionRequest {
                    application_name,
                    current_application_version_id: Some(current_application_version_id),
                    cloud_watch_logging_option_id: id,
                    ..Default::default()
                };
                calls.run(v2::op::DeleteApplicationCloudWatchLoggingOption, input).await.map(drop)
            }
        }
    }

    async fn update(&self, calls: &Calls, part: Part, update: Document, application: &str, version: i64) -> Result<(), Failure> {
        let list = list(updates(part), update);
        let update = match part {
            Part::LoggingOption => list,
            _ => {
                let sql = Map::from_iter([("SqlApplicationConfigurationUpdate".to_owned(), Document::Object(list))]);
                Map::from_iter([("ApplicationConfigurationUpdate".to_owned(), Document::Object(sql))])
            }
        };
        let mut input = Properties(update).input(v2::op::UpdateApplication)?;
        input.application_name = application.to_owned();
        input.current_application_version_id = Some(version);
        calls.run(v2::op::UpdateApplication, input).await.map(drop)
    }
}
