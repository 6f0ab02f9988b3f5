//! The one model of an application, behind both versions of the API.
//!
//! A document of the catalog: configuration, version and status. Every change of the configuration makes the next version; parts are known
//! by `<version>.<number>` (developer guide, "How It Works"; API pages).

mod input;
mod output;
mod reference;
#[cfg(test)]
mod tests;

pub use input::{Input, InputUpdate, PARALLELISM_MAX, Source, StartPosition};
pub use output::{Destination, OUTPUTS_MAX, Output, OutputFormat, OutputUpdate};
pub use reference::{REFERENCES_MAX, ReferenceDataSource, ReferenceUpdate};

use super::refusal::Refusal;
use crate::base::clock::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most streaming sources an application has (developer guide, "Limits").
pub const INPUTS_MAX: usize = 1;

/// The most log streams an application writes its messages to; the service knows one.
pub const LOGGING_OPTIONS_MAX: usize = 1;

/// The most tags of an application (developer guide, "Using Tagging").
pub const TAGS_MAX: usize = 50;

/// An application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// Its name, unique in account and region.
    pub name: String,
    /// `arn:aws:kinesisanalytics:REGION:ACCOUNT:application/NAME`.
    pub arn: String,
    /// What the user says of it.
    pub description: Option<String>,
    /// Which version of the API created or last changed it.
    pub api: ApiVersion,
    /// The role of everything (version 2).
    pub service_execution_role: Option<String>,
    /// The SQL script; `None` until there is one.
    pub code: Option<String>,
    /// Where it is in its life.
    pub status: Status,
    /// 1, and one more with each change of the configuration.
    pub version: i64,
    /// When it was created; whole seconds, as the service keeps it.
    pub created_ms: Millis,
    /// When its configuration was changed last.
    pub updated_ms: Millis,
    /// When it was started last; NOW is this moment.
    #[serde(default)]
    pub started_ms: Millis,
    /// Streaming sources.
    pub inputs: Vec<Input>,
    /// Destinations.
    pub outputs: Vec<Output>,
    /// Reference tables.
    pub references: Vec<ReferenceDataSource>,
    /// Log streams for messages.
    pub logging: Vec<LoggingOption>,
    /// Tags by key.
    pub tags: BTreeMap<String, String>,
}

/// The versions of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiVersion {
    /// kinesisanalytics, 2015-08-14.
    V1,
    /// kinesisanalyticsv2, 2018-05-23.
    V2,
}

/// Where an application is in its life (API: ApplicationStatus).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Created or stopped.
    Ready,
    /// On its way to RUNNING.
    Starting,
    /// Reading its source.
    Running,
    /// On its way to READY.
    Stopping,
    /// Changing over to a new version.
    Updating,
    /// On its way out.
    Deleting,
}

impl Status {
    /// The text on the wire, the same in both versions.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "READY",
            Self::Starting => "STARTING",
            Self::Running => "RUNNING",
            Self::Stopping => "STOPPING",
            Self::Updating => "UPDATING",
            Self::Deleting => "DELETING",
        }
    }
}

/// A resource by its ARN, with the role that may use it (version 1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Its ARN.
    pub arn: String,
    /// The role, where version 1 gave one.
    pub role: Option<String>,
}

/// Changes of a resource; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceUpdate {
    /// Another ARN.
    pub arn: Option<String>,
    /// Another role.
    pub role: Option<String>,
}

impl ResourceUpdate {
    /// The resource with these changes; without a current one the ARN must be given.
    fn over(self, current: Option<&Resource>) -> Result<Resource, Refusal> {
        let arn = self.arn.or_else(|| current.map(|resource| resource.arn.clone()));
        let role = self.role.or_else(|| current.and_then(|resource| resource.role.clone()));
        let arn =
            arn.ok_or_else(|| Refusal::Argument("ResourceARNUpdate is needed: there is no resource of this kind yet".into()))?;
        Ok(Resource { arn, role })
    }
}

/// A CloudWatch log stream for the application's messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggingOption {
    /// `2.1`: the version that brought it, and its number in that version.
    pub id: String,
    /// `arn:aws:logs:REGION:ACCOUNT:log-group:GROUP:log-stream:STREAM`.
    pub log_stream_arn: String,
    /// The role, where version 1 gave one.
    pub role: Option<String>,
}

/// Changes of a logging option; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct LoggingUpdate {
    /// Which.
    pub id: String,
    /// Another log stream.
    pub log_stream_arn: Option<String>,
    /// Another role.
    pub role: Option<String>,
}

/// All that UpdateApplication can change; what is `None` or empty stays.
#[derive(Clone, Debug, Default)]
pub struct Update {
    /// A new script.
    pub code: Option<String>,
    /// A new role (version 2).
    pub service_execution_role: Option<String>,
    /// Changes of inputs.
    pub inputs: Vec<InputUpdate>,
    /// Changes of outputs.
    pub outputs: Vec<OutputUpdate>,
    /// Changes of reference tables.
    pub references: Vec<ReferenceUpdate>,
    /// Changes of logging options.
    pub logging: Vec<LoggingUpdate>,
}

impl Application {
    /// Adds a streaming source, in the present version.
    ///
    /// # Errors
    /// InvalidArgument when there is one already or its schema cannot be.
    pub fn add_input(&mut self, mut input: Input) -> Result<(), Refusal> {
        room(self.inputs.len(), INPUTS_MAX, "streaming source")?;
        input.check()?;
        input.id = self.next_id(self.inputs.iter().map(|i| &i.id));
        self.inputs.push(input);
        Ok(())
    }

    /// Adds a destination, in the present version.
    ///
    /// # Errors
    /// InvalidArgument when there are [`OUTPUTS_MAX`] already.
    pub fn add_output(&mut self, mut output: Output) -> Result<(), Refusal> {
        room(self.outputs.len(), OUTPUTS_MAX, "output")?;
        output.id = self.next_id(self.outputs.iter().map(|o| &o.id));
        self.outputs.push(output);
        Ok(())
    }

    /// Adds a reference table, in the present version.
    ///
    /// # Errors
    /// InvalidArgument when there is one already or its schema cannot be.
    pub fn add_reference(&mut self, mut reference: ReferenceDataSource) -> Result<(), Refusal> {
        room(self.references.len(), REFERENCES_MAX, "reference data source")?;
        reference.check()?;
        reference.id = self.next_id(self.references.iter().map(|r| &r.id));
        self.references.push(reference);
        Ok(())
    }

    /// Adds a log stream, in the present version.
    ///
    /// # Errors
    /// InvalidArgument when there is one already.
    pub fn add_logging(&mut self, mut option: LoggingOption) -> Result<(), Refusal> {
        room(self.logging.len(), LOGGING_OPTIONS_MAX, "CloudWatch logging option")?;
        option.id = self.next_id(self.logging.iter().map(|o| &o.id));
        self.logging.push(option);
        Ok(())
    }

    /// The input with this id.
    ///
    /// # Errors
    /// NotFound.
    pub fn input_mut(&mut self, id: &str) -> Result<&mut Input, Refusal> {
        let name = &self.name;
        self.inputs.iter_mut().find(|input| input.id == id).ok_or_else(|| Refusal::no_part("input", id, name))
    }

    /// Takes an output away.
    ///
    /// # Errors
    /// NotFound.
    pub fn remove_output(&mut self, id: &str) -> Result<(), Refusal> {
        remove(&mut self.outputs, |output| output.id == id).ok_or_else(|| Refusal::no_part("output", id, &self.name))
    }

    /// Takes a reference table away.
    ///
    /// # Errors
    /// NotFound.
    pub fn remove_reference(&mut self, id: &str) -> Result<(), Refusal> {
        remove(&mut self.references, |reference| reference.id == id)
            .ok_or_else(|| Refusal::no_part("reference data source", id, &self.name))
    }

    /// Takes a log stream away.
    ///
    /// # Errors
    /// NotFound.
    pub fn remove_logging(&mut self, id: &str) -> Result<(), Refusal> {
        remove(&mut self.logging, |option| option.id == id)
            .ok_or_else(|| Refusal::no_part("CloudWatch logging option", id, &self.name))
    }

    /// Takes over the changes of UpdateApplication.
    ///
    /// # Errors
    /// NotFound for an unknown part, InvalidArgument for a change that cannot be.
    pub fn apply(&mut self, update: Update) -> Result<(), Refusal> {
        let name = self.name.clone();
        for change in update.inputs {
            self.input_mut(&change.id)?.apply(change)?;
        }
        for change in update.outputs {
            let output = self.outputs.iter_mut().find(|output| output.id == change.id);
            output.ok_or_else(|| Refusal::no_part("output", &change.id, &name))?.apply(change)?;
        }
        for change in update.references {
            let reference = self.references.iter_mut().find(|reference| reference.id == change.id);
            reference.ok_or_else(|| Refusal::no_part("reference data source", &change.id, &name))?.apply(change)?;
        }
        for change in update.logging {
            let option = self.logging.iter_mut().find(|option| option.id == change.id);
            let option = option.ok_or_else(|| Refusal::no_part("CloudWatch logging option", &change.id, &name))?;
            option.log_stream_arn = change.log_stream_arn.unwrap_or_else(|| std::mem::take(&mut option.log_stream_arn));
            option.role = change.role.or_else(|| option.role.take());
        }
        self.code = update.code.or_else(|| self.code.take());
        self.service_execution_role = update.service_execution_role.or_else(|| self.service_execution_role.take());
        Ok(())
    }

    /// Checks the version that a caller says is current.
    ///
    /// # Errors
    /// ConcurrentModification.
    pub fn expect_version(&self, current: i64) -> Result<(), Refusal> {
        if current == self.version {
            return Ok(());
        }
        let text = format!(
            "The current version of application {} is {}, not {current}: it was changed in the meantime",
            self.name, self.version
        );
        Err(Refusal::Concurrent(text))
    }

    /// Checks that the status allows `action`.
    ///
    /// # Errors
    /// ResourceInUse.
    pub fn expect_status(&self, allowed: &[Status], action: &str) -> Result<(), Refusal> {
        if allowed.contains(&self.status) {
            return Ok(());
        }
        Err(Refusal::InUse(format!("Application {} cannot be {action} in status {}", self.name, self.status.as_str())))
    }

    /// `<version>.<number>`, the number counted among those of the same version.
    fn next_id<'a>(&self, ids: impl Iterator<Item = &'a String>) -> String {
        let prefix = format!("{}.", self.version);
        let number = ids.filter(|id| id.starts_with(&prefix)).count() + 1;
        format!("{prefix}{number}")
    }
}

/// That there may be one more.
fn room(count: usize, most: usize, what: &str) -> Result<(), Refusal> {
    if count < most {
        return Ok(());
    }
    Err(Refusal::Argument(format!("An application has at most {most} {what}{}", if most == 1 { "" } else { "s" })))
}

fn remove<T>(parts: &mut Vec<T>, found: impl Fn(&T) -> bool) -> Option<()> {
    let at = parts.iter().position(found)?;
    parts.remove(at);
    Some(())
}
