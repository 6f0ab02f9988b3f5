//! Creating, changing and describing applications.

use super::application::{ApiVersion, Application, Input, LoggingOption, Output, ReferenceDataSource, Status};
use super::refusal::Refusal;
use super::{Analytics, arn, code, collection, tags};
use crate::base::account::Scope;
use crate::store::Listing;

/// What CreateApplication is given, in the terms of both versions.
#[derive(Debug)]
pub(super) struct NewApplication {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) api: ApiVersion,
    pub(super) service_execution_role: Option<String>,
    pub(super) code: Option<String>,
    pub(super) inputs: Vec<Input>,
    pub(super) outputs: Vec<Output>,
    pub(super) references: Vec<ReferenceDataSource>,
    pub(super) logging: Vec<LoggingOption>,
    pub(super) tags: Vec<(String, String)>,
}

/// How a caller says which version of the application it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// By CurrentApplicationVersionId.
    Version(i64),
    /// By the ConditionalToken of a description (version 2).
    Token(String),
}

impl Expected {
    /// The one of the two that version 2 was given.
    pub(super) fn of(version: Option<i64>, token: Option<String>) -> Result<Self, Refusal> {
        match (version, token) {
            (Some(version), _) => Ok(Self::Version(version)),
            (None, Some(token)) => Ok(Self::Token(token)),
            (None, None) => Err(Refusal::Argument("Either CurrentApplicationVersionId or ConditionalToken must be given".into())),
        }
    }

    fn check(&self, application: &Application) -> Result<(), Refusal> {
        match self {
            Self::Version(version) => application.expect_version(*version),
            Self::Token(token) if *token == conditional_token(application) => Ok(()),
            Self::Token(_) => Err(Refusal::Concurrent(format!(
                "The ConditionalToken is not that of the current version of application {}: it was changed in the meantime",
                application.name
            ))),
        }
    }
}

/// The token that stands for the present version of an application.
pub(super) fn conditional_token(application: &Application) -> String {
    let mut token = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, application.arn.as_bytes()).simple().to_string();
    token.push_str(&format!("-{}-{}", application.created_ms, application.version));
    token
}

impl Analytics {
    /// Creates an application in status READY.
    pub(super) async fn create(&self, scope: &Scope, new: NewApplication) -> Result<Application, Refusal> {
        let _lock = self.lock(scope, &new.name).await;
        if self.store().get::<Application>(&super::key(scope, &new.name)).await?.is_some() {
            return Err(Refusal::InUse(format!("Application with name {} already exists", new.name)));
        }
        self.check_quota(scope).await?;
        let now_ms = self.clock().now_ms();
        let mut application = Application {
            arn: arn(scope, &new.name),
            name: new.name,
            description: new.description,
            api: new.api,
            service_execution_role: new.service_execution_role,
            code: new.code,
            status: Status::Ready,
            version: 1,
            created_ms: now_ms - now_ms.rem_euclid(1000),
            updated_ms: now_ms - now_ms.rem_euclid(1000),
            started_ms: 0,
            inputs: Vec::new(),
            outputs: Vec::new(),
            references: Vec::new(),
            logging: Vec::new(),
            tags: tags::merged(Default::default(), new.tags)?,
        };
        new.inputs.into_iter().try_for_each(|input| application.add_input(input))?;
        new.outputs.into_iter().try_for_each(|output| application.add_output(output))?;
        new.references.into_iter().try_for_each(|reference| application.add_reference(reference))?;
        new.logging.into_iter().try_for_each(|option| application.add_logging(option))?;
        code::check(&application)?;
        self.save(scope, &application).await?;
        Ok(application)
    }

    async fn check_quota(&self, scope: &Scope) -> Result<(), Refusal> {
        let most = usize::try_from(self.limits().applications).unwrap_or(usize::MAX);
        let listing = Listing { limit: Some(most.min(10_000)), ..Listing::default() };
        if most < usize::MAX && self.store().list::<Application>(&collection(scope), listing).await?.len() >= most {
            return Err(Refusal::Limit(format!("There are already {most} applications, the most that this account may have")));
        }
        Ok(())
    }

    /// Changes the configuration: checks version and status, makes the next version, checks the code against it, and lets a running
    /// application go on with it.
    pub(super) async fn change(
        &self,
        scope: &Scope,
        api: ApiVersion,
        name: &str,
        expected: &Expected,
        change: impl FnOnce(&mut Application) -> Result<(), Refusal> + Send,
    ) -> Result<Application, Refusal> {
        let _lock = self.lock(scope, name).await;
        let current = self.load(scope, name).await?;
        refuse_older_api(&current, api)?;
        current.expect_status(&[Status::Ready, Status::Running], "changed")?;
        expected.check(&current)?;
        let mut next = current.clone();
        next.version += 1;
        next.api = api;
        let now_ms = self.clock().now_ms();
        next.updated_ms = now_ms - now_ms.rem_euclid(1000);
        change(&mut next)?;
        code::check(&next)?;
        if current.status == Status::Running {
            return self.change_over(scope, next).await;
        }
        self.save(scope, &next).await?;
        Ok(next)
    }

    /// Describes an application.
    pub(super) async fn describe(&self, scope: &Scope, name: &str) -> Result<Application, Refusal> {
        self.load(scope, name).await
    }

    /// Applications by name, `limit` of them after `after`; and whether there are more.
    pub(super) async fn list(
        &self,
        scope: &Scope,
        after: Option<String>,
        limit: Option<i32>,
    ) -> Result<(Vec<Application>, bool), Refusal> {
        // The page size of the service when the caller names none.
        let limit = usize::try_from(limit.unwrap_or(50)).unwrap_or(50);
        let listing = Listing { after, limit: Some(limit + 1), ..Listing::default() };
        let mut found = self.store().list::<Application>(&collection(scope), listing).await?;
        let more = found.len() > limit;
        found.truncate(limit);
        Ok((found.into_iter().map(|(_, application)| application).collect(), more))
    }
}

/// Version 1 does not change what version 2 made (recorded answer: rebuy-de/aws-nuke #687).
pub(super) fn refuse_older_api(application: &Application, api: ApiVersion) -> Result<(), Refusal> {
    if application.api == ApiVersion::V2 && api == ApiVersion::V1 {
        let name = &application.name;
        return Err(Refusal::Unsupported(format!(
            "{name} was created/updated by kinesisanalyticsv2 SDK. Please use kinesisanalyticsv2 SDK to make changes to {name}."
        )));
    }
    Ok(())
}
