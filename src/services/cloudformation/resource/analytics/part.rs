//! Outputs, reference tables and logging options of applications, each a type of its own in either API.

use super::super::calls::unless_missing;
use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use super::api::{Api, Detail, Part, V1, V2};
use super::{overtaken, settled, update};
use async_trait::async_trait;

/// Longest generated id.
const LONGEST_ID: usize = 128;

const OUTPUT: &[Property] = &[Property::fixed("ApplicationName").required(), Property::changeable("Output").required()];

const REFERENCE: &[Property] =
    &[Property::fixed("ApplicationName").required(), Property::changeable("ReferenceDataSource").required()];

const LOGGING_OPTION: &[Property] =
    &[Property::fixed("ApplicationName").required(), Property::changeable("CloudWatchLoggingOption").required()];

const fn part(name: &'static str, properties: &'static [Property], handler: &'static PartOf) -> ResourceType {
    ResourceType { name, properties, attributes: &[], handler }
}

pub(in super::super) static OUTPUT_V1: ResourceType =
    part("AWS::KinesisAnalytics::ApplicationOutput", OUTPUT, &PartOf { api: &V1, part: Part::Output });

pub(in super::super) static REFERENCE_V1: ResourceType =
    part("AWS::KinesisAnalytics::ApplicationReferenceDataSource", REFERENCE, &PartOf { api: &V1, part: Part::Reference });

pub(in super::super) static OUTPUT_V2: ResourceType =
    part("AWS::KinesisAnalyticsV2::ApplicationOutput", OUTPUT, &PartOf { api: &V2, part: Part::Output });

pub(in super::super) static REFERENCE_V2: ResourceType =
    part("AWS::KinesisAnalyticsV2::ApplicationReferenceDataSource", REFERENCE, &PartOf { api: &V2, part: Part::Reference });

pub(in super::super) static LOGGING_OPTION_V2: ResourceType = part(
    "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption",
    LOGGING_OPTION,
    &PartOf { api: &V2, part: Part::LoggingOption },
);

/// The handler of a kind of part in one of the APIs.
struct PartOf {
    api: &'static dyn Api,
    part: Part,
}

impl PartOf {
    /// The property that describes the part, and what it is known by in there.
    fn names(&self) -> (&'static str, &'static str) {
        match self.part {
            Part::Output => ("Output", "Name"),
            Part::Reference => ("ReferenceDataSource", "TableName"),
            Part::LoggingOption => ("CloudWatchLoggingOption", "LogStreamARN"),
        }
    }

    /// What the part is known by, such as the name of the in-application stream.
    fn known_by(&self, properties: &Properties) -> Option<String> {
        let (property, member) = self.names();
        properties.get(property)?.get(member)?.as_str().map(str::to_owned)
    }

    /// The part's id in an application.
    fn id(&self, detail: &Detail, properties: &Properties) -> Option<String> {
        let parts = match self.part {
            Part::Output => &detail.outputs,
            Part::Reference => &detail.references,
            Part::LoggingOption => &detail.logging_options,
        };
        let name = self.known_by(properties)?;
        parts.iter().find(|(known, _)| *known == name).map(|(_, id)| id.clone())
    }

    /// Changes the application; begins again when another resource of the stack was faster.
    async fn change(&self, calls: &Calls, step: Step<'_>) -> Result<(), Failure> {
        let attempt = || async {
            let application = step.application();
            let detail = settled(self.api, calls, &application).await?;
            match self.attempt(calls, &step, &application, &detail).await {
                Err(failure) if overtaken(&failure) => Ok(None),
                done => done.map(Some),
            }
        };
        calls.until("other changes of the application to end", attempt).await
    }

    async fn attempt(&self, calls: &Calls, step: &Step<'_>, application: &str, detail: &Detail) -> Result<(), Failure> {
        match step {
            Step::Add(desired) => self.api.add(calls, self.part, desired, detail.version).await,
            Step::Update(previous, desired) => {
                // After an update that was cut short, the part may be the desired one already.
                let id = self.id(detail, previous).or_else(|| self.id(detail, desired));
                let Some(id) = id else { return self.api.add(calls, self.part, desired, detail.version).await };
                let part = desired.get(self.names().0).cloned().unwrap_or_default();
                let update = self.api.part_update(self.part, update::of_part(&part, (self.part.id_member(), id)));
                self.api.change(calls, application, update, detail.version).await
            }
            Step::Remove(properties) => match self.id(detail, properties) {
                Some(id) => self.api.remove(calls, self.part, id, application, detail.version).await,
                None => Ok(()),
            },
        }
    }
}

/// What is to be done to the application.
enum Step<'p> {
    Add(&'p Properties),
    Update(&'p Properties, &'p Properties),
    Remove(&'p Properties),
}

impl Step<'_> {
    fn application(&self) -> String {
        let (Self::Add(properties) | Self::Update(_, properties) | Self::Remove(properties)) = self;
        properties.text("ApplicationName").unwrap_or_default()
    }
}

#[async_trait]
impl Handler for PartOf {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        self.change(calls, Step::Add(desired)).await?;
        let id = calls.generated_name(LONGEST_ID);
        calls.initiated(&id).await;
        Ok(Made::new(id))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let application = desired.text("ApplicationName").unwrap_or_default();
        let detail = unless_missing(self.api.describe(calls, &application).await)?;
        let is_there = detail.is_some_and(|detail| self.id(&detail, desired).is_some());
        Ok(is_there.then(|| calls.generated_name(LONGEST_ID)).into_iter().collect())
    }

    async fn update(&self, calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<Made, Failure> {
        self.change(calls, Step::Update(previous, desired)).await?;
        Ok(Made::new(id))
    }

    async fn delete(&self, calls: &Calls, _: &str, properties: &Properties) -> Result<(), Failure> {
        self.change(calls, Step::Remove(properties)).await
    }
}
