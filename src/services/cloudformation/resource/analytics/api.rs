//! The two APIs of Kinesis Analytics as the types of resources see them.

use super::super::{Calls, Failure, Properties};
use crate::api::{Operation, Timestamp, kinesisanalytics as v1, kinesisanalyticsv2 as v2};
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

impl Part {
    /// What its id is called in the APIs.
    pub(super) fn id_member(self) -> &'static str {
        match self {
            Self::Output => "OutputId",
            Self::Reference => "ReferenceId",
            Self::LoggingOption => "CloudWatchLoggingOptionId",
        }
    }

    /// Updates of it as UpdateApplication takes them: in a list.
    fn updates(self, update: Document) -> Map<String, Document> {
        let list = match self {
            Self::Output => "OutputUpdates",
            Self::Reference => "ReferenceDataSourceUpdates",
            Self::LoggingOption => "CloudWatchLoggingOptionUpdates",
        };
        Map::from_iter([(list.to_owned(), Document::Array(vec![update]))])
    }
}

/// What differs between the APIs.
#[async_trait]
pub(super) trait Api: Send + Sync {
    async fn describe(&self, calls: &Calls, application: &str) -> Result<Detail, Failure>;

    /// Adds the part that stands among the properties.
    async fn add(&self, calls: &Calls, part: Part, properties: &Properties, version: i64) -> Result<(), Failure>;

    /// Takes the part with this id away.
    async fn remove(&self, calls: &Calls, part: Part, id: String, application: &str, version: i64) -> Result<(), Failure>;

    /// UpdateApplication with what differs: the members of `update` as the API has them.
    async fn change(&self, calls: &Calls, application: &str, update: Map<String, Document>, version: i64) -> Result<(), Failure>;

    /// The update of one part; `update` is what [`update::of_part`](super::update::of_part) makes.
    fn part_update(&self, part: Part, update: Document) -> Map<String, Document>;

    /// Asks for the deletion of the application that was created then.
    async fn delete(&self, calls: &Calls, application: &str, created_ms: Millis) -> Result<(), Failure>;
}

/// The older API.
pub(super) struct V1;

/// The newer API.
pub(super) struct V2;

/// Runs an operation that changes a version of an application; the other members are `properties`.
async fn run<O>(calls: &Calls, operation: O, properties: &Properties, version: i64) -> Result<(), Failure>
where
    O: Operation + Copy + Send,
{
    let mut members = properties.0.clone();
    members.insert("CurrentApplicationVersionId".to_owned(), version.into());
    let input = Properties(members).input(operation)?;
    calls.run(operation, input).await.map(drop)
}

/// What names a part of an application.
fn named(application: &str, part: Part, id: String) -> Properties {
    let name = ("ApplicationName".to_owned(), Document::from(application));
    Properties(Map::from_iter([name, (part.id_member().to_owned(), Document::from(id))]))
}

/// [`Detail`] from the description of an application and the lists of its parts, which the APIs have in different places.
macro_rules! detail {
    ($found:ident, $inputs:expr, $outputs:expr, $references:expr) => {{
        let outputs = $outputs.unwrap_or_default().into_iter();
        let references = $references.unwrap_or_default().into_iter();
        let logging = $found.cloud_watch_logging_option_descriptions.unwrap_or_default().into_iter();
        Detail {
            version: $found.application_version_id,
            status: $found.application_status.as_str(),
            created_ms: $found.create_timestamp.unwrap_or_default().0,
            inputs: $inputs.unwrap_or_default().into_iter().filter_map(|input| input.input_id).collect(),
            outputs: outputs.filter_map(|output| Some((output.name?, output.output_id?))).collect(),
            references: references.map(|reference| (reference.table_name, reference.reference_id)).collect(),
            logging_options: logging
                .filter_map(|option| Some((option.log_stream_arn, option.cloud_watch_logging_option_id?)))
                .collect(),
        }
    }};
}

#[async_trait]
impl Api for V1 {
    async fn describe(&self, calls: &Calls, application: &str) -> Result<Detail, Failure> {
        let input = v1::DescribeApplicationRequest { application_name: application.to_owned() };
        let found = calls.run(v1::op::DescribeApplication, input).await?.application_detail;
        Ok(detail!(found, found.input_descriptions, found.output_descriptions, found.reference_data_source_descriptions))
    }

    async fn add(&self, calls: &Calls, part: Part, properties: &Properties, version: i64) -> Result<(), Failure> {
        match part {
            Part::Output => run(calls, v1::op::AddApplicationOutput, properties, version).await,
            Part::Reference => run(calls, v1::op::AddApplicationReferenceDataSource, properties, version).await,
            Part::LoggingOption => run(calls, v1::op::AddApplicationCloudWatchLoggingOption, properties, version).await,
        }
    }

    async fn remove(&self, calls: &Calls, part: Part, id: String, application: &str, version: i64) -> Result<(), Failure> {
        let named = named(application, part, id);
        match part {
            Part::Output => run(calls, v1::op::DeleteApplicationOutput, &named, version).await,
            Part::Reference => run(calls, v1::op::DeleteApplicationReferenceDataSource, &named, version).await,
            Part::LoggingOption => run(calls, v1::op::DeleteApplicationCloudWatchLoggingOption, &named, version).await,
        }
    }

    async fn change(&self, calls: &Calls, application: &str, update: Map<String, Document>, version: i64) -> Result<(), Failure> {
        let members = [("ApplicationName", Document::from(application)), ("ApplicationUpdate", Document::Object(update))];
        let members = members.map(|(name, member)| (name.to_owned(), member));
        run(calls, v1::op::UpdateApplication, &Properties(Map::from_iter(members)), version).await
    }

    fn part_update(&self, part: Part, update: Document) -> Map<String, Document> {
        part.updates(update)
    }

    async fn delete(&self, calls: &Calls, application: &str, created_ms: Millis) -> Result<(), Failure> {
        let (application_name, create_timestamp) = (application.to_owned(), Timestamp(created_ms));
        let input = v1::DeleteApplicationRequest { application_name, create_timestamp };
        calls.run(v1::op::DeleteApplication, input).await.map(drop)
    }
}

#[async_trait]
impl Api for V2 {
    async fn describe(&self, calls: &Calls, application: &str) -> Result<Detail, Failure> {
        let input = v2::DescribeApplicationRequest { application_name: application.to_owned(), ..Default::default() };
        let found = calls.run(v2::op::DescribeApplication, input).await?.application_detail;
        let configuration = found.application_configuration_description.unwrap_or_default();
        let sql = configuration.sql_application_configuration_description.unwrap_or_default();
        Ok(detail!(found, sql.input_descriptions, sql.output_descriptions, sql.reference_data_source_descriptions))
    }

    async fn add(&self, calls: &Calls, part: Part, properties: &Properties, version: i64) -> Result<(), Failure> {
        match part {
            Part::Output => run(calls, v2::op::AddApplicationOutput, properties, version).await,
            Part::Reference => run(calls, v2::op::AddApplicationReferenceDataSource, properties, version).await,
            Part::LoggingOption => run(calls, v2::op::AddApplicationCloudWatchLoggingOption, properties, version).await,
        }
    }

    async fn remove(&self, calls: &Calls, part: Part, id: String, application: &str, version: i64) -> Result<(), Failure> {
        let named = named(application, part, id);
        match part {
            Part::Output => run(calls, v2::op::DeleteApplicationOutput, &named, version).await,
            Part::Reference => run(calls, v2::op::DeleteApplicationReferenceDataSource, &named, version).await,
            Part::LoggingOption => run(calls, v2::op::DeleteApplicationCloudWatchLoggingOption, &named, version).await,
        }
    }

    async fn change(
        &self,
        calls: &Calls,
        application: &str,
        mut update: Map<String, Document>,
        version: i64,
    ) -> Result<(), Failure> {
        update.insert("ApplicationName".to_owned(), Document::from(application));
        run(calls, v2::op::UpdateApplication, &Properties(update), version).await
    }

    fn part_update(&self, part: Part, update: Document) -> Map<String, Document> {
        let updates = part.updates(update);
        if part == Part::LoggingOption {
            return updates;
        }
        let sql = Map::from_iter([("SqlApplicationConfigurationUpdate".to_owned(), Document::Object(updates))]);
        Map::from_iter([("ApplicationConfigurationUpdate".to_owned(), Document::Object(sql))])
    }

    async fn delete(&self, calls: &Calls, application: &str, created_ms: Millis) -> Result<(), Failure> {
        let (application_name, create_timestamp) = (application.to_owned(), Timestamp(created_ms));
        let input = v2::DeleteApplicationRequest { application_name, create_timestamp };
        calls.run(v2::op::DeleteApplication, input).await.map(drop)
    }
}
